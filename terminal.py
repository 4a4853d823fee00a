"""What the person sees while a run is on."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.live import Live
from rich.text import Text
from temporalio.api.enums.v1 import (
    PendingActivityState,
    PendingWorkflowTaskState,
    TaskQueueType,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from models import TASK_QUEUE

STEPS = ("llm_call", "create_pdf", "send_email")
POLL_INTERVAL = 0.5  # seconds

console = Console(stderr=True, highlight=False)

Handle = WorkflowHandle[Any, str]


def say(line: str) -> None:
    """Print a line of status to stderr, as it is: never as markup."""
    console.print(Text(line), soft_wrap=True)


async def watch(client: Client, handle: Handle) -> str:
    """Show what the run is doing until it ends, and return its result.

    Raises:
        WorkflowFailureError: the run failed, was cancelled or was terminated.
        RPCError: there is no such run.
    """
    told = ""
    result = asyncio.ensure_future(handle.result())
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while not result.done():
            try:
                lines = await progress(client, handle)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    result.cancel()
                    raise
                lines = ["Temporal does not answer. The run is safe there; waiting for it."]
            if console.is_terminal:
                live.update(Text("\n".join(lines)), refresh=True)
            else:  # a line each time that more has changed than its numbers
                for line in lines[-1:]:
                    news = re.sub(r"[\d,]+ (s|characters)\b", "", line)
                    if news != told:
                        say(line)
                    told = news
            await asyncio.wait([result], timeout=POLL_INTERVAL)
            if result.done() and isinstance(result.exception(), RPCError):
                result = asyncio.ensure_future(handle.result())  # Temporal was away
    return await result


async def progress(client: Client, handle: Handle) -> list[str]:
    """Return a line for each Activity that is done or under way.

    Asks Temporal and not the worker: Temporal knows of failed attempts before they are in the
    Event History, and it answers while no worker is up.
    """
    run = (await handle.describe()).raw_description
    if not run.pending_activities:
        task = run.pending_workflow_task
        scheduled = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
        if task.state == scheduled and (waited := age(task.scheduled_time)) > 1:
            return [await no_worker(client, waited)]
        return []
    activity = run.pending_activities[0]
    name = activity.activity_type.name
    done = [f"✓ {step}" for step in STEPS[: STEPS.index(name)]]
    return done + await activity_lines(client, name, activity)


async def activity_lines(client: Client, name: str, activity: PendingActivityInfo) -> list[str]:
    attempt = f"attempt {activity.attempt}, " if activity.attempt > 1 else ""
    if activity.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED:
        line = f"▸ {name}: {attempt}running for {age(activity.last_started_time):.0f} s"
        if activity.heartbeat_details.payloads:
            draft, *_ = await client.data_converter.decode(activity.heartbeat_details.payloads)
            line += f", {len(draft):,} characters written"
        return [line]
    waited = age(activity.scheduled_time)
    failure = activity.last_failure.message
    if failure:
        if activity.HasField("next_attempt_schedule_time"):  # unset again once it is due
            waited = age(activity.next_attempt_schedule_time)
        failure = f"✗ {name}: attempt {activity.attempt - 1} failed: {failure}"
        if waited < 0:
            return [f"{failure} Next attempt in {-waited:.0f} s."]
    waiting = await no_worker(client, waited) if waited > 1 else f"▸ {name}: {attempt}waiting"
    return [line for line in (failure, waiting) if line]


async def no_worker(client: Client, seconds: float) -> str:
    """Return what to do when no worker has taken a task for so long."""
    queue = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    remedy = "start one in another terminal: uv run worker.py"
    if not queue.pollers:
        return f"No worker is polling the Task Queue {TASK_QUEUE!r}: {remedy}"
    # A worker that was killed stays listed for minutes.
    return f"▸ waiting for a worker for {seconds:.0f} s; if none is running, {remedy}"


def age(moment: Timestamp) -> float:
    """Return the seconds since a moment, negative if it is to come."""
    return (datetime.now(UTC) - moment.ToDatetime(UTC)).total_seconds()


def web_ui_link(client: Client, handle: Handle) -> str | None:
    """Return the run's page in the Web UI, None where nobody but its owner knows the address."""
    host, _, port = client.service_client.config.target_host.rpartition(":")
    run = (
        f"{quote(handle.id, safe='')}/{handle.result_run_id or handle.first_execution_run_id or ''}"
    )
    path = f"namespaces/{client.namespace}/workflows/{run}".rstrip("/")
    if host in ("localhost", "127.0.0.1", "[::1]"):
        return f"http://localhost:{int(port) + 1000}/{path}"  # where the dev server puts it
    if host.endswith((".tmprl.cloud", ".temporal.io")):
        return f"https://cloud.temporal.io/{path}"
    return None
