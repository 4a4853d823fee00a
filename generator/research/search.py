"""Web search through LiteLLM: a query in, pages out, whatever the provider.

In order: the settings and their check, the search itself, what its results are cut down to, and
what its errors mean.
"""

import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from temporalio.exceptions import ApplicationError

from generator.failures import held
from generator.llm.client import import_litellm
from generator.llm.errors import retry_after
from generator.research.sources.outline import MAX_QUERY
from generator.settings import public, setting
from models import SearchInput, SearchResult, Source

TIMEOUT = 30.0  # seconds
# Bytes of JSON for an excerpt. Twelve sections of sixteen excerpts, each of them once as a result
# and once in a prompt, are to stay well below the 2 MB that Temporal takes for a run.
MAX_SNIPPET = 2000
MAX_TITLE = 300  # characters
MAX_URL = 1000  # characters
DEMO_SOURCES = Path(__file__).parents[1] / "demo" / "deep" / "sources.json"


class Provider(NamedTuple):
    """What a search provider needs, beside SEARCH_API_KEY and SEARCH_API_BASE."""

    name: str  # as a reader knows it
    keys: tuple[str, ...] = ()  # the provider's own variables: one of them is enough
    needs_key: bool = True
    needs_base: bool = False
    base: str = ""  # the provider's own variable for its address


# LiteLLM's names. Those that are left out, agentcore and bing_grounding, need a cloud account.
PROVIDERS = {
    "tavily": Provider("Tavily", ("TAVILY_API_KEY",)),
    "brave": Provider("Brave Search", ("BRAVE_API_KEY",)),
    "exa_ai": Provider("Exa", ("EXA_API_KEY",)),
    "serper": Provider("Serper (Google)", ("SERPER_API_KEY",)),
    "searchapi": Provider("SearchAPI (Google)", ("SEARCHAPI_API_KEY",)),
    "perplexity": Provider("Perplexity", ("PERPLEXITYAI_API_KEY",)),
    "parallel_ai": Provider("Parallel", ("PARALLEL_AI_API_KEY", "PARALLEL_API_KEY")),
    "google_pse": Provider("Google Programmable Search", ("GOOGLE_PSE_API_KEY",)),
    "dataforseo": Provider("DataForSEO", ()),
    "firecrawl": Provider("Firecrawl", ("FIRECRAWL_API_KEY",)),
    "fastcrw": Provider("fastCRW", ("CRW_API_KEY",)),
    "linkup": Provider("Linkup", ("LINKUP_API_KEY",)),
    "apiserpent": Provider("APISerpent", ("APISERPENT_API_KEY",)),
    "tinyfish": Provider("TinyFish", ("TINYFISH_API_KEY",)),
    "nimble": Provider("Nimble", ("NIMBLE_API_KEY",)),
    "you_com": Provider("You.com", ("YOUCOM_API_KEY",), needs_key=False),
    "searxng": Provider(
        "SearXNG", ("SEARXNG_API_KEY",), needs_key=False, needs_base=True, base="SEARXNG_API_BASE"
    ),
    "duckduckgo": Provider("DuckDuckGo instant answers", needs_key=False),
}


def check_search() -> list[str]:
    """Return what is wrong with the SEARCH_* settings: a line each, with what to put in .env."""
    name, base = setting("SEARCH_PROVIDER"), setting("SEARCH_API_BASE")
    if not name:
        without = [other for other in ("SEARCH_API_KEY", "SEARCH_API_BASE") if setting(other)]
        return [
            f"{other} is set without a SEARCH_PROVIDER: put SEARCH_PROVIDER=tavily, or another of"
            f" {', '.join(PROVIDERS)}, in .env"
            for other in without
        ]
    provider = PROVIDERS.get(name)
    if not provider:
        return [
            f"SEARCH_PROVIDER={name} is not known: put SEARCH_PROVIDER=tavily, or another of"
            f" {', '.join(PROVIDERS)}, in .env"
        ]
    problems = []
    if base and not re.match("https?://.", base):
        problems.append(
            f"SEARCH_API_BASE={base} is not a URL: put SEARCH_API_BASE=https://... in .env"
        )
    elif provider.needs_base and not (base or _own(provider.base)):
        problems.append(
            f"{provider.name} has no address: put SEARCH_API_BASE=http://localhost:8080, or where"
            " yours is, in .env"
        )
    if provider.needs_key and not _key(name):
        own = f" (or {', '.join(provider.keys)})" if provider.keys else ""
        problems.append(
            f"No key for {provider.name}: put SEARCH_API_KEY=...{own} in .env"
            if name != "dataforseo"
            else "No log-in for DataForSEO: put SEARCH_API_KEY=login:password in .env"
        )
    if name == "google_pse" and not _own("GOOGLE_PSE_ENGINE_ID"):
        problems.append(
            "Google Programmable Search has no engine: put GOOGLE_PSE_ENGINE_ID=... in .env"
        )
    return problems


def _key(name: str) -> str:
    if given := setting("SEARCH_API_KEY"):
        return given
    if name == "dataforseo":
        login, password = _own("DATAFORSEO_LOGIN"), _own("DATAFORSEO_PASSWORD")
        return f"{login}:{password}" if login and password else ""
    return next(filter(None, map(_own, PROVIDERS[name].keys)), "")


def _own(variable: str) -> str:
    """Return a variable that is the provider's and not a setting of this program."""
    return os.environ.get(variable, "").strip()


