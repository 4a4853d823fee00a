#!/usr/bin/env bash
# What LiteLLM builds from a stream without usage has 0 tokens and costs 0 dollars; the same answer as a whole is counted.
#
# Version:    litellm 1.106.2
# Guess:      usage missing at the end of a stream: builder counts tokens itself, not 0
#             completion_cost(stream_chunk_builder(chunks)) for gpt-4o, stream without usage: some price > 0
# Behaviour:  a server tells usage in a stream only when it is asked to (stream_options), and some never do. Asked, LiteLLM counts
#             where the server does not; not asked, stream_chunk_builder says 0 for prompt and answer, though it is given both, and
#             completion_cost makes 0.0 of that, which a sum of what was spent cannot tell from a free model
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
USAGE = {"prompt_tokens": 15, "completion_tokens": 11, "total_tokens": 26}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        finish = {"finish_reason": "stop"}
        text = {"content": "Giant kelp grows half a metre a day."}
        if body.get("stream"):
            choices = [{"index": 0, "delta": text, "finish_reason": None}, {"index": 0, "delta": {}} | finish]
            events = [{"id": "1", "object": "chat.completion.chunk", "model": "gpt-4o", "choices": [choice]} for choice in choices]
            answer = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        else:
            choice = {"index": 0, "message": {"role": "assistant"} | text} | finish
            answer = json.dumps({"id": "1", "object": "chat.completion", "model": "gpt-4o", "choices": [choice], "usage": USAGE})
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if body.get("stream") else "application/json")
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"

MESSAGES = [{"role": "user", "content": "How fast does giant kelp grow?"}]


def ask(**how):
    return litellm.completion(
        model="openai/gpt-4o", messages=MESSAGES, api_base=address, api_key="none", num_retries=0, **how
    )


for name, answer in {
    "whole": ask(),
    "stream": litellm.stream_chunk_builder(list(ask(stream=True)), messages=MESSAGES),
    "stream, include_usage": litellm.stream_chunk_builder(
        list(ask(stream=True, stream_options={"include_usage": True})), messages=MESSAGES
    ),
}.items():
    usage = answer.usage
    price = litellm.completion_cost(answer, model="gpt-4o")
    print(f"{name}: {usage.prompt_tokens} + {usage.completion_tokens} tokens, {'a price' if price else price}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
whole: 15 + 11 tokens, a price
stream: 0 + 0 tokens, 0.0
stream, include_usage: 15 + 11 tokens, a price
OUTPUT
