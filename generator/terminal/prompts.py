"""Questions and their answers: on a terminal with prompt_toolkit, elsewhere as plain lines.

What was typed before a question was shown never answers it.
"""

import contextlib
import functools
import os
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.running.threads import in_thread
from generator.settings import setting
from generator.terminal.screen import is_interactive, say

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyPressEvent


class InputEnded(Exception):
    """There is nobody to answer, or they have closed the input."""


class Interrupted(Exception):
    """Ctrl-C instead of an answer."""


async def ask_topic(question: str, on_stdout: bool) -> str:
    """Return what is typed on a terminal, or all of the input where there is none.

    Without a question, as for the topic `-`, it is always all of the input.

    Raises:
        InputEnded: there is no topic; an empty line is one.
        Interrupted
    """
    if is_interactive() and question:
        # Where the tutorial has it, unless somebody else reads that.
        on_stdout = on_stdout and sys.stdout.isatty()
        return await type_in(question, on_stdout, history=Path(setting("REPORTS_DIR"), ".topics"))
    return await read(question, on_stdout, sys.stdin.read)


async def ask(question: str, menu: str = "") -> str:
    """Return the answer to a question that is asked on stderr, below the choices if there are any.

    Raises:
        InputEnded
        Interrupted
    """
    if is_interactive():
        return await type_in(question, menu=menu)
    if menu:
        say(menu)
    return await read(question, False, sys.stdin.readline)


async def read(question: str, on_stdout: bool, from_input: Callable[[], str]) -> str:
    """Ask and read as simple programs do."""
    stream = sys.stdout if on_stdout else sys.stderr
    print(question, end="", file=stream, flush=True)
    text = ""
    with contextlib.suppress(ValueError, OSError):
        text = await in_thread(from_input)
    if not text:
        print(file=stream)
        raise InputEnded
    return text


async def type_in(
    question: str, on_stdout: bool = False, menu: str = "", history: Path | None = None
) -> str:
    """Ask somebody at a terminal."""
    forget_what_was_typed()
    if menu:
        say(menu, "bold yellow")
    if os.environ.get("TERM", "").lower() in ("dumb", "unknown"):
        return await read(question, on_stdout, sys.stdin.readline)
    try:
        # With a colour, though it is the usual one, the question's last space is printed too.
        styled = ("fg:ansidefault", question)
        return await session(on_stdout, history).prompt_async([styled], handle_sigint=False)
    except EOFError:
        raise InputEnded from None
    except KeyboardInterrupt:
        raise Interrupted from None


def forget_what_was_typed() -> None:
    if "prompt_toolkit" in sys.modules:
        from prompt_toolkit.application import get_app_session
        from prompt_toolkit.input.typeahead import clear_typeahead

        clear_typeahead(get_app_session().input)
    with contextlib.suppress(ImportError, OSError):  # on Windows it goes another way
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


@functools.cache
def session(on_stdout: bool, history: Path | None) -> "PromptSession[str]":
    """A prompt that edits lines, and remembers those before in a file if there is one."""
    # Where the cursor is does not matter here, and not every terminal answers that question.
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.output import create_output

    class Topics(FileHistory):
        def store_string(self, string: str) -> None:
            with contextlib.suppress(OSError):  # a full disk is no reason to ask no more
                super().store_string(string)

    if history:
        try:
            history.touch(mode=0o600)  # who is on this machine need not read it
            history.open().close()
        except OSError:
            history = None
    bindings = KeyBindings()
    bindings.add("enter")(enter)
    return PromptSession(
        key_bindings=bindings,
        enable_suspend=True,
        history=Topics(history) if history else None,
        output=create_output(sys.stdout if on_stdout else sys.stderr),
    )


def enter(event: "KeyPressEvent") -> None:
    """Enter ends the answer, but not in the middle of a paste into a terminal that marks none."""
    more = bool(event.key_processor.input_queue)
    if not more and sys.platform != "win32":
        more = bool(select.select([sys.stdin], [], [], 0)[0])
    if more:
        event.current_buffer.insert_text("\n")
    else:
        event.current_buffer.validate_and_handle()
