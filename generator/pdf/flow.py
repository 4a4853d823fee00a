"""What stands on pages: text, rules, and what all blocks have in common.

A block is measured for a width, and may be split between two pages. It draws itself at a place.
"""

from bisect import bisect_right
from copy import copy
from functools import cache
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any

from generator.pdf import bidi
from generator.pdf.lines import Line, Piece, _parts, direct, fill, visual, width_of
from generator.pdf.look import HAIRLINE, TINT, WIDTH, Box, Look, Run, Style
from generator.pdf.shape import LONG


class Block:
    """An indent, list markers, and the bars of quotes around it."""

    indent = 0.0
    bars: tuple[float, ...] = ()
    joined = 0  # so many of the bars go on from the block above
    keep = 0.0  # the room that must be left on the page for the block to begin there
    mirrored = False  # indents, bars and markers are at the right
    height = 0.0

    def __init__(self, before: float, after: float) -> None:
        self.before, self.after = before, after
        self.markers: list[Text] = []

    def measure(self, width: float) -> float:
        """Lay the block out in `width`; return its height."""
        raise NotImplementedError

    def split(self, room: float) -> "tuple[Block, Block] | None":
        """What fits into `room`, and the rest; None if nothing does."""
        return None

    def halves(self) -> tuple[Any, Any]:
        """Two copies, for the two sides of a page break."""
        head, tail = copy(self), copy(self)
        head.after = tail.before = tail.joined = tail.keep = 0
        tail.markers = []
        return head, tail

    def draw(self, canvas: Any, left: float, top: float, width: float, gap: float) -> None:
        """Draw it in the measured width. `gap` is how far above it the last block ends."""
        if self.bars:
            canvas.setFillColor(HAIRLINE)
        for number, bar in enumerate(self.bars):
            x = left + (width - bar - 2 if self.mirrored else bar)
            height = self.height + gap * (number < self.joined)
            canvas.rect(x, top - self.height, 2, height, stroke=0, fill=1)
        for marker in self.markers:
            marker.mirrored = self.mirrored
            start = left + width - marker.width if self.mirrored else left
            marker.draw_lines(canvas, start, start + marker.width, top)


class Rule(Block):
    def __init__(self, color: Any, thickness: float, before: float = 0, after: float = 0) -> None:
        super().__init__(before, after)
        self.color, self.height = color, thickness

    def measure(self, width: float) -> float:
        return self.height

    def draw(self, canvas: Any, left: float, top: float, width: float, gap: float) -> None:
        super().draw(canvas, left, top, width, gap)
        canvas.setFillColor(self.color)
        start = left if self.mirrored else left + self.indent
        canvas.rect(start, top - self.height, width - self.indent, self.height, stroke=0, fill=1)


