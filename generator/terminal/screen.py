"""Printing for a person: status goes to stderr, and nothing from outside steers the terminal."""

import functools
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

STYLES = {"✓": "green", "✗": "red", "▸": "cyan", "!": "bold yellow"}  # by the line's first mark


@functools.cache
def console() -> "Console":
    """The terminal, in colour where it has any and NO_COLOR is not set."""
    from rich.console import Console  # only now: a prompt does without

    return Console(stderr=True, highlight=False)


def redraws() -> bool:
    """Can lines be drawn over? If not, what changes is printed on lines of its own."""
    return console().is_terminal and not console().is_dumb_terminal


def printable(text: str) -> str:
    """Return text from outside without the control characters that could steer a terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def styled(line: str) -> "Text":
    """Return a line as it is, never as markup, with its mark in colour; "!" colours all of it."""
    from rich.text import Text

    text = Text(printable(line))
    if style := STYLES.get(line[:1]):
        text.stylize(style, 0, None if line[0] == "!" else 1)
    return text


def say(line: str, style: str = "") -> None:
    """Print a line of status to stderr."""
    console().print(styled(line), style=style, soft_wrap=True)


def tell(line: str) -> None:
    """Print a line of the tutorial's to stdout."""
    print(line, flush=True)


def is_interactive() -> bool:
    """Is somebody there to answer?"""
    return sys.stdin.isatty()
