"""What is a reference in the text of a model.

A reference is a number or a name of a source in brackets of any kind, or raised; an author and a
year; or an address. The same number in a formula, in code, in an interval or at the head of a list
is none.

In order: the references of an inline text; those in brackets or raised; marks of machines,
addresses, author and year; links.
"""

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from generator.research.sources.named import RAISED, keys_in, may_name, named
from generator.research.sources.names import NO_SOURCE, PLACE
from generator.research.sources.spans import Piece, Span
from generator.research.sources.urls import Known, trimmed


class Item(NamedTuple):
    """A reference from `start` to `end`: the sources it means, empty if it is an invention."""

    start: int
    end: int
    sources: list[int]
    inventions: int


def references(piece: Piece, known: Known, whole: str) -> list[Item]:
    """Return the references of an inline text of `whole` in their order; none overlaps another."""
    items: list[Item] = []
    found = sorted(_all(piece, known, whole), key=lambda item: (item.start, -item.end, item))
    for item in found:
        if not items or item.start >= items[-1].end:
            items.append(item)
    return items


def _all(piece: Piece, known: Known, whole: str) -> Iterator[Item]:
    if not may_refer(piece.text):
        return
    masked = list(piece.text)
    for span in piece.spans:
        if span.kind in ("link", "image"):
            yield from _of_link(piece.text, span, masked, known)
            continue
        masked[span.start : span.end] = "\0" * (span.end - span.start)
        if span.kind == "autolink" and not span.href.startswith("mailto:"):
            yield _item(span.start, span.end, [known.number(span.href)])
    text = "".join(masked)
    yield from _bracketed(text, known)
    yield from _raised(text, known)
    yield from _marked_by_machine(text, known)
    yield from _addressed(text, known)
    yield from _dated(text, whole)


_OPENING, _CLOSING = "[［【〔⟦〚〖❲⁅⦗⟪", "]］】〕⟧〛〗❳⁆⦘⟫"
_ANY = re.compile(
    rf"[{re.escape(_OPENING)}({{（⟨<⁰¹²³⁴-⁹\ue200]|\^[\[({{]{{0,2}}\d|//|www\.|10\.\d|arxiv:"
    r"|PM(?:C?ID|C)|ISBN|oaicite|turn\d|&(?:#91|lsqb|lbrack);",
    re.I,
)


def may_refer(text: str) -> bool:
    """Tell, at a glance, whether there can be any reference in a text."""
    return bool(_ANY.search(text))


def _item(start: int, end: int, numbers: list[int]) -> Item:
    """Return a reference to these sources; each 0 stands for one that is none."""
    return Item(start, end, list(dict.fromkeys(filter(None, numbers))), numbers.count(0))


# ---- In brackets, or raised ---------------------------------------------------------------------

