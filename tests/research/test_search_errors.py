"""What providers answer in place of results, in the words that they are known to use.

Each row has the body of a real answer where one is published, shortened where it is long. What it
must become: held, with the beginning of the remedy; "wait" for a second, and then one a second;
"again", as what passes; "thrice", as what may pass and may be paid for; "refused", for good;
"nothing" found, which is no failure.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from support.search_servers import pages_on
from support.search_wires import WIRES
from support.searching import Provider, failure

from generator.research.search import search
from generator.research.search_wire import pace
from models import SearchInput

ADD, CORRECT, DO = "Add to the account", "Correct SEARCH_API_KEY", "Do in the account"


def brave(code: str, detail: str, status: int = 429, **more: Any) -> dict[str, Any]:
    meta = {
        "plan": "Free",
        "rate_limit": 1,
        "quota_limit": 2000,
        "quota_current": 15,
        "component": "rate_limiter",
    }
    error = {"status": status, "detail": detail, "code": code, "meta": meta, "id": "x"}
    return {"type": "ErrorResponse", "error": error | more, "time": 1773685964}


def google(code: int, message: str, reason: str, **metadata: str) -> dict[str, Any]:
    details = [{"reason": reason, "domain": "googleapis.com", "metadata": metadata}]
    errors = [{"message": message, "domain": "global", "reason": reason}]
    return {"error": {"code": code, "message": message, "errors": errors, "details": details}}


def linkup(status: int, code: str, message: str) -> dict[str, Any]:
    return {"statusCode": status, "error": {"code": code, "message": message, "details": []}}


def dataforseo(code: int, message: str, task: bool = True) -> dict[str, Any]:
    told = {"status_code": code, "status_message": message, "cost": 0, "result": None}
    if not task:
        return told | {"tasks": None, "tasks_error": 0}
    return {"status_code": 20000, "status_message": "Ok.", "tasks_error": 1, "tasks": [told]}


NO_TOKEN = {"errors": [{"loc": ["header", "x-subscription-token"], "msg": "Field required"}]}
PER_MINUTE = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'"
PER_DAY = "Quota exceeded for quota metric 'Queries' and limit 'Queries per day'"
NOT_USED = "Custom Search API has not been used in project 1 before or it is disabled. Enable it"
FAST = (
    "Rate limit exceeded. Consumed (req/min): 12, Remaining (req/min): 0. Upgrade your plan at"
    " firecrawl.dev/pricing for increased rate limits or please retry after 23s"
)
PLAN = "This request exceeds your plan's set usage limit. Please upgrade your plan"
BUSY = "Your request has been blocked due to excessive requests. Please reduce rate of requests."
MONTH = "You have used all of the searches for the month."

ANSWERS: list[tuple[str, int, Any, str]] = [
    # A key.
    ("brave", 422, brave("SUBSCRIPTION_TOKEN_INVALID", "The token is invalid", 422), CORRECT),
    ("brave", 422, brave("VALIDATION", "Unable to validate", 422, meta=NO_TOKEN), CORRECT),
    ("serper", 403, {"message": "Unauthorized.", "statusCode": 403}, CORRECT),
    ("tavily", 401, {"detail": {"error": "Unauthorized: missing or invalid API key."}}, CORRECT),
    ("google_pse", 400, google(400, "API key not valid.", "API_KEY_INVALID"), CORRECT),
    ("exa_ai", 401, {"error": "Invalid API key", "tag": "INVALID_API_KEY"}, CORRECT),
    ("parallel_ai", 401, {"error": {"message": "Invalid API Key (C.1)"}}, CORRECT),
    ("firecrawl", 401, {"success": False, "error": "Unauthorized: Invalid token"}, CORRECT),
    ("fastcrw", 401, {"success": False, "error": "Unauthorized"}, CORRECT),
    ("linkup", 401, linkup(401, "UNAUTHORIZED", "Unauthorized action"), CORRECT),
    ("dataforseo", 401, dataforseo(40100, "You are not authorized", task=False), CORRECT),
    ("you_com", 401, {"detail": "Invalid or expired API key"}, CORRECT),
    ("searchapi", 401, {"error": "Invalid API key."}, CORRECT),
    ("apiserpent", 401, {"success": False, "error": "Invalid API key"}, CORRECT),
    ("tinyfish", 401, {"error": {"code": "UNAUTHORIZED", "message": "Missing API key"}}, CORRECT),
    ("nimble", 401, {"detail": "Unauthorized"}, CORRECT),
    # An account that is used up.
    ("brave", 429, brave("QUOTA_LIMITED", "Request quota limit exceeded for plan"), ADD),
    ("brave", 402, brave("PAYMENT_REQUIRED", "Spending limit reached", 402), ADD),
    ("serper", 400, {"message": "Not enough credits", "statusCode": 400}, ADD),
    ("tavily", 432, {"detail": {"error": PLAN}}, ADD),
    ("tavily", 433, {"detail": {"error": "Pay-as-you-go limit"}}, ADD),
    ("exa_ai", 402, {"error": "You have exceeded your limit", "tag": "NO_MORE_CREDITS"}, ADD),
    ("exa_ai", 402, {"error": "Over budget", "tag": "API_KEY_BUDGET_EXCEEDED"}, ADD),
    ("perplexity", 401, {"error": {"type": "insufficient_quota", "message": "Check it"}}, ADD),
    ("linkup", 429, linkup(429, "INSUFFICIENT_FUNDS_CREDITS", "You do not have enough"), ADD),
    ("linkup", 429, linkup(429, "EXCEED_BUDGET_LIMIT", "The key has reached its limit."), ADD),
    ("firecrawl", 402, {"success": False, "error": "Insufficient credits"}, ADD),
    ("firecrawl", 200, {"success": False, "error": "Payment required: no credits left"}, ADD),
    ("searchapi", 429, {"error": MONTH}, ADD),
    ("google_pse", 429, google(429, PER_DAY, "rateLimitExceeded"), ADD),
    ("google_pse", 403, google(403, "Daily Limit Exceeded", "dailyLimitExceeded"), ADD),
    ("dataforseo", 200, dataforseo(40200, "Payment Required."), ADD),
    ("dataforseo", 402, dataforseo(40200, "Payment Required."), ADD),
    ("dataforseo", 200, dataforseo(40210, "Insufficient Funds.", task=False), ADD),
    ("dataforseo", 200, dataforseo(40203, "The cost limit per day has been exceeded"), ADD),
    ("you_com", 402, {"detail": "Payment required"}, ADD),
    ("parallel_ai", 402, {"error": {"message": "Insufficient credit in account"}}, ADD),
    # What its own words say best.
    ("dataforseo", 200, dataforseo(40104, "Please verify your account", task=False), DO),
    ("dataforseo", 200, dataforseo(40207, "Access denied. Your IP is not whitelisted."), DO),
    ("google_pse", 403, google(403, NOT_USED, "accessNotConfigured"), DO),
    ("you_com", 403, {"detail": "Missing required scopes"}, DO),
    ("linkup", 403, linkup(403, "IP_NOT_WHITELISTED", "Forbidden"), DO),
    ("searchapi", 200, {"error": "Your account has been suspended."}, DO),
    ("tinyfish", 403, {"error": {"message": "Search API access is not enabled"}}, DO),
    # Too fast.
    ("brave", 429, brave("RATE_LIMITED", "Request rate limit exceeded for plan"), "wait"),
    ("google_pse", 429, google(429, PER_MINUTE, "RATE_LIMIT_EXCEEDED"), "wait"),
    ("firecrawl", 429, {"success": False, "error": FAST}, "wait"),
    ("tavily", 429, {"detail": {"error": BUSY}}, "wait"),
    ("linkup", 429, linkup(429, "TOO_MANY_REQUESTS", "Too many requests."), "wait"),
    ("dataforseo", 200, dataforseo(40202, "You have exceeded the rate limit."), "wait"),
    ("dataforseo", 200, dataforseo(40209, "Too many requests at once."), "wait"),
    ("exa_ai", 429, {"error": "You've exceeded your Exa rate limit of 10 per second"}, "wait"),
    ("searxng", 429, "<title>429 Too Many Requests</title>", "wait"),
    ("serper", 429, {"message": "Rate limit exceeded", "statusCode": 429}, "wait"),
    # What passes.
    ("tavily", 500, {"detail": {"error": "Internal Server Error"}}, "again"),
    ("tavily", 502, "<html><h1>502 Bad Gateway</h1></html>", "again"),
    ("brave", 503, "", "again"),
    ("duckduckgo", 202, "", "again"),
    ("duckduckgo", 403, "<html>403 Forbidden</html>", "again"),
    # What may pass, and may have been paid for.
    ("dataforseo", 200, dataforseo(40101, "Internal SE Server Error."), "thrice"),
    ("dataforseo", 200, dataforseo(50000, "Internal Error."), "thrice"),
    ("firecrawl", 200, {"success": False, "error": "Search timed out"}, "thrice"),
    ("searxng", 200, {"error": "search error"}, "thrice"),
    ("serper", 200, '{"organic": [{"title": "A", "link": "https://a.org/', "thrice"),
    # About this query.
    ("tavily", 400, {"detail": {"error": "Query is too long. Max query length is 400"}}, "refused"),
    ("linkup", 400, linkup(400, "VALIDATION_ERROR", "Validation failed"), "refused"),
    ("brave", 422, brave("VALIDATION", "Unable to validate parameter q", 422), "refused"),
    ("nimble", 422, {"detail": "Value error"}, "refused"),
    # Nothing found.
    ("linkup", 400, linkup(400, "SEARCH_QUERY_NO_RESULT", "No result"), "nothing"),
    ("linkup", 400, {"message": "The query did not yield any result"}, "nothing"),
    ("dataforseo", 200, dataforseo(40102, "No Search Results."), "nothing"),
    ("searchapi", 200, {"error": "Google didn't return any results.", "x": []}, "nothing"),
    ("google_pse", 200, {"kind": "customsearch#search", "queries": {}}, "nothing"),
    ("brave", 200, {"type": "search", "query": {}, "mixed": {"main": []}}, "nothing"),
    ("serper", 200, {"searchParameters": {}, "organic": [], "credits": 1}, "nothing"),
    ("firecrawl", 200, {"success": True, "data": {}}, "nothing"),
    ("you_com", 200, {"results": {}, "metadata": {}}, "nothing"),
    ("exa_ai", 200, {"requestId": "x", "results": None}, "nothing"),
]


def sent(body: Any) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def name_of(value: Any) -> str:
    return value if isinstance(value, str) and len(value) < 12 else ""


@pytest.mark.parametrize(("wire", "status", "body", "becomes"), ANSWERS, ids=name_of)
def test_an_answer_without_results_becomes(
    wire: str, status: int, body: Any, becomes: str, provider: Provider
) -> None:
    provider.use(wire)
    provider.service.fail("", status, sent(body))
    if becomes == "nothing":
        assert search(SearchInput("tardigrades")).sources == []
        return
    error = failure()
    assert "Traceback" not in error.message and "{" not in error.message
    if becomes in (ADD, CORRECT, DO):
        assert error.type == "Held" and becomes in error.message, error.message
        return
    assert error.type != "Held", error.message
    assert error.non_retryable == (becomes == "refused"), error.message
    assert (wire in pace.slow_until) == (becomes == "wait")
    assert (error.next_retry_delay == timedelta(seconds=1)) == (becomes == "wait")


def test_there_is_an_answer_of_each_provider() -> None:
    assert {row[0] for row in ANSWERS} == set(WIRES)


@pytest.mark.parametrize(
    ("wire", "body"),
    [("serper", "{"), ("dataforseo", dataforseo(40101, "Internal SE Server Error."))],
)
def test_what_may_be_paid_for_each_time_is_tried_three_times(
    wire: str, body: Any, provider: Provider
) -> None:
    provider.use(wire)
    for attempt in (1, 2, 3):
        provider.service.fail("", 200, sent(body))
        assert failure(attempt=attempt).non_retryable == (attempt == 3)


def test_words_of_the_query_decide_nothing(provider: Provider) -> None:
    provider.use("tavily")
    query = "api key expired, credit balance and quota per day"
    provider.service.fail("", 400, sent({"detail": f"Bad query: {query}"}))
    assert failure(query).non_retryable


def test_a_keyless_account_that_is_used_up_needs_a_key(provider: Provider) -> None:
    provider.use("you_com", key="")
    body = {"detail": "Daily request limit for keyless access exceeded. Get an API key"}
    provider.service.fail("", 429, sent(body))
    error = failure()
    assert error.type == "Held" and "Put SEARCH_API_KEY=... in .env" in error.message


# --- One search a second -------------------------------------------------------------------------


def test_where_searches_come_too_fast_they_wait_for_their_turn(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.use("brave")
    monkeypatch.setattr("generator.research.search_wire.SPACING", 0.2)
    provider.service.fail("first", 429, sent(brave("RATE_LIMITED", "Request rate limit exceeded")))
    assert failure("first").next_retry_delay == timedelta(seconds=1)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(search, [SearchInput(f"query {n}") for n in range(4)])]
    assert all(result.sources for result in found)
    # Four take three pauses. When each of them arrives depends on the machine, too.
    assert time.monotonic() - began > 0.59


def test_whose_turn_is_far_off_comes_again(provider: Provider) -> None:
    provider.use("brave")
    pace.slow_down("brave")
    pace.next["brave"] = time.monotonic() + 60
    error = failure()
    assert error.type == "TooManySearches" and error.next_retry_delay
    assert not provider.service.queries


# --- SearXNG's engines ---------------------------------------------------------------------------

BLOCKED = [["brave", "Suspended: too many requests"], ["startpage", "Suspended: CAPTCHA"]]


def searxng(pages: int = 0, engines: Any = BLOCKED) -> bytes:
    body = WIRES["searxng"].answer("x", pages_on("x")[:pages])
    return sent(body | {"unresponsive_engines": engines})


@pytest.mark.parametrize(
    "engines", [BLOCKED, [["wikipedia", "暂停服务: 请求过于频繁"]], [["bing"]], ["google"]]
)
def test_engines_that_are_blocked_are_tried_again_and_then_held(
    engines: Any, provider: Provider
) -> None:
    provider.use("searxng")
    for attempt in (1, 2):
        provider.service.fail("", 200, searxng(engines=engines))
        assert failure(attempt=attempt).type == "EnginesBlocked"
    provider.service.fail("", 200, searxng(engines=engines))
    error = failure(attempt=3)
    assert error.type == "Held" and "settings.yml" in error.message
    told = engines[0] if isinstance(engines[0], list) else engines
    assert all(word in error.message for word in told)


def test_without_an_engine_that_is_not_missed_nothing_found_is_that(provider: Provider) -> None:
    provider.use("searxng")
    provider.service.fail("", 200, searxng(pages=3))
    assert len(search(SearchInput("one")).sources) == 3
    provider.service.fail("", 200, searxng())
    assert search(SearchInput("two")).sources == []
    provider.service.fail("", 200, searxng(engines=[*BLOCKED, ["google", "timeout"]]))
    assert failure().type == "EnginesBlocked"


@pytest.mark.parametrize("engines", [[], None, {}, 3])
def test_no_results_and_no_failure_is_nothing_found(engines: Any, provider: Provider) -> None:
    provider.use("searxng")
    provider.service.fail("", 200, searxng(engines=engines))
    assert search(SearchInput("tardigrades")).sources == []
