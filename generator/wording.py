"""What people read of a run: names and sentences, made by pure functions, for Workflow code too."""

import re
import unicodedata

from models import ReportStatus, Stage

STAGE_IN_WORDS = {
    Stage.RESEARCH: "The model is researching the topic.",
    Stage.REVIEW: "The draft waits for a person's decision.",
    Stage.REVISION: "The model is revising the draft.",
    Stage.PDF: "The PDF is being made.",
    Stage.EMAIL: "The report is being mailed.",
    Stage.DONE: "Done.",
    Stage.FAILED: "The run has failed or was cancelled.",
}


def in_brief(topic: str) -> str:
    """Return the topic on one line of at most 200 bytes; Temporal limits summaries."""
    return " ".join(topic.split()).encode(errors="replace")[:200].decode(errors="ignore")


def spent_in_words(status: ReportStatus) -> str:
    """Return what a run has used and what that cost so far, "" if it is nothing."""
    if not (status.tokens or status.searches):
        return ""
    about = "about " * status.estimated
    used = [f"{about}{status.tokens:,} tokens"]
    if status.searches:
        used.append(f"{status.searches} search{'es' * (status.searches != 1)}")
    price = f"{about}${status.cost:.4f}"
    if not status.cost_is_known:
        price = f"at least {price}, as not all prices are known" if status.cost else "price unknown"
    return f"{', '.join(used)}, {price}"


def is_incomplete(why: str) -> str:
    """Return the words for a report that lacks something, without a full stop."""
    return f"The report is incomplete: {why}"


def status_in_words(status: ReportStatus, draft: str) -> str:
    """Return where a run is and what it has, as Markdown."""
    lines = [STAGE_IN_WORDS[status.stage], status.note, status.email, spent_in_words(status)]
    if status.incomplete:
        lines.insert(1, f"{is_incomplete(literal(status.incomplete))}.")
    if status.pdf_filename:
        lines.append(f"PDF: `{status.pdf_filename}`")
    lines += [f"{n}. {each.title}: {each.state}" for n, each in enumerate(status.sections, 1)]
    if draft:
        lines.append(f"---\n\n{draft}")
    # Half of a character, as in an excerpt that was cut, would fail the Workflow Task for ever.
    return "\n\n".join(filter(None, lines)).encode(errors="replace").decode()


def literal(text: str) -> str:
    """Return a text, on one line, in which no character means anything to Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$!&])", r"\\\1", " ".join(text.split()))


def pdf_name(topic: str, run_id: str) -> str:
    """Return a file name that tells a person the topic and belongs to this run alone."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", topic[:200]).lower()).strip("-_")
    slug = words.encode(errors="replace")[:100].decode(errors="ignore").rstrip("-")
    # The end of the run ID: its beginning is a clock, the same for runs started together.
    return f"{slug or 'report'}-{run_id[-8:]}.pdf"
