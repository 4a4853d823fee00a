"""Where lines end: runs of text become words, and words fill lines.

ReportLab's own paragraphs are slower, take time in the square of their length, and know either
words or Chinese, but not both in one line.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from operator import itemgetter

from generator.pdf.late import late
from generator.pdf.text import bidi
from generator.pdf.text.fallback import CJK
from generator.pdf.text.fonts import IDEOGRAPHS
from generator.pdf.text.look import BOX, Look, Run
from generator.pdf.text.shape import LONG, ZWJ

Piece = tuple[str, Look, float]  # text of one look that stays together, and its width
Line = list[Piece]

# What may not begin a line, and what may not end one.
_CLOSING = "、。，．：；！？）」』》〉】〕’”…ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々％"
_OPENING = "（「『《〈【〔‘“"
_SPACED = re.compile(r"\n|[^ \n]* +|[^ \n]+")
_IN_NUMBER = r"(?<!\d)(?<!\d[.,:/٫٬])(?<![０-９][，．：／])|(?!\d)"  # anywhere but there
_WORD_BREAK = (
    r"(?<=[^\W\d]{2}[-–—])(?=[^\W\d]{2})|(?<=\w/)(?=\w{3})(?<!\d/(?=\d))"
    r"|(?<=[?&=,])(?=\w{2})(?<!\d,(?=\d))"
)
_BREAK = late(
    rf"(?<=[{CJK}{BOX}])(?<![{_OPENING}])(?![{_CLOSING} .,;:!?)\]}}%])(?=[{CJK}{BOX}\w({_OPENING}])"
    rf"(?:{_IN_NUMBER})"
    rf"|(?<=[\w.,;:!?)%{_CLOSING}])(?=[{CJK}])(?![{_CLOSING}])(?:{_IN_NUMBER})"
    rf"|{_WORD_BREAK}|(?<=[་།])"
)
_ASCII_BREAK = re.compile(_WORD_BREAK)  # all that there is of it in such text
# What the rules above make of text that is all Chinese or Japanese, found faster.
_IDEOGRAPHIC_WORDS = late(
    rf"[{_OPENING}]*[^{_OPENING}{_CLOSING}][{_CLOSING}]*|[{_OPENING}]+[{_CLOSING}]*|[{_CLOSING}]+"
)
_FEW = 8  # words that are put onto lines one by one
_LINES = re.compile(r"\n|[^\n]+")
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
# Thai, Lao, Burmese and Khmer put no spaces between words.
_UNSPACED = late("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\uaa60-\uaa7f]{2,}")


# A look at what a word has in it saves most of the others. From Thai on, few letters have none.
_TEARABLE = re.compile(
    "[^\0-%'-+.0-<>@-\u0dff\u10a0-\u177f\u1800-\u19df\u1a00-\u2012\u2015-\u2e7f](?=.*[^ ])"
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


# ---- Words ---------------------------------------------------------------------------------------


def words(runs: list[Run], whole_lines: bool = False) -> Iterator[list[Piece]]:
    """What may not be torn apart, in pieces of one look; `[]` is the end of a line.

    A word ends after spaces, hyphens, slashes, and Chinese or Japanese signs. With `whole_lines`,
    as in code, it is a line.
    """
    for part in _stretches(runs, whole_lines):
        if isinstance(part, _Stretch):
            yield from ([piece] for piece in part.pieces)
        else:
            yield part


class _Stretch:
    """Many words of one look, each in one piece: they fill lines at once, not one by one."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.ends = [0.0, *accumulate(map(itemgetter(2), pieces))]
        look = pieces[0][1]
        space = look.face.space * look.size
        # Without their last spaces, which may hang over the end of a line.
        self.bare = [
            end - space if text[-1] == " " else end
            for end, (text, _, _) in zip(self.ends[1:], pieces, strict=True)
        ]

    def between(self, start: int, end: int) -> list[Piece]:
        """The words of a line. Those that are nothing but the sum of their signs become one."""
        look = self.pieces[start][1]
        font = look.face.font
        text = "" if font.kerned else "".join(map(itemgetter(0), self.pieces[start:end]))
        if text and font.simple and font.simple.fullmatch(text):
            return [(text, look, self.ends[end] - self.ends[start])]
        return self.pieces[start:end]


