"""A draft and the person's decision on it, in the order of what they can choose."""

import asyncio
import contextlib
import difflib
import os
import re
import shlex
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from rich.markdown import Markdown
from rich.text import Text
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.service import RPCError

from generator.harmless import printable
from generator.running.record import Handle, draft_before
from generator.running.runs import answers
from generator.terminal.prompts import InputEnded, Interrupted, ask
from generator.terminal.screen import console, given_back, is_interactive, redraws, say
from models import ReportStatus, UserDecision, UserDecisionSignal

CHOICES = {
    "keep": "make the PDF of it, and mail that",
    "edit": "say what should be different; the model revises the draft",
    "open": "open it in your editor; what you save is the draft",
    "show": "show the draft again",
    "page": "read it in your pager",
    "diff": "show what the last revision, or your editor, has changed",
    "cancel": "cancel the run for good",
    "help": "show these choices",
    "quit": "leave; the run waits for your decision",
}
MENU = "[k]eep  [e]dit  [o]pen  [s]how  [p]age  [d]iff  [x] cancel  [h]elp  [q]uit"
START_WORKER = "start one in another terminal: uv run worker.py"


class PersonLeft(Exception):
    """The person wants to decide later."""


async def decide(client: Client, handle: Handle, before: str = "") -> str:
    """Show the draft and carry out what the person decides on it.

    Args:
        before: the draft that they have seen before this one, if any.

    Returns:
        The draft.

    Raises:
        PersonLeft: they want to decide later.
    """
    with answers("draft"):
        draft = printable(await handle.query("get_research_result", result_type=str) or "")
        status = await handle.query("get_status", result_type=ReportStatus)
    mine, seen = "", status.since  # the person's own version, from their editor
    show(draft)
    if status.note:
        say(f"! {status.note}")
    if status.incomplete:
        say(f"! The draft is incomplete: {status.incomplete}")
    while True:
        try:
            choice = choice_of(await ask("> ", MENU))
            if choice == "keep":
                await submit(handle, UserDecisionSignal(UserDecision.KEEP, "", mine, seen))
                return draft
            if choice == "edit":
                if changes := (await ask("What should be different? ")).strip():
                    decision = UserDecisionSignal(UserDecision.EDIT, changes, mine, seen)
                    await submit(handle, decision)
                    return draft
                say("Nothing to change was entered.")
            elif choice == "open":
                edited = await edit(mine or draft)
                mine = "" if edited.strip() == draft.strip() else edited
                if mine:
                    say("Your version is the draft now: diff shows your changes, keep takes it.")
            elif choice == "show":
                show(mine or draft)
            elif choice == "page":
                await page(mine or draft)
            elif choice == "diff":
                earlier = before or await draft_before(client, handle)
                show_changes(draft if mine else earlier, mine or draft)
            elif choice == "cancel":
                if (await ask("Cancel the run for good? [yes/no]: ")).strip().lower() == "yes":
                    await handle.cancel()
                    return draft
            elif choice == "quit":
                raise InputEnded
            else:
                say("A word or its letter, please:")
                for name, meaning in CHOICES.items():
                    say(f"  {letter(name)}  {name:6}  {meaning}")
        except (InputEnded, Interrupted):
            if mine:
                keep_aside(mine)
            raise PersonLeft from None


def choice_of(answer: str) -> str:
    """Return the choice that an answer names, by its word or its letter and nothing else."""
    word = answer.strip().lower()
    return next((name for name in CHOICES if word in (name, letter(name))), "help")


def letter(choice: str) -> str:
    return "x" if choice == "cancel" else choice[0]


def show(draft: str) -> None:
    console().rule("Draft")
    console().print(as_printed(draft))
    console().rule()


def as_printed(draft: str) -> Markdown:
    """Return the draft for the screen, all of it: no tag is taken for HTML, as in the PDF.

    Where a link leads to is there to be read, and not to be clicked: the model chose it, and some
    schemes start programs. An image would take its line's last letters away.
    """
    shown = Markdown(printable(draft), hyperlinks=False)
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable(
        ["table", "strikethrough"]
    )
    shown.parsed = parser.disable(["reference", "image"]).parse(shown.markup)
    for token in shown.parsed:
        token.info = ""  # code has no colours: some lexers take minutes for a long line
        # An address that is a link's text stands there once.
        token.children = [part for part in token.children or [] if part.info != "auto"] or None
    return shown


