"""What came of a run: told to a person step by step, or to a program as JSON; and the files."""

import re
from collections.abc import Iterator
from pathlib import Path

from temporalio.client import WorkflowFailureError
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    FailureError,
    TerminatedError,
    TimeoutError,
)

from generator.delivery.files import replace_file
from generator.delivery.report import (
    SOURCES,
    markdown_file,
    missing_letters,
    report_path,
    sources_file,
    write_report,
)
from generator.running.record import Attempted, Record
from generator.running.threads import in_thread
from generator.terminal.screen import say


def show_steps(record: Record) -> None:
    """Say what each step took, how often it was tried, and what it cost."""
    for name in dict.fromkeys(activity.name for activity in record.activities):
        done = [activity for activity in record.activities if activity.name == name]
        last, results = done[-1], record.results(name)
        if name == "search_documents" and not any(each.get("documents") for each in results):
            continue  # there are none
        failed = last.result is None and not (name == "read_page" and results)
        sign, took = "✗" if failed else "✓", ", ".join(what_it_took(record, name, done))
        say(f"{sign} {name:10}  {took}{what_it_made(record, last)}")


def what_it_took(record: Record, name: str, done: list[Attempted]) -> Iterator[str]:
    yield f"{record.seconds(name):.1f} s"
    if len(done) > 1:
        yield f"{len(done)} calls"
    if (attempts := sum(activity.attempts for activity in done)) > len(done):
        yield f"{attempts} attempts"
    if name == "llm_call" and record.tokens:
        about = "about " * record.is_estimated
        yield f"{about}{record.tokens:,} tokens"
        yield "price unknown" if record.cost is None else f"{about}${record.cost:.4f}"
    if name == "web_search" and not done[-1].failure:
        provider = (done[-1].result or {}).get("provider")
        yield f"with {provider}" if provider else "no search: SEARCH_PROVIDER is unset"
    if name == "read_page":
        yield f"{len(record.results(name))} read"


def what_it_made(record: Record, last: Attempted) -> str:
    if last.name == "create_pdf" and last.result:
        sources = f" and {SOURCES}" * bool(record.report and record.report.references)
        return f": {Path(last.result).name}, and .md{sources}"
    return f": {record.email}" if last.name == "send_email" and record.email else ""


def describe_failure(error: WorkflowFailureError, local: bool) -> str:
    cause: BaseException = error
    while isinstance(cause, WorkflowFailureError | FailureError) and cause.cause:
        cause = cause.cause
    if isinstance(cause, CancelledError):
        return "The run was cancelled."
    if isinstance(cause, TerminatedError):
        return f"The run was terminated: {cause.message}"
    if isinstance(cause, TimeoutError) and error.cause is cause:
        return "The run was ended by its own time limit, which whoever started it has set."
    return f"The run failed: {worded(str(getattr(cause, 'message', cause)), local)}"


def worded(failure: str, local: bool) -> str:
    """Return a failure in the person's terms: with --local there is no worker to restart."""
    return re.sub(r"restart the worker", "start this again", failure) if local else failure


def report_here(record: Record) -> tuple[Path, Path] | None:
    """Return the two files of a run's report in REPORTS_DIR, None if they are not there.

    By the report's name, whatever the run's result says: that may be the path of another machine,
    or of anything on this one.
    """
    if not record.report or not record.results("create_pdf"):
        return None
    pdf = report_path(record.report, record.run_id).absolute()
    return (pdf, pdf.with_suffix(".md")) if pdf.is_file() else None


async def bring_report(record: Record, output: Path | None) -> tuple[Path, Path] | None:
    """See to it that the PDF and the Markdown are on this machine, and at `output` if it is given.

    A worker elsewhere may have made them: they are made again here, from the run's own data.

    Returns:
        The two files in REPORTS_DIR, or at `output`; None if the run has made none, or this
        machine's disk does not take what nobody wants at `output`.

    Raises:
        OSError: the disk does not take them, and where the report is.
    """
    report = record.report
    if not record.results("create_pdf") or not report:
        return None
    if here := report_here(record):
        pdf = here[0]
    else:
        try:
            pdf = await in_thread(lambda: write_report(report, record.run_id))
        except (ApplicationError, OSError) as error:
            if output:
                raise
            why = worded(str(getattr(error, "message", error)), local=True)
            say(f"! The report is not on this machine, and cannot be made here. {why}")
            return None
        where = "That file is not on this machine, or not in REPORTS_DIR."
        say(f"{where} The same report, made here: {pdf}")
    if output:
        target = output / pdf.name if output.is_dir() else output
        try:
            replace_file(target, pdf.read_bytes())
        except OSError as error:
            why = f"Cannot write {target}: {error.strerror}. The report is in {pdf}"
            raise OSError(f"{why}: copy it from there") from None
        pdf = target
        say(f"The report is in {pdf}")
    markdown = pdf.with_suffix(".md")
    if output or not markdown.is_file():
        replace_file(markdown, markdown_file(report))
    if report.references and output:
        replace_file(pdf.with_suffix(SOURCES), sources_file(report))
    if told := await in_thread(lambda: missing_letters(report)):
        say(f"! {told}", "yellow")
    return pdf.absolute(), markdown.absolute()
