"""Links whose address Markdown refuses, one with spaces in it or in double parentheses; and
addresses in a text, where no sign is one of emphasis.

[a page](https://example.com/my file.pdf), [a page]((https://example.com)), https://example.com/_a_/
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.link import link

from generator.pdf.late import late

_ADDRESS = late(r"\((\()?(https?://[^\s()<>\"]+(?: [^\s()<>\"']+){0,20})\)(?(1)\)?)", re.I)


_BARE = late(
    r"://(?:(?!\*\*|~~|&\w{2,8};)[^\s<>\"`|\\$()\[\]\u3000-\u303f\uff00-\uffef]|\([^\s<>()*_]*\))*"
    r"(?<![*_.,;:!?'~])"
)


def links_plugin(parser: MarkdownIt) -> None:
    parser.inline.ruler.before("escape", "address", _address)
    parser.inline.ruler.at("link", _link)


def _address(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if state.src[at] != ":" or not state.src[max(0, at - 5) : at].lower().endswith(
        ("http", "https")
    ):
        return False
    found = _BARE.match(state.src, at, state.posMax)
    if found is None:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


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
