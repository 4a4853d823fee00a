#!/usr/bin/env bash
# LiteLLM writes sentences of its own into the prompt, and leaves messages out, by the provider's name.
#
# Version:    litellm 1.106.2
# Guess:      system message after a user message, for Anthropic: moved to "system"; an empty user message: an error, or a placeholder
#             such as "."; system message alone, for Gemini: a placeholder
# Behaviour:  Anthropic is told, as the user's words, "Operator note (not from the user): ..." before a system message that is not
#             the first, and "[System: Empty message content sanitised to satisfy protocol]" for an empty message (a template whose
#             text came out empty): the model answers that. Mistral's request has no such message, if need be no message at all.
#             Gemini gets "." for a system message alone, where Anthropic is a BadRequestError
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


def texts(message):
    parts = message.get("parts", message.get("content"))
    return [parts] if isinstance(parts, str) else [part["text"] for part in parts]


ASKED = {
    "a rule after a question": [
        {"role": "user", "content": "What is kelp?"},
        {"role": "system", "content": "Answer in French."},
    ],
    "an empty question": [{"role": "user", "content": ""}],
    "a rule alone": [{"role": "system", "content": "Write a poem."}],
}
for name, messages in ASKED.items():
    for model in ("openai/gpt-4o", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-pro", "mistral/mistral-large-latest"):
        sent.clear()
        try:
            litellm.completion(
                model=model,
                messages=messages,
                api_base=f"http://127.0.0.1:{server.server_port}",
                api_key="none",
                num_retries=0,
                max_retries=0,
            )
        except Exception as error:
            got = sent[0].get("messages", sent[0].get("contents")) if sent else type(error).__name__
        said = got if isinstance(got, str) else [(message["role"], *texts(message)) for message in got]
        print(f"{name}, {model.split('/')[0]}: {said}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
a rule after a question, openai: [('user', 'What is kelp?'), ('system', 'Answer in French.')]
a rule after a question, anthropic: [('user', 'What is kelp?', 'Operator note (not from the user): the following was originally a mid-conversation system-role reminder.', 'Answer in French.')]
a rule after a question, gemini: [('user', 'What is kelp?')]
a rule after a question, mistral: [('user', 'What is kelp?'), ('system', 'Answer in French.')]
an empty question, openai: [('user', '')]
an empty question, anthropic: [('user', '[System: Empty message content sanitised to satisfy protocol]')]
an empty question, gemini: [('user', '')]
an empty question, mistral: []
a rule alone, openai: [('system', 'Write a poem.')]
a rule alone, anthropic: BadRequestError
a rule alone, gemini: [('user', '.')]
a rule alone, mistral: [('system', 'Write a poem.')]
OUTPUT
