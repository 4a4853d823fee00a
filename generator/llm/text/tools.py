"""Calls of tools that a model has written as text: nobody makes them here, and none is a report."""

import json
import re

# The first mark of a call, whatever the model: <tool_call>, <function=search>, [TOOL_CALLS],
# <｜tool▁calls▁begin｜>, <|python_tag|>, ```tool_code.
CALL = re.compile(
    r"""^[ \t]*(?:
        <(?P<tag>(?:antml:)?(?:tool|function)[_-]?(?:calls?|use|code)|invoke|function=[\w.$-]+)\b[^<>\n]*>
      | <[|｜](?P<mark>[\w▁]*(?:tool|function)[_▁]?(?:calls?|use|sep)[\w▁]*|python_tag)[|｜]>
      | (?P<square>\[TOOL_CALLS?\])
      | (?P<fence>`{3,})(?:tool_code|tool_call|tool_use)[ \t]*$
    )""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
NAMES = {"name", "tool", "function", "action", "recipient_name"}
ARGUMENTS = {"arguments", "parameters", "args", "input", "action_input", "tool_input", "params"}


def without_tool_calls(text: str) -> str:
    """Return a text without the calls in it."""
    if is_json_call(text):
        return ""
    kept, place = [], 0
    for start, end in calls_in(text):
        kept.append(text[place:start])
        place = end
    said = "".join([*kept, text[place:]])
    return said.rstrip() if place == len(text) and kept else said  # it may go on in mid-sentence


def ends_in_tool_call(text: str) -> bool:
    """Whether the last thing that a model says is a call: it waits for the result, then."""
    calls = calls_in(text)
    return is_json_call(text) or (bool(calls) and not text[calls[-1][1] :].strip())


def calls_in(text: str) -> list[tuple[int, int]]:
    """Return where the calls in a text begin and end."""
    found: list[tuple[int, int]] = []
    for call in CALL.finditer(text):
        if not found or call.start() >= found[-1][1]:
            found.append((call.start(), end_of(text, call)))
    return found


def end_of(text: str, call: re.Match[str]) -> int:
    """Return where a call ends: at its closing mark, or with the text."""
    if call["tag"]:
        name = call["tag"].split("=")[0]
        closing = rf"</{re.escape(name)}>\s*"
    elif call["mark"]:
        opening = re.sub(r"begin|start", "end", call["mark"])
        closing = rf"<[|｜]{re.escape(opening)}[|｜]>\s*" if opening != call["mark"] else r"\n\s*\n"
    else:
        closing = rf"^{call['fence']}[ \t]*$\s*" if call["fence"] else r"\n\s*\n"
    found = re.compile(closing, re.IGNORECASE | re.MULTILINE).search(text, call.end())
    return found.end() if found else len(text)


def is_json_call(text: str) -> bool:
    """Whether a text is nothing but a call as JSON, in a block of code or not."""
    bare = re.sub(r"\A```\w*[ \t]*\n(.*)\n```\Z", r"\1", text.strip(), flags=re.DOTALL)
    if not bare.startswith(("{", "[")) or len(bare) > 20_000:
        return False
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return False
    calls = value if isinstance(value, list) else [value]
    return bool(calls) and all(
        isinstance(call, dict)
        and NAMES & call.keys()
        and (ARGUMENTS & call.keys() or isinstance(call.get("function"), dict))
        for call in calls
    )
