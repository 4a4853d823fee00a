"""What the tests share: a Temporal server, an LLM, a mail server, workers and programs, all real.

Each test gets a Temporal namespace of its own, so nothing that one test leaves behind is picked
up by the worker of another. The LLM is `llm_server.LLMServer`; `worker` is a Worker in this
process, and `Program` is `worker.py` or `starter.py` as a process.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parent.parent

# A developer's own key, mail server and Temporal must have no part in the tests.
for name in list(os.environ):
    if re.match("(LLM|SMTP|EMAIL|TEMPORAL|SIMULATE|REPORTS|PDF)_|.*_API_KEY$", name):
        del os.environ[name]
os.environ["PYTHON_DOTENV_DISABLED"] = "1"

import pytest  # noqa: E402
from aiosmtpd.controller import Controller  # noqa: E402
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session  # noqa: E402
from google.protobuf.duration_pb2 import Duration  # noqa: E402
from pypdf import PdfReader  # noqa: E402
from support.llm_server import Answer, Exchange, LLMServer  # noqa: E402
from temporalio.api.workflow.v1 import PendingActivityInfo  # noqa: E402
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest  # noqa: E402
from temporalio.client import Client, WorkflowHandle  # noqa: E402
from temporalio.testing import WorkflowEnvironment  # noqa: E402

from activities import create_pdf, llm_call, send_email  # noqa: E402
from generator.temporal import MAX_ACTIVITIES, new_worker  # noqa: E402
from models import TASK_QUEUE, GenerateReportInput  # noqa: E402
from workflow import GenerateReportWorkflow  # noqa: E402

API_KEY = "test-key-0123456789abcdef"  # no "sk-": it must be recognised as the key that it is
BIN = Path(sys.executable).parent
TOPIC = "Why are tardigrades so tough?"

Handle = WorkflowHandle[Any, str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record",
        metavar="NAME",
        help="record the Event Histories of today's Workflow as tests/histories/NAME-*.json",
    )


# --- Temporal ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A dev server, the same for all tests."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=shutil.which("temporal", path=BIN),
        dev_server_extra_args=[
            "--dynamic-config-value",
            "history.transferProcessorMaxPollRPS=1000",
        ],
        dev_server_log_level="error",
    ) as environment:
        yield environment


async def new_namespace(temporal: WorkflowEnvironment) -> Client:
    """Connect to a namespace that nobody else uses."""
    client, namespace = temporal.client, f"test-{uuid.uuid4()}"
    retention = Duration()
    retention.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=retention)
    )
    return await Client.connect(address(client), namespace=namespace, identity="tests")


def address(client: Client) -> str:
    return client.service_client.config.target_host


@pytest.fixture
async def client(temporal: WorkflowEnvironment) -> Client:
    """A Client in a namespace of its own."""
    return await new_namespace(temporal)


@pytest.fixture
async def worker(client: Client, settings: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A Worker in this process, so that LiteLLM is imported once only."""
    async with running_worker(client):
        yield


class running_worker:
    """A Worker in this process; leaving the block stops it, in mid-work if need be."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __aenter__(self) -> None:
        self.threads = ThreadPoolExecutor(MAX_ACTIVITIES)
        self.worker = new_worker(
            self.client,
            self.threads,
            task_queue=TASK_QUEUE,
            workflows=[GenerateReportWorkflow],
            activities=[llm_call, create_pdf, send_email],
        )
        await self.worker.__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        await self.worker.__aexit__(*error)
        self.threads.shutdown(wait=False)


async def start_run(client: Client, topic: str = TOPIC, **fields: Any) -> Handle:
    return await client.start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput(prompt=topic, **fields),
        id=f"run-{uuid.uuid4()}",
        task_queue=TASK_QUEUE,
    )


async def pending(handle: Handle) -> PendingActivityInfo | None:
    """The Activity that the run is busy with, or waits to try again."""
    activities = (await handle.describe()).raw_description.pending_activities
    return activities[0] if activities else None


async def until(condition: Callable[[], Any], timeout: float = 60) -> Any:
    """Wait until the condition, a function or coroutine function, gives something true."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {timeout} s: {condition}"
        await asyncio.sleep(0.02)


async def failed_attempt(handle: Handle, name: str, attempts: int = 1) -> str:
    """Wait until the named Activity has failed so many times, and return the last message."""

    async def message() -> str:
        activity = await pending(handle)
        if activity and activity.activity_type.name == name and activity.attempt > attempts:
            return activity.last_failure.message
        return ""

    return str(await until(message))


async def event_types(handle: Handle) -> list[str]:
    """The run's Event History: what happened to its Activities and itself, in order."""
    from temporalio.api.enums.v1 import EventType

    names = [EventType.Name(event.event_type) async for event in handle.fetch_history_events()]
    names = [name.removeprefix("EVENT_TYPE_") for name in names]
    return [name for name in names if not name.startswith("WORKFLOW_TASK")]


async def history_bytes(handle: Handle) -> bytes:
    """Everything in the run's Event History, payloads as they are and not in base64."""
    return b"".join([event.SerializeToString() async for event in handle.fetch_history_events()])


async def activity_result(handle: Handle, name: str) -> Any:
    """What the named Activity returned, as it stands in the Event History."""
    scheduled: dict[int, str] = {}
    async for event in handle.fetch_history_events():
        attributes = event.activity_task_scheduled_event_attributes
        scheduled[event.event_id] = attributes.activity_type.name
        completed = event.activity_task_completed_event_attributes
        if scheduled.get(completed.scheduled_event_id) == name:
            return json.loads(completed.result.payloads[0].data)
    return None


# --- The LLM, and settings -----------------------------------------------------------------------


