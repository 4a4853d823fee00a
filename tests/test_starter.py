"""`starter.py` as a person uses it: piped, on a terminal, and all in one with `--local`."""

import contextlib
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.llm import Gate
from support.llm_server import Answer, Fail, LLMServer, Stall
from support.mail import MailServer
from support.pdf import pdf_text
from support.programs import Program, free_port, processes, until
from support.settings import API_KEY, TOPIC, llm_settings
from support.temporal import (
    new_namespace,
    settings_of,
)
from support.terminal import Person
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from generator.local import dev_server
from starter import parse_arguments

WELCOME = "Welcome to the Research Report Generator!\n"
PROMPT = "Enter your research topic or question: "
DEFAULT = "Give me 5 fun and fascinating facts about tardigrades."
NO_PROMPT = f"No prompt entered. Using default: {DEFAULT}\n"
STARTED = (
    r"Started workflow\. Workflow ID: (generate-research-report-workflow-[0-9a-f]{8}"
    r"(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}), RunID ([0-9a-f-]{36})\n"
)
RESULT = r"Result: Successfully created research report PDF: (.*\.pdf)\n"


@dataclass
class Office:
    """A worker that polls, the LLM and the mail server that it uses, and its namespace."""

    client: Client
    llm: LLMServer
    mail: MailServer
    worker: Program


@pytest.fixture(scope="module")
async def shared_office(
    temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    client = await new_namespace(temporal)
    folder = tmp_path_factory.mktemp("worker")
    with LLMServer() as llm, MailServer() as mail:
        settings = settings_of(client) | llm_settings(llm) | mail.settings()
        settings["REPORTS_DIR"] = str(folder / "reports")
        with Program(folder, "worker.py", **settings) as worker:
            await worker.says("Starting the worker")
            yield Office(client, llm, mail, worker)
            assert API_KEY not in worker.stdout + worker.stderr


@pytest.fixture
def office(shared_office: Office) -> Iterator[Office]:
    """The office, its LLM and mail server as new."""
    llm, mail = shared_office.llm, shared_office.mail
    llm.script()
    llm.default, llm.delay = Answer(), 0.0
    llm.requests = []
    mail.taken.clear()
    yield shared_office


class Starter(Program):
    """starter.py with an office's Temporal, and nothing else in its environment."""

    def __init__(
        self,
        office: Office,
        folder: Path,
        *arguments: str,
        stdin: str | bytes = "",
        **settings: str,
    ) -> None:
        environment = settings_of(office.client) | settings
        super().__init__(folder, "starter.py", *arguments, stdin=stdin, **environment)


# --- A run from a pipe ---------------------------------------------------------------------------


async def test_makes_a_report(office: Office, tmp_path: Path) -> None:
    office.llm.delay = 0.01  # a second or so: time to be watched
    with Starter(office, tmp_path, stdin=f"{TOPIC}\n".encode()) as starter:
        assert await starter.ends() == 0
    said = re.fullmatch(re.escape(WELCOME + PROMPT) + STARTED + RESULT, starter.stdout)
    assert said, starter
    workflow_id, run_id, path = said.groups()

    text = pdf_text(path)
    assert "Finding 1 holds" in text and "Finding 90 holds" in text
    [request] = office.llm.requests
    assert request.prompt == TOPIC
    [mail] = office.mail.messages
    assert mail["To"] == "reader@example.com"

    link = f"/namespaces/{office.client.namespace}/workflows/{workflow_id}/{run_id}"
    assert re.search(rf"^Web UI: http://localhost:\d+{link}$", starter.stderr, re.MULTILINE)
    assert re.search(r"^▸ llm_call: running for \d+ s", starter.stderr, re.MULTILINE)
    assert "Traceback" not in starter.stderr and "\x1b" not in starter.stderr

    run = await office.client.get_workflow_handle(workflow_id).describe()
    assert run.task_queue == "research" and run.run_id == run_id
    assert await run.static_summary() == TOPIC
    assert TOPIC in (await run.static_details() or "")


async def test_a_topic_as_an_argument_is_not_asked_for(office: Office, tmp_path: Path) -> None:
    with Starter(office, tmp_path, "Two\nlines, ünd more") as starter:
        assert await starter.ends() == 0
    assert re.fullmatch(re.escape(WELCOME) + STARTED + RESULT, starter.stdout), starter
    assert office.llm.requests[0].prompt == "Two\nlines, ünd more"


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "typed",
    [b"\n", pytest.param(b"   \t \n", marks=SLOW), pytest.param(b"\x00\n", marks=SLOW)],
)
async def test_the_default_topic(office: Office, tmp_path: Path, typed: bytes) -> None:
    with Starter(office, tmp_path, stdin=typed) as starter:
        assert await starter.ends() == 0
    assert starter.stdout.startswith(f"{WELCOME}{PROMPT}{NO_PROMPT}")
    assert office.llm.requests[0].prompt == DEFAULT


