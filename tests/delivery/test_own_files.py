"""Whose files a run reaches: its own report's, by the name `create_pdf` gives, and no other."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.mail import MailServer
from support.runs import start_run
from support.stand_ins import StandIns
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import create_pdf, send_email
from models import PDFGenerationInput, SendEmailInput

REPORT = PDFGenerationInput(content="They are small.", filename="tardigrades.pdf", model="m")


def in_run(run_id: str) -> ActivityEnvironment:
    """Where an Activity of this run is called."""
    environment = ActivityEnvironment()
    environment.info = replace(ActivityEnvironment.default_info(), workflow_run_id=run_id)
    return environment


@pytest.mark.parametrize("name", ["notes.txt", "notes.pdf", "other-0123abcd.pdf"])
def test_mails_no_file_but_the_reports_own(
    mail: MailServer, tmp_path: Path, reports: Path, name: str
) -> None:
    reports.mkdir()
    for folder in (tmp_path, reports):
        (folder / name).write_text("a file of somebody else")
        send_email(SendEmailInput(report=REPORT, pdf_path=str(folder / name)))
    for message in mail.messages:
        [part] = message.iter_attachments()
        assert part.get_filename() == "tardigrades.pdf"
        assert part.get_content().startswith(b"%PDF")


def test_mails_no_report_of_another_run(mail: MailServer, reports: Path) -> None:
    theirs = Path(in_run("11111111-2222-3333-4444-555555555555").run(create_pdf, REPORT))
    theirs.write_text("a report of another run")
    ours = in_run("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")
    report = replace(REPORT, filename=theirs.name)
    ours.run(send_email, SendEmailInput(report=report, pdf_path=str(theirs)))
    [part] = mail.messages[0].iter_attachments()
    assert part.get_content().startswith(b"%PDF")
    assert part.get_filename() == "tardigrades-55555555-eeeeeeee.pdf"


@pytest.mark.parametrize(
    "name",
    [
        "notes.md",
        ".hidden.pdf",
        ".pdf",
        "report.PDF.exe",
        "n\x1b[2Jotes.pdf",
        "n\u202enotes.pdf",
        "two\nlines.pdf",
        "a\\b.pdf",
        "C:x.pdf",
        "long" * 50 + ".pdf",
        "half\ud800.pdf",
    ],
)
def test_refuses_what_is_no_name_of_a_report(
    settings: pytest.MonkeyPatch, mail: MailServer, reports: Path, name: str
) -> None:
    report = replace(REPORT, filename=name)
    for attempt in (create_pdf, lambda report: send_email(SendEmailInput(report=report))):
        with pytest.raises(ApplicationError) as caught:
            attempt(report)
        assert caught.value.non_retryable
        assert caught.value.message.isprintable()
    assert not mail.messages and not reports.exists()


def test_a_run_writes_no_file_of_another(settings: pytest.MonkeyPatch, reports: Path) -> None:
    theirs = Path(create_pdf(REPORT))
    made = theirs.read_bytes()
    ours = in_run("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")
    path = ours.run(create_pdf, replace(REPORT, content="They are tough."))
    assert Path(path).name == "tardigrades-eeeeeeee.pdf"
    assert theirs.read_bytes() == made
    assert ours.run(create_pdf, replace(REPORT, filename=Path(path).name)) == path


async def test_a_run_makes_the_name_of_its_file_itself(
    client: Client, worker: None, reports: Path
) -> None:
    path = Path((await (await start_run(client, demo=True)).result()).rpartition(": ")[2])
    assert {*reports.iterdir()} == {path, path.with_suffix(".md")}


async def test_a_result_is_no_path_to_read(
    client: Client, settings: pytest.MonkeyPatch, tmp_path: Path, reports: Path
) -> None:
    """A foreign worker says that the PDF is a file which only this machine has."""
    from generator.running.record import read_record
    from generator.terminal.outcome import bring_report, report_here

    secret = tmp_path / "secret.pdf"
    secret.write_text("a file of the person at the terminal")
    stand_ins = StandIns("# Draft\n\nThey are small.")
    stand_ins.pdfs = [str(secret)]
    async with stand_ins.working(client):
        handle = await start_run(client)
        await handle.result()
    record = await read_record(client, handle)
    assert report_here(record) is None
    files = await bring_report(record, tmp_path / "out.pdf")
    assert files == (tmp_path / "out.pdf", tmp_path / "out.md")
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    assert not secret.with_suffix(".md").exists()
    here = report_here(record)
    assert here and here[0].parent == reports
