"""What goes wrong with a request to a model, and what becomes of it.

LiteLLM's error classes differ by provider and are often chosen by English words. So what counts
here is what it hides among the causes of its errors: the provider's HTTP status and the codes in
its reply, a connection that broke, a package that is missing.
"""

import email.utils
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from temporalio.exceptions import ApplicationError

from generator.failures import held
from generator.settings import public

# The types of failures after which an answer may have been paid for.
BROKEN = "BrokenAnswer"  # it broke off
UNFINISHED = "UnfinishedAnswer"  # it ended as if in good order, but not as a whole answer does

PASSING = {408, 409, 424, 425, 429}  # and all from 500 on
# A status or a provider's code that a person can do something about -> what.
KEY = "Correct LLM_API_KEY in .env"
ACCOUNT = "Add credit to the account of LLM_API_KEY, or put another LLM_API_KEY in .env"
ACCESS = "Put another LLM_API_KEY or LLM_MODEL in .env: this key may not use this model"
MODEL = "Correct LLM_MODEL in .env, or LLM_API_BASE if it is set"
TO_CORRECT: dict[int | str, str] = {
    401: KEY,
    402: ACCOUNT,
    403: ACCESS,
    404: MODEL,
    405: MODEL,
    "insufficient_quota": ACCOUNT,  # OpenAI, status 429
    "billing_hard_limit_reached": ACCOUNT,
    "billing_not_active": ACCOUNT,
    "billing_error": ACCOUNT,
    "API_KEY_INVALID": KEY,  # Google, status 400
    "no_db_connection": KEY,  # a LiteLLM proxy without a database, status 400
    "UnrecognizedClientException": KEY,  # AWS
    "ExpiredTokenException": KEY,
    "invalid_model": MODEL,  # Mistral, status 400
}
# Where a provider has no code for it.
TO_CORRECT_BY_WORDS = {
    r"credit balance": ACCOUNT,  # Anthropic, status 400
    r"model identifier is invalid|not a valid model|model not exist|invalid model": MODEL,
}
# Codes of errors that come down a stream, where there is no status.
PASSING_CODES = re.compile(
    "server_?error|overloaded|rate_?limit|timeout|unavailable|throttling|internal|exhausted", re.I
)
PACKAGES = {"google": "google-auth", "mcp": "litellm[mcp]"}  # where the module has another name
SHORTEN = "Shorten the topic, or set LLM_MODEL in .env to a model with a larger context"
OTHER_WORDS = "Ask in other words, or set LLM_MODEL in .env to another model"
TOO_LONG = re.compile(
    r"context_length_exceeded|request_too_large|too long|too large|maximum context"
    r"|(input|prompt) (token|is).*(exceed|limit)",
    re.I,
)
BLOCKED = re.compile(
    "content_policy|content_filter|ResponsibleAIPolicy|safety system|requires moderation", re.I
)


class Reply(NamedTuple):
    """What a provider answered in place of a model's answer; all that is unknown is empty."""

    status: int  # 0: none, or the error came down the stream of an answer
    headers: Mapping[str, str]
    codes: set[str]
    message: str


def explain(error: Exception, sent: bool, bought: bool) -> ApplicationError:
    """Turn an exception of LiteLLM into the failure that it means for the run.

    Passing ones are retryable, after the wait that the provider asks for; what a person can correct
    is held; what is wrong with the request itself is non-retryable. The type is BROKEN where tokens
    were `bought`, or may have been: the request was `sent`, and nobody knows what went wrong.

    Providers echo keys and whole pages in their messages, and what is raised here stays in the
    Event History: so it is made short and without secrets.
    """
    import httpx

    causes = list(chain(error))
    reply = reply_of(causes)
    shown = next(cause for cause in causes if type(cause).__name__ != "MidStreamFallbackError")
    kind = type(shown).__name__
    about = f"{kind}, status {reply.status}" if reply.status else kind
    said = public(reply.message or str(shown)).rstrip(". ")
    message = f"The LLM request failed ({about}): {said}"

    missing = next((cause for cause in causes if isinstance(cause, ImportError)), None)
    network = (httpx.TransportError, ConnectionError, TimeoutError)
    if remedy := to_correct(reply):
        return held(f"{message}. {remedy}, and restart the worker: the run goes on then")
    if reply.status >= 500 or reply.status in PASSING:
        return ApplicationError(message, type=kind, next_retry_delay=retry_after(reply.headers))
    if reply.status:
        return about_the_request(message, kind, reply)
    passing = any(isinstance(cause, network) for cause in causes) or PASSING_CODES.search(
        " ".join([*reply.codes, said])
    )
    if sent or passing:
        return ApplicationError(message, type=BROKEN if bought or not passing else kind)
    if missing:
        return held(lacks_package(missing))
    return held(
        f"{message}. Correct LLM_MODEL, LLM_API_KEY or LLM_API_BASE in .env, and restart the"
        " worker: the run goes on then"
    )


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and its causes, the original one last."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or any(cause is other for other in found):
            continue
        found.append(cause)
        yield cause
        waiting += [getattr(cause, "original_exception", None), cause.__cause__, cause.__context__]


