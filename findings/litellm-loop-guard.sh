#!/usr/bin/env bash
# LiteLLM's guard against models that repeat themselves stops a good table and lets a loop of two pieces run.
#
# Version:    litellm 1.106.2
# Guess:      none was written down before it was first seen; from its name (REPEATED_STREAMING_CHUNK_LIMIT, against infinite
#             loops): a loop of text is noticed, and an answer that is good is let through
# Behaviour:  it compares single pieces: 100 equal ones in a row raise litellm.InternalServerError, whatever they are. The rule
#             under a wide table's header, sent dash by dash, is an error of the provider then. A sentence of two pieces that comes
#             thousands of times is none. Servers that send larger pieces switch the guard off without knowing.
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log"
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
ANSWERS = {
    "rule": ["| Year | Price |\n|", *["---"] * 150, "|---|\n| 2026 | 40 |\n"],
    "loop": ["It is so", ", and it is so"] * 2000,
}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for piece in [*ANSWERS[body["messages"][0]["content"]], None]:
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None if piece else "stop"}
            event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            try:
                self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
            except OSError:
                return
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for name in ANSWERS:
    got = 0
    try:
        for chunk in litellm.completion(
            model="openai/m",
            messages=[{"role": "user", "content": name}],
            api_base=f"http://127.0.0.1:{server.server_port}/v1",
            api_key="none",
            stream=True,
            num_retries=0,
        ):
            got += bool(chunk.choices[0].delta.content)
        print(name, "of", len(ANSWERS[name]), "pieces: all there" if got == len(ANSWERS[name]) else got)
    except Exception as error:
        words = "repeating the same chunk" in str(error)
        print(name, "of", len(ANSWERS[name]), "pieces: an error", "about repeated chunks" if words else error)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
rule of 152 pieces: an error about repeated chunks
loop of 4000 pieces: all there
OUTPUT
