"""What stands on pages: text, rules, and what all blocks have in common.

A block is measured for a width, and may be split between two pages. It draws itself at a place.
"""

from bisect import bisect_right
from copy import copy
from itertools import accumulate
from operator import itemgetter
from typing import Any

from generator.pdf.output.ink import Ink, rectangle, rounded
from generator.pdf.output.tags import Element, Nesting
from generator.pdf.text import bidi
from generator.pdf.text.lines import Line, direct, fill, placed, width_of
from generator.pdf.text.look import HAIRLINE, TINT, WIDTH, Run, Style


class Block:
    """An indent, list markers, and the bars of quotes around it."""

    indent = 0.0
    bars: tuple[float, ...] = ()
    joined = 0  # so many of the bars go on from the block above
    leads = False  # to what follows: it never ends a page
    divides = False  # what is above from what is below: it neither begins nor ends a page
    mirrored = False  # indents, bars and markers are at the right
    height = 0.0
    path: Nesting = ()  # the lists and quotes that it is in

    def __init__(self, before: float, after: float) -> None:
        self.before, self.after = before, after
        self.markers: list[Text] = []

    def measure(self, width: float) -> float:
        """Lay the block out in `width`; return its height."""
        raise NotImplementedError

    def split(self, room: float) -> "tuple[Block, Block] | None":
        """What fits into `room`, and the rest; None if nothing does."""
        return None

    def least(self) -> float:
        """How much room it needs to begin on a page, once it is measured."""
        return self.height

    def halves(self) -> tuple[Any, Any]:
        """Two copies, for the two sides of a page break."""
        head, tail = copy(self), copy(self)
        head.after = tail.before = tail.joined = 0
        tail.markers = []
        return head, tail

    def draw(self, canvas: Any, left: float, top: float, width: float, gap: float) -> None:
        """Draw it in the measured width. `gap` is how far above it the last block ends."""
        for number, bar in enumerate(self.bars):
            x = left + (width - bar - 2 if self.mirrored else bar)
            height = self.height + gap * (number < self.joined)
            rectangle(canvas, HAIRLINE, x, top - self.height, 2, height)
        for marker in self.markers:
            marker.mirrored = self.mirrored
            start = left + width - marker.width if self.mirrored else left
            item = self.path[:-1] if self.path[-1:] and self.path[-1][0] == "LBody" else self.path
            label = Element("Lbl", canvas.tags.at(item))
            marker.draw_lines(canvas, start, start + marker.width, top, label)


class Rule(Block):
    def __init__(self, color: Any, thickness: float, before: float = 0, after: float = 0) -> None:
        super().__init__(before, after)
        self.color, self.height = color, thickness

    def measure(self, width: float) -> float:
        return self.height

    def draw(self, canvas: Any, left: float, top: float, width: float, gap: float) -> None:
        super().draw(canvas, left, top, width, gap)
        start = left if self.mirrored else left + self.indent
        rectangle(canvas, self.color, start, top - self.height, width - self.indent, self.height)


class Text(Block):
    """A paragraph, heading, list item, table cell or code block."""

    span = 1  # a table cell's columns

    def __init__(
        self, runs: list[Run], style: Style, *, align: float = 0, width: float = 0,
        bookmark: tuple[str, str, int] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(style.before, style.after)
        self.runs, self.style = runs, style
        self.align = align  # 0 is where text begins, 0.5 the middle and 1 the other side
        self.width = width  # of the lines, where something else than the page sets it
        self.bookmark = bookmark  # key, title and level in the PDF's outline
        self.leads = bookmark is not None
        self.lines: list[Line] = []
        self.reaches: list[tuple[float, float]] = []  # of lines that are higher than the style's
        self.rtl = False
        self.turned = False  # is some of it drawn from right to left?
        self.elements: list[Element] = []  # one, once drawn; both sides of a page break have it

    def is_rtl(self, otherwise: bool) -> bool:
        """Does the text run from right to left? `otherwise` where nothing in it tells."""
        if self.style.mono:
            return False
        whole = "".join(map(itemgetter(0), self.runs))
        if bidi.has_rtl(whole):  # code is Latin in every language
            whole = "".join(text for text, look in self.runs if not look.tint)
        return bidi.is_rtl(whole) or (otherwise and not any(map(str.isalpha, whole)))

    def break_lines(self, width: float) -> None:
        """Once: a block has the same width on every page."""
        if self.lines:
            return
        self.rtl = self.is_rtl(self.mirrored)
        self.turned = self.rtl or any(bidi.has_rtl(text) for text, _ in self.runs)
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

    def least(self) -> float:
        if self.leads or len(self.lines) < 4:
            return self.height
        padding = 2 * self.style.padding
        if self.reaches:
            return sum(map(sum, self.reaches[:2])) + padding
        return 2 * self.style.leading + padding

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
            canvas.tags.place(key, top)
            canvas.tags.heading(title, level, top)
        padding = self.style.padding
        start = left if self.mirrored else left + self.indent
        end = start + width - self.indent
        if padding:
            rounded(canvas, TINT, start, top - self.height, end - start, self.height)
        if not self.elements:
            role = f"H{min(self.bookmark[2], 5) + 1}" if self.bookmark else "P"
            self.elements.append(Element(role, canvas.tags.at(self.path)))
        self.draw_lines(canvas, start + padding, end - padding, top - padding, self.elements[0])

    def draw_lines(
        self, canvas: Any, left: float, right: float, top: float, element: Element | None
    ) -> None:
        """Draw the lines between `left` and `right`, from `top` downwards."""
        self.break_lines(WIDTH)
        align = 1 - self.align if self.mirrored and not self.style.mono else self.align
        if not any(self.lines):
            return
        page = Ink(canvas, element)
        ascent, descent = self.style.ascent, self.style.leading - self.style.ascent
        y = top
        for number, line in enumerate(self.lines):
            if self.reaches:
                ascent, descent = self.reaches[number]
            y -= ascent
            x = left
            if align:
                x += align * (right - left - width_of(line))
            if line and self.turned:
                runs = placed(line, self.rtl)
                if self.rtl:  # the spaces at its end are at the left
                    x -= _leading_spaces(runs)
                for start, pieces in runs:
                    page.line(pieces, x + start, y)
            else:
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


def _leading_spaces(runs: list[tuple[float, Line]]) -> float:
    """How wide the spaces at the end of a line from right to left are, which is its left."""
    width = 0.0
    for _, pieces in sorted(runs, key=itemgetter(0)):
        for text, look, extent in pieces:
            if text.strip(" "):
                spaces = len(text) - len(text.rstrip(" ")) if look.level % 2 else 0
                return width + spaces * look.face.space * look.size
            width += extent
    return width
