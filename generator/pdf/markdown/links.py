"""Links whose address Markdown refuses: one with spaces in it, or in double parentheses.

[a page](https://example.com/my file.pdf) and [a page]((https://example.com))
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.link import link

from generator.pdf.late import late

_ADDRESS = late(r"\((\()?(https?://[^\s()<>\"]+(?: [^\s()<>\"']+){0,20})\)(?(1)\)?)", re.I)


def links_plugin(parser: MarkdownIt) -> None:
    parser.inline.ruler.at("link", _link)


def _link(state: StateInline, silent: bool) -> bool:
    if link(state, silent):
        return True
    if state.src[state.pos] != "[" or "](" not in state.src:
        return False
    start, last = state.pos + 1, state.posMax
    end = state.md.helpers.parseLinkLabel(state, state.pos, True)
    found = _ADDRESS.match(state.src, end + 1, last) if end >= 0 else None
    if found is None:
        return False
    if not silent:
        state.pos, state.posMax = start, end
        href = state.md.normalizeLink(found[2].replace(" ", "%20"))
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.posMax = last
    state.pos = found.end()
    return True