async def test_input_that_ends_before_a_topic(office: Office, tmp_path: Path) -> None:
    with Starter(office, tmp_path, stdin=b"") as starter:
        assert await starter.ends() == 2
    assert starter.stdout == f"{WELCOME}{PROMPT}\n"
    [line] = starter.stderr.splitlines()
    assert "No topic" in line and 'uv run starter.py "Your topic"' in line


TYPED = {
    "Chinese": ("水熊虫为什么如此顽强？".encode(), "水熊虫为什么如此顽强？"),
    "without line break": (b"Tough?", "Tough?"),
    "Windows": (b"Tough?\r\n", "Tough?"),
    "NUL bytes": (b"To\x00ugh\x07?\n", "To ugh ?"),
    "invalid UTF-8": (b"Tou\xffgh?\n", "Tou\ufffdgh?"),
    "path characters": (b"../../etc/passwd\\..\\$(id)`id`\n", "../../etc/passwd\\..\\$(id)`id`"),
    "markup": (b"[bold red]Tough[/]? <b>{x}</b>\n", "[bold red]Tough[/]? <b>{x}</b>"),
    "100 kB": (b"tough? " * 14_286 + b"\n", ("tough? " * 14_286).strip()),
    "some lines": (b"First\nSecond\n\nThird\n", "First\nSecond\n\nThird"),
}


@pytest.mark.slow
async def test_any_topic_can_be_typed(office: Office, tmp_path: Path) -> None:
    office.llm.default = Answer(text="They are small.")
    with contextlib.ExitStack() as stack:
        starters = [
            stack.enter_context(Starter(office, tmp_path, stdin=typed))
            for typed, _ in TYPED.values()
        ]
        for starter in starters:
            assert await starter.ends() == 0, starter
            said = re.fullmatch(re.escape(WELCOME + PROMPT) + STARTED + RESULT, starter.stdout)
            assert said, starter
            assert Path(said[3]).parent == office.worker.folder / "reports"
    asked = sorted(request.prompt for request in office.llm.requests)
    assert asked == sorted(topic for _, topic in TYPED.values())


@pytest.mark.slow
@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"PYTHONUTF8": "0", "LC_ALL": "POSIX"}])
async def test_invalid_bytes_as_an_argument(
    office: Office, tmp_path: Path, locale: dict[str, str]
) -> None:
    with Starter(office, tmp_path, os.fsdecode(b"Tou\xffgh?"), **locale) as starter:
        assert await starter.ends() == 0, starter
    assert office.llm.requests[0].prompt in ("Tou?gh?", "Tou\ufffdgh?")


@pytest.mark.slow
async def test_a_topic_that_is_too_long(office: Office, tmp_path: Path) -> None:
    with Starter(office, tmp_path, stdin=b"x" * 2_000_000) as starter:
        assert await starter.ends() == 2
    [line] = starter.stderr.splitlines()
    assert "too long" in line and "200,000 bytes" in line
    assert "Started" not in starter.stdout


# --- Options -------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_mails_to_another_address(office: Office, tmp_path: Path) -> None:
    with Starter(office, tmp_path, TOPIC, "--email", "someone@example.com") as starter:
        assert await starter.ends() == 0
    assert [mail["To"] for mail in office.mail.messages] == ["someone@example.com"]


