"""The blocks of a report one below the other, each in its place: under which lists and quotes it
stands, how far it is indented, and on which side it begins.
"""

import re

from markdown_it.token import Token

from generator.pdf.layout.flow import Block, Text
from generator.pdf.layout.inline import Inline
from generator.pdf.output.tags import Nesting
from generator.pdf.text import bidi
from generator.pdf.text.fallback import Fonts
from generator.pdf.text.look import WIDTH, Style


class Story(Inline):
    """Fills `story`."""

    def __init__(self, content: str, fonts: Fonts) -> None:
        super().__init__(fonts)
        self.story: list[Block] = []
        self.lines = content.split("\n")
        self.has_rtl = bidi.has_rtl(content)
        self.rtl = self.has_rtl and bidi.is_rtl(_prose(content))
        self.mirrored: bool | None = None  # the open list, quote or table; None outside of any
        self.indents = [0.0]
        self.bars: tuple[float, ...] = ()  # where the bars of the open quotes stand
        self.markers: list[Text] = []  # bullets and numbers that wait for their item's first block
        self.path: Nesting = ()  # the open lists, items and quotes, by role and number
        self.opened = 0

    def room(self) -> float:
        return float(WIDTH - self.indents[-1])

    def line(self, text: str, style: Style, right: float = 0) -> Text:
        """A text outside the Markdown; with `right`, it ends there."""
        self.style = style
        self.prose(text)
        return Text(self.start_runs(), style, align=1.0 if right else 0.0, width=right)

    def emit(self, block: Block) -> None:
        """Append a block, in its place under the lists and quotes that are open."""
        block.indent, block.bars, block.path = self.indents[-1], self.bars, self.path
        if self.has_rtl:
            block.mirrored = self.rtl if self.mirrored is None else self.mirrored
            if self.mirrored is None and isinstance(block, Text) and not block.bookmark:
                block.mirrored = block.is_rtl(self.rtl)
        block.markers, self.markers = self.markers, []
        if self.story:
            above = self.story[-1]
            if len(above.bars) != len(block.bars):
                above.after = block.before = max(above.after, block.before, 11)
            if block.bars:
                quotes = [each for each in block.path if each[0] == "BlockQuote"]
                block.joined = sum(each in above.path for each in quotes)
        self.story.append(block)

    # What is open around a block

    def enter(self, *roles: str) -> None:
        for role in roles:
            self.opened += 1
            self.path = (*self.path, (role, self.opened))

    def leave(self, count: int = 1) -> None:
        self.path = self.path[:-count]

    def indent(self, step: float) -> None:
        # However deep the text is nested, it keeps more than half the width.
        self.indents.append(min(self.indents[-1] + step, WIDTH * 0.45))

    def open_side(self, token: Token) -> None:
        """The outermost list, quote or table decides on which side all that is in it begins."""
        if token.level == 0 and self.has_rtl:
            text = "\n".join(self.lines[slice(*(token.map or [0, 0]))])
            self.mirrored = bidi.is_rtl(_prose(text))

    def close_side(self, token: Token) -> None:
        if token.level == 0:
            self.mirrored = None


def _prose(text: str) -> str:
    """Without addresses and code, which are Latin in every language."""
    return re.sub(r"\]\([^()\s]*\)|(?<!\S)\S*[/`]\S*", "", text)
