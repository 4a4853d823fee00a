"""What is told of a finished report."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities import create_pdf
from generator.running.record import Attempted, Record
from generator.terminal.outcome import bring_report
from models import PDFGenerationInput


async def test_letters_without_a_font_are_told(
    capsys: pytest.CaptureFixture[str], settings: pytest.MonkeyPatch, reports: Path
) -> None:
    for content, told in (("# Runes\n\nᚠᚢᚦ", True), ("# Text\n\nPlain — 汉字", False)):
        report = PDFGenerationInput(content=content, filename="a.pdf")
        done = Attempted("create_pdf", datetime.now(UTC), attempts=1, result=create_pdf(report))
        assert await bring_report(Record(activities=[done], report=report), None)
        said = " ".join(capsys.readouterr().err.split())
        assert ("No font here has letters of: Runic." in said and "PDF_FONT" in said) == told
