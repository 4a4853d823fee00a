"""The report's text before it is parsed, and short forms of it."""

import re
from datetime import date as calendar_date


def clean(text: str) -> str:
    """NUL and lone surrogates, which no PDF can hold, become U+FFFD; line ends, line feeds.

    A byte order mark goes, and so do control characters: whoever prints the file's text or title
    (`pdftotext`, `pdfinfo`) would have them steer the terminal."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").lstrip("\ufeff")
    text = re.sub(r"\r\n?", "\n", text).replace("\0", "\ufffd")
    return re.sub("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]", "", text)


def outdented(text: str) -> str:
    """`text`, which would be code, as its first heading and paragraph stand as far to the right.

    Whoever put it into a program indented it with that.
    """
    if not (first := re.match(r"\s*?( {4,})#.*\n\s*\n\1\S", text)):
        return text
    return re.sub(f"(?m)^ {{1,{len(first[1])}}}", "", text)


def fences_closed(text: str) -> str:
    """`text` with what stands behind the end of a block of code, its source, on the next line.

    By the book ```` ``` [21] ```` ends no block: all of the report that follows would be code.
    """
    return _CITED_FENCE.sub(r"\1\n\2", text)


_CITED_FENCE = re.compile(
    r"(?m)^([ \t]*(?:`{3,}|~{3,}))[ \t]+((?:[\[【]\^?\d{1,3}[^\]】\n]{0,20}[\]】][ \t]*)+)$"
)


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut after a word where there is one to cut after."""
    text = " ".join(text[: 20 * limit].split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head).rstrip(" ,.;:") + "…"


def same_letters(one: str, other: str) -> bool:
    """Do two texts differ in spaces, signs and capitals at most?"""
    plain, plain_other = ("".join(filter(str.isalnum, text.lower())) for text in (one, other))
    return plain == plain_other


def iso_date(text: str) -> calendar_date | None:
    """The day that `2026-11-22` means; None for any other text."""
    try:
        return calendar_date.fromisoformat(text)
    except ValueError:
        return None
