"""What the answer of a search provider means that has no results.

Each provider has its own way: one tells of a used-up account with status 400, one with 429, one
with 200 and a number; one calls it an error to find nothing. So the words and codes that it sends
decide before the status does. They were looked up where providers, their clients or users publish
them; `tests/research/test_search_errors.py` has one each.

In order: the decision, what is said, and SearXNG's engines.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from generator.failures import held, retry_after
from generator.research.search_providers import PROVIDERS, key_of
from generator.research.search_wire import Answer, pace
from generator.settings import public, setting

ATTEMPTS = 3  # at what may pass, or may be paid for each time
AGAIN = timedelta(seconds=1)

# Values that say so: SEARCH_QUERY_NO_RESULT (Linkup), "Google didn't return any results." ...
NOTHING = re.compile(
    r"no_result|no (?:search )?results?\b|not yield any result|n['’o]t returne?d? any results"
)
# "Queries per minute per user" (Google), "Consumed (req/min): 12 ... retry after 23s" (Firecrawl).
A_MOMENT = re.compile(r"per.?(?:second|minute|hour)|/(?:sec|min|hour)|hourly|retry after \d")
A_DAY_OR_MORE = re.compile(r"per.?(?:day|month)|daily|monthly|(?:the|this) month")
# "Request rate limit exceeded for plan" (Brave).
TOO_FAST = re.compile(r"rate.?limit|too[ _]many[ _]requests|excessive requests|concurren")
# "Not enough credits" (Serper, status 400), INSUFFICIENT_FUNDS_CREDITS (Linkup, 429).
CREDIT = re.compile(
    r"quota|credits?\b|\bfunds|balance|budget|billing|payment|(?:usage|plan|cost|search) limit"
    r"|run out|used all"
)
# "API key not valid" (Google, 400), SUBSCRIPTION_TOKEN_INVALID (Brave, 422).
KEY = re.compile(
    r"(?:api.?key|token|credential)\W.{0,40}?(?:invalid|not valid|expired|required|missing)"
    r"|(?:invalid|expired|missing|wrong|incorrect)\W.{0,20}?(?:api.?key|token|credential)"
    r"|token_invalid|key_invalid|unauthori[sz]ed|x-subscription-token"
)
# What the owner of the account must do there: its own words say it.
ACCOUNT = re.compile(
    r"whitelist|verify your account|suspend|blocked|scopes?\b|not (?:been )?(?:enabled|used)"
    r"|accessnotconfigured|disabled|deactivated"
)
# DataForSEO's numbers (docs.dataforseo.com/v3/appendix/errors), which come with status 200.
DATAFORSEO = {
    40102: "no search results",
    40202: "rate limit per minute",
    40209: "too many requests",
    **dict.fromkeys((40100,), "unauthorized"),
    **dict.fromkeys((40104, 40201, 40204, 40205, 40206, 40207, 40208), "suspended"),
    **dict.fromkeys((40200, 40203, 40210), "payment required"),
}


def failure_in(answer: Answer, readable: bool) -> ApplicationError | None:
    """Return what a search without results failed of; None: it has found nothing, and is whole.

    `readable` tells whether the answer held a list of results, if only an empty one.
    """
    name, status = PROVIDERS[answer.name].name, answer.status
    said, words = _said(answer)
    about = f"status {status}" if status >= 300 else "though with status 200"
    message = f"The web search with {name} failed ({about}): {said or 'no reason given'}"
    is_error = status >= 300 or _is_error(answer.body)
    if is_error and NOTHING.search(words):
        return None
    if status >= 500 or status in (408, 409, 425):
        return _again(message, answer)
    if is_error:
        if mend := _to_mend(answer, words):
            return held(f"{message.rstrip('. ')}. {mend}")
        if _is_too_fast(answer, words):
            pace.slow_down(answer.name)
            return _again(message, answer, AGAIN)
        if not _takes_key(answer.name) and status in (202, 401, 403):  # DuckDuckGo's way
            return _again(message, answer)
        if status >= 400:
            return _final(message, type="SearchRefused")
        return _thrice(message)
    if answer.body is None:
        return _no_json(answer)
    if answer.name == "searxng" and (reasons := engines_at_fault(answer)):
        return reasons
    if not readable:
        return _final(
            f"What {name} answered to a search cannot be read as its results", "UnreadableResults"
        )
    return None


def _to_mend(answer: Answer, words: str) -> str:
    """Return what a person can do about it, "" if nothing."""
    name, status = answer.name, answer.status
    then = "and restart the worker"
    takes_key = _takes_key(name)
    if status in (404, 405) or 300 <= status < 400:
        return f"Correct SEARCH_API_BASE in .env, {then}"
    if takes_key and status != 429 and KEY.search(words):
        return f"Correct SEARCH_API_KEY in .env, {then}"
    for_a_day = status in (403, 429) and A_DAY_OR_MORE.search(words)
    used_up = (CREDIT.search(words) or for_a_day) and not _is_brief(answer, words)
    if status in (402, 432, 433) or used_up:
        if takes_key and not key_of(name):
            return f"Put SEARCH_API_KEY=... in .env, {then}"
        return "Add to the account of SEARCH_API_KEY, whose quota is used up"
    if _is_too_fast(answer, words):
        return ""
    if ACCOUNT.search(words):
        return "Do in the account of SEARCH_API_KEY what it asks for"
    if status == 403 and name == "searxng":
        return "Allow JSON in the settings.yml of your SearXNG: search: formats: [html, json]"
    if takes_key and status in (401, 403):
        return f"Correct SEARCH_API_KEY in .env, {then}"
    return ""


def _is_too_fast(answer: Answer, words: str) -> bool:
    """Tell whether it would have done to ask more slowly, where the account is not used up."""
    said = TOO_FAST.search(words) or _is_brief(answer, words)
    return answer.status == 429 or (answer.status in (200, 403) and bool(said))


def _is_brief(answer: Answer, words: str) -> bool:
    """Tell whether a limit is over in minutes."""
    wait = retry_after(answer.headers)
    return bool(A_MOMENT.search(words) or (wait and wait < timedelta(minutes=5)))


def _no_json(answer: Answer) -> ApplicationError:
    """Say what it means that an answer of status 200 is no JSON."""
    name = PROVIDERS[answer.name].name
    is_page = answer.text.lstrip()[:1] == "<"
    if is_page and setting("SEARCH_API_BASE"):
        return held(
            f"What answered the web search is no {name}: it sent a web page. Correct"
            " SEARCH_API_BASE in .env and restart the worker"
        )
    what = "a web page" if is_page else "nothing" if not answer.text.strip() else "half an answer"
    message = f"The web search with {name} failed: it sent {what} in place of results"
    # A page between here and the provider, or one that asks for less, costs nothing.
    return _again(message, answer) if is_page or what == "nothing" else _thrice(message)


def _again(message: str, answer: Answer, pause: timedelta | None = None) -> ApplicationError:
    wait = retry_after(answer.headers) or pause
    return ApplicationError(message, type="SearchFailed", next_retry_delay=wait)


def _thrice(message: str) -> ApplicationError:
    """Return a failure that may pass, and that may be paid for each time."""
    return ApplicationError(message, type="SearchFailed", non_retryable=_attempt() >= ATTEMPTS)


def _final(message: str, type: str) -> ApplicationError:
    return ApplicationError(message, type=type, non_retryable=True)


def _attempt() -> int:
    return activity.info().attempt if activity.in_activity() else 1


def _takes_key(name: str) -> bool:
    """Tell whether a key can be set for a provider at all."""
    return PROVIDERS[name].needs_key or bool(PROVIDERS[name].keys)


# ---- What is said -------------------------------------------------------------------------------

_FOR_PEOPLE = ("message", "detail", "msg", "status_message", "error", "errors", "description")
_SAYS_NOTHING = ("ok", "ok.", "success", "true", "")


def _is_error(body: Any) -> bool:
    """Tell whether an answer of status 200 is an error: by what it says of itself."""
    if not isinstance(body, dict):
        return False
    failed = str(body.get("success", True)).lower() == "false" or any(_codes(body))
    return failed or any(body.get(name) for name in ("error", "errors"))


def _codes(body: Any) -> Iterator[int]:
    """Yield the numbers of DataForSEO that tell of an error, of the request and of its task."""
    tasks = body.get("tasks") if isinstance(body, dict) else None
    for part in [body, *(tasks if isinstance(tasks, list) else [])]:
        code = part.get("status_code") if isinstance(part, dict) else None
        if isinstance(code, int) and code >= 40000:
            yield code


def _said(answer: Answer) -> tuple[str, str]:
    """Return what a provider says for people, and all that it says, in lower case.

    The query is taken out, which some repeat: it may be about credit, or keys.
    """
    body = answer.body
    if body is None:
        text = re.sub(r"<[^<>]{0,500}>", " ", answer.text[:5000])
        return public(text), _without_query(text, answer.query)
    codes = [*_codes(body)]
    words = " ".join([*_texts(body), *(DATAFORSEO.get(code, "") for code in codes)])
    return public(_message(body)), _without_query(words, answer.query)


def _without_query(words: str, query: str) -> str:
    return words[:20_000].lower().replace(query.lower(), " ")


def _message(body: Any) -> str:
    """Return the first text for people in an error."""
    if isinstance(body, str):
        return "" if body.strip().lower() in _SAYS_NOTHING else body
    if isinstance(body, list):
        return next(filter(None, map(_message, body)), "")
    if not isinstance(body, dict):
        return ""
    found = (_message(body[name]) for name in (*_FOR_PEOPLE, "tasks") if name in body)
    return next(filter(None, found), "")


def _texts(value: Any) -> Iterator[str]:
    """Yield all values of an error that are texts; the names of its fields say nothing."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


