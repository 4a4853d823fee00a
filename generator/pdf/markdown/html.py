"""The HTML that models write for want of Markdown: `<br>`, `<b>`, `<a href>`, `<details>`, `<h2>`.

Its tags become the tokens of what they mean, or go: in print nothing folds, and all begins at one
side. `<a id="x"></a>` and the like is a place that links lead to: a token `entry`, whose name the
parser's env has under "anchors". What is no tag of these stays text, as in `List<int>`, and so does
one without its other half. Comments go. Tables and `<pre>` are read in elements.py.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import autolink
from markdown_it.token import Token

from generator.pdf.late import late

_ROLES = {
    "b": "strong", "strong": "strong", "i": "em", "em": "em", "var": "em", "dfn": "em",
    "s": "s", "del": "s", "strike": "s", "a": "link",
}  # fmt: skip
_PLAIN = [
    "u",
    "ins",
    "mark",
    "small",
    "big",
    "span",
    "font",
    "abbr",
    "time",
    "bdi",
    "bdo",
    "pre",
    "kbd",
    "code",
    "ruby",
    "rb",
    "rt",
    "rp",
]
# Each begins and ends a line. Of these the one half may stand in another paragraph than the other.
_RANKS = [f"h{rank}" for rank in range(1, 7)]
_BLOCKS = [
    *("p", "div", "center", "details", "summary", "section", "article", "aside", "header"),
    *("footer", "main", "nav", "figure", "figcaption", "picture", "address", "blockquote"),
    *("ul", "ol", "li", "dl", "dt", "dd"), *_RANKS,
]  # fmt: skip
_BOLD = {"summary", "dt", *_RANKS}
_ALONE = {"br", "wbr", "hr", "img", "source"}
_NAMES = "|".join(["su[bp]", *_ROLES, *_PLAIN, *_BLOCKS, *sorted(_ALONE)])
_HTML = late(
    r"<(?P<code>kbd|code|samp|tt)(?:\s[^<>]*)?>(?P<source>[^<>]+)</(?P=code)>"
    r"|(?P<raised><(?P<su>su[bp])>[^<>*_~`$\[\\]+</(?P=su)>)"
    r"|<(?P<close>/?)(?P<name>NAMES)(?P<attributes>(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?)/?>"
    r"|<!--(?:[^<]|<(?!!--))*?-->".replace("NAMES", _NAMES),
    re.I,
)
_ATTRIBUTE = r"\s{}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
_BULLETS = "•◦▪"


def html_plugin(parser: MarkdownIt) -> None:
    parser.inline.ruler.at("autolink", _tag)
    parser.core.ruler.after("text_join", "html", _html)


def _tag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    if autolink(state, silent):
        return True
    found = _HTML.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    blank = state.pending[-1:] if state.pending or state.tokens else " "
    if found[0][1] == "!" and blank == state.src[state.pos : state.pos + 1] == " ":
        state.pos += 1
    if silent:
        return True
    if found["raised"]:
        state.pending += found["raised"]  # in a text, as citations are
    elif found["code"]:
        state.push("code_inline", "code", 0).content = found["source"]
    else:
        token = state.push("html", (found["name"] or "").lower(), 0)
        token.nesting = -1 if found["close"] else 1  # not before: emphasis may cross tags
        token.content, token.info = found[0], found["attributes"] or ""
        state.env["html"] = True
    return True


def _html(state: StateCore) -> None:
    anchors: dict[str, str] = {}
    state.env["anchors"] = anchors
    if "html" not in state.env:
        return
    understood = _Document(state, anchors)
    tokens: list[Token] = []
    waiting: list[Token] = []  # places that stand alone: they are where the next text begins
    for token in state.tokens:
        tokens.append(token)
        if token.type == "inline" and any(part.type == "html" for part in token.children or []):
            block = tokens[-2] if tokens[-2].type == "paragraph_open" else None
            rank = understood.inline(token)
            if block and rank:
                block.type, block.tag = "heading_open", rank
            if block and all(part.type == "entry" for part in token.children or []):
                waiting += token.children or []
                token.hidden = True
        if token.type == "inline" and not token.hidden and waiting:
            token.children = [*waiting, *(token.children or [])]
            waiting = []
        if token.type == "paragraph_close" and tokens[-3].type == "heading_open":
            token.type, token.tag = "heading_close", tokens[-3].tag
        if token.type == "paragraph_close" and tokens[-2].hidden:
            is_rule = tokens[-2].tag == "hr"
            del tokens[-3:]
            if is_rule:
                tokens.append(Token("hr", "hr", 0))
    if waiting and tokens:  # nothing follows
        last = next((token for token in reversed(tokens) if token.type == "inline"), None)
        if last:
            last.children = [*(last.children or []), *waiting]
    state.tokens = tokens


class _Document:
    """Knows which tags have their other half, if in another paragraph."""

    def __init__(self, state: StateCore, anchors: dict[str, str]) -> None:
        self.anchors = anchors
        self.sum: dict[str, int] = {}
        for token in state.tokens:
            children = token.children or []
            for at, part in enumerate(children):
                if part.type == "html" and part.tag in _BLOCKS and _is_outside(children, at):
                    part.meta["outside"] = True
                    self.sum[part.tag] = self.sum.get(part.tag, 0) + part.nesting

    def inline(self, token: Token) -> str:
        """Replace the tags in a token's children; return the rank if all of it is a heading."""
        children = [part for part in token.children or [] if part.type != "html" or part.tag]
        paired = _paired(children)
        token.content = _HTML.sub(_in_text, token.content)
        shown = [at for at, part in enumerate(children) if part.content.strip()]
        first, last = (children[shown[0]], shown[-1]) if shown else (token, 0)
        rank = ""
        if first.tag in _RANKS and paired.get(shown[0]) == last:
            rank, children = first.tag, children[shown[0] + 1 : last]
            paired = _paired(children)
        token.tag = "hr" if len(shown) == 1 and first.tag == "hr" else ""
        self.lists: list[int] = []  # of each open list, the number of its last item; -1: bullets
        parts: list[Token] = []
        raised = ""
        for at, part in enumerate(children):
            if part.type != "html":
                if raised and part.type == "text" and part.content:
                    part.content = f"<{raised}>{part.content}</{raised}>"
                parts.append(part)
            elif part.tag in ("sup", "sub") and at in paired:
                raised = part.tag if part.nesting > 0 else ""
            elif part.tag in _ALONE or at in paired or self._spans(part) or _is_place(part):
                parts += self._meaning(part)
            else:
                part.type = "text"
                parts.append(part)
        token.children = _settled(parts)
        return rank

    def _spans(self, part: Token) -> bool:
        outside = part.meta.get("outside", False)
        return outside and (self.sum[part.tag] == 0 or "=" in part.info)

    def _meaning(self, part: Token) -> Iterator[Token]:
        """The tokens that a tag becomes; `edge` is where a line begins or ends."""
        name = _attribute(part, "id") or (_attribute(part, "name") if part.tag == "a" else "")
        if part.tag in _BLOCKS or part.tag == "hr":
            yield Token("edge", "", 0)
        if name and part.nesting > 0:
            anchor = f"anchor-{len(self.anchors)}"
            self.anchors.setdefault(name.lower(), anchor)
            yield Token("entry", "", 0, meta={"name": anchor})
        if part.tag == "br":
            yield Token("hardbreak", "br", 0)
        elif part.tag == "img":
            yield _picture(part)
        elif part.tag == "li" and part.nesting > 0:
            yield Token("text", "", 0, content=self._marker(), meta={"marker": True})
        elif part.tag in ("ul", "ol"):
            if part.nesting > 0:
                start = _attribute(part, "start")
                number = int(start) - 1 if start.isdecimal() and len(start) < 5 else 0
                self.lists.append(number if part.tag == "ol" else -1)
            elif self.lists:
                self.lists.pop()
        role = "strong" if part.tag in _BOLD else _ROLES.get(part.tag)
        if role == "link":
            if not part.meta.get("href"):
                return
            part.attrs = {"href": part.meta["href"]}
        if role:
            part.type, part.content = role + ("_open" if part.nesting > 0 else "_close"), ""
            part.meta = {}
            yield part

    def _marker(self) -> str:
        if not self.lists:
            return "• "
        if self.lists[-1] < 0:
            return _BULLETS[min(len(self.lists), 3) - 1] + " "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "


