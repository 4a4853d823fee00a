"""What the fault tests are made of: processes to kill, servers that fail, and what they measured.

Everything a scenario writes goes into one folder, the evidence: logs, Event Histories, PDFs, mails
and SQLite files. It is scanned for secrets at the end.
"""

import asyncio
import base64
import contextlib
import email
import functools
import json
import logging
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pypdf import PdfReader
from support.llm_server import Answer, Behaviour, Exchange, LLMServer, Request, report
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError

from models import TASK_QUEUE, TASK_TIMEOUT, GenerateReportInput
from workflow import GenerateReportWorkflow

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent

API_KEY = f"key-{secrets.token_hex(16)}"  # no "sk-": it must be recognised as the key that it is
SMTP_PASSWORD = f"password-{secrets.token_hex(16)}"
TEMPORAL_API_KEY = f"temporal-{secrets.token_hex(16)}"
SECRETS = {
    "LLM_API_KEY": API_KEY,
    "SMTP_PASSWORD": SMTP_PASSWORD,
    "TEMPORAL_API_KEY": TEMPORAL_API_KEY,
}
SMTP_USERNAME = "reports@example.com"

logging.getLogger("mail.log").setLevel(logging.ERROR)  # what aiosmtpd finds deprecated in itself

T = TypeVar("T")
Handle = WorkflowHandle[Any, str]


async def until(
    condition: Callable[[], T | Awaitable[T]], timeout: float = 60, what: str = "", pause=0.02
) -> T:
    """Wait until the condition gives something true, and return that."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {timeout} s: {what or condition}"
        await asyncio.sleep(pause)


def free_port(neighbour: int = 0) -> int:
    """A port that nobody listens on; with `neighbour`, neither so many above it."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                other.bind(("127.0.0.1", port + neighbour if neighbour else 0))
                return port


def processes(text: str) -> list[str]:
    """The running processes with this text in their command line."""
    listing = subprocess.run(["ps", "-axo", "pid=,args="], capture_output=True, text=True)
    return [line for line in listing.stdout.splitlines() if text in line]


def overload() -> float:
    """By how much more leniently times are judged than the bars say.

    Twice, so that no test fails on a slow machine what the matrix shows to be met on a quiet one;
    more where the machine has more to do than these tests alone give two cores.
    """
    return max(2.0, os.getloadavg()[0] / (os.cpu_count() or 1) / 2)


# --- Processes -----------------------------------------------------------------------------------


