"""Type on pages: what ReportLab lacks for setting a report.

Lines are broken here and not by ReportLab's `Paragraph`, which is slower, takes time in the square
of a paragraph's length, and knows either words or Chinese, but not both in one line.

In order: flowables, which ReportLab puts on pages; line breaking; fonts; the pages themselves.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BytesIO
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus.doctemplate import SimpleDocTemplate  # type: ignore[import-untyped]
from reportlab.platypus.flowables import Flowable  # type: ignore[import-untyped]

MARGIN = 72  # points, like every length here
WIDTH, HEIGHT = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
INK, GREY, BLUE = HexColor("#1f2937"), HexColor("#6b7280"), HexColor("#1d4ed8")
HAIRLINE, TINT = HexColor("#d1d5db"), HexColor("#f3f4f6")

# Or else ReportLab wraps all streams in ASCII for seven-bit mail: slow, and a quarter more bytes.
rl_config.useA85 = 0


class UnprintableReport(ValueError):
    """This input will never become a PDF: do not retry. The message says what to do instead."""


class Style(NamedTuple):
    """How a block is set. Of the gap `after` one and that `before` the next, the larger counts."""

    size: float
    leading: float
    before: float
    after: float
    color: Any = INK
    bold: bool = False
    mono: bool = False
    padding: float = 0  # from the text to the edge of a tinted box; 0 is no box


CELL = Style(9, 12.5, 2, 0)
FOOTER = Style(8, 10, 0, 0, color=GREY)

# ---- Flowables: text that splits between lines, tables that split between rows -------------------


@dataclass(eq=False)
class Face:
    """A font that is registered with ReportLab."""

    name: str
    widths: dict[str, float]  # of each character it can draw, as a share of the size
    outside: bool = False  # not in the PDF: the reader's program brings it, in one weight


class Look(NamedTuple):
    """How a run of text is drawn."""

    face: Face
    size: float
    color: Any
    rise: float
    heavy: bool  # outlined, as the face has no bold
    link: str
    strike: bool
    tint: bool  # the grey ground of a code span


Run = tuple[str, Look]
Piece = tuple[str, Look, float]  # text on one line, and its width
Line = list[Piece]


class Block(Flowable):  # type: ignore[misc]
    """What all flowables here have: an indent, list markers, and the bars of quotes around them."""

    indent = 0.0
    bars: tuple[float, ...] = ()
    joined = 0  # so many of the bars go on from the block above
    keep = 0.0  # the room that must be left on the page for the block to begin there

    def __init__(self, before: float, after: float) -> None:
        super().__init__()
        self.spaceBefore, self.spaceAfter = before, after
        self.markers: list[Text] = []

    def halves(self) -> tuple[Any, Any]:
        """Two copies, for the two sides of a page break."""
        self.__dict__.pop("_postponed", None)  # ReportLab's mark that it came from the last page
        head, tail = copy(self), copy(self)
        head.spaceAfter = tail.spaceBefore = tail.joined = tail.keep = 0
        tail.markers = []
        return head, tail

    def draw(self) -> None:
        gap = 0 if self._frame._atTop else max(self.spaceBefore, self._frame._prevASpace)
        self.canv.setFillColor(HAIRLINE)
        for number, bar in enumerate(self.bars):
            self.canv.rect(bar, 0, 2, self.height + gap * (number < self.joined), stroke=0, fill=1)
        for marker in self.markers:
            marker.draw_at(self.canv, 0, self.height)


class Rule(Block):
    def __init__(self, color: Any, thickness: float, before: float = 0, after: float = 0) -> None:
        super().__init__(before, after)
        self.color, self.thickness = color, thickness

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = width, self.thickness
        return width, self.height

    def draw(self) -> None:
        super().draw()
        self.canv.setFillColor(self.color)
        self.canv.rect(self.indent, 0, self.width - self.indent, self.thickness, stroke=0, fill=1)


class Text(Block):
    """A paragraph, heading, list item, table cell or code block."""

    def __init__(
        self, runs: list[Run], style: Style, *, align: float = 0, width: float = 0,
        keep: float = 0, bookmark: tuple[str, str, int] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(style.before, style.after)
        self.runs, self.style, self.keep = runs, style, keep
        self.align = align  # 0 is left, 0.5 the middle and 1 right of `width`
        self.width = width
        self.bookmark = bookmark  # key, title and level in the PDF's outline
        self.lines: list[Line] = []

    def break_lines(self, width: float) -> None:
        """Once: a block has the same width on every page."""
        if not self.lines:
            self.lines, self.runs = _break(self.runs, width, self.style.mono), []

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        padding = 2 * self.style.padding
        self.break_lines(width - self.indent - padding)
        self.width, self.height = width, len(self.lines) * self.style.leading + padding
        return width, self.height if height >= self.keep else height + 1

    def split(self, width: float, height: float) -> list[Block]:
        fit = int((height - 2 * self.style.padding) // self.style.leading)
        if len(self.lines) - fit == 1:
            fit -= 1  # no line alone on the next page, nor on this one
        return [*self.cut(fit)] if fit >= 2 and height >= self.keep else []

    def cut(self, count: int) -> "tuple[Text, Text]":
        head, tail = self.halves()
        head.lines, tail.lines = self.lines[:count], self.lines[count:] or [[]]
        tail.bookmark = None
        return head, tail

    def draw(self) -> None:
        super().draw()
        if self.bookmark:
            key, title, level = self.bookmark
            self.canv.bookmarkHorizontal(key, 0, self.height)
            self.canv.addOutlineEntry(title, key, level)
        padding, width = self.style.padding, self.width - self.indent
        if padding:
            self.canv.setFillColor(TINT)
            self.canv.roundRect(self.indent, 0, width, self.height, 3, stroke=0, fill=1)
        self.draw_at(self.canv, self.indent + padding, self.height - padding)

    def draw_at(self, canvas: Any, left: float, top: float) -> None:
        """Draw the lines from `top` downwards."""
        self.break_lines(WIDTH)
        canvas.setLineWidth(0.3)  # of outlined letters
        text = canvas.beginText()
        old: Look | None = None
        y = top - self.style.leading / 2 - self.style.size * 0.36
        for line in self.lines:
            x = left + (self.align * (self.width - left - _line_width(line)) if self.align else 0)
            text.setTextOrigin(x, y)
            for look, pieces in groupby(line, key=itemgetter(1)):
                group = list(pieces)
                width = sum(piece[2] for piece in group)
                if look is not old:
                    _change(text, old, look)
                    old = look
                if look.tint or look.link or look.strike:
                    _decorate(canvas, look, x, y, width)
                text.textOut("".join(piece[0] for piece in group))
                x += width
            y -= self.style.leading
        _change(text, old, None)
        canvas.drawText(text)


def _change(text: Any, old: Look | None, new: Look | None) -> None:
    """Tell the PDF what is different about the next run; what outlives a text, it must end with."""
    if new and (not old or (old.face, old.size) != (new.face, new.size)):
        text.setFont(new.face.name, new.size)
    if new and (not old or old.color is not new.color):
        text.setFillColor(new.color)
    if (old.rise if old else 0) != (rise := new.rise if new else 0):
        text.setRise(rise)
    if (old.heavy if old else False) != (heavy := new.heavy if new else False):
        text.setTextRenderMode(2 if heavy else 0)
    if new and new.heavy:
        text.setStrokeColor(new.color)


def _decorate(canvas: Any, look: Look, x: float, y: float, width: float) -> None:
    if look.tint:
        canvas.setFillColor(TINT)
        canvas.rect(x - 1, y - look.size * 0.3, width + 2, look.size * 1.3, stroke=0, fill=1)
    if look.link:
        canvas.linkURL(look.link, (x, y - look.size * 0.25, x + width, y + look.size), relative=1)
    if look.strike:
        middle = y + look.rise + look.size * 0.28
        canvas.setStrokeColor(look.color)
        canvas.setLineWidth(0.7)
        canvas.line(x, middle, x + width, middle)


PAD_X, PAD_Y = 6, 4  # inside a table cell


class _Row:
    def __init__(self, cells: Iterable[Text]) -> None:
        self.cells = list(cells)
        self.height = max(len(cell.lines) for cell in self.cells) * CELL.leading + 2 * PAD_Y

    def cut(self, room: float) -> "list[_Row]":
        """Split between lines of text, if there is room for one."""
        count = int((room - 2 * PAD_Y) // CELL.leading)
        halves = zip(*(cell.cut(count) for cell in self.cells), strict=True)
        return [_Row(half) for half in halves] if count > 0 else []


class Table(Block):
    """Repeats its header on every page; splits between rows, and within those over half a page."""

    def __init__(self, rows: list[list[Text]], columns: list[float]) -> None:
        super().__init__(10, 12)
        self.columns = columns
        for row in rows:
            for cell, width in zip(row, columns, strict=True):
                cell.width = width - PAD_X
                cell.break_lines(width - 2 * PAD_X)
        self.header, *self.rows = map(_Row, rows)
        self.repeat = self.header.height < HEIGHT / 4
        if not self.repeat:
            self.rows.insert(0, self.header)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.height = sum(row.height for row in self.rows) + self.repeat * self.header.height
        return width, self.height

    def split(self, width: float, height: float) -> list[Block]:
        room = height - self.repeat * self.header.height
        count = 0
        while count < len(self.rows) and self.rows[count].height <= room:
            room -= self.rows[count].height
            count += 1
        head, tail = self.halves()
        head.rows, tail.rows = self.rows[:count], self.rows[count:]
        if tail.rows and tail.rows[0].height > HEIGHT / 2 and (parts := tail.rows[0].cut(room)):
            head.rows.append(parts[0])
            tail.rows[0] = parts[1]
        return [head, tail] if head.rows else []

    def draw(self) -> None:
        super().draw()
        canvas, top, width = self.canv, self.height, sum(self.columns)
        canvas.translate(self.indent, 0)
        canvas.setStrokeColor(HAIRLINE)
        canvas.setLineWidth(0.5)
        for row in [self.header, *self.rows] if self.repeat else self.rows:
            bottom = top - row.height
            if row is self.header:
                canvas.setFillColor(TINT)
                canvas.rect(0, bottom, width, row.height, stroke=0, fill=1)
            canvas.line(0, bottom, width, bottom)
            canvas.saveState()
            for cell, column in zip(row.cells, self.columns, strict=True):
                cell.draw_at(canvas, PAD_X, top - PAD_Y)
                canvas.translate(column, 0)
            canvas.restoreState()
            top = bottom


def column_widths(rows: list[list[Text]], room: float) -> list[float] | None:
    """Widths from the content that fill `room`; None if columns would get too narrow to read.

    A column gets its longest word. What is left goes to those that want more, the modest first.
    """
    widths, wishes = [], []
    for cells_below in zip(*rows, strict=True):
        cells = [[width for _, _, width in _pieces(cell.runs, False)] for cell in cells_below]
        longest = max((max(cell, default=0) for cell in cells), default=0)
        widths.append(min(longest, 110) + 2 * PAD_X + 0.1)
        wishes.append(max(map(sum, cells)) + 2 * PAD_X + 0.1)
    if sum(widths) > room:
        widths = [min(width, max(36, room / len(widths))) for width in widths]
    if sum(widths) > room:
        return None
    spare, waiting = room - sum(widths), len(widths)
    missing = [max(wish - width, 0) for wish, width in zip(wishes, widths, strict=True)]
    for column in sorted(range(waiting), key=missing.__getitem__):
        extra = min(missing[column], spare / waiting)
        widths[column] += extra
        spare, waiting = spare - extra, waiting - 1
    return [width + spare / len(widths) for width in widths]


# ---- Line breaking -------------------------------------------------------------------------------

_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"  # without Hangul: Korean puts spaces between words
# What may not begin a line, and what may not end one.
_CLOSING = "、。，．：；！？）」』》〉】〕’”…ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_OPENING = "（「『《〈【〔‘“"
_SPACED = re.compile(r"\n|[^ \n]* +|[^ \n]+")
_BREAK = re.compile(
    rf"(?<=[{_CJK}])(?<![{_OPENING}])(?![{_CLOSING} ])"
    rf"|(?<![{_OPENING} ])(?=[{_CJK}])(?![{_CLOSING}])"
    r"|(?<=[^\W\d]{2}[-–—])(?=[^\W\d]{2})|(?<=\w/)(?=\w{3})|(?<=[?&=,])(?=\w{2})"
)
_GOOD_CUT = re.compile(r".*[\s/.,;:_?&=)-]", re.S)


def _pieces(runs: list[Run], mono: bool) -> list[Piece]:
    """Cut runs where lines may end: after spaces, hyphens, slashes, and Chinese or Japanese signs.

    Lines of code stay whole.
    """
    pieces = []
    for text, look in runs:
        width_of, size = look.face.widths.__getitem__, look.size
        for chunk in re.findall(r"\n|[^\n]+", text) if mono else _SPACED.findall(text):
            breakable = not mono and (len(chunk) > 12 or not chunk.isascii())
            for piece in filter(None, _BREAK.split(chunk)) if breakable else (chunk,):
                width = sum(map(width_of, piece)) * size if piece != "\n" else 0.0
                pieces.append((piece, look, width))
    return pieces


def _break(runs: list[Run], width: float, mono: bool) -> list[Line]:
    """Fill lines up to `width`, one by one. They keep their last space, so it is copied too."""
    lines: list[Line] = [[]]
    word: list[Piece] = []
    used = extent = 0.0
    pieces = _pieces(runs, mono)
    for piece, following in zip(pieces, [*pieces[1:], None], strict=False):
        text, look, size = piece
        if text == "\n":
            lines.append([])
            used = 0.0
            continue
        word.append(piece)
        extent += size
        if following and following[0] != "\n":
            pair = text[-1] + following[0][0]
            apart = following[1] is look or " " in pair or _BREAK.match(pair, 1)
            if mono or not apart:
                continue  # the word goes on
        bare = extent - (look.face.widths[" "] * look.size if text[-1] == " " else 0)
        if used + bare > width and lines[-1]:
            lines.append([])
            used = 0.0
        if bare > width:
            used = _force(word, width, lines)
        else:
            lines[-1] += word
            used += extent
        word, extent = [], 0.0
    return lines


def _force(word: list[Piece], width: float, lines: list[Line]) -> float:
    """Break what is wider than a line: after a sign if one is near the end of it, else anywhere."""
    used = 0.0
    for text, look, _ in word:
        at, width_of = 0, look.face.widths.__getitem__
        while at < len(text):
            # More than a line holds: a word of a million letters is not measured anew for each.
            ahead = text[at : at + 300]
            ends = [0.0, *accumulate(width_of(char) * look.size for char in ahead)]
            fit = bisect_right(ends, width - used + 0.01) - 1
            full = fit < len(ahead)
            if full and (good := _GOOD_CUT.match(ahead, 0, fit)) and good.end() > fit * 0.6:
                fit = good.end()
            if fit or not lines[-1]:
                fit = max(fit, 1)
                lines[-1].append((ahead[:fit], look, ends[fit]))
                used += ends[fit]
                at += fit
            if full:
                lines.append([])
                used = 0.0
    return used


def _line_width(line: Line) -> float:
    """Without the spaces at the end."""
    width = sum(piece[2] for piece in line)
    if line and line[-1][0].endswith(" "):
        text, look, _ = line[-1]
        width -= (len(text) - len(text.rstrip(" "))) * look.face.widths[" "] * look.size
    return width


# ---- Fonts ---------------------------------------------------------------------------------------

# ReportLab's registry of fonts, and a font while it is written, belong to one thread at a time.
_lock = RLock()
_faces: dict[str, Face] = {}
_OUTSIDE = {"STSong-Light": "gbk", "HeiseiKakuGo-W5": "cp932", "HYGothic-Medium": "cp949"}
_LOOKALIKES = str.maketrans(
    {"✅": "✓", "☑": "✓", "☐": "□", "❌": "×", "⭐": "★", "☆": "✩", "⟨": "‹", "⟩": "›"}
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_JOINER = re.compile("\u200d(?=[\u2600-\U0010ffff])")  # makes one emoji of two
_VARIANT = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")  # of the emoji before: colour, skin


def _face(name: str, load: Callable[[str], Face]) -> Face:
    with _lock:
        if name not in _faces:
            _faces[name] = load(name)
        return _faces[name]


def _truetype(name: str, data: bytes) -> Face:
    font = TTFont(name, BytesIO(data))
    if name.startswith("PDF_FONT"):  # ReportLab mixes up the tables of two fonts of one name
        font.face.name = b"PDF_FONT-" + font.face.name
    pdfmetrics.registerFont(font)
    # Beyond U+FFFF, ReportLab gets the codes wrong that text is copied by. U+00AD is a soft hyphen.
    codes = [code for code in font.face.charWidths if 31 < code < 0x10000 and code != 0xAD]
    return Face(name, {chr(code): font.face.charWidths[code] / 1000 for code in codes})


def _bundled(name: str) -> Face:
    package = "pymupdf_fonts."
    return _face(name, lambda name: _truetype(name, import_module(package + name).fontbuffer))


def _users(path: str) -> Face:
    try:
        return _face(f"PDF_FONT={path}", lambda name: _truetype(name, Path(path).read_bytes()))
    except Exception as error:  # a damaged file can fail in any way
        raise UnprintableReport(
            f"PDF_FONT={path} cannot be used: {error}. "
            "Set it to the path of a TrueType font (.ttf), or remove the line."
        ) from error


def _standard(name: str) -> Face:
    """Symbol or ZapfDingbats, which every PDF reader has."""
    font = pdfmetrics.getFont(name)
    signs = [(bytes([code]).decode(font.encName, "replace"), code) for code in range(33, 256)]
    widths = {sign: font.widths[code] / 1000 for sign, code in signs if sign < "\ue000"}
    return Face(name, widths, outside=True)


def _east_asian(name: str) -> Face:
    """A font that the PDF only names. What it can draw is what its country's codec can encode."""
    font = UnicodeCIDFont(name)
    pdfmetrics.registerFont(font)
    widths = {}
    for code in [*range(0x2E80, 0xD800), *range(0xF900, 0xFFF0)]:
        if chr(code).encode(_OUTSIDE[name], "ignore"):
            widths[chr(code)] = font.unicodeWidths.get(code, 1000) / 1000
    return Face(name, widths, outside=True)


