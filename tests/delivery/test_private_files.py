"""What this program writes is for its owner alone, on a machine that others use too."""

import asyncio
import stat
from pathlib import Path

import pytest
from support.programs import Program, free_port

from activities import create_pdf, search_documents
from generator.settings import wrong_settings
from models import DocumentsInput, PDFGenerationInput


def others_may(path: Path) -> str:
    """The rights that others on the machine have."""
    return stat.filemode(path.stat().st_mode)[4:].replace("-", "")


def test_reports_are_for_their_owner(settings: pytest.MonkeyPatch, reports: Path) -> None:
    assert not wrong_settings(["REPORTS_DIR"])  # makes the folder
    create_pdf(PDFGenerationInput(content="They are small.", filename="a.pdf"))
    assert len([*reports.iterdir()]) == 2
    assert not [path for path in [reports, *reports.iterdir()] if others_may(path)]


def test_a_folder_that_is_there_stays_as_it_is(settings: pytest.MonkeyPatch, reports: Path) -> None:
    reports.mkdir(mode=0o755)
    create_pdf(PDFGenerationInput(content="They are small.", filename="a.pdf"))
    assert others_may(reports) == "rxrx"


@pytest.mark.slow
async def test_the_runs_of_local_are_for_their_owner(tmp_path: Path) -> None:
    port = free_port(1000)
    here = {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}", "REPORTS_DIR": str(tmp_path / "reports")}
    with Program(tmp_path, "starter.py", "Tough?", "--demo", **here) as run:
        await asyncio.wait_for(run.ends(), 60)
        assert "was there already" not in run.stderr
    files = [*(tmp_path / "reports").iterdir()]
    assert "temporal-demo.db" in str(files)
    assert not [path for path in [tmp_path / "reports", *files] if others_may(path)]


@pytest.mark.slow
async def test_demo_says_that_it_uses_a_server_that_was_there(
    tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    reports = str(tmp_path / "reports")
    settings = {"TEMPORAL_ADDRESS": temporal_settings["TEMPORAL_ADDRESS"], "REPORTS_DIR": reports}
    with Program(tmp_path, "starter.py", "Tough?", "--demo", **settings) as run:
        await asyncio.wait_for(run.ends(), 60)
        assert f"{settings['TEMPORAL_ADDRESS'].rpartition(':')[2]} was there already" in run.stderr


def test_the_index_of_documents_is_for_its_owner(
    settings: pytest.MonkeyPatch, reports: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("They are small.")
    settings.setenv("DOCUMENTS_DIR", str(folder))
    reports.mkdir(mode=0o755)
    search_documents(DocumentsInput())
    assert not [path for path in reports.iterdir() if others_may(path)]
