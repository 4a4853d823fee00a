"""Tokens of markdown-it become the blocks of a report, one method per construct.

In order: headings, paragraphs and code; lists and quotes; definitions; tables.
"""

import re

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from generator.pdf.late import late
from generator.pdf.layout.equation import Equation
from generator.pdf.layout.flow import Rule, Text
from generator.pdf.layout.inline import BODY, SMALLEST
from generator.pdf.layout.story import Story
from generator.pdf.layout.table import PAD_X, Table, column_widths
from generator.pdf.markdown.dollars import BAR, hide_bars
from generator.pdf.markdown.parse import plain
from generator.pdf.markdown.wording import shorten
from generator.pdf.text.fallback import Fonts
from generator.pdf.text.look import CELL, GREY, HAIRLINE, HEIGHT, WIDTH, Run, Style

TIGHT = BODY._replace(before=3, after=3)
TERM = BODY._replace(after=2, bold=True)
HEADINGS = {
    "h1": Style(18, 23, 26, 9, bold=True),
    "h2": Style(14, 19, 22, 7, bold=True),
    "h3": Style(11.5, 16, 17, 5, bold=True),
    "h4": Style(10, 15, 14, 4, bold=True),
    "h5": Style(10, 15, 12, 4, bold=True, color=GREY),
    "h6": Style(10, 15, 12, 4, color=GREY),
}
CODE = Style(8.5, 12, 10, 10, mono=True, padding=8)
_BULLETS = "•◦▪"
_SHORT = 150  # characters
_BOLD_LINE = late(r"(\*\*|__)(?!\s)[^*\n]{1,200}\1[:：]?")  # a heading to the eye


