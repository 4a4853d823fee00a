"""Statements of a report looked for on the pages that they refer to: pure functions on text.

What is not there is said, and nothing more: that a page lacks a figure does not make it wrong, and
that a page has it does not make the statement right.

In order: what was seen of a source, what each mark stands for, and looking for that.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from generator.research.sources.facts import Facts
from generator.research.sources.figures import Figure, claimed, is_among, values
from generator.research.sources.forms import references
from generator.research.sources.spans import Piece, parse, pieces
from generator.research.sources.urls import Known
from generator.research.sources.words import commonest, words
from generator.wording import literal
from models import Source

NOT_FOUND = "not found on the cited pages"
NOTHING_LIKE_IT = "nothing like this found on the cited pages"
UNLIKE = 0.2  # of a sentence's words, by weight: below, a page is about something else
FEWEST = 6  # words of a sentence that can be told from others
SAMPLE = 16  # pages by which one sees how common a word is
SAME_LANGUAGE = 4  # of the twenty commonest words of two texts


class Seen(NamedTuple):
    """What was seen of a source."""

    is_whole: bool  # all of it, so that one can say what is not there
    facts: Facts | None
    numbers: list[float]  # of its title and its excerpt


@dataclass
class Verdict:
    """What came of looking for a report's statements."""

    notes: list[tuple[int, str]] = field(default_factory=list)  # where in the text, and the note
    by_source: dict[int, list[str]] = field(default_factory=dict)  # by number, for its own notes
    figures: int = 0  # looked for
    found: int = 0
    unknown: int = 0  # not checked: their pages could not be read to the end
    unlike: int = 0  # statements that no passage resembles

    @property
    def missing(self) -> int:
        return self.figures - self.found - self.unknown

    def noted(self, text: str) -> str:
        """Return the text with its notes."""
        parts, last = [], 0
        for place, note in sorted(self.notes):
            parts += [text[last:place], f" {note}"]
            last = place
        return "".join([*parts, text[last:]])


class Statement(NamedTuple):
    """What a mark stands for: all sentences since the last one in its paragraph or table row."""

    text: str
    sources: list[int]  # numbers in the list of references
    end: int  # where the mark ends in the report


def look_for(body: str, urls: list[str], seen: list[Seen]) -> Verdict:
    """Look for each statement of a report on the pages that it refers to.

    `[n]` in `body` means the nth of `urls`, of which `seen` says what was seen.
    """
    verdict = Verdict()
    weights = _Weights([each.facts for each in seen if each.facts])
    language = set(commonest(body))
    for statement in statements(body, urls):
        pages = [seen[number - 1] for number in statement.sources]
        missing: list[str] = []
        notes: list[str] = []
        for figure in claimed(statement.text):
            verdict.figures += 1
            if any(_has(page, figure) for page in pages):
                verdict.found += 1
            elif all(page.is_whole for page in pages):
                missing.append(figure.text)
            else:
                verdict.unknown += 1
        if missing:
            notes.append(f"{', '.join(dict.fromkeys(map(literal, missing)))}: {NOT_FOUND}")
        if all(page.is_whole for page in pages) and all(
            _is_elsewhere(statement.text, page.facts, weights, language) for page in pages
        ):
            verdict.unlike += 1
            notes.append(NOTHING_LIKE_IT)
        for note in notes:
            verdict.notes.append((statement.end, f"[{note}]"))
            for number in statement.sources:
                verdict.by_source.setdefault(number, []).append(note)
    return verdict


# ---- What a mark stands for ----------------------------------------------------------------------


def statements(body: str, urls: list[str]) -> Iterator[Statement]:
    """Yield what each mark of a report stands for."""
    known = Known(Source("", url) for url in urls)
    tokens, env = parse(body)
    carried, row = "", (-1, -1)  # what cells of a row say before its mark
    for piece in pieces(body, tokens, env):
        if piece.kind == "heading_open":
            continue
        is_cell = piece.kind in ("td_open", "th_open")
        before = carried if is_cell and piece.lines == row else ""
        text = _plain(piece)
        start = 0
        waiting: Statement | None = None
        for item in references(piece, known, body):
            if not item.sources:
                continue
            said, end = f"{before}{text[start : item.start]}", piece.offsets[item.end]
            if waiting and not re.search(r"\w", said):  # two marks for one statement
                waiting = Statement(waiting.text, [*waiting.sources, *item.sources], end)
            else:
                if waiting:
                    yield waiting
                waiting = Statement(said, item.sources, end)
            before, start = "", item.end
        if waiting:
            yield waiting
        carried, row = (f"{before}{text[start:]} | ", piece.lines) if is_cell else ("", (-1, -1))


def _plain(piece: Piece) -> str:
    """Return an inline text without code, formulas and addresses, each place where it was."""
    characters = list(piece.text)
    for span in piece.spans:
        shown = span.label if span.kind in ("link", "image") else (span.end, span.end)
        for place in [*range(span.start, shown[0]), *range(shown[1], span.end)]:
            characters[place] = " "
    return "".join(characters)


# ---- Looking for it ------------------------------------------------------------------------------


def seen_of(facts: Facts | None, is_whole: bool, also: str) -> Seen:
    """Return what was seen of a source; `also` is its title and its excerpt."""
    return Seen(is_whole and facts is not None, facts, values(also))


def _has(page: Seen, figure: Figure) -> bool:
    return is_among(figure, page.numbers) or bool(
        page.facts and is_among(figure, page.facts.numbers)
    )


class _Weights:
    """How much each word says: the fewer pages have it, the more."""

    def __init__(self, pages: list[Facts]) -> None:
        self.pages = pages[:: len(pages) // SAMPLE + 1]
        self.known: dict[str, float] = {}

    def of(self, word: str) -> float:
        if word not in self.known:
            having = sum(bool(page.parts_with(word)) for page in self.pages)
            count = len(self.pages)
            self.known[word] = math.log(1 + (count + 0.5) / (having + 0.5))
        return self.known[word]


def _is_elsewhere(text: str, facts: Facts | None, weights: _Weights, language: set[str]) -> bool:
    """Tell whether no passage of a page resembles any sentence of a statement."""
    if not facts or len(language & set(facts.commonest)) < SAME_LANGUAGE:
        return False  # in another language one cannot tell
    sentences = [set(words(each)) for each in re.split(r"(?<=[.!?。！？])\s+", text)]
    told = [sentence for sentence in sentences if len(sentence) >= FEWEST]
    return bool(told) and not any(_resembles(each, facts, weights) for each in told)


def _resembles(sentence: set[str], facts: Facts, weights: _Weights) -> bool:
    """Tell whether two parts of a page in a row have enough of a sentence's words."""
    enough = UNLIKE * sum(map(weights.of, sentence))
    scores: dict[int, float] = {}
    for word in sorted(sentence, key=lambda word: (-weights.of(word), word)):
        parts = facts.parts_with(word)
        parts |= parts << 1
        while parts:
            part = parts.bit_length() - 1
            parts ^= 1 << part
            scores[part] = scores.get(part, 0.0) + weights.of(word)
            if scores[part] >= enough:
                return True
    return False
