#!/usr/bin/env bash
# LiteLLM turns a penalty for repetition into a reward for it, under ollama_chat/ alone.
#
# Version:    litellm 1.106.2
# Guess:      none was written down for this parameter before it was first seen; Ollama has an option of the same name, so that
#             frequency_penalty arrives as this one, as under ollama/
# Behaviour:  under ollama_chat/ it is sent as repeat_penalty, by which scores are divided: 1.0 is "none" there, what is
#             smaller favours words that were used. OpenAI's 0.5 asks for fewer repetitions and becomes 0.5, which asks for more; 0.0,
#             "none", becomes 0.0. Only from 1.0 up is the direction right. Give repeat_penalty itself, or use ollama/
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
sent = []


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        sent.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(400)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for model in ("ollama/llama3.2", "ollama_chat/llama3.2"):
    for how in ({"frequency_penalty": 0.0}, {"frequency_penalty": 0.5}, {"repeat_penalty": 1.1}):
        sent.clear()
        try:
            litellm.completion(
                model=model,
                messages=[{"role": "user", "content": "What is kelp?"}],
                api_base=f"http://127.0.0.1:{server.server_port}",
                num_retries=0,
                **how,
            )
        except Exception:
            print(f"{model} {how}: {[request['options'] for request in sent if 'options' in request]}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
ollama/llama3.2 {'frequency_penalty': 0.0}: [{'frequency_penalty': 0.0}]
ollama/llama3.2 {'frequency_penalty': 0.5}: [{'frequency_penalty': 0.5}]
ollama/llama3.2 {'repeat_penalty': 1.1}: [{'repeat_penalty': 1.1}]
ollama_chat/llama3.2 {'frequency_penalty': 0.0}: [{'repeat_penalty': 0.0}]
ollama_chat/llama3.2 {'frequency_penalty': 0.5}: [{'repeat_penalty': 0.5}]
ollama_chat/llama3.2 {'repeat_penalty': 1.1}: [{'repeat_penalty': 1.1}]
OUTPUT
