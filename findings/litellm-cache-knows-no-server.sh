#!/usr/bin/env bash
# LiteLLM's cache takes two servers for one, and settings that OpenAI does not have for none.
#
# Version:    litellm[proxy] 1.106.2
# Guess:      cache key differs for: api_base, extra_body, web_search_options, reasoning_effort, max_completion_tokens, seed,
#             response_format, prediction, stream
# Behaviour:  for all but the first two. The key holds the model's name and OpenAI's parameters: two servers that run a
#             "llama" each answer for each other, and so do min_p, top_n or num_ctx of one and the same server: an experiment that
#             compares them finds that they change nothing, at once and for free. Set `cache={"namespace": ...}` for each
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet "litellm[proxy]==1.106.2" || exit 2
LITELLM_LOCAL_MODEL_COST_MAP=True "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

litellm.suppress_debug_info = True
asked = 0


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        global asked
        asked += 1
        text = f"server {self.path[1]}, min_p {body.get('min_p')}, temperature {body.get('temperature')}"
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "llama", "choices": [choice]}
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"

litellm.cache = litellm.Cache()
for path, how in [
    ("a", {}),
    ("b", {}),
    ("a", {"extra_body": {"min_p": 0.2}}),
    ("b", {"extra_body": {"min_p": 0.2}, "cache": {"namespace": "b, min_p 0.2"}}),
    ("b", {"temperature": 0.5}),
]:
    answer = litellm.completion(
        model="openai/llama",
        messages=[{"role": "user", "content": "Hi"}],
        api_base=f"{address}/{path}",
        api_key="none",
        caching=True,
        num_retries=0,
        **how,
    )
    print(path, how, "->", answer.choices[0].message.content, f"(asked {asked} times)")
    time.sleep(0.5)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
a {} -> server a, min_p None, temperature None (asked 1 times)
b {} -> server a, min_p None, temperature None (asked 1 times)
a {'extra_body': {'min_p': 0.2}} -> server a, min_p None, temperature None (asked 1 times)
b {'extra_body': {'min_p': 0.2}, 'cache': {'namespace': 'b, min_p 0.2'}} -> server b, min_p 0.2, temperature None (asked 2 times)
b {'temperature': 0.5} -> server b, min_p None, temperature 0.5 (asked 3 times)
OUTPUT
