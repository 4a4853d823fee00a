"""Words in a formula whose letters STIX Two Math lacks: Chinese, Japanese and Korean.

mathra is given a black square for each, about as large as the letter, and in a colour that tells
which one it is. The outlines that are drawn there come from the document's own fonts.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from generator.pdf.text.fonts import Font

MAX_LETTERS = 300

_SQUARE = "⬛"
_WIDE = 1.065  # of the square, in letters
_LETTER = "[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]"
_RUNS = re.compile(f"({_LETTER}+)")
_WORDS = re.compile(
    r"\\(?P<command>text(?:rm|bf|it|sf)?|math(?:rm|bf|it|sf)|mbox|operatorname\*?)"
    rf"\{{(?P<words>[^{{}}\\$]*{_LETTER}[^{{}}\\$]*)\}}|(?P<letter>{_LETTER})"
)


class Letter(NamedTuple):
    """One of them, where its square stands: in thousandths of the font size."""

    char: str
    x: float
    y: float
    scale: float


def squares(latex: str) -> tuple[str, str]:
    """`latex` with a square for each letter, and the letters. A square's colour is its number."""
    letters: list[str] = []

    def square(letter: str) -> str:
        letters.append(letter)
        return rf"\textcolor{{#{len(letters):06x}}}{{{_SQUARE}}}"

    def stand_in(match: re.Match[str]) -> str:
        if match["letter"]:
            return square(match["letter"])
        parts = [part for part in _RUNS.split(match["words"]) if part]
        spelled = (
            "".join(map(square, part)) if _RUNS.match(part) else rf"\{match['command']}{{{part}}}"
            for part in parts
        )
        return "{" + "".join(spelled) + "}"

    return _WORDS.sub(stand_in, latex), "".join(letters)


def spell(line: str, letters: str) -> str:
    """`line` with its squares as letters again."""
    rest = iter(letters)
    line = re.sub(f"(?<={_SQUARE}) (?={_SQUARE})", "", line)  # they are words, not factors
    return re.sub(_SQUARE, lambda square: next(rest, square[0]), line)


def drawing(letter: Letter, font: Font) -> str:
    """PDF operators, in thousandths of the font size."""
    scale = letter.scale * 1000 * font.unit
    x = letter.x + (_WIDE - 1) / 2 * 1000 * letter.scale
    path = _outline(font, font.shaper.get_nominal_glyph(ord(letter.char)))
    return f"q {scale:.4g} 0 0 {scale:.4g} {x:.2f} {letter.y:.2f} cm {path} f Q"


@lru_cache(1000)
def _outline(font: Font, glyph: int) -> str:
    pen = _Pen()
    font.shaper.draw_glyph_with_pen(glyph, pen)
    return " ".join(pen.operators)


class _Pen:
    """What HarfBuzz calls for each part of an outline."""

    def __init__(self) -> None:
        self.operators: list[str] = []
        self.at = (0.0, 0.0)

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.operators += [f"{x:.0f} {y:.0f}" for x, y in points]
        self.operators.append(operator)
        self.at = points[-1] if points else self.at

    def moveTo(self, point: tuple[float, float]) -> None:
        self._add("m", point)

    def lineTo(self, point: tuple[float, float]) -> None:
        self._add("l", point)

    def curveTo(self, *points: tuple[float, float]) -> None:
        self._add("c", *points)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:
        """PDF has only curves with two control points."""
        (x0, y0), (x1, y1), (x2, y2) = self.at, control, end
        first = (x0 + 2 * (x1 - x0) / 3, y0 + 2 * (y1 - y0) / 3)
        self._add("c", first, (x2 + 2 * (x1 - x2) / 3, y2 + 2 * (y1 - y2) / 3), end)

    def closePath(self) -> None:
        self._add("h")
