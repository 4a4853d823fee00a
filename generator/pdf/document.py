"""Markdown in, PDF bytes out.

The text comes from a language model, so it is data and nothing else: markdown-it-py parses it, one
method per construct turns its tokens into blocks of text, and those draw glyphs. It never meets
ReportLab's own paragraph markup, so nothing in it can open a file or fetch a URL.
"""

from typing import Any

from markdown_it.token import Token

from generator.pdf.errors import UnprintableReport
from generator.pdf.layout.blocks import HEADINGS, TIGHT, Blocks
from generator.pdf.layout.flow import Rule, Text
from generator.pdf.layout.inline import BODY
from generator.pdf.layout.pages import write
from generator.pdf.markdown.front_matter import split_front_matter
from generator.pdf.markdown.language import language_of, long_date, words
from generator.pdf.markdown.parse import own_title, parser, plain
from generator.pdf.markdown.references import Definition
from generator.pdf.markdown.wording import (
    clean,
    fences_closed,
    iso_date,
    outdented,
    same_letters,
    shorten,
)
from generator.pdf.missing import advice
from generator.pdf.output.about import About
from generator.pdf.text.fallback import Fonts
from generator.pdf.text.look import BLUE, FOOTER, GREY, WIDTH, Style

MAX_CHARS = 2_000_000  # some 600 pages, and several times the longest answer of any model

KICKER, TITLE = Style(9, 12, 0, 6, color=BLUE, bold=True), Style(24, 30, 0, 8, bold=True)
BYLINE = Style(9.5, 14, 0, 10, color=GREY)
ABSTRACT = BYLINE._replace(after=16)


def render(content: str, *, topic: str, date: str, model: str, font: str | None) -> bytes:
    """What `generator.pdf.render` does."""
    content = fences_closed(outdented(clean(content)))
    if not any(char.isprintable() and char not in " \ufffd" for char in content):
        raise UnprintableReport("The report is empty: nothing to print. Run the research again.")
    if len(content) > MAX_CHARS:
        raise UnprintableReport(
            f"The report is too long to print: it has {len(content):,} characters, and the limit "
            f"is {MAX_CHARS:,}. Ask for a shorter one."
        )
    front, content = split_front_matter(content)
    parsed: dict[str, Any] = {}
    tokens = parser(content).parse(content, parsed)
    title, body = own_title(tokens)
    topic = shorten(clean(topic), 140)
    if front.title and not (title and same_letters(plain(title), front.title)):
        title, body, heading = None, tokens, shorten(front.title, 200)
    else:
        heading = plain(title) if title else topic
    language = language_of(content)
    name = shorten(heading, 140) or words(language).report

    report = _Report(content, Fonts(content + topic + "".join(front), font, language), language)
    byline = front.author, front.date or date, shorten(clean(model), 100)
    report.title_block(title or heading, *byline)
    if front.text:
        report.emit(report.line(front.text, ABSTRACT))
    report.write(body)
    report.definitions(parsed["unused"])
    report.missing_letters()

    return write(
        report.story,
        about=About(name, topic, front.author, language, iso_date(clean(front.date or date))),
        footer=report.foot(name),
        page=words(language).page,
        line=report.line,
    )


class _Report(Blocks):
    """The Markdown's blocks, and what a report has before and after them."""

    def __init__(self, content: str, fonts: Fonts, language: str) -> None:
        super().__init__(content, fonts)
        self.language = language

    def title_block(self, title: Token | str, author: str, date: str, model: str) -> None:
        self.mirrored = self.rtl
        self.emit(self.line(words(self.language).report, KICKER))
        self.heading, self.style = "h1", TITLE
        if isinstance(title, Token):
            self.inline(title)
        elif title:
            self.prose(title)
            self.add_heading(self.start_runs(), title)
        self.heading = ""
        parts = shorten(author, 200), long_date(clean(date), self.language), model
        if byline := "  ·  ".join(filter(None, parts)):
            self.emit(self.line(byline, BYLINE))
        self.emit(Rule(BLUE, 1.5, after=18))
        self.mirrored = None

    def foot(self, name: str) -> Text:
        """The name on one line, with room for the number of the page beside it."""
        for limit in (70, 50, 35, 20):
            text = self.line(shorten(name, limit), FOOTER, right=WIDTH)
            text.break_lines(WIDTH - 100)
            if len(text.lines) == 1:
                break
        return text

    # Notes: see notes.py

    def notes_open(self, token: Token) -> None:
        if not token.meta["heading"]:
            self._section(words(self.language).notes)

    def note_open(self, token: Token) -> None:
        """The number leads back to where the note is first referred to."""
        number = str(token.meta["number"])
        self.indent(10.5 + 5.5 * len(number))
        self.enter("L", "LI", "LBody")
        self.style, self.anchor = BODY, f"note-{number}"
        self.link = f"#note-{number}-1" if token.meta["references"] else ""
        self.add(f"{number}.")
        marker = Text(self.start_runs(), BODY, align=1.0, width=self.indents[-1] - 5)
        self.markers.append(marker)

    def note_close(self, token: Token) -> None:
        self.list_item_close(token)
        self.leave()
        self.indents.pop()

    def definitions(self, definitions: list[Definition]) -> None:
        """What Markdown drops: see references.py."""
        if definitions and not getattr(self.story[-1], "bookmark", None):
            self._section(words(self.language).references)
        for source, name in definitions:
            self.anchor = name
            self.emit(self.line(source, TIGHT))

    def _section(self, heading: str) -> None:
        self.heading, self.style = "h2", HEADINGS["h2"]
        self.add(heading)
        self.add_heading(self.start_runs(), heading)
        self.heading = ""

    def missing_letters(self) -> None:
        """Tell whoever reads the report, too, what a font would mend."""
        if self.fonts.missing:
            self.emit(Rule(GREY, 0.7, before=14))
            self.emit(self.line(advice(sorted(self.fonts.missing)), BYLINE))
