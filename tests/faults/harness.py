"""What the fault tests are made of: workers to kill, runs, and what was measured of them.

Everything a scenario writes goes into one folder, the evidence: logs, Event Histories, PDFs, mails
and SQLite files. It is scanned for secrets at the end.
"""

import asyncio
import base64
import email
import functools
import json
import os
import re
import secrets
import sys
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pypdf import PdfReader
from support.llm import ByPrompt, Paid, short_report
from support.llm_server import Behaviour, LLMServer
from support.pdf import PAGES_LEFT_OUT
from support.pdf import pdf_text as read_pdf
from support.programs import Program
from support.runs import Handle, text_kept
from support.settings import API_KEY, SMTP_PASSWORD, llm_settings
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory

from models import TASK_QUEUE, TASK_TIMEOUT, GenerateReportInput
from workflow import GenerateReportWorkflow

TEMPORAL_API_KEY = f"temporal-{secrets.token_hex(16)}"
SECRETS = {
    "LLM_API_KEY": API_KEY,
    "SMTP_PASSWORD": SMTP_PASSWORD,
    "TEMPORAL_API_KEY": TEMPORAL_API_KEY,
}


def overload() -> float:
    """By how much more leniently times are judged than the bars say.

    Six times, so that no test fails on a slow machine, or one that pauses, what the matrix shows to
    be met on a quiet one; more where each core has more than six things to do.
    """
    return max(6.0, os.getloadavg()[0] / (os.cpu_count() or 1))


# --- Programs ------------------------------------------------------------------------------------


class Workers:
    """`worker.py` as processes, all with the same settings."""

    def __init__(self, folder: Path, settings: dict[str, str], code: str = "") -> None:
        self.folder = folder
        self.settings = settings
        self.command = (sys.executable, "-c", code) if code else ("worker.py",)
        self.programs: list[Program] = []
        self.returned_at = 0.0  # time.time() of the newest one's first poll

    async def start(self) -> Program:
        program = Program(self.folder, *self.command, **self.settings)
        self.programs.append(program)
        await program.says(r"Starting the worker\.\.\.\.")
        self.returned_at = time.time()
        return program

    async def __aenter__(self) -> "Workers":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(program.stop() for program in self.programs))


def settings(
    address: str, namespace: str, folder: Path, llm: LLMServer, **more: str
) -> dict[str, str]:
    """The environment of a worker. Its Temporal key is not needed, but must not leak either."""
    return {
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_NAMESPACE": namespace,
        "TEMPORAL_API_KEY": TEMPORAL_API_KEY,
        "TEMPORAL_TLS": "false",  # which the key would turn on
        "REPORTS_DIR": str(folder / "reports"),
        **llm_settings(llm),
        **more,
    }


# --- Runs, and what happened to them -------------------------------------------------------------


@dataclass
class Run:
    """A run of the Workflow, and where it was broken."""

    where: str
    handle: Handle
    prompt: str
    answer: str
    recipient: str = ""
    starts: list[float] = field(default_factory=list)  # of tasks, as `time.time()`
    due_at: float = 0.0  # when the next attempt was to come, at the last look
    # When it was looked, as `time.monotonic()`, and how many characters Temporal knew of then.
    known: list[tuple[float, int]] = field(default_factory=list)
    started_at: float = 0.0
    ended_at: float = float("inf")
    attempts: dict[str, int] = field(default_factory=dict)  # by Activity
    failures: list[str] = field(default_factory=list)  # of attempts: the last of each Activity
    report: str = ""  # what `create_pdf` was given
    result: str = ""
    failure: str = ""  # of the run

    async def ends(self, timeout: float = 150) -> "Run":
        """Wait for the end, and read from the Event History how it came to that."""
        try:
            self.result = await asyncio.wait_for(self.handle.result(), timeout)
        except WorkflowFailureError as error:
            cause: BaseException = error
            while cause.__cause__:
                cause = cause.__cause__
            self.failure = str(cause)
        self.read(await self.handle.fetch_history())
        return self

    def read(self, history: WorkflowHistory) -> None:
        times = [event.event_time.ToNanoseconds() / 1e9 for event in history.events]
        self.started_at, self.ended_at = times[0], times[-1]
        names: dict[int, str] = {}
        for event, at in zip(history.events, times, strict=True):
            if event.HasField("activity_task_started_event_attributes") or event.HasField(
                "workflow_task_started_event_attributes"
            ):
                self.starts.append(at)
            scheduled = event.activity_task_scheduled_event_attributes
            names[event.event_id] = scheduled.activity_type.name
            if scheduled.activity_type.name == "create_pdf":
                self.report = json.loads(scheduled.input.payloads[0].data)["content"]
            started = event.activity_task_started_event_attributes
            self.attempts[names.get(started.scheduled_event_id, "")] = started.attempt
            if started.last_failure.message:
                self.failures.append(started.last_failure.message)

    async def pending(self) -> PendingActivityInfo | None:
        """The Activity it is busy with, or waits to try again."""
        activities = (await self.handle.describe()).raw_description.pending_activities
        writes = activities and activities[0].activity_type.name == "llm_call"
        if writes and (text := text_kept(activities[0])):
            self.known.append((time.monotonic(), len(text)))
        if activities and activities[0].HasField("last_started_time"):
            # Event History will have that of the last attempt only.
            self.starts.append(activities[0].last_started_time.ToNanoseconds() / 1e9)
            self.due_at = activities[0].next_attempt_schedule_time.ToNanoseconds() / 1e9
        return activities[0] if activities else None

    async def is_over(self) -> bool:
        return (await self.handle.describe()).close_time is not None

    async def running(self, name: str, attempt: int = 1) -> bool:
        activity = await self.pending()
        return bool(
            activity
            and activity.activity_type.name == name
            and activity.attempt >= attempt
            and activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        )

    async def failed(self, name: str, attempts: int = 1) -> str:
        """The last failure of the named Activity, once so many attempts have failed."""
        activity = await self.pending()
        if activity and activity.activity_type.name == name and activity.attempt > attempts:
            return activity.last_failure.message
        return ""

    def attempt_after(self, moment: float) -> float:
        """When it was first worked on after this moment."""
        return min(start for start in self.starts if start > moment)

    @property
    def pdf(self) -> Path:
        return Path(self.result.rpartition("PDF: ")[2])