class Program:
    """A process whose output goes into files of the evidence."""

    started: ClassVar[list["Program"]] = []

    def __init__(self, folder: Path, *command: str, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{'-'.join(Path(word).stem for word in command[:2])}-{uuid.uuid4().hex[:6]}"
        self.files = folder / f"{name}.out.log", folder / f"{name}.err.log"
        with self.files[0].open("wb") as out, self.files[1].open("wb") as err:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env={"PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
                | {"PYTHON_DOTENV_DISABLED": "1"}
                | settings,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,  # a Ctrl-C in pytest's terminal is for pytest
            )
        Program.started.append(self)

    @property
    def stdout(self) -> str:
        return self.files[0].read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self.files[1].read_text(errors="replace")

    async def says(self, pattern: str, timeout: float = 60) -> re.Match[str]:
        """Wait until the pattern is in what it has printed."""

        def said() -> re.Match[str] | None:
            ended = self.process.poll() is not None
            match = re.search(pattern, f"{self.stdout}\n{self.stderr}")
            assert match or not ended, f"ended without {pattern!r}: {self.stdout}\n{self.stderr}"
            return match

        return await until(said, timeout, f"{pattern!r} in {self.files}")  # type: ignore[return-value]

    async def ends(self, timeout: float = 60) -> int:
        await until(lambda: self.process.poll() is not None, timeout, f"end of {self.files}")
        return self.process.returncode

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def stop(self, timeout: float = 40) -> None:
        """End it in good order, or by force."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                await self.ends(timeout)
            finally:
                self.process.kill()
                self.process.wait()


class TemporalServer:
    """A dev server on a port and a SQLite file of its own: killed, it comes back as it was."""

    def __init__(self, folder: Path, *namespaces: str, database: str = "temporal.db") -> None:
        self.folder = folder
        self.database = database
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.namespaces = ("default", *namespaces)
        self.clients: dict[str, Client] = {}

    async def start(self) -> None:
        temporal = shutil.which("temporal", path=f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}")
        assert temporal
        command = [temporal, "server", "start-dev", "--headless", "--log-level", "error"]
        command += ["--ip", "127.0.0.1", "--port", str(self.port)]
        command += ["--db-filename", str(self.folder / self.database)]
        command += ["--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000"]
        for namespace in self.namespaces[1:]:
            command += ["--namespace", namespace]
        self.program = Program(self.folder, *command)
        await until(self._answers, 20, "Temporal server")

    async def _answers(self) -> bool:
        assert self.program.process.poll() is None, self.program.stderr
        try:
            for namespace in self.namespaces:
                if namespace not in self.clients:
                    self.clients[namespace] = await Client.connect(
                        self.address, namespace=namespace
                    )
            return await self.clients["default"].service_client.check_health()
        except (RuntimeError, RPCError):
            return False

    def kill(self) -> None:
        self.program.process.kill()
        self.program.process.wait()

    async def save_histories(self) -> None:
        for namespace, client in self.clients.items():
            async for run in client.list_workflows():
                handle = client.get_workflow_handle(run.id, run_id=run.run_id)
                history = (await handle.fetch_history()).events
                file = self.folder / f"{namespace}-{run.id}.history"
                file.write_bytes(b"".join(event.SerializeToString() for event in history))


@contextlib.asynccontextmanager
async def temporal_server(
    folder: Path, *namespaces: str, database: str = "temporal.db"
) -> AsyncIterator[TemporalServer]:
    server = TemporalServer(folder, *namespaces, database=database)
    await server.start()
    try:
        yield server
        await server.save_histories()
    finally:
        await server.program.stop()


class Workers:
    """`worker.py` as processes, all with the same settings."""

    def __init__(self, folder: Path, settings: dict[str, str], *code: str) -> None:
        self.folder = folder
        self.settings = settings
        self.command = ("-c", *code) if code else (str(ROOT / "worker.py"),)
        self.programs: list[Program] = []
        self.returned_at = 0.0  # time.time() of the newest one's first poll

    async def start(self) -> Program:
        program = Program(self.folder, sys.executable, *self.command, **self.settings)
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
        "LLM_MODEL": "openai/test-model",
        "LLM_API_KEY": API_KEY,
        "LLM_API_BASE": llm.base_url,
    } | more


# --- The LLM -------------------------------------------------------------------------------------


class ByPrompt:
    """Behaves as the prompt's own script says: one behaviour a request; the last one stays."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Behaviour]] = {}

    async def play(self, exchange: Exchange) -> None:
        script = self.scripts.get(exchange.request.prompt) or [Answer()]
        behaviour = script.pop(0) if len(script) > 1 else script[0]
        await behaviour.play(exchange)


@contextlib.contextmanager
def llm_by_prompt() -> Iterator[tuple[LLMServer, ByPrompt]]:
    with LLMServer() as llm:
        llm.key = API_KEY
        llm.answer = short_report()
        llm.default = by_prompt = ByPrompt()
        yield llm, by_prompt


class Gate(threading.Event):
    """Holds a server's reply until the test opens it, from whatever thread."""

    async def passed(self) -> None:
        while not self.is_set():
            await asyncio.sleep(0.002)


@dataclass(frozen=True, kw_only=True)
class HeldBack(Answer):
    """No byte of a response before the gate opens."""

    gate: Gate

    async def play(self, exchange: Exchange) -> None:
        await self.gate.passed()
        await super().play(exchange)


@dataclass(frozen=True, kw_only=True)
class HeldAtTheEnd(Answer):
    """The whole text, but no finish reason before the gate opens."""

    gate: Gate

    async def play(self, exchange: Exchange) -> None:
        await self.say(exchange)
        await self.gate.passed()
        await exchange.finish("stop")


@dataclass(frozen=True, kw_only=True)
class Paced(Answer):
    """As much of the text each second as makes the whole answer take so many seconds."""

    seconds: float
    chunk: int = 40

    async def play(self, exchange: Exchange) -> None:
        due = self.due(exchange)
        whole = len(exchange.request.prefix) + len(due)
        started = time.monotonic()
        for position in range(0, len(due), self.chunk):
            await exchange.say(due[position : position + self.chunk])
            ahead = started + self.seconds * (position + self.chunk) / whole - time.monotonic()
            await asyncio.sleep(max(0, ahead))
        await exchange.finish(self.finish_reason)


def short_report(characters: int = 4000) -> str:
    """A report of about this length whose last sentence is whole."""
    return report(characters).rpartition(". ")[0] + "."


def long_report() -> str:
    """A report that takes `create_pdf` a second or two."""
    text = "# Findings, in tables"
    for number in range(1, 141):
        text += f"\n\nTable {number}:\n\n| a | b | c | d |\n|---|---|---|---|\n"
        for row in range(30):
            text += f"| {row} | *b* {row} | **c** {row} | `d` {number} |\n"
    return text.strip()


# --- Mail ----------------------------------------------------------------------------------------


@dataclass
class Hold:
    """A mail whose reply waits at a gate: the mail is taken before, or only after it opens."""

    gate: Gate = field(default_factory=Gate)
    taken: bool = False


VANISH = "the mail is taken, and the connection gone"


class MailServer:
    """A mail server with log-in that keeps what it takes and does, recipient by recipient, what
    its scripts say: a reply to RCPT or DATA, a Hold, or VANISH."""

    def __init__(
        self, folder: Path, tls: ssl.SSLContext | None = None, trust: Path | None = None
    ) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.tls = tls
        self.trust = trust  # the certificate of whoever signed that of `tls`
        self.password = SMTP_PASSWORD
        self.mails: dict[str, list[bytes]] = {}  # recipient -> what was taken
        self.holding: list[str] = []  # recipients whose mail is at a gate
        self.at_rcpt: dict[str, list[str]] = {}
        self.at_data: dict[str, list[str | Hold]] = {}

    async def open(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(
                self,
                authenticator=self._authenticate,
                auth_require_tls=bool(self.tls),
                tls_context=self.tls,
                require_starttls=bool(self.tls),
            ),
            "127.0.0.1",
            self.port,
        )

    def close(self) -> None:
        """Refuse connections; those that exist go on."""
        self._server.close()

    def settings(self) -> dict[str, str]:
        return {
            "SMTP_HOST": "localhost",
            "SMTP_PORT": str(self.port),
            "SMTP_SECURITY": "starttls" if self.tls else "none",
            "SMTP_USERNAME": SMTP_USERNAME,
            "SMTP_PASSWORD": SMTP_PASSWORD,
            "EMAIL_TO": "reader@example.com",
        } | ({"SSL_CERT_FILE": str(self.trust)} if self.trust else {})

    def message_ids(self, recipient: str) -> list[bytes]:
        return re.findall(rb"(?im)^Message-ID:\s*(\S+)", b"\n".join(self.mails.get(recipient, [])))

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _kind: Any, data: Any):
        known = LoginPassword(SMTP_USERNAME.encode(), self.password.encode())
        return AuthResult(success=data == known, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.at_rcpt.get(address):
            return self.at_rcpt[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [recipient] = envelope.rcpt_tos
        script = self.at_data.get(recipient)
        action = script.pop(0) if script else "250 OK"
        if isinstance(action, Hold):
            if action.taken:
                self._take(recipient, envelope)
            self.holding.append(recipient)
            try:
                await action.gate.passed()
            finally:
                self.holding.remove(recipient)
            if not action.taken:
                self._take(recipient, envelope)
            return "250 OK"
        if action == VANISH:
            self._take(recipient, envelope)
            assert server.transport
            server.transport.abort()
        elif action.startswith("2"):
            self._take(recipient, envelope)
        return action

    def _take(self, recipient: str, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.setdefault(recipient, []).append(content)
        (self.folder / f"{uuid.uuid4().hex[:8]}.eml").write_bytes(content)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path] | tuple[None, None]:
    """A context for a server that calls itself localhost, and what its clients are to trust."""
    if not shutil.which("openssl"):
        return None, None
    folder.mkdir(parents=True, exist_ok=True)
    key, cert = folder / "localhost.key", folder / "localhost.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context, cert


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
    started_at: float = 0.0
    ended_at: float = float("inf")
    attempts: dict[str, int] = field(default_factory=dict)  # by Activity
    failures: list[str] = field(default_factory=list)  # of attempts: the last of each Activity
    report: str = ""  # what `create_pdf` was given
    result: str = ""
    failure: str = ""  # of the run

    async def ends(self, timeout: float = 100) -> "Run":
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
    return Program(folder, sys.executable, str(ROOT / "starter.py"), *arguments, **variables)


@dataclass
class Paid:
    """What a run's answer cost: its requests, and the share of its text generated twice."""

    requests: list[Request]
    answer: str

    @property
    def sent(self) -> float:
        return sum(request.sent for request in self.requests) / len(self.answer)

    @property
    def twice(self) -> float:
        return max(0.0, self.sent - 1)

    @property
    def asked_again(self) -> list[Request]:
        """The requests for the whole answer after it had been given in full."""
        finished = [r.finished_at for r in self.requests if r.finished_at is not None]
        first = min(finished, default=float("inf"))
        return [r for r in self.requests if r.received_at > first and not r.prefix]


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


PAGES_LEFT_OUT = "(pages left out)"


@functools.cache
def pdf_text(path: Path) -> str:
    """The text of a PDF, on one line; of a long one only the first and last pages."""
    texts = [page.extract_text for page in PdfReader(path).pages]
    if len(texts) > 40:
        texts[3:-3] = [lambda: PAGES_LEFT_OUT]
    return " ".join(" ".join(text() for text in texts).split())


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
            content += part.get_payload(decode=True) or b""  # type: ignore[operator]
    return content


# --- The matrix ----------------------------------------------------------------------------------


@dataclass
class Matrix:
    """What was broken, and what was observed: the rows of the table in the README."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, broken: str, where: str, observed: str) -> None:
        self.rows.append((broken, where, observed))

    def markdown(self) -> str:
        lines = ["| What breaks | Where, or how | What was observed |", "| --- | --- | --- |"]
        before, order = "", [broken for broken, _, _ in self.rows]
        for row in sorted(self.rows, key=lambda row: order.index(row[0])):
            cells = [" ".join(cell.split()).replace("|", "\\|") for cell in row]
            cells = [re.sub(r"/\S+/evidence\d*/", "", cell) for cell in cells]
            first = "" if cells[0] == before else cells[0]
            before = cells[0]
            lines.append(f"| {first} | {cells[1]} | {cells[2]} |")
        return "\n".join(lines)

    def write(self, readme: Path) -> None:
        """Put the table between the markers of a README that has them."""
        if not readme.is_file():
            return
        begin, end = "<!-- matrix:begin -->", "<!-- matrix:end -->"
        text = readme.read_text(encoding="utf-8")
        before, begun, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if begun and ended:
            text = f"{before}{begin}\n{self.markdown()}\n{end}{after}"
            readme.write_text(text, encoding="utf-8")


def in_seconds(values: Iterable[float | None]) -> str:
    known = sorted(round(value, 1) for value in values if value is not None)
    if not known:
        return "-"
    low, high = known[0], known[-1]
    return f"{low:g} s" if low == high else f"{low:g} to {high:g} s"


__all__ = [name for name in dir() if not name.startswith("_")]
