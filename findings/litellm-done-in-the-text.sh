#!/usr/bin/env bash
# By some names LiteLLM throws a piece of text away that has "[DONE]" in it, and takes it for a good end.
#
# Version:    litellm 1.106.2
# Guess:      none was written down before it was first seen; from OpenAI's reference: only an event whose whole data is [DONE]
#             ends a stream, and it is no finish reason
# Behaviour:  under openai/ that is so. Under groq/, and ten more names that share its reader, any line with [DONE] in it is read
#             as the end with the reason "stop": text about streams or with a list of things to do is lost where the pieces are
#             large, and an answer that is cut off by [DONE] without a finish reason looks complete.
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
PIECES = ["A list:\n", "- [DONE] first task\n", "- second task\n"]


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for piece in PIECES:
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")  # cut: no finish reason

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for provider in ("openai", "groq"):
    stream = litellm.completion(
        model=f"{provider}/m",
        messages=[{"role": "user", "content": "Hi"}],
        api_base=f"http://127.0.0.1:{server.server_port}/v1",
        api_key="none",
        stream=True,
        num_retries=0,
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    print(provider, repr(text), "reason received:", stream.received_finish_reason)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
openai 'A list:\n- [DONE] first task\n- second task\n' reason received: None
groq 'A list:\n- second task\n' reason received: stop
OUTPUT