Found = tuple[str, Face, float]  # what to print for a text, in which face, and how far raised


class Fonts:
    """Finds a face for every character of one document, and loads no face that it does not need."""

    def __init__(self, text: str, font: str | None) -> None:
        self.users = [_users(font)] if font else []
        japanese = re.search("[\u3040-\u30ff]", text)
        order = sorted(_OUTSIDE, key="HeiseiKakuGo-W5".__ne__) if japanese else _OUTSIDE
        needed = re.search(f"[{_CJK}\u1100-\u11ff\uac00-\ud7a3]", text)
        self.east_asian = [_face(name, _east_asian) for name in order] if needed else []
        self.chains: dict[tuple[bool, ...], _Chain] = {}

    def _chain(self, bold: bool, italic: bool, mono: bool) -> "_Chain":
        weight = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
        main, other = _bundled(f"FiraGO_{weight}"), _bundled(f"CascadiaMono_{weight}")
        if mono:
            main, other = other, main
        signs = [_face("Symbol", _standard), _face("ZapfDingbats", _standard)]
        return _Chain([main, *self.users, other, *signs, *self.east_asian])

    def split(self, text: str, *kind: bool) -> Iterator[Found]:
        """Cut `text` into pieces of one face. `kind` is: bold, italic, mono."""
        chain = self.chains.get(kind) or self.chains.setdefault(kind, self._chain(*kind))
        if chain.faces[0].widths.keys() >= set(text):
            if text:
                yield text, chain.faces[0], 0
            return
        text = _FLAG.sub(_flag, _JOINER.sub("", text))
        for (face, rise), group in groupby(map(chain.__getitem__, text), key=itemgetter(1, 2)):
            yield "".join(char for char, _, _ in group), face, rise


