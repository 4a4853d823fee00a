"""Alerts, as GitHub and Obsidian have them.

> [!NOTE]
> Something to know

The kind of an alert, or the title that other programs let it have, becomes the quote's first line:
an `inline` with the `info` "title".
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_KIND = re.compile(r"\[!([^\W\d_]{2,20})\][+-]?[ \t]*([^\n]*)\n?")
_FIRST = ["blockquote_open", "paragraph_open"]


def alerts_plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.before("inline", "alerts", _alerts)


def _alerts(state: StateCore) -> None:
    if "[!" not in state.src:
        return
    tokens: list[Token] = []
    for token in state.tokens:
        tokens.append(token)
        if token.type != "inline" or [part.type for part in tokens[-3:-1]] != _FIRST:
            continue
        if found := _KIND.match(token.content):
            title = found[2].strip() or found[1].capitalize()
            text = token.content[found.end() :]
            token.content, token.info = title, "title"
            if text.strip():
                level = token.level
                tokens += [
                    Token("paragraph_close", "p", -1, level=level - 1),
                    Token("paragraph_open", "p", 1, level=level - 1),
                    Token("inline", "", 0, level=level, content=text, children=[], map=token.map),
                ]
    state.tokens = tokens
