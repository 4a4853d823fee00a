"""What text on a page looks like: lengths, colours, styles of blocks and looks of runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]

from generator.pdf.text.shape import Face

MARGIN = 72  # points, like every length here
WIDTH, HEIGHT = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
INK, GREY, BLUE = HexColor("#1f2937"), HexColor("#6b7280"), HexColor("#1d4ed8")
HAIRLINE, TINT = HexColor("#d1d5db"), HexColor("#f3f4f6")


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

    @property
    def ascent(self) -> float:
        """From the top of a line to its base line."""
        return self.leading / 2 + self.size * 0.36


CELL = Style(9, 12.5, 2, 0)
FOOTER = Style(8, 10, 0, 0, color=GREY)


@dataclass(eq=False)
class Box:
    """Something in a line of text that is not text, like a formula.

    It is as wide as `width`, and reaches `ascent` above the base line and `descent` below it. Where
    it is wider than there is room, it is drawn smaller. `text` is what a reader finds and copies.
    """

    width: float
    ascent: float
    descent: float
    text: str
    draw: Callable[[Any, float, float], None]  # on a ReportLab canvas, from x, y on the base line
    spoken: str = ""  # what is read aloud instead of it
    language: str = ""  # of that, where it is not the document's
    hidden: list[tuple[str, Face]] = field(default_factory=list)  # `text`, once it is in a document
    role: str = "Formula"  # in the structure of the document


class Look(NamedTuple):
    """How a run of text is drawn."""

    face: Face
    size: float
    color: Any
    rise: float = 0  # above the base line
    link: str = ""  # an address, or #name for an anchor in this document
    strike: bool = False
    tint: bool = False  # the grey ground of a code span
    anchor: str = ""  # the name of this place, for links to it
    level: int = 0  # how deep it is nested in changes of direction: see bidi
    box: Box | None = None  # drawn for each BOX in the text


BOX = "\ufffc"
Run = tuple[str, Look]
