"""The HTML that models write for want of Markdown: `<br>` for a line's end, `<a id="x"></a>` for a
place that links lead to.

The token `entry` stands at such a place; the parser's env has its name under "anchors". The rest of
HTML is text.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BREAK = r"<br\s*/?>"
_PLACE = (
    r"<(?P<tag>a|span)\s+(?:id|name)\s*=\s*[\"']?(?P<name>[\w:.-]{1,80})[\"']?\s*"
    r"(?:/>|></(?P=tag)>)"
)
_HTML = re.compile(f"{_BREAK}|{_PLACE}", re.I)


def html_plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.after("text_join", "html", _html)


def _html(state: StateCore) -> None:
    anchors: dict[str, str] = {}
    state.env["anchors"] = anchors
    if not any(sign in state.src for sign in ("<br", "<BR", "<a ", "<span ")):
        return
    tokens: list[Token] = []
    waiting: list[Token] = []  # places that stand alone: they are where the next text begins
    for token in state.tokens:
        tokens.append(token)
        if token.type == "inline" and "<" in token.content:
            token.children = _parts(token.children or [], anchors)
            token.content = re.sub(_BREAK, "\n", token.content, flags=re.I)
            kinds = {part.type for part in token.children if part.content or not part.meta}
            if token.children and not kinds and tokens[-2].type == "paragraph_open":
                waiting += token.children
                token.hidden = True
        if token.type == "inline" and not token.hidden and waiting:
            token.children = [*waiting, *(token.children or [])]
            waiting = []
        if token.type == "paragraph_close" and tokens[-2].hidden:
            del tokens[-3:]
    if waiting and tokens:  # nothing follows
        last = next((token for token in reversed(tokens) if token.type == "inline"), None)
        if last:
            last.children = [*(last.children or []), *waiting]
    state.tokens = tokens


def _parts(children: list[Token], anchors: dict[str, str]) -> list[Token]:
    result: list[Token] = []
    for part in children:
        at = 0
        for found in _HTML.finditer(part.content) if part.type == "text" else ():
            if at < found.start():
                result.append(Token("text", "", 0, content=part.content[at : found.start()]))
            at = found.end()
            if found["name"]:
                name = f"anchor-{len(anchors)}"
                anchors.setdefault(found["name"].lower(), name)
                result.append(Token("entry", "", 0, meta={"name": name}))
            else:
                result.append(Token("hardbreak", "br", 0))
        if at:
            part.content = part.content[at:]
        if not at or part.content:
            result.append(part)
    return result
