"""Boxes in a line of text: what formulas are to the lines, pages and copies."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader

from generator.pdf.layout.flow import Block, Text
from generator.pdf.layout.pages import paginate, write
from generator.pdf.layout.table import Table, column_widths
from generator.pdf.output.about import About
from generator.pdf.text.fallback import Fonts
from generator.pdf.text.look import BLUE, FOOTER, INK, WIDTH, Box, Look, Style

BODY = Style(10, 15, 8, 8)


class Paper:
    """A document made by hand."""

    def __init__(self) -> None:
        self.fonts = Fonts("", None)
        self.drawn: list[tuple[float, float]] = []

    def runs(self, text: str, link: str = "") -> list[Any]:
        return [
            (piece, Look(face, 10, BLUE if link else INK, link=link))
            for piece, face, _ in self.fonts.split(text, False, False, False)
        ]

    def line(self, text: str, style: Style) -> Text:
        return Text(self.runs(text), style)

    def box(self, width: float, ascent: float, descent: float, text: str) -> Any:
        def draw(canvas: Any, x: float, y: float) -> None:
            self.drawn.append(canvas.absolutePosition(x, y))
            canvas.rect(x, y - descent, width, ascent + descent, stroke=0, fill=1)

        look = self.runs("x")[0][1]
        return self.fonts.box(Box(width, ascent, descent, text, draw), look)

    def pdf(self, *story: Block) -> bytes:
        footer = self.line("footer", FOOTER)
        about = About("t", "", "", "en", None)
        return write([*story], about=about, footer=footer, page="{} {}", line=self.line)


def test_its_text_is_copied_where_it_stands() -> None:
    paper = Paper()
    runs = [*paper.runs("Before "), paper.box(50, 8, 2, "x^2 + 1"), *paper.runs(", and after.")]
    text = PdfReader(BytesIO(paper.pdf(Text(runs, BODY)))).pages[0].extract_text()
    # pypdf sees a gap, since it does not know of text that is squeezed.
    assert "Before x^2 + 1, and after." in text.replace(" ,", ",")


def test_a_line_is_as_high_as_what_stands_in_it() -> None:
    paper = Paper()
    flat = Text(paper.runs("one two"), BODY)
    high = Text([*paper.runs("one "), paper.box(20, 30, 12, "x"), *paper.runs(" two")], BODY)
    low = Text([*paper.runs("one "), paper.box(20, 5, 1, "x"), *paper.runs(" two")], BODY)
    assert flat.measure(WIDTH) == low.measure(WIDTH) == 15
    assert high.measure(WIDTH) == 30 + 12 + 2


def test_it_is_not_wider_than_its_line() -> None:
    paper = Paper()
    text = Text([*paper.runs("one "), paper.box(2 * WIDTH, 40, 0, "x")], BODY)
    assert text.measure(WIDTH) == 15 + 20 + 1 + (BODY.leading - BODY.ascent)
    rows = [[Text([paper.box(900, 10, 2, "x")], BODY), Text(paper.runs("word"), BODY)]]
    columns = column_widths(rows, WIDTH)
    assert columns and sum(columns) <= WIDTH + 1
    paper.pdf(text, Table(rows, columns))
    assert len(paper.drawn) == 2


def test_in_the_middle() -> None:
    paper = Paper()
    paper.pdf(Text([paper.box(100, 8, 2, "x")], BODY, align=0.5))
    ((x, _),) = paper.drawn
    assert abs(x - (595.28 - 100) / 2) < 0.1


def test_pages_are_filled_by_height() -> None:
    paper = Paper()
    runs = [
        run for _ in range(40) for run in (paper.box(WIDTH * 0.9, 90, 10, "x"), *paper.runs(" "))
    ]
    pages = [*paginate([Text(runs, BODY)])]
    assert len(pages) == 7 and all(page[-1][0].height <= 698 for page in pages)


def test_links_inside() -> None:
    paper = Paper()
    target = paper.runs("Here")[0]
    place = (target[0], target[1]._replace(anchor="place"))
    pdf = paper.pdf(Text(paper.runs("There", link="#place"), BODY), Text([place], BODY))
    page = PdfReader(BytesIO(pdf)).pages[0]
    (link,) = (annotation.get_object() for annotation in page.annotations or [])
    assert link["/Subtype"] == "/Link" and "/A" not in link
