"""Temporal: connecting to it, a Worker for it, the SDK's log, and leaving a process cleanly."""

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import timedelta
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
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker, WorkerDeploymentConfig

from generator.heartbeat import HEARTBEAT_THROTTLE
from generator.settings import SETTINGS, public
from models import TASK_TIMEOUT

MAX_ACTIVITIES = 100


async def connect() -> Client:
    """Connect to the Temporal Service that the TEMPORAL_* settings name.

    Raises:
        ValueError: a setting is wrong.
        ConnectionError: the service does not answer, or does not let this client in.
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise ValueError(f"The TEMPORAL_* settings are wrong: {public(str(error))}") from None
    address = config.setdefault("target_host", SETTINGS["TEMPORAL_ADDRESS"].default)
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


def new_worker(
    client: Client,
    activity_executor: Executor,
    *,
    task_queue: str,
    workflows: Sequence[type],
    activities: Sequence[Callable[..., Any]],
) -> Worker:
    """Return a Worker whose Activities are plain functions, run in MAX_ACTIVITIES threads."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=workflows,
        activities=activities,
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
            version=WorkerDeploymentVersion(deployment_name=task_queue, build_id="1"),
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


class OnceWhileAway(logging.Filter):
    """While Temporal is away, lets one line pass every 20 s, and not one for each retry."""

    told = -20.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(("gRPC call", "Error when recording heartbeat")):
            return True
        record.msg, record.args = "Temporal does not answer; trying again", ()
        due = time.monotonic() - self.told >= 20
        self.told = time.monotonic() if due else self.told
        return due


def start_logging(level: int = logging.INFO, metrics_address: str = "") -> None:
    """Send Python's log and the SDK's to stderr, and serve metrics at the address, if any.

    Raises:
        ValueError: the metrics cannot be served there.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(WorkerLog("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    activity.logger.activity_info_on_message = False
    core = logging.getLogger("temporalio.core")
    core.addFilter(OnceWhileAway())
    forwarding = LogForwardingConfig(
        core, prepend_target_on_message=False, append_log_fields_to_message=False
    )
    filter = TelemetryFilter(core_level="WARN", other_level="ERROR")
    telemetry = TelemetryConfig(
        logging=LoggingConfig(filter, forwarding=forwarding),
        metrics=PrometheusConfig(bind_address=metrics_address) if metrics_address else None,
    )
    try:
        Runtime.set_default(Runtime(telemetry=telemetry))
    except ValueError as error:
        raise ValueError(
            f"Metrics cannot be served on METRICS_ADDRESS={metrics_address} ({error}): put a free"
            " host:port in .env, another one for each worker on a machine"
        ) from None


def leave(code: int) -> NoReturn:
    """End the process at once.

    The SDK's threads crash one in ten processes that shut their interpreter down while it is
    loaded (temporalio/sdk-python issue 300); by now there is nothing left to shut down.
    """
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
