"""What a run is doing, on lines that are drawn anew while it does, until there is a result or a
decision to take."""

import asyncio
import contextlib
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from google.protobuf.timestamp_pb2 import Timestamp
from rich.live import Live
from rich.text import Text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import (
    PendingActivityState,
    PendingWorkflowTaskState,
    TaskQueueType,
    TimeoutType,
)
from temporalio.api.failure.v1 import Failure
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionResponse,
    ResetActivityRequest,
)
from temporalio.client import Client, WorkflowFailureError, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from generator.harmless import attach_command
from generator.running.encryption import in_clear
from generator.running.record import Handle, read_record
from generator.running.runs import Run, describe, is_held, is_paused
from generator.settings import public, setting
from generator.terminal.outcome import worded
from generator.terminal.review import START_WORKER, decide
from generator.terminal.screen import console, redraws, say, styled
from models import DEMO_TASK_QUEUE, ReportStatus, Stage

STEPS = ("llm_call", "create_pdf", "send_email")
READ_PAGE = "read_page"
POLL_INTERVAL = 0.5  # seconds
SOON = timedelta(seconds=3)  # for an answer of Temporal or of a worker
AWAY = "! Temporal does not answer. The run is safe there; waiting for it."
NONDETERMINISM = "TMPRL1100"  # how the SDK marks it: the code does not fit the Event History
CODE_FAILS = "! Temporal keeps the run, and tries again: mend the code and restart the worker"
CODE_CHANGED = (
    "! The code has changed since this run was started, so that no worker can go on with it:"
    " see docs/operating.md"
)


class RunIsHeld(Exception):
    """A person must correct something first, and the worker is this process."""


