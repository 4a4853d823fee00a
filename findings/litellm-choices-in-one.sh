#!/usr/bin/env bash
# litellm.stream_chunk_builder makes one answer of two: the pieces of both choices, in the order in which they came.
#
# Version:    litellm 1.106.2
# Guess:      stream_chunk_builder of a stream with n=2: two choices, each with its text
# Behaviour:  the chunks carry the index of their choice, and the builder does not look at it: the answers to n=2 are mixed piece
#             by piece in one choice with index 0. Without a stream, n=2 gives two. Sort the chunks by index before
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
ANSWERS = ("The kelp grows.", "It is seaweed.")


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        finish = {"finish_reason": "stop"}
        if body.get("stream"):
            words = [answer.split(" ") for answer in ANSWERS]
            choices = [
                {"index": index, "delta": {"content": words[index][place] + " "}, "finish_reason": None}
                for place in range(3)
                for index in range(2)
            ] + [{"index": index, "delta": {}} | finish for index in range(2)]
            events = [{"id": "1", "object": "chat.completion.chunk", "model": "m", "choices": [choice]} for choice in choices]
            answer = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        else:
            choices = [
                {"index": index, "message": {"role": "assistant", "content": ANSWERS[index]}} | finish
                for index in range(2)
            ]
            answer = json.dumps({"id": "1", "object": "chat.completion", "model": "m", "choices": choices})
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if body.get("stream") else "application/json")
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"


def ask(**how):
    return litellm.completion(
        model="openai/m",
        messages=[{"role": "user", "content": "Hi"}],
        n=2,
        api_base=address,
        api_key="none",
        num_retries=0,
        **how,
    )


for name, answer in {"whole": ask(), "built from chunks": litellm.stream_chunk_builder(list(ask(stream=True)))}.items():
    print(name, [(choice.index, choice.message.content) for choice in answer.choices])
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
whole [(0, 'The kelp grows.'), (1, 'It is seaweed.')]
built from chunks [(0, 'The It kelp is grows. seaweed. ')]
OUTPUT
