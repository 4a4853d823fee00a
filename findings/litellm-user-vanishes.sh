#!/usr/bin/env bash
# LiteLLM raises for a parameter that a provider does not have, unless it is `user` or JSON mode: these vanish.
#
# Version:    litellm 1.106.2
# Guess:      logit_bias for Anthropic without drop_params: UnsupportedParamsError; user for Anthropic: metadata.user_id; json_object
#             for Anthropic: dropped without a word. None was written down for user under other names: that it is sent, or an error
# Behaviour:  the three are so. `user` arrives under openai/ where the price list knows the model, and as metadata.user_id
#             at Anthropic; of a model that is new or served by oneself, and of Gemini, Groq, Mistral and Cohere, it is dropped,
#             though other parameters raise there. json_object leaves nothing in Anthropic's request, so prose comes back, and
#             cohere/ raises for it. Whoever tells users apart by `user`, or reads JSON, has to look into the request
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
PARAMETERS = {
    "user": {"user": "person-7"},
    "JSON mode": {"response_format": {"type": "json_object"}},
    "logit_bias": {"logit_bias": {"42": 1}},
}
ALWAYS = {"model", "messages", "contents", "max_tokens"}
for name, how in PARAMETERS.items():
    for model in (
        *("openai/gpt-4o", "openai/my-own", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-pro"),
        *("groq/my-own", "mistral/my-own", "cohere/command-r"),
    ):
        sent.clear()
        try:
            litellm.completion(
                model=model,
                messages=[{"role": "user", "content": "What is kelp?"}],
                api_base=f"http://127.0.0.1:{server.server_port}",
                api_key="none",
                num_retries=0,
                max_retries=0,
                **how,
            )
        except Exception as error:
            more = {key: value for key, value in sent[0].items() if key not in ALWAYS} if sent else type(error).__name__
            print(f"{name}, {model}: {more or 'nothing is sent of it'}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
user, openai/gpt-4o: {'user': 'person-7'}
user, openai/my-own: nothing is sent of it
user, anthropic/claude-sonnet-4-5: {'metadata': {'user_id': 'person-7'}}
user, gemini/gemini-2.5-pro: nothing is sent of it
user, groq/my-own: nothing is sent of it
user, mistral/my-own: nothing is sent of it
user, cohere/command-r: nothing is sent of it
JSON mode, openai/gpt-4o: {'response_format': {'type': 'json_object'}}
JSON mode, openai/my-own: {'response_format': {'type': 'json_object'}}
JSON mode, anthropic/claude-sonnet-4-5: nothing is sent of it
JSON mode, gemini/gemini-2.5-pro: {'generationConfig': {'response_mime_type': 'application/json'}}
JSON mode, groq/my-own: {'response_format': {'type': 'json_object'}}
JSON mode, mistral/my-own: {'response_format': {'type': 'json_object'}}
JSON mode, cohere/command-r: UnsupportedParamsError
logit_bias, openai/gpt-4o: {'logit_bias': {'42': 1}}
logit_bias, openai/my-own: {'logit_bias': {'42': 1}}
logit_bias, anthropic/claude-sonnet-4-5: UnsupportedParamsError
logit_bias, gemini/gemini-2.5-pro: UnsupportedParamsError
logit_bias, groq/my-own: {'logit_bias': {'42': 1}}
logit_bias, mistral/my-own: UnsupportedParamsError
logit_bias, cohere/command-r: UnsupportedParamsError
OUTPUT
