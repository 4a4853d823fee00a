"""Markdown to tokens: CommonMark, tables, strikethrough, task lists, formulas, notes, citations,
alerts, definition lists and the HTML that stands for Markdown.

The plugins are used in the order of the parser's rules: blocks, then what is in a line, then what
a whole document tells.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from generator.pdf.markdown.alerts import alerts_plugin
from generator.pdf.markdown.bullets import bullets_plugin
from generator.pdf.markdown.citations import citations_plugin
from generator.pdf.markdown.dollars import dollars_plugin
from generator.pdf.markdown.emphasis import LenientInline
from generator.pdf.markdown.headings import headings_plugin
from generator.pdf.markdown.html import html_plugin
from generator.pdf.markdown.lines import lines_plugin
from generator.pdf.markdown.links import links_plugin
from generator.pdf.markdown.marks import marks_plugin
from generator.pdf.markdown.notes import notes_plugin
from generator.pdf.markdown.references import references_plugin
from generator.pdf.markdown.tables import tables_plugin

_DEEPEST = 60  # the nesting from which on text is taken as it stands: markdown-it would drop it


def parser(text: str = "") -> MarkdownIt:
    """A parser for `text`, with what it may have of the rare constructs."""
    options = {"html": False, "tasklists": True, "maxNesting": 2 * _DEEPEST}
    parser = _Parser()
    parser.inline = LenientInline()
    parser.configure("commonmark", options).enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "deep", _deep)
    for plugin in (
        headings_plugin, tables_plugin, dollars_plugin, notes_plugin, marks_plugin, alerts_plugin,
        bullets_plugin, links_plugin, html_plugin, lines_plugin, references_plugin,
        citations_plugin,
    ):  # fmt: skip
        parser.use(plugin)
    # Loaded and tried only where they may be found.
    if "<" in text:
        from generator.pdf.markdown.elements import elements_plugin

        parser.use(elements_plugin)
    if "\n:" in text:
        from generator.pdf.markdown.definitions import definitions_plugin

        parser.use(definitions_plugin)
    if "!!! " in text or "??? " in text or ":::" in text:
        from generator.pdf.markdown.admonitions import admonitions_plugin

        parser.use(admonitions_plugin)
    return parser


class _Parser(MarkdownIt):
    """Shows addresses as they are written, and lets pictures be data: nothing is opened anyway."""

    def normalizeLink(self, url: str) -> str:
        if url.startswith("(http") and url.endswith(")"):  # [text]((address))
            url = url[1:-1]
        return url if url.startswith("data:image/") else super().normalizeLink(url)

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:
        return url.lower().startswith("data:image/") or super().validateLink(url)


def _deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level < _DEEPEST:
        return False
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    state.line = line
    text = state.getLines(start, line, state.blkIndent, False)
    state.push("code_block", "", 0).content = re.sub("(?m)^ {40,}", " " * 40, text)
    return True


def own_title(tokens: list[Token]) -> tuple[Token | None, list[Token]]:
    """Split off a leading `# Title`, if it is the only heading of its rank, and short."""
    tops = sum(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    if tops == 1 and tokens[0].tag == "h1" and 0 < len(tokens[1].content) <= 200:
        return tokens[1], tokens[3:]
    return None, tokens


def plain(token: Token) -> str:
    """The text of a line, without its marks; of a formula, what it says in one line."""
    return "".join(_plain(part) for part in token.children or [])


def _plain(part: Token) -> str:
    if part.type == "formula":
        from generator.pdf.text.formulas import typeset

        formula = typeset(part.meta["latex"], part.meta["display"])
        return formula.linear if formula else part.content
    return part.content or " " * ("break" in part.type)
