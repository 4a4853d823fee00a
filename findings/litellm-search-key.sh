#!/usr/bin/env bash
# litellm.search() takes a key for Google's and SearchAPI's search, and then asks for one; asearch() uses it.
#
# Version:    litellm 1.106.2, CPython 3.11
# Guess:      taken for granted until it was tried: search(api_key=...) and asearch(api_key=...) both send the key that they are given
# Behaviour:  for the two providers that want the key in the address, search() sends no request and raises "... is
#             required" or "... is not set", as if there were none; asearch() sends it. The synchronous handler does not
#             pass the key on to transform_search_request, the asynchronous one does. A program that hands keys over as
#             arguments, and keeps them out of the environment, cannot use these providers synchronously.
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>/dev/null
import asyncio, http.server, json, os, threading, urllib.parse

os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "GOOGLE_PSE_ENGINE_ID": "engine"}
for name in ("GOOGLE_PSE_API_KEY", "SEARCHAPI_API_KEY"):
    os.environ.pop(name, None)
asked = []


class Provider(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query))
        body = json.dumps({"items": [], "organic_results": []}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_address[1]}/search"
import litellm

litellm.suppress_debug_info = True
for provider in ("google_pse", "searchapi"):
    arguments = dict(query="kelp", search_provider=provider, api_key="a-key", api_base=base)
    for name, call in (
        ("search", lambda: litellm.search(**arguments)),
        ("asearch", lambda: asyncio.run(litellm.asearch(**arguments))),
    ):
        before = len(asked)
        try:
            call()
            how = "answered"
        except Exception as error:
            how = "asks for a key" if "API_KEY is" in str(error) else f"raised {error}"
        keys = [query.get("key") or query.get("api_key") for query in asked[before:]]
        print(f"{provider}, {name}: {how}, keys sent: {keys}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
google_pse, search: asks for a key, keys sent: []
google_pse, asearch: answered, keys sent: [['a-key']]
searchapi, search: asks for a key, keys sent: []
searchapi, asearch: answered, keys sent: [['a-key']]
OUTPUT
