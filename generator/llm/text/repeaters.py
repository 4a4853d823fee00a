"""Streams whose pieces are not what is new, but all the text so far, or all of it once more."""

import re

from generator.llm.letters import letters_of

RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\Z")
SHORTEST = 40  # characters that are no coincidence when they come again
HALF = 200  # characters of a text that comes twice as a whole
TRIES = 12  # places where its title comes again
BETWEEN = 100  # letters between the two


class Pieces:
    """Takes the pieces of a text as they come, and gives what is new in each.

    The first pieces are kept back for as long as each begins with the one before it: the third one
    tells whether that is a coincidence.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []  # what was given; while `kept` has pieces, nothing
        self.length = 0  # of `parts`
        self.kept: list[str] | None = []
        self.cumulative = False

    def new(self, piece: str) -> str:
        """Return what a piece adds to the text; "" while that is not known."""
        if self.kept is not None:
            return self._first(piece)
        if self.length < len(piece) + 8 and (self.cumulative or self.length >= SHORTEST):
            text = "".join(self.parts)
            self.parts = [text]
            if piece.startswith(text):
                self.cumulative = self.cumulative or len(piece) > len(text)
                return self._give(piece[len(text) :])
            if piece.strip() == text.strip() or (self.cumulative and text.startswith(piece)):
                return ""
        return self._give(piece)

    def rest(self) -> str:
        """Return what is still kept back: the text has ended."""
        kept, self.kept = self.kept or [""], None
        grows = len(kept[0]) >= SHORTEST
        return self._give(kept[-1] if grows else "".join(kept))

    def _first(self, piece: str) -> str:
        assert self.kept is not None
        before = self.kept[-1] if self.kept else ""
        if not piece:
            return ""
        if not piece.startswith(before):
            given = self.rest()
            return given + self.new(piece)
        self.kept.append(piece)
        if len(set(self.kept)) < 3:  # the same piece may come twice
            return ""
        self.kept, self.cumulative = None, True
        return self._give(piece)

    def _give(self, new: str) -> str:
        if new:
            self.parts.append(new)
            self.length += len(new)
        return new


def without_second(text: str) -> str:
    """Return a text without itself, where all of it comes once more, or several times."""
    bare = text.strip()
    title = bare[:100].split("\n")[0]
    again = bare.find(title, HALF) if len(bare) >= 2 * HALF and len(title) >= 8 else -1
    for _ in range(TRIES):
        if again < 0:
            break
        first, second = letters_of(bare[:again]), letters_of(bare[again:])
        if first and second == first * (len(second) // len(first)):
            return RULE.sub("", bare[:again].rstrip())
        if first.startswith(second) and len(first) - len(second) <= BETWEEN:
            return bare[again:].lstrip()  # "Here is the final version:" stands between them
        again = bare.find(title, again + 1)
    return text
