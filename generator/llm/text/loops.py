"""A model that says the same again and again: noticed while it does, because each word is paid for.

A period of any length counts, a phrase or a paragraph or a row of a table, once it has come five
times in a row. Rules, tables of numbers alone, white space and code come in many equal parts by
their nature: there it takes so many that nobody can want them.
"""

import re

from generator.llm.joining.blocks import open_fence
from generator.llm.letters import Skeleton

TIMES = 5
SHORTEST = 60  # characters of all the repetitions together: "very, very, very, ..." is no loop
LETTERS = 4  # in a period
PHRASE = 12  # characters; what is shorter must come more often
LONGEST = 24_000  # characters of a period
ANCHOR = 48  # characters at the end, which are looked for before it
TRIES = 12  # places where they are found
RUNAWAY = 20_000  # characters of what may well repeat itself
EVERY = 64  # characters between two looks
SENTENCE = re.compile(r"[.!?…]['\"”’)*_\]]*\s|[。！？।؟]|\n")
MARKS = re.compile(r"[^\w\n]*")
CODE = re.compile(r"\n(?: {4}|\t)(?![ \t]*(?:[-*+]|\d{1,3}[.)]) )")
# The number of an item, a heading or a step.
NUMBER = re.compile(
    r"^([ \t]*(?:#{1,6} )?(?:\*\*|\()?(?:[^\W\d]{3,10} )?)\d{1,5}(?=[.):]\*{0,2} )", re.MULTILINE
)


class LoopGuard:
    """Watches a text while it comes.

    Thoughts may go round for a while, and lead somewhere: there a loop has to be `long`.
    """

    def __init__(self, long: bool = False) -> None:
        self.least = RUNAWAY if long else 0
        self.tail = ""  # its end
        self.length = self.looked = 0

    def sees_loop(self, piece: str) -> bool:
        """Take the next piece of the text; tell whether it has ended in a loop."""
        self.tail += piece
        self.length += len(piece)
        if self.length - self.looked < EVERY:
            return False
        self.looked = self.length
        if len(self.tail) > 2 * TIMES * LONGEST:
            self.tail = self.tail[-TIMES * LONGEST :]
        length = period(self.tail)
        return length > 0 and (not self.least or is_long(self.tail, length, self.least))


def is_long(text: str, length: int, least: int) -> bool:
    """Whether the repetitions at the end of a text make up so many characters."""
    start = text[-least:]
    return len(start) == least and start[length:] == start[:-length]


def without_loop(text: str) -> str:
    """Return a text with the loop at its end cut to the first time."""
    length = period(text)
    if not length:
        return text
    same = numberless(text)
    if same[-length:] != same[-2 * length : -length]:
        same = text
    begin = len(same) - length
    while begin >= length and same[begin - length : begin] == same[begin : begin + length]:
        begin -= length
    # What stands before it may end as the period does: so it has begun some characters earlier.
    early = 0
    while (
        early < min(length, begin) and same[begin - early - 1] == same[begin + length - early - 1]
    ):
        early += 1
    first = begin - early + length
    if same is not text:  # the numbers of a list are written with more and more digits
        lines = same.count("\n", 0, first - 1) + 1
        return "\n".join(text.split("\n")[:lines]).rstrip()
    borders = (
        border.end() for border in SENTENCE.finditer(text, max(0, first - 4), first + length)
    )
    return text[: next((border for border in borders if border >= first - 1), first)].rstrip()


def without_echo(text: str, looped: str) -> str:
    """Return a text that does not end twice in what `looped` repeats at its end."""
    skeleton = Skeleton(text)
    letters, once = skeleton.letters, len(Skeleton(looped[len(looped) - period(looped) :]).letters)
    count = len(letters)
    while once and letters[count - once : count] == letters[count - 2 * once : count - once]:
        count -= once
    if count == len(letters):
        return text
    end = skeleton.after(count)
    marks = MARKS.match(text, end)
    return text[: marks.end() if marks else end].rstrip()


def period(text: str) -> int:
    """Return the length in which the end of a text repeats itself, 0 if it does not."""
    if length := exact_period(text):
        return length
    line = text[text.rfind("\n", 0, len(text) - 1) + 1 :]
    if NUMBER.match(line) or NUMBER.search(text[-400:]):
        return exact_period(numberless(text[-TIMES * LONGEST :]))
    return 0


def numberless(text: str) -> str:
    """Return a text without the numbers of its lists, which go up in a loop, too."""
    return NUMBER.sub(r"\1", text)


def exact_period(text: str) -> int:
    """Return as `period` does, of the text as it is."""
    if not (anchor := text[-ANCHOR:]):
        return 0
    at = len(text) - len(anchor)
    low = max(0, len(text) - LONGEST - ANCHOR)
    for _ in range(TRIES):
        at = text.rfind(anchor, low, at + len(anchor) - 1)
        if at < 0:
            return 0
        length = len(text) - len(anchor) - at
        if repeats(text, length):
            return length
    return 0


def repeats(text: str, length: int) -> bool:
    """Whether the end of a text is so many times the same, and may not be."""
    times = max(TIMES if length >= PHRASE else 4 * TIMES, -(-SHORTEST // length))
    once = text[-length:]
    if len(text) < times * length or text[-times * length :] != once * times:
        return False
    if is_meant(text, once):
        times = max(50, -(-RUNAWAY // length))
        return len(text) >= times * length and text[-times * length :] == once * times
    return True


def is_meant(text: str, once: str) -> bool:
    """Whether this may come many times in a row in a good text."""
    if sum(map(str.isalpha, once)) < LETTERS:
        return True
    line = text[text.rfind("\n") :]
    if "\n" not in once and line.lstrip().startswith("|"):
        return True  # cells of one row
    return bool(CODE.search(2 * once if "\n" in once else line)) or open_fence(text) is not None
