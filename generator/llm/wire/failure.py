"""What a provider answers in place of a model's answer: with a status, or with status 200."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from generator.llm.wire.events import Event, Events


class Reply(NamedTuple):
    """What a provider answered in place of a model's answer; all that is unknown is empty."""

    status: int  # 0: none
    headers: Mapping[str, str]
    codes: set[str]
    message: str


MAX_SAID = 20_000  # characters of a message in which words are looked for; some echo the prompt
# The names of an error's parts, without regard to case.
CODES = (
    "code",
    "type",
    "status",
    "status_code",
    "error_code",
    "reason",
    "errorcode",
    "__type",
    "quotaid",
)
MESSAGES = (
    "message",
    "msg",
    "detail",
    "error_msg",
    "status_msg",
    "title",
    "error_description",
    "text",  # FastChat's
)
MAX_TOLD_ON = 5_000  # characters of a Python dict
# The status in the exceptions of OpenAI's and Anthropic's clients; of Cohere's; of Mistral's; of
# Google's; of httpx. Gateways in Python answer those as their own, often with status 500.
BEHIND = re.compile(
    r"\b(?:Error code: |status_code: |occurred: Status |(?:Client|Server) error ')([45]\d\d)\b"
    r"|\b([45]\d\d) [A-Z_]{3,40}\. \{"
)
# A part of a time: a number and the letter, or letters, of its unit.
A_TIME = re.compile(
    r"(\d{1,9}(?:\.\d{1,9})?) ?(ms|[hms])(?:(?:ou)?rs?|in(?:ute)?s?|ec(?:ond)?s?)?(?![a-z])", re.I
)
SECONDS = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
SAYS = ("message", "msg", "Message")  # what only an error says at the top


def error_in(event: Event) -> dict[str, Any] | None:
    """Return the error in an event, None if it holds none."""
    data = event.data
    if error := data.get("error"):
        return error if isinstance(error, dict) else data if error is True else {"error": error}
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, dict) and isinstance(error := first.get("error"), dict):
        return error
    if isinstance(told := data.get("Response"), dict) and "Error" in told:  # Tencent's
        return told
    groq = data.get("x_groq")
    if isinstance(groq, dict) and groq.get("error"):
        return {"error": groq["error"]}
    base = data.get("base_resp")  # MiniMax's, with each answer: 0 is well
    if isinstance(base, dict) and base.get("status_code") not in (0, "0", None):
        return base
    if event.name == "error" or data.get("type") == "error":
        return data
    if choices or isinstance(data.get("message"), dict):
        return None
    if any(data.get(name) for name in ("errors", "detail", "error_msg")):
        return data
    names = (*SAYS, "text") if "error_code" in data else SAYS
    says = isinstance(next((data[n] for n in names if n in data), None), str)
    wrong = data.get("object") == "error" or data.get("success") is False
    wrong = wrong or str(data.get("status")).lower() in ("error", "fail", "failed", "failure")
    code = next((data[n] for n in ("code", "status_code", "error_code") if n in data), "")
    coded = str(code) not in ("", "0", "200")
    alone = says and set(data) <= {*SAYS, "request_id", "requestId"}
    return data if wrong or alone or (says and coded) else None


def reply_of(status: int, headers: Mapping[str, str], body: Any) -> Reply:
    """Return what a provider says in a body: JSON, or the text of one."""
    if isinstance(body, str):
        body = json_in(body) or plain(body)
    codes = {code[:200] for code in islice(codes_in(body), 100)}
    if kind := headers.get("x-amzn-errortype", ""):
        codes.add(kind.partition(":")[0])
    message = message_in(body)[:MAX_SAID]
    told = json.dumps(body, ensure_ascii=False)
    if wait := re.search(r'"retryDelay": "([\d.]+)s"', told):  # Google's way
        headers = {"retry-after": wait[1]} | dict(headers)
    elif seconds := wait_in(message):
        headers = {"retry-after": f"{seconds:.3f}"} | dict(headers)
    behind = body.get("OriginalStatusCode") if isinstance(body, dict) else None
    status = behind if isinstance(behind, int) else status  # SageMaker's: of the model's own server
    if (status == 0 or status >= 500) and (found := BEHIND.search(told[:MAX_SAID])):
        status = int(found[1] or found[2])
    numbers = [int(c) for c in codes if re.fullmatch("[45][0-9][0-9]", c)]
    return Reply(status or (numbers[0] if numbers else 0), headers, codes, message)


def wait_in(said: str) -> float:
    """Return the seconds that a message asks to wait, as in "try again in 1m30.5s", 0 for none."""
    asked = re.search(
        rf"\b(again|retry|resets?|available) (in|after):? ((?:{A_TIME.pattern}[ ,]*)+)", said, re.I
    )
    times = A_TIME.findall(asked[3]) if asked else []
    return sum(float(number) * SECONDS[unit.lower()] for number, unit in times)


def json_in(text: str) -> Any:
    """Return the JSON that a text is or holds, None if it holds none."""
    events = Events()
    found = events.feed(text.encode(errors="replace")) + events.end()
    if found:
        return found[0].data if len(found) == 1 else [event.data for event in found]
    if (start := text.find("{")) >= 0:
        try:
            return json.JSONDecoder().raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            return None
    return None


def told_on(text: str) -> Any:
    """Return what a gateway tells on within a message: JSON, or a Python dict; None if nothing."""
    start = text.find("{")
    if start < 0 or not (found := json_in(text[start:])):
        end = text.rfind("}") + 1
        if not (text.startswith("{'", start) and 0 < end - start < MAX_TOLD_ON):
            return None
        try:
            found = ast.literal_eval(text[start:end])
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    return found


def plain(text: str) -> str:
    """Return what a text says to a person: of a web page its title, and no markup."""
    if not re.match(r"\s*<", text):
        return text
    title = re.search(r"<(title|h1)[^<>]*>([^<>]*)<", text, re.I)
    return f"a web page, {title[2].strip()!r}" if title and title[2].strip() else "a web page"


def codes_in(body: Any, depth: int = 0) -> Iterator[str]:
    """Yield what a provider says for programs: by whatever name, however deep."""
    if depth > 20:
        return
    if isinstance(body, list):
        for part in body:
            yield from codes_in(part, depth + 1)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name.lower() in CODES and isinstance(value, str | int):
                yield str(value)
            yield from codes_in(value, depth + 1)
    elif isinstance(body, str) and "{" in body:
        yield from codes_in(told_on(body), depth + 1)


def message_in(body: Any, depth: int = 0) -> str:
    """Return what a provider says for people."""
    if isinstance(body, str):
        inner = told_on(body) if depth < 20 else None
        return (message_in(inner, depth + 1) if inner else "") or plain(body)
    if isinstance(body, list):
        return next(filter(None, (message_in(part, depth + 1) for part in body)), "")
    if not isinstance(body, dict) or depth > 20:
        return ""
    known = {name.lower(): value for name, value in body.items()}
    behind = known.get("metadata")  # OpenRouter's: what the provider behind it said
    if isinstance(behind, dict) and (said := message_in(behind.get("raw"), depth + 1)):
        return said
    for name in ("error", "errors", *MESSAGES, "base_resp"):
        if said := message_in(known.get(name), depth + 1):
            return said
    return ""
