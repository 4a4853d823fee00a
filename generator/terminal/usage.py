"""Which options make sense together: those that would do nothing are refused."""

import argparse
import os
from pathlib import Path

from generator.received import is_one_address


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
    new = [f"--{name}" for name in ("review", "deep", "model") if getattr(given, name)]
    new += ["--email"] * (given.email is not None and not given.attach)
    new += ["--sources"] * (given.sources is not None)
    new += ["--sections"] * (given.sections is not None) + ["--max-cost"] * (
        given.max_cost is not None
    )
    new += ["a topic"] * (given.topic is not None)
    one = [f"--{name}" for name in ("prompt", "cancel") if getattr(given, name)]
    for name in ("topic", "model", "email", "output", "attach", "prompt"):
        if (value := getattr(given, name)) is not None and not value.strip():
            return f"{'the topic' if name == 'topic' else f'--{name}'} is empty"
    if given.list is not None:
        others = (
            new + one + [f"--{n}" for n in ("output", "attach", "no_wait") if getattr(given, n)]
        )
        if others:
            return f"--list shows runs: {others[0].replace('_', '-')} does nothing with it"
        return "--list needs a number above 0" if given.list < 1 else ""
    if given.attach and new:
        return f"--attach joins a run that has its topic and options already: {new[0]} is too late"
    if one and not given.attach:
        return "--prompt and --cancel need --attach ID"
    if given.attach and given.email and (one or given.output or given.no_wait or given.json):
        return "--attach ID --email mails a finished report again, and does nothing else"
    if given.prompt and given.cancel:
        return "--prompt and --cancel: one of them, please"
    if (given.local or given.demo) and given.no_wait and (one or not given.attach):
        return "--no-wait leaves the run to a worker, but --local ends its worker on exit"
    if given.output and (given.no_wait or given.cancel):
        return "--output waits for the report, but --no-wait and --cancel do not"
    if given.output and not Path(given.output).is_dir():
        if Path(given.output).suffix.lower() != ".pdf":
            return "--output wants a name that ends in .pdf, or a folder"
        folder = Path(given.output).absolute().parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            return f"--output {given.output}: that folder cannot be written to"
    if given.sources is not None and not given.deep:
        return "--sources needs --deep"
    if given.demo and given.sources == "documents":
        return "--demo has its own sources: --sources documents does nothing with it"
    if given.sections is not None and not given.deep:
        return "--sections needs --deep"
    if given.sections is not None and not 2 <= given.sections <= 12:
        return "--sections wants a number from 2 to 12"
    if given.max_cost is not None and not 0 < given.max_cost < float("inf"):
        return "--max-cost wants an amount of US dollars above 0"
    if given.demo and given.model:
        return "--demo asks no LLM: --model does nothing with it"
    if given.email and not is_one_address(given.email):
        return f"--email {given.email!r} is not an address like you@example.com"
    return ""
