"""`create_pdf`: a file that is there as a whole or not at all, and one for each run."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.llm_server import LLMServer
from support.pdf import pdf_text
from support.programs import until
from support.runs import (
    failed_attempt,
    start_run,
)
from support.settings import ROOT, TOPIC
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import create_pdf
from models import PDFGenerationInput

REPORT = PDFGenerationInput(
    content="They are **small**, 0.5 mm or less: a < b & c.\n\n- moss\n- sand\n",
    filename="tardigrades.pdf",
    topic=TOPIC,
    date="2026-11-22",
    model="test-model",
)


def test_writes_the_file_and_returns_its_path(
    settings: pytest.MonkeyPatch, tmp_path: Path, reports: Path
) -> None:
    settings.chdir(tmp_path)
    settings.setenv("REPORTS_DIR", "reports")
    path = create_pdf(REPORT)
    assert path == "reports/tardigrades.pdf"
    text = pdf_text(reports / "tardigrades.pdf")
    for part in (
        "Research Report",
        "Tardigrades",
        TOPIC,
        "2026",
        "test-model",
        "a < b & c",
        "moss",
    ):
        assert part.lower() in text.lower()
    assert {file.name for file in reports.iterdir()} == {"tardigrades.pdf", "tardigrades.md"}


def test_works_as_the_tutorial_calls_it(
    settings: pytest.MonkeyPatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.chdir(tmp_path)
    settings.delenv("REPORTS_DIR")
    assert create_pdf(PDFGenerationInput(content="They are small.")) == "reports/research_pdf.pdf"
    assert "They are small." in pdf_text(tmp_path / "reports/research_pdf.pdf")


def test_a_retry_writes_the_same_bytes_in_place(settings: pytest.MonkeyPatch) -> None:
    path = Path(create_pdf(REPORT))
    first = path.read_bytes()
    path.write_bytes(b"half of")
    assert create_pdf(REPORT) == str(path)
    assert path.read_bytes() == first


def test_says_that_the_demo_report_is_one(settings: pytest.MonkeyPatch) -> None:
    path = create_pdf(PDFGenerationInput(content="# Sample", filename="a.pdf", model="demo"))
    assert "no LLM was asked" in pdf_text(path)


@pytest.mark.parametrize("name", ["../x.pdf", "a/b.pdf", "/tmp/x.pdf", "", ".", "..", "a/"])
def test_refuses_a_path_for_a_name(settings: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    with pytest.raises(ApplicationError) as caught:
        create_pdf(PDFGenerationInput(content="They are small.", filename=name))
    assert caught.value.non_retryable
    assert not list(tmp_path.rglob("*.pdf"))


@pytest.mark.parametrize("content", ["", " \n\n "])
def test_nothing_to_print_is_for_good(settings: pytest.MonkeyPatch, content: str) -> None:
    with pytest.raises(ApplicationError) as caught:
        create_pdf(PDFGenerationInput(content=content, filename="a.pdf"))
    assert caught.value.non_retryable


def test_clears_up_what_a_killed_attempt_left(settings: pytest.MonkeyPatch, reports: Path) -> None:
    create_pdf(REPORT)
    (reports / ".tardigrades.pdf.0123abcd.part").write_bytes(b"half of")
    (reports / ".other.pdf.0123abcd.part").write_bytes(b"another run is writing this")
    create_pdf(REPORT)
    left = sorted(file.name for file in reports.iterdir())
    assert left == [".other.pdf.0123abcd.part", "tardigrades.md", "tardigrades.pdf"]


def test_a_folder_that_cannot_be_is_worth_a_retry(
    settings: pytest.MonkeyPatch, reports: Path
) -> None:
    reports.write_text("a file where the folder should be")
    with pytest.raises(ApplicationError) as caught:
        create_pdf(REPORT)
    error = caught.value
    assert not error.non_retryable
    assert str(reports) in error.message and "REPORTS_DIR" in error.message


def test_a_disk_that_is_full_leaves_what_was_there(
    settings: pytest.MonkeyPatch, reports: Path
) -> None:
    reports.mkdir()
    (reports / "a.pdf").write_text("made by an attempt before")
    program = (
        "import resource\n"
        "from activities import create_pdf\n"
        "from models import PDFGenerationInput\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "create_pdf(PDFGenerationInput(content='They are small.', filename='a.pdf'))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert "ApplicationError" in run.stderr
    assert f"Cannot write {reports / 'a.pdf'}: File too large. Make room" in run.stderr
    assert {file.name for file in reports.iterdir()} == {"a.pdf", "a.md"}  # and nothing half
    assert (reports / "a.pdf").read_text() == "made by an attempt before"


async def test_waits_for_the_disk_without_asking_the_llm_again(
    client: Client, worker: None, model: LLMServer, reports: Path
) -> None:
    reports.write_text("a file where the folder should be")
    handle = await start_run(client)
    assert "REPORTS_DIR" in await failed_attempt(handle, "create_pdf")
    reports.unlink()
    path = (await handle.result()).rpartition(": ")[2]
    assert "Finding 1 holds" in pdf_text(path)
    assert len(model.requests) == 1


async def test_two_runs_on_one_topic_make_two_files(
    client: Client, worker: None, model: LLMServer, reports: Path
) -> None:
    handles = [await start_run(client) for _ in range(3)]
    results = {await handle.result() for handle in handles}
    assert len(results) == 3
    names = sorted(file.name for file in reports.glob("*.pdf"))
    assert len(names) == 3
    assert all(name.startswith("why-are-tardigrades-so-tough-") for name in names)


async def test_is_made_again_if_the_folder_is_gone(
    client: Client, worker: None, model: LLMServer, reports: Path
) -> None:
    await (await start_run(client)).result()
    for file in await until(lambda: list(reports.iterdir())):
        file.unlink()
    reports.rmdir()
    await (await start_run(client)).result()
    assert len(list(reports.glob("*.pdf"))) == 1


async def test_letters_without_a_font_are_told(
    caplog: pytest.LogCaptureFixture, reports: Path
) -> None:
    """In the worker's log and in the PDF, with what mends it."""
    report = replace(REPORT, content="# Runes\n\nᚠᚢᚦ and བོད")
    with caplog.at_level("WARNING"):
        path = Path(ActivityEnvironment().run(create_pdf, report))
    told = "No font here has letters of: Runic, Tibetan."
    assert any(told in record.getMessage() for record in caplog.records)
    assert told in pdf_text(path) and "PDF_FONT" in pdf_text(path)
