"""Printing for a person: status goes to stderr, and nothing from outside steers the terminal."""

import contextlib
import errno
import functools
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from generator.harmless import escaped, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

STYLES = {"✓": "green", "✗": "red", "▸": "cyan", "!": "bold yellow"}  # by the line's first mark


@functools.cache
def console() -> "Console":
    """The terminal, in colour where it has any and NO_COLOR is not set."""
    return new_console(stderr=True)


def new_console(stderr: bool = False) -> "Console":
    from rich.console import Console  # only now: a prompt does without

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise  # rich itself would end the process, with an exit code of its own

    return Screen(stderr=stderr, highlight=False)


def redraws() -> bool:
    """Can lines be drawn over? If not, what changes is printed on lines of its own."""
    return console().is_terminal and not console().is_dumb_terminal


def styled(line: str) -> "Text":
    """Return a line as it is, never as markup, with its mark in colour; "!" colours all of it."""
    from rich.text import Text

    text = Text(printable(line))
    if style := STYLES.get(line[:1]):
        text.stylize(style, 0, None if line[0] == "!" else 1)
    return text


def say(line: str, style: str = "") -> None:
    """Print a line of status to stderr, unless the disk that it would go to is full."""
    try:
        console().print(styled(line), style=style, soft_wrap=True)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def tell(line: str) -> None:
    """Print a line of the tutorial's to stdout."""
    print(printable(line), flush=True)


def print_object(told: dict[str, Any]) -> None:
    """Print an object for a program; what could steer a terminal is there as an escape."""
    print(escaped(json.dumps(told, ensure_ascii=False)), flush=True)


def is_interactive() -> bool:
    """Is somebody there to answer?"""
    return sys.stdin.isatty()


@contextlib.contextmanager
def given_back() -> Iterator[None]:
    """Have the terminal as it is now again, however a program in between has left it."""
    if not is_interactive() or sys.platform == "win32":
        yield
        return
    import termios

    modes = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):  # the terminal itself may be gone
            termios.tcsetattr(sys.stdin, termios.TCSANOW, modes)
