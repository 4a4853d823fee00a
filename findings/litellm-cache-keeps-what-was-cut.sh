#!/usr/bin/env bash
# LiteLLM's cache keeps an answer that was cut off, and gives it as one that the provider had finished.
#
# Version:    litellm[proxy] 1.106.2 (without [proxy] a hit of the in-memory cache is a ModuleNotFoundError, for fastapi)
# Guess:      cache (litellm.Cache() local), stream cut without finish reason, second call: it asks the server again (a cut answer is
#             not stored)
# Behaviour:  a stream that ends early has the finish reason "stop", made up; `received_finish_reason` None is the one
#             sign that none came. The made-up one is stored with the half answer. From then on each call gets the half without
#             asking anybody, and the sign says "stop", as for a whole one. A stream whose reader goes away is not kept
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet "litellm[proxy]==1.106.2" || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
asked = 0


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        global asked
        asked += 1
        choice = {"index": 0, "delta": {"content": "Giant kelp grows half a"}, "finish_reason": None}
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")  # and the connection ends

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"

litellm.cache = litellm.Cache()
for _ in range(2):
    stream = litellm.completion(
        model="openai/m",
        messages=[{"role": "user", "content": "How fast does giant kelp grow?"}],
        api_base=address,
        api_key="none",
        stream=True,
        caching=True,
        num_retries=0,
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    print(f"{text!r}, reason received: {stream.received_finish_reason}, asked {asked} times")
    time.sleep(1)  # it is stored by a thread
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
'Giant kelp grows half a', reason received: None, asked 1 times
'Giant kelp grows half a', reason received: stop, asked 1 times
OUTPUT
