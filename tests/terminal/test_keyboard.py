"""Keys, pastes and screens: what a person's hands do, and what they see when nothing moves."""

import asyncio
import re
import signal
import socket
import time
from pathlib import Path

import pytest
from support.pdf import pdf_text
from support.programs import catches, until
from support.runs import Handle, start_run
from support.settings import TOPIC
from support.temporal import running_worker, settings_of
from support.terminal import Person
from temporalio.client import Client, WorkflowExecutionStatus

from models import GenerateReportInput, UserDecision, UserDecisionSignal
from workflow import GenerateReportWorkflow

QUESTION = "Enter your research topic or question: "
ASKED = r"\[k\]eep[^\n]*\[q\]uit\n> "
PASTE, END_OF_PASTE = "\x1b[200~", "\x1b[201~"


async def started(person: Person, client: Client) -> Handle:
    said = await person.sees(r"Started workflow. Workflow ID: (\S+), RunID")
    return client.get_workflow_handle_for(GenerateReportWorkflow.run, said[1])


async def topic_of(handle: Handle) -> str:
    async for event in handle.fetch_history_events():
        payloads = event.workflow_execution_started_event_attributes.input.payloads
        [given] = await handle._client.data_converter.decode(payloads, [GenerateReportInput])
        assert isinstance(given, GenerateReportInput)
        return given.prompt
    raise AssertionError("there is no history")


# --- The topic -----------------------------------------------------------------------------------


LONG = "k" * 7000  # a terminal that edits lines itself ends them at 4,095
TYPED = {
    "lines": (
        f"{PASTE}What are kayaks?\rkeep\r\rrm -r x{END_OF_PASTE}",
        "What are kayaks?\nkeep\n\nrm -r x",
    ),
    "lines, and no marks of a paste": ("First\rkeep\rThird", "First\nkeep\nThird"),
    "long line": (f"{PASTE}{LONG}{END_OF_PASTE}", LONG),
    "arrow keys": ("Tugh?\x1b[D\x1b[D\x1b[D\x1b[Do\x1b[C\x7fu\x1b[F!", "Tough?!"),
    "escape sequence pasted": (f"{PASTE}a\x1b[31mb{END_OF_PASTE}", "a [31mb"),
}


@pytest.mark.parametrize("keys, topic", TYPED.values(), ids=TYPED)
async def test_what_is_typed_or_pasted_is_one_topic(
    client: Client, tmp_path: Path, keys: str, topic: str
) -> None:
    with Person(tmp_path, "--no-wait", **settings_of(client)) as person:
        await person.sees(re.escape(QUESTION))
        shown = len(person.raw)
        person.types(keys)
        await until(lambda: len(person.raw) > shown)  # it has begun to read
        await asyncio.sleep(0.5)  # the terminal hands over a long paste in parts
        person.types("\r")
        handle = await started(person, client)
        assert await person.leaves() == 0
        assert QUESTION.encode() in person.raw  # for programs that wait for it
    assert await topic_of(handle) == topic


@pytest.mark.slow
async def test_what_was_typed_before_the_question_is_no_answer(
    client: Client, tmp_path: Path
) -> None:
    with Person(tmp_path, "--no-wait", **settings_of(client)) as person:
        person.types("too early\r")
        await person.sees(re.escape(QUESTION))
        person.types("Tough?\r")
        handle = await started(person, client)
        assert await person.leaves() == 0
    assert await topic_of(handle) == "Tough?"


