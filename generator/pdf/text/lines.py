"""Where lines end: words fill them.

ReportLab's own paragraphs are slower, take time in the square of their length, and know either
words or Chinese, but not both in one line.
"""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate, groupby
from operator import itemgetter

from generator.pdf.late import late
from generator.pdf.text import bidi
from generator.pdf.text.look import Run
from generator.pdf.text.shape import LONG, ZWJ
from generator.pdf.text.words import Piece, Stretch, stretches

Line = list[Piece]

_GOOD_CUT = re.compile(r".*[\s/.,;:_?&=)-](?<!\d[.,](?=\d))", re.S)
_IN_NUMBERS = re.compile(r"[\d.,]\d|\d[.,]\d")
_NUMBER_END = re.compile(r"(?<![\d.,])\d[\d.,]*$")
# Two characters of one syllable: what follows is a mark, or both are parts of a Hangul syllable, or
# the first joins what follows to it.
_JOINED = late(
    "\\S(?:[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u200c\u200d\u3099\u309a\ufe00-\ufe0f\u1160-\u11ff]"
    "|(?![\\w\\s\u0964\u0965\u0f0b-\u0f14])[\u0900-\u1cff\ua800-\uabff])"
    "|[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u1039\u17d2\u200d]\\w"
)
_ARABIC = re.compile("[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff]{2}")


def direct(runs: list[Run], rtl: bool) -> list[Run]:
    """Cut runs where the direction changes. `rtl` is that of the paragraph."""
    whole = "".join(map(itemgetter(0), runs))
    if not rtl and not bidi.has_rtl(whole):
        return runs
    levels = [level for line in whole.split("\n") for level in [*bidi.levels(line, rtl), int(rtl)]]
    result, at = [], 0
    for text, look in runs:
        for level, group in groupby(levels[at : at + len(text)]):
            start, at = at, at + len([*group])
            result.append((whole[start:at], look._replace(level=level)))
    _join(result)
    return result


def _join(runs: list[Run]) -> None:
    """Arabic letters join across a change of look: a sign that has no ink tells them to."""
    for at in range(len(runs) - 1):
        (text, look), (then, other) = runs[at : at + 2]
        if look.level % 2 and other.level % 2 and _ARABIC.match(text[-1:] + then[:1]):
            runs[at : at + 2] = (text + ZWJ, look), (ZWJ + then, other)


def fill(runs: list[Run], width: float, whole_lines: bool = False) -> list[Line]:
    """Fill lines up to `width`, one by one. They keep their last space, so it is copied too."""
    line: Line = []
    lines = [line]
    used = 0.0
    for word in stretches(runs, whole_lines):
        if isinstance(word, Stretch):
            at, count = 0, len(word.pieces)
            while at < count:
                fit = bisect_right(word.bare, width - used + word.ends[at], at)
                if fit > at:
                    line += word.between(at, fit)
                    used += word.ends[fit] - word.ends[at]
                    at = fit
                elif not line:
                    used = _force([word.pieces[at]], width, lines)
                    line = lines[-1]
                    at += 1
                    continue
                if at < count:
                    line, used = [], 0.0
                    lines.append(line)
            continue
        if not word:
            line, used = [], 0.0
            lines.append(line)
            continue
        extent = word[0][2] if len(word) == 1 else sum(map(itemgetter(2), word))
        bare = extent
        text, look, _ = word[-1]
        if text[-1] == " ":
            bare -= look.face.space * look.size
        if used + bare > width and line:
            line, used = [], 0.0
            lines.append(line)
        if bare > width:
            used = _force(word, width, lines)
            line = lines[-1]
        else:
            line += word
            used += extent
    return lines


def _force(word: list[Piece], width: float, lines: list[Line]) -> float:
    """Break what is wider than a line: after a sign if one is near the end of it, else anywhere."""
    used = 0.0
    for text, look, extent in word:
        if look.box:
            extent = min(extent, width)
            if used and used + extent > width:
                lines.append([])
                used = 0.0
            lines[-1].append((text, look, extent))
            used += extent
            continue
        at, size, rtl = 0, look.size, look.level % 2 == 1
        while at < len(text):
            # More than a line holds: a word of a million letters is not measured anew for each.
            ahead = text[at : at + LONG]
            ends = [0.0, *accumulate(advance * size for advance in look.face.ends(ahead, rtl))]
            fit = bisect_right(ends, width - used + 0.01) - 1
            full = fit < len(ahead)
            if full:
                fit = _cut(ahead, fit)
            if fit or not lines[-1]:
                fit = max(fit, 1)
                piece = ahead[:fit]
                extent = look.face.words[rtl][piece].width * size
                lines[-1].append((piece, look, extent))
                used += extent
                at += fit
            if full:
                lines.append([])
                used = 0.0
    return used


def _cut(text: str, fit: int) -> int:
    """Where to break a text of which `fit` characters fit: where it does the least harm."""
    if _IN_NUMBERS.match(text, fit - 1):
        number = _NUMBER_END.search(text, max(0, fit - 40), fit)
        fit = number.start() or fit if number else fit
    if (good := _GOOD_CUT.match(text, 0, fit)) and good.end() > fit * 0.6:
        return good.end()
    while fit > 1 and _JOINED.match(text, fit - 1):
        fit -= 1
    return fit


def width_of(line: Line) -> float:
    """Without the spaces at the end."""
    width: float = sum(map(itemgetter(2), line))
    if line and line[-1][0].endswith(" "):
        text, look, _ = line[-1]
        width -= (len(text) - len(text.rstrip(" "))) * look.face.space * look.size
    return width


def placed(line: Line, rtl: bool) -> list[tuple[float, Line]]:
    """The runs of one direction, in the order in which they are read, as PyMuPDF and pypdf copy
    text; and how far from the line's left each begins. Its pieces are from left to right.

    Spaces at the end go where the paragraph goes.
    """
    if line and line[-1][0][-1] == " " and line[-1][1].level != rtl:
        text, look, width = line[-1]
        bare = text.rstrip(" ")
        spaces = (len(text) - len(bare)) * look.face.space * look.size
        tail = (text[len(bare) :], look._replace(level=int(rtl)), spaces)
        line = [*line[:-1], *([(bare, look, width - spaces)] if bare else []), tail]
    levels = [piece[1].level for piece in line]
    order = bidi.visual(levels)
    runs: list[tuple[tuple[int, int], float, Line]] = []
    start = 0.0
    for level, group in groupby(order, key=levels.__getitem__):
        places = [*group]
        pieces = [line[at] for at in places]
        width = sum(map(itemgetter(2), pieces))
        left = start
        if level % 2 and len(places) < len(line) and (ends := _signs_at_end(pieces[0])):
            # What has no direction takes that of the letters before it.
            pieces[0], tail = ends
            runs.append(((places[0], 1), start, [tail]))
            left += tail[2]
        runs.append(((min(places), 0), left, pieces))
        start += width
    return [(start, pieces) for _, start, pieces in sorted(runs, key=itemgetter(0))]


def _signs_at_end(piece: Piece) -> tuple[Piece, Piece] | None:
    """A word and the signs and spaces behind it, apart."""
    text, look, width = piece
    count = len(text)
    while count and unicodedata.category(text[count - 1])[0] in "PZS":
        count -= 1
    if count in (0, len(text)) or look.box or look.link or look.tint or look.strike or look.anchor:
        return None
    signs = look.face.words[1][text[count:]].width * look.size
    return (text[:count], look, width - signs), (text[count:], look, signs)