WRONG_USAGE = [
    (["--email", "nobody"], "--email 'nobody' is not an address like you@example.com"),
    (["--email", "a@b\nBcc: c@d.example"], "is not an address"),
    (["--email", "a@example.com, b@example.com"], "is not an address"),
    (["--local", "--no-wait"], "--no-wait leaves the run to a worker"),
    (["--demo", "--no-wait"], "--no-wait leaves the run to a worker"),
    (["--attach", "some-id", "Tough?"], "--attach joins a run"),
    (["--attach", "some-id", "--review"], "--attach joins a run"),
    (
        ["--attach", "some-id", "--email", "a@example.com", "--json"],
        "mails a finished report again",
    ),
    (["--attach", ""], "--attach is empty"),
    ([""], "the topic is empty"),
    (["--attach", "some-id", "--model", "a/b"], "--model is too late"),
    (["--attach", "some-id", "--prompt", "Tougher?", "--cancel"], "one of them"),
    (["--list", "--review"], "--review does nothing with it"),
    (["--list", "0"], "a number above 0"),
    (["--list", "Tough?"], "argument --list: 'Tough?' is no whole number"),
    (["--max-cost", "$1"], "argument --max-cost: '$1' is no amount of US dollars, like 0.50"),
    (["--demo", "--model", "a/b"], "--model does nothing with it"),
    (["--output", "report.txt"], "ends in .pdf"),
    (["--output", "/no/such/folder/report.pdf"], "cannot be written to"),
    (["--output", f"{__file__}/report.pdf"], "cannot be written to"),
    (["--output", "report.pdf", "--no-wait"], "--output waits for the report"),
    (["--cancel"], "--cancel need --attach"),
    (["--prompt", "x"], "--prompt and --cancel need --attach"),
    (["--nonsense"], "unrecognized arguments: --nonsense"),
]