def reply_of(causes: list[BaseException]) -> Reply:
    """Return what the provider said, from wherever LiteLLM has left it."""
    import httpx

    response = next((c.response for c in causes if isinstance(c, httpx.HTTPStatusError)), None)
    status, headers = (response.status_code, response.headers) if response else (0, {})
    codes = {kind.partition(":")[0]} if (kind := headers.get("x-amzn-errortype", "")) else set()
    message = ""
    for body in filter(None, map(body_of, causes)):
        codes |= set(codes_in(body))
        message = message or message_in(body)
        if wait := re.search(r'"retryDelay": "([\d.]+)s"', json.dumps(body)):  # Google's way
            headers = {"retry-after": wait[1]} | dict(headers)
    return Reply(status, headers, codes, message)


def body_of(cause: BaseException) -> Any:
    """Return the JSON in an exception, None if it holds none."""
    for text in (getattr(cause, "body", None), getattr(cause, "text", None), str(cause)):
        if isinstance(text, dict):
            return text
        text = text.decode(errors="replace") if isinstance(text, bytes) else str(text or "")
        if (start := text.find("{")) >= 0:
            try:
                return json.JSONDecoder().raw_decode(text, start)[0]
            except ValueError:
                continue
    return None


def codes_in(body: Any) -> Iterator[str]:
    """Yield what a provider says for programs: by whatever name, however deep."""
    if isinstance(body, list):
        for part in body:
            yield from codes_in(part)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name in ("code", "type", "status", "reason") and isinstance(value, str | int):
                yield str(value)
            yield from codes_in(value)


def message_in(body: Any) -> str:
    """Return what a provider says for people."""
    while isinstance(body, dict):
        body = body.get("error") or body.get("message") or body.get("detail")
    return body if isinstance(body, str) else ""


def to_correct(reply: Reply) -> str:
    """Return what a person can do about it, "" if nothing."""
    for code in reply.codes & set(map(str, TO_CORRECT)) - {str(reply.status)}:
        if not code.isdecimal():
            return TO_CORRECT[code]
    if 400 <= reply.status < 429:
        for words, remedy in TO_CORRECT_BY_WORDS.items():
            if re.search(words, reply.message, re.I):
                return remedy
    if BLOCKED.search(" ".join([*reply.codes, reply.message])):
        return ""  # some say so with status 403
    return TO_CORRECT.get(reply.status, "")


def about_the_request(message: str, kind: str, reply: Reply) -> ApplicationError:
    words = " ".join([kind, *reply.codes, reply.message])
    remedy = "Correct LLM_MODEL or LLM_API_BASE in .env"
    if BLOCKED.search(words) or kind == "ContentPolicyViolationError":
        remedy = OTHER_WORDS
    elif TOO_LONG.search(words) or kind == "ContextWindowExceededError" or reply.status == 413:
        remedy = SHORTEN
    return ApplicationError(
        f"{message}. {remedy}, and start a new run", type=kind, non_retryable=True
    )


def lacks_package(missing: ImportError) -> str:
    """Say which Python package a model needs, and how to add it."""
    module = missing.name or ""
    package = PACKAGES.get(module.partition(".")[0], module.partition(".")[0])
    if not package:
        return f"LLM_MODEL needs a Python package that is not installed: {public(str(missing))}"
    return (
        f"LLM_MODEL needs the Python package {package}, which is not installed. Add it with"
        f" `uv add '{package}'` and restart the worker: the run goes on then"
    )


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the provider asks to wait (RFC 9110, section 10.2.3), None if it does not."""
    try:
        if "retry-after-ms" in headers:  # OpenAI's own, finer
            wait = timedelta(milliseconds=float(headers["retry-after-ms"]))
        elif re.fullmatch(r"\s*[\d.]+\s*", value := headers.get("retry-after", "")):
            wait = timedelta(seconds=float(value))
        else:
            wait = email.utils.parsedate_to_datetime(value) - datetime.now(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return wait if wait > timedelta(0) else None
