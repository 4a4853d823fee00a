#!/usr/bin/env bash
# litellm.completion(mock_response="") sends the request to the real model.
#
# Version:    litellm 1.106.2
# Guess:      none was written down before it was first seen, while other mocked answers were tried; the argument is there, so its text
#             is the answer
# Behaviour:  a mocked answer that is empty, which is what one wants to test (a refusal, a filter), is taken for no mock: with a key
#             in the environment the test asks the provider and pays. " " is mocked
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        choice = {"index": 0, "message": {"role": "assistant", "content": "the server's"}, "finish_reason": "stop"}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()


def ask(text):
    return litellm.completion(
        model="openai/gpt-4o",
        messages=[{"role": "user", "content": "What is kelp?"}],
        api_base=f"http://127.0.0.1:{server.server_port}",
        api_key="none",
        num_retries=0,
        mock_response=text,
    )


for text in ("mocked", " ", ""):
    print(f"mock_response={text!r}: {ask(text).choices[0].message.content!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
mock_response='mocked': 'mocked'
mock_response=' ': ' '
mock_response='': "the server's"
OUTPUT