class Blocks(Story):
    """Fills `story` from the tokens of a whole document."""

    def __init__(self, content: str, fonts: Fonts) -> None:
        super().__init__(content, fonts)
        self.lists: list[bool] = []  # the open lists: is it numbered?
        self.heading = ""  # the open heading's tag
        self.outline_level = -1
        self.rows: list[list[Text]] | None = None  # the open table
        self.row_line = 0
        self.align = 0.0
        self.span = 1  # the columns of the open cell

    def inline(self, token: Token) -> None:
        """The text of the block that is open: a table cell, heading or paragraph."""
        if token.info == "title":
            self.style = TERM
        style = self.style
        self.write(token.children or [])
        self.place("")
        runs = self.start_runs()
        if self.rows is not None:
            self.rows[-1].append(Text(runs, style, align=self.align))
            self.rows[-1][-1].span = self.span
        elif self.heading:
            self.add_heading(runs, plain(token))
        else:
            block = Text(runs, style)
            colon = token.content.endswith((":", "：")) and len(token.content) < 500
            block.leads = colon or style.bold or _is_bold(token.content)
            self.emit(block)

    # Headings and paragraphs

    def heading_open(self, token: Token) -> None:
        self.heading, self.style = token.tag, HEADINGS[token.tag]

    def heading_close(self, token: Token) -> None:
        self.heading = ""

    def add_heading(self, runs: list[Run], text: str) -> None:
        # Headings may skip a level on their way down; a PDF outline may not.
        self.outline_level = min(int(self.heading[1]) - 1, self.outline_level + 1)
        bookmark = (f"heading-{len(self.story)}", shorten(text, 120) or "–", self.outline_level)
        self.emit(Text(runs, self.style, bookmark=bookmark))

    def paragraph_open(self, token: Token) -> None:
        self.style = TIGHT if token.hidden else BODY

    def formula_block(self, token: Token) -> None:
        self.style = BODY
        tag = Text([], BODY)
        if token.meta["tag"]:
            tag = self.line(token.meta["tag"], BODY, right=WIDTH)
            tag.width = 12 + sum(
                look.face.words[0][text].width * look.size for text, look in tag.runs
            )
        if self.add_formula(token.meta, self.room() - 2 * tag.width, HEIGHT - 20):
            self.emit(Equation(self.start_runs(), BODY, tag))
        else:
            self._code(token.content)

    def fence(self, token: Token) -> None:
        from generator.pdf.markdown.highlight import highlight

        language = token.info.strip()
        if language == "math":  # GitHub's
            latex = token.content.strip()
            token.meta = {"latex": latex, "display": True, "tag": "", "source": latex}
            self.formula_block(token)
            return
        self.style = CODE
        if language:
            self.add(language + "\n", color=GREY)
        name = re.match(r"\{?\.?([\w+#.-]*)", language)
        code = token.content.removesuffix("\n").expandtabs(4)
        for text, color in highlight(code, name[1] if name else ""):
            self.add(text, color=color)
        self.emit(Text(self.start_runs(), CODE))

    def code_block(self, token: Token) -> None:
        self._code(token.content)

    def _code(self, code: str) -> None:
        self.style = CODE
        self.add(code.removesuffix("\n").expandtabs(4))
        self.emit(Text(self.start_runs(), CODE))

    def hr(self, token: Token) -> None:
        if self.story and isinstance(self.story[-1], Rule):
            return  # that of the title, most often
        rule = Rule(HAIRLINE, 0.7, before=14, after=14)
        rule.divides = not self.markers
        self.emit(rule)

    # Lists and quotes

    def bullet_list_open(self, token: Token) -> None:
        sign = token.meta.get("sign", "•")  # wide: an emoji, or a) and the like
        self._open_list(token, False, 20 if len(sign) > 1 or sign > "\u25ff" else 16)

    def ordered_list_open(self, token: Token) -> None:
        self._open_list(token, True, 10.5 + 5.5 * token.meta.get("digits", 1))

    def _open_list(self, token: Token, numbered: bool, step: float) -> None:
        self.open_side(token)
        self.lists.append(numbered)
        self.enter("L")
        self.indent(step)

    def bullet_list_close(self, token: Token) -> None:
        self.close_side(token)
        self.leave()
        self.lists.pop()
        self.indents.pop()

    ordered_list_close = bullet_list_close

    def list_item_open(self, token: Token) -> None:
        self.enter("LI", "LBody")
        if self.lists[-1]:
            marker = f"{token.info}{token.markup}"
        elif "checked" in token.meta:
            marker = "✓" if token.meta["checked"] else "□"
        else:
            marker = token.meta.get("sign") or _BULLETS[min(self.lists.count(False), 3) - 1]
        self.markers.append(self.line(marker, BODY, right=self.indents[-1] - 5))
        if self.lists[-1] and "checked" in token.meta:
            self.add("✓ " if token.meta["checked"] else "□ ")

    def list_item_close(self, token: Token) -> None:
        if self.markers:  # an item without text still shows its number
            self.emit(Text([], TIGHT))
        self.leave(2)

    def blockquote_open(self, token: Token) -> None:
        self.open_side(token)
        self.enter("BlockQuote")
        self.bars = (*self.bars, self.indents[-1] + 1)
        self.indent(16)

    def blockquote_close(self, token: Token) -> None:
        self.close_side(token)
        self.leave()
        self.bars = self.bars[:-1]
        self.indents.pop()

    # Definition lists: a term labels what is said of it

    def dl_open(self, token: Token) -> None:
        self.open_side(token)
        self.enter("L")

    def dl_close(self, token: Token) -> None:
        self.close_side(token)
        self._end_definitions()
        self.leave()

    def dt_open(self, token: Token) -> None:
        self._end_definitions()
        self.enter("LI", "Lbl")
        self.style = TERM

    def dt_close(self, token: Token) -> None:
        self.leave()

    def dd_open(self, token: Token) -> None:
        self.enter("LBody")
        self.indent(16)

    def dd_close(self, token: Token) -> None:
        self.leave()
        self.indents.pop()

    def _end_definitions(self) -> None:
        if self.path and self.path[-1][0] == "LI":
            self.leave()

    # Tables

    def table_open(self, token: Token) -> None:
        self.open_side(token)
        self.rows = []

    def tr_open(self, token: Token) -> None:
        assert self.rows is not None
        self.rows.append([])
        self.row_line = token.map[0] if token.map else -1

    def tr_close(self, token: Token) -> None:
        """Markdown drops what a row has more than the header; here the last cell keeps it."""
        assert self.rows is not None
        row = self.rows[-1]
        if self.row_line < 0:  # it was HTML
            return
        cells = escapedSplit(hide_bars(self.lines[self.row_line]).strip())
        source = [cell.strip().replace(BAR, "|") for cell in cells]
        if not source[0].strip(" >*+-.)0123456789"):
            source.pop(0)
        if surplus := [cell for cell in source[len(row) :] if cell]:
            self.add(" | " + " | ".join(surplus))
            row[-1].runs += self.start_runs()

    def th_open(self, token: Token) -> None:
        self.style = CELL._replace(bold=token.tag == "th")
        alignment = str(token.attrs.get("style", ""))
        self.align = 1.0 if "right" in alignment else 0.5 if "center" in alignment else 0.0
        self.span = int(token.attrs.get("colspan", 1))

    td_open = th_open

    def table_close(self, token: Token) -> None:
        rows, self.rows = self.rows or [], None
        if self.story and isinstance(above := self.story[-1], Text):  # its title, or what it is
            above.leads = above.leads or sum(len(text) for text, _ in above.runs) < _SHORT
        columns = column_widths(rows, WIDTH - self.indents[-1])
        if columns and _readable(rows, columns):
            self.emit(Table(rows, columns))
        else:
            self._records(rows)
        self.close_side(token)

    def _records(self, rows: list[list[Text]]) -> None:
        """A table too wide for the page: each row becomes a group of `header: value` lines."""
        header, *body = rows
        for row in body or [[Text([], CELL)] * len(header)]:
            for number, (name, value) in enumerate(zip(header, row, strict=False)):
                self.style, self.bold = CELL, 1
                self.add(": ")
                runs = name.runs + self.start_runs() + value.runs
                self.emit(Text(runs, CELL._replace(before=2 if number else 10)))


def _is_bold(line: str) -> bool:
    return line.startswith(("**", "__")) and _BOLD_LINE.fullmatch(line) is not None


def _readable(rows: list[list[Text]], columns: list[float]) -> bool:
    """Is no formula wider than its column by so much that it would be drawn too small?"""
    return not any(
        look.box and look.box.role == "Formula" and look.box.width * SMALLEST > column - 2 * PAD_X
        for row in rows
        for cell, column in zip(row, columns, strict=True)
        for _, look in cell.runs
    )
