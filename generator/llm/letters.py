"""The letters of a text, by which texts are compared: in lower case, in all scripts."""

import bisect
import itertools
import re

UNSPACED = re.compile(  # scripts without spaces between words
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
)
WORDS = re.compile(  # all but white space, punctuation and symbols; with the marks of a letter
    r"[^\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    r"\u060c\u061b\u061f\u066a-\u066c\u06d4\u0964\u0965"
    r"\u2000-\u206f\u2190-\u2bff\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)


def letters_of(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


class Skeleton:
    """The letters and digits of a text, and where they stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = list(WORDS.finditer(text))
        parts = [lowered(word[0]) for word in self.words]
        self.letters = "".join(parts)
        self.ends = list(itertools.accumulate(map(len, parts)))

    def after(self, count: int) -> int:
        """Return where the text goes on after so many letters."""
        word = bisect.bisect_left(self.ends, count)
        return self.words[word].end() - (self.ends[word] - count) if count else 0

    def at(self, count: int) -> int:
        """Return where the letter after so many letters stands."""
        word = bisect.bisect_right(self.ends, count)
        before = self.ends[word - 1] if word else 0
        return self.words[word].start() + count - before


def lowered(word: str) -> str:
    lower = word.lower()
    return lower if len(lower) == len(word) else word


def tokens(text: str) -> list[str]:
    """Return the words of a text; where words have no end, its letters."""
    found: list[str] = []
    for word in WORDS.findall(text):
        found += re.findall(r"\d+|\D", word) if UNSPACED.search(word) else [word.lower()]
    return found


def overlaps(old: str, new: str) -> list[int]:
    """Return how many characters `old` may end with that `new` begins with, the most first.

    By the prefix function of Knuth, Morris and Pratt: linear, whatever the text.
    """
    new = new[: len(old)]
    borders = [0] * len(new)
    size = 0
    for place in range(1, len(new)):
        while size and new[size] != new[place]:
            size = borders[size - 1]
        size += new[size] == new[place]
        borders[place] = size
    size = 0
    for letter in old:
        while size and (size == len(new) or new[size] != letter):
            size = borders[size - 1]
        size += size < len(new) and new[size] == letter
    found = []
    while size:
        found.append(size)
        size = borders[size - 1]
    return found
