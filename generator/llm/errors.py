"""What goes wrong with a request to a model, and what becomes of it.

LiteLLM's error classes differ by provider and are often chosen by English words. So what counts
here is what the provider itself answered (`generator/llm/wire/failure.py`); and where it answered
nothing, what LiteLLM hides among the causes of its errors: a connection that broke, a package that
is missing.
"""

import email.utils
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from temporalio.exceptions import ApplicationError

from generator.failures import held
from generator.llm.wire.failure import Reply, json_in, reply_of
from generator.settings import public

# The types of failures after which an answer may have been paid for.
BROKEN = "BrokenAnswer"  # it broke off
UNFINISHED = "UnfinishedAnswer"  # it ended as if in good order, but not as a whole answer does

PASSING = {408, 409, 424, 425, 429, 498}  # and all from 500 on; 498 is Groq's for a full house
# What a person can do about an error.
KEY = "Correct LLM_API_KEY in .env"
ACCOUNT = "Add credit to the account of LLM_API_KEY, or put another LLM_API_KEY in .env"
ACCESS = "Put another LLM_API_KEY or LLM_MODEL in .env: this key may not use this model"
MODEL = "Correct LLM_MODEL in .env, or LLM_API_BASE if it is set"
ADDRESS = "Correct LLM_API_BASE in .env"
CLOCK = "Set the clock of the worker's machine"
PROVIDER = "Change at the provider what it names, or set LLM_MODEL in .env to another one's model"
BY_STATUS = {401: KEY, 402: ACCOUNT, 403: ACCESS, 404: MODEL, 405: MODEL}
# By the codes that providers send for programs. Some codes are good with any status, and some are
# all that there is: in a stream there is no status.
BY_CODE = {
    ACCOUNT: re.compile(
        r"insufficient_?(quota|balance|credits?|funds)|exceeded_current_quota|billing|arrear"
        r"|payment_?required|out_of_credits|quota_exhausted|per_?day|^1113$|^1008$",
        re.I,
    ),
    KEY: re.compile(
        r"(invalid|incorrect|wrong|expired|missing)_?(x-)?(api|access)?_?(key|token)|api_?key_?invalid"
        r"|authentication|unauthenticated|unauthori[sz]ed|no_db_connection|ExpiredToken"
        r"|UnrecognizedClient|InvalidSignature|^1004$",
        re.I,
    ),
    PROVIDER: re.compile("service_?disabled|unsupported_country", re.I),
    ACCESS: re.compile("permission|access_?denied|forbidden", re.I),
    MODEL: re.compile(
        "model_?(not_?(found|supported|available)|decommissioned)|invalid_model|not_?found", re.I
    ),
}
# By what they say for people, where no code tells. "Quota" alone says nothing: it is the name of
# limits a minute, too.
BY_WORDS = {
    CLOCK: re.compile(r"signature (has )?expired|signature not yet current|clock skew", re.I),
    ACCOUNT: re.compile(
        r"credit balance|limit: 0\b"
        r"|(insufficient|not enough|low|negative|no|n't have)\W+((account|any|available)\W+)*"
        r"(balance|credits?|funds)\b|balance (is |was )?(not enough|too low|insufficient|exhausted)"
        r"|(add|buy|purchase|need|out of|used all( available)?|requires?( more)?|no remaining)"
        r" (\w+ ){0,2}credits?\b|top.?up|recharge|arrears|overdue|good standing|payment required"
        r"|exceeded your current quota|(check|update) your plan and billing|per.?day\b|per.?month\b"
        r"|per 86400|by.?day\b|(daily|weekly|monthly|spend(ing)?|usage|budget)( \w+)? limits?\b"
        r"|quota.{0,20}(exhausted|used up)"
        r"|余额|欠费|充值|额度",
        re.I,
    ),
    KEY: re.compile(
        r"(incorrect|invalid|wrong|expired|missing|no)\W+(x-)?(api|access).?(key|token)"
        r"|api.?key (is )?(not valid|invalid|missing|expired|incorrect)|unauthori[sz]ed",
        re.I,
    ),
    PROVIDER: re.compile(
        r"public access is disabled|private endpoint|network (rules|acl)|firewall"
        r"|has not been used in project|or it is disabled|rate limit of 0\b|data policy"
        r"|requires terms acceptance|blocked at the"
        r"|(location|country|region|territory) (is )?not (supported|available|allowed)",
        re.I,
    ),
    MODEL: re.compile(
        r"model identifier is invalid|not a valid model|model not exist|invalid model"
        r"|model .{0,80}(does not exist|not found|decommissioned)|unknown model|no models? loaded"
        r"|throughput isn.t supported|not supported by any provider"
        r"|more system memory|api.?version .{0,20}(not|un)",
        re.I,
    ),
}
# Codes are vague where words are not: one of "no permission" may come with "buy credits".
REMEDIES = (ACCOUNT, KEY, PROVIDER, ACCESS, MODEL)
SOON = timedelta(hours=1)  # whoever is to wait for longer had better be told
NEVER = re.compile(r"limit: 0\b")  # Google's, for what a free account has nothing of
A_MINUTE = re.compile(
    r"per.?(minute|second|hour)|\b[RT]P[MS]\b|concurren", re.I
)  # limits that pass
# Codes of errors that come down a stream, where there is no status.
PASSING_CODES = re.compile(
    "server_?error|overload|rate.?limit|timeout|timed out|unavailable|throttl|internal|exhausted"
    "|upstream|too many|capacity|busy|try again|^1002$|^1001$",
    re.I,
)
PACKAGES = {"google": "google-auth", "mcp": "litellm[mcp]"}  # where the module has another name
SHORTEN = "Shorten the topic, or set LLM_MODEL in .env to a model with a larger context"
OTHER_WORDS = "Ask in other words, or set LLM_MODEL in .env to another model"
TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context|request_too_large|too long|too large|maximum context"
    r"|context (length|window|size|limit)|(input|prompt) (token|is).*(exceed|limit)",
    re.I,
)
BLOCKED = re.compile(
    r"content.?policy|content.?filter|ResponsibleAIPolicy|safety system|requires moderation"
    r"|invalid_prompt|moderation|flagged",
    re.I,
)


