"""Lines that are a list to the eye, and not to Markdown, which would run them together.

(1) first               **Date:** today
(2) second              **Author:** somebody

A line that is bold as a whole is a heading to the eye. What is drawn with characters, like a tree
of files, becomes code; a line that is drawn with one sign, like ─────, a rule.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.hr import hr
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from generator.pdf.late import late
from generator.pdf.markdown.bullets import SIGNS

# What is a list's sign wherever it begins a line.
_SIGN = (
    f"[{SIGNS}\u2460-\u24ff\u2776-\u2793\u3220-\u3243\u3280-\u32b0]"
    "|[\\d#*]\ufe0f?\u20e3"
    "|第?[一二三四五六七八九十百]{1,4}(?:是|[、.．:：)）]|[章节条步]\\s)|[(（〔【][一二三四五六七八九十]{1,3}[)）〕】]"
    "|[甲乙丙丁戊己庚辛壬癸][、.．]"
)
# What is one where two lines of the paragraph begin alike.
_KINDS = {
    "sign": f"(?:{_SIGN})",
    "bracketed": r"[(（]\s?(?:\d{1,3}|[^\W\d_]|[ivxIVX]{1,5})\s?[)）]",
    "number": r"\d{1,3}(?:\.\d{1,3}){0,3}(?:[.)、．:：)）](?!\d)|\s[-–—]\s)",
    "letter": r"(?:[^\W\d_]|[ivxIVX]{1,5})(?:[.)、]\s|[．）])",
    "dash": r"[-–—―−~+>]\s|--\s|[-–—*](?=[^\W\d_])",
    "step": r"(?i:step|day|week|phase|stage|schritt|tag|étape|paso|шаг)\s\d{1,3}\b|第\d{1,3}\S",
    "row": r"\|",
    "address": r"<?https?://",
}
_KIND = late("|".join(f"(?P<{name}>{pattern})" for name, pattern in _KINDS.items()))
_LABEL = re.compile(r"[^\W_][^:：\n]{0,40}[:：](?=\s|$|[^\W\d_a-zA-Z])")
_CHINESE = late("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]{2}")
_AUTHOR = late(
    r"[—―]\s?(?![a-z])[^\W\d_](?:[^.]|(?<=\b\w)\.){1,80}"
)  # of a quotation, in its last line
_MOST = 80  # characters of a line that are looked at


_RULE = late(r"⸻+|([─━═—⎯·•])(?:[ \t]?\1){2,}|={5,}")
_DRAWN = late("(?m)^[ \t]*(?:[│┃║├┣╠└┗╚┌┏╔╭╰]|\\+[-=+]{3,})")


def lines_plugin(parser: MarkdownIt) -> None:
    parser.block.ruler.at("hr", _rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.core.ruler.before("inline", "drawn", _drawn)
    parser.core.ruler.after("html", "lines", _lines)


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if hr(state, start, end, silent):
        return True
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at : at + 1] not in "⸻─━═—⎯·•=" or state.is_code_block(start):
        return False
    if not _RULE.fullmatch(state.src[at : state.eMarks[start]].rstrip()):
        return False
    if not silent:
        state.line = start + 1
        state.push("hr", "hr", 0).map = [start, start + 1]
    return True


def _drawn(state: StateCore) -> None:
    if not any(sign in state.src for sign in "│┃║├└┗╚") and "+--" not in state.src:
        return
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "paragraph_close" and len(_DRAWN.findall(tokens[-1].content)) > 1:
            start = (token.map or tokens[-1].map or [0])[0]
            first = state.src.split("\n", start + 1)[start]
            margin = first[: len(first) - len(first.lstrip())] if tokens[-1].level == 1 else ""
            tokens[-2:] = [Token("code_block", "code", 0, content=margin + tokens[-1].content)]
            continue
        tokens.append(token)
    state.tokens = tokens


def _lines(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and "\n" in token.content:
            _keep(token.children or [])


def _keep(children: list[Token]) -> None:
    """Make hard breaks of the soft ones before the lines of a list."""
    for at, part in enumerate(children[1:-1], 1):
        # Chinese and Japanese have no space where a line ends.
        beside = children[at - 1].content[-1:] + children[at + 1].content[:1]
        if part.type == "softbreak" and not beside.isascii() and _CHINESE.fullmatch(beside):
            part.meta["joined"] = True
    starts = [-1, *(at for at, part in enumerate(children) if part.type == "softbreak")]
    if len(starts) == 1:
        return
    kinds = [_kind(children, start + 1) for start in starts]
    labelled = all(kind in ("label", "bold label", "bold line") for kind in kinds)
    after = children[starts[-1] + 1].content if starts[-1] + 1 < len(children) else ""
    if _AUTHOR.match(after):
        children[starts[-1]].type = "hardbreak"
    for start, above, kind in zip(starts[1:], kinds, kinds[1:], strict=False):
        several = kind not in ("", "label") and kinds.count(kind) > 1
        if kind == "sign" or labelled or several or "bold line" in (above, kind):
            children[start].type = "hardbreak"


def _kind(children: list[Token], start: int) -> str:
    """Which kind of list the line may be of that begins there; "" if of none."""
    text = ""
    bold = 0  # 1: it begins so; 2: a label; 3: up to here, 4: with a colon
    for part in children[start : start + 12]:
        if part.type in ("softbreak", "hardbreak"):
            break
        if len(text) > _MOST:
            bold = 0
            break
        if part.type == "strong_open" and not text:
            bold = 1
        elif part.type == "strong_close" and bold == 1:
            bold = 4 if text.rstrip().endswith((":", "：")) else 3  # a colon may follow yet
        elif part.type in ("text", "code_inline"):
            if bold in (3, 4) and part.content.strip(" :：*"):
                colon = bold == 4 or part.content.lstrip().startswith((":", "："))
                bold = 2 if colon else 0
            text += part.content[:_MOST]
        elif bold > 2 and part.content:
            bold = 0
    if bold > 2:
        return "bold line"
    if (match := _KIND.match(text)) and match.lastgroup:
        return match.lastgroup
    if bold == 2:
        return "bold label"
    return "label" if _LABEL.match(text) else ""
