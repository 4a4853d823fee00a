"""Where a formula begins and ends in Markdown, as rules for markdown-it-py.

Four pairs of signs hold formulas, and LaTeX's environments for mathematics need none: `$...$`,
`$$...$$`, `\\(...\\)`, `\\[...\\]`. All of them also mean something else: prices, shell variables,
brackets that Markdown asks to be escaped. A sum of money set as a formula loses its dollars and
spaces, so whatever is in doubt stays text. What can be nothing but LaTeX, like `\\frac{a}{b}`, is a
formula without any signs, and so is a line between brackets that has such a command: on the way
here somebody took `\\[` for an escape.

A formula's token has its source, with the signs around it, as `content`. Its `meta` has what is
between them, `latex`; whether they ask for a line of its own, `display`; the number beside it,
`tag`; and the `source` without a number that stands behind it, as in `$$x$$ (7)`.

In order: what looks like mathematics, formulas in a line, formulas on lines of their own, and in
tables.
"""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from generator.pdf.late import late

MAX_LINES = 100  # of a formula: what is never closed is not searched for to the end
MAX_CHARS = 4000


def dollars_plugin(parser: MarkdownIt) -> None:
    """Add the tokens `formula` (in a line) and `formula_block`."""
    parser.block.ruler.before(
        "table", "formula_block", _formula_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.core.ruler.before("block", "hide_bars", _hide_bars)
    parser.core.ruler.after("block", "show_bars", _show_bars)


# ---- What looks like mathematics -----------------------------------------------------------------

_TEX_SIGN = re.compile(r"[\\^_={}<>+]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?")
_ARGUMENT = re.compile(r"\{[^{}]*\}")
_FUNCTIONS = {"sin", "cos", "tan", "log", "ln", "exp", "lim", "max", "min", "det", "mod", "gcd"}
_PROSE = re.compile(r"[^\W\d_]{2}[,;:.]? +[^\W\d_]{2}")  # two words, side by side
_MONEY = re.compile(r"[\d.,]+ ?(?:[KMBT]|bn|mn|million|billion|trillion)?\b(?![\^_\\])")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")


def _is_maths(text: str) -> bool:
    """Is `text`, found between dollars, mathematics and neither prose, money nor a script?"""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return True
    if not any(char.isalnum() or char == "\\" for char in text):
        return len(text) == 1 and text in "+=<>±×≤≥≠≈∞∑∫∈∀∃→"
    if "\\" in text:
        bare = _COMMAND.sub(" ", text)
        for _ in range(4):  # the words in \text{...} are words, but meant to be there
            bare = _ARGUMENT.sub(" ", bare)
        return not _PROSE.search(bare)
    if _PROSE.search(text):
        return False
    if (money := _MONEY.match(text)) and (money.end() == len(text) or _WORD.search(text)):
        return False  # 5M, 5 + tax (US
    if _TEX_SIGN.search(text):
        return True
    words = [word for word in _WORD.findall(text) if word.lower() not in _FUNCTIONS]
    if text.isalpha():  # one word: ABC and dx are formulas, name is a template's field
        return len(text) < 4 or text.isupper()
    return not words or (" " not in text and max(map(len, words)) < 4)


def _is_bracketed(text: str) -> bool:
    """The same for what is between brackets with backslashes: [1] and (note) are escaped so."""
    if not _is_maths(text):
        return False
    bare = text.strip()
    if _TEX_SIGN.search(bare) or bare.count("|") == 2 or (len(bare) == 1 and bare.isalpha()):
        return True
    if _NUMBER.fullmatch(bare) and not bare.isdigit():
        return True  # -0.5, not the note [1]
    return (text != bare and text[0] == " " == text[-1]) or len(bare.split()) > 1


# ---- In a line -----------------------------------------------------------------------------------

_PAIRS = re.compile(
    r"\$\$(?!\$)(?P<dollars>(?:[^$\\]|\\.){1,4000})\$\$(?![$\w])"
    r"|\\\((?P<round>(?:[^\\]|\\[^()]){1,4000})\\\)"
    r"|\\\[(?P<square>(?:[^\\]|\\[^\[\]]){1,4000})\\\]"
    # A dollar needs a partner, and text that both of them touch.
    r"|\$(?![\s$])(?P<dollar>(?:[^$\\`\n]|\\[^\n`]){1,1000})(?<!\s)\$(?![_{(\[$])"
    # Some put a space at either side.
    r"|\$ (?P<spaced>[^\s$`](?:[^$\\`\n]|\\[^\n`]){0,1000}) \$(?!\s?\d)",
    re.S,
)
# After a dollar may come Chinese, or the end of a word ("the $n$th"), not a name or a sum.
_GLUED_AFTER = re.compile(r"(?!(?:th|st|nd|rd|s|ème|er?|te[rns]?)\b)[0-9a-zA-Z\u00c0-\u052f]")
_ONE_SIGN = re.compile(r"[\^_]?\{?\\[a-zA-Z]+\}?")  # 15 $\mu$m, $\approx$5


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    match = _PAIRS.match(state.src, state.pos, state.posMax)
    if not match:
        return state.src[state.pos] == "\\" and _bare(state, silent)
    kind = match.lastgroup or ""
    latex = match[kind]
    if kind.startswith("dollar"):
        before = state.src[state.pos - 1] if state.pos else " "
        if (before.isalnum() and before < "\u2e80") or before in "$}":
            if latex[0] not in "\\^_":  # CO$_2$ is half text, half formula
                return False
        elif _GLUED_AFTER.match(state.src, match.end()) and not _ONE_SIGN.fullmatch(latex):
            return False
        if not _is_maths(latex) or (kind == "dollars" and latex.strip().isalpha() and " " in latex):
            return False
    elif kind == "spaced":
        sum_before = state.src[max(0, state.pos - 2) : state.pos].strip().isdigit()  # 10 $ is money
        if sum_before or not set("\\^=") & set(latex) or not _is_maths(latex):
            return False
    elif not _is_bracketed(latex):
        return False
    if not silent:
        _push(state, "formula", match[0], latex)["display"] = kind in ("dollars", "square")
    state.pos = match.end()
    return True


_GROUP = r"\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]*+\})*+\})*+\}"
_GREEK = (
    "alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|iota|kappa|lambda|mu|nu|xi|rho"
    "|sigma|tau|upsilon|(?:var)?phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega"
    "|pi|Pi"
)
_SIGNS = (
    "times|cdot|pm|mp|div|leq?|geq?|neq?|ll|gg|approx|equiv|sim|propto|infty|partial|nabla|rightarrow"
    "|Rightarrow|leftarrow|leftrightarrow|longrightarrow|to|implies|iff|sum|prod|int|forall|exists"
    "|in|notin|subset|subseteq|cup|cap|ldots|cdots|dots|circ|quad|degree"
)
# A command in the midst of text, with all that it governs. A path, C:\\alpha, has none.
_BARE = late(
    rf"(?<![\\:/.])\\(?:(?:(?:[dt]?frac|binom|SI|qty){_GROUP}|sqrt(?:\[[^\[\]\n]{{0,9}}\])?"
    rf"|text|ce|num|unit|math(?:rm|bf|cal|bb)|vec|hat|bar|overline|boxed){_GROUP}"
    rf"|(?<![a-zA-Z]\\)(?:{_GREEK}|{_SIGNS})(?![a-zA-Z\\/]))(?:[_^](?:{_GROUP}|\\?\w))*"
)


def _bare(state: StateInline, silent: bool) -> bool:
    match = _BARE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        _push(state, "formula", match[0], match[0])["display"] = False
    state.pos = match.end()
    return True


def _push(state: StateInline | StateBlock, kind: str, source: str, latex: str) -> dict[str, Any]:
    token = state.push(kind, "", 0)
    token.content = source
    latex, tag = _own_tag(latex.strip())
    token.meta = {"latex": latex, "display": True, "tag": tag, "source": source}
    return token.meta


# ---- On lines of its own -------------------------------------------------------------------------

_ENVIRONMENTS = (
    "equation|align|alignat|flalign|gather|multline|eqnarray|split|aligned|alignedat|gathered"
    "|displaymath|math|cases|dcases|rcases|array|subarray|CD|[bBpvV]?matrix|smallmatrix"
)
# What is only ever LaTeX.
_LATEX = late(
    r"\\(?:[dt]?frac|sqrt|sum|int|prod|lim|text|math[a-z]+|left|right|begin|cdot|times|approx|Delta"
    r"|partial|ce)(?![a-z])"
)


def _is_line(text: str) -> bool:
    """Is this a formula, as it stands between brackets without backslashes, with a space first?"""
    return bool(text[0].isspace() and _LATEX.search(text) and _is_maths(text))


_OPENING = re.compile(
    rf"\$\$(?!\$)|\\\[|\[(?=\s*$|\s.*\\[a-zA-Z]+.*\s\]$)|\\begin\{{((?:{_ENVIRONMENTS})\*?)\}}"
)
_LABEL = re.compile(r"\s*(?:(\([^()\s]{1,12}\))|\{#[^{}\s]{1,40}\})?([.,;:]?)")  # after the end
_TAG = re.compile(r"\s*\\tag(\*?)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_ROWS = re.compile(r"\\begin\{(?:align|alignat|flalign|gather|eqnarray)\*?\}")


def _own_tag(latex: str) -> tuple[str, str]:
    """Split off a `\\tag{7}`, which stands at the margin; the tags of single rows stay in them."""
    tags = _TAG.findall(latex)
    if len(tags) != 1 or ("\\\\" in latex and _ROWS.search(latex)):
        return latex, ""
    star, tag = tags[0]
    return _TAG.sub("", latex), tag if star else f"({tag})"


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.getLines(start, start + 1, state.blkIndent, False).lstrip()
    opening = _OPENING.match(first)
    if opening is None or state.is_code_block(start):
        return False
    if opening[1]:
        closing, at = f"\\end{{{opening[1]}}}", 0
    else:
        closing, at = {"$$": "$$", "[": "]", "\\[": "\\]"}[opening[0]], opening.end()
    last = min(end, start + MAX_LINES) - 1
    if state.src.find(closing, state.bMarks[start], state.eMarks[last]) < 0:
        return False
    text, line = first, start + 1
    while (found := text.find(closing, max(at, opening.end()))) < 0:
        at = len(text)
        if line > last or state.sCount[line] < state.blkIndent:
            return False
        text += "\n" + state.getLines(line, line + 1, state.blkIndent, False)
        line += 1
    after = found + len(closing)
    label = _LABEL.fullmatch(text, after, len(text.rstrip()))
    latex = text[:after] if opening[1] else text[opening.end() : found]
    looks = {"\\]": _is_bracketed, "]": _is_line}.get(closing, _is_maths)
    if not label or len(text) > MAX_CHARS or not (opening[1] or looks(latex)):
        return False
    if not silent:
        meta = _push(state, "formula_block", text.rstrip(), latex + label[2])
        if label[1]:
            meta["tag"] = label[1]
            meta["source"] = text[: label.start(1)] + text[label.end(1) :].rstrip()
        state.line = line
    return True


# ---- In a table ----------------------------------------------------------------------------------

# Stands for the | of a formula or of code while tables are cut into cells: $P(A|B)$ is one cell.
BAR = "\ue07c"
_CODE = late(r"(?<!`)(`{1,2})(?![` ])[^`]*\|[^`]*(?<! )\1(?!`)")


def hide_bars(line: str) -> str:
    """`line` with another sign for each | in a formula between dollars, and in code of a row."""
    if "|" not in line or "]:" in line:  # that may define a link
        return line
    if "`" in line and line.lstrip(" >").startswith("|"):
        line = _CODE.sub(lambda code: re.sub(r"(?<!\\)\|", BAR, code[0]), line)
    return _PAIRS.sub(_hidden, line) if line.count("$") > 1 else line


def _hidden(match: re.Match[str]) -> str:
    latex = match[match.lastgroup or 0]
    if "|" not in latex or not _is_maths(latex):
        return match[0]
    return re.sub(r"(?<!\\)\|", BAR, match[0])


def _hide_bars(state: StateCore) -> None:
    signs = ("$" in state.src or "`" in state.src) and "|" in state.src
    state.env["bars"] = signs and BAR not in state.src
    if state.env["bars"]:
        state.src = "\n".join(map(hide_bars, state.src.split("\n")))


def _show_bars(state: StateCore) -> None:
    if not state.env["bars"]:
        return
    state.src = state.src.replace(BAR, "|")
    for token in state.tokens:
        token.content = token.content.replace(BAR, "|")
        token.info = token.info.replace(BAR, "|")
        for key in token.meta.keys() & {"latex", "source"}:
            token.meta[key] = token.meta[key].replace(BAR, "|")
