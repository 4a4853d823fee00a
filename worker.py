"""The Worker: polls the Task Queue `research` and runs the Workflow and its Activities.

Run as many as you like, on as many machines as you like: each run goes on where it stopped.
"""

if __name__ == "__main__":  # before the imports, which take their time
    from generator.running.stopping import stop_at_once

    stop_at_once()

import argparse
import asyncio
from concurrent.futures import ThreadPoolExecutor

from temporalio.client import Client

from activities import ACTIVITIES
from generator.readiness import check_settings, what_is_set
from generator.running.codec_server import serve_codec
from generator.running.encryption import new_key
from generator.running.log import start_logging
from generator.running.stopping import stop_by
from generator.running.streams import announce, prepare_streams
from generator.running.temporal import MAX_ACTIVITIES, connect, leave, new_worker
from generator.settings import OVERRIDDEN, setting
from models import TASK_QUEUE
from workflow import GenerateReportWorkflow


async def run_worker() -> None:
    """Poll until a signal says stop.

    Raises:
        ValueError: a setting is wrong.
    """
    if problems := check_settings():
        raise ValueError("\n".join(problems))
    client = await connect_patiently()
    with ThreadPoolExecutor(max_workers=MAX_ACTIVITIES) as activity_executor:
        worker = new_worker(
            client,
            activity_executor,
            task_queue=TASK_QUEUE,
            workflows=[GenerateReportWorkflow],
            activities=ACTIVITIES,
        )
        stop_by(lambda number: asyncio.ensure_future(worker.shutdown()))
        address = client.service_client.config.target_host
        announce(f"Temporal: {address}, Namespace {client.namespace}, Task Queue {TASK_QUEUE}")
        announce("\n".join(what_is_set()))
        announce("Starting the worker....")
        if setting("LLM_MODEL") == "demo":
            announce("LLM_MODEL=demo: every answer is the bundled sample report.")
        running = asyncio.ensure_future(worker.run())
        while not (worker.is_running or running.done()):
            await asyncio.sleep(0.01)
        if worker.is_running:
            announce("Worker ready: it waits for runs. Ctrl-C stops it.")
        await running
    announce("Worker stopped.")


async def connect_patiently() -> Client:
    """Connect to Temporal, however long it takes to be there.

    Raises:
        ValueError: a setting is wrong.
    """
    told = ""
    while True:
        try:
            return await connect()
        except ConnectionError as error:
            if str(error) != told:
                told = str(error)
                announce(f"{told}\nThe worker waits for it.", error=True)
            await asyncio.sleep(1)


def main() -> int:
    prepare_streams()
    parser = argparse.ArgumentParser(
        prog="worker.py",
        description=f"{__doc__}\nCtrl-C stops it; what it was doing goes on with the next worker.",
        epilog="It takes its settings from the environment and from .env: see .env.example.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--new-key", action="store_true", help="print a key for PAYLOAD_KEYS")
    parser.add_argument(
        "--codec-server", action="store_true", help="show encrypted runs to the Web UI in clear"
    )
    arguments = parser.parse_args()
    try:
        if arguments.new_key:
            print(new_key(), flush=True)
            return 0
        if OVERRIDDEN:
            announce(f".env overrides the environment: {', '.join(OVERRIDDEN)}", error=True)
        if arguments.codec_server:
            serve_codec()  # until a signal ends the process
        start_logging(metrics_address=setting("METRICS_ADDRESS"))
        asyncio.run(run_worker())
    except (ValueError, RuntimeError, OSError) as error:
        announce(str(error), error=True)
        return 2 if isinstance(error, ValueError) else 1
    return 0


if __name__ == "__main__":
    leave(main())
