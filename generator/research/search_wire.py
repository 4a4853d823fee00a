"""What goes to a search provider and what comes back, whatever the provider.

LiteLLM knows how each of them is asked and where its results stand; the request is sent here, and
its answer read here. LiteLLM's own way loses all results over an odd one, does not show the error
in an answer of status 200, and gives two of the providers no key.

In order: the request, its pace, the JSON of the answer, and the results in it.
"""

import functools
import json
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError

from generator.failures import held
from generator.harmless import encoding
from generator.llm.client import import_litellm
from generator.llm.errors import chain, of_tls, refused_by_proxy
from generator.research.search_providers import PROVIDERS, key_of
from generator.settings import public, setting

TIMEOUT = 30.0  # seconds for a whole answer
MAX_BODY = 20_000_000  # bytes; Firecrawl and Exa send whole pages
MAX_REDIRECTS = 3
SPACING = 1.1  # seconds between two searches, where a provider takes one a second
LONGEST_WAIT = 30.0  # seconds for one's turn


class Answer(NamedTuple):
    """What a provider answered to a query."""

    name: str  # the provider's, as LiteLLM has it
    query: str
    status: int
    headers: Mapping[str, str]
    text: str  # the body
    body: Any  # its JSON; None: it has none
    parse: Any  # the body in a response -> LiteLLM's SearchResponse
    options: dict[str, Any]  # what the price may depend on


def ask(name: str, query: str, max_results: int) -> Answer:
    """Send a query to a provider.

    Raises:
        ApplicationError: held where the settings are wrong; retryable where nothing came back.
        CancelledError: the run was cancelled before it was this query's turn.
    """
    import httpx

    import_litellm()
    from litellm.types.utils import SearchProviders
    from litellm.utils import ProviderConfigManager

    form: Any = ProviderConfigManager.get_provider_search_config(SearchProviders(name))
    options: dict[str, Any] = {"max_results": max_results}
    key, base = key_of(name) or None, setting("SEARCH_API_BASE") or None
    try:
        headers = form.validate_environment(headers={}, api_key=key, api_base=base)
        data = form.transform_search_request(query, options, api_key=key, api_base=base)
        url = form.get_complete_url(base, options, data=data, api_key=key)
    except ValueError as error:
        raise held(f"{public(str(error))}. Correct it in .env and restart the worker") from None
    method = form.get_http_method()
    content = json.dumps(data).encode() if method == "POST" else None
    pace.wait_for_turn(name)
    try:
        response = _send(method, url, headers, content)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise held(f"{_at(url)} is no address. Correct SEARCH_API_BASE in .env") from None
    except httpx.HTTPError as error:
        if remedy := of_tls([*chain(error)], "SEARCH_API_BASE", url):
            raise held(f"{_at(url)} {remedy}") from None
        why = public(str(error)) or type(error).__name__
        if isinstance(error, httpx.ProxyError) and why.startswith("4"):  # its status
            raise refused_by_proxy(_at(url), why) from None
        raise ApplicationError(
            f"The web search with {PROVIDERS[name].name} failed: no answer from {_at(url)} ({why})",
            type=type(error).__name__,
        ) from None
    usage = SimpleNamespace(optional_params=options)  # where LiteLLM puts what it learns of a price

    def parse(body: Any) -> Any:
        again = httpx.Response(200, json=body, request=response.request)
        return form.transform_search_response(again, usage, optional_params=options)

    text, body = _read(response.content, encoding(response.charset_encoding))
    return Answer(
        name,
        query,
        response.status_code,
        response.headers,
        text,
        body,
        parse,
        usage.optional_params,
    )


def _send(method: str, url: str, headers: dict[str, str], content: bytes | None) -> Any:
    """Send the request, again where its own host redirects it: the key goes to no other."""
    import httpx

    host, deadline = urlsplit(url).hostname, time.monotonic() + TIMEOUT
    for _ in range(MAX_REDIRECTS + 1):
        with _client().stream(
            method, url, headers=headers, content=content, timeout=TIMEOUT
        ) as response:
            received = bytearray()
            for part in response.iter_bytes():
                received += part
                if len(received) > MAX_BODY:
                    raise httpx.ReadError(f"more than {MAX_BODY} bytes")
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout(f"the answer took more than {TIMEOUT:.0f} s")
        if not response.has_redirect_location:
            plain = {k: v for k, v in response.headers.items() if k != "content-encoding"}
            return httpx.Response(
                response.status_code,
                headers=plain,
                content=bytes(received),
                request=response.request,
            )
        old, url = url, urljoin(url, response.headers["location"])
        unsafe = old.startswith("https:") and not url.startswith("https:")
        if urlsplit(url).hostname != host or unsafe:
            raise held(
                f"{_at(old)} redirects to {_at(url)}, which does not get the key. Correct"
                " SEARCH_API_BASE in .env and restart the worker"
            )
    raise httpx.TooManyRedirects(f"more than {MAX_REDIRECTS} redirects")


