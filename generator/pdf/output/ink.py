"""The operators of a PDF that put text and plain shapes onto a page."""

from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from generator.pdf.output.tags import Element, Tags
from generator.pdf.text.lines import Line
from generator.pdf.text.look import TINT, Box, Look
from generator.pdf.text.words import Piece

FOOT = "/Artifact<</Type/Pagination>>BDC"


@cache
def _color(color: Any) -> str:
    return f"{color.red:.4g} {color.green:.4g} {color.blue:.4g}"


def rectangle(canvas: Any, color: Any, x: float, y: float, width: float, height: float) -> None:
    shape = f"{_color(color)} rg {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f"
    canvas._code.append(f"/Artifact BMC {shape} EMC")


def stroke(canvas: Any, color: Any, thickness: float, x: float, y: float, width: float) -> None:
    """A line from left to right."""
    ink = f"{_color(color)} RG {thickness:g} w"
    canvas._code.append(f"/Artifact BMC {ink} {x:.2f} {y:.2f} m {x + width:.2f} {y:.2f} l S EMC")


def rounded(canvas: Any, color: Any, x: float, y: float, width: float, height: float) -> None:
    """A rectangle with rounded corners."""
    canvas._code.append("/Artifact BMC")
    canvas.setFillColor(color)
    canvas.roundRect(x, y, width, height, 3, stroke=0, fill=1)
    canvas._code.append("EMC")


class Pen(NamedTuple):
    """What text is written with, until that is changed."""

    face: Any = None
    size: float = 0.0
    color: Any = None


class Ink:
    """Writes text that is of `element`, or decoration, whose links cannot be clicked.

    What is under the letters goes onto the canvas. All text of a page comes behind that, in one
    text object but for pictures: it is smaller, and MuPDF knows the direction of a sign by the
    letters before it in the same object, be they of another line.
    """

    def __init__(self, canvas: Any, element: Element | None) -> None:
        self.canvas, self.element = canvas, element
        self.code: list[str] = canvas.text
        self.inside: Element | None = None  # the element, or its link that is being written
        self.opened = False  # has it begun?
        self.link: str | None = None  # where it leads; None before anything is written
        self.rise = 0.0

    def line(self, line: Line, x: float, y: float) -> None:
        if not line:
            return
        self.code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for look, group in groupby(line, key=itemgetter(1)):
            pieces = [*group]
            self._enter(look.link)
            if look.box:
                for text, _, width in pieces:
                    for _ in text:
                        self._box(look, look.box, x, y, width / len(text))
                        x += width / len(text)
                self.code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
                continue
            if not self.opened:
                self._go_on()
            if look.tint or look.link or look.strike or look.anchor:
                width = sum(map(itemgetter(2), pieces))
                self._decorate(look, "".join(map(itemgetter(0), pieces)), x, y, width)
            self._change(look)
            self._show(look, pieces)
            for piece in pieces:
                x += piece[2]

    def end(self) -> None:
        if self.rise:
            self.code.append("0 Ts")  # it would outlive the text
        self._leave()

    def _enter(self, link: str) -> None:
        """What comes is in an element of its own if it leads somewhere."""
        if link == self.link:
            return
        self._leave()
        self.link, self.inside = link, self.element
        if link and self.element:
            self.inside = Element("Link", self.element)

    def _leave(self) -> None:
        if self.opened:
            self.code.append("EMC")
        self.opened = False

    def _go_on(self) -> None:
        """Go on with text of the element, behind the elements that are in it already."""
        element = self.inside
        inner = element and any(isinstance(kid, Element) for kid in element.kids)
        self._mark(Element("Span", element) if inner else element)

    def _mark(self, element: Element | None) -> None:
        tags: Tags = self.canvas.tags
        self.opened = True
        self.code.append(tags.mark(element) if element else FOOT)

    def _change(self, look: Look) -> None:
        pen: Pen = self.canvas.pen
        if look.face is not pen.face or look.size != pen.size:
            key = look.face.subset.use(self.canvas._doc)
            self.code.append(f"/{key} {look.size:g} Tf")
        if look.color is not pen.color:
            self.code.append(f"{_color(look.color)} rg")
        self.canvas.pen = Pen(look.face, look.size, look.color)
        if look.rise != self.rise:
            self.rise = look.rise
            self.code.append(f"{look.rise:g} Ts")

    def _show(self, look: Look, pieces: list[Piece]) -> None:
        words = look.face.words[look.level % 2]
        lifted, row = 0.0, ""
        for text, _, _ in pieces:
            _, plain, raised, actual = words[text]
            if not raised and not actual and not lifted:  # nearly all
                row += plain
                continue
            if actual:
                row = self._end_row(row)
                self.code.append(f"/Span<</ActualText<{actual}>>>BDC")
            for lift, glyphs in ((0, plain), *raised):
                if lift != lifted:
                    row = self._end_row(row)
                    self.code.append(f"{look.rise + lift * look.size:.3f} Ts")
                    lifted = lift
                row += glyphs
            if actual:
                row = self._end_row(row)
                self.code.append("EMC")
        self._end_row(row)
        if lifted:
            self.code.append(f"{look.rise:g} Ts")

    def _end_row(self, row: str) -> str:
        if row:
            self.code.append(f"[{row}]TJ")
        return ""

    def _box(self, look: Look, box: Box, x: float, y: float, width: float) -> None:
        """Draw it, and over it its text, unseen: some programs copy that, others ActualText."""
        y += look.rise
        scale = width / box.width if box.width else 1
        if look.tint or look.link or look.strike or look.anchor:
            self._decorate(look, box.text, x, y, width)
        figure = None
        if self.inside:
            figure = Element(box.role, self.inside, box.spoken or box.text, language=box.language)
        # Between two text objects, as what is read is to be painted in that order.
        self._leave()
        self.code += ["ET", self.canvas.tags.mark(figure) if figure else FOOT]
        below, self.canvas._code = self.canvas._code, self.code
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
        self.canvas._code = below
        self.code += ["EMC BT"]
        self._mark(figure)
        actual = ("\ufeff" + box.text).encode("utf-16-be").hex()
        extent = sum(face.words[0][text].width for text, face in box.hidden)
        squeeze = 100 * width / (extent * look.size) if extent and width else 100
        self.code.append(f"/Span<</ActualText<{actual}>>>BDC 3 Tr {squeeze:.3f} Tz")
        self.code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for text, face in box.hidden:
            plain = look._replace(face=face, rise=0, level=0)
            self._change(plain)
            self._show(plain, [(text, plain, 0)])
        self.code.append("0 Tr 100 Tz EMC")
        self._leave()

    def _decorate(self, look: Look, text: str, x: float, y: float, width: float) -> None:
        canvas = self.canvas
        if look.tint:
            rectangle(canvas, TINT, x - 1, y - look.size * 0.3, width + 2, look.size * 1.3)
        if look.anchor:
            canvas.tags.place(look.anchor, y + look.size)
        if look.link and self.inside:
            area = (x, y - look.size * 0.25, x + width, y + look.size)
            contents = text if look.link.startswith("#") else look.link
            canvas.tags.link(self.inside, area, look.link, contents)
        if look.strike:
            stroke(canvas, look.color, 0.7, x, y + look.rise + look.size * 0.28, width)
