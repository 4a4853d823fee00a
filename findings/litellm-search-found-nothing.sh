#!/usr/bin/env bash
# litellm.search() calls it "no results", at the price of a search, when the provider said that the account is empty.
#
# Version:    litellm 1.106.2, CPython 3.11
# Guess:      taken for granted until it was tried: an exception with the provider's words, as for status 402; or at least no price
# Behaviour:  DataForSEO (code 40200, "Payment Required.") and Firecrawl ("success": false) tell errors with status 200; SearXNG
#             names the engines that blocked it. All three come back as an empty list, the first two with the price of a
#             search. Who relies on it writes "nothing was found" where nothing was looked for: the body must be read.
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet litellm==1.106.2 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>/dev/null
import http.server, json, os, threading

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
task = {"status_code": 40200, "status_message": "Payment Required.", "cost": 0, "result": None}
ANSWERS = {
    "dataforseo": {"status_code": 20000, "status_message": "Ok.", "tasks_error": 1, "tasks": [task]},
    "firecrawl": {"success": False, "error": "Payment required to access this resource"},
    "searxng": {"results": [], "unresponsive_engines": [["brave", "Suspended: too many requests"]]},
}
answer = {}


class Provider(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
import litellm

litellm.suppress_debug_info = True
for provider, answer in ANSWERS.items():
    found = litellm.search(
        query="kelp",
        search_provider=provider,
        api_key="me:secret",
        api_base=f"http://127.0.0.1:{server.server_address[1]}",
    )
    price = found.hidden_params.get("response_cost")
    print(f"{provider}: {len(found.results)} results, {'priced' if price else 'no price'}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
dataforseo: 0 results, priced
firecrawl: 0 results, priced
searxng: 0 results, no price
OUTPUT
