"""Names that people read, made from a topic: pure functions, for Workflow code too."""

import re
import unicodedata


def in_brief(topic: str) -> str:
    """Return the topic on one line of at most 200 bytes; Temporal limits summaries."""
    return " ".join(topic.split()).encode()[:200].decode(errors="ignore")


def pdf_name(topic: str, run_id: str) -> str:
    """Return a file name that tells a person the topic and belongs to this run alone."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", topic[:200]).lower()).strip("-_")
    slug = words.encode()[:100].decode(errors="ignore").rstrip("-")
    # The end of the run ID: its beginning is a clock, the same for runs started together.
    return f"{slug or 'report'}-{run_id[-8:]}.pdf"
