"""Web search: a query in, pages out, whatever the provider.

The providers and their settings are in `search_providers`, requests and answers in `search_wire`,
and what an answer without results means in `search_errors`.

In order: the search, and what its results are cut down to.
"""

import html
import json
import re
from pathlib import Path
from typing import Any

from generator.failures import held
from generator.harmless import printable, site_of, without_login
from generator.research.search_errors import failure_in, note_engines
from generator.research.search_providers import PROVIDERS, check_search
from generator.research.search_wire import ask, price, results
from generator.research.sources.outline import MAX_QUERY
from generator.research.sources.urls import direct
from generator.settings import setting
from models import SearchInput, SearchResult, Source

# Bytes of JSON for an excerpt. Twelve sections of sixteen excerpts, each of them once as a result
# and once in a prompt, are to stay well below the 2 MB that Temporal takes for a run.
MAX_SNIPPET = 2000
MAX_TITLE = 300  # characters
MAX_URL = 1000  # characters
DEMO_SOURCES = Path(__file__).parents[1] / "demo" / "deep" / "sources.json"


def search(input: SearchInput) -> SearchResult:
    """Search the web once. Without a SEARCH_PROVIDER there is nothing to find, and no provider.

    Raises:
        ApplicationError: held for what a person must mend (key, quota, address); non-retryable for
            a query that the provider refuses and for an answer that nobody can read; else
            retryable, after Retry-After if given.
    """
    if input.demo or setting("LLM_MODEL") == "demo":
        return _demo(input)
    name = setting("SEARCH_PROVIDER")
    if not name:
        return SearchResult()
    if problems := check_search():
        raise held(f"{problems[0]}, and restart the worker")
    answer = ask(name, _shortened(input.query), input.max_results)
    found = results(answer) if answer.status < 300 else None
    sources = [source for source in map(_cut, found or []) if source.url]
    if sources:
        note_engines(answer)
    elif failure := failure_in(answer, readable=found is not None):
        raise failure
    return SearchResult(
        sources[: input.max_results],  # SearXNG, for one, returns a page of them
        provider=PROVIDERS[name].name,
        cost=price(answer),
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


# ---- A result -----------------------------------------------------------------------------------

# Some providers mark the words of the query with HTML.
_TAG = re.compile(r"</?(?:b|strong|em|i|mark|span|br|wbr)\b[^<>]{0,200}>", re.IGNORECASE)
_ENTITY_SPACE = 8  # characters that an entity takes for one of text, or so


def _cut(result: Any) -> Source:
    """Return one result with its texts cut, and no address if a reader could not open it."""
    title, snippet, date = (
        _plain(getattr(result, name, None)) for name in ("title", "snippet", "date")
    )
    url = without_login(direct(str(getattr(result, "url", None) or "").strip()))
    is_one = re.fullmatch(r"https?://[^\s<>\"]+", url, re.IGNORECASE) and site_of(url)
    if not is_one or len(url) > MAX_URL:
        url = ""
    day = re.match(r"\d{4}-\d\d-\d\d", date)
    return Source(
        title=title[:MAX_TITLE],
        url=url,
        snippet=_at_most(snippet, MAX_SNIPPET),
        date=day[0] if day else date[:40],
    )


def _plain(text: Any) -> str:
    """Return a text as a reader sees it: no tags, no entities, no characters that control."""
    text = html.unescape(_TAG.sub("", str(text or "")[: MAX_SNIPPET * _ENTITY_SPACE]))
    return printable(" ".join(text.split()))


def _at_most(text: str, size: int) -> str:
    """Return the beginning of a text, at most `size` bytes as JSON, up to the end of a word."""
    text = text[:size]
    while len(json.dumps(text)) - 2 > size:
        shorter = text[: len(text) * size // (len(json.dumps(text)) - 2)]
        text = shorter if len(shorter) < len(text) else text[:-1]
    if text and len(text) >= 20:
        head = text.rpartition(" ")[0]
        return head if len(head) > len(text) * 0.8 and len(json.dumps(text)) > size - 20 else text
    return text
