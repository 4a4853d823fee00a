"""Streams whose pieces are not what is new, but all the text so far, or all of it once more."""

SHORTEST = 40  # characters that are no coincidence when they come again
HALF = 200  # characters of a text that comes twice as a whole


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
        kept, self.kept = "".join(self.kept or []), None
        return self._give(kept)

    def _first(self, piece: str) -> str:
        assert self.kept is not None
        before = self.kept[-1] if self.kept else ""
        if before and not (piece.startswith(before) and len(piece) > len(before)):
            given = self.rest()
            return given + self.new(piece)
        if not piece:
            return ""
        self.kept.append(piece)
        if len(self.kept) < 3:
            return ""
        self.kept, self.cumulative = None, True
        return self._give(piece)

    def _give(self, new: str) -> str:
        if new:
            self.parts.append(new)
            self.length += len(new)
        return new


def without_second(text: str) -> str:
    """Return a text without itself, where all of it comes once more."""
    bare = text.strip()
    if len(bare) < 2 * HALF:
        return text
    again = bare.find(bare[:100], HALF)
    while 0 <= again <= len(bare) // 2 + 100:
        if bare[again:].strip() == bare[:again].strip():
            return bare[:again].rstrip()
        again = bare.find(bare[:100], again + 1)
    return text
