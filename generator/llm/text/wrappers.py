"""What is put around the whole of an answer, and is no part of the report.

A block of code, a tag, quotes, an indentation, front matter, a JSON object: models of every kind do
that, though they are told not to. Each is taken off only where it holds the whole answer, so that
an example in a report stays. What they say to the user before or after it is in `talk`.
"""

import json
import re
import textwrap
from collections.abc import Callable
from typing import Any

from generator.llm.text.talk import REMARK, without_announcement, without_last_words

FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,}|'{3}|\"{3})[ \t]*([^`\n]*?)[ \t]*$", re.MULTILINE)
KINDS = {"", "markdown", "md", "mdx", "text", "txt", "plaintext", "plain", "report", "gfm", "html"}
MARKED = {"markdown", "md", "mdx", "report", "gfm"}
TAG = re.compile(
    r"<(?P<name>[A-Za-z][\w:.-]{0,30})(?: [^<>\n]{0,100})?>[ \t]*\n?"
    r"|\[(?P<square>[A-Z]{3,12})\]\s*\n"
)
TITLE = re.compile(r"#{1,3} \S")
HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
FRONT_MATTER = re.compile(
    r"\A\s*(-{3}|\+{3})[ \t]*\n"
    r"((?:[\w-]+[ \t]*[:=].*\n|[ \t]+\S.*\n|[-#] .*\n|[ \t]*\n){1,40})\1[ \t]*\n"
)
QUOTES = [('"', '"'), ("“", "”"), ("«", "»"), ("\\boxed{", "}"), ("$\\boxed{", "}$")]
MAX_TRIED = 20  # lines that may be the end of a block
MOST = 0.6  # of an answer is what a wrapper must hold, to be one


def without_wrappers(text: str) -> str:
    """Take off all that is around the whole answer, in whatever order it was put there."""
    for _ in range(6):
        before = text
        for unwrap in UNWRAP:
            text = unwrap(text)
        if text == before:
            break
    return text


def without_fences(text: str) -> str:
    """Take off blocks of code that hold the report: all of it, or one part after the other."""
    given, text = text, with_marks_on_lines(text)
    lines = list(FENCE.finditer(text))
    if not lines or len(text[: lines[0].start()].strip()) > REMARK:
        return given
    if HEADING.search(text, 0, lines[0].start()):
        return given  # the report begins before it
    starts = [n for n, line in enumerate(lines) if kind_of(line) in MARKED or not n]
    parts, end, held, titled = [], 0, 0, False
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        opening = lines[start]
        closing = closing_of(text, lines[start:following])
        inside = text[opening.end() + 1 : closing.start() if closing else len(text)]
        if not may_hold_a_report(kind_of(opening), inside):
            continue
        parts += [text[end : opening.start()], inside]
        end = closing.end() if closing else len(text)
        held += len(inside)
        titled |= kind_of(opening) in MARKED and inside.lstrip().startswith("# ")
    if held < MOST * len(text.strip()) and not titled:
        return given
    parts.append(text[end:])
    for said_to_the_user in (0, -1):
        part = parts[said_to_the_user]
        if len(part.strip()) <= REMARK and not HEADING.search(part):
            parts[said_to_the_user] = ""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def with_marks_on_lines(text: str) -> str:
    """Return a text whose first and last marks of a block have lines of their own."""
    opening = re.match(
        r"[^\n`]{0,400}[:.!…]\*{0,2}[ \t]*(?=(?:`{3,}|~{3,})[ \t]*(?:markdown|md)\s*\n)", text
    )
    text = f"{text[: opening.end()]}\n{text[opening.end() :]}" if opening else text
    return re.sub(r"(?<=[^\n`~ ])(`{3,}|~{3,})(?=\s*\Z)", r"\n\1", text, count=1)


def kind_of(opening: re.Match[str]) -> str:
    """Return the language that a block says it is in, without attributes and marks."""
    words = re.findall(r"[\w+-]+", opening[2].lower())
    return words[0] if words else ""


def closing_of(text: str, lines: list[re.Match[str]]) -> re.Match[str] | None:
    """Return the line that closes the block which the first line opens, None if none does.

    The report in it may have blocks of code itself, which may look like the end of it. So it is the
    last line between which and the first all others come in pairs.
    """
    opening, inner = lines[0], lines[1:]
    for at in range(len(inner) - 1, max(len(inner) - MAX_TRIED, 0) - 1, -1):
        line, between, after = inner[at], inner[:at], inner[at + 1 :]
        pairs = [*zip(between[::2], between[1::2], strict=False)]
        pairs += zip(after[::2], after[1::2], strict=False)
        even = at % 2 == 0 and len(after) % 2 == 0
        closes = not line[2] and line[1].startswith(opening[1]) and even
        if closes and all(is_code(text, *pair) for pair in pairs):
            return line
    return None