async def start_run(
    client: Client,
    where: str,
    by_prompt: ByPrompt,
    *script: Behaviour,
    answer: str = "",
    recipient: str = "",
) -> Run:
    """Start a run with a topic, and so a prompt, that is its own; the LLM follows the script."""
    prompt = f"What is known about {where} ({uuid.uuid4().hex[:8]})?"
    by_prompt.scripts[prompt] = [*script]
    handle = await client.start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput(prompt=prompt, email=recipient),
        id=f"run-{uuid.uuid4()}",
        task_queue=TASK_QUEUE,
        task_timeout=TASK_TIMEOUT,
    )
    return Run(where, handle, prompt, answer or short_report(), recipient)


async def start_starter(
    folder: Path,
    variables: dict[str, str],
    where: str,
    by_prompt: ByPrompt,
    *script: Behaviour,
    options: tuple[str, ...] = (),
) -> tuple[Program, Run]:
    """Start a run with `starter.py`."""
    prompt = f"What is known about {where} ({uuid.uuid4().hex[:8]})?"
    by_prompt.scripts[prompt] = [*script]
    program = starter(folder, variables, prompt, *options)
    workflow_id = (await program.says(r"Workflow ID: ([^,\s]+)"))[1]
    client = await Client.connect(
        variables["TEMPORAL_ADDRESS"], namespace=variables["TEMPORAL_NAMESPACE"]
    )
    handle = client.get_workflow_handle_for(GenerateReportWorkflow.run, workflow_id)
    return program, Run(where, handle, prompt, short_report())


def starter(folder: Path, variables: dict[str, str], *arguments: str) -> Program:
    return Program(folder, "starter.py", *arguments, **variables)


def paid(llm: LLMServer, run: Run) -> Paid:
    return Paid([r for r in list(llm.requests) if r.prompt == run.prompt], run.answer)


FINDING = re.compile(r"Finding (\d+) holds at −\1 °C\.|Table (\d+):")


async def pdf_problem(run: Run) -> str:
    """What is wrong with the run's PDF: "" if it is whole and says what the answer says."""
    if run.report != run.answer:
        return f"{run.where}: the answer was put together wrongly: {run.report!r}"
    if not run.pdf.is_file():
        return f"{run.where}: {run.result!r} names no file"
    text = await asyncio.to_thread(pdf_text, run.pdf)
    expected, found = FINDING.findall(" ".join(run.answer.split())), FINDING.findall(text)
    if PAGES_LEFT_OUT in text:
        expected, found = [expected[0], expected[-1]], [*found[:1], *found[-1:]]
    if expected != found or len(found) < 2:
        return f"{run.where}: the PDF has {len(found)} findings, not {len(expected)}: {found}"
    return ""


@functools.cache
def pdf_text(path: Path) -> str:
    return read_pdf(path, most=40)


# --- Secrets -------------------------------------------------------------------------------------


def forms(secret: str) -> Iterable[bytes]:
    """A secret as it is, and as it looks inside of base64, whatever stands before it there."""
    yield secret.encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret.encode())
        yield encoded[4 if shift else 0 : -4]  # its ends depend on what stands around it


def readable(path: Path) -> bytes:
    """All that a file says: its bytes, and what a PDF or a mail keeps encoded in them."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        content += f"{pdf_text(path)} {PdfReader(path).metadata}".encode()
    elif path.suffix == ".eml":
        for part in email.message_from_bytes(content).walk():
            payload = part.get_payload(decode=True)
            content += payload if isinstance(payload, bytes) else b""
    return content