@dataclass
class Watch:
    """Follows one run. With `local` the worker is this process."""

    client: Client
    handle: Handle
    local: bool = False
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    goes_on: bool = False  # is somebody at work on it, as far as was seen?
    pdf: str = ""  # its path, once it is made
    summaries: dict[str, str] = field(default_factory=dict)  # of Activities, by ID
    told: set[str] = field(default_factory=set)

    async def follow(self) -> str:
        """Watch the run, ask for each decision that it waits for, and return its result.

        Raises:
            PersonLeft: the person does not want to decide now.
            RunIsHeld: with `local`, something must be corrected before it can go on.
            WorkflowFailureError: the run failed, was cancelled or was terminated.
            RPCError: there is no such run.
        """
        if self.local:
            await self.try_again_now()
        draft = ""
        while (result := await self.until_decision()) is None:
            draft = await decide(self.client, self.handle, draft)
        return result

    async def until_decision(self) -> str | None:
        """Show what the run is doing until it ends, or until its draft waits for a decision.

        Returns:
            The run's result, or None if there is something to decide.
        """
        result = asyncio.ensure_future(self.handle.result())
        try:
            with display(self.told) as show:
                while not result.done():
                    lines = await self.look()
                    if lines is None:
                        return None
                    show(lines)
                    await asyncio.wait([result], timeout=POLL_INTERVAL)
                    if result.done() and (
                        isinstance(result.exception(), RPCError)  # Temporal was away
                        or await self.was_reset(result.exception())
                    ):
                        result = asyncio.ensure_future(self.handle.result())
            return await result
        finally:
            result.cancel()

    async def was_reset(self, ended: BaseException | None) -> bool:
        """Follow the run that goes on in place of this one, if somebody has reset this one."""
        if not isinstance(ended, WorkflowFailureError):
            return False
        run_id = self.handle.result_run_id or ""
        latest = Run((await describe(self.client, self.handle.id)).workflow_execution_info)
        described = await describe(self.client, self.handle.id, run_id)
        new = described.workflow_extended_info.reset_run_id
        if not new or run_id == latest.run_id:
            return False
        say(f"The run was reset. The new one has the same ID, and RunID {latest.run_id}")
        self.handle = self.client.get_workflow_handle(
            self.handle.id, run_id=latest.run_id, result_type=str
        )
        return True

    async def look(self) -> list[str] | None:
        """Return what there is to see, None if a draft waits for a decision.

        Raises:
            RunIsHeld
            RPCError: there is no such run.
        """
        try:
            async with asyncio.timeout(SOON.seconds):  # the SDK itself would try for longer
                described = await describe(self.client, self.handle.id)
                lines = await self.progress(described)
            self.goes_on = bool(lines) and not any(line.startswith("!") for line in lines)
            run = Run(described.workflow_execution_info)
            if run.state == "paused":
                return [*lines, await self.paused_run(described)]
            if lines or run.state != "running" or described.HasField("pending_workflow_task"):
                return lines
            return await self.ask_run(run.task_queue)
        except TimeoutError:
            return [AWAY]
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise
            return [AWAY]

    async def ask_run(self, task_queue: str) -> list[str] | None:
        """Ask the run itself, which a worker must answer for; return as `look` does."""
        try:
            status: ReportStatus = await self.handle.query(
                "get_status", result_type=ReportStatus, rpc_timeout=SOON
            )
        except WorkflowQueryFailedError as error:
            if NONDETERMINISM in str(error):
                return [CODE_CHANGED]
            return [f"! The run cannot tell how it is doing: {public(str(error))}"]
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise
            worker = await self.no_worker(task_queue)
            return [f"! The draft waits for your decision. {worker.lstrip('!▸ ')}"]
        return None if status.stage == Stage.REVIEW else []

    async def progress(self, run: DescribeWorkflowExecutionResponse) -> list[str]:
        """Return a line for each Activity that is done or under way.

        Asks Temporal and not the worker: Temporal knows of failed attempts before they are in the
        Event History, and it answers while no worker is up.
        """
        task_queue = run.execution_config.task_queue.name
        if not run.pending_activities:
            task = run.pending_workflow_task
            if task.attempt > 2:  # Temporal keeps the run until it is mended
                record = await read_record(self.client, self.handle)
                failure = f"attempt {task.attempt}: {public(record.task_failure)}"
                remedy = CODE_CHANGED if record.code_changed else CODE_FAILS
                return [f"✗ The Workflow's code fails, {failure}", remedy]
            scheduled = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
            waited = age(task.scheduled_time)
            if task.state == scheduled and waited > 1 and not self.local:
                return [await self.no_worker(task_queue, waited)]
            return []
        under_way = list(run.pending_activities)
        names = {activity.activity_type.name for activity in under_way}
        first = next((step for step in STEPS if step in names), STEPS[0])
        lines = [f"✓ {step}" for step in STEPS[: STEPS.index(first)]]
        if first == STEPS[-1]:
            lines[-1] += f": {await self.made()}"
        under_way.sort(key=lambda activity: int(activity.activity_id.split(".")[0]))
        reading = [
            each
            for each in under_way
            if each.activity_type.name == READ_PAGE and not is_paused(each)
        ]
        if any(each.HasField("last_started_time") for each in reading):  # else the first says why
            lines += pages_being_read([await self.part(each) for each in reading])
            under_way = [each for each in under_way if each not in reading]
        for activity in under_way:
            lines += await self.activity_lines(task_queue, activity)
        return lines

    async def made(self) -> str:
        """Return the path of the PDF, of which Temporal tells in the run's history alone."""
        if not self.pdf:
            record = await read_record(self.client, self.handle)
            self.pdf = str((record.results("create_pdf") or [""])[-1])
        return self.pdf

    async def part(self, activity: PendingActivityInfo) -> str:
        """Return which part of a long report an Activity is for, as its ID says.

        An ID is never encrypted. So in a run that is, its summary says so instead.
        """
        about = activity.activity_id.partition(". ")[2]
        if about or activity.activity_type.name in STEPS[1:]:
            return about
        if setting("PAYLOAD_KEYS") and activity.activity_id not in self.summaries:
            self.summaries = (await read_record(self.client, self.handle)).summaries
        is_long = "1. Outline" in self.summaries
        return self.summaries.get(activity.activity_id, "") * is_long

    async def activity_lines(self, task_queue: str, activity: PendingActivityInfo) -> list[str]:
        name = activity.activity_type.name
        if about := await self.part(activity):
            name += f", {about}"
        if is_paused(activity):
            return [self.paused(name, activity)]
        attempt = f"attempt {activity.attempt}, " if activity.attempt > 1 else ""
        if activity.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED:
            line = f"▸ {name}: {attempt}running for {age(activity.last_started_time):.0f} s"
            if activity.heartbeat_details.payloads:
                [draft, *_] = await self.client.data_converter.decode(
                    activity.heartbeat_details.payloads
                )
                if draft and isinstance(draft, str):  # anybody may send a heartbeat
                    line += f", {len(draft):,} characters written"
            return [line]
        waited, failure = age(activity.scheduled_time), ""
        if activity.HasField("last_failure"):
            last = await in_clear(self.client.data_converter, activity.last_failure)
            failure = worded(reason(last), self.local)
            if activity.HasField("next_attempt_schedule_time"):  # unset again once it is due
                waited = age(activity.next_attempt_schedule_time)
            held = is_held(activity)
            if held and self.local and self.failed_here(activity):
                raise RunIsHeld(f"{name} is held: {failure}")
            failure = (
                f"! {name} is held: {failure}"
                if held
                else f"✗ {name}: attempt {activity.attempt - 1} failed: {failure}"
            )
            if waited < 0:
                return [f"{failure} (next attempt in {-waited:.0f} s)"]
        waiting = f"▸ {name}: {attempt}waiting"
        if waited > 1 and not self.local:
            waiting = await self.no_worker(task_queue, waited)
        return [line for line in (failure, waiting) if line]

    def paused(self, name: str, activity: PendingActivityInfo) -> str:
        """Say who has paused an Activity, why, and how it goes on."""
        manual = activity.pause_info.manual
        by = f" by {manual.identity}" if manual.identity else ""
        why = f" ({manual.reason})" if manual.reason else ""
        command = self.command("activity unpause", "--activity-id", activity.activity_id)
        return f"! {name} is paused{by}{why}. It goes on with: {command}"

    async def paused_run(self, described: DescribeWorkflowExecutionResponse) -> str:
        pause = described.workflow_extended_info.pause_info
        by = f" by {pause.identity}" if pause.identity else ""
        why = f" ({pause.reason})" if pause.reason else ""
        command = self.command("workflow unpause")
        return f"! The run is paused{by}{why}. It goes on with: {command}"

    def command(self, what: str, *options: str) -> str:
        """Return a command of Temporal's own tool on this run, quoted for the shell."""
        words = ["--workflow-id", self.handle.id, *options]
        if self.client.namespace != "default":
            words += ["--namespace", self.client.namespace]
        if (address := self.client.service_client.config.target_host) != "localhost:7233":
            words += ["--address", address]
        return f"uv run temporal {what} {shlex.join(words)}"

    def failed_here(self, activity: PendingActivityInfo) -> bool:
        """Has it failed since this program watches, and not before the person has mended it?"""
        return activity.last_attempt_complete_time.ToDatetime(UTC) > self.began

    async def try_again_now(self) -> None:
        """Have what was held tried at once: whoever starts this again has mended it."""
        with contextlib.suppress(RPCError):
            described = await describe(self.client, self.handle.id, timeout=SOON)
            for activity in described.pending_activities:
                if is_held(activity):
                    await self.client.workflow_service.reset_activity(
                        ResetActivityRequest(
                            namespace=self.client.namespace,
                            execution=WorkflowExecution(workflow_id=self.handle.id),
                            id=activity.activity_id,
                        )
                    )

    async def no_worker(self, task_queue: str, seconds: float = 0) -> str:
        """Return what to do when no worker has taken a task for so long."""
        start = START_WORKER
        if task_queue == DEMO_TASK_QUEUE:
            start = attach_command(self.handle.id, "--demo")
        queue = await self.client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=self.client.namespace,
                task_queue=TaskQueue(name=task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            ),
            timeout=SOON,
        )
        if not queue.pollers:
            return f"! No worker is polling the Task Queue {task_queue!r}: {start}"
        # A worker that was killed stays listed for minutes.
        waiting = f" for {seconds:.0f} s" if seconds else ""
        return f"▸ Waiting for a worker{waiting}; if none is running, {start}"