class Text(Block):
    """A paragraph, heading, list item, table cell or code block."""

    def __init__(
        self, runs: list[Run], style: Style, *, align: float = 0, width: float = 0,
        keep: float = 0, bookmark: tuple[str, str, int] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(style.before, style.after)
        self.runs, self.style, self.keep = runs, style, keep
        self.align = align  # 0 is where text begins, 0.5 the middle and 1 the other side
        self.width = width  # of the lines, where something else than the page sets it
        self.bookmark = bookmark  # key, title and level in the PDF's outline
        self.lines: list[Line] = []
        self.reaches: list[tuple[float, float]] = []  # of lines that are higher than the style's
        self.rtl = False

    def is_rtl(self, otherwise: bool) -> bool:
        """Does the text run from right to left? `otherwise` where nothing in it tells."""
        if self.style.mono:
            return False
        whole = "".join(map(itemgetter(0), self.runs))
        return bidi.is_rtl(whole) or (otherwise and not any(map(str.isalpha, whole)))

    def break_lines(self, width: float) -> None:
        """Once: a block has the same width on every page."""
        if self.lines:
            return
        self.rtl = self.is_rtl(self.mirrored)
        boxed = any(look.box for _, look in self.runs)
        self.lines = fill(direct(self.runs, self.rtl), width, self.style.mono)
        self.runs = []
        if boxed:
            self.reaches = [_reach(line, self.style) for line in self.lines]

    def lines_height(self) -> float:
        if self.reaches:
            return sum(map(sum, self.reaches))
        return len(self.lines) * self.style.leading

    def fitting(self, room: float) -> int:
        """So many lines fit into `room`."""
        if self.reaches:
            return bisect_right([*accumulate(map(sum, self.reaches))], room + 0.001)
        return max(0, int((room + 0.001) // self.style.leading))

    def measure(self, width: float) -> float:
        padding = 2 * self.style.padding
        self.break_lines(width - self.indent - padding)
        self.height = self.lines_height() + padding
        return self.height

    def split(self, room: float) -> "tuple[Block, Block] | None":
        fit = self.fitting(room - 2 * self.style.padding)
        if len(self.lines) - fit == 1:
            fit -= 1  # no line alone on the next page, nor on this one
        return self.cut(fit) if fit >= 2 else None

    def cut(self, count: int) -> "tuple[Text, Text]":
        head, tail = self.halves()
        head.lines, tail.lines = self.lines[:count], self.lines[count:] or [[]]
        head.reaches, tail.reaches = self.reaches[:count], self.reaches[count:]
        tail.bookmark = None
        return head, tail

    def draw(self, canvas: Any, left: float, top: float, width: float, gap: float) -> None:
        super().draw(canvas, left, top, width, gap)
        if self.bookmark:
            key, title, level = self.bookmark
            canvas.bookmarkHorizontal(key, 0, top)
            canvas.addOutlineEntry(title, key, level)
        padding = self.style.padding
        start = left if self.mirrored else left + self.indent
        end = start + width - self.indent
        if padding:
            canvas.setFillColor(TINT)
            canvas.roundRect(
                start, top - self.height, end - start, self.height, 3, stroke=0, fill=1
            )
        self.draw_lines(canvas, start + padding, end - padding, top - padding)

    def draw_lines(self, canvas: Any, left: float, right: float, top: float) -> None:
        """Draw the lines between `left` and `right`, from `top` downwards."""
        self.break_lines(WIDTH)
        align = 1 - self.align if self.mirrored and not self.style.mono else self.align
        page = _Ink(canvas)
        ascent, descent = self.style.ascent, self.style.leading - self.style.ascent
        y = top
        for number, line in enumerate(self.lines):
            if self.reaches:
                ascent, descent = self.reaches[number]
            y -= ascent
            x = left
            if align:
                x += align * (right - left - width_of(line))
            if line and (self.rtl or any(piece[1].level for piece in line)):
                line = visual(line, self.rtl)
                if self.rtl:  # the spaces at its end are at the left
                    x -= _leading_spaces(line)
            page.line(line, x, y)
            y -= descent
        page.end()


def _reach(line: Line, style: Style) -> tuple[float, float]:
    """How far a line reaches up and down from its base line."""
    up, down = style.ascent, style.leading - style.ascent
    for text, look, width in line:
        if look.box:
            scale = width / (look.box.width * len(text) or 1)
            up = max(up, look.box.ascent * scale + look.rise + 1)
            down = max(down, look.box.descent * scale - look.rise + 1)
    return up, down


def _leading_spaces(line: Line) -> float:
    """How wide the spaces at the end of a line from right to left are, which is its left."""
    width = 0.0
    for text, look, extent in line:
        if text.strip(" "):
            spaces = len(text) - len(text.rstrip(" ")) if look.level % 2 else 0
            return width + spaces * look.face.space * look.size
        width += extent
    return width


# ---- The operators of a PDF that show text -------------------------------------------------------


@cache
def _fill(color: Any) -> str:
    return f"{color.red:.4g} {color.green:.4g} {color.blue:.4g} rg"


class _Ink:
    """Writes one text object; what is under the letters goes onto the canvas before it."""

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self.code: list[str] = ["BT"]
        self.face: Any = None
        self.size = self.rise = 0.0
        self.color: Any = None

    def line(self, line: Line, x: float, y: float) -> None:
        if not line:
            return
        self.code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for look, group in groupby(line, key=itemgetter(1)):
            pieces = [*group]
            if look.box:
                for text, _, width in pieces:
                    for _ in text:
                        self._box(look, look.box, x, y, width / len(text))
                        x += width / len(text)
                self.code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
                continue
            if look.tint or look.link or look.strike or look.anchor:
                width = sum(map(itemgetter(2), pieces))
                _decorate(self.canvas, look, x, y, width)
            self._change(look)
            self._show(look, pieces)
            for piece in pieces:
                x += piece[2]

    def end(self) -> None:
        if self.rise:
            self.code.append("0 Ts")  # it would outlive the text
        if len(self.code) > 1:
            self.canvas._code.append("\n".join([*self.code, "ET"]))

    def _change(self, look: Look) -> None:
        if look.face is not self.face or look.size != self.size:
            self.face, self.size = look.face, look.size
            key = look.face.subset.use(self.canvas._doc)
            self.code.append(f"/{key} {look.size:g} Tf")
        if look.color is not self.color:
            self.color = look.color
            self.code.append(_fill(look.color))
        if look.rise != self.rise:
            self.rise = look.rise
            self.code.append(f"{look.rise:g} Ts")

    def _show(self, look: Look, pieces: list[Piece]) -> None:
        words, rtl, lifted, shown = look.face.words[look.level % 2], look.level % 2 == 1, 0.0, "["
        for text, _, _ in pieces:
            for part in (text,) if len(text) <= LONG else _parts(text):
                word = words.get(part) or look.face.word(part, rtl)
                if word.actual:
                    shown += f"]TJ /Span<</ActualText<{word.actual}>>>BDC ["
                for lift, glyphs in word.glyphs:
                    if lift != lifted:
                        shown += f"]TJ {look.rise + lift * look.size:.3f} Ts ["
                        lifted = lift
                    shown += glyphs
                if word.actual:
                    shown += "]TJ EMC ["
        shown += "]TJ"
        if lifted:
            shown += f" {look.rise:g} Ts"
        self.code.append(shown.replace("[]TJ", ""))

    def _box(self, look: Look, box: Box, x: float, y: float, width: float) -> None:
        """Draw it, and over it its text, unseen: some programs copy that, others ActualText."""
        y += look.rise
        scale = width / box.width if box.width else 1
        if look.tint or look.link or look.strike or look.anchor:
            _decorate(self.canvas, look, x, y, width)
        self.canvas.saveState()
        self.canvas.setFillColor(look.color)
        self.canvas.setStrokeColor(look.color)
        if scale != 1:
            self.canvas.translate(x, y)
            self.canvas.scale(scale, scale)
            box.draw(self.canvas, 0, 0)
        else:
            box.draw(self.canvas, x, y)
        self.canvas.restoreState()
        if not box.hidden:
            return
        actual = ("\ufeff" + box.text).encode("utf-16-be").hex()
        extent = sum(face.word(part).width for text, face in box.hidden for part in _parts(text))
        squeeze = 100 * width / (extent * look.size) if extent and width else 100
        self.code.append(f"/Span<</ActualText<{actual}>>>BDC 3 Tr {squeeze:.3f} Tz")
        self.code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for text, face in box.hidden:
            plain = look._replace(face=face, rise=0, level=0)
            self._change(plain)
            self._show(plain, [(text, plain, 0)])
        self.code.append("0 Tr 100 Tz EMC")


def _decorate(canvas: Any, look: Look, x: float, y: float, width: float) -> None:
    if look.tint:
        canvas.setFillColor(TINT)
        canvas.rect(x - 1, y - look.size * 0.3, width + 2, look.size * 1.3, stroke=0, fill=1)
    if look.anchor:
        canvas.bookmarkHorizontal(look.anchor, 0, y + look.size)
    if look.link:
        area = (x, y - look.size * 0.25, x + width, y + look.size)
        if look.link.startswith("#"):
            canvas.linkRect("", look.link[1:], area, relative=1, thickness=0)
        else:
            canvas.linkURL(look.link, area, relative=1)
    if look.strike:
        middle = y + look.rise + look.size * 0.28
        canvas.setStrokeColor(look.color)
        canvas.setLineWidth(0.7)
        canvas.line(x, middle, x + width, middle)
