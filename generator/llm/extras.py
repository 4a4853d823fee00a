"""What a request has beside the question: a system role, a stream, a count of the tokens.

Some servers refuse one of them. It is asked again without, which costs nothing, because what was
refused was not generated; and from then on that model is not asked with it any more.
"""

import re
from typing import Any

NOT = r"(not|n't|un)[ _-]?(support|allow|accept|permit|enabl|expect|known|recogni)\w*"
# What some refuse -> how they say so, in whatever place of the reply.
REFUSALS = {
    "stream_options": re.compile("stream_options|include_usage"),
    "system": re.compile(
        rf"system\b[^\"]{{0,60}}{NOT}|{NOT}[^\"]{{0,60}}\bsystem\b"
        r"|system (role|message|prompt|instruction)s? (is|are) (invalid|illegal)"
        r"|(invalid|illegal) role[^\"]{0,20}\bsystem\b|developer instruction is not enabled"
        r"|roles must alternate|(only|input should be|must be|expected|one of)[^\"]{0,40}user\b"
        r"[^\"]{0,20}\bassistant",
        re.I,
    ),
    "stream": re.compile(
        r"\"param\":\s*\"stream\"|verified to stream"
        rf"|\bstream(ing)?\b[^\"]{{0,40}}({NOT}|not available)"
        rf"|{NOT}[^\"]{{0,30}}\bstream(ing)?\b",
        re.I,
    ),
}
OTHER_MATTERS = {401, 402, 403, 404, 408, 409, 425, 429, 502, 503, 504}  # no words about extras

# What models have refused in this process, by model and address.
refused: dict[tuple[str, str], set[str]] = {}


def without_refused(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return a request's arguments without what its model has refused."""
    arguments = dict(arguments)
    for extra in refused.get(model_of(arguments), ()):
        if extra == "system":
            arguments["messages"] = without_system(arguments["messages"])
        elif extra == "stream":
            arguments |= {"stream": False}
            arguments.pop("stream_options", None)
        else:
            arguments.pop(extra, None)
    return arguments


def learn_refused(arguments: dict[str, Any], status: int, reply: str) -> bool:
    """Note what a reply refuses of a request; tell whether it is worth asking without it."""
    if status < 400 or status in OTHER_MATTERS:
        return False
    roles = {message["role"] for message in arguments["messages"]}
    has = {"stream_options": "stream_options" in arguments, "system": "system" in roles}
    has["stream"] = bool(arguments["stream"])
    for extra, words in REFUSALS.items():
        if has[extra] and words.search(reply):
            refused.setdefault(model_of(arguments), set()).add(extra)
            return True
    return False


def model_of(arguments: dict[str, Any]) -> tuple[str, str]:
    return arguments["model"], arguments["api_base"] or ""


def without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return messages in which the system's part stands at the head of the first question."""
    told = [message["content"] for message in messages if message["role"] == "system"]
    rest = [dict(message) for message in messages if message["role"] != "system"]
    if rest:
        rest[0]["content"] = "\n\n".join([*told, rest[0]["content"]])
    return rest
