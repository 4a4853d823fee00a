"""The Worker: polls the Task Queue `research` and runs the Workflow and its Activities.

Run as many as you like, on as many machines as you like: each run goes on where it stopped.
"""

import asyncio
import concurrent.futures
import contextlib
import io
import logging
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from temporalio import activity
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities import HEARTBEAT_THROTTLE, create_pdf, llm_call, send_email
from generator import pdf
from generator.llm.ask import DEFAULT_MODEL, import_litellm
from generator.settings import public, setting, smtp_settings
from models import TASK_QUEUE, TASK_TIMEOUT
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
        client = await Client.connect(**config)
        await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
        return client
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            return client  # it may not be for everyone to ask
        raise ValueError(
            f"There is no namespace {client.namespace} at {address}: put the right"
            " TEMPORAL_NAMESPACE=... in .env"
        ) from None
    except RuntimeError as error:
        raise ConnectionError(
            f"Cannot reach Temporal at {address}: {public(str(error))}\n"
            "Start it with: uv run temporal server start-dev\n"
            "or put the right TEMPORAL_ADDRESS=host:port in .env"
        ) from None


def check_settings(with_model: bool = True) -> list[str]:
    """Return what is wrong with the worker's settings: a line each, with what to put in .env.

    Imports LiteLLM, unless LLM_MODEL is `demo`.
    """
    problems = []
    folder = Path(setting("REPORTS_DIR", "reports"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        problems.append(
            f"Reports cannot be written to {folder} ({error.strerror}): put REPORTS_DIR=<a folder"
            " you may write to> in .env"
        )
    if not re.fullmatch("(true|false|)", setting("SIMULATE_EMAIL_FAILURE").lower()):
        problems.append(
            "SIMULATE_EMAIL_FAILURE is neither true nor false: put SIMULATE_EMAIL_FAILURE=false"
            " in .env"
        )
    if setting("PDF_FONT"):
        try:
            pdf.render("x", font=setting("PDF_FONT"))
        except pdf.UnprintableReport as error:
            problems.append(f"{error}: correct PDF_FONT in .env")
    if setting("SMTP_HOST"):
        problems += check_email()
    if with_model and setting("LLM_MODEL") != "demo":
        problems += check_model()
    return problems


def check_email() -> list[str]:
    problems = []
    try:
        _, port, _ = smtp_settings()
        if not 0 < port < 65536:
            raise ValueError
    except KeyError as error:
        problems.append(
            f"SMTP_SECURITY={error.args[0]} is not known: put SMTP_SECURITY=starttls, tls or none"
            " in .env"
        )
    except ValueError:
        problems.append("SMTP_PORT is not a port number: put SMTP_PORT=587 in .env")
    for name, value in {
        "EMAIL_FROM": setting("EMAIL_FROM") or setting("SMTP_USERNAME"),
        "EMAIL_TO": setting("EMAIL_TO"),
    }.items():
        if "@" not in value:
            problems.append(
                f"{name} is no address, but SMTP_HOST is set: put {name}=you@example.com in .env"
            )
    if bool(setting("SMTP_USERNAME")) != bool(setting("SMTP_PASSWORD")):
        problems.append("SMTP_USERNAME and SMTP_PASSWORD go together: put both in .env, or neither")
    return problems


def check_model() -> list[str]:
    model, api_base = setting("LLM_MODEL", DEFAULT_MODEL), setting("LLM_API_BASE")
    litellm = import_litellm()
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # LiteLLM prints a list of its providers
            _, provider, _, _ = litellm.get_llm_provider(model)
            missing = litellm.validate_environment(model)["missing_keys"]
    except litellm.BadRequestError:
        return [
            f"LLM_MODEL={model} names no provider that LiteLLM knows: put LLM_MODEL=provider/model"
            f" in .env, for example LLM_MODEL={DEFAULT_MODEL}, or LLM_MODEL=demo"
        ]
    if api_base and not re.match("https?://.", api_base):
        return [f"LLM_API_BASE={api_base} is not a URL: put LLM_API_BASE=https://... in .env"]
    # Addresses have defaults, or LLM_API_BASE gives them; what must be there is a key.
    missing = [name for name in missing if not name.endswith("_API_BASE")]
    if missing and not setting("LLM_API_KEY"):
        return [
            f"No key for {provider}: put LLM_API_KEY=... (or {', '.join(missing)}) in .env, or"
            " LLM_MODEL=demo to try the program without one"
        ]
    return []


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
        # How long a Workflow Task waits for the worker that has its run in memory.
        sticky_queue_schedule_to_start_timeout=TASK_TIMEOUT,
        # How soon a heartbeat reaches Temporal, and with it the text so far and a cancellation.
        max_heartbeat_throttle_interval=timedelta(seconds=HEARTBEAT_THROTTLE),
        # A named build spares the SDK hashing every loaded module, which takes seconds.
        deployment_config=WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name=TASK_QUEUE, build_id="1"),
            use_worker_versioning=False,
        ),
    )


class WorkerLog(logging.Formatter):
    """Says which Activity speaks, and shows an expected failure as a line: a traceback is a bug."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        if about := getattr(record, "temporal_activity", None):
            record.message = "{activity_type}, attempt {attempt} of {workflow_id}: {}".format(
                record.message, **about
            )
        return super().formatMessage(record)

    def formatException(self, info: Any) -> str:
        if isinstance(info[1], ApplicationError | CancelledError):
            return f"    {info[1]}"
        return super().formatException(info)


def once_while_away() -> Callable[[logging.LogRecord], bool]:
    """Return a log filter: while Temporal is away, one line every 20 s and not one per retry."""
    told = -20.0

    def may_pass(record: logging.LogRecord) -> bool:
        nonlocal told
        if not record.getMessage().startswith(("gRPC call", "Error when recording heartbeat")):
            return True
        record.msg, record.args = "Temporal does not answer; trying again", ()
        due = time.monotonic() - told >= 20
        told = time.monotonic() if due else told
        return due

    return may_pass


def log_to_terminal(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(WorkerLog("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    activity.logger.activity_info_on_message = False
    core = logging.getLogger("temporalio.core")
    core.addFilter(once_while_away())
    forwarding = LogForwardingConfig(
        core, prepend_target_on_message=False, append_log_fields_to_message=False
    )
    filter = TelemetryFilter(core_level="WARN", other_level="ERROR")
    Runtime.set_default(
        Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter, forwarding=forwarding)))
    )


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
