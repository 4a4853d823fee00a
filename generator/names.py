"""Names that people read, made from a topic: pure functions, for Workflow code too."""

import re
import unicodedata

from models import ReportStatus


def in_brief(topic: str) -> str:
    """Return the topic on one line of at most 200 bytes; Temporal limits summaries."""
    return " ".join(topic.split()).encode()[:200].decode(errors="ignore")


def spent_in_words(status: ReportStatus) -> str:
    """Return what a run has used and what that cost so far, "" if it is nothing."""
    if not (status.tokens or status.searches):
        return ""
    used = [f"{status.tokens:,} tokens"]
    if status.searches:
        used.append(f"{status.searches} search{'es' * (status.searches != 1)}")
    price = f"${status.cost:.4f}"
    if not status.cost_is_known:
        price = f"at least {price}, as not all prices are known" if status.cost else "price unknown"
    return f"{', '.join(used)}, {price}"


def pdf_name(topic: str, run_id: str) -> str:
    """Return a file name that tells a person the topic and belongs to this run alone."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", topic[:200]).lower()).strip("-_")
    slug = words.encode()[:100].decode(errors="ignore").rstrip("-")
    # The end of the run ID: its beginning is a clock, the same for runs started together.
    return f"{slug or 'report'}-{run_id[-8:]}.pdf"
