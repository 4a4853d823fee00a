"""What is kept of a page so that statements can be looked for on it: its numbers and its words.

A page is too long for the Event History. Its numbers are kept as they are; its words as bits, by
which one can say "no part of the page has these words" and be right, and at times not say it.
"""

import functools
import hashlib
import json
from dataclasses import dataclass

from generator.packing import packed, unpacked
from generator.research.sources.figures import values
from generator.research.sources.words import commonest, words

PARTS, PART = 40, 400  # of a page at most, and their characters at least
ROWS = 512  # bits for the words of a part
HASHES = 3  # of them for each word


@dataclass(frozen=True)
class Facts:
    """The numbers and words of one page."""

    numbers: list[float]  # in order
    rows: tuple[int, ...]  # ROWS of them: bit n says that part n has a word of this row
    commonest: list[str]  # words, which tell the language

    def parts_with(self, word: str) -> int:
        """Return the parts that may have a word, as bits."""
        found = -1
        for place in _places(word):
            found &= self.rows[place]
        return found


def facts_of(text: str) -> Facts:
    """Return what is kept of a text."""
    count = max(1, min(PARTS, len(text) // PART))
    size = len(text) // count + 1
    rows = [0] * ROWS
    for part in range(count):
        for word in set(words(text[part * size : (part + 1) * size])):
            for place in _places(word):
                rows[place] |= 1 << part
    return Facts(values(text), tuple(rows), commonest(text))


@functools.lru_cache(maxsize=20_000)
def _places(word: str) -> tuple[int, ...]:
    digest = hashlib.blake2b(word.encode(), digest_size=2 * HASHES).digest()
    return tuple(int.from_bytes(digest[2 * n : 2 * n + 2], "big") % ROWS for n in range(HASHES))


def pack(facts: Facts) -> str:
    """Return the facts as a short text, for the Event History."""
    width = max(1, (max(facts.rows).bit_length() + 7) // 8)
    bits = b"".join(row.to_bytes(width, "little") for row in facts.rows)
    numbers = [f"{value:.12g}" for value in facts.numbers]
    said = json.dumps([" ".join(numbers), facts.commonest, width], separators=(",", ":"))
    return packed(said.encode() + b"\n" + bits)


@functools.lru_cache(maxsize=256)
def unpack(text: str) -> Facts:
    """Return the facts that `pack` has made short.

    Raises:
        ValueError: it was something else.
    """
    said, _, bits = unpacked(text).partition(b"\n")
    try:
        numbers, common, width = json.loads(said)
        rows = (bits[start : start + width] for start in range(0, ROWS * width, width))
        return Facts(
            [float(number) for number in numbers.split()],
            tuple(int.from_bytes(row, "little") for row in rows),
            common,
        )
    except (AttributeError, TypeError) as error:
        raise ValueError(str(error)) from None
