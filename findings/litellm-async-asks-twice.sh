#!/usr/bin/env bash
# LiteLLM sends a request twice when its connection is reset, though all retries are off: asynchronously, and not for OpenAI.
#
# Version:    litellm 1.106.2, with aiohttp as it comes with it; Linux
# Guess:      reset connection on a request before any bytes, num_retries=0: 1 request for openai/, groq/, anthropic/, gemini/,
#             ollama_chat/ (that it is otherwise for some streams had been seen before)
# Behaviour:  completion() sends one by all names. acompletion() sends a second one by all but openai/, on a connection that was
#             new, so it is no remedy for one that had been idle too long. A server that resets may have worked, and be paid, for the
#             first; who counts requests, or leaves repeating to a queue, has twice as many as they know of. num_retries and
#             max_retries are both 0. litellm.disable_aiohttp_transport = True leaves one
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import asyncio, socket, struct, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
asked = 0


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        global asked
        asked += 1
        self.rfile.read(int(self.headers["content-length"]))
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets
        for part in (self.wfile, self.rfile, self.connection):
            part.close()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
server.handle_error = lambda *_: None
threading.Thread(target=server.serve_forever, daemon=True).start()


def requests(model, asynchronously):
    global asked
    asked = 0
    how = {
        "model": model,
        "messages": [{"role": "user", "content": "How fast does giant kelp grow?"}],
        "api_base": f"http://127.0.0.1:{server.server_port}",
        "api_key": "none",
        "num_retries": 0,
        "max_retries": 0,
    }
    try:
        asyncio.run(litellm.acompletion(**how)) if asynchronously else litellm.completion(**how)
    except Exception:
        return asked
    return "no error"


for model in ("openai/m", "groq/m", "anthropic/m", "gemini/m", "ollama_chat/m"):
    print(f"{model}: completion {requests(model, False)}, acompletion {requests(model, True)}")
litellm.disable_aiohttp_transport = True
litellm.in_memory_llm_clients_cache.flush_cache()
print(f"groq/m without aiohttp: acompletion {requests('groq/m', True)}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
openai/m: completion 1, acompletion 1
groq/m: completion 1, acompletion 2
anthropic/m: completion 1, acompletion 2
gemini/m: completion 1, acompletion 2
ollama_chat/m: completion 1, acompletion 2
groq/m without aiohttp: acompletion 1
OUTPUT