def _is_outside(children: list[Token], at: int) -> bool:
    """Does a line begin or end with it? In the midst of a sentence it may be spoken of."""
    beside = children[max(at - 1, 0) : at], children[at + 1 : at + 2]
    return any(not side or side[0].type in ("html", "softbreak", "hardbreak") for side in beside)


def _paired(children: list[Token]) -> dict[int, int]:
    """Which tags have their other half: the place of each, and of the other."""
    paired: dict[int, int] = {}
    waiting: dict[str, list[int]] = {}
    for at, part in enumerate(children):
        if part.type != "html":
            continue
        if part.nesting > 0:
            waiting.setdefault(part.tag, []).append(at)
        elif waiting.get(part.tag):
            start = waiting[part.tag].pop()
            paired[start], paired[at] = at, start
            children[start].meta["href"] = part.meta["href"] = _attribute(children[start], "href")
    return paired


def _settled(parts: list[Token]) -> list[Token]:
    """A line's end for all edges beside each other, and none where the text begins and ends."""
    result: list[Token] = []
    gap: list[Token] = []
    begun = edge = False
    for part in parts:
        if part.type in ("edge", "softbreak") or (part.type == "text" and not part.content.strip()):
            gap.append(part)
            edge = edge or part.type == "edge"
            continue
        if not edge:
            result += gap
        elif begun and not part.type.endswith("_close") and "marker" not in result[-1].meta:
            result.append(Token("hardbreak", "br", 0))
        if edge and part.type.endswith("_close"):
            result.append(part)
            continue
        if edge and part.type == "text":
            part.content = part.content.lstrip()
        result.append(part)
        begun = begun or bool(part.content) or part.type == "image"
        gap, edge = [], False
    return result if edge else result + gap


def _is_place(part: Token) -> bool:
    return part.content.endswith("/>") and part.tag in ("a", "span")


def _picture(part: Token) -> Token:
    alt = _attribute(part, "alt")
    text = [Token("text", "", 0, content=alt)] if alt else []
    return Token("image", "img", 0, {"src": _attribute(part, "src")}, content=alt, children=text)


def _attribute(part: Token, name: str) -> str:
    found = re.search(_ATTRIBUTE.format(name), part.info, re.I) if "=" in part.info else None
    return next(filter(None, found.groups()), "") if found else ""


def _in_text(found: re.Match[str]) -> str:
    if found["name"] and found["name"].lower() == "br":
        return "\n"
    return found["source"] or found["raised"] or ""