# [1], \[1\], ［1］, 【1】, ⟦1⟧, [^1^], \cite{1}: brackets in which a bare number is a reference.
_IN_BRACKETS = f"[^{re.escape(_OPENING + _CLOSING)}]"
_BRACKETS = re.compile(
    r"(?:~?\\\w{0,10}cite\w{0,10}\*?(?:\[[^\[\]\n]{0,60}\]){0,2}"
    r"\{(?P<tex>[^{}\n]{1,200})\}"
    rf"|\\?(?P<open>[{re.escape(_OPENING)}]|&(?:#91|lsqb|lbrack);)"
    rf"(?P<content>{_IN_BRACKETS}{{1,200}}?)\\?(?:[{re.escape(_CLOSING)}]|&(?:#93|rsqb|rbrack);))"
    r"(?:\s*:(?=\s*http))?"
)
# (source 1), （来源2）, {cite: 3}: brackets in which only a source's word or name makes one of it.
_ROUND = re.compile(r"[({（⟨](?P<content>[^(){}（）⟨⟩]{1,200})[)}）⟩]")
# What a clause ends with. A word and a number in square brackets, "[Errno 111] No route", are else
# more likely to be a part of it.
_ENDS = re.compile(r"\s{0,2}(?:$|[.,;:!?)\]|*_。，、；：？！）<\[［【(（⟦]|\n)")
# A number in brackets after these is a place in an array, several are a list or an interval.
_NO_REFERENCE = re.compile(r"(?:(?<!\w)[a-z]|\w+_\w+|[∈=×∪∩]\s*)$")
_NO_REFERENCES = re.compile(
    r"(?:\b(?:interval|range|scale|vector|array|matrix|list|sequence|tuple|shape|Intervall|Liste"
    r"|between|returns|yields|prints|CI|IQR)(?:\sof)?\s+|\b(?:median|mean)\s[\d.,]{1,8}\s)$"
)
# Before a word, as in [2]rotaxane, [14]C and [3,3]-sigmatropic, it is a part of that word.
_PART_OF_WORD = re.compile(r"-?[a-z]|[A-Z](?![A-Za-z])")
# [[1, 2], [3, 4]]
_MATRIX = re.compile(
    r"\[\s?(?:\[\s?-?[\d.]{1,9}(?:,\s?-?[\d.]{1,9}){1,9}\s?\](?:,\s{0,2})?){2,99}\]"
)
# <sup>1</sup>, ², ¹,³
_LIST = r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9}"
_IN_TAG = rf"<sup>\s{{0,2}}[\[(]?\^?{_LIST}[\])]?\s{{0,2}}</sup>"
_RAISED = re.compile(
    # <sup>1</sup>, <sup>[1]</sup>, <sup>2</sup>–<sup>4</sup>
    rf"(?P<tag>{_IN_TAG}(?:\s?[,;–-]?\s?{_IN_TAG}){{0,9}})"
    # ^1^, ^[1], $^{1}$, \textsuperscript{1}
    rf"|(?:\$?\^|\\textsuperscript)(?P<power>[\[({{]{{0,2}}{_LIST}[\])}}]{{0,2}}+)\^?+\$?+(?![\w^])"
    # ¹, ⁽¹⁾, ¹,³
    r"|⁽?[⁰¹²³⁴-⁹]{1,3}(?:[,⁻·'’]{1,2}[⁰¹²³⁴-⁹]{1,3}){0,9}⁾?(?![⁺⁻⁰¹²³⁴-⁹])"
)
# What such a number stands upon: "water¹", "water.²", "水¹"; but not "m²", "SiO₄⁴", "5 miles²".
_GROUND = re.compile(
    r"(?:[^\W\d_₀-₉\u3040-\u9fff]{4}|[.,;:!?)\]”\"'»。，、）]|[\u3040-\u9fff])\s?$"
)
_QUANTITY = re.compile(r"\d\s?[^\W\d_]{1,15}\s?$|met(?:er|re)s?\s?$|\s[=×·*/+−]\s[\w\s]{1,16}$")
# ")" of (a + b)² is none, but that of "(a small animal)²".
_SUM = re.compile(r"\((?![^()]*[^\W\d_]{3})[^()]{0,18}\)$")


def _bracketed(text: str, known: Known) -> Iterator[Item]:
    text = _MATRIX.sub(lambda match: "\0" * len(match[0]), text)
    for match in _BRACKETS.finditer(text):
        content = match["tex"] or match["content"]
        is_square = match["open"] in ("[", "［")
        before = text[max(0, match.start() - 30) : match.start()]
        is_row = bool(re.search(r"\d\D+\d", content)) and _NO_REFERENCES.search(before)
        if is_square and (is_row or _NO_REFERENCE.search(before)):
            continue
        if (not before or before[-1] in " -(\n") and _PART_OF_WORD.match(text, match.end()):
            continue
        ends = not is_square or bool(_ENDS.match(text, match.end()))
        numbers = named(content, known, any_word=ends)
        if not numbers and (match["tex"] or re.match(r"\^\S+$|@\w", content)):
            numbers = keys_in(content)
        if numbers:
            yield _item(match.start(), match.end(), numbers)
    for match in _ROUND.finditer(text):
        content = match["content"]
        if may_name(content, known) and (numbers := named(content, known, any_word=True)):
            yield _item(match.start(), match.end(), numbers)


def _raised(text: str, known: Known) -> Iterator[Item]:
    for match in _RAISED.finditer(text):
        before = text[max(0, match.start() - 20) : match.start()]
        if _GROUND.search(before) and not _QUANTITY.search(before) and not _SUM.search(before):
            plain = match["tag"] or match["power"] or match[0]
            plain = re.sub(r"</sup>(?=\s?<sup>)", ",", plain)
            plain = re.sub(r"</?sup>|[\[\](){}]", "", plain)
            digits = match[0].translate(RAISED)
            is_number = digits.isascii() and digits.isdecimal()
            last = len(known.keys)
            if is_number and int(digits) > last and all(0 < int(one) <= last for one in digits):
                plain = ",".join(digits)  # ¹² of three sources: two of them
            if numbers := named(plain, known, any_word=True):
                yield _item(match.start(), match.end(), numbers)


# ---- Marks of machines, addresses, author and year ----------------------------------------------

