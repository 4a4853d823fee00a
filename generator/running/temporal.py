"""Temporal: connecting to it, a Worker for it, and leaving a process cleanly."""

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from generator.running.conversion import data_converter
from generator.settings import SETTINGS, public
from models import TASK_TIMEOUT

if TYPE_CHECKING:
    from temporalio.worker import Worker

MAX_ACTIVITIES = 100
PATIENCE = 3.0  # seconds for Temporal to answer; something else may hold its port and say nothing

# What the SDK's errors of connection mean, the first that fits.
SETTINGS_WRONG = {
    "Unauthenticated|PermissionDenied|status: 40[13]": "it does not let this client in: correct"
    " TEMPORAL_API_KEY and TEMPORAL_NAMESPACE in .env",
    "invalid peer certificate|UnknownIssuer": "its certificate is not trusted: put the authority's"
    " in .env, TEMPORAL_TLS_SERVER_CA_CERT_PATH=<file>",
    "InvalidContentType|InvalidMessage": "it does not speak TLS: take TEMPORAL_TLS and"
    " TEMPORAL_API_KEY out of .env",
    "CertificateRequired|HandshakeFailure": "it wants a certificate: put"
    " TEMPORAL_TLS_CLIENT_CERT_PATH=... and TEMPORAL_TLS_CLIENT_KEY_PATH=... in .env",
}
AWAY = {
    "ConnectionRefused": "nothing listens there",
    "dns error": "there is no machine of this name",
    "NetworkUnreachable|HostUnreachable": "there is no way to this machine",
    "[Hh]ttp2|h2 protocol|[Bb]roken ?[Pp]ipe|[Rr]eset|connection closed": "what listens there is"
    " not Temporal, or it wants TLS (TEMPORAL_TLS=true in .env)",
}


async def connect(address: str = "") -> Client:
    """Connect to the Temporal Service that the TEMPORAL_* settings name, or to this address.

    Raises:
        ValueError: a setting is wrong.
        ConnectionError: the service does not answer. Its first line says why, its second what to
            type.
    """
    config = configuration()
    address = config["target_host"] = address or config["target_host"]
    converter = data_converter()
    try:
        async with asyncio.timeout(PATIENCE if is_here(address) else 3 * PATIENCE):
            client = await Client.connect(**config, data_converter=converter)
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace)
            )
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise ValueError(
                f"There is no namespace {client.namespace} at {address}: put the right"
                " TEMPORAL_NAMESPACE=... in .env"
            ) from None
        # It may not be for everyone to ask.
    except TimeoutError:
        raise unreachable(address, "something listens there, but does not answer") from None
    except RuntimeError as error:
        for pattern, reason in SETTINGS_WRONG.items():
            if re.search(pattern, str(error)):
                raise ValueError(f"Cannot use Temporal at {address}: {reason}") from None
        found = (reason for pattern, reason in AWAY.items() if re.search(pattern, str(error)))
        raise unreachable(address, next(found, public(str(error)))) from None
    return client


def configuration() -> ClientConnectConfig:
    """Return what the TEMPORAL_* settings say, from the environment or Temporal's own file.

    Raises:
        ValueError: a setting is wrong.
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise ValueError(f"The TEMPORAL_* settings are wrong: {public(str(error))}") from None
    address = config.setdefault("target_host", SETTINGS["TEMPORAL_ADDRESS"].default)
    if not re.fullmatch(r"[^/\s]+:\d{1,5}", address) or int(address.rpartition(":")[2]) > 65_535:
        raise ValueError(f"TEMPORAL_ADDRESS={address} is wrong: put TEMPORAL_ADDRESS=host:port")
    return config


def unreachable(address: str, reason: str) -> ConnectionError:
    remedy = (
        "Start it with: uv run temporal server start-dev\n"
        "or do without it: uv run starter.py --local"
        if is_here(address)
        else "Put the right TEMPORAL_ADDRESS=host:port in .env"
    )
    return ConnectionError(f"Cannot reach Temporal at {address}: {reason}.\n{remedy}")


def is_here(address: str) -> bool:
    """Is this an address of this machine?"""
    return address.rpartition(":")[0] in ("localhost", "127.0.0.1", "[::1]")


def new_worker(
    client: Client,
    activity_executor: Executor,
    *,
    task_queue: str,
    workflows: Sequence[type],
    activities: Sequence[Callable[..., Any]],
) -> "Worker":
    """Return a Worker whose Activities are plain functions, run in MAX_ACTIVITIES threads."""
    # Only now: a starter needs none of it.
    from temporalio.worker import Worker

    from generator.running.activity_log import ActivityLog
    from generator.running.heartbeat import HEARTBEAT_THROTTLE

    return Worker(
        client,
        task_queue=task_queue,
        workflows=workflows,
        activities=activities,
        activity_executor=activity_executor,
        interceptors=[ActivityLog()],
        # As many as there are threads, or Activities would wait for one with their clocks running.
        max_concurrent_activities=MAX_ACTIVITIES,
        # Time for a PDF or a mail under way; a model's answer is left at a checkpoint.
        graceful_shutdown_timeout=timedelta(seconds=20),
        # How long a Workflow Task waits for the worker that has its run in memory.
        sticky_queue_schedule_to_start_timeout=TASK_TIMEOUT,
        # How soon a heartbeat reaches Temporal, and with it the text so far and a cancellation.
        max_heartbeat_throttle_interval=timedelta(seconds=HEARTBEAT_THROTTLE),
        # A named build spares the SDK hashing every loaded module, which takes seconds. A named
        # deployment would do so too, but there is none: the Web UI would link to nothing.
        build_id=task_queue,
    )


def leave(code: int) -> NoReturn:
    """End the process at once.

    The SDK's threads crash one in ten processes that shut their interpreter down while it is
    loaded (temporalio/sdk-python issue 300); by now there is nothing left to shut down.
    """
    with contextlib.suppress(OSError):  # nobody may be reading any more
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
