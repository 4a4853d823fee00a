#!/usr/bin/env bash
# LiteLLM's callbacks hear nothing of a stream whose reader stops early, and give a cut answer a price where the whole one has none.
#
# Version:    litellm 1.106.2
# Guess:      a logger's events for a stream: whole: one success; cut off: one success, with the finish reason that was made up; an error
#             in the stream: one failure; a reader that goes away after two pieces: one success or failure, with what had come
# Behaviour:  the first three are so; of the last there is no event, in completion() and in acompletion(). What a person stops, or a
#             program that has read enough, is paid to the provider and in no log, budget or dashboard that is built on callbacks.
#             The price is 0.0 for a whole stream without usage, and a real one for the same text without its last event
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import asyncio, json, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
from litellm.integrations.custom_logger import CustomLogger

litellm.suppress_debug_info = True


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        how = self.path.split("/")[1]
        for number in range(6):
            self.event({"content": f"piece {number} "}, None)
        if how == "error":
            self.wfile.write(b'data: {"error": {"message": "overloaded", "code": 503}}\n\n')
        elif how != "cut":
            self.event({}, "stop")
            self.wfile.write(b"data: [DONE]\n\n")

    def event(self, delta, reason):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": [choice]}
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")

    def log_message(self, *_):
        pass


class Logger(CustomLogger):
    events = []

    def log_success_event(self, kwargs, response_obj, start_time, end_time):
        text = response_obj.choices[0].message.content
        self.events.append(f"success, {len(text.split()) // 2} pieces, price {kwargs['response_cost'] or 0:.5f}")

    def log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self.events.append("failure")

    async def async_log_success_event(self, *arguments, **named):
        self.log_success_event(*arguments, **named)

    async def async_log_failure_event(self, *arguments, **named):
        self.log_failure_event(*arguments, **named)


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
litellm.callbacks = [Logger()]


async def read(how, asynchronously):
    options = {
        "model": "openai/gpt-4o",
        "messages": [{"role": "user", "content": "What is kelp?"}],
        "api_base": f"http://127.0.0.1:{server.server_port}/{how}",
        "api_key": "none",
        "num_retries": 0,
        "stream": True,
    }
    count = 0
    try:
        if asynchronously:
            stream = await litellm.acompletion(**options)
            async for _ in stream:
                count += 1
                if how == "left" and count == 2:
                    break
        else:
            stream = litellm.completion(**options)
            for _ in stream:
                count += 1
                if how == "left" and count == 2:
                    break
        del stream
    except litellm.exceptions.MidStreamFallbackError:
        pass
    await asyncio.sleep(3)  # events come from threads and tasks


for how in ("whole", "cut", "error", "left"):
    for asynchronously in (False, True):
        Logger.events.clear()
        asyncio.run(read(how, asynchronously))
        time.sleep(1)
        print(f"{how}, {'acompletion' if asynchronously else 'completion'}: {Logger.events}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
whole, completion: ['success, 6 pieces, price 0.00000']
whole, acompletion: ['success, 6 pieces, price 0.00000']
cut, completion: ['success, 6 pieces, price 0.00022']
cut, acompletion: ['success, 6 pieces, price 0.00022']
error, completion: ['failure']
error, acompletion: ['failure']
left, completion: []
left, acompletion: []
OUTPUT
