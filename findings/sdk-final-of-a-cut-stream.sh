#!/usr/bin/env bash
# Anthropic's and OpenAI's stream helpers give a "final" message of a stream that never came to its end; the AI SDK does not.
#
# Version:    anthropic 2.14.0, openai 3.57.0 (Python), ai 6.0.326 with @ai-sdk/openai-compatible 2.0.92 (Node)
# Guess:      a stream that ends after its first words, without message_stop or a finish reason: get_final_message() and
#             get_final_completion() raise, as responses.stream() does; the AI SDK ends quietly, with finish reason "unknown"
# Behaviour:  the other way round. The two helpers give the first words as the final message, with the reason to stop None; that None
#             is the only sign, and get_final_text() has none. responses.stream() of the same openai package raises. The AI SDK reports
#             an error to onError, and "error" as finish reason
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet anthropic==2.14.0 openai==3.57.0 || exit 2
cd "$folder"
npm install --silent --no-fund --no-audit ai@6.0.326 @ai-sdk/openai-compatible@2.0.92 >/dev/null 2>&1 || exit 2
cat >read.mjs <<'PROGRAM'
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";
const provider = createOpenAICompatible({ name: "local", baseURL: process.argv[2] + "/v1", apiKey: "none" });
let error = "none";
const stream = streamText({ model: provider("m"), prompt: "What is kelp?", onError: (event) => (error = event.error.message) });
let text = "";
for await (const piece of stream.textStream) text += piece;
console.log(`AI SDK: ${text}, finish reason ${await stream.finishReason}, error: ${error}`);
PROGRAM
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json, subprocess, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic, openai

CHUNK = {"role": "assistant", "content": "Kelp grows"}
ANSWER = {"id": "1", "type": "message", "role": "assistant", "content": [], "model": "m", "stop_reason": None, "stop_sequence": None}
RESPONSE = {"id": "1", "object": "response", "created_at": 1, "status": "in_progress", "model": "m", "output": []}
OPTIONS = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
EVENTS = {
    "messages": [
        {"type": "message_start", "message": {**ANSWER, "usage": {"input_tokens": 4, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Kelp grows"}},
    ],
    "completions": [
        {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": CHUNK, "finish_reason": None}]}
    ],
    "responses": [{"type": "response.created", "sequence_number": 0, "response": {**RESPONSE, **OPTIONS}}],
}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for event in EVENTS[self.path.split("/")[-1]]:
            name = f"event: {event['type']}\n" if "type" in event else ""
            self.wfile.write(f"{name}data: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"
messages = [{"role": "user", "content": "What is kelp?"}]
claude = anthropic.Anthropic(base_url=address, api_key="none", max_retries=0)
with claude.messages.stream(model="m", max_tokens=99, messages=messages) as stream:
    final = stream.get_final_message()
    print(f"anthropic: {final.content[0].text}, reason {final.stop_reason}; text: {stream.get_final_text()}")
client = openai.OpenAI(base_url=address, api_key="none", max_retries=0)
with client.chat.completions.stream(model="m", messages=messages) as stream:
    choice = stream.get_final_completion().choices[0]
    print(f"openai, chat: {choice.message.content}, reason {choice.finish_reason}")
try:
    with client.responses.stream(model="m", input="What is kelp?") as stream:
        print("openai, responses:", stream.get_final_response().status)
except RuntimeError as error:
    print("openai, responses:", error)
print(subprocess.run(["node", "read.mjs", address], capture_output=True, text=True, check=True).stdout.strip())
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
anthropic: Kelp grows, reason None; text: Kelp grows
openai, chat: Kelp grows, reason None
openai, responses: Didn't receive a `response.completed` event.
AI SDK: Kelp grows, finish reason error, error: Response stream ended without a finish reason.
OUTPUT
