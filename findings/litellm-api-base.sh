#!/usr/bin/env bash
# One `api_base` means four things to LiteLLM: the root, the root with /v1, the whole address, or any of them.
#
# Version:    litellm 1.106.2
# Guess:      openai/ with api_base ".../v1/chat/completions": the path doubled; anthropic/ with ".../v1": /v1/messages, not /v1/v1;
#             ollama_chat/ with ".../": no doubled slash
# Behaviour:  the second is wrong: a gateway's address with /v1, which openai/ needs, makes /v1/v1/messages of anthropic/, a 404. The
#             whole address is right for groq/ and for anthropic/, doubled by openai/ and perplexity/, and gets a "/v1" behind
#             it from mistral/. cohere/ and cohere_chat/ send to exactly what they are given, without a path. A slash at the end
#             stays as a second one ("/v1//chat/completions") under deepseek/, mistral/, anthropic/ and ollama_chat/. Say which form
#             each name needs
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
paths = []


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        paths.append(self.path)
        self.send_response(400)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for provider in ("openai", "groq", "deepseek", "perplexity", "mistral", "anthropic", "cohere", "ollama_chat"):
    print(provider)
    whole = "/v1/messages" if provider == "anthropic" else "/v1/chat/completions"
    for base in ("", "/v1", "/v1/", whole):
        paths.clear()
        try:
            litellm.completion(
                model=f"{provider}/m",
                messages=[{"role": "user", "content": "What is kelp?"}],
                api_base=f"http://127.0.0.1:{server.server_port}{base}",
                api_key="none",
                num_retries=0,
                max_retries=0,
            )
        except Exception:
            print(f"    api_base {base or 'alone':20} POST {paths[-1]}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
openai
    api_base alone                POST /chat/completions
    api_base /v1                  POST /v1/chat/completions
    api_base /v1/                 POST /v1/chat/completions
    api_base /v1/chat/completions POST /v1/chat/completions/chat/completions
groq
    api_base alone                POST /chat/completions
    api_base /v1                  POST /v1/chat/completions
    api_base /v1/                 POST /v1/chat/completions
    api_base /v1/chat/completions POST /v1/chat/completions
deepseek
    api_base alone                POST /chat/completions
    api_base /v1                  POST /v1/chat/completions
    api_base /v1/                 POST /v1//chat/completions
    api_base /v1/chat/completions POST /v1/chat/completions
perplexity
    api_base alone                POST /chat/completions
    api_base /v1                  POST /v1/chat/completions
    api_base /v1/                 POST /v1/chat/completions
    api_base /v1/chat/completions POST /v1/chat/completions/chat/completions
mistral
    api_base alone                POST /v1/chat/completions
    api_base /v1                  POST /v1/chat/completions
    api_base /v1/                 POST /v1//v1/chat/completions
    api_base /v1/chat/completions POST /v1/chat/completions/v1
anthropic
    api_base alone                POST /v1/messages
    api_base /v1                  POST /v1/v1/messages
    api_base /v1/                 POST /v1//v1/messages
    api_base /v1/messages         POST /v1/messages
cohere
    api_base alone                POST /
    api_base /v1                  POST /v1
    api_base /v1/                 POST /v1/
    api_base /v1/chat/completions POST /v1/chat/completions
ollama_chat
    api_base alone                POST /api/chat
    api_base /v1                  POST /v1/api/chat
    api_base /v1/                 POST /v1//api/chat
    api_base /v1/chat/completions POST /v1/chat/completions/api/chat
OUTPUT