@contextlib.contextmanager
def display(told: set[str]) -> Iterator[Callable[[list[str]], None]]:
    """Give a function that shows the lines: drawn over the last ones where that can be, else as
    they change by more than their numbers."""
    if redraws():
        with Live(console=console(), auto_refresh=False, transient=True) as live:
            # Visible, because this process may be stopped or killed at any time.
            console().show_cursor(True)
            yield lambda lines: live.update(
                Text("\n").join(styled(line) for line in lines), refresh=True
            )
        return

    def show(lines: list[str]) -> None:
        without_numbers = {
            re.sub(r"[\d,]+ (s|characters|pages?)\b", "", line): line for line in lines
        }
        for news, line in without_numbers.items():
            if news not in told and (not line.startswith("✓") or ": " in line):
                say(line)
        told.clear()
        told.update(without_numbers)

    yield show


def pages_being_read(parts: list[str]) -> list[str]:
    """Return a line for each section whose pages are being read: there can be six of them."""
    sections = Counter(part.partition(": read ")[0] or READ_PAGE for part in parts)
    return [
        f"▸ {section}: {number} page{'s' * (number != 1)} being read"
        for section, number in sections.items()
    ]


def reason(failure: Failure) -> str:
    """Return why an attempt failed, in a person's words."""
    if failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT:
        return "no heartbeat came: the worker went away, or could not reach Temporal"
    return failure.message


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
