"""What the person sees while a run is on, and how they decide on its draft."""

import asyncio
import os
import re
import shlex
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text
from temporalio.api.enums.v1 import (
    PendingActivityState,
    PendingWorkflowTaskState,
    TaskQueueType,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionResponse,
)
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from generator.names import spent_in_words
from models import ReportStatus, Stage, UserDecision, UserDecisionSignal

STEPS = ("llm_call", "create_pdf", "send_email")
POLL_INTERVAL = 0.5  # seconds
START_WORKER = "start one in another terminal: uv run worker.py"
CHOICES = "[k]eep  [e]dit by the model  [o]pen in your editor  [s]how again  [q]uit: "

console = Console(stderr=True, highlight=False)

Handle = WorkflowHandle[Any, str]


class PersonLeft(Exception):
    """The person wants to decide later."""


def printable(text: str) -> str:
    """Return text from outside without the control characters that could steer a terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def say(line: str) -> None:
    """Print a line of status to stderr, as it is: never as markup."""
    console.print(Text(printable(line)), soft_wrap=True)


async def follow(client: Client, handle: Handle) -> str:
    """Watch a run, ask for a decision each time its draft waits for one, and return its result.

    Raises:
        PersonLeft: the person does not want to decide now.
        WorkflowFailureError: the run failed, was cancelled or was terminated.
        RPCError: there is no such run.
    """
    while (result := await watch(client, handle)) is None:
        await decide(handle)
    if status := await ask_status(handle):
        if status.note:
            say(f"Note: {status.note}.")
        done = [", ".join(STEPS), status.email, spent_in_words(status)]
        say("✓ " + ". ".join(filter(None, done)))
    return result


async def watch(client: Client, handle: Handle) -> str | None:
    """Show what the run is doing until it ends, or until its draft waits for a decision.

    Returns:
        The run's result, or None if there is something to decide.
    """
    told: set[str] = set()
    result = asyncio.ensure_future(handle.result())
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while not result.done():
            try:
                run = await handle.describe()
                lines = await progress(client, run.raw_description)
                idle = not lines and run.status == WorkflowExecutionStatus.RUNNING
                status = await ask_status(handle) if idle else None
                if status and status.stage == Stage.REVIEW:
                    result.cancel()
                    return None
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    result.cancel()
                    raise
                lines = ["Temporal does not answer. The run is safe there; waiting for it."]
            if console.is_terminal:
                live.update(Text(printable("\n".join(lines))), refresh=True)
            elif lines:  # say a line each time that more has changed than its numbers
                under_way = [line for line in lines if not line.startswith("✓")] or lines[-1:]
                news = {re.sub(r"[\d,]+ (s|characters)\b", "", line): line for line in under_way}
                for line in news.keys() - told:
                    say(news[line])
                told = set(news)
            await asyncio.wait([result], timeout=POLL_INTERVAL)
            if result.done() and isinstance(result.exception(), RPCError):
                result = asyncio.ensure_future(handle.result())  # Temporal was away
    return await result


async def ask_status(handle: Handle) -> ReportStatus | None:
    """Return what the run says of itself, None if no worker is there to answer for it."""
    try:
        status: ReportStatus = await handle.query(
            "get_status", result_type=ReportStatus, rpc_timeout=timedelta(seconds=2)
        )
        return status
    except (RPCError, WorkflowQueryFailedError):
        return None


async def progress(client: Client, run: DescribeWorkflowExecutionResponse) -> list[str]:
    """Return a line for each Activity that is done or under way.

    Asks Temporal and not the worker: Temporal knows of failed attempts before they are in the
    Event History, and it answers while no worker is up.
    """
    task_queue = run.execution_config.task_queue.name
    if not run.pending_activities:
        task = run.pending_workflow_task
        if task.attempt > 2:  # Temporal keeps the run until it is mended
            return [
                f"✗ the Workflow's own code fails, attempt {task.attempt}: see the worker's log"
            ]
        scheduled = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
        if task.state == scheduled and (waited := age(task.scheduled_time)) > 1:
            return [await no_worker(client, task_queue, waited)]
        return []
    name = run.pending_activities[0].activity_type.name
    lines = [f"✓ {step}" for step in STEPS[: STEPS.index(name) if name in STEPS else 0]]
    for activity in sorted(run.pending_activities, key=number):
        lines += await activity_lines(client, task_queue, activity)
    return lines


def number(activity: PendingActivityInfo) -> int:
    """Return the place of an Activity among those of its run."""
    return int(re.match(r"\d*", activity.activity_id)[0] or 0)  # type: ignore[index]


async def activity_lines(
    client: Client, task_queue: str, activity: PendingActivityInfo
) -> list[str]:
    name = activity.activity_type.name
    if about := activity.activity_id.partition(". ")[2]:  # a part of a long report
        name += f", {about}"
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
            return [f"{failure} (next attempt in {-waited:.0f} s)"]
    waiting = (
        await no_worker(client, task_queue, waited) if waited > 1 else f"▸ {name}: {attempt}waiting"
    )
    return [line for line in (failure, waiting) if line]


async def no_worker(client: Client, task_queue: str, seconds: float) -> str:
    """Return what to do when no worker has taken a task for so long."""
    queue = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    if not queue.pollers:
        return f"No worker is polling the Task Queue {task_queue!r}: {START_WORKER}"
    # A worker that was killed stays listed for minutes.
    return f"▸ waiting for a worker for {seconds:.0f} s; if none is running, {START_WORKER}"


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


async def decide(handle: Handle) -> None:
    """Show the draft and carry out what the person decides on it.

    Raises:
        PersonLeft: they want to decide later.
    """
    draft = await handle.query("get_research_result", result_type=str) or ""
    status = await handle.query("get_status", result_type=ReportStatus)
    show(draft)
    if status.note:
        say(status.note)
    while True:
        choice = (await ask(CHOICES)).strip().lower()[:1]
        if choice == "k":
            return await submit(handle, UserDecisionSignal(UserDecision.KEEP))
        if choice == "e":
            if changes := (await ask("What should be different? ")).strip():
                return await submit(handle, UserDecisionSignal(UserDecision.EDIT, changes))
            say("Nothing to change was entered.")
        elif choice == "o":
            if edited := await edit(draft):
                return await submit(handle, UserDecisionSignal(UserDecision.KEEP, draft=edited))
        elif choice == "s":
            show(draft)
        elif choice == "q":
            raise PersonLeft


def show(draft: str) -> None:
    console.rule("Draft")
    console.print(Markdown(printable(draft)))
    console.rule()


async def ask(question: str) -> str:
    """Read a line without holding up the worker of --local, which runs in the same thread.

    Raises:
        PersonLeft: the input has ended.
    """
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def settle(line: str | None) -> None:
        if not answer.done():
            answer.set_result(line) if line is not None else answer.set_exception(PersonLeft())

    def read() -> None:
        try:
            line: str | None = input()
        except (EOFError, ValueError):
            line = None
        answer.get_loop().call_soon_threadsafe(settle, line)

    console.print(Text(question), end="")
    threading.Thread(target=read, daemon=True).start()  # a daemon: Ctrl-C leaves it waiting
    return await answer


async def edit(draft: str) -> str:
    """Open the draft in the person's editor; return their version, or "" if it is no other."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w", suffix=".md", encoding="utf-8", delete=False) as file:
        file.write(draft)
    path = Path(file.name)
    try:
        process = await asyncio.create_subprocess_exec(*shlex.split(editor), file.name)
        edited = "" if await process.wait() else path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError) as error:
        say(f"The editor {editor!r} has failed ({error}): set EDITOR to one that works.")
        edited = ""
    path.unlink(missing_ok=True)
    if edited.strip() in ("", draft.strip()):
        say("The draft is as it was.")
        return ""
    return edited


