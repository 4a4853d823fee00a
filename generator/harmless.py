"""Texts of others made harmless, for a terminal, a file, a log, a shell or a reader."""

import re
import shlex

# What steers a terminal: control characters but tab and line feed, C1 among them; and what turns
# the order of letters on a line (Unicode's Bidi_Control), so that it reads as it is not.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Return text from outside without the characters that could steer a terminal."""
    return STEERING.sub("", text)


def without_login(text: str) -> str:
    """Return a text whose addresses have no `user:password@`."""
    return re.sub(r"(?<=//)[^\s/?#]*@", "", text)


def attach_command(workflow_id: str, mode: str = "") -> str:
    """Return the command that joins a run again, quoted for the shell."""
    quoted = shlex.quote(printable(workflow_id))
    option = f"--attach={quoted}" if workflow_id.startswith("-") else f"--attach {quoted}"
    return f"uv run starter.py {f'{mode} ' * bool(mode)}{option}"