def is_code(text: str, opening: re.Match[str], closing: re.Match[str]) -> bool:
    says_so = bool(opening[2]) or not re.search(
        r"^#{2,3} \S", text[opening.end() : closing.start()], re.MULTILINE
    )
    return not closing[2] and says_so


def may_hold_a_report(kind: str, inside: str) -> bool:
    start = inside.lstrip()
    return kind in MARKED or (
        kind in KINDS and bool(TITLE.match(start) or FRONT_MATTER.match(start))
    )


def without_tags(text: str) -> str:
    """Take off a tag that is around the whole; half of it, where the other half is missing."""
    for tag in TAG.finditer(text[: REMARK + 100]):
        before = text[: tag.start()]
        if HEADING.search(before):
            break
        inside, after = parted(text, tag)
        if after is None:
            if not before.strip() and TITLE.match(inside.lstrip()):
                return inside
        elif len(after.strip()) > REMARK or HEADING.search(after):
            is_title = re.search(r"^# \S", inside, re.MULTILINE)
            if not before.strip() and TITLE.match(after.lstrip()) and not is_title:
                return after.lstrip()  # planning, or the like, before the report
        elif len(inside) >= MOST * len(text.strip()):
            return inside
    closing = re.search(r"</([A-Za-z][\w:.-]{0,30})>\s*\Z", text)
    if closing and f"<{closing[1]}" not in text:  # the other half came in a part before this
        return text[: closing.start()]
    return text


def parted(text: str, tag: re.Match[str]) -> tuple[str, str | None]:
    """Return what is in a tag, and what is after it: None if it does not end."""
    closing = f"</{tag['name']}>" if tag["name"] else f"[/{tag['square']}]"
    end = text.lower().rfind(closing.lower(), tag.end())
    return (
        (text[tag.end() :], None)
        if end < 0
        else (text[tag.end() : end], text[end + len(closing) :])
    )


def without_indentation(text: str) -> str:
    """Take an indentation off that all lines have, but perhaps the first."""
    lines = text.strip("\n").split("\n")
    rest = [line for line in lines[1:] if line.strip()]
    if len(rest) < 2 or not all(line[0].isspace() for line in rest):
        return text
    body = textwrap.dedent("\n".join(lines[1:]))
    if not (TITLE.match(lines[0].lstrip()) or HEADING.search(body)):
        return text
    return f"{lines[0].lstrip()}\n{body}"


def without_quotation(text: str) -> str:
    """Take off the marks of a quotation that all lines are in, or quotes around the whole."""
    lines = text.strip("\n").split("\n")
    if len(lines) > 2 and all(line.startswith(">") or not line.strip() for line in lines):
        return "\n".join(re.sub(r"^> ?", "", line) for line in lines)
    bare = text.strip()
    for opening, closing in QUOTES:
        inside = bare[len(opening) : -len(closing)]
        if bare.startswith(opening) and bare.endswith(closing) and TITLE.match(inside.lstrip()):
            return inside
    return text


def without_front_matter(text: str) -> str:
    """Take off metadata before the text; its title becomes the text's, where that has none."""
    found = FRONT_MATTER.match(text)
    if not found:
        return text
    body = text[found.end() :].lstrip("\n")
    title = re.search(r"^title[ \t]*[:=][ \t]*[\"']?(.+?)[\"']?[ \t]*$", found[2], re.M | re.I)
    if title and not re.search(r"^# \S", body, re.MULTILINE):
        return f"# {title[1]}\n\n{body}"
    return body


def without_json(text: str) -> str:
    """Take the report out of JSON whose one long string it is; out of half of it, too."""
    bare = re.sub(r"\A```(?:json)?[ \t]*\n(.*)\n```\Z", r"\1", text.strip(), flags=re.DOTALL)
    if not bare.startswith(("{", '"', "[{")):
        return text
    try:
        value = json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        cut = re.match(r'\{\s*"\w+"\s*:\s*("(?:[^"\\]|\\.)*)(?:\\u?[\da-f]{0,3})?\Z', bare, re.S)
        try:
            value = json.loads(f'{cut[1]}"', strict=False) if cut else ""
        except ValueError:  # an escape that JSON does not know
            return text
    report = max(strings_in(value), key=len, default="")
    return report if len(report) >= MOST * len(bare) and "\n" in report else text


def strings_in(value: Any) -> list[str]:
    """Return the strings in the first levels of a JSON value."""
    values = [value]
    for _ in range(4):
        values = [
            part
            for each in values
            for part in (
                each.values()
                if isinstance(each, dict)
                else each
                if isinstance(each, list)
                else [each]
            )
        ]
    return [each for each in values if isinstance(each, str)]


UNWRAP: tuple[Callable[[str], str], ...] = (
    without_tags,
    without_fences,
    without_indentation,
    without_quotation,
    without_json,
    without_front_matter,
    without_announcement,
    without_last_words,
)