def _flag(pair: re.Match[str]) -> str:
    return "[" + "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in pair[0]) + "]"


class _Chain(dict[str, Found]):
    """Finds a character in the first of the faces that has it."""

    def __init__(self, faces: list[Face]) -> None:
        self.faces = faces

    def __bool__(self) -> bool:
        return True  # also before the first character

    def __missing__(self, char: str) -> Found:
        self[char] = self._find(char) or self._stand_in(char)
        return self[char]

    def _find(self, text: str, rise: float = 0) -> Found | None:
        faces = (face for face in self.faces if text and face.widths.keys() >= set(text))
        return next(((text, face, rise) for face in faces), None)

    def _stand_in(self, char: str) -> Found:
        """For what no face has: a look-alike, a plain letter, nothing if invisible, or its name."""
        kind, *_ = unicodedata.decomposition(char).split() or [""]
        plain = char.translate(_LOOKALIKES)
        if kind not in ("<circle>", "<square>"):
            plain = unicodedata.normalize("NFKC", plain)
        if found := self._find(plain, {"<sub>": -0.15, "<super>": 0.35}.get(kind, 0)):
            return found
        category = unicodedata.category(char)
        if char == "\n":
            plain = char
        elif char == "\t" or category == "Zs":
            plain = " "
        elif category in ("Cc", "Cf", "Me", "Zl", "Zp") or _VARIANT.match(char):
            plain = ""
        else:
            plain = f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]"
        return plain, self.faces[0], 0


