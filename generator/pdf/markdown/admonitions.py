"""Admonitions, as the programs that make sites of Markdown have them.

!!! note "Something to know"        :::tip Something to know
    What it is.                     What it is.
                                    :::

They become what alerts are: quotes with a title. See alerts.py.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_BEGIN = re.compile(
    r"(?:!!!|\?\?\?\+?)[ \t]+(?P<kind>[a-zA-Z]{3,20})(?:[ \t]+\"(?P<title>[^\"\n]{0,200})\")?\s*$"
    r"|:{3,}[ \t]*(?P<fence>[a-zA-Z]{3,20})(?:[ \t]+(?P<text>[^\n{}:]{0,200}))?\s*$"
)
_END = re.compile(r":{3,}\s*$")
_MOST = 500  # lines of one


def admonitions_plugin(parser: MarkdownIt) -> None:
    parser.block.ruler.before(
        "table",
        "admonition",
        _admonition,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )


def _admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    line = _line(state, start)
    if line[:1] not in ("!", "?", ":") or state.is_code_block(start):
        return False
    found = _BEGIN.match(line)
    last = found and (_fence if found["fence"] else _indented)(state, start + 1, end)
    if not found or last is None:
        return False
    if silent:
        return True
    title = found["title"] or found["text"] or (found["kind"] or found["fence"]).capitalize()
    around = state.lineMax, state.blkIndent, state.parentType
    state.push("blockquote_open", "blockquote", 1).map = [start, last]
    state.push("paragraph_open", "p", 1)
    text = state.push("inline", "", 0)
    text.content, text.info, text.children, text.map = title.strip(), "title", [], [start, start]
    state.push("paragraph_close", "p", -1)
    state.lineMax, state.parentType = last, "blockquote"
    if not found["fence"] and start + 1 < last:
        state.blkIndent = state.sCount[start + 1]
    state.md.block.tokenize(state, start + 1, last)
    state.push("blockquote_close", "blockquote", -1)
    state.lineMax, state.blkIndent, state.parentType = around
    state.line = last + bool(found["fence"])
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _fence(state: StateBlock, start: int, end: int) -> int | None:
    """The line of the sign that ends it."""
    lines = range(start, min(end, start + _MOST))
    return next((line for line in lines if _END.match(_line(state, line))), None)


def _indented(state: StateBlock, start: int, end: int) -> int | None:
    """The line after the last one that stands as far to the right as the first."""
    if start >= end or state.sCount[start] < state.blkIndent + 2:
        return None
    last = start
    for line in range(start, end):
        if not state.isEmpty(line):
            if state.sCount[line] < state.sCount[start]:
                break
            last = line
    return last + 1
