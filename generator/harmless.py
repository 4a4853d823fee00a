"""Texts of others made harmless, for a terminal, a file, a log, a shell or a reader."""

import codecs
import re
import shlex
from urllib.parse import urlsplit

# What steers a terminal: control characters but tab and line feed, C1 among them; and what turns
# the order of letters on a line (Unicode's Bidi_Control), so that it reads as it is not.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Return text from outside without the characters that could steer a terminal."""
    return STEERING.sub("", text)


# Encodings of Python that are none of texts on the Web.
_OF_PYTHON = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7")


def encoding(name: str | None) -> str:
    """Return the encoding that a server says its text has, "" if there is none of this name."""
    try:
        found = codecs.lookup(name or "")
        b"text".decode(found.name, "replace")  # raises over `hex` and the like, and `undefined`
    except (LookupError, ValueError):
        return ""
    return "" if found.name.replace("_", "-") in _OF_PYTHON else found.name


def site_of(url: str) -> str:
    """Return the name of a page's site, for a reader; "" if this is no address."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].removeprefix("www.")[:80]
    except ValueError:  # half an IPv6 address, or letters that stand for a slash
        return ""


def without_login(text: str) -> str:
    """Return a text whose addresses have no `user:password@`."""
    return re.sub(r"(?<=//)[^\s/?#]*@", "", text)


def without_logins(markdown: str) -> str:
    """Return Markdown whose addresses of web pages have no `user:password@`.

    In code they stay, as a report on addresses has them as examples.
    """
    fence, lines = "", []
    for line in markdown.split("\n"):
        if mark := re.match(r"[ >]{0,20}(`{3,}|~{3,})", line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence:
            line = re.sub(r"(`+[^`]*`+)|(?i:(https?://)[^\s/?#<>()`]*@)", r"\1\2", line)
        lines.append(line)
    return "\n".join(lines)


def escaped(json: str) -> str:
    """Return JSON in which what could steer a terminal stands as an escape."""
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def attach_command(workflow_id: str, mode: str = "") -> str:
    """Return the command that joins a run again, quoted for the shell."""
    quoted = shlex.quote(printable(workflow_id))
    option = f"--attach={quoted}" if workflow_id.startswith("-") else f"--attach {quoted}"
    return f"uv run starter.py {f'{mode} ' * bool(mode)}{option}"
