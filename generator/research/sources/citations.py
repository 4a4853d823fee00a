"""References in a text: those that a search has found are numbered, all others taken out.

In order: what callers use, and how the text is changed.
"""

import functools
import itertools
import re
from typing import NamedTuple

from generator.research.sources.forms import Item, may_refer, references
from generator.research.sources.lists import LIST_NAME, LIST_TITLE, own_lists
from generator.research.sources.names import LIST
from generator.research.sources.removal import CLOSING, NEARBY, OPENING, removal
from generator.research.sources.spans import clean, parse, pieces
from generator.research.sources.urls import Known, url_key
from models import Source

MAX_PASSES = 4


class Checked(NamedTuple):
    """A text in which every reference is a source's number, and how many were none and are gone."""

    text: str
    removed: int


def check(text: str, sources: list[Source], numbers: dict[str, int]) -> Checked:
    """Renumber the references in `text`, and take out those that are not among `sources`.

    In the text `[n]` means the nth of `sources`. `numbers` gives each page (by `url_key`) the
    number that it has in the whole report; pages met here for the first time are added to it, so
    that texts checked one after another are numbered by first use, without gaps.
    A list of references that the writer made on its own goes too: the report has one of its own.
    """
    settled = _settled(text, tuple((source.url, source.title) for source in sources))
    parts, last = [], 0
    for start, end, keys in settled.marks:
        cited = sorted({numbers.setdefault(key, len(numbers) + 1) for key in keys})
        parts += [settled.text[last:start], marker(cited)]
        last = end
    return Checked("".join([*parts, settled.text[last:]]), settled.removed)


Mark = tuple[int, int, list[str]]  # from, to, keys of the sources


class _Settled(NamedTuple):
    """A text without any invention, and where which sources are referred to in it."""

    text: str
    removed: int
    marks: list[Mark]


# A report is put together anew for each section that comes, and Temporal replays all of that.
@functools.lru_cache(maxsize=128)
def _settled(text: str, sources: tuple[tuple[str, str], ...]) -> _Settled:
    known = Known(Source(title, url) for url, title in sources)
    text, removed = clean(text).strip("\n"), 0
    for _ in range(MAX_PASSES):  # what is taken out can bring up what was hidden: <https://[1]>
        again = _pass(text, known)
        removed += again.removed
        if again.text == text:
            return _Settled(text, removed, again.marks)
        text = again.text
    return _Settled(text, removed, _pass(text, known).marks)


def marker(numbers: list[int]) -> str:
    return f"[{', '.join(map(str, numbers))}]"


def _pass(text: str, known: Known) -> _Settled:
    """Return the text with its references changed, and where they were before that."""
    if not (may_refer(text) or LIST_NAME.search(text)):
        return _Settled(text, 0, [])
    tokens, env = parse(text)
    gone = own_lists(text, tokens)
    removed = 0
    lines = text.split("\n")
    for label, definition in env.get("references", {}).items():
        first, end = definition["map"]
        while label.startswith("^") and end < len(lines) and re.match(r"\s+\S", lines[end]):
            end += 1  # the note goes on
        gone.append((first, end))
        is_address = bool(re.match(r"\w+:|//|www\.", definition["href"]))
        removed += not (known.number(definition["href"]) if is_address else _is_known(label, known))
    gone += [tuple(extra["map"]) for extra in env.get("duplicate_refs", [])]
    is_gone = [False] * (len(lines) + 1)
    for first, end in gone:
        is_gone[first:end] = [True] * (end - first)
    edits: list[tuple[int, int, str]] = []
    marks: list[Mark] = []
    for piece in pieces(text, tokens, env):
        in_list = is_gone[piece.lines[0]]
        items = references(piece, known, text)
        marks += [
            (
                piece.offsets[item.start],
                piece.offsets[item.end],
                [known.keys[number - 1] for number in item.sources],
            )
            for item in items
            if item.sources
        ]
        changes = _changes(piece.text, items, known)
        removed += sum(item.inventions for item in items)
        is_cell = piece.kind in ("td_open", "th_open")
        if in_list:  # an entry without any address or number is one invention
            is_title = piece.kind == "heading_open" or LIST_TITLE.match(piece.text)
            removed += not (changes or is_title)
        elif changes and not is_cell and _says_nothing(piece.text, _applied(piece.text, changes)):
            gone.append(piece.lines)
        else:
            edits += [(piece.offsets[a], piece.offsets[b], new) for a, b, new in changes]
    return _Settled(_without_lines(text, edits, gone), removed, marks)


def numbered(sources: list[Source], numbers: dict[str, int]) -> list[Source]:
    """Return the sources that have a number, in the order of these."""
    by_key = {url_key(source.url): source for source in reversed(sources)}
    return [by_key[key] for key in sorted(numbers, key=lambda key: numbers[key])]


def _is_known(label: str, known: Known) -> bool:
    digits = label.strip("^")
    return digits.isdecimal() and 0 < int(digits) <= len(known.keys)


