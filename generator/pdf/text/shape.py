"""From characters to glyphs: HarfBuzz chooses and places them, a word at a time.

What becomes of a word depends on nothing outside of it, so each is shaped once in a document. A
glyph is written as a code that stands for it and for the text it was drawn for: see `embed`.
"""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from operator import add
from typing import Any, NamedTuple
from weakref import proxy

import uharfbuzz as hb  # type: ignore[import-untyped]

from generator.pdf.late import late
from generator.pdf.text.embed import Subset, literal
from generator.pdf.text.fonts import Font

FILLER = "\u200b"  # the text of a glyph that has none of its own: a space without width
ZWJ = "\u200d"  # the letter beside it takes the form that joins it to something
_WORD = 40  # characters; what is longer is hardly met twice
_MOST = 10_000  # of these are kept of a font for the next document: a few megabytes
LONG = 300  # characters; more are shaped piece by piece, or work on it would be in its square


class Word(NamedTuple):
    """Shaped text. Its lengths are shares of the size."""

    width: float
    row: str  # what goes between [ ] of a TJ operator
    raised: Sequence[tuple[float, str]] = ()  # how far, and what goes there: it follows the row
    actual: str = ""  # its text, where the places of its glyphs would mislead a reader's program


Glyph = tuple[int, str, int, int, int]  # its number, its text, how far it moves on and is moved


class Face:
    """A font in one document."""

    def __init__(self, font: Font, number: int, language: str) -> None:
        self.font, self.language = font, language
        self.subset = Subset(font, number)
        self.parts: _Parts = font.parts.setdefault(language, _Parts(font, language))
        # Those that run from left to right, and those from right to left.
        self.words = _Words(self, False), _Words(self, True)
        self.space = self.words[0][" "].width if font.covers(" ") else 0.25

    def ends(self, text: str, rtl: bool) -> list[float]:
        """How far each character moves on, as shares of the size."""
        advances = [0.0] * len(text)
        for at, part in _segments(text):
            buffer = self._buffer(part, rtl)
            for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
                advances[at + info.cluster] += position.x_advance * self.font.unit
        return advances

    def _buffer(self, text: str, rtl: bool) -> hb.Buffer:
        return _shaped(self.font, self.language, text, rtl)

    def shape(self, text: str, rtl: bool) -> Word:
        if not rtl and (known := self.parts.words.get(text)):
            self.subset.chars.update(text)
            return known
        if not rtl and (simple := self.font.simple) and simple.fullmatch(text):
            return self._composed(text) or self._placed(text, rtl)
        pieces = [text[at : at + LONG] for at in range(0, len(text), LONG)]
        parts = [part for piece in pieces for _, part in _segments(piece)]
        if len(parts) == 1:
            return self._placed(text, rtl)
        words = [self._placed(part, rtl) for part in (reversed(parts) if rtl else parts)]
        actual = _hex("\ufeff" + text) if any(word.actual for word in words) else ""
        rows = [part for word in words for part in ((0, word.row), *word.raised)]
        return Word(sum(word.width for word in words), "", rows, actual)

    def _composed(self, text: str) -> Word | None:
        """The common case, ten times as fast: a word that is nothing but the sum of its parts."""
        if self.font.even:
            self.subset.chars.update(text)
            return Word(len(text), f"({literal(text.encode('utf-16-be'))})")
        keys = [*map(add, text, text[1:]), text[-1]]
        try:
            width = sum(map(self.parts.__getitem__, keys))
        except KeyError:
            return None
        self.subset.chars.update(text)
        shown = "".join(map(self.parts.shown.__getitem__, keys))
        word = Word(width * self.font.unit, f"({shown})")
        _keep(self.parts.words, text, text, word)
        return word

    def _placed(self, text: str, rtl: bool) -> Word:
        """Any number of glyphs for any number of characters, placed anywhere."""
        unit, nominal = self.font.unit, self.font.advances
        line = _Line(unit)
        moved = False
        for glyph, share, advance, dx, dy in self._glyphs(text, rtl):
            moved |= dx != 0 or dy != 0 or share == FILLER
            line.show(self.subset.code(glyph, share), nominal[glyph], advance, dx, dy)
        line.end()
        actual = _hex("\ufeff" + text) if moved and not rtl else ""
        return Word(line.total * unit, line.row, line.parts, actual)

    def _glyphs(self, text: str, rtl: bool) -> list[Glyph]:
        """From left to right, each with its text."""
        if (known := self.parts.glyphs.get((text, rtl))) is not None:
            return known
        buffer = self._buffer(text, rtl)
        glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        starts = sorted({info.cluster for info, _ in glyphs})
        length = len(text) - (rtl and text.endswith(ZWJ))
        ends = dict(zip(starts, [*starts[1:], length], strict=True))
        blank = (self.font.shaper.get_nominal_glyph(0x20) or 0) if rtl else 0
        placed: list[Glyph] = []
        for first, group in groupby(glyphs, key=lambda glyph: glyph[0].cluster):
            cluster = list(group)
            shares = _share(text[first : ends[first]], len(cluster))
            if rtl:
                shares.reverse()
                if blank and len(shares[0]) > 1:
                    # Programs turn letters round, but not those of a ligature: each gets a glyph,
                    # a tenth of the size apart. Two of the same are taken for one if they are
                    # nearer, and a longer way back is taken for the end of a line.
                    letters, apart = shares[0], self.font.face.upem // 10
                    for place in range(1, len(letters)):
                        placed.append((blank, letters[-place], 0, apart * (place - 1), 0))
                    shares[0] = letters[0]
            for share, (info, at) in zip(shares, cluster, strict=True):
                placed.append((info.codepoint, share, at.x_advance, at.x_offset, at.y_offset))
        _keep(self.parts.glyphs, text, (text, rtl), placed)
        return placed


