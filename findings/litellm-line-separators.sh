#!/usr/bin/env bash
# A piece of an answer with U+0085 or U+2028 in it is lost without an error by most of LiteLLM's readers of streams.
#
# Version:    litellm 1.106.2 (httpx as it comes with it)
# Guess:      anthropic wire: text with raw U+2028 in JSON: comes whole; openai too, gemini too, ollama too
# Behaviour:  JSON needs no escape for these characters, and lines of server-sent events end with CR and LF alone. openai/
#             is whole. The readers that take lines as httpx cuts them (by str.splitlines) find two halves of an event, neither
#             of them JSON, and pass over both: under groq/, anthropic/ and ollama_chat/ the piece is gone, under gemini/ the
#             separators. The finish reason is there, so an answer whose server sends large pieces is empty and looks whole
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
TEXT = "before\u2028after"
EVENTS = {
    "chat": [
        {"id": "1", "created": 1, "choices": [{"index": 0, "delta": {"content": TEXT}, "finish_reason": None}], "model": "m"},
        {"id": "1", "created": 1, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "model": "m"},
    ],
    "anthropic": [
        {"type": "message_start", "message": {"id": "1", "model": "m", "usage": {"input_tokens": 1, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": TEXT}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ],
    "gemini": [{"candidates": [{"content": {"role": "model", "parts": [{"text": TEXT}]}, "finishReason": "STOP"}]}],
    "ollama": [
        {"model": "m", "message": {"role": "assistant", "content": TEXT}, "done": False},
        {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"},
    ],
}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        wire = self.path.split("/")[1]
        self.send_response(200)
        self.send_header("content-type", "application/x-ndjson" if wire == "ollama" else "text/event-stream")
        self.end_headers()
        for event in EVENTS[wire]:
            line = json.dumps(event, ensure_ascii=False) + "\n"
            if wire != "ollama":
                line = (f"event: {event['type']}\n" if "type" in event else "") + f"data: {line}\n"
            self.wfile.write(line.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"

for model, wire in {
    "openai/m": "chat",
    "groq/m": "chat",
    "openrouter/m": "chat",
    "anthropic/m": "anthropic",
    "gemini/m": "gemini",
    "ollama_chat/m": "ollama",
}.items():
    stream = litellm.completion(
        model=model,
        messages=[{"role": "user", "content": "Hi"}],
        api_base=f"{address}/{wire}",
        api_key="none",
        stream=True,
        num_retries=0,
    )
    choices = [chunk.choices[0] for chunk in stream]
    reason = next(choice.finish_reason for choice in choices if choice.finish_reason)
    print(model, ascii("".join(choice.delta.content or "" for choice in choices)), reason)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
openai/m 'before\u2028after' stop
groq/m '' stop
openrouter/m '' stop
anthropic/m '' stop
gemini/m 'beforeafter' stop
ollama_chat/m '' stop
OUTPUT
