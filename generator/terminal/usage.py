"""Which options make sense together: those that would do nothing are refused."""

import argparse
import os
from pathlib import Path

from generator.received import is_one_address
from models import FEWEST_SECTIONS, MOST_SECTIONS


def whole_number(text: str) -> int:
    """Return the number that an option was given.

    Raises:
        ArgumentTypeError
    """
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None


def amount(text: str) -> float:
    """Return the US dollars that an option was given; raises as `whole_number` does."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no amount of US dollars, like 0.50"
        ) from None


def wrong_usage(given: argparse.Namespace) -> str:
    """Return what is wrong with the options, "" if they make sense together."""
    return (
        empty(given)
        or wrong_beside_list(given)
        or wrong_beside_attach(given)
        or done_by_nobody(given)
        or wrong_output(given)
        or wrong_of_new_run(given)
    )


def of_new_run(given: argparse.Namespace) -> list[str]:
    """Return the options that only a new run can have."""
    options = {
        "--review": given.review,
        "--deep": given.deep,
        "--model": given.model,
        "--email": given.email is not None and not given.attach,
        "--sources": given.sources is not None,
        "--sections": given.sections is not None,
        "--max-cost": given.max_cost is not None,
        "a topic": given.topic is not None,
    }
    return [name for name, is_given in options.items() if is_given]


def of_old_run(given: argparse.Namespace) -> list[str]:
    """Return the options that only a run which was started before can have."""
    return [f"--{name}" for name in ("prompt", "cancel") if getattr(given, name)]


def empty(given: argparse.Namespace) -> str:
    for name in ("topic", "model", "email", "output", "attach", "prompt"):
        if (value := getattr(given, name)) is not None and not value.strip():
            return f"{'the topic' if name == 'topic' else f'--{name}'} is empty"
    return ""


def wrong_beside_list(given: argparse.Namespace) -> str:
    if given.list is None:
        return ""
    others = of_new_run(given) + of_old_run(given)
    others += [f"--{name}" for name in ("output", "attach", "no_wait") if getattr(given, name)]
    if others:
        return f"--list shows runs: {others[0].replace('_', '-')} does nothing with it"
    return "--list needs a number above 0" if given.list < 1 else ""


def wrong_beside_attach(given: argparse.Namespace) -> str:
    new, old = of_new_run(given), of_old_run(given)
    if given.attach and new:
        return f"--attach joins a run that has its topic and options already: {new[0]} is too late"
    if old and not given.attach:
        return "--prompt and --cancel need --attach ID"
    if given.attach and given.email and (old or given.output or given.no_wait or given.json):
        return "--attach ID --email mails a finished report again, and does nothing else"
    return "--prompt and --cancel: one of them, please" if len(old) == 2 else ""


def done_by_nobody(given: argparse.Namespace) -> str:
    """What is left to a worker that ends with this command would be done by nobody."""
    if (given.local or given.demo) and given.no_wait and (of_old_run(given) or not given.attach):
        return "--no-wait leaves the run to a worker, but --local ends its worker on exit"
    return ""


def wrong_output(given: argparse.Namespace) -> str:
    if not given.output:
        return ""
    if given.no_wait or given.cancel:
        return "--output waits for the report, but --no-wait and --cancel do not"
    path = Path(given.output)
    if path.is_dir():
        return ""
    if path.suffix.lower() != ".pdf":
        return "--output wants a name that ends in .pdf, or a folder"
    folder = path.absolute().parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return f"--output {given.output}: that folder cannot be written to"
    return ""


def wrong_of_new_run(given: argparse.Namespace) -> str:
    for name in ("sources", "sections"):
        if getattr(given, name) is not None and not given.deep:
            return f"--{name} needs --deep"
    if given.demo and given.sources == "documents":
        return "--demo has its own sources: --sources documents does nothing with it"
    if given.sections is not None and not FEWEST_SECTIONS <= given.sections <= MOST_SECTIONS:
        return f"--sections wants a number from {FEWEST_SECTIONS} to {MOST_SECTIONS}"
    if given.max_cost is not None and not 0 < given.max_cost < float("inf"):
        return "--max-cost wants an amount of US dollars above 0"
    if given.demo and given.model:
        return "--demo asks no LLM: --model does nothing with it"
    if given.email and not is_one_address(given.email):
        return f"--email {given.email!r} is not an address like you@example.com"
    return ""
