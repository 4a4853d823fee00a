"""A finished report: its PDF, and both of its files in REPORTS_DIR."""

from pathlib import Path

from temporalio.exceptions import ApplicationError

from generator import pdf
from generator.delivery.files import replace_file
from generator.failures import held
from generator.settings import setting
from models import PDFGenerationInput


def write_report(report: PDFGenerationInput) -> Path:
    """Write the PDF to `report.filename` in REPORTS_DIR, and the Markdown beside it.

    Returns:
        The path of the PDF, as REPORTS_DIR gives it: relative if that is.

    Raises:
        ApplicationError: as `create_pdf` does.
    """
    if report.filename != Path(report.filename).name or report.filename in ("", ".", ".."):
        raise ApplicationError("The file name must not hold a path", non_retryable=True)
    path = Path(setting("REPORTS_DIR"), report.filename)
    content = render(report)
    try:
        replace_file(path.with_suffix(".md"), report.content.encode(errors="replace"))
        replace_file(path, content)
    except OSError as error:
        raise ApplicationError(
            f"Cannot write {path}: {error.strerror}. Make room or mend the folder, or set"
            " REPORTS_DIR in .env to another one and restart the worker",
            type=type(error).__name__,
        ) from None
    return path


def render(report: PDFGenerationInput) -> bytes:
    """Return the report as a PDF.

    Raises:
        ApplicationError: non-retryable if it cannot be printed; held if PDF_FONT cannot be used.
    """
    model = report.model
    if model == "demo":
        model = "demo: the bundled sample report, no LLM was asked"
    content = report.content
    if report.made and report.content.strip():
        content += f"\n\n---\n\n*What it took: {report.made}*\n"
    font = setting("PDF_FONT") or None
    try:
        return pdf.render(content, topic=report.topic, date=report.date, model=model, font=font)
    except pdf.UnprintableReport as error:
        raise ApplicationError(str(error), type="UnprintableReport", non_retryable=True) from None
    except pdf.UnusableFont as error:
        raise held(f"{error} Then restart the worker: the run goes on") from None