@pytest.mark.parametrize(
    ("arguments", "says"), WRONG_USAGE, ids=[" ".join(w) for w, _ in WRONG_USAGE]
)
def test_wrong_usage(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.setattr(sys, "argv", ["starter.py", *arguments])
    with pytest.raises(SystemExit) as exit:
        parse_arguments()
    assert exit.value.code == 2
    said = capsys.readouterr()
    assert says in said.err.rpartition("error: ")[2] and said.out == ""


async def test_help_and_wrong_usage_as_a_program(tmp_path: Path) -> None:
    """Neither needs a Temporal service."""
    with (
        Program(tmp_path, "starter.py", "--help") as help,
        Program(tmp_path, "starter.py", "--nonsense") as nonsense,
    ):
        assert await help.ends() == 0
        for option in ("--local", "--demo", "--email", "--attach", "--no-wait", "Exit codes"):
            assert option in help.stdout
        assert await nonsense.ends() == 2
        assert nonsense.stderr.splitlines()[-1].endswith("unrecognized arguments: --nonsense")
        assert nonsense.stdout == "" and "Traceback" not in nonsense.stderr


async def test_no_wait_leaves_the_run_to_the_worker(office: Office, tmp_path: Path) -> None:
    office.llm.script(gate := Gate())
    with Starter(office, tmp_path, TOPIC, "--no-wait") as starter:
        assert await starter.ends() == 0
    gate.opened.set()
    said = re.fullmatch(re.escape(WELCOME) + STARTED, starter.stdout)
    assert said, starter
    handle = office.client.get_workflow_handle(said[1])
    assert (await handle.result()).startswith("Successfully created")

    with Starter(office, tmp_path, "--attach", said[1]) as starter:  # it has ended by now
        assert await starter.ends() == 0
    assert re.fullmatch(RESULT, starter.stdout), starter


async def test_attach_to_an_unknown_run(office: Office, tmp_path: Path) -> None:
    with Starter(office, tmp_path, "--attach", "no-such-run") as starter:
        assert await starter.ends() == 1
    assert "There is no run with the Workflow ID no-such-run" in starter.stderr
    assert "Traceback" not in starter.stderr
    assert starter.stdout == ""


# --- Trouble -------------------------------------------------------------------------------------


async def test_a_run_that_fails(office: Office, tmp_path: Path) -> None:
    office.llm.script(Fail(400, "context_length_exceeded", echo=True))
    with Starter(office, tmp_path, TOPIC) as starter:
        assert await starter.ends() == 1
    assert re.fullmatch(re.escape(WELCOME) + STARTED, starter.stdout), starter
    failed = [line for line in starter.stderr.splitlines() if line.startswith("The run failed: ")]
    assert len(failed) == 1 and "Shorten the topic" in failed[0]
    assert "Traceback" not in starter.stderr and API_KEY not in starter.stderr


async def test_a_run_that_is_cancelled(office: Office, tmp_path: Path) -> None:
    office.llm.script(Stall(after=100))
    with Starter(office, tmp_path, TOPIC) as starter:
        said = await starter.says(STARTED)
        await until(lambda: office.llm.requests and office.llm.requests[0].sent == 100)
        await office.client.get_workflow_handle(said[1]).cancel()
        assert await starter.ends() == 1
    assert starter.stderr.splitlines()[-1] == "The run was cancelled."


@pytest.mark.slow
async def test_a_run_that_is_terminated(office: Office, tmp_path: Path) -> None:
    office.llm.script(Stall(after=100))
    with Starter(office, tmp_path, TOPIC) as starter:
        said = await starter.says(STARTED)
        await until(lambda: office.llm.requests and office.llm.requests[0].sent == 100)
        await office.client.get_workflow_handle(said[1]).terminate(reason="the budget is spent")
        assert await starter.ends() == 1
    assert "the budget is spent" in starter.stderr.splitlines()[-1]
    assert "Traceback" not in starter.stderr


@pytest.mark.slow
async def test_shows_why_and_when_it_tries_again(office: Office, tmp_path: Path) -> None:
    office.llm.script(Fail(503, message="Busy.", headers={"Retry-After": "3"}))
    with Starter(office, tmp_path, TOPIC) as starter:
        assert await starter.ends() == 0
    assert re.search(
        r"✗ llm_call: attempt 1 failed: .*status 503.* \(next attempt in \d s\)", starter.stderr
    ), starter
    assert len(office.llm.requests) == 2


@pytest.mark.slow
async def test_says_that_no_worker_is_polling(
    temporal_settings: dict[str, str], client: Client, tmp_path: Path
) -> None:
    with Program(tmp_path, "starter.py", TOPIC, **temporal_settings) as starter:
        said = await starter.says(STARTED)
        await starter.says(
            "^! No worker is polling the Task Queue 'research': start one in another terminal:"
            r" uv run worker\.py$"
        )
        starter.signal(signal.SIGINT)
        assert await starter.ends() == 130
    attach = f"uv run starter.py --attach {said[1]}"
    assert starter.stderr.splitlines()[-1].endswith(attach)
    run = await client.get_workflow_handle(said[1]).describe()
    assert run.status == WorkflowExecutionStatus.RUNNING


# --- On a terminal -------------------------------------------------------------------------------


CTRL_C = "\x03"


async def test_a_topic_typed_on_a_terminal(office: Office, tmp_path: Path) -> None:
    office.llm.delay = 0.01
    with Person(tmp_path, **settings_of(office.client)) as person:
        await person.sees(re.escape(PROMPT))
        person.enters("水熊虫?")
        await person.sees(STARTED)
        await person.sees(r"▸ llm_call: running for \d+ s, [\d,]+ characters written")
        await person.sees(RESULT)
        assert await person.leaves() == 0
    assert office.llm.requests[0].prompt == "水熊虫?"


async def test_ctrl_c_at_the_prompt(office: Office, tmp_path: Path) -> None:
    with Person(tmp_path, **settings_of(office.client)) as person:
        await person.sees(re.escape(PROMPT))
        person.types("never" + CTRL_C)
        assert await person.leaves() == 130
    assert "Started" not in person.text


@pytest.mark.slow
async def test_ctrl_d_at_the_prompt(office: Office, tmp_path: Path) -> None:
    with Person(tmp_path, **settings_of(office.client)) as person:
        await person.sees(re.escape(PROMPT))
        person.types("\x04")
        assert await person.leaves() == 2
    assert "No topic" in person.text


async def test_ctrl_c_leaves_the_run_going(office: Office, tmp_path: Path) -> None:
    office.llm.script(gate := Gate())
    with Person(tmp_path, TOPIC, **settings_of(office.client)) as person:
        await person.sees("▸ llm_call: running for")
        person.types(CTRL_C)
        assert await person.leaves() == 130
    said = re.search(r"uv run starter\.py --attach (\S+)", person.text)
    assert said, person.text
    with Starter(office, tmp_path, "--attach", said[1]) as starter:
        await starter.says("▸ llm_call: running for")
        gate.opened.set()
        assert await starter.ends() == 0
    assert re.fullmatch(RESULT, starter.stdout)
    assert len(office.llm.requests) == 1 and office.llm.requests[0].finished


@pytest.mark.slow
async def test_sigterm_ends_it_and_not_the_run(office: Office, tmp_path: Path) -> None:
    office.llm.script(gate := Gate())
    with Starter(office, tmp_path, TOPIC) as starter:
        said = await starter.says(STARTED)
        starter.signal(signal.SIGTERM)
        assert await starter.ends() != 0
    gate.opened.set()
    assert (await office.client.get_workflow_handle(said[1]).result()).startswith("Success")


# --- All in one ----------------------------------------------------------------------------------


@dataclass
class Alone:
    """An empty folder and a free address: what `--local` finds on a new machine."""

    folder: Path
    port: int

    @property
    def settings(self) -> dict[str, str]:
        return {"TEMPORAL_ADDRESS": f"localhost:{self.port}"}

    def servers(self) -> list[str]:
        return processes(f"--port {self.port} ")

    def nobody_listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    return Alone(tmp_path, free_port(neighbour=1000))  # the Web UI is 1000 above


async def test_demo_needs_nothing_and_leaves_nothing_running(alone: Alone) -> None:
    with Program(
        alone.folder, "starter.py", "--demo", TOPIC, LLM_MODEL="nobody/nothing", **alone.settings
    ) as starter:
        await starter.says("▸ llm_call: running for")
        assert len(alone.servers()) >= 1
        assert await starter.ends() == 0
    said = re.fullmatch(re.escape(WELCOME) + STARTED + RESULT, starter.stdout)
    assert said, starter
    assert "Demo" in starter.stderr and "Traceback" not in starter.stderr
    assert f"Web UI: http://localhost:{alone.port + 1000}/" in starter.stderr
    text = pdf_text(alone.folder / said[3])
    assert "Why tardigrades are so tough" in text and "no LLM was asked" in text
    assert alone.servers() == [] and alone.nobody_listens()

    # The run is kept.
    with Program(
        alone.folder, "starter.py", "--demo", "--attach", said[1], **alone.settings
    ) as starter:
        assert await starter.ends() == 0
    assert starter.stdout == f"Result: Successfully created research report PDF: {said[3]}\n"


@pytest.mark.slow
async def test_demo_asks_for_the_topic_and_uses_the_temporal_that_answers(
    client: Client, temporal_settings: dict[str, str], tmp_path: Path
) -> None:
    with Program(tmp_path, "starter.py", "--demo", stdin=b"\n", **temporal_settings) as starter:
        assert await starter.ends() == 0
    expected = re.escape(WELCOME + PROMPT + NO_PROMPT) + STARTED + RESULT
    said = re.fullmatch(expected, starter.stdout)
    assert said, starter
    assert (await client.get_workflow_handle(said[1]).result()).startswith("Success")
    assert not (tmp_path / "reports" / ".temporal.db").exists()


@pytest.mark.slow
async def test_local_does_real_research(alone: Alone, llm: LLMServer) -> None:
    with Program(
        alone.folder, "starter.py", "--local", TOPIC, **alone.settings, **llm_settings(llm)
    ) as starter:
        assert await starter.ends() == 0
    said = re.fullmatch(re.escape(WELCOME) + STARTED + RESULT, starter.stdout)
    assert said, starter
    assert "Finding 90 holds" in pdf_text(alone.folder / said[3])
    assert len(llm.requests) == 1
    assert alone.servers() == [] and alone.nobody_listens()
    database = [file.read_bytes() for file in (alone.folder / "reports").glob(".temporal.db*")]
    assert TOPIC.encode() in b"".join(database)  # or this looks into the wrong place
    for data in (*database, starter.stdout.encode(), starter.stderr.encode()):
        assert API_KEY.encode() not in data


@pytest.mark.slow
async def test_local_does_not_start_a_server_for_another_machine(tmp_path: Path) -> None:
    with Program(
        tmp_path, "starter.py", "--demo", TOPIC, TEMPORAL_ADDRESS="temporal.invalid:7233"
    ) as starter:
        assert await starter.ends() == 1
    assert "Cannot reach Temporal at temporal.invalid:7233" in starter.stderr
    assert "Traceback" not in starter.stderr


@pytest.mark.slow
async def test_local_where_something_else_has_the_port(tmp_path: Path, llm: LLMServer) -> None:
    """The dev server takes another port; the run is found again, as the database is the same."""
    settings = {"TEMPORAL_ADDRESS": f"127.0.0.1:{llm.port}"}
    with Program(tmp_path, "starter.py", "--demo", TOPIC, **settings) as starter:
        assert await starter.ends() == 0, starter
    said = re.search(STARTED, starter.stdout)
    assert said and f":{llm.port + 1000}/" not in starter.stderr
    with Program(tmp_path, "starter.py", "--demo", "--attach", said[1], **settings) as starter:
        assert await starter.ends() == 0, starter
    assert re.fullmatch(RESULT, starter.stdout)


async def test_a_database_that_the_disk_does_not_take_is_not_left_half_made(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real server, which may write files of 20 kB: else it could never be started again."""
    temporal = shutil.which("temporal", path=str(Path(sys.executable).parent))
    limited = alone.folder / "bin" / "temporal"
    limited.parent.mkdir()
    limited.write_text(f"#!/bin/sh\ntrap '' XFSZ\nulimit -f 40\nexec {temporal} \"$@\"\n")
    limited.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(limited.with_name("python")))
    with pytest.raises(ConnectionError, match=r"on a disk that is full\. Make room"):
        async with dev_server("127.0.0.1", alone.port, alone.folder / "runs.db"):
            pass
    assert list(alone.folder.glob("runs.db*")) == []


@pytest.mark.slow
async def test_ctrl_c_keeps_a_demo_run_for_later(alone: Alone) -> None:
    with Person(alone.folder, "--demo", TOPIC, **alone.settings) as person:
        await person.sees(r"▸ llm_call: running for .* characters written")
        person.types(CTRL_C)
        assert await person.leaves() == 130
    said = re.search(r"uv run starter\.py --demo --attach (\S+)", person.text)
    assert said, person.text
    await until(lambda: alone.nobody_listens() and not alone.servers())

    with Program(
        alone.folder, "starter.py", "--demo", "--attach", said[1], **alone.settings
    ) as starter:
        assert await starter.ends() == 0
    assert re.fullmatch(RESULT, starter.stdout), starter
    assert alone.servers() == []


@pytest.mark.slow
async def test_a_demo_killed_in_mid_answer(alone: Alone) -> None:
    with Program(alone.folder, "starter.py", "--demo", TOPIC, **alone.settings) as starter:
        said = await starter.says(STARTED)
        await starter.says("characters written")
        starter.kill()
        assert await starter.ends() == -signal.SIGKILL
    # The dev server notices that its owner is gone.
    await until(lambda: alone.nobody_listens() and not alone.servers())

    with Program(
        alone.folder, "starter.py", "--demo", "--attach", said[1], **alone.settings
    ) as starter:
        assert await starter.ends() == 0
    found = re.fullmatch(RESULT, starter.stdout)
    assert found, starter
    assert "Why tardigrades are so tough" in pdf_text(alone.folder / found[1])
    files = (alone.folder / "reports").glob("[!.]*")
    assert sorted(file.suffix for file in files) == [".md", ".pdf"]
    assert alone.servers() == []
