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

from generator.research.sources.names import NO_SOURCE, SOURCE
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
    for item in sorted(_all(piece, known, whole)):
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


_ANY = re.compile(
    r"[\[［【〔⟦〚({（⟨<⁰¹²³⁴-⁹\ue200]|//|www\.|10\.\d|arxiv:|PM(?:C?ID|C)|ISBN|oaicite|turn\d",
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
_BRACKETS = re.compile(
    r"(?:~?\\\w{0,10}cite\w{0,10}\*?(?:\[[^\[\]\n]{0,60}\]){0,2}\{(?P<tex>[^{}\n]{1,200})\}"
    r"|\\?(?P<open>[\[［【〔⟦〚])(?P<content>[^\[\]［］【】〔〕⟦⟧〚〛]{1,120}?)\\?[\]］】〕⟧〛])"
    r"(?:\s*:(?=\s*http))?"
)
# (source 1), （来源2）, {cite: 3}: brackets in which only a source's word or name makes one of it.
_ROUND = re.compile(r"[({（⟨](?P<content>[^(){}（）⟨⟩]{1,120})[)}）⟩]")
# What a clause ends with. A word and a number in square brackets, "[Errno 111] No route", are else
# more likely to be a part of it.
_ENDS = re.compile(r"\s{0,2}(?:$|[.,;:!?)\]|*_。，、；：？！）<\[［【(（⟦]|\n)")
# A number in brackets after these is a place in an array, the end of an interval, or a set.
_NO_REFERENCE = re.compile(
    r"(?:(?<!\w)[a-z]|\w+_\w+|[∈=×∪∩]\s*|\b(?:interval|range|vector|array|matrix|Intervall)\s+)$"
)
# "1", "Source 1", "web:1", "来源2", "#3", "4†source", "4:L5", "1-3", "sources 1 to 3".
_PART = re.compile(
    r"(?:(?P<word>[^\W\d_][^\s\d.:：#№_-]{0,19})(?P<gap>\.?\s{0,2}[:：#№_-]?\s{0,2}))?"
    r"\^?#?(?P<low>\d{1,3})(?:\s{0,2}(?:[–—-]|to\b)\s{0,2}\^?#?(?P<high>\d{1,3}))?\.?\^?"
    r"(?:\s{0,2}(?::\d{1,3})?†.{0,60}|:\s?(?:pp?\.|S\.|L\d|source).{0,60})?",
    re.IGNORECASE | re.DOTALL,
)
_SOURCE_FIRST = re.compile(rf"#\d|{SOURCE}(?![^\W\d_])", re.IGNORECASE)
_SOURCE_NAMED = re.compile(
    rf"{SOURCE}\s?[:：]\s?(?=[^\W\d_]{{2}})", re.IGNORECASE
)  # "Source: NASA"
_PAGES = re.compile(r"(?:pp?|S|L|ch|vol|§)\.?\s{0,2}\d.{0,20}", re.IGNORECASE)  # behind a number
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_BETWEEN = re.compile(r"\s*[,;&、，；|]\s*|\s+(?:and|und|et|y|e|og|en|и)\s+")
# <sup>1</sup>, ², ¹,³
_RAISED = re.compile(
    r"<sup>\s{0,2}(?P<tag>\^?\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9})\s{0,2}</sup>"
    r"|[⁰¹²³⁴-⁹]{1,3}(?:[,⁻]{1,2}[⁰¹²³⁴-⁹]{1,3}){0,9}(?![⁺⁻⁰¹²³⁴-⁹])"
)
_SMALL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
# What such a number stands upon: "water¹", "water.²", "水¹"; but not "m²", "SiO₄⁴", "5 miles²".
_GROUND = re.compile(
    r"(?:[^\W\d_₀-₉\u3040-\u9fff]{4}|[.,;:!?)\]”\"'»。，、）]|[\u3040-\u9fff])\s?$"
)
_QUANTITY = re.compile(r"\d\s?[^\W\d_]{1,15}\s?$")


def _bracketed(text: str, known: Known) -> Iterator[Item]:
    for match in _BRACKETS.finditer(text):
        content = match["tex"] or match["content"]
        is_square = match["open"] in ("[", "［")
        if is_square and _NO_REFERENCE.search(text[max(0, match.start() - 30) : match.start()]):
            continue
        ends = not is_square or bool(_ENDS.match(text, match.end()))
        numbers = _named(content, known, any_word=ends)
        if not numbers and (match["tex"] or re.match(r"\^\S+$|@\w", content)):
            numbers = [0] * len(_BETWEEN.split(content))  # the key of a note, or of a bibliography
        if numbers:
            yield _item(match.start(), match.end(), numbers)
    for match in _ROUND.finditer(text):
        content = match["content"].strip()
        if not (content.casefold() in known.by_name or _SOURCE_FIRST.match(content)):
            continue
        if numbers := _named(content, known, any_word=True):
            yield _item(match.start(), match.end(), numbers)


def _raised(text: str, known: Known) -> Iterator[Item]:
    for match in _RAISED.finditer(text):
        before = text[max(0, match.start() - 20) : match.start()]
        if _GROUND.search(before) and not _QUANTITY.search(before):
            numbers = _named((match["tag"] or match[0]).translate(_SMALL), known, any_word=True)
            if numbers:
                yield _item(match.start(), match.end(), numbers)


def _named(content: str, known: Known, any_word: bool) -> list[int]:
    """Return the sources that the content of brackets names, 0 for each that is none.

    Without any it is no reference. `any_word` may stand before a number, else only one for sources.
    """
    content = content.strip("^ \n\\")
    if named := _SOURCE_NAMED.match(content):
        content = content[named.end() :]
    if number := known.by_name.get(content.casefold()):
        return [number]
    if _THOUSANDS.fullmatch(content):
        return []
    found: list[int] = []
    for part in _BETWEEN.split(content):
        if found and _PAGES.fullmatch(part):
            continue
        match = _PART.fullmatch(part)
        numbers = _meant(match["low"], match["high"], known) if match else []
        if not match or not numbers or not _may_name(match["word"], match["gap"], any_word):
            return [0] if named else []
        found += numbers
    return found


def _may_name(word: str | None, gap: str | None, any_word: bool) -> bool:
    """Tell whether the word before a number, if there is one, can be a source's."""
    if not word or re.fullmatch(SOURCE, word, re.IGNORECASE):
        return True
    is_other = re.fullmatch(NO_SOURCE, word, re.IGNORECASE) or (word.isascii() and word.isupper())
    return any_word and not is_other and (bool(gap) or not word.isascii())  # "Figure 1", "CO2"


def _meant(low: str, high: str | None, known: Known) -> list[int]:
    """Return the numbers of "2" or "2-4", 0 for those that no source has; none if it is no list."""
    first, last = int(low), int(high or low)
    if not 0 < first <= last:
        return []
    numbers = range(first, last + 1) if last - first < 30 else (first, last)
    return [number if number <= len(known.keys) else 0 for number in numbers]


# ---- Marks of machines, addresses, author and year ----------------------------------------------

_ELEMENT = (
    r"(?:\w{1,20}:)?\w{0,12}(?:cit(?:e|ation)|refs?|references?|source|oai)\w{0,12}|grok\S{0,20}"
)
_TAGS = re.compile(
    # <ref>1</ref>, <grok:render ...><argument name="citation_id">3</argument></grok:render>
    rf"<(?P<name>{_ELEMENT})\b[^<>]{{0,300}}>(?P<inner>\s*(?:<argument[^<>]{{0,100}}>[^<>]{{0,60}}"
    rf"</argument>\s*){{1,4}}|[^<>]{{0,60}})</(?P=name)>"
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
            yield Item(*match.span(), [], 1)
        elif numbers := _named(inner, known, any_word=True) or [0] * ("<" in inner):
            yield _item(*match.span(), numbers)
        else:  # its text stays
            yield Item(match.start(), match.start("inner"), [], 0)
            yield Item(match.end("inner"), match.end(), [], 1)
    for match in _MACHINE.finditer(text):
        yield Item(*match.span(), [], 1)


_ADDRESSES = re.compile(
    # <a href="https://a.org">text</a>, https://a.org/x, www.a.org
    r"<a\b(?P<anchor>[^<>]{0,2000}>[^<]{0,500})</a>"
    r"|(?P<url>(?i:https?://|www\.(?=\w))[^\s<>\"\x00-\x02，。；：！？、】）》」]+)"
    # doi:10.1000/x, arXiv:2101.00001, PMID: 12345678, ISBN 978-3-16-148410-0
    r"|(?P<paper>(?:\b(?i:doi):?\s{0,2})?\b10\.\d{4,9}/[^\s<>\"\x00-\x02]+"
    r"|\b(?i:arxiv):\s?\d{4}\.\d{4,5}(?:v\d+)?|\bPM(?:ID|CID):?\s?(?:PMC)?\d{4,9}"
    r"|\bISBN(?:-1[03])?:?\s?[\dX][\dX -]{8,16}[\dX])"
)


def _addressed(text: str, known: Known) -> Iterator[Item]:
    for match in _ADDRESSES.finditer(text):
        if match["anchor"]:  # a link in HTML: its text stays
            url = re.search(r"https?://[^\s\"'>]+", match["anchor"].partition(">")[0])
            opening = match.start("anchor") + match["anchor"].index(">") + 1
            yield Item(match.start(), opening, [], 0)
            yield _item(match.end() - 4, match.end(), [known.number(url[0]) if url else 0])
        else:
            address = trimmed(match[0])
            yield _item(match.start(), match.start() + len(address), [known.number(address)])


_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?"
_NAME = rf"(?!(?i:{NO_SOURCE})\b)[A-ZÀ-ÞА-Я][\w'’.-]{{1,30}}"
# (Smith 2020), (see Smith & Jones, 2020, p. 5; Keilin, 1959) ...
_DATED = re.compile(rf"[(\[](?P<all>[A-ZÀ-ÞА-Яsec][^()\[\]]{{3,200}}{_YEAR}[^()\[\]]{{0,20}})[)\]]")
_ENTRY = re.compile(
    rf"(?:see(?: also)? |e\.g\.,? |cf\. )?(?P<name>{_NAME})"
    rf"(?P<others>(?:,?\s{{1,2}}(?:(?:&|and|und|et|y)\s)?{_NAME}){{0,3}}(?:\s{{1,2}}et\s{{1,2}}al\.?)?)"
    rf",?\s{{1,2}}{_YEAR}(?P<pages>,?\s?(?:pp?\.|S\.)\s?\d+(?:\s?[–-]\s?\d+)?)?"
)
# ... and the year of "Smith et al. (2020)".
_OF_ALL = re.compile(rf"(?<=\bal)\.?\s\({_YEAR}\)")


def _dated(text: str, whole: str) -> Iterator[Item]:
    for match in _DATED.finditer(text):
        entries = [_ENTRY.fullmatch(entry) for entry in re.split(r";\s{0,2}", match["all"])]
        if not all(entries):
            continue
        [first, *more] = entries
        # "(Paris, 2015)": of a name that stands in the text, too, the year is told and no work.
        is_clear = first and (more or first["others"] or first["pages"])
        if is_clear or (first and first["name"] not in _spoken_of(whole)):
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
    bare = label.strip("[]\\^ ")
    is_name = bare.casefold() in known.by_name  # which is a word of the sentence
    meant = [] if is_name else _named(bare, known, any_word=False)
    if meant or label.startswith("^") or re.match(r"\W*(https?://|www\.)", label):
        masked[span.start : span.end] = "\0" * (span.end - span.start)
        sources = list(filter(None, meant)) or ([number] if number else [])
        yield Item(span.start, span.end, sources, not number if span.inline else not sources)
        return
    if not (number or invented):
        return  # a place in the text itself, a mail address
    head, tail = (span.start, span.label[0]), (span.label[1], span.end)
    for start, end in (head, tail):
        masked[start:end] = "\1" * (end - start)
    yield Item(*head, [], 0)
    yield _item(*tail, [number])