async def submit(handle: Handle, decision: UserDecisionSignal) -> None:
    """Send a decision; without a worker it waits here until one comes."""
    taken = False
    try:
        if decision.is_too_long():
            raise ValueError("It is too long: at most a megabyte, please.")
        sent = asyncio.ensure_future(handle.execute_update("review", decision, result_type=str))
        done, _ = await asyncio.wait([sent], timeout=3)
        if not done:
            say(f"Your decision waits for a worker: {START_WORKER}")
        say(await sent)
        taken = True
    except (ValueError, RPCError, WorkflowUpdateFailedError) as error:
        reason = error.cause if isinstance(error, WorkflowUpdateFailedError) else error
        say(f"Your decision was not taken. {reason}")
    finally:
        if decision.draft and not taken:
            with tempfile.NamedTemporaryFile(
                "w", suffix=".md", encoding="utf-8", delete=False
            ) as file:
                file.write(decision.draft)
            say(f"Your version of the draft is in {file.name}")


async def show_runs(client: Client) -> None:
    """Print the most recent runs, newest first."""
    table = Table(box=None, expand=True)
    table.add_column("Topic", no_wrap=True, ratio=1)
    for heading in ("Status", "Age", "Workflow ID"):
        table.add_column(heading, no_wrap=True, min_width=len(heading))
    query = "WorkflowType = 'GenerateReportWorkflow'"
    async for run in client.list_workflows(query, limit=20):
        topic = await run.memo_value("topic", default="", type_hint=str)
        status = run.status.name.lower().replace("_", " ") if run.status else ""
        seconds = int((datetime.now(UTC) - run.start_time).total_seconds())
        age = str(timedelta(seconds=seconds))
        table.add_row(Text(printable(topic)), status, age, run.id)
    stdout = Console() if sys.stdout.isatty() else Console(width=200)
    stdout.print(table if table.rows else "There are no runs yet.")
