"""A formula on a line of its own, in the middle, with its number at the margin."""

from typing import Any

from generator.pdf.layout.flow import Text
from generator.pdf.text.look import Run, Style


class Equation(Text):
    def __init__(self, runs: list[Run], style: Style, tag: Text) -> None:
        super().__init__(runs, style, align=0.5)
        self.tag = tag  # without lines where there is no number

    def measure(self, width: float) -> float:
        # As much room at the other side, so that the formula stays in the middle.
        self.break_lines(width - self.indent - 2 * self.tag.width)
        self.height = self.lines_height()
        return self.height

    def draw(self, canvas: Any, left: float, top: float, width: float, gap: float) -> None:
        super().draw(canvas, left, top, width, gap)
        if not self.tag.width:
            return
        base = self.reaches[0][0] if self.reaches else self.style.ascent
        indented = left + (0 if self.mirrored else self.indent)
        self.tag.align = 0 if self.mirrored else 1
        end = indented + width - self.indent
        self.tag.draw_lines(canvas, indented, end, top - base + self.style.ascent, self.elements[0])