_ELEMENT = (
    r"(?:\w{1,20}:)?\w{0,12}(?:cit(?:e|ation)|refs?|references?|source|footnote|oai)\w{0,12}|fn|co"
    r"|grok\S{0,20}"
)
_TAGS = re.compile(
    # <ref>1</ref>, <grok:render ...><argument name="citation_id">3</argument></grok:render>
    rf"<(?P<name>{_ELEMENT})\b[^<>]{{0,300}}>(?P<inner>\s*(?:<argument[^<>]{{0,100}}>[^<>]{{0,60}}"
    rf"</argument>\s*){{1,4}}|[^<>]{{0,60}})</(?P=name)\b[^<>]{{0,20}}>"
    # <ref id=1>, <citation source="1"/>
    rf"|<(?:{_ELEMENT})\b\s(?:\w{{1,12}}=)?[\"']?(?P<number>\d{{1,3}})[\"']?\s?/?>"
    # <cite index="1-2">, </cite>, <oaicite/>
    rf"|</?(?:{_ELEMENT})\b[^<>]{{0,300}}>"
    # <sup>[1]</sup>, and what Gemini puts before a sentence
    r"|(?P<around><su[pb]>(?=\s{0,2}(?:\\?[\[［]|【))|(?<=[\]］】])</su[pb]>|\[cite_start\])",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    # private use: U+E200 cite U+E202 turn0search1 U+E201, and the same without these
    r"\ue200[^\ue200\ue201]{0,200}\ue201?|(?:cite)?(?:turn\d{1,3}[a-z]{2,12}\d{1,3}\s?){1,9}"
    r"|:?(?:contentReference)?\[oaicite:[^\[\]]{1,20}\](?:\{[^{}]{0,40}\})?"
)


def _marked_by_machine(text: str, known: Known) -> Iterator[Item]:
    for match in _TAGS.finditer(text):
        inner = match["inner"]
        if match["around"] or match[0].startswith("</"):
            yield Item(*match.span(), [], 0)
        elif inner is None:
            numbers = named(match["number"] or "", known, any_word=True)
            yield _item(*match.span(), numbers or [0])
        elif numbers := named(inner.strip("[]()【】 "), known, True) or [0] * ("<" in inner):
            yield _item(*match.span(), numbers)
        else:  # its text stays
            yield Item(match.start(), match.start("inner"), [], 0)
            yield Item(match.end("inner"), match.end(), [], 1)
    for match in _MACHINE.finditer(text):
        yield Item(*match.span(), [], 1)


_ADDRESSES = re.compile(
    # {{cite web |url=https://a.org |title=A page}}
    r"(?P<template>\{\{(?:cite|citation|sfn|ref)\b[^{}]{0,600}\}\})"
    # <a href="https://a.org">text</a>, https://a.org/x, www.a.org
    r"|<a\b(?P<anchor>[^<>]{0,2000}>[^<]{0,500})</a>"
    r"|(?P<url>(?i:https?://|www\.(?=\w))[^\s<>\"\x00-\x02，。；：！？、】）》」]+)"
    # doi:10.1000/x, arXiv:2101.00001, PMID: 12345678, ISBN 978-3-16-148410-0
    r"|(?P<paper>(?:\b(?i:doi):?\s{0,2})?\b10\.\d{4,9}/[^\s<>\"\x00-\x02]+"
    r"|\b(?i:arxiv):\s?\d{4}\.\d{4,5}(?:v\d+)?|\bPM(?:ID|CID):?\s?(?:PMC)?\d{4,9}"
    r"|\bISBN(?:-1[03])?:?\s?[\dX][\dX -]{8,16}[\dX])"
)


def _addressed(text: str, known: Known) -> Iterator[Item]:
    for match in _ADDRESSES.finditer(text):
        if match["template"]:
            url = re.search(r"https?://[^\s|}]+", match[0])
            yield _item(*match.span(), [known.number(url[0]) if url else 0])
        elif match["anchor"]:  # a link in HTML: its text stays
            tag = match["anchor"].partition(">")[0]
            url = re.search(r"https?://[^\s\"'>]+", tag)
            yield Item(match.start(), match.start("anchor") + len(tag) + 1, [], 0)
            meant = [known.number(url[0])] if url else [0] * ("#" not in tag)
            yield _item(match.end() - 4, match.end(), meant)
        else:
            address = trimmed(match[0])
            yield _item(match.start(), match.start() + len(address), [known.number(address)])