@pytest.mark.slow
async def test_the_arrow_up_recalls_a_topic(client: Client, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for keys in ("Tough?\r", "\x1b[A\r"):
        with Person(tmp_path, "--no-wait", **settings_of(client)) as person:
            await person.sees(re.escape(QUESTION))
            person.types(keys)
            handle = await started(person, client)
            assert await person.leaves() == 0
    assert await topic_of(handle) == "Tough?"
    (tmp_path / "reports/.topics").unlink()
    (tmp_path / "reports/.topics").mkdir()  # what cannot be remembered can be asked all the same
    with Person(tmp_path, "--no-wait", **settings_of(client)) as person:
        await person.sees(re.escape(QUESTION))
        person.types("Tough?\r")
        await started(person, client)
        assert await person.leaves() == 0


@pytest.mark.parametrize("seconds", [0.15, 0.4])
async def test_ctrl_c_in_the_first_moments(client: Client, tmp_path: Path, seconds: float) -> None:
    with Person(tmp_path, **settings_of(client)) as person:
        await until(lambda: catches(person.process.pid, signal.SIGTERM))  # else it is Python's own
        await asyncio.sleep(seconds)
        person.types("\x03")
        assert await person.leaves() == 130  # and no traceback


# --- The decision --------------------------------------------------------------------------------


async def test_the_choices(
    client: Client, settings: pytest.MonkeyPatch, worker: None, tmp_path: Path
) -> None:
    """Only a word or its letter decides, and nothing that was typed before the question."""
    programs = {"PAGER": "sed s/^/paged:/", "EDITOR": "sed -i s/tough/stubborn/"}
    with Person(tmp_path, TOPIC, "--review", **settings_of(client), **programs) as person:
        handle = await started(person, client)
        person.types("keep\rk\r")
        await person.sees(ASKED)
        person.types(f"{PASTE}keep\rand more{END_OF_PASTE}\r")
        await person.sees(f"A word or its letter.*quit +leave.*{ASKED}")
        person.types("DIFF\r")
        await person.sees(f"There is no revision yet.*{ASKED}")
        person.types("e\r")
        await person.sees(r"What should be different\? ")
        person.types("Say more about moss.\r")
        await person.sees(f"Being revised.*Draft.*{ASKED}")
        person.types("d\r")
        changed = await person.sees(rf"\{{\+.*Say more about moss\..*\+\}}.*{ASKED}")
        assert "FOTON" not in changed[0]  # what is as it was
        person.types("open\r")
        await person.sees(f"Your version is the draft now.*{ASKED}")
        person.types("diff\r")
        await person.sees(rf"so \[-tough-\]\{{\+stubborn\+\}}.*{ASKED}")
        person.types("page\r")
        await person.sees(f"paged:.*stubborn.*{ASKED}")
        person.types("cancel\r")
        await person.sees("Cancel the run for good")
        person.types("y\r")
        await person.sees(ASKED)
        person.types("x\r")
        await person.sees("Cancel the run for good")
        person.types("yes\r")
        await person.sees(r"✓ llm_call .* 2 calls.*The run was cancelled\.")
        assert await person.leaves() == 1
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


@pytest.mark.slow
async def test_a_version_of_ones_own_can_be_revised(
    client: Client, settings: pytest.MonkeyPatch, worker: None, tmp_path: Path
) -> None:
    handle = await start_run(client, review=True)
    own = UserDecisionSignal(UserDecision.EDIT, "Say more about moss.", draft="# Mine\n\nAll mine.")
    await until(lambda: is_in_review(handle))
    await handle.execute_update(GenerateReportWorkflow.review, own)
    await until(lambda: is_in_review(handle))
    keep = UserDecisionSignal(UserDecision.KEEP)
    await handle.execute_update(GenerateReportWorkflow.review, keep)
    path = (await handle.result()).rpartition(": ")[2]
    assert "All mine." in pdf_text(path)


async def is_in_review(handle: Handle) -> bool:
    return (await handle.query(GenerateReportWorkflow.get_status)).stage == "review"


# --- Screens -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting", [{"TERM": "dumb"}, {"NO_COLOR": "1"}], ids=["dumb", "no colour"]
)
async def test_screens_that_can_do_less(
    client: Client,
    settings: pytest.MonkeyPatch,
    worker: None,
    tmp_path: Path,
    setting: dict[str, str],
) -> None:
    with Person(tmp_path, **settings_of(client), **setting) as person:
        await person.sees(re.escape(QUESTION))
        person.types("Tough?\r")
        await person.sees("▸ llm_call: running for .* characters written")
        await person.sees("✓ llm_call .*✓ create_pdf .*✓ send_email .*Result: ")
        assert await person.leaves() == 0
        assert not re.search(rb"\x1b\[[\d;]*3\dm", person.raw.replace(b"\x1b[0;39m", b""))
        assert ("dumb" not in setting.values()) or b"\x1b" not in person.raw


# --- Leaving -------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_the_second_ctrl_c_ends_at_once(client: Client, tmp_path: Path) -> None:
    """The mail server is silent: the first one waits for that mail, for twenty seconds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(silent.getsockname()[1]),
            "SMTP_SECURITY": "none",
            "EMAIL_FROM": "a@example.com",
            "EMAIL_TO": "b@example.com",
        }
        with Person(tmp_path, "--demo", TOPIC, **settings_of(client), **mail) as person:
            await person.sees("send_email: running for")
            person.types("\x03")
            await person.sees(r"The run is kept\. .*Ctrl-C ends this at once")
            asked = time.monotonic()
            person.types("\x03")
            assert await person.leaves() == 130
            assert time.monotonic() - asked < 30  # the mail would be waited for longer


async def test_leaving_a_run_that_waits_for_a_worker(client: Client, tmp_path: Path) -> None:
    with Person(tmp_path, TOPIC, **settings_of(client)) as person:
        await person.sees("No worker is polling")
        person.types("\x03")
        await person.sees("The run is kept. To see it again")  # it does not go on
        assert await person.leaves() == 130
    async with running_worker(client):
        pass
