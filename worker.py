"""The Worker: polls the Task Queue `research` and runs the Workflow and its Activities.

Run as many as you like, on as many machines as you like: each run goes on where it stopped.
"""

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import signal
import sys
from datetime import timedelta
from typing import NoReturn

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities import check_settings, create_pdf, llm_call, public, send_email, setting
from models import TASK_QUEUE
from workflow import GenerateReportWorkflow

MAX_ACTIVITIES = 100


async def connect() -> Client:
    """Connect to the Temporal service that the TEMPORAL_* settings name.

    Raises:
        ValueError: a setting is wrong.
        ConnectionError: the service does not answer, or does not let this client in.
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise ValueError(f"The TEMPORAL_* settings are wrong: {public(str(error))}") from None
    address = config.setdefault("target_host", "localhost:7233")
    try:
        return await Client.connect(**config)
    except RuntimeError as error:
        raise ConnectionError(
            f"Cannot reach Temporal at {address}: {public(str(error))}\n"
            "Start it with: uv run temporal server start-dev\n"
            "or put the right TEMPORAL_ADDRESS=host:port in .env"
        ) from None


def make_worker(client: Client, activity_executor: concurrent.futures.Executor) -> Worker:
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[GenerateReportWorkflow],
        activities=[llm_call, create_pdf, send_email],
        activity_executor=activity_executor,
        # As many as there are threads, or Activities would wait for one with their clocks running.
        max_concurrent_activities=MAX_ACTIVITIES,
        # Time for a PDF or a mail under way; a model's answer is left at a checkpoint.
        graceful_shutdown_timeout=timedelta(seconds=20),
        # How soon a heartbeat reaches Temporal, and with it the text so far and a cancellation.
        max_heartbeat_throttle_interval=timedelta(milliseconds=200),
        # A named build spares the SDK hashing every loaded module, which takes seconds.
        deployment_config=WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name=TASK_QUEUE, build_id="1"),
            use_worker_versioning=False,
        ),
    )


class OneLineFailures(logging.Formatter):
    """Shows an expected failure as a line; a traceback is for bugs."""

    def formatException(self, info) -> str:  # type: ignore[no-untyped-def]
        if isinstance(info[1], ApplicationError | CancelledError):
            return str(info[1])
        return super().formatException(info)


def log_to_terminal(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFailures("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    activity.logger.activity_info_on_message = False


async def run_worker() -> None:
    """Poll until a signal says stop.

    Raises:
        ValueError: a setting is wrong.
        ConnectionError: the Temporal service cannot be reached.
    """
    client = await connect()
    if problems := check_settings():
        raise ValueError("\n".join(problems))
    with concurrent.futures.ThreadPoolExecutor(max_workers=MAX_ACTIVITIES) as activity_executor:
        worker = make_worker(client, activity_executor)
        for stop in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # on Windows Ctrl-C raises instead
                asyncio.get_running_loop().add_signal_handler(
                    stop, lambda: asyncio.ensure_future(worker.shutdown())
                )
        print("Starting the worker....", flush=True)
        if setting("LLM_MODEL") == "demo":
            print("LLM_MODEL=demo: every answer is the bundled sample report.", flush=True)
        await worker.run()
    print("Worker stopped.")


def main() -> int:
    log_to_terminal()
    try:
        asyncio.run(run_worker())
    except KeyboardInterrupt:
        return 130
    except (ValueError, ConnectionError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    return 0


def leave(code: int) -> NoReturn:
    """End the process at once.

    The SDK's threads crash one in ten processes that shut their interpreter down while it is
    loaded (temporalio/sdk-python issue 300); by now there is nothing left to shut down.
    """
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
