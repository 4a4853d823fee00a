"""Blocks on pages, and the pages in a file."""

from collections.abc import Callable, Iterator
from io import BytesIO

from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from generator.pdf.layout.flow import Block, Text
from generator.pdf.output.about import About
from generator.pdf.output.file import assemble
from generator.pdf.output.ink import Pen
from generator.pdf.output.tags import Tags
from generator.pdf.text.embed import Stream
from generator.pdf.text.look import FOOTER, HEIGHT, MARGIN, WIDTH, Style

# Or else ReportLab wraps all streams in ASCII for seven-bit mail: slow, and a quarter more bytes.
rl_config.useA85 = 0

_SLACK = 0.001  # sums of lengths are not exact
Placed = tuple[Block, float, float]  # a block, how far down the page, and the gap above it


def paginate(story: list[Block]) -> Iterator[list[Placed]]:
    """Put the blocks onto pages, from the top down. Takes them out of `story`.

    One page after the other: what is drawn can be forgotten before the next is laid out.
    """
    page: list[Placed] = []
    down = after = 0.0  # where the last block ends, and the gap that it wants below it
    story.reverse()
    while story:
        rest: Block | None = story.pop()
        while rest and (page or not rest.divides):
            gap = max(after, rest.before) if page else 0.0
            room = HEIGHT - down - gap
            height = rest.measure(WIDTH)
            parts: tuple[Block, Block] | None = None
            if page and rest.leads and height + _room_after(rest, story) > room + _SLACK:
                pass
            elif height <= room + _SLACK or (not page and not (parts := rest.split(room))):
                page.append((rest, down + gap, gap))
                down, after, rest = down + gap + height, rest.after, None
                continue
            else:
                parts = parts or rest.split(room)
            if parts:
                parts[0].measure(WIDTH)
                page.append((parts[0], down + gap, gap))
                rest = parts[1]
            yield _ended(page)
            page, down, after = [], 0.0, 0.0
    if page:
        yield _ended(page)


def _ended(page: list[Placed]) -> list[Placed]:
    return page[:-1] if page[-1][0].divides else page


def _room_after(block: Block, story: list[Block]) -> float:
    """The room for what a block leads to: as much as that needs to begin on the same page.

    `story` is what follows, its end first. What no page could hold with the block may go without.
    """
    needed = after = 0.0
    for at in range(len(story) - 1, -1, -1):
        following = story[at]
        following.measure(WIDTH)
        needed += max(block.after, following.before) + following.least()
        if needed + block.height > HEIGHT * 0.9:
            return after
        if not following.leads:
            break
        block, after = following, needed
    return needed


def write(
    story: list[Block], *, about: About, footer: Text, page: str, line: Callable[[str, Style], Text]
) -> bytes:
    """Return the story as a PDF, with `footer` and the page's number below each page.

    `page` says "Page {} of {}", and `line` makes a text of characters.
    """
    file = BytesIO()
    canvas = _Canvas(file, about)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for earlier, placed in enumerate(paginate(story)):
        if earlier:
            canvas.tags.next_page()
        for block, down, gap in placed:
            block.draw(canvas, MARGIN, MARGIN + HEIGHT - down, WIDTH, gap)
        canvas.end_text()
        canvas.showPage()
    count = canvas.getPageNumber() - 1
    for number in range(1, count + 1):  # now that it is known how many there are
        canvas.below(number, footer, line(page.format(number, count), FOOTER))
    canvas.save()
    del canvas._doc.format  # what does not lead back to itself is freed at once
    return file.getvalue()


class _Canvas(Canvas):  # type: ignore[misc]
    def __init__(self, file: BytesIO, about: About) -> None:
        super().__init__(file, pagesize=A4, invariant=1, lang=about.language)
        self.tags = Tags()
        self.text: list[str] = []  # the operators of the page's text
        self.pen = Pen()
        self.setTitle(about.title)
        self.setSubject(about.subject)
        self._doc.format = lambda: assemble(self._doc, self.tags, about)

    def _make_preamble(self) -> None:
        self._preamble = ""  # ReportLab's own names a font that is not embedded

    def end_text(self) -> None:
        """Put the text onto the page that was written since the last one."""
        self._code += ["BT", *self.text, "ET"]
        self.text, self.pen = [], Pen()

    def below(self, number: int, *footers: Text) -> None:
        """Draw the footers of a page that has been shown."""
        for footer in footers:
            footer.draw_lines(self, MARGIN, MARGIN + WIDTH, 40 + FOOTER.ascent, None)
        self.end_text()
        page = self._doc.idToObject[f"Page{number}"]
        page.Contents = Stream("\n".join([page.stream, *self._code]).encode("latin-1"))
        self._code.clear()