async def page(draft: str) -> None:
    """Show the draft in the person's pager, as it would be printed."""
    with console().capture() as shown:
        console().print(as_printed(draft))
    if not is_interactive() or not redraws():
        return show(draft)
    pager = os.environ.get("PAGER") or "less -R"
    try:
        await with_the_terminal(pager, given=shown.get().encode())
    except (OSError, ValueError) as error:
        say(f"The pager {pager!r} has failed ({error}): set PAGER to one that works.")


def show_changes(before: str | None, now: str) -> None:
    """Show the paragraphs that differ, what is gone in red and what is new in green."""
    if before is None:
        say("There is no revision yet.")
        return
    same = True
    for text in changes(before.splitlines(), now.splitlines()):
        console().print(text, soft_wrap=True)
        same = False
    if same:
        say("Nothing has changed.")


def changes(before: list[str], now: list[str]) -> Iterator[Text]:
    """Yield the changed lines, with [-what is gone-] and {+what is new+} in them."""
    lines = difflib.SequenceMatcher(None, before, now, autojunk=False)
    for tag, a, b, c, d in lines.get_opcodes():
        if tag == "equal":
            continue
        text = Text()
        old, new = (re.findall(r"\s+|\S+", "\n".join(part)) for part in (before[a:b], now[c:d]))
        words = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for tag, i, j, k, m in words.get_opcodes():
            gone, added = printable("".join(old[i:j])), printable("".join(new[k:m]))
            if tag == "equal":
                text.append(gone)
                continue
            for marks, style, part in (("[--]", "red", gone), ("{++}", "green", added)):
                if bare := part.strip():
                    space, _, more_space = part.partition(bare)
                    text.append(space)
                    text.append(f"{marks[:2]}{bare}{marks[2:]}", style)
                    text.append(more_space)
        if text.plain.strip():
            yield text


async def edit(draft: str) -> str:
    """Open the draft in the person's editor and return what they have saved."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    path = write_aside(draft)
    try:
        failed = await with_the_terminal(editor, str(path)) != 0
        edited = "" if failed else path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError) as error:
        say(f"The editor {editor!r} has failed ({error}): set EDITOR to one that works.")
        edited = ""
    except asyncio.CancelledError:  # by a signal; what was saved is not lost
        if path.exists() and path.read_text(encoding="utf-8", errors="replace") != draft:
            say(f"Your version of the draft is in {path}")
        else:
            path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    if edited.strip() in ("", draft.strip()):
        say("The draft is as it was.")
        return draft
    return edited


async def with_the_terminal(command: str, *arguments: str, given: bytes | None = None) -> int:
    """Run a program that has the terminal, with its signals, to itself; return its exit code.

    It ends with this one at the latest.

    Raises:
        OSError, ValueError: there is no such program.
    """
    keys = (signal.SIGINT, getattr(signal, "SIGQUIT", signal.SIGINT))
    before = {number: signal.signal(number, lambda number, frame: None) for number in keys}
    try:
        with given_back():
            process = await asyncio.create_subprocess_exec(
                *shlex.split(command), *arguments, stdin=asyncio.subprocess.PIPE if given else None
            )
            try:
                await process.communicate(given)
                return await process.wait()
            except asyncio.CancelledError:  # or it would read on beside the shell
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=3)
                raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def submit(handle: Handle, decision: UserDecisionSignal) -> None:
    """Send a decision; without a worker it waits here until one comes."""
    taken = False
    try:
        if problem := decision.problem():
            raise ValueError(problem)
        sent = asyncio.ensure_future(handle.execute_update("review", decision, result_type=str))
        done, _ = await asyncio.wait([sent], timeout=3)
        if not done:
            say(f"Your decision waits for a worker: {START_WORKER}")
        with answers("answer to your decision"):
            say(await sent)
        taken = True
    except (LookupError, ValueError, RPCError, WorkflowUpdateFailedError) as error:
        reason = error.cause if isinstance(error, WorkflowUpdateFailedError) else error
        say(f"✗ Your decision was not taken. {reason}")
    finally:
        if decision.draft and not taken:
            keep_aside(decision.draft)


def keep_aside(draft: str) -> None:
    say(f"Your version of the draft is in {write_aside(draft)}")


def write_aside(draft: str) -> Path:
    with tempfile.NamedTemporaryFile("w", suffix=".md", encoding="utf-8", delete=False) as file:
        file.write(draft)
    return Path(file.name)