def _stretches(runs: list[Run], whole_lines: bool) -> Iterator["list[Piece] | _Stretch"]:
    word: list[Piece] = []
    for text, look in runs:
        if look.box:
            pieces = [(text, look, look.box.width * len(text))]
        else:
            size, rtl, width = look.size, look.level % 2 == 1, look.face.width
            known = look.face.widths[rtl]
            pieces = [
                (piece, look, (known[piece] if piece in known else width(piece, rtl)) * size)
                for piece in _pieces(text, whole_lines)
            ]
        following = False  # is the piece before of this run?
        for at, piece in enumerate(pieces):
            if piece[0] == "\n":
                if word:
                    yield word
                    word = []
                yield []
                continue
            if word and not whole_lines and (following or _apart(word[-1][0], piece[0])):
                yield word
                word = []
                if at and len(pieces) - at > _FEW and "\n" not in text:
                    yield _Stretch(pieces[at:-1])
                    word = [pieces[-1]]
                    break
            word.append(piece)
            following = True
    if word:
        yield word


def _pieces(text: str, whole_lines: bool) -> Sequence[str]:
    """Cut a text where a line may end; line ends are pieces of their own."""
    if whole_lines:
        return _LINES.findall(text)
    if text[:1] > "\u3000" and IDEOGRAPHS.fullmatch(text):
        return _IDEOGRAPHIC_WORDS.findall(text)
    chunks: list[str] = _SPACED.findall(text)
    if not _TEARABLE.search(text):
        return chunks
    return [
        piece
        for chunk in chunks
        for piece in (_torn(chunk) if _TEARABLE.search(chunk) else (chunk,))
    ]


def _torn(chunk: str) -> Sequence[str]:
    """Cut what has no spaces where a line may end all the same."""
    pattern = _ASCII_BREAK if chunk.isascii() else _BREAK
    pieces = [piece for piece in pattern.split(chunk) if piece]
    if pattern is _ASCII_BREAK or not _UNSPACED.search(chunk):
        return pieces
    return [word for piece in pieces for word in _dictionary_words(piece)]


def _dictionary_words(text: str) -> Iterator[str]:
    """Cut between words that no space parts: ICU has dictionaries of their languages."""
    from icu4py.breakers import LineBreaker  # 20 ms, and only for text in these scripts

    for at in range(0, len(text), 5000):  # what is longer is no sentence
        yield from LineBreaker(text[at : at + 5000], "th")


def _apart(before: str, after: str) -> bool:
    """May a line end between two runs?"""
    if before[-1] == " ":
        return after[0] != " "
    both = before[-1] + after[0]
    return (_ASCII_BREAK if both.isascii() else _BREAK).match(both, 1) is not None


# ---- Lines ---------------------------------------------------------------------------------------


def fill(runs: list[Run], width: float, whole_lines: bool = False) -> list[Line]:
    """Fill lines up to `width`, one by one. They keep their last space, so it is copied too."""
    line: Line = []
    lines = [line]
    used = 0.0
    for word in _stretches(runs, whole_lines):
        if isinstance(word, _Stretch):
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
                extent = look.face.word(piece, rtl).width * size
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


def visual(line: Line, rtl: bool) -> Line:
    """The pieces from left to right. Spaces at the end go where the paragraph goes."""
    if line and line[-1][0][-1] == " " and line[-1][1].level != rtl:
        text, look, width = line[-1]
        bare = text.rstrip(" ")
        spaces = (len(text) - len(bare)) * look.face.space * look.size
        tail = (text[len(bare) :], look._replace(level=int(rtl)), spaces)
        line = [*line[:-1], *([(bare, look, width - spaces)] if bare else []), tail]
    return [line[at] for at in bidi.visual([piece[1].level for piece in line])]