@functools.cache
def _client() -> Any:
    """Return the connections of this process: to make one anew takes longer than many a search."""
    import httpx

    return httpx.Client(follow_redirects=False)


def _at(url: str) -> str:
    """Return where an address leads, without what is secret in it."""
    return urlsplit(url).netloc.rpartition("@")[2] or "SEARCH_API_BASE"


class Pace:
    """One search a second, for a minute after a provider has said that they come too fast.

    Brave, for one, takes no more on its free plan, and a report asks eight at a time.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.slow_until: dict[str, float] = {}
        self.next: dict[str, float] = {}  # when the next search may begin

    def slow_down(self, name: str) -> None:
        self.slow_until[name] = time.monotonic() + 60

    def wait_for_turn(self, name: str) -> None:
        with self.lock:
            now = time.monotonic()
            if now > self.slow_until.get(name, 0.0):
                return
            turn = max(now, self.next.get(name, 0.0))
            if turn - now > LONGEST_WAIT:
                raise ApplicationError(
                    f"{PROVIDERS[name].name} takes one search a second, and others wait already",
                    type="TooManySearches",
                    next_retry_delay=timedelta(seconds=LONGEST_WAIT),
                )
            self.next[name] = turn + SPACING
        time.sleep(turn - now)
        if activity.in_activity() and activity.is_cancelled():
            raise CancelledError("Cancelled before it was asked")


pace = Pace()


# ---- The answer ----------------------------------------------------------------------------------


def _read(content: bytes, charset: str) -> tuple[str, Any]:
    """Return a body as text and as JSON: UTF-8, or what it says it is, or the Web's default."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(charset or "cp1252", "replace")
    try:
        return text, json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return text, None


# Where a result has its address, by any provider.
_ADDRESSES = ("url", "link", "FirstURL")
# The numbers that LiteLLM reads as such; all others in a result are text.
_NUMBERS = ("status_code", "count")
# One of these holds the results in every answer of one, even if there are none.
_HOLDERS = ("results", "data", "organic", "organic_results", "items", "tasks", "web", "kind")


def results(answer: Answer) -> list[Any] | None:
    """Return the results of an answer, those of them that can be read; None if none can.

    They have `title`, `url`, `snippet` and `date`, each of them text or missing.
    """
    if not _holds_results(answer.body):
        return None
    body = _tidied(answer.body)
    try:
        return list(answer.parse(body).results)
    except Exception:  # whatever an odd result does to LiteLLM's code for it
        pass
    found: list[Any] = []
    single = [*_each_result(body)]
    for result in single:
        try:
            found += answer.parse(_with_only(result, body)).results
        except Exception:
            continue  # this one cannot be read
    return found or None


def _holds_results(body: Any) -> bool:
    """Tell whether this is an answer with results, if only none of them, and not something else."""
    return isinstance(body, dict) and (any(name in body for name in _HOLDERS) or _has_list(body))


def _has_list(body: dict[str, Any]) -> bool:
    parts = body.values()
    return any(isinstance(v, list) or (isinstance(v, dict) and _has_list(v)) for v in parts)


def _tidied(value: Any, name: str = "", in_list: bool = False) -> Any:
    """Return JSON without nulls, with numbers as text, and with no list of objects and others."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # no half of a character
    if isinstance(value, dict):
        return {k: _tidied(v, k, in_list) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, dict)]
        return [_tidied(item, name, True) for item in objects or value if item is not None]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and in_list and name not in _NUMBERS else value


def _each_result(value: Any) -> Iterator[Any]:
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            if _is_result(item) and isinstance(value, list):
                yield item
            yield from _each_result(item)


def _is_result(item: Any) -> bool:
    return isinstance(item, dict) and any(name in item for name in _ADDRESSES)


def _with_only(result: Any, value: Any) -> Any:
    """Return the body of an answer with this one of its results."""
    if isinstance(value, dict):
        return {name: _with_only(result, each) for name, each in value.items()}
    if isinstance(value, list):
        kept = [each for each in value if each is result or not _is_result(each)]
        return [_with_only(result, each) for each in kept]
    return value


def price(answer: Answer) -> float | None:
    """Return what a search cost in US dollars, None if LiteLLM does not know."""
    from litellm.search.cost_calculator import search_provider_cost_per_query

    if answer.name in ("searxng", "duckduckgo"):
        return 0.0
    try:
        return float(
            search_provider_cost_per_query(
                f"{answer.name}/search", answer.name, optional_params=answer.options
            )[0]
        )
    except Exception:  # LiteLLM's way to say that it does not know the provider's price
        return None
