"""What came of a run: told to a person step by step, or to a program as JSON; and the files."""

import re
from pathlib import Path

from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError, FailureError

from generator.delivery.files import replace_file
from generator.delivery.report import write_report
from generator.running.record import Record
from generator.running.threads import in_thread
from generator.terminal.screen import say


def show_steps(record: Record) -> None:
    """Say what each step took, how often it was tried, and what it cost."""
    for name in dict.fromkeys(activity.name for activity in record.activities):
        done = [activity for activity in record.activities if activity.name == name]
        last = done[-1]
        parts = [f"{record.seconds(name):.1f} s"]
        if len(done) > 1:
            parts.append(f"{len(done)} calls")
        if (attempts := sum(activity.attempts for activity in done)) > len(done):
            parts.append(f"{attempts} attempts")
        if name == "llm_call" and record.tokens:
            parts.append(f"{record.tokens:,} tokens")
            parts.append("price unknown" if record.cost is None else f"${record.cost:.4f}")
        if name == "web_search" and not last.failure:
            provider = (last.result or {}).get("provider")
            parts.append(f"with {provider}" if provider else "no search: SEARCH_PROVIDER is unset")
        line = f"{'✗' if last.result is None else '✓'} {name:10}  {', '.join(parts)}"
        if name == "create_pdf" and last.result:
            line += f": {Path(last.result).name}, and .md"
        if name == "send_email":
            line += f": {record.email}"
        say(line)


def describe_failure(error: WorkflowFailureError, local: bool) -> str:
    cause: BaseException = error
    while isinstance(cause, WorkflowFailureError | FailureError) and cause.cause:
        cause = cause.cause
    if isinstance(cause, CancelledError):
        return "The run was cancelled."
    return f"The run failed: {worded(str(getattr(cause, 'message', cause)), local)}"


def worded(failure: str, local: bool) -> str:
    """Return a failure in the person's terms: with --local there is no worker to restart."""
    return re.sub(r"restart the worker", "start this again", failure) if local else failure


async def bring_report(record: Record, output: Path | None) -> tuple[Path, Path] | None:
    """See to it that the PDF and the Markdown are on this machine, and at `output` if it is given.

    A worker elsewhere may have made them: they are made again here, from the run's own data.

    Returns:
        The two files; None if the run has made none.

    Raises:
        OSError: the disk does not take them.
    """
    made = record.results("create_pdf")
    if not made or not record.report:
        return None
    pdf, report = Path(made[-1]), record.report
    if not pdf.is_file():
        pdf = await in_thread(lambda: write_report(report))
        say(f"That file is not on this machine. The same report, made here: {pdf}")
    if output:
        target = output / pdf.name if output.is_dir() else output
        replace_file(target, pdf.read_bytes())
        pdf = target
        say(f"The report is in {pdf}")
    markdown = pdf.with_suffix(".md")
    if output or not markdown.is_file():
        replace_file(markdown, report.content.encode(errors="replace"))
    return pdf.absolute(), markdown.absolute()
