"""The passages of a long text that fit a question: what a writer sees of a page.

In order: what callers use, cutting a text into pieces, and ranking these (BM25).
"""

import math
import re
from collections import Counter

from generator.research.sources.words import width, words

BUDGET = 6000  # Latin letters of a page, see `width`
START = 2000  # of these for the beginning, which says what the page is about
PIECE = 400  # of a passage
GAP = "\n\n[…]\n\n"


def choose(text: str, question: str) -> str:
    """Return the start of a text and those passages of it that fit the question, in their order."""
    if width(text) <= BUDGET:
        return text.strip()
    pieces = cut(text)
    chosen, left = _start(pieces)
    scores = ranks(question, [piece for piece, _ in pieces])
    for number in sorted(range(len(pieces)), key=lambda number: -scores[number]):
        size = width(pieces[number][0])
        if left < PIECE / 2:
            break
        if number not in chosen and size <= left:
            chosen.add(number)
            left -= size
    parts: list[str] = []
    for number in sorted(chosen):
        if parts:
            parts.append(pieces[number - 1][1] if number - 1 in chosen else GAP)
        parts.append(pieces[number][0])
    return "".join(parts).strip()


def _start(pieces: list[tuple[str, str]]) -> tuple[set[int], int]:
    chosen: set[int] = set()
    left = BUDGET
    for number, (piece, _) in enumerate(pieces):
        size = width(piece)
        if BUDGET - left + size > START and chosen:
            break
        chosen.add(number)
        left -= size
    return chosen, left


def cut(text: str) -> list[tuple[str, str]]:
    """Return a text as pieces of some PIECE letters, each with the space that follows it.

    They end with paragraphs, rows of tables or sentences; what has none of these is cut anywhere.
    """
    units = re.findall(r"(.+?)((?<=[.!?。！？।؟])\s*(?=\S)|\n+|\Z)", text, re.DOTALL)
    pieces: list[tuple[str, str]] = []
    current, space, size = "", "", 0
    for unit, after in units:
        for part in re.findall(rf"[\s\S]{{1,{2 * PIECE}}}", unit):
            if current and (size + width(part) > PIECE or ("\n\n" in space and size > PIECE / 2)):
                pieces.append((current, space))
                current, size = part, width(part)
            else:
                current, size = current + space + part, size + width(part)
            space = ""
        space = after
    return [*pieces, (current, space)] if current else pieces


def ranks(question: str, pieces: list[str]) -> list[float]:
    """Return how well each piece fits the question: BM25 with its usual constants."""
    counts = [Counter(words(piece)) for piece in pieces]
    lengths = [count.total() or 1 for count in counts]
    average = sum(lengths) / (len(lengths) or 1)
    scores = [0.0] * len(pieces)
    for word in set(words(question)):
        having = [number for number, count in enumerate(counts) if word in count]
        weight = math.log(1 + (len(pieces) - len(having) + 0.5) / (len(having) + 0.5))
        for number in having:
            often = counts[number][word]
            norm = 1.2 * (0.25 + 0.75 * lengths[number] / average)
            scores[number] += weight * often * 2.2 / (often + norm)
    return scores
