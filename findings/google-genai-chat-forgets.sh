#!/usr/bin/env bash
# A chat of Google's Gen AI client forgets question and answer when the last chunk of a stream has no text; without a stream it keeps them.
#
# Version:    google-genai 3.6.1
# Guess:      chat stream whose last chunk has finish reason and no text: the history holds the whole answer; a stream without a finish
#             reason: the history has it, too; MAX_TOKENS: kept
# Behaviour:  so it is for the last, and for a last chunk with an empty text. One without content (the finish reason alone, or only
#             the usage after it) makes the turn invalid: both are left out of the next request, so that the model answers "And
#             now?" to nothing, though each piece was shown to the user. send_message() keeps the same answer, even without a finish
#             reason. get_history() has it, get_history(curated=True), which is what is sent, does not. An issue of the Go client tells
#             of such chunks from Gemini 3; keep the contents oneself, and call generate_content_stream()
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet google-genai==3.6.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from google import genai
from google.genai import types


def chunk(text, reason=None):
    candidate = {} if text is None else {"content": {"role": "model", "parts": [{"text": text}]}}
    if reason:
        candidate["finishReason"] = reason
    return {"candidates": [candidate]}


USAGE = {"usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 5}}
ANSWERS = {
    "reason with the last words": [chunk("Kelp "), chunk("grows.", "STOP")],
    "reason with an empty text": [chunk("Kelp "), chunk("grows."), chunk("", "STOP")],
    "reason alone": [chunk("Kelp "), chunk("grows."), chunk(None, "STOP")],
    "usage after the reason": [chunk("Kelp "), chunk("grows.", "STOP"), USAGE],
    "no reason": [chunk("Kelp "), chunk("grows.")],
}
answer, asked = [], []


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        contents = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["contents"]
        asked[:] = ["".join(part["text"] for part in content["parts"]) for content in contents]
        stream = "stream" in self.path
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if stream else "application/json")
        self.end_headers()
        if stream:
            for piece in answer:
                self.wfile.write(b"data: " + json.dumps(piece).encode() + b"\r\n\r\n")
        else:
            reason = [c["candidates"][0].get("finishReason") for c in answer if "candidates" in c]
            whole = chunk("Kelp grows.", next(filter(None, reason), None)) | USAGE
            self.wfile.write(json.dumps(whole).encode())

    def log_message(self, *rest):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
Thread(target=server.serve_forever, daemon=True).start()
client = genai.Client(api_key="x", http_options=types.HttpOptions(base_url=f"http://127.0.0.1:{server.server_port}"))
for name, answer in ANSWERS.items():
    print(name)
    for way in ("send_message", "send_message_stream"):
        chat = client.chats.create(model="gemini-2.5-flash")
        if way == "send_message":
            text = chat.send_message("Tell of kelp.").text
            chat.send_message("And now?")
        else:
            text = "".join(piece.text or "" for piece in chat.send_message_stream("Tell of kelp."))
            list(chat.send_message_stream("And now?"))
        print(f"    {way}: {text!r}, then asked {asked}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
reason with the last words
    send_message: 'Kelp grows.', then asked ['Tell of kelp.', 'Kelp grows.', 'And now?']
    send_message_stream: 'Kelp grows.', then asked ['Tell of kelp.', 'Kelp ', 'grows.', 'And now?']
reason with an empty text
    send_message: 'Kelp grows.', then asked ['Tell of kelp.', 'Kelp grows.', 'And now?']
    send_message_stream: 'Kelp grows.', then asked ['Tell of kelp.', 'Kelp ', 'grows.', '', 'And now?']
reason alone
    send_message: 'Kelp grows.', then asked ['Tell of kelp.', 'Kelp grows.', 'And now?']
    send_message_stream: 'Kelp grows.', then asked ['And now?']
usage after the reason
    send_message: 'Kelp grows.', then asked ['Tell of kelp.', 'Kelp grows.', 'And now?']
    send_message_stream: 'Kelp grows.', then asked ['And now?']
no reason
    send_message: 'Kelp grows.', then asked ['Tell of kelp.', 'Kelp grows.', 'And now?']
    send_message_stream: 'Kelp grows.', then asked ['And now?']
OUTPUT
