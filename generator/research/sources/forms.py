"""What looks like a reference in the text of a model.

In order: the forms, and where they stand in an inline text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from generator.research.sources.spans import Piece, Span
from generator.research.sources.urls import Known, trimmed

_NUMBERS = r"\^?\d{1,3}(?:(?:\s*[,;&–—-]\s*|\s+(?:and|to|und|et|y|e)\s+)\^?#?\d{1,3})*"
_WORD = r"(?:(?i:sources?|refs?\.?|references?|citations?|cite|quellen?)\s*:?\s*|#)?"
_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?"
_NO_NAME = (  # before a year in brackets
    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|January|February|March|April|June|July|"
    "August|September|October|November|December|Spring|Summer|Autumn|Fall|Winter|Since|Until|Before|"
    "After|From|In|By|Circa|Ca|About|Around|As|During|Early|Late|Mid|Q[1-4]|H[12]|Version|Updated|"
    "Data|Table|Figure|Fig|Section|Chapter|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Seit"
)
_NAME = rf"(?!(?:{_NO_NAME})\b)[A-ZÀ-ÞА-Я][\w'’.-]+"
_AND_NAME = rf",?\s+(?:(?:&|and|und|et|y)\s+)?{_NAME}"
_AUTHORS = (
    rf"(?:{_NAME}(?:{_AND_NAME}){{0,3}}(?:\s+et\s+al\.?)?,\s+|{_NAME}(?:\s+et\s+al\.?)?\s+"
    rf"|{_NAME},?\s+(?:&|and|und|et|y)\s+{_NAME}\s+)"
)
_AUTHOR_YEAR = rf"(?:see(?: also)? |e\.g\.,? |cf\. )?{_AUTHORS}\(?{_YEAR}\)?"
_PAGES = r"(?:,?\s*(?:pp?\.|S\.)\s*\d+(?:\s*[–-]\s*\d+)?)?"
_TAIL = r"(?:\s*[†:,]\s*(?:p+\.|L\d|source|[^\]】］\n]{0,40}†)[^\]】］\n]{0,60})?"

_FORMS = (
    r"<a\b(?P<anchor>[^<>]{0,2000}>[^<]{0,500})</a>",
    r"(?P<tag><su[pb]>(?=\s*(?:\\?[\[［]|【))|(?<=\])</su[pb]>|\[cite_start\])",
    rf"\\?[\[［]\s*{_WORD}(?P<square>{_NUMBERS}){_TAIL}\s*\\?[\]］](?:\s*:(?=\s*http))?",
    rf"【\s*{_WORD}(?P<lens>{_NUMBERS})(?:\s*[†:][^】\n]*)?\s*】",
    rf"\(\s*(?i:sources?|refs?\.?|references?|citations?|quellen?)\s+(?P<round>{_NUMBERS})\s*\)",
    r"\\?\[\^(?P<note>[^\]\s]{1,40})\\?\]",
    r"(?P<url>(?i:https?://|www\.(?=\w))[^\s<>\"\x00-\x02，。；：！？、】）》」]+)",
    r"(?P<paper>(?:\b(?i:doi):?\s*)?\b10\.\d{4,9}/[^\s<>\"\x00-\x02]+"
    r"|\b(?i:arxiv):\s?\d{4}\.\d{4,5}(?:v\d+)?|\bPM(?:ID|CID):?\s?(?:PMC)?\d{4,9}"
    r"|\bISBN(?:-1[03])?:?\s?[\dX][\dX -]{8,16}[\dX])",
    rf"(?P<author>[(\[]{_AUTHOR_YEAR}{_PAGES}(?:;\s*{_AUTHOR_YEAR}{_PAGES})*[)\]]"
    rf"|(?<=\bal\.)\s\({_YEAR}\)|(?<=\bal)\s\({_YEAR}\))",
)
_REFERENCE = re.compile("|".join(_FORMS))
# A number in brackets after these is a place in an array or the end of an interval.
_NO_REFERENCE = re.compile(
    r"(?:(?<!\w)[a-z]|\w+_\w+|[∈=×∪∩]\s*|\b(?:interval|range|vector|array|matrix|Intervall)\s+)$"
)


class Item(NamedTuple):
    """A reference from `start` to `end`: the sources it means, empty if it is an invention."""

    start: int
    end: int
    sources: list[int]
    inventions: int


def references(piece: Piece, known: Known) -> list[Item]:
    """Return the references of an inline text in their order; none overlaps another."""
    items: list[Item] = []
    for item in sorted(_all(piece, known)):
        if not items or item.start >= items[-1].end:
            items.append(item)
    return items


def _all(piece: Piece, known: Known) -> Iterator[Item]:
    masked = list(piece.text)
    for span in piece.spans:
        if span.kind in ("link", "image"):
            yield from _of_link(piece.text, span, masked, known)
            continue
        masked[span.start : span.end] = "\0" * (span.end - span.start)
        if span.kind == "autolink" and not span.href.startswith("mailto:"):
            number = known.number(span.href)
            yield Item(span.start, span.end, [number] if number else [], not number)
    for match in _REFERENCE.finditer(text := "".join(masked)):
        start, end = match.span()
        kind, found = str(match.lastgroup), match[match.lastgroup or 0]
        if kind == "tag":
            yield Item(start, end, [], 0)
        elif kind == "anchor":  # a link in HTML: its text stays
            url = re.search(r"https?://[^\s\"'>]+", found.partition(">")[0])
            number = known.number(url[0]) if url else 0
            yield Item(start, match.start(kind) + found.index(">") + 1, [], 0)
            yield Item(end - len("</a>"), end, [number] if number else [], not number)
        elif kind in ("square", "lens", "round"):
            if kind == "square" and _NO_REFERENCE.search(text[max(0, start - 30) : start]):
                continue
            if meant := _meant(found):
                sources = [number for number in meant if number <= len(known.keys)]
                yield Item(start, end, sources, len(meant) - len(sources))
        elif kind in ("url", "paper"):
            address = trimmed(found)
            number = known.number(address)
            end = start + len(address)
            yield Item(start, end, [number] if number else [], not number)
        else:
            yield Item(start, end, [], 1)


def _of_link(text: str, span: Span, masked: list[str], known: Known) -> Iterator[Item]:
    """Yield what a link refers to; where its label is no number, the label stays as text."""
    label = text[span.label[0] : span.label[1]]
    number = 0 if re.match(r"#|mailto:", span.href) else known.number(span.href)
    invented = span.kind == "image" or bool(re.match(r"(?!#|mailto:)\w+:|//|www\.", span.href))
    meant = (
        _meant(re.sub(r"^\W+|\W+$", "", label))
        if re.fullmatch(r"[\s\\^#\[\]\d,;–-]+", label)
        else []
    )
    if meant or label.startswith("^") or re.match(r"\W*(https?://|www\.)", label):
        masked[span.start : span.end] = "\0" * (span.end - span.start)
        sources = [n for n in meant if n <= len(known.keys)] or ([number] if number else [])
        yield Item(span.start, span.end, sources, not number if span.inline else not sources)
        return
    if not (number or invented):
        return  # a place in the text itself, a mail address
    head, tail = (span.start, span.label[0]), (span.label[1], span.end)
    for start, end in (head, tail):
        masked[start:end] = "\1" * (end - start)
    yield Item(*head, [], 0)
    yield Item(*tail, [number] if number else [], not number)


def _meant(numbers: str) -> list[int]:
    """Return the numbers of `1, 3-5`; none if it is not a list of sources."""
    found: list[int] = []
    for low, high in re.findall(r"(\d+)(?:\s*(?:[–—-]|\bto\b)\s*\^?#?(\d+))?", numbers):
        first, last = int(low), int(high or low)
        if not 0 < first <= last:
            return []
        found += range(first, last + 1) if last - first < 30 else (first, last)
    return list(dict.fromkeys(found))
