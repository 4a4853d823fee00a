#!/usr/bin/env bash
# A connection that is reset in the middle of an answer is a good end for LiteLLM's asynchronous stream, an error for the other one.
#
# Version:    litellm 1.106.2, aiohttp and httpx as they come with it; Linux
# Guess:      after 200 and two pieces the connection is reset: error to the caller, in completion and in acompletion
# Behaviour:  an answer in chunks (Transfer-Encoding) is an error in both. One that lasts until the connection closes, as small
#             servers and some proxies send it, is an error in completion() alone: httpx tells the reset, the transport of
#             acompletion() (aiohttp) takes it for the end, LiteLLM adds the finish reason "stop". Half an answer is a whole one
#             then; that `received_finish_reason` is None is the one sign
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import asyncio, json, socket, struct, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
PIECES = ("Giant kelp grows ", "half a ")


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        chunked = self.path.startswith("/chunked")
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header(*(("transfer-encoding", "chunked") if chunked else ("connection", "close")))
        self.end_headers()
        for piece in PIECES:
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            data = f"data: {json.dumps(event)}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
            self.wfile.flush()
        time.sleep(0.5)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets
        for part in (self.wfile, self.rfile, self.connection):
            part.close()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
server.handle_error = lambda *_: None
threading.Thread(target=server.serve_forever, daemon=True).start()


async def read(model, body, asynchronously):
    how = {
        "model": model,
        "messages": [{"role": "user", "content": "How fast does giant kelp grow?"}],
        "api_base": f"http://127.0.0.1:{server.server_port}/{body}",
        "api_key": "none",
        "num_retries": 0,
        "stream": True,
    }
    chunks = []
    try:
        if asynchronously:
            stream = await litellm.acompletion(**how)
            async for chunk in stream:
                chunks.append(chunk)
        else:
            stream = litellm.completion(**how)
            for chunk in stream:
                chunks.append(chunk)
    except Exception as error:
        return type(error).__name__
    return f"no error, {chunks[-1].choices[0].finish_reason!r}, received {stream.received_finish_reason}"


for body in ("chunked", "until-closed"):
    for model in ("openai/m", "groq/m"):
        for asynchronously in (False, True):
            name = "acompletion" if asynchronously else "completion"
            print(f"{body}, {model}, {name}: {asyncio.run(read(model, body, asynchronously))}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
chunked, openai/m, completion: MidStreamFallbackError
chunked, openai/m, acompletion: MidStreamFallbackError
chunked, groq/m, completion: MidStreamFallbackError
chunked, groq/m, acompletion: MidStreamFallbackError
until-closed, openai/m, completion: MidStreamFallbackError
until-closed, openai/m, acompletion: no error, 'stop', received None
until-closed, groq/m, completion: MidStreamFallbackError
until-closed, groq/m, acompletion: no error, 'stop', received None
OUTPUT
