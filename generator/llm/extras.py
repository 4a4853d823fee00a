"""What a request has beside the question: a system role, a stream, a count of the tokens, a limit.

Some servers refuse one of them. It is asked again without, which costs nothing, because what was
refused was not generated; and from then on that model is not asked with it any more. Where it is
the limit that is too high (LiteLLM has one of its own for some), it is asked with the highest one.
"""

import re
from typing import Any

NOT = r"(not|n't|un)[ _-]?(support|allow|accept|permit|enabl|expect|known|recogni)"
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
    "max_tokens": re.compile(
        rf"max_tokens\W[^\"]{{0,30}}{NOT}|{NOT}[^\"]{{0,30}}\bmax_tokens", re.I
    ),
    "stream": re.compile(
        r"\"param\":\s*\"stream\"|verified to stream"
        rf"|\bstream(ing)?\b[^\"]{{0,40}}({NOT}|not available)"
        rf"|{NOT}[^\"]{{0,30}}\bstream(ing)?\b",
        re.I,
    ),
}
OUTPUT = re.compile(
    r"max\w{0,20}?_?(output|completion|new)?_?tokens\b|maximum (output )?tokens", re.I
)
# What says that the question is too long, and not the answer that is asked for.
QUESTION = re.compile("context (length|limit|size)|maximum context|input|prompt", re.I)
NUMBER = re.compile(r"(?<![\w.-])\d{3,7}(?![\w-])")
FEWEST = 256  # tokens: what is lower is not what a model writes at most
OTHER_MATTERS = {401, 402, 403, 404, 408, 409, 425, 429, 502, 503, 504}  # no words about extras

# What models have refused in this process, by model and address.
refused: dict[tuple[str, str], set[str]] = {}
limits: dict[tuple[str, str], int] = {}  # tokens that a model may be asked for at most


def without_refused(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return a request's arguments without what its model has refused."""
    arguments = dict(arguments)
    if limit := limits.get(model_of(arguments)):
        arguments["max_tokens"] = min(limit, arguments.get("max_tokens", limit))
    for extra in refused.get(model_of(arguments), ()):
        if extra == "system":
            arguments["messages"] = without_system(arguments["messages"])
        elif extra == "stream":
            arguments |= {"stream": False}
            arguments.pop("stream_options", None)
        elif extra == "max_tokens":  # newer models of OpenAI's know it by another name
            arguments["max_completion_tokens"] = arguments.pop(extra)
        else:
            arguments.pop(extra, None)
    return arguments


def learn_refused(arguments: dict[str, Any], status: int, reply: str, asked: str) -> bool:
    """Note what a reply refuses of a request, which was `asked` as JSON; tell whether it is worth
    asking without it."""
    if status < 400 or status in OTHER_MATTERS:
        return False
    limit = output_limit(reply.replace(arguments["model"].rpartition("/")[2], ""))
    if 0 < limit < arguments.get("max_tokens", float("inf")):
        limits[model_of(arguments)] = limit
        return True
    roles = {message["role"] for message in arguments["messages"]}
    has = {
        "stream_options": "stream_options" in arguments and "stream_options" in asked,
        "system": "system" in roles,
        "max_tokens": "max_tokens" in arguments,
        "stream": bool(arguments["stream"]),
    }
    for extra, words in REFUSALS.items():
        if has[extra] and words.search(reply):
            refused.setdefault(model_of(arguments), set()).add(extra)
            return True
    return False


def output_limit(reply: str) -> int:
    """Return how many tokens a model may be asked for, where a reply says so, else 0.

    >>> output_limit("max_tokens: 8192 > 4096, which is the maximum allowed")
    4096
    """
    if not OUTPUT.search(reply):
        return 0
    if rest := re.search(r"> ?(\d+) ?- ?(\d+)", reply):  # vLLM's: what the question leaves
        return max(0, int(rest[1]) - int(rest[2]))
    if QUESTION.search(reply):
        return 0
    numbers = [int(n) for n in NUMBER.findall(reply) if int(n) >= FEWEST]
    below = re.search(r"exclusive|(lower|less|smaller|below) than (?!or)", reply, re.I)
    return min(numbers) - bool(below) if numbers else 0


def model_of(arguments: dict[str, Any]) -> tuple[str, str]:
    return arguments["model"], arguments["api_base"] or ""


def without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return messages in which the system's part stands at the head of the first question."""
    told = [message["content"] for message in messages if message["role"] == "system"]
    rest = [dict(message) for message in messages if message["role"] != "system"]
    if rest:
        rest[0]["content"] = "\n\n".join([*told, rest[0]["content"]])
    return rest