def explain(
    error: Exception | None, sent: bool, bought: bool, reply: Reply | None = None, address: str = ""
) -> ApplicationError:
    """Turn what went wrong with a request into the failure that it means for the run.

    Passing ones are retryable, after the wait that the provider asks for; what a person can correct
    is held; what is wrong with the request itself is non-retryable. The type is BROKEN where tokens
    were `bought`, or may have been: the request was `sent`, and nobody knows what went wrong.

    `reply` is what the provider at `address` answered in place of an answer; without one, it is
    looked for in the exception. Providers echo keys and whole pages in their messages, and what is
    raised here stays in the Event History: so it is made short and without secrets.
    """
    causes = list(chain(error))
    reply = reply or reply_in(causes)
    shown = [cause for cause in causes if type(cause).__name__ != "MidStreamFallbackError"]
    kind = type(shown[0]).__name__ if shown else "ErrorInAnswer"
    about = f" (status {reply.status})" if reply.status else ""
    said = reply.message or of_the_network(causes, address) or words_of(shown)
    said = public(said).rstrip(". 。")
    message = f"The LLM request failed{about}: {said or 'it says no more'}"

    missing = next((cause for cause in causes if isinstance(cause, ImportError)), None)
    if remedy := to_correct(reply):
        return held(f"{message}. {remedy}, and restart the worker")
    if is_about_the_request(reply):
        return about_the_request(message, kind, reply)
    words = " ".join([*reply.codes, reply.message])
    if reply.status >= 500 or reply.status in PASSING or PASSING_CODES.search(words):
        kind = BROKEN if bought else kind
        return ApplicationError(message, type=kind, next_retry_delay=retry_after(reply.headers))
    if reply.status:
        return about_the_request(message, kind, reply)
    passing = not reply.message and any(map(is_network, causes))
    if sent or passing:
        return ApplicationError(message, type=BROKEN if bought or not passing else kind)
    if missing:
        return held(lacks_package(missing))
    return held(
        f"{message}. Correct LLM_MODEL, LLM_API_KEY or LLM_API_BASE in .env, and restart the worker"
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


def is_network(cause: BaseException) -> bool:
    import httpx

    return isinstance(cause, httpx.TransportError | ConnectionError | TimeoutError)


def of_the_network(causes: list[BaseException], address: str) -> str:
    """Say what happened to the connection with the server at an address, "" if nothing did."""
    import httpx

    kinds = tuple(map(type, filter(is_network, causes)))
    server = address or "the server"
    if any(issubclass(kind, httpx.ConnectError | httpx.ConnectTimeout) for kind in kinds):
        return f"Connection error: {server} cannot be reached"
    if any(issubclass(kind, httpx.TimeoutException | TimeoutError) for kind in kinds):
        return f"Timeout: {server} was silent for too long"
    return f"Connection error: {server} broke off, the answer is not completed" if kinds else ""


def words_of(shown: list[BaseException]) -> str:
    """Return what an exception says, without what LiteLLM adds for its own users."""
    said = str(shown[0]) if shown else ""
    said = re.sub(r"Handle with `litellm\.\w+`\.?", "", said)
    return said.partition("Traceback (most recent call last)")[0]


def reply_in(causes: list[BaseException]) -> Reply:
    """Return what the provider said, from wherever LiteLLM has left it."""
    import httpx

    response = next((c.response for c in causes if isinstance(c, httpx.HTTPStatusError)), None)
    status, headers = (response.status_code, response.headers) if response else (0, {})
    for cause in causes:
        for text in (getattr(cause, "body", None), getattr(cause, "text", None), str(cause)):
            text = text.decode(errors="replace") if isinstance(text, bytes) else text
            if body := text if isinstance(text, dict) else json_in(str(text or "")):
                found = reply_of(status, headers, body)
                return found if status else found._replace(status=0)
    return Reply(status, headers, set(), "")


def to_correct(reply: Reply) -> str:
    """Return what a person can do about it, "" if nothing."""
    codes, said = [code for code in reply.codes if code != str(reply.status)], reply.message
    if re.search("unexpected endpoint|no such (endpoint|route)", said, re.I):
        return ADDRESS
    web_page = said.startswith("a web page")
    if web_page and 400 <= reply.status < 500 and reply.status not in PASSING:
        return ADDRESS
    if is_blocked(reply):
        return ""  # some say so with status 403
    wait = retry_after(reply.headers)
    passes = A_MINUTE.search(said) or (wait and wait <= SOON)
    if BY_WORDS[CLOCK].search(said):
        return CLOCK  # by its code it is a wrong key
    for remedy in REMEDIES:
        if remedy not in allowed(reply):
            continue
        if remedy in BY_CODE and any(map(BY_CODE[remedy].search, codes)):
            return remedy
        if remedy in BY_WORDS and BY_WORDS[remedy].search(said):
            if remedy == ACCOUNT and reply.status == 429 and passes and not NEVER.search(said):
                continue
            return remedy
    return BY_STATUS.get(reply.status, "")


def allowed(reply: Reply) -> set[str]:
    """Return the remedies that an error's status leaves: a server that is down needs no key."""
    if reply.status >= 500:
        return {MODEL} if "memory" in reply.message else set()
    return {ACCOUNT} if reply.status == 429 else {ACCOUNT, KEY, PROVIDER, ACCESS, MODEL}


def is_blocked(reply: Reply) -> bool:
    """Tell whether a filter of the provider did not let a question or an answer pass."""
    return bool(BLOCKED.search(" ".join([*reply.codes, reply.message])))


def is_about_the_request(reply: Reply) -> bool:
    words = " ".join([*reply.codes, reply.message])
    return reply.status not in PASSING and (
        is_blocked(reply) or (reply.status < 500 and bool(TOO_LONG.search(words)))
    )


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
        f" `uv add '{package}'` and restart the worker"
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
