"""What somebody else has written steers no terminal, and is no part of a command."""

import json
import logging
import shlex
from pathlib import Path

import pytest
from pypdf import PdfReader
from support.programs import Program
from support.runs import start_run
from support.stand_ins import StandIns
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue

from activities import create_pdf
from generator.delivery.report import sources_file
from generator.harmless import attach_command, printable, without_logins
from generator.research.sources.report import entry
from generator.running.log import WorkerLog
from generator.settings import public
from generator.terminal.screen import print_object, say, tell
from models import TASK_QUEUE, PDFGenerationInput, Reference, Source

STEERING = "\x1b[2J\x9b31m\x07\x08\r\x7f\u202e\u2066\u200f\u061c"
BAD = {each for each in STEERING if not each.isprintable()}


def test_no_line_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"a{STEERING}b")
    tell(f"a{STEERING}b")
    print_object({"topic": f"a{STEERING}b"})
    shown = capsys.readouterr()
    assert not BAD & set(shown.out + shown.err)
    assert json.loads(shown.out.splitlines()[-1]) == {"topic": f"a{STEERING}b"}


def test_no_line_of_a_log_steers_a_terminal() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, f"a{STEERING}b", (), None)
    record.temporal_activity = {"activity_type": "t", "attempt": 1, "workflow_id": STEERING}
    assert not BAD & set(WorkerLog().format(record))


def test_no_id_writes_a_line_of_a_log() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "done\nor not", (), None)
    forged = "id\n2026-11-28 INFO send_email: done"
    record.temporal_activity = {"activity_type": "t", "attempt": 1, "workflow_id": forged}
    assert len(WorkerLog().format(record).splitlines()) == 1


def test_the_markdown_that_is_saved_steers_no_terminal(
    settings: pytest.MonkeyPatch, reports: Path
) -> None:
    create_pdf(PDFGenerationInput(content=f"They{STEERING} are\tsmall.\n", filename="a.pdf"))
    text = (reports / "a.md").read_bytes().decode()
    assert not BAD & set(text) and "\tsmall.\n" in text


@pytest.mark.parametrize("workflow_id", ["x; touch pwned", "$(touch pwned)", "a'b", "-x", "a b"])
def test_a_command_is_quoted_for_the_shell(workflow_id: str) -> None:
    words = shlex.split(attach_command(workflow_id, "--demo"))
    assert words[:4] == ["uv", "run", "starter.py", "--demo"]
    assert " ".join(words[4:]).removeprefix("--attach")[1:] == workflow_id


def test_the_file_of_sources_steers_no_terminal_and_tells_no_password() -> None:
    login = "https://user:secret@example.com/x"
    reference = Reference(1, f"They{STEERING}", login, login, excerpt=STEERING)
    text = sources_file(PDFGenerationInput("", references=[reference])).decode()
    assert not BAD & set(text) and "secret" not in text
    [told] = json.loads(text)["references"]
    assert told["title"] == f"They{STEERING}" and told["address"] == "https://example.com/x"


def test_a_password_in_a_link_is_neither_in_the_pdf_nor_in_the_markdown(
    settings: pytest.MonkeyPatch, reports: Path
) -> None:
    link = "https://user:secret@example.com/x"
    content = f"See [here]({link}), <{link}>, {link} or <a href='{link}'>.\n\n- {link}\n"
    content += f"[ref]\n\n[ref]: {link}\n[here](https://user&#58;secret@example.com)\n"
    create_pdf(PDFGenerationInput(content=content, filename="a.pdf"))
    text = (reports / "a.md").read_text()
    assert text.count("https://example.com/x") == content.count(link)
    assert "user:secret" not in text
    pages = PdfReader(reports / "a.pdf").pages
    links = [str(each.get_object()) for page in pages for each in page.get("/Annots", [])]
    assert len(links) >= 5
    assert "secret" not in str(links) + "".join(page.extract_text() for page in pages[:1])


def test_code_keeps_its_example_of_an_address() -> None:
    code = "`https://user:pw@host` and\n\n```\ngit clone https://user:pw@host\n```\n\n//@here: a@b"
    assert without_logins(code) == code
    assert without_logins(f"{code}\nhttps://u:p@h/") == f"{code}\nhttps://h/"


def test_no_login_of_an_address_is_shown() -> None:
    assert public("Cannot reach http://user:secret@host:80/v1") == "Cannot reach http://host:80/v1"
    assert "secret" not in entry(Source("Page", "https://user:secret@example.com/x"))
    assert printable("e\u0301 \u200d") == "e\u0301 \u200d"


async def test_the_list_survives_any_run(
    client: Client, settings: pytest.MonkeyPatch, tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    memos: list[object] = [5, None, ["x"], {"a": 1}, STEERING, b"\xff", "two\nlines"]
    memos += [RawValue(Payload(metadata={"encoding": b"of/theirs"}, data=b"x"))]
    memos += [RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"{"))]
    async with StandIns().working(client):
        for number, memo in enumerate(memos):
            await client.start_workflow(
                "GenerateReportWorkflow",
                [{"promt": STEERING}, 5][number % 2],
                id=f"{STEERING}{number}$(id)",
                task_queue=TASK_QUEUE,
                memo={"topic": memo},
            )
        last = await start_run(client)
        await last.result()
    for options in ([], ["--json"]):
        with Program(tmp_path, "starter.py", "--list", *options, **temporal_settings) as listing:
            assert await listing.ends() == 0, listing
        assert not BAD & set(listing.stdout + listing.stderr)
        assert "6$(id)" in listing.stdout