def _shaped(font: Font, language: str, text: str, rtl: bool) -> hb.Buffer:
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    start, end = 0, len(text)
    if rtl and ZWJ in text:  # at an end it is not part of the text, but of what is around it
        start, end = text.startswith(ZWJ), end - text.endswith(ZWJ)
    buffer.add_str(text, start, end - start)
    buffer.language = language  # or HarfBuzz would ask the machine for its own
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    hb.shape(font.shaper, buffer, font.features)
    return buffer


class _Words(dict[str, Word]):
    """The words of one document in one font, and in one direction."""

    def __init__(self, face: Face, rtl: bool) -> None:
        self.face, self.rtl = proxy(face), rtl

    def __missing__(self, text: str) -> Word:
        word: Word = self.face.shape(text, self.rtl)
        if len(text) <= _WORD:
            self[text] = word
        return word


class _Parts(dict[str, int]):
    """How far a character moves on, or the first of two.

    KeyError if HarfBuzz makes something else of them than glyphs beside each other, as a ligature.
    """

    def __init__(self, font: Font, language: str) -> None:
        self.font, self.language = font, language
        self.shown: dict[str, str] = {}  # what goes between ( ) for it
        self.others: set[str] = set()
        # Kept for the next document: words made of these, and how HarfBuzz sets others.
        self.words: dict[str, Word] = {}
        self.glyphs: dict[tuple[str, bool], list[Glyph]] = {}

    def __missing__(self, text: str) -> int:
        if text not in self.others:
            nominal = [self.font.shaper.get_nominal_glyph(ord(char)) or 0 for char in text]
            usual = [self.font.advances[glyph] for glyph in nominal]
            buffer = _shaped(self.font, self.language, text, False)
            ats = buffer.glyph_positions
            moved = any(at.x_offset or at.y_offset for at in ats)
            same = [info.codepoint for info in buffer.glyph_infos] == nominal
            if same and all(nominal) and not moved and ats[-1].x_advance == usual[-1]:
                advance: int = ats[0].x_advance
                back = (usual[0] - advance) * 1000 * self.font.unit
                code = literal(text[0].encode("utf-16-be"))
                self.shown[text] = code + f"){back:.5g}(" * bool(back)
                self[text] = advance
                return advance
            self.others.add(text)
        raise KeyError(text)


def _keep(known: dict[Any, Any], text: str, key: Any, value: Any) -> None:
    """Keep what became of `text` for the next document, if it may be met there."""
    if len(text) <= _WORD:
        if len(known) >= _MOST:
            known.clear()
        known[key] = value


class _Line:
    """Collects glyphs for TJ, which knows shifts along the line; those across it end a part."""

    def __init__(self, unit: float) -> None:
        self.unit = unit
        self.row = ""
        self.parts: list[tuple[float, str]] = []
        self.shown = self.run = ""
        self.lift = self.total = 0
        self.drift = 0  # how far the pen is behind where it should be

    def show(self, code: str, nominal: int, advance: int, dx: int, dy: int) -> None:
        if abs(dy) * self.unit < 0.01:
            dy = 0  # too little to see, and each change makes a text of its own
        if dy != self.lift:
            self._part()
            self.lift = dy
        if dx != self.drift:
            self._shift(self.drift - dx)
            self.drift = dx
        self.run += code
        self.drift += nominal - advance
        self.total += advance

    def end(self) -> None:
        if self.drift:
            self._shift(self.drift)
        self._part()

    def _shift(self, back: int) -> None:
        self.shown += (f"({self.run})" if self.run else " ") + f"{back * 1000 * self.unit:.5g}"
        self.run = ""

    def _part(self) -> None:
        shown = self.shown + (f"({self.run})" if self.run else "")
        if shown and not self.lift and not self.parts:
            self.row += shown
        elif shown:
            self.parts.append((self.lift * self.unit, shown))
        self.shown = self.run = ""


def _share(text: str, count: int) -> list[str]:
    """Deal out a text to so many glyphs, a character each; the last gets what is left."""
    if count == 1:
        return [text]
    shares = [*text[: count - 1], text[count - 1 :]]
    shares += [""] * (count - len(shares))
    return [share or FILLER for share in shares]


# Scripts that HarfBuzz shapes by rules of their own, from Syriac on; Hangul in pieces is one.
_OWN_RULES = late(
    "[\u0700-\u1cff\ua800-\uabff\ud7b0-\ud7ff\U00010a00-\U00011fff\U00016100-\U0001e9ff]"
)


def _segments(text: str) -> list[tuple[int, str]]:
    """Cut where another script begins, as HarfBuzz takes a buffer to be all of one; with starts.

    Signs and marks that many scripts share stay with what is before them.
    """
    if text.isascii() or not _OWN_RULES.search(text):
        return [(0, text)]
    starts, now = [0], ""
    for at, char in enumerate(text):
        script = script_of(char)
        if now and script and script != now:
            starts.append(at)
        now = script or now
    return [(a, text[a:b]) for a, b in zip(starts, [*starts[1:], None], strict=True)]


@cache
def script_of(char: str) -> str:
    """The script's code in Unicode, like "Latn"; "" for signs that several scripts share."""
    buffer = hb.Buffer()
    buffer.add_str(char)
    buffer.guess_segment_properties()
    return buffer.script or ""


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
