#!/usr/bin/env bash
# LiteLLM turns a good answer under groq/ into a connection error when it does not tell a service tier.
#
# Version:    litellm 1.106.2
# Guess:      none was written down for this field before it was first seen; from OpenAI's and Groq's reference, where service_tier
#             is optional: an answer without it is an answer
# Behaviour:  completion(), not streamed, raises APIConnectionError "'ModelResponse' object has no attribute 'service_tier'", after
#             the answer has come, and is paid. With "service_tier": null or a name it is fine; streamed it is fine, too, and so are
#             openai/ and deepseek/ without it. A stand-in or a gateway in Groq's place fails at each request, and looks unreachable
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
tier = {}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        choice = {"index": 0, "message": {"role": "assistant", "content": "A seaweed."}, "finish_reason": "stop"}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]} | tier
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for model in ("openai/m", "deepseek/m", "groq/m"):
    for tier in ({"service_tier": "on_demand"}, {"service_tier": None}, {}):
        try:
            answer = litellm.completion(
                model=model,
                messages=[{"role": "user", "content": "What is kelp?"}],
                api_base=f"http://127.0.0.1:{server.server_port}",
                api_key="none",
                num_retries=0,
            )
            print(model, tier, answer.choices[0].message.content)
        except Exception as error:
            print(model, tier, error)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
openai/m {'service_tier': 'on_demand'} A seaweed.
openai/m {'service_tier': None} A seaweed.
openai/m {} A seaweed.
deepseek/m {'service_tier': 'on_demand'} A seaweed.
deepseek/m {'service_tier': None} A seaweed.
deepseek/m {} A seaweed.
groq/m {'service_tier': 'on_demand'} A seaweed.
groq/m {'service_tier': None} A seaweed.
groq/m {} litellm.APIConnectionError: APIConnectionError: GroqException - 'ModelResponse' object has no attribute 'service_tier'
OUTPUT
