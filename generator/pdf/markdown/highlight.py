"""Colours for code in a known language."""

import re
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]

MAX_CHARS, MAX_LINE = 20_000, 500  # beyond, some lexers take seconds
# What takes Java's lexer twenty seconds even so. That of systemd needs them for any long line.
_SLOW = {"java": re.compile(r"[\w.\[\]$<>?\s]{500}"), "systemd": re.compile("")}

# Readable on the tinted ground of code: a contrast of 4.5 at least, as WCAG 2 asks of small text.
_COLORS = {
    "Keyword": HexColor("#6d28d9"),
    "Operator.Word": HexColor("#6d28d9"),
    "Comment": HexColor("#5b6472"),
    "Comment.Preproc": HexColor("#6d28d9"),
    "Literal.String": HexColor("#15703a"),
    "Literal.Number": HexColor("#a84a08"),
    "Name.Function": HexColor("#1d4ed8"),
    "Name.Class": HexColor("#1d4ed8"),
    "Name.Attribute": HexColor("#1d4ed8"),
    "Name.Tag": HexColor("#6d28d9"),
    "Name.Builtin": HexColor("#0e6c86"),
    "Name.Decorator": HexColor("#0e6c86"),
    "Generic.Inserted": HexColor("#15703a"),
    "Generic.Deleted": HexColor("#b91c1c"),
    "Generic.Heading": HexColor("#1d4ed8"),
    "Generic.Subheading": HexColor("#1d4ed8"),
    "Generic.Prompt": HexColor("#5b6472"),
}


def highlight(code: str, language: str) -> list[tuple[str, Any]]:
    """Cut `code` into pieces with a colour each; None is the colour of the rest.

    One piece if Pygments does not know `language`, `code` is too long for it, or what it read is
    not what was there: some lexers change line ends, or drop what they do not understand.
    """
    language = language.lower()
    long = len(code) > MAX_CHARS or max(map(len, code.split("\n"))) > MAX_LINE
    slow = language in _SLOW and _SLOW[language].search(code)
    lexer = None if long or slow else _lexer(language)
    if lexer is None:
        return [(code, None)]
    try:
        tokens = [(_color(kind), text) for kind, text in lexer.get_tokens(code)]
    except Exception:  # a lexer is regular expressions by hundreds of authors
        return [(code, None)]
    pieces = [
        ("".join(text for _, text in group), color)
        for color, group in groupby(tokens, key=lambda token: token[0])
    ]
    return pieces if "".join(text for text, _ in pieces) == code else [(code, None)]


@lru_cache(50)
def _lexer(language: str) -> Any:
    # 20 ms, and only for a text with code.
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _color(kind: Any) -> Any:
    """That of the token type, or of the nearest type above it."""
    while kind:
        if color := _COLORS.get(".".join(kind)):
            return color
        kind = kind.parent
    return None
