"""A finished report: its PDF, and all of its files in REPORTS_DIR."""

import json
import re
from dataclasses import asdict
from pathlib import Path

from temporalio import activity
from temporalio.exceptions import ApplicationError

from generator import pdf
from generator.delivery.files import replace_file
from generator.failures import held
from generator.harmless import escaped, printable, without_login, without_logins
from generator.packing import unpacked
from generator.pdf.markdown.wording import shorten
from generator.settings import setting
from models import PDFGenerationInput

MAX_NAME = 200  # bytes
SOURCES = ".sources.json"  # instead of `.pdf`


def report_path(report: PDFGenerationInput, run_id: str = "") -> Path:
    """Return where the PDF of a report belongs, as REPORTS_DIR gives it: relative if that is.

    With `run_id` that is a file of this run's own, whatever name the report asks for: the name
    bears the end of the ID, as `pdf_name` makes them.

    Raises:
        ApplicationError: non-retryable, as the name is no plain `*.pdf`.
    """
    name, own = report.filename, re.sub(r"\W", "", run_id)[-8:]
    ending = f"-{own}.pdf" if own else ".pdf"
    plain = name == Path(name).name and name.isprintable() and not re.search(r'[\\/:*?"<>|]', name)
    plain = plain and name.endswith(".pdf") and not name.startswith(".")
    if not plain or len(name.encode()) > MAX_NAME:
        raise ApplicationError(
            f"{name[:100]!r} is no name for a report: that ends in .pdf, has no path and at most"
            f" {MAX_NAME} bytes",
            type="WrongName",
            non_retryable=True,
        )
    return Path(setting("REPORTS_DIR"), name if name.endswith(ending) else name[:-4] + ending)


def write_report(report: PDFGenerationInput, run_id: str = "") -> Path:
    """Write the PDF to where it belongs, and beside it the Markdown and what is known of sources.

    Returns:
        The path of the PDF, as REPORTS_DIR gives it: relative if that is.

    Raises:
        ApplicationError: as `create_pdf` does.
    """
    path = report_path(report, run_id)
    content = render(report)
    if activity.in_activity() and (told := missing_letters(report)):
        activity.logger.warning(told)
    try:
        if report.references:
            replace_file(path.with_suffix(SOURCES), sources_file(report))
        replace_file(path.with_suffix(".md"), markdown_file(report))
        replace_file(path, content)
    except OSError as error:
        raise ApplicationError(
            f"Cannot write {path}: {error.strerror}. Make room or mend the folder, or set"
            " REPORTS_DIR in .env to another one and restart the worker",
            type=type(error).__name__,
        ) from None
    return path


def markdown_file(report: PDFGenerationInput) -> bytes:
    """Return the report as Markdown, without what steers the terminal of whoever looks at it,
    and without passwords in addresses."""
    return printable(without_logins(report.content)).encode(errors="replace")


def report_pdf(report: PDFGenerationInput, made: str, run_id: str = "") -> bytes:
    """Return the report as a PDF: its own file, if `made` is the path of that, or else made anew.

    The worker that made it may have been on another machine. The same report gives the same bytes.
    """
    path = report_path(report, run_id)
    return path.read_bytes() if made == str(path) and path.is_file() else render(report)


def sources_file(report: PDFGenerationInput) -> bytes:
    """Return the references as JSON: addresses, what was seen, and the passages that were used."""
    references = [
        asdict(reference)
        | {
            "address": without_login(reference.address),
            "final_address": without_login(reference.final_address),
            "passages": [unpacked(text).decode() for text in reference.passages],
        }
        for reference in report.references
    ]
    about = {"topic": report.topic, "date": report.date, "model": report.model}
    content = json.dumps(about | {"references": references}, ensure_ascii=False, indent=1)
    return escaped(content).encode(errors="replace") + b"\n"


def render(report: PDFGenerationInput) -> bytes:
    """Return the report as a PDF.

    Raises:
        ApplicationError: non-retryable if it cannot be printed; held if PDF_FONT cannot be used.
    """
    model = report.model
    if model == "demo":
        model = "demo: the bundled sample report, no LLM was asked"
    if report.incomplete:  # before the name, which may be long
        model = f"incomplete: {shorten(report.incomplete, 60)}  ·  {model}"
    content = without_logins(report.content)
    if report.made and report.content.strip():
        content += f"\n\n---\n\n*What it took: {report.made}*\n"
    font = setting("PDF_FONT") or None
    try:
        return pdf.render(content, topic=report.topic, date=report.date, model=model, font=font)
    except pdf.UnprintableReport as error:
        raise ApplicationError(str(error), type="UnprintableReport", non_retryable=True) from None
    except pdf.UnusableFont as error:
        raise held(f"{error} Then restart the worker") from None


def missing_letters(report: PDFGenerationInput) -> str:
    """Return what to tell a person of letters that no font here has; "" if there are none."""
    try:
        scripts = pdf.missing_scripts(report.content + report.topic, setting("PDF_FONT") or None)
    except pdf.UnusableFont as error:
        return str(error)
    return pdf.advice(scripts) if scripts else ""