# ---- Pages ---------------------------------------------------------------------------------------


def paginate(story: list[Block], *, title: str, subject: str, language: str, footer: Text) -> bytes:
    """Return the story as a PDF, with `footer` and the page's number below each page."""
    buffer = BytesIO()
    margin = MARGIN - 6  # ReportLab's frames add 6 points of their own
    document = SimpleDocTemplate(
        buffer, pagesize=A4, invariant=1,
        leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
        title=title, author="Research Report Generator", subject=subject,
        lang=language, displayDocTitle=True,
    )  # fmt: skip
    below = partial(_draw_footer, title=footer)
    document.build(story, onFirstPage=below, onLaterPages=below, canvasmaker=_Canvas)
    return buffer.getvalue()


class _Canvas(Canvas):  # type: ignore[misc]
    """Knows at the end how many pages there are, and fills in the form that the footers show."""

    def save(self) -> None:
        self.beginForm("pages")
        _draw_small(self, str(self.getPageNumber() - 1))
        self.endForm()
        with _lock:
            super().save()


def _draw_small(canvas: Any, text: str) -> float:
    """Draw at the origin, in the footer's style; return the width."""
    face = _bundled("FiraGO_Regular")
    canvas.setFont(face.name, FOOTER.size)
    canvas.setFillColor(FOOTER.color)
    canvas.drawString(0, 0, text)
    return sum(map(face.widths.__getitem__, text)) * FOOTER.size


def _draw_footer(canvas: Any, document: Any, title: Text) -> None:
    canvas.saveState()
    canvas.translate(MARGIN, 40)
    title.draw_at(canvas, 0, FOOTER.leading / 2 + FOOTER.size * 0.36)
    canvas.translate(_draw_small(canvas, f"Page {document.page} of "), 0)
    canvas.doForm("pages")
    canvas.restoreState()
