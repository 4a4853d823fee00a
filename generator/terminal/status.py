"""What a run is doing, on lines that are drawn anew while it does, until there is a result or a
decision to take."""

import asyncio
import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from rich.live import Live
from rich.text import Text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetActivityRequest
from temporalio.client import (
    Client,
    WorkflowContinuedAsNewError,
    WorkflowFailureError,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from generator.running.record import Handle
from generator.running.runs import Run, answers, describe, is_held, memo
from generator.settings import public, setting
from generator.terminal.lines import CODE_CHANGED, SOON, Lines
from generator.terminal.review import decide
from generator.terminal.screen import console, redraws, say, styled
from models import ReportStatus, Stage

POLL_INTERVAL = 0.5  # seconds
AWAY = "! Temporal does not answer. The run is safe there; waiting for it."
# Its dev server and the reports share a disk.
DISK_FULL = "! The disk of REPORTS_DIR is full. The run waits: it goes on when there is room."
LITTLE = 1_000_000  # bytes of room, with which a database can hardly grow
REFUSED = (
    RPCStatusCode.UNAUTHENTICATED,
    RPCStatusCode.PERMISSION_DENIED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
)
NONDETERMINISM = "TMPRL1100"  # how the SDK marks it: the code does not fit the Event History


@dataclass
class Watch:
    """Follows one run. With `local` the worker is this process."""

    client: Client
    handle: Handle
    local: bool = False
    goes_on: bool = False  # is somebody at work on it, as far as was seen?
    told: set[str] = field(default_factory=set)
    topic: str | None = None  # at the last look

    def __post_init__(self) -> None:
        self.lines = Lines(self.client, self.handle, self.local)

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
        result = asyncio.ensure_future(self.result())
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
                        result = asyncio.ensure_future(self.result())
            with answers("result"):
                return await result
        finally:
            result.cancel()

    async def result(self) -> str:
        """Wait for the end of this run alone: a run by cron is followed by others for ever.

        Raises:
            As `follow` does.
        """
        try:
            return await self.handle.result(follow_runs=False)
        except WorkflowContinuedAsNewError:  # so the Service calls the end of a run by cron
            *_, last = [event async for event in self.handle.fetch_history_events()]
            if last.HasField("workflow_execution_failed_event_attributes"):
                failure = last.workflow_execution_failed_event_attributes.failure
                cause = await self.client.data_converter.decode_failure(failure)
                raise WorkflowFailureError(cause=cause) from cause
            payloads = last.workflow_execution_completed_event_attributes.result.payloads
            [result] = await self.client.data_converter.decode(payloads, [str])
            return str(result)

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
        self.lines = Lines(self.client, self.handle, self.local)
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
                run = Run(described.workflow_execution_info)
                if self.handle.result_run_id not in (None, run.run_id):
                    return []  # another has taken its place
                # One that was terminated keeps the Activities that it had under way.
                lines = [] if run.is_over else await self.lines.progress(described)
            await self.tell_topic(run)
            self.goes_on = bool(lines) and not any(line.startswith("!") for line in lines)
            if run.state == "paused":
                return [*lines, self.lines.paused_run(described)]
            if run.state == "running" and run.seconds_to_start:
                return [f"▸ The run is to start in {run.seconds_to_start:.0f} s"]
            if lines or run.state != "running" or described.HasField("pending_workflow_task"):
                return lines
            return await self.ask_run(run.task_queue)
        except TimeoutError:
            return self.no_answer()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise
            if error.status in REFUSED:
                return [f"! Temporal refuses to tell of the run: {public(error.message)}"]
            return self.no_answer()

    def no_answer(self) -> list[str]:
        """Note that Temporal does not answer; return what to show meanwhile."""
        self.lines.away = datetime.now(UTC)
        return [DISK_FULL if self.local and is_full(setting("REPORTS_DIR")) else AWAY]

    async def tell_topic(self, run: Run) -> None:
        """Say it if somebody has changed the topic since the last look."""
        topic = await memo(self.client, run, "topic")
        if self.topic not in (None, topic):
            say(f"The topic was changed: {topic}")
        self.topic = topic

    async def ask_run(self, task_queue: str) -> list[str] | None:
        """Ask the run itself, which a worker must answer for; return as `look` does."""
        try:
            with answers("status"):
                status: ReportStatus = await self.handle.query(
                    "get_status", result_type=ReportStatus, rpc_timeout=SOON
                )
        except LookupError as error:
            return [f"! The run cannot tell how it is doing: {error}"]
        except WorkflowQueryFailedError as error:
            if NONDETERMINISM in str(error):
                return [CODE_CHANGED]
            return [f"! The run cannot tell how it is doing: {public(str(error))}"]
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise
            worker = await self.lines.no_worker(task_queue)
            return [f"! The draft waits for your decision. {worker.lstrip('!▸ ')}"]
        return None if status.stage == Stage.REVIEW else []

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


def is_full(folder: str) -> bool:
    """Is there hardly any room left on its disk?"""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free < LITTLE
    return False


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