_YEAR = r"(?:(?:1[5-9]|20)\d\d[a-z]?|n\.\s?d\.|o\.\s?J\.|s\.\s?f\.)"
_NAME = rf"(?!(?i:{NO_SOURCE})\b)[A-ZÀ-ÞА-Я][\w'’.-]{{1,30}}"
# "Smith", "Smith, Jones & Lee", "World Bank," (but "World Cup 2014" is one thing with its year)
# (Smith 2020), (see Smith & Jones, 2020, p. 5; Keilin, 1959) ...
_DATED = re.compile(rf"[(\[](?P<all>[A-ZÀ-ÞА-Яsec][^()\[\]]{{3,200}}{_YEAR}[^()\[\]]{{0,20}})[)\]]")
_ENTRY = re.compile(
    rf"(?:see(?: also)? |e\.g\.,? |cf\. )?(?P<name>{_NAME})"
    rf"(?P<others>(?:(?:,\s{{1,2}}|\s{{1,2}}(?=&|and|und|et|y))(?:(?:&|and|und|et|y)\s)?{_NAME}"
    rf"|(?:\s{_NAME}){{1,3}}(?=,)){{0,3}}(?:\s{{1,2}}et\s{{1,2}}al\.?)?)"
    rf",?\s{{1,2}}{_YEAR}(?:,\s{_YEAR})*(?P<pages>,?\s?(?:pp?\.|S\.)\s?\d+(?:\s?[–-]\s?\d+)?)?"
)
# The title of a work, or the name of a species, of which author and year are told: *2001*
_TITLED_WORD = r"(?:[^\W_a-z][\w'’-]*|an?|and|at|by|for|from|in|of|on|or|the|to|de|la|le|und)"
_WORK = re.compile(
    r"(?:(?<!\*)\*[^\W_a-z][^*\n]{0,80}(?<![.!?])\*|(?<!\w)_[^\W_a-z][^_\n]{0,80}(?<![.!?])_"
    rf"|[\"“„«](?![^\W_]*[.!?]){_TITLED_WORD}(?:[ ,:&-]{{1,2}}{_TITLED_WORD}){{0,9}}[\"”“»])\s?$"
)
# ... and the year of "Smith et al. (2020)".
_OF_ALL = re.compile(rf"(?<=\bal)\.?\s\({_YEAR}\)")


def _dated(text: str, whole: str) -> Iterator[Item]:
    for match in _DATED.finditer(text):
        entries = [_ENTRY.fullmatch(entry) for entry in re.split(r";\s{0,2}", match["all"])]
        if not all(entries) or _WORK.search(text, max(0, match.start() - 90), match.start()):
            continue
        [first, *more] = entries
        # "(Paris, 2015)": of a place, or of a name that stands in the text, too, the year is told.
        is_clear = first and (more or first["others"] or first["pages"])
        is_place = first and re.fullmatch(PLACE, first["name"])
        if is_clear or (first and not is_place and first["name"] not in _spoken_of(whole)):
            yield Item(*match.span(), [], 1)
    for match in _OF_ALL.finditer(text):
        yield Item(match.start() + match[0].index(" "), match.end(), [], 1)


@functools.lru_cache(maxsize=8)
def _spoken_of(whole: str) -> frozenset[str]:
    """Return the names in a text that stand there without a year or other authors."""
    alone = rf"(?<![(\[;\w])(?<![(\[;] )({_NAME})(?!,?\s\(?{_YEAR}|\s+et\s+al|\s(?:&|and)\s[A-Z])"
    return frozenset(re.findall(alone, whole))


# ---- Links ---------------------------------------------------------------------------------------


def _of_link(text: str, span: Span, masked: list[str], known: Known) -> Iterator[Item]:
    """Yield what a link refers to; where its label is no number, the label stays as text."""
    label = text[span.label[0] : span.label[1]]
    number = 0 if re.match(r"#|mailto:", span.href) else known.number(span.href)
    invented = span.kind == "image" or bool(re.match(r"(?!#|mailto:)\w+:|//|www\.", span.href))
    bare = label.strip("[]()\\^ ")
    is_name = bare.casefold() in known.by_name  # which is a word of the sentence
    meant = [] if is_name else named(bare, known, any_word=False)
    if meant or label.startswith("^") or re.match(r"\W*(https?://|www\.|$)", label):
        masked[span.start : span.end] = "\0" * (span.end - span.start)
        sources = list(filter(None, meant)) or ([number] if number else [])
        must_lead = span.inline and not span.href.startswith("#")
        yield Item(span.start, span.end, sources, not (number if must_lead else sources))
        return
    if not (number or invented):
        return  # a place in the text itself, a mail address
    head, tail = (span.start, span.label[0]), (span.label[1], span.end)
    for start, end in (head, tail):
        masked[start:end] = "\1" * (end - start)
    yield Item(*head, [], 0)
    yield _item(*tail, [number])