@pytest.fixture
def llm() -> Iterator[LLMServer]:
    """An LLM that answers with a report of 4,000 characters, or as its script says."""
    with LLMServer() as server:
        server.key = API_KEY
        yield server


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "reports"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, reports: Path) -> pytest.MonkeyPatch:
    """This process's environment; a demo worker's, unless `model` is used too."""
    monkeypatch.setenv("LLM_MODEL", "demo")
    monkeypatch.setenv("REPORTS_DIR", str(reports))
    return monkeypatch


@pytest.fixture
def model(settings: pytest.MonkeyPatch, llm: LLMServer) -> LLMServer:
    """The LLM, entered in this process's settings."""
    for name, value in llm_settings(llm).items():
        settings.setenv(name, value)
    return llm


@dataclass(frozen=True)
class Gate(Answer):
    """Answers in full, but stops after its first characters until it is opened."""

    after: int = 100
    opened: threading.Event = field(default_factory=threading.Event)

    async def play(self, exchange: Exchange) -> None:
        rest = await self.say(exchange, self.after)
        while not self.opened.is_set():
            await asyncio.sleep(0.01)
        await exchange.say(rest)
        await exchange.finish(self.finish_reason)


def llm_settings(llm: LLMServer) -> dict[str, str]:
    return {
        "LLM_MODEL": "openai/test-model",
        "LLM_API_KEY": API_KEY,
        "LLM_API_BASE": llm.base_url,
    }


# --- Mail ----------------------------------------------------------------------------------------


class MailServer:
    """A mail server that keeps what it takes, and refuses what it is told to refuse."""

    def __init__(self, **options: Any) -> None:
        self.port = free_port()
        self.options = options  # of aiosmtpd.smtp.SMTP
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []  # of each message, from the envelope
        self.refuse: dict[str, str] = {}  # recipient -> reply
        self.replies: list[str] = []  # to the next messages; then they are accepted
        self.taken_before_failing: list[bytes] = []

    def start(self) -> None:
        self._controller = Controller(
            self, "127.0.0.1", self.port, decode_data=False, **self.options
        )
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, recipient: str, options: Any
    ) -> str:
        if recipient in self.refuse:
            return self.refuse[recipient]
        envelope.rcpt_tos.append(recipient)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        from email import message_from_bytes, policy

        content = envelope.content
        assert isinstance(content, bytes)
        if self.replies:
            self.taken_before_failing.append(content)
            return self.replies.pop(0)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 Taken"

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "SMTP_HOST": "localhost" if "tls_context" in self.options else "127.0.0.1",
            "SMTP_PORT": str(self.port),
            "SMTP_SECURITY": "none",
            "EMAIL_FROM": "reports@example.com",
            "EMAIL_TO": "reader@example.com",
        } | more


def accepts(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator for `MailServer` that knows one user."""

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    return authenticate


@pytest.fixture
def mail(settings: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server without TLS or log-in, entered in this process's settings."""
    with MailServer() as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        yield server


# --- Programs ------------------------------------------------------------------------------------


class Program:
    """`worker.py` or `starter.py` as a process, in a folder and an environment of its own."""

    def __init__(
        self, folder: Path, *arguments: str, stdin: bytes = b"", **settings: str | None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHON_DOTENV_DISABLED": "1",
        } | {name: value for name, value in settings.items() if value is not None}
        self.command = [sys.executable, str(ROOT / arguments[0]), *arguments[1:]]
        self.folder = folder
        unique = uuid.uuid4().hex
        self.files = folder / f"{unique}.out", folder / f"{unique}.err"
        typed = folder / f"{unique}.in"
        typed.write_bytes(stdin)
        with (
            typed.open("rb") as given,
            self.files[0].open("wb") as out,
            self.files[1].open("wb") as err,
        ):
            self.process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=self.environment,
                stdin=given,
                stdout=out,
                stderr=err,
                # Not in the group of pytest: a Ctrl-C there is for pytest.
                start_new_session=True,
            )

    @property
    def stdout(self) -> str:
        return self.files[0].read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self.files[1].read_text(errors="replace")

    def __repr__(self) -> str:
        return f"{self.command} gave {self.process.poll()}\n{self.stdout}\n{self.stderr}"

    async def says(self, pattern: str, timeout: float = 60) -> re.Match[str]:
        """Wait until the pattern is in what it has printed."""
        deadline = time.monotonic() + timeout
        while True:
            ended = self.process.poll() is not None
            if match := re.search(pattern, f"{self.stdout}\n{self.stderr}", re.MULTILINE):
                return match
            assert not ended and time.monotonic() < deadline, f"no {pattern!r}: {self!r}"
            await asyncio.sleep(0.02)

    async def ends(self, timeout: float = 90) -> int:
        """Wait for its end and return its exit code."""
        await until(lambda: self.process.poll() is not None, timeout)
        return self.process.returncode

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        self.process.kill()  # it alone; does nothing if it has ended
        self.process.wait()


@pytest.fixture
def temporal_settings(client: Client) -> dict[str, str]:
    """The settings of a program that is to work in the test's own namespace."""
    return settings_of(client)


def settings_of(client: Client) -> dict[str, str]:
    return {"TEMPORAL_ADDRESS": address(client), "TEMPORAL_NAMESPACE": client.namespace}


def free_port(neighbour: int = 0) -> int:
    """A port that nobody listens on; with `neighbour`, neither so many above it."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + neighbour if neighbour else 0))
            except (OSError, OverflowError):
                continue
            return port


def processes(text: str) -> list[str]:
    """The running processes with this text in their command line."""
    listing = subprocess.run(["ps", "-axwwo", "pid=,args="], capture_output=True, text=True)
    return [line for line in listing.stdout.splitlines() if text in line]


def pdf_text(path: Path | str) -> str:
    """The text of a PDF, on one line."""
    text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    return " ".join(text.split())