# ---- SearXNG ------------------------------------------------------------------------------------

# The engines that did not answer in searches that found something all the same, by address.
_missed: dict[str, set[str]] = {}


def note_engines(answer: Answer) -> None:
    """Remember without which engines a SearXNG finds something."""
    if answer.name == "searxng":
        _missed.setdefault(setting("SEARCH_API_BASE"), set()).update(_engines(answer.body))


def engines_at_fault(answer: Answer) -> ApplicationError | None:
    """Return the failure of a SearXNG that found nothing because its engines did not answer.

    Where it finds something in other searches without these very engines, it has found nothing.
    """
    engines = _engines(answer.body)
    if set(engines) <= _missed.get(setting("SEARCH_API_BASE"), set()):
        return None
    reasons = ", ".join(f"{engine} ({why})" if why else engine for engine, why in engines.items())
    message = f"SearXNG found nothing, and these of its engines did not answer: {public(reasons)}"
    if _attempt() < ATTEMPTS:
        return ApplicationError(message, type="EnginesBlocked")
    return held(
        f"{message}. Enable others in the settings.yml of your SearXNG, or wait until they answer"
    )


def _engines(body: Any) -> dict[str, str]:
    """Return the engines that did not answer, each with its reason."""
    listed = body.get("unresponsive_engines") if isinstance(body, dict) else None
    found = {}
    for entry in listed if isinstance(listed, list) else []:
        engine, *why = entry if isinstance(entry, list) and entry else [entry]
        found[str(engine)] = str(why[0]) if why else ""
    return found