def _says_nothing(before: str, text: str) -> bool:
    """Tell whether a text without its references is empty, or only announces them: "More:"."""
    announces = re.fullmatch(rf"\W*{LIST}\W*|[^.!?\n]{{0,40}}[:：]\W*", text, re.I)
    return not re.search(r"\w", text) or bool(announces and not _ends_with_colon(before))


def _ends_with_colon(text: str) -> bool:
    last = re.match(r"\W*", text[::-1])  # backwards, as `\W*$` would be tried at each colon
    return bool(last and re.search("[:：]", last[0]))


# ---- Changing the text --------------------------------------------------------------------------

# What encloses a reference that stays, and goes.
_OPEN = re.compile(r"[(\[{（]\s*$")  # of "([1])" or "[[1]]"
_CLOSE = re.compile(r"\s*[)\]}）](?![(:])")  # but not of a link: "](" or "]:"
_BETWEEN = re.compile(r"[\s,;、，،؛]*")  # of "[1], [2]"
_TO = re.compile(r"\s?[–—-]\s?")  # of "[1]–[3]"
# It would be left over beside what is taken out.
_AND = re.compile(
    r"[\s,;]*(?:\b(?:and|or|und|oder|et|ou|y|e|o|en|og|och|и|или)\s+|[和与與及或と]\s*)"
)


def _changes(text: str, items: list[Item], known: Known) -> list[tuple[int, int, str]]:
    """Return what to replace in an inline text."""
    groups: list[list[Item]] = []
    for item in items:
        if groups and _belongs(text, groups[-1][-1], item):
            groups[-1].append(item)
        else:
            groups.append([item])
    return [_change(text, group, known) for group in groups]


def _belongs(text: str, item: Item, following: Item) -> bool:
    """Tell whether two references stand so near each other that they are one group."""
    if not all(either.sources or either.inventions for either in (item, following)):
        return False  # half of a link
    between = text[item.end : following.start]
    may_join = not (item.sources and following.sources)
    joined = _BETWEEN.fullmatch(between) or _TO.fullmatch(between)
    return bool(joined or (may_join and _AND.fullmatch(between)))


def _change(text: str, group: list[Item], known: Known) -> tuple[int, int, str]:
    """Return the change that makes one marker, or nothing, of neighbouring references."""
    start, end = group[0].start, group[-1].end
    near = max(0, start - NEARBY)
    cited = _cited(text, group, known)
    opening, closing = (_OPEN, _CLOSE) if cited else (OPENING, CLOSING)
    while (left := opening.search(text[near:start])) and (
        right := closing.match(text[end : end + NEARBY])
    ):
        start, end = near + left.start(), end + right.end()
    if cited:
        is_bare = group[0].start == start
        is_link = text[group[0].start] == "]" or text.startswith(("<a", "</"), group[0].start)
        before, after = text[near:start], text[end : end + NEARBY]
        return start, end, _spaced(marker(cited), before, after, is_bare, is_link)
    if not (inventions := sum(item.inventions for item in group)):
        return start, end, ""  # half of a link
    return removal(text, near, start, end, inventions)


def _cited(text: str, group: list[Item], known: Known) -> list[int]:
    """Return the numbers of the sources that are meant, with those between [1]–[3]."""
    meant = {number for item in group for number in item.sources}
    for item, following in itertools.pairwise(group):
        if item.sources and following.sources and _TO.fullmatch(text, item.end, following.start):
            meant |= set(range(item.sources[-1], following.sources[0]))
    return sorted(known.by_key[key] for key in {known.keys[number - 1] for number in meant})


def _spaced(mark: str, before: str, after: str, is_bare: bool, is_link: bool) -> str:
    """Return a marker with the spaces that keep it apart from what stands around it."""
    opens_line = not before.rpartition("\n")[2].strip()
    if re.match(r"[(\[]|:" if opens_line else r"[(\[]", after):
        mark += " "  # what follows must not make a link of it
    if not is_bare and before[-1:].isalnum():
        mark = f" {mark}"
    if is_link and not before[-1:].isspace():
        mark = f" {mark}"  # after the label of a link that was one
    return mark


def _applied(text: str, changes: list[tuple[int, int, str]]) -> str:
    parts, last = [], 0
    for start, end, new in sorted(changes):
        parts += [text[last:start], new]
        last = max(last, end)
    return "".join([*parts, text[last:]])


def _without_lines(
    text: str, edits: list[tuple[int, int, str]], gone: list[tuple[int, int]]
) -> str:
    """Make all changes, and take out whole lines with one of the blank lines around them."""
    starts = [0]
    lines = text.split("\n")
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    last = len(lines)
    edits = list(edits)
    end_before = 0
    for first, end in sorted(gone):
        first = max(first, end_before)
        if first >= end:
            continue
        while end < last and not lines[end].strip() and not (first and lines[first - 1].strip()):
            end += 1
        end_before = end
        edits.append((starts[first], min(starts[min(end, last)], len(text)), ""))
    return _applied(text, edits).strip("\n")
