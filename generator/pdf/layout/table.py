"""Tables, with columns as wide as what is in them."""

from collections.abc import Iterable
from itertools import accumulate
from operator import itemgetter
from typing import Any

from generator.pdf.layout.flow import Block, Text
from generator.pdf.output.ink import rectangle, stroke
from generator.pdf.output.tags import Element
from generator.pdf.text.look import HAIRLINE, HEIGHT, TINT
from generator.pdf.text.words import Piece, words

PAD_X, PAD_Y = 6, 4  # inside a cell
_NARROW = 36  # four Chinese letters


class _Row:
    def __init__(self, cells: Iterable[Text]) -> None:
        self.cells = list(cells)
        self.height = max(cell.lines_height() for cell in self.cells) + 2 * PAD_Y
        self.element: Element | None = None

    def cut(self, room: float) -> "list[_Row]":
        """Split between lines of text, if there is room for one in every cell."""
        counts = [cell.fitting(room - 2 * PAD_Y) for cell in self.cells]
        if min(counts) < 1:
            return []
        halves = (cell.cut(count) for cell, count in zip(self.cells, counts, strict=True))
        head, tail = (_Row(half) for half in zip(*halves, strict=True))
        return [head, tail]

    def tag(self, role: str, mirrored: bool) -> None:
        """Give each cell an element. Those that one reaches over are empty, and have none."""
        covered = 0
        for cell in self.cells[:: -1 if mirrored else 1]:
            if not covered:
                cell.elements = cell.elements or [Element(role, self.element)]
                cell.elements[0].columns = covered = cell.span
            covered -= 1


class Table(Block):
    """Repeats its header on every page; splits between rows, and within those over half a page."""

    def __init__(self, rows: list[list[Text]], columns: list[float]) -> None:
        super().__init__(10, 12)
        self.all, self.columns = rows, columns
        self.rows: list[_Row] = []
        self.elements: list[Element] = []  # one, once it is drawn

    def measure(self, width: float) -> float:
        if self.all:
            self._lay_out()
        self.height = sum(row.height for row in self.rows) + self.repeat * self.header.height
        return self.height

    def _lay_out(self) -> None:
        """Once. A table from right to left has its first column at the right."""
        for row in self.all:
            for at, (cell, column) in enumerate(zip(row, self.columns, strict=True)):
                cell.mirrored = self.mirrored
                cell.width = sum(self.columns[at : at + cell.span]) if cell.span > 1 else column
                cell.break_lines(cell.width - 2 * PAD_X)
        order = -1 if self.mirrored else 1
        self.columns = self.columns[::order]
        self.header, *self.rows = (_Row(row[::order]) for row in self.all)
        self.all = []
        self.repeat = self.header.height < HEIGHT / 4
        if not self.repeat:
            self.rows.insert(0, self.header)

    def least(self) -> float:
        needed: float = self.repeat * self.header.height
        if self.rows:
            first: float = self.rows[0].height
            needed += first if first <= HEIGHT / 2 else 50  # it may be cut after a line
        return needed

    def split(self, room: float) -> "tuple[Block, Block] | None":
        room -= self.repeat * self.header.height
        count = 0
        while count < len(self.rows) and self.rows[count].height <= room:
            room -= self.rows[count].height
            count += 1
        head, tail = self.halves()
        head.rows, tail.rows = self.rows[:count], self.rows[count:]
        if tail.rows and tail.rows[0].height > HEIGHT / 2 and (parts := tail.rows[0].cut(room)):
            head.rows.append(parts[0])
            tail.rows[0] = parts[1]
        return (head, tail) if head.rows else None

    def draw(self, canvas: Any, left: float, top: float, width: float, gap: float) -> None:
        super().draw(canvas, left, top, width, gap)
        extent = sum(self.columns)
        left += width - self.indent - extent if self.mirrored else self.indent
        again = bool(self.elements)
        if not again:
            self.elements.append(Element("Table", canvas.tags.at(self.path)))
        for row in [self.header, *self.rows] if self.repeat else self.rows:
            decoration = again and row is self.header  # it has been read on another page
            if not row.element and not decoration:
                row.element = Element("TR", self.elements[0])
                row.tag("TH" if row is self.header else "TD", self.mirrored)
            bottom = top - row.height
            if row is self.header:
                rectangle(canvas, TINT, left, bottom, extent, row.height)
            stroke(canvas, HAIRLINE, 0.5, left, bottom, extent)
            # In the order in which they are read.
            step = -1 if self.mirrored else 1
            starts = accumulate(self.columns, initial=left)
            for cell, x, column in [*zip(row.cells, starts, self.columns, strict=False)][::step]:
                element = cell.elements[0] if cell.elements and not decoration else None
                start = x + column - cell.width if self.mirrored else x
                end = start + cell.width - PAD_X
                cell.draw_lines(canvas, start + PAD_X, end, top - PAD_Y, element)
            top = bottom


def column_widths(rows: list[list[Text]], room: float) -> list[float] | None:
    """Widths from the content that fill `room`; None if columns would get too narrow to read.

    A column gets its longest word, and four letters where words have but one, as in Chinese. Words
    may be torn if need be, numbers not. What is left goes to those that want more, the modest
    first.
    """
    widths, wishes, least = [], [], []
    for column in zip(*rows, strict=True):
        cells = [[*map(_extent, words(cell.runs))] for cell in column if cell.span == 1]
        longest = max((extent for cell in cells for extent, _ in cell), default=0.0)
        number = max((extent for cell in cells for extent, whole in cell if whole), default=0.0)
        wish = max((sum(extent for extent, _ in cell) for cell in cells), default=0.0)
        widths.append(min(max(longest, min(wish, _NARROW)), 110) + 2 * PAD_X + 0.1)
        least.append(min(number, 110) + 2 * PAD_X + 0.1)
        wishes.append(wish + 2 * PAD_X + 0.1)
    if sum(widths) > room:
        narrow = max(_NARROW + 2 * PAD_X, room / len(widths))
        widths = [max(min(width, narrow), hard) for width, hard in zip(widths, least, strict=True)]
    if sum(widths) > room + 0.01:
        return None
    spare, waiting = room - sum(widths), len(widths)
    missing = [max(wish - width, 0) for wish, width in zip(wishes, widths, strict=True)]
    for column_ in sorted(range(waiting), key=missing.__getitem__):
        extra = min(missing[column_], spare / waiting)
        widths[column_] += extra
        spare, waiting = spare - extra, waiting - 1
    return [width + spare / len(widths) for width in widths]


def _extent(word: list[Piece]) -> tuple[float, bool]:
    """How wide a word is, and if it is a number."""
    extent = sum(map(itemgetter(2), word))
    start = word[0][0][:2] if word else ""  # a picture in a cell has no letters
    return extent, any(map(str.isdecimal, start))  # $5 is, too
