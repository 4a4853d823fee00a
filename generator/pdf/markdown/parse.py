"""Markdown to tokens: CommonMark, tables, strikethrough, task lists, formulas, notes, citations."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from generator.pdf.markdown.dollars import dollars_plugin
from generator.pdf.markdown.notes import notes_plugin
from generator.pdf.markdown.references import references_plugin

_DEEPEST = 60  # the nesting from which on text is taken as it stands: markdown-it would drop it


def parser() -> MarkdownIt:
    options = {"html": False, "tasklists": True, "maxNesting": 2 * _DEEPEST}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "deep", _deep)
    return parser.use(dollars_plugin).use(notes_plugin).use(references_plugin)


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
