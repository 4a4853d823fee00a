#!/usr/bin/env bash
# LiteLLM loads a tokenizer of some 40 MB to price a stream of which nothing has come yet.
#
# Version:    litellm 1.106.2
# Guess:      none was written down before it was first seen, in a worker's memory; that a request whose answer tells its own
#             usage needs no tokenizer, streamed or not
# Behaviour:  without a stream it needs none. With one, it counts the tokens of the stream's text, which is "" then, as soon as
#             the headers are there, and loads the tokenizer for that: each process that only streams holds it for good.
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log"
import asyncio, json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "usage": USAGE}
        answer["choices"] = [
            {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
        ]
        body = b"data: [DONE]\n\n" if asked.get("stream") else json.dumps(answer).encode()
        self.send_response(200)
        kind = "text/event-stream" if asked.get("stream") else "application/json"
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()


async def ask(**how):
    return await litellm.acompletion(
        model="openai/m",
        messages=[{"role": "user", "content": "Hi"}],
        api_base=f"http://127.0.0.1:{server.server_port}/v1",
        api_key="none",
        num_retries=0,
        **how,
    )


def loaded():
    return "loaded" if "tiktoken_ext.openai_public" in sys.modules else "not loaded"


asyncio.run(ask())
print("after an answer as a whole:", loaded())
asyncio.run(ask(stream=True))
print("with a stream, before its first event is read:", loaded())
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
after an answer as a whole: not loaded
with a stream, before its first event is read: loaded
OUTPUT
