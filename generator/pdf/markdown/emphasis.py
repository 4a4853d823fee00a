"""Emphasis as it is meant: beside Chinese, Japanese and Korean, and where a label is not closed.

Chinese, Japanese and Korean put no spaces where CommonMark expects some.

`**注意：**请看` is not bold by CommonMark: the marks close after a sign only if a space or a sign
follows. The CJK-friendly amendment, https://github.com/tats-u/markdown-cjk-friendly, lets a letter
of these scripts stand for the space. (The one plugin for markdown-it-py wants an older one of it.)

`**Label: text` has no end, and `**Label: **text` none that CommonMark sees: the label is bold, as
in `**Label:**text`. In 2*3*4 is no emphasis, and none begins in the midst of a word with one star:
Leser*innen, F = m*a. `__init__.py` keeps its name.
"""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

from generator.pdf.late import late

# East Asian Width W, F or H, without emoji; and Hangul. Ours: Thai, Lao, Burmese and Khmer, which
# have no spaces between words either.
_CJK = late(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]|"
    "[\u1100-\u11ff\u20a9\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u4dbf"
    "\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uffee"
    "\U00016fe0-\U0001b2fb\U0001d300-\U0001d376\U0001f200-\U0001f265\U00020000-\U0003fffd]"
)
_VARIANTS = "".join(map(chr, range(0xFE00, 0xFE0F)))  # of the sign before, but for emoji's


_OPEN_LABEL = late(r"\*\*(?=\w)([^*\n`]{1,100}?[:：])(?:\s+\*\*)?\s*+(?!\*\*)")
# Where CommonMark's rules are not enough. It begins with its rare letters: each text is searched.
_AMID = re.compile(r"\*(?:(?<=\w\*)(?:\w|\*['\"(\[])|(?<=\w['\")\]:;,.!?]\*)\*\w)|__\w+__")
_DUNDER = late(
    r"__[a-z]+(?:_[a-z]+)*__(?=\.py\b|\(|\s?[=!]=)|__(?:init|main|name|new|call|dict|all)__"
)
_OPENERS, _CLOSERS = "([{'\"“‘«„", ")]}'\"”’».,:;!?"


class LenientInline(ParserInline):
    """Give `MarkdownIt.inline` this, and configure it again."""

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        if src.startswith("**") and src.count("**") < 3 and (label := _OPEN_LABEL.match(src)):
            rest = src[label.end() :]
            if "**" not in rest:
                src = f"**{label[1]}** {rest}".rstrip()
        plain = src.isascii() and not _AMID.search(src)
        state = (StateInline if plain else _State)(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _State(StateInline):
    """Knows where emphasis may begin and end."""

    dunder_end = 0  # of the last name like __init__

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        end = start
        if self.src[start] == "_" and (name := _DUNDER.match(self.src, start)):
            self.dunder_end = name.end()
        if start < self.dunder_end:
            return Scanned(False, False, 2)
        while end < self.posMax and self.src[end] == self.src[start]:
            end += 1
        before, after = self.src[start - 1 : start] or " ", self.src[end : end + 1] or " "
        if before.isdecimal() and after.isdecimal() and self.src[start] == "*":
            return Scanned(False, False, end - start)
        if before in _VARIANTS and start > 1:
            before = self.src[start - 2]
        if end >= self.posMax:
            after = " "
        sign_before, sign_after = isPunctChar(before), isPunctChar(after)
        cjk_before = _is_cjk(before) or "\U000e0100" <= before <= "\U000e01ef"
        cjk_after = _is_cjk(after)
        free_before = isWhiteSpace(ord(before)) or sign_before or cjk_before
        free_after = isWhiteSpace(ord(after)) or sign_after or cjk_after
        left = not isWhiteSpace(ord(after)) and (cjk_after or not sign_after or free_before)
        right = not isWhiteSpace(ord(before)) and (cjk_before or not sign_before or free_after)
        if self.src[start] == "*" and end - start == 2:
            left = left or (after in _OPENERS and before.isalpha())
            right = right or (before in _CLOSERS and after.isalpha())
        elif canSplitWord and end - start == 1 and before.isalnum() and after.isalnum():
            return Scanned(left and (cjk_before or cjk_after), right, 1)
        return Scanned(
            left and (canSplitWord or not right or sign_before),
            right and (canSplitWord or not left or sign_after),
            end - start,
        )


def _is_cjk(char: str) -> bool:
    return char >= "\u0e00" and not "\u2000" <= char <= "\u206f" and _CJK.match(char) is not None
