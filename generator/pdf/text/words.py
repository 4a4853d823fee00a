"""Where a line may end: runs of text become words, and rows of words."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import itemgetter

from generator.pdf.late import late
from generator.pdf.text.fallback import CJK
from generator.pdf.text.fonts import IDEOGRAPHS
from generator.pdf.text.look import BOX, Look, Run

Piece = tuple[str, Look, float]  # text of one look that stays together, and its width

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
# Thai, Lao, Burmese and Khmer put no spaces between words.
_UNSPACED = late("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\uaa60-\uaa7f]{2,}")
# A look at what a word has in it saves most of the others. From Thai on, few letters have none.
_TEARABLE = re.compile(
    "[^\0-%'-+.0-<>@-\u0dff\u10a0-\u177f\u1800-\u19df\u1a00-\u2012\u2015-\u2e7f](?=.*[^ ])"
)


def words(runs: list[Run], whole_lines: bool = False) -> Iterator[list[Piece]]:
    """What may not be torn apart, in pieces of one look; `[]` is the end of a line.

    A word ends after spaces, hyphens, slashes, and Chinese or Japanese signs. With `whole_lines`,
    as in code, it is a line.
    """
    for part in stretches(runs, whole_lines):
        if isinstance(part, Stretch):
            yield from ([piece] for piece in part.pieces)
        else:
            yield part


class Stretch:
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
        text = "".join(map(itemgetter(0), self.pieces[start:end])) if font.even else ""
        if text and font.simple and font.simple.fullmatch(text):
            return [(text, look, self.ends[end] - self.ends[start])]
        return self.pieces[start:end]


def stretches(runs: list[Run], whole_lines: bool) -> Iterator["list[Piece] | Stretch"]:
    word: list[Piece] = []
    for text, look in runs:
        if look.box:
            pieces = [(text, look, look.box.width * len(text))]
        else:
            pieces = _measured(text, look, whole_lines)
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
                    yield Stretch(pieces[at:-1])
                    word = [pieces[-1]]
                    break
            word.append(piece)
            following = True
    if word:
        yield word


def _measured(text: str, look: Look, whole_lines: bool) -> list[Piece]:
    """Cut a text where a line may end; line ends are pieces of their own."""
    size = look.size
    if text[:1] > "\u3000" and not whole_lines and IDEOGRAPHS.fullmatch(text):
        words: Sequence[str] = _IDEOGRAPHIC_WORDS.findall(text)
        if look.face.font.even:
            return [(word, look, len(word) * size) for word in words]
    else:
        words = _LINES.findall(text) if whole_lines else _pieces(text)
    shaped = look.face.words[look.level % 2]
    return [(word, look, shaped[word].width * size) for word in words]


def _pieces(text: str) -> Sequence[str]:
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
