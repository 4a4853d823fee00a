"""What a person sees and types: `starter.py` in a pseudo-terminal, and a demo worker as a process.

The worker has a folder of its own, with its REPORTS_DIR in it, as on another machine.
"""

import contextlib
import re
import shlex
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.llm_server import Answer, Fail, LLMServer, Stall
from support.pdf import pdf_text
from support.programs import Program, free_port, processes, until
from support.runs import (
    Handle,
    start_run,
)
from support.settings import TOPIC
from support.stand_ins import Held, StandIns
from support.temporal import (
    new_namespace,
    running_worker,
    settings_of,
)
from support.terminal import Person
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from models import Stage, UserDecision, UserDecisionSignal
from workflow import GenerateReportWorkflow

SLOW = pytest.mark.slow
ASKED = r"\[k\]eep[^\n]*\[q\]uit\n> "
SAVED = r"Your version of the draft is in (\S+\.md)"


@pytest.fixture(scope="module")
async def service(
    temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator["Service"]:
    """A demo worker for this module, and runs that wait in review."""
    client = await new_namespace(temporal)
    folder = tmp_path_factory.mktemp("worker")
    service = Service(client, folder)
    with Program(folder, "worker.py", LLM_MODEL="demo", **service.settings):
        # All at once: the demo model takes two seconds for each.
        service.waiting = [await start_run(client, review=True) for _ in range(20)]
        yield service


class Service:
    def __init__(self, client: Client, folder: Path) -> None:
        self.client = client
        self.folder = folder  # of the worker
        self.settings = settings_of(client)
        self.waiting: list[Handle] = []

    async def in_review(self) -> Handle:
        """A run that waits for a decision."""
        handle = self.waiting.pop() if self.waiting else await start_run(self.client, review=True)
        await in_review(handle)
        return handle


async def in_review(handle: Handle) -> None:
    await until(lambda: is_at(handle, Stage.REVIEW))


async def is_at(handle: Handle, stage: Stage) -> bool:
    return (await handle.query(GenerateReportWorkflow.get_status)).stage == stage


async def edited(handle: Handle, changes: str) -> None:
    """Have the draft revised from elsewhere; the demo model puts the words into it."""
    decision = UserDecisionSignal(UserDecision.EDIT, changes)
    await handle.execute_update(GenerateReportWorkflow.review, decision)
    await in_review(handle)


async def draft(handle: Handle) -> str:
    return await handle.query(GenerateReportWorkflow.get_research_result) or ""


def editor(folder: Path, script: str) -> str:
    """The command of an editor that does this with the file, its last argument."""
    path = folder / "my editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return shlex.quote(str(path))


async def recorded(handle: Handle) -> WorkflowExecutionStatus | None:
    return (await handle.describe()).status


async def run_of(person: Person, client: Client) -> Handle:
    started = await person.sees(r"Started workflow. Workflow ID: (\S+), RunID")
    return client.get_workflow_handle_for(GenerateReportWorkflow.run, started[1])


# --- The choices ---------------------------------------------------------------------------------


async def test_a_reviewed_report_from_the_topic_to_the_pdf(
    service: Service, tmp_path: Path
) -> None:
    with Person(tmp_path, "--review", **service.settings) as person:
        await person.sees("Enter your research topic or question: ")
        person.enters(TOPIC)
        handle = await run_of(person, service.client)
        shown = await person.sees(f"Draft.*{ASKED}")
        person.enters("k")
        await person.sees("Kept.")
        result = await person.sees(r"Result: Successfully created .* PDF: (\S+)")
        copy = await person.sees(r"not on this machine.*made here: (\S+)")
        assert await person.leaves() == 0
    assert await handle.result() in result[0]
    # Rendered: no markup is left of headings, emphasis, tables.
    lines = (await draft(handle)).splitlines()
    assert any(line.startswith("## ") for line in lines) and any("**" in line for line in lines)
    headings = [line.lstrip("# ") for line in lines if line.startswith("#")]
    assert [heading for heading in headings if heading not in shown[0]] == []
    assert not re.search(r"^ *#+ ", shown[0], re.MULTILINE) and "**" not in shown[0]
    made, same = service.folder / result[1], tmp_path / copy[1]
    assert made != same and made.read_bytes() == same.read_bytes()


async def test_edit_with_words_and_without(service: Service, tmp_path: Path) -> None:
    handle = await service.in_review()
    with Person(tmp_path, "--attach", handle.id, **service.settings) as person:
        await person.sees(ASKED)
        person.enters("e")
        await person.sees("What should be different. ")
        person.enters("  ")
        await person.sees(f"Nothing to change.*{ASKED}")
        assert await is_at(handle, Stage.REVIEW)
        person.enters("e")
        await person.sees("What should be different. ")
        person.enters("Say more about moss.")
        await person.sees("Being revised.")
        await person.sees(f"Draft.*What you asked to change.*Say more about moss..*{ASKED}")
        person.enters("keep")
        await person.sees("Result: ")
        assert await person.leaves() == 0
    [pdf] = (tmp_path / "reports").glob("*.pdf")
    assert "Say more about moss." in pdf_text(pdf)


@pytest.mark.slow
async def test_edit_that_failed_says_why(
    client: Client, model: LLMServer, worker: None, tmp_path: Path
) -> None:
    model.script(Answer(), Fail(400))
    handle = await start_run(client, review=True)
    with Person(tmp_path, "--attach", handle.id, **settings_of(client)) as person:
        await person.sees(ASKED)
        person.enters("e")
        await person.sees("What should be different. ")
        person.enters("Say more about moss.")
        await person.sees(f"The draft is as before, because this failed: .*status 400.*{ASKED}")
        person.enters("k")
        await person.sees("Result: ")
        assert await person.leaves() == 0


async def test_open_in_the_editor(service: Service, tmp_path: Path) -> None:
    """What the editor saves is the report; an editor that fails or saves nothing is no harm."""
    handle = await service.in_review()
    command = editor(tmp_path, ":")
    copies = tmp_path / "copies"
    copies.mkdir()
    settings = service.settings | {"EDITOR": f"{command} --wait", "TMPDIR": str(copies)}
    with Person(tmp_path, "--attach", handle.id, **settings) as person:
        await person.sees(ASKED)
        for script in (":", 'echo changed >> "$2"; exit 3', ': > "$2"'):
            editor(tmp_path, script)
            person.enters("o")
            await person.sees(f"The draft is as it was.*{ASKED}")
        (tmp_path / "my editor").unlink()
        person.enters("o")
        await person.sees(f"No such file.*set EDITOR.*{ASKED}")
        assert await is_at(handle, Stage.REVIEW)
        editor(tmp_path, r'test "$1" = --wait && printf "\n## My own\n\nBy hand: žluť.\n" >> "$2"')
        before = await draft(handle)
        person.enters("o")
        await person.sees(f"Your version is the draft now.*{ASKED}")
        assert await draft(handle) == before  # nothing is decided yet
        person.enters("diff")
        await person.sees(rf"\{{\+.*By hand: žluť\.\s*\+\}}.*{ASKED}")
        person.enters("k")
        await person.sees("Kept.")
        await person.sees("Result: ")
        assert await person.leaves() == 0
    assert await draft(handle) == before + "\n## My own\n\nBy hand: žluť.\n"
    [pdf] = (tmp_path / "reports").glob("*.pdf")
    assert "By hand: žluť." in pdf_text(pdf)
    assert list(copies.iterdir()) == []


@pytest.mark.slow
async def test_a_signal_while_an_editor_has_the_terminal(service: Service, tmp_path: Path) -> None:
    """The editor ends, too; what was saved is not lost, and the terminal is as it was."""
    handle = await service.in_review()
    waits = "stty raw -echo; echo mine >> \"$1\"; echo open; trap 'exit 1' TERM\n"
    waits += "while sleep 0.1; do :; done"
    settings = service.settings | {"EDITOR": editor(tmp_path, waits), "TMPDIR": str(tmp_path)}
    with Person(tmp_path, "--attach", handle.id, **settings) as person:
        await person.sees(ASKED)
        person.enters("o")
        await person.sees("\nopen")
        person.process.send_signal(signal.SIGTERM)
        said = await person.sees(rf"{SAVED}\s+The run is kept")
        assert await person.leaves() == 143
    assert Path(said[1]).read_text().endswith("mine\n")
    assert not processes(said[1])


@pytest.mark.slow
async def test_an_editor_that_deletes_the_file(service: Service, tmp_path: Path) -> None:
    handle = await service.in_review()
    settings = service.settings | {"VISUAL": editor(tmp_path, 'rm "$1"')}
    with Person(tmp_path, "--attach", handle.id, **settings) as person:
        await person.sees(ASKED)
        person.enters("o")
        await person.sees(f"The draft is as it was.*{ASKED}")
        person.enters("q")
        assert await person.leaves() == 130


@pytest.mark.slow
async def test_a_version_too_large_for_temporal(service: Service, tmp_path: Path) -> None:
    """Over 2 MiB Temporal would take it from the client and then choke on it."""
    handle = await service.in_review()
    settings = service.settings | {
        "EDITOR": editor(tmp_path, 'head -c 2200000 /dev/zero | tr "\\0" x > "$1"')
    }
    with Person(tmp_path, "--attach", handle.id, **settings) as person:
        await person.sees(ASKED)
        person.enters("o")
        await person.sees(f"Your version is the draft now.*{ASKED}")
        person.enters("k")
        seen = await person.sees(f"(?i)too (long|large).*{ASKED}|waits for a worker")
        assert "waits for a worker" not in seen[0]
        saved = re.search(SAVED, seen[0])
        assert saved and Path(saved[1]).stat().st_size == 2_200_000
        Path(saved[1]).unlink()
        person.enters("q")
        assert await person.leaves() == 130
    assert await is_at(handle, Stage.REVIEW)


@pytest.mark.slow
async def test_show_again_and_keys_without_a_meaning(service: Service, tmp_path: Path) -> None:
    handle = await service.in_review()
    with Person(tmp_path, "--attach", handle.id, **service.settings) as person:
        first = await person.sees(f"─ Draft ─.*{ASKED}")
        person.enters("s")
        again = await person.sees(f"─ Draft ─.*{ASKED}")
        assert again[0] == first[0]
        for line in ("", "?", "kayaks", "keep the introduction but shorten the rest", "\x1b[D"):
            person.enters(line)
            asked = await person.sees(f"A word or its letter.*?{ASKED}")
            assert "Draft" not in asked[0]
        assert await is_at(handle, Stage.REVIEW)
        person.enters("q")
        assert await person.leaves() == 130


async def test_quit_and_come_back_with_the_printed_command(
    service: Service, tmp_path: Path
) -> None:
    handle = await service.in_review()
    with Person(tmp_path, "--attach", handle.id, **service.settings) as person:
        await person.sees(ASKED)
        person.enters("q")
        command = await person.sees(r"uv run starter.py (--attach \S+)\n")
        assert await person.leaves() == 130
    assert await is_at(handle, Stage.REVIEW)
    with Person(tmp_path / "elsewhere", *command[1].split(), **service.settings) as person:
        await person.sees(ASKED)
        person.enters("k")
        await person.sees("Result: ")
        assert await person.leaves() == 0


@pytest.mark.parametrize(
    ("key", "question"),
    [
        pytest.param("\x03", "choice", id="Ctrl-C"),
        pytest.param("\x04", "choice", id="Ctrl-D", marks=SLOW),
        pytest.param("\x03", "words", id="Ctrl-C in the words", marks=SLOW),
        pytest.param("\x04", "words", id="Ctrl-D in the words", marks=SLOW),
    ],
)
async def test_leave_in_mid_question(
    service: Service, tmp_path: Path, key: str, question: str
) -> None:
    handle = await service.in_review()
    service.waiting.insert(0, handle)  # it is left as it was
    with Person(tmp_path, "--attach", handle.id, **service.settings) as person:
        await person.sees(ASKED)
        if question == "words":
            person.enters("e")
            await person.sees("What should be different. ")
        person.types(key)
        await person.sees(rf"--attach {handle.id}\n")
        assert await person.leaves() == 130
    assert await is_at(handle, Stage.REVIEW)


# --- Joining a run -------------------------------------------------------------------------------


@pytest.mark.slow
async def test_the_id_typed_at_the_topic_prompt(service: Service, tmp_path: Path) -> None:
    with Program(tmp_path, "starter.py", TOPIC, "--review", "--no-wait", **service.settings) as it:
        workflow_id = (await it.says(r"Workflow ID: (\S+),"))[1]
    with Person(tmp_path, **service.settings) as person:
        await person.sees("Enter your research topic or question: ")
        person.enters(f"  {workflow_id} ")
        await person.sees(ASKED)
        person.enters("k")
        await person.sees("Result: ")
        assert await person.leaves() == 0
        assert "Started workflow" not in person.text


@pytest.mark.slow
async def test_two_people_at_one_draft(client: Client, tmp_path: Path) -> None:
    """The one who decides second is told, keeps what they wrote, and sees the run to its end."""
    revision = Held("# Draft\n\nSay more about moss.")
    settings = settings_of(client) | {"EDITOR": editor(tmp_path, 'echo "By the second." >> "$1"')}
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(StandIns("# Draft", revision).working(client))
        handle = await start_run(client, review=True)
        await in_review(handle)
        first, second = (
            stack.enter_context(Person(tmp_path / name, "--attach", handle.id, **settings))
            for name in "12"
        )
        await first.sees(ASKED)
        await second.sees(ASKED)
        first.enters("e")
        await first.sees("What should be different. ")
        first.enters("Say more about moss.")
        await first.sees("Being revised.")
        second.enters("o")
        await second.sees(f"Your version is the draft now.*{ASKED}")
        revision.let_go.set()
        await first.sees(f"Say more about moss..*{ASKED}")
        second.enters("k")  # of a draft that they have not seen
        await second.sees("not taken.*another one now")
        saved = await second.sees(SAVED)
        assert Path(saved[1]).read_text().endswith("By the second.\n")
        Path(saved[1]).unlink()
        await second.sees(f"Say more about moss..*{ASKED}")
        second.enters("k")
        await second.sees("Kept.")
        assert await second.leaves() == 0


@pytest.mark.slow
async def test_decide_on_a_run_that_has_ended_meanwhile(service: Service, tmp_path: Path) -> None:
    """Say that it has ended, and lose nothing that was written."""
    handle = await service.in_review()
    other = await service.in_review()
    settings = service.settings | {"EDITOR": editor(tmp_path, 'echo "By hand." >> "$1"')}
    with (
        Person(tmp_path / "1", "--attach", handle.id, **settings) as first,
        Person(tmp_path / "2", "--attach", other.id, **service.settings) as second,
    ):
        await first.sees(ASKED)
        await second.sees(ASKED)
        await handle.cancel()
        await other.execute_update(
            GenerateReportWorkflow.review, UserDecisionSignal(UserDecision.KEEP)
        )
        await other.result()
        await until(lambda: has_ended(handle))
        first.enters("o")
        await first.sees(f"Your version is the draft now.*{ASKED}")
        first.enters("k")
        await first.sees("not taken")
        saved = await first.sees(SAVED)
        assert Path(saved[1]).read_text().endswith("By hand.\n")
        Path(saved[1]).unlink()
        await first.sees("The run was cancelled.")
        assert await first.leaves() == 1
        second.enters("k")
        await second.sees("not taken.*Result: ")
        assert await second.leaves() == 0


async def has_ended(handle: Handle) -> bool:
    return await recorded(handle) != WorkflowExecutionStatus.RUNNING


async def test_attach_to_a_run_that_was_cancelled_in_review(
    service: Service, tmp_path: Path
) -> None:
    handle = await service.in_review()
    await handle.cancel()
    await until(lambda: has_ended(handle))
    with Person(tmp_path, "--attach", handle.id, **service.settings) as person:
        seen = await person.sees(f"The run was cancelled.|{ASKED}")
        assert not re.search(ASKED, seen[0])
        assert await person.leaves() == 1


@pytest.mark.slow
async def test_attach_to_a_run_that_was_terminated_in_review(
    service: Service, tmp_path: Path
) -> None:
    handle = await service.in_review()
    await handle.terminate("by hand")
    with Person(tmp_path, "--attach", handle.id, **service.settings) as person:
        seen = await person.sees(f"The run was terminated|{ASKED}")
        assert not re.search(ASKED, seen[0])
        assert await person.leaves() == 1


@pytest.mark.slow
async def test_attach_with_a_new_prompt(
    client: Client, model: LLMServer, worker: None, tmp_path: Path
) -> None:
    model.script(Stall(after=200), Answer(text="# New\n\nThey eat moss."))
    handle = await start_run(client, review=True)
    await until(lambda: model.requests and model.requests[0].sent)
    options = ("--attach", handle.id, "--prompt", "What do they eat?")
    with Person(tmp_path, *options, **settings_of(client)) as person:
        await person.sees(f"They eat moss..*{ASKED}")
        await until(lambda: model.requests[0].closed_by_client_at)
        person.enters("k")
        await person.sees("Result: .*what-do-they-eat")
        assert await person.leaves() == 0
    assert [request.prompt for request in model.requests] == [TOPIC, "What do they eat?"]


async def test_cancel_waits_until_the_stream_is_closed(
    client: Client, model: LLMServer, worker: None, tmp_path: Path
) -> None:
    model.script(Stall(after=200))
    handle = await start_run(client)
    await until(lambda: model.requests and model.requests[0].sent)
    options = ("--attach", handle.id, "--cancel")
    with Person(tmp_path, *options, **settings_of(client)) as person:
        await person.sees("The run was cancelled.")
        await until(lambda: model.requests[0].closed_by_client_at)
        assert await person.leaves() == 0
    assert await recorded(handle) == WorkflowExecutionStatus.CANCELED


@pytest.mark.slow
async def test_cancel_in_review_asks_nothing(service: Service, tmp_path: Path) -> None:
    handle = await service.in_review()
    options = ("--attach", handle.id, "--cancel")
    with Person(tmp_path, *options, **service.settings) as person:
        seen = await person.sees(f"The run was cancelled.|{ASKED}")
        assert not re.search(ASKED, seen[0])
        assert await person.leaves() == 0
    assert await recorded(handle) == WorkflowExecutionStatus.CANCELED


@pytest.mark.slow
@pytest.mark.parametrize("option", [["--cancel"], ["--prompt", "Too late."]], ids=" ".join)
async def test_steer_a_run_that_is_over(
    service: Service, tmp_path: Path, option: list[str]
) -> None:
    """It is over and not misspelled: say so, with how it ended."""
    handle = await service.in_review()
    await handle.execute_update(
        GenerateReportWorkflow.review, UserDecisionSignal(UserDecision.KEEP)
    )
    await handle.result()
    with Program(tmp_path, "starter.py", "--attach", handle.id, *option, **service.settings) as it:
        await it.ends()
        assert "misspelled" not in it.stderr, repr(it)
        assert "Result: " in it.stdout or re.search("over|ended|finished|completed", it.stderr)


@pytest.mark.slow
async def test_list(client: Client, settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    service = settings_of(client)
    with Program(tmp_path, "starter.py", "--list", **service) as it:
        assert await it.ends() == 0
        assert "no runs" in it.stdout
    async with running_worker(client):
        ids = []
        for topic in ("First \x1b[31mtopic\x1b]0;owned\x07 [bold]?", "Second topic?"):
            options = (topic, "--review", "--no-wait")
            with Program(tmp_path, "starter.py", *options, **service) as it:
                ids.append((await it.says(r"Workflow ID: (\S+),"))[1])
                assert await it.ends() == 0
        first = client.get_workflow_handle(ids[0])
        await first.cancel()
        await until(lambda: has_ended(first))
        await in_review(client.get_workflow_handle_for(GenerateReportWorkflow.run, ids[1]))
        query = "WorkflowType = 'GenerateReportWorkflow' AND ExecutionStatus = 'Canceled'"
        await until(lambda: counted(client, query))  # the list is a moment behind
        with Program(tmp_path, "starter.py", "--list", **service) as it:
            assert await it.ends() == 0
            table = it.stdout
    assert "\x1b" not in table and "\x07" not in table
    one, two = (workflow_id.split("-")[4] for workflow_id in ids)
    rows = table.splitlines()  # newest first
    assert re.fullmatch(
        rf"! {two}  waits for your decision, started \d+ (s|min) ago +Second topic\?", rows[0]
    )
    assert re.fullmatch(
        rf"✗ {one}  cancelled, started \d+ (s|min) ago +First .*topic.* \[bold\]\?", rows[1]
    )


async def counted(client: Client, query: str) -> int:
    return (await client.count_workflows(query)).count


# --- Without a terminal --------------------------------------------------------------------------


@pytest.mark.slow
async def test_piped_answers(service: Service, tmp_path: Path) -> None:
    typed = b"s\ne\nMore moss.\nk\n"
    with Program(tmp_path, "starter.py", "Why?", "--review", stdin=typed, **service.settings) as it:
        assert await it.ends() == 0, repr(it)
        assert "\x1b" not in it.stdout + it.stderr
        assert "Result: Successfully" in it.stdout
    [pdf] = (tmp_path / "reports").glob("why-*.pdf")
    assert "More moss." in pdf_text(pdf)


@pytest.mark.slow
async def test_the_end_of_the_input_at_the_review(service: Service, tmp_path: Path) -> None:
    with Program(tmp_path, "starter.py", "--review", stdin=b"Why?\n", **service.settings) as it:
        assert await it.ends() == 130
        command = await it.says(r"uv run starter.py --attach (\S+)$")
    handle = service.client.get_workflow_handle_for(GenerateReportWorkflow.run, command[1])
    assert await is_at(handle, Stage.REVIEW)


# --- What comes from outside ---------------------------------------------------------------------


@pytest.mark.slow
async def test_escape_sequences_in_a_draft_do_not_reach_the_terminal(
    service: Service, tmp_path: Path
) -> None:
    handle = await service.in_review()
    await edited(
        handle, "before \x1b]0;owned\x07 \x1b[2Jcleared \x9b31mred \x1bcreset \x08\x7f after"
    )
    assert "\x1b]0;owned" in await draft(handle)
    with Person(tmp_path, "--attach", handle.id, **service.settings) as person:
        await person.sees(f"before .*owned.* after.*{ASKED}")
        person.enters("q")
        assert await person.leaves() == 130
        for dangerous in (b"\x1b]0;", b"\x1b[2J", "\x9b".encode(), b"\x1bc", b"\x07", b"\x7f"):
            assert dangerous not in person.raw


@pytest.mark.slow
async def test_review_and_demo_in_one_process(tmp_path: Path) -> None:
    port = free_port(neighbour=1000)
    address = f"127.0.0.1:{port}"
    with Person(tmp_path, "--review", "--demo", TEMPORAL_ADDRESS=address) as person:
        await person.sees("Enter your research topic or question: ")
        person.enters(TOPIC)
        await person.sees(ASKED)
        person.enters("q")
        command = await person.sees(r"uv run starter.py (--demo --attach \S+)\n")
        assert await person.leaves() == 130
    await until(lambda: not processes(str(port)))
    with Person(tmp_path, *command[1].split(), TEMPORAL_ADDRESS=address) as person:
        await person.sees(ASKED)
        person.enters("e")
        await person.sees("What should be different. ")
        person.enters("Say more about moss.")
        await person.sees(f"Say more about moss..*{ASKED}")
        person.enters("k")
        result = await person.sees(r"Result: .* PDF: (\S+)")
        assert await person.leaves() == 0
        assert "not on this machine" not in person.text
    assert "Say more about moss." in pdf_text(tmp_path / result[1])
    await until(lambda: not processes(str(port)))


@pytest.mark.slow
async def test_a_decision_without_a_worker(
    client: Client, settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Person(tmp_path, TOPIC, "--review", **settings_of(client)) as person:
        async with running_worker(client):
            await person.sees(ASKED)
        person.enters("k")
        await person.sees("Your decision waits for a worker: start one")
        async with running_worker(client):
            await person.sees("Kept..*Result: ")
            assert await person.leaves() == 0


# --- The report on another machine ---------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    [
        "same folder",
        "own REPORTS_DIR",
        pytest.param("file deleted", marks=SLOW),
        pytest.param("nowhere to write", marks=SLOW),
    ],
)
async def test_the_report_is_on_this_machine_at_the_end(
    service: Service, tmp_path: Path, where: str
) -> None:
    handle = await service.in_review()
    await handle.execute_update(
        GenerateReportWorkflow.review, UserDecisionSignal(UserDecision.KEEP)
    )
    path = service.folder / (await handle.result()).rpartition(": ")[2]
    pdf = path.read_bytes()
    folder = service.folder if where != "own REPORTS_DIR" else tmp_path
    mine = {} if where == "same folder" else {"REPORTS_DIR": str(tmp_path / "mine")}
    settings = service.settings | mine
    if where == "file deleted":
        path.unlink()
    if where == "nowhere to write":
        (tmp_path / "mine").touch()
    with Program(folder, "starter.py", "--attach", handle.id, **settings) as it:
        assert await it.ends() == 0
        said = "not on this machine" in it.stderr
    copies = list((tmp_path / "mine").glob("*.pdf"))
    assert ("cannot be made here. Cannot write" in it.stderr) == (where == "nowhere to write")
    assert said == (where != "same folder")
    said = said and where != "nowhere to write"
    assert [copy.read_bytes() for copy in copies] == [pdf] * said
    assert [copy.name for copy in copies] == [path.name] * said