def search(input: SearchInput) -> SearchResult:
    """Search the web once. Without a SEARCH_PROVIDER there is nothing to find, and no provider.

    Raises:
        ApplicationError: held for what a person must mend (key, quota, address); non-retryable
            for a query that the provider refuses; else retryable, after Retry-After if given.
    """
    if input.demo or setting("LLM_MODEL") == "demo":
        return _demo(input)
    name = setting("SEARCH_PROVIDER")
    if not name:
        return SearchResult()
    if problems := check_search():
        raise held(f"{problems[0]}, and restart the worker")
    litellm = import_litellm()
    _accept_null_fields()
    litellm.request_timeout = TIMEOUT  # the argument counts for POST only
    try:
        response = litellm.search(
            query=_shortened(input.query),
            search_provider=name,
            max_results=input.max_results,
            # A key of the environment would not be sent to an address given as an argument.
            api_key=_key(name) or None,
            api_base=setting("SEARCH_API_BASE") or None,
            timeout=TIMEOUT,
        )
    except Exception as error:
        raise _explained(error) from None
    found = [_cut(result) for result in response.results]
    usable = [source for source in found if source.url]
    cost = response.hidden_params.get("response_cost")
    return SearchResult(
        usable[: input.max_results],  # SearXNG, for one, returns a page of them
        provider=PROVIDERS[name].name,
        cost=0.0 if name in ("searxng", "duckduckgo") else cost,
    )


def _demo(input: SearchInput) -> SearchResult:
    """Return the sources of the bundled sample; another query finds all of them."""
    samples: dict[str, list[dict[str, str]]] = json.loads(DEMO_SOURCES.read_text(encoding="utf-8"))
    found = samples.get(input.query) or [page for pages in samples.values() for page in pages]
    return SearchResult([Source(**page) for page in found], provider="demo")


def _shortened(query: str) -> str:
    query = " ".join(query.split())
    if len(query) <= MAX_QUERY:
        return query
    return query[: MAX_QUERY + 1].rpartition(" ")[0] or query[:MAX_QUERY]


def _accept_null_fields() -> None:
    """Let LiteLLM's model of a result have a null: else one such field loses all the results."""
    from litellm.llms.base_llm.search import transformation

    fields = transformation.SearchResult.model_fields
    if fields["title"].annotation is not str:
        return
    for name in ("title", "url", "snippet"):
        fields[name].annotation = str | None
    transformation.SearchResult.model_rebuild(force=True)
    transformation.SearchResponse.model_rebuild(force=True)


def _cut(result: Any) -> Source:
    """Return one result with its texts cut, and no address if a reader could not open it."""
    title, url, snippet, date = (
        " ".join(str(getattr(result, name, None) or "").split())
        for name in ("title", "url", "snippet", "date")
    )
    # Some providers mark the words of the query with HTML.
    title, snippet = (re.sub(r"</?(?:b|strong|em|mark)>", "", text) for text in (title, snippet))
    if not re.fullmatch(r"https?://[^\s<>\"]+", url, re.IGNORECASE) or len(url) > MAX_URL:
        url = ""
    day = re.match(r"\d{4}-\d\d-\d\d", date)
    return Source(
        title=title[:MAX_TITLE],
        url=url,
        snippet=_at_most(snippet, MAX_SNIPPET),
        date=day[0] if day else date[:40],
    )


def _at_most(text: str, size: int) -> str:
    """Return the beginning of a text, at most `size` bytes as JSON, up to the end of a word."""
    text = text[:size]
    text = text.encode("utf-8", "replace").decode()  # no half of a character
    while len(json.dumps(text)) - 2 > size:
        shorter = text[: len(text) * size // (len(json.dumps(text)) - 2)]
        text = shorter if len(shorter) < len(text) else text[:-1]
    if text and len(text) >= 20:
        head = text.rpartition(" ")[0]
        return head if len(head) > len(text) * 0.8 and len(json.dumps(text)) > size - 20 else text
    return text


def _explained(error: Exception) -> ApplicationError:
    """Turn an error of LiteLLM into one that says what to do; the HTTP status decides."""
    name = setting("SEARCH_PROVIDER")
    status = int(getattr(error, "status_code", None) or 500)
    kind, text = type(error).__name__, str(error)
    said = public(text)
    message = f"The web search with {PROVIDERS[name].name} failed (status {status}): {said}".rstrip(
        "."
    )
    headers = getattr(error, "litellm_response_headers", None) or getattr(error, "headers", None)
    # LiteLLM has no status of its own for what is no JSON, and none for a provider's made-up ones.
    if "Expecting value" in text or "JSONDecodeError" in text:
        return held(
            f"What answered the web search is no {PROVIDERS[name].name}: it sent no JSON."
            " Correct SEARCH_API_BASE in .env and restart the worker"
        )
    used_up = status in (402, 432, 433) or (
        status in (403, 429)
        and re.search(r"quota|credit|usage limit|plan limit|out of|insufficient", text, re.I)
    )
    if used_up:
        return held(f"{message}. Add to the account of SEARCH_API_KEY, whose quota is used up")
    if status == 403 and name == "searxng":
        return held(
            f"{message}. Allow JSON in the settings.yml of your SearXNG: search: formats:"
            " [html, json]"
        )
    if status in (401, 403):
        return held(f"{message}. Correct SEARCH_API_KEY in .env and restart the worker")
    if status in (404, 405):
        return held(f"{message}. Correct SEARCH_API_BASE in .env and restart the worker")
    final = 400 <= status < 500 and status not in (408, 409, 425, 429)
    return ApplicationError(
        message, type=kind, non_retryable=final, next_retry_delay=retry_after(headers or {})
    )
