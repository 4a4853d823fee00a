"""The wires of the search providers: where each is asked, with what, and what it answers."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Page = dict[str, Any]  # title, url, snippet, date


@dataclass
class Wire:
    """One provider's way."""

    base: str  # what SEARCH_API_BASE ends in
    key: str  # "header", "header prefix" or "?parameter" that carries the key, "" if none does
    query: str  # the parameter or field with the words
    limit: str  # and with the number of results, "" if there is none
    answer: Callable[[str, list[Page]], Any]
    method: str = "POST"
    ending: str = ""  # of the path, behind the base
    key_is: Callable[[str], str] = str  # how the key is written there
    has_date: bool = True

    @property
    def path(self) -> str:
        return self.base + self.ending

    def refuses(
        self, method: str, headers: dict[str, str], asked: dict[str, Any], text: str
    ) -> int:
        """Return the status of the real service for a wrong request, 0 for a right one."""
        given = {name.lower(): value for name, value in headers.items()}
        if self.key.startswith("?"):
            key = str(asked.get(self.key[1:], ""))
        else:
            header, _, prefix = self.key.partition(" ")
            key = given.get(header.lower(), "").removeprefix(f"{prefix} ") if header else "none"
        if method != self.method:
            return 405
        if not key or key in ("wrong", self.key_is("wrong:wrong")):
            return 401
        if self.base == "/tavily" and len(text) > 400:
            return 400
        if self.base == "/searxng" and asked.get("format") != "json":
            return 403
        if self.base == "/customsearch/v1" and asked.get("cx") != "engine":
            return 400
        return 0


def _listed(
    title: str = "title",
    url: str = "url",
    snippet: str = "snippet",
    date: str = "date",
    tail: str = "",
) -> Callable[[list[Page]], list[dict[str, Any]]]:
    """Return the way to list pages under these names of theirs; `tail` goes behind each date."""

    def listed(pages: list[Page]) -> list[dict[str, Any]]:
        return [
            {title: page["title"], url: page["url"], snippet: page["snippet"]}
            | ({date: page["date"] and f"{page['date']}{tail}"} if date else {})
            for page in pages
        ]

    return listed


_plain = _listed()
_described = _listed(snippet="description", date="")

WIRES = {
    "searxng": Wire(
        "/searxng",
        "",
        "q",
        "",
        lambda text, pages: {
            "query": text,
            "number_of_results": 0,
            "results": _listed(snippet="content", date="publishedDate")(pages),
            "answers": [],
            "unresponsive_engines": [],
        },
        method="GET",
        ending="/search",
    ),
    "tavily": Wire(
        "/tavily",
        "Authorization Bearer",
        "query",
        "max_results",
        lambda text, pages: {
            "query": text,
            "answer": None,
            "images": [],
            "results": _listed(snippet="content", date="")(pages),
            "response_time": 0.1,
        },
        ending="/search",
        has_date=False,
    ),
    "brave": Wire(
        "/brave/res/v1/web/search",
        "X-Subscription-Token",
        "q",
        "count",
        lambda text, pages: {
            "type": "search",
            "query": {"original": text},
            "web": {
                "type": "search",
                "results": _listed(snippet="description", date="page_age", tail="T00:00:00")(pages),
            },
        },
        method="GET",
    ),
    "exa_ai": Wire(
        "/exa",
        "x-api-key",
        "query",
        "numResults",
        lambda text, pages: {
            "requestId": "test",
            "results": _listed(snippet="text", date="publishedDate", tail="T00:00:00.000Z")(pages),
        },
        ending="/search",
    ),
    "serper": Wire(
        "/serper",
        "X-API-KEY",
        "q",
        "num",
        lambda text, pages: {
            "searchParameters": {"q": text, "type": "search"},
            "organic": _listed(url="link")(pages),
        },
        ending="/search",
    ),
    "searchapi": Wire(
        "/api/v1/search",
        "?api_key",
        "q",
        "num",
        lambda text, pages: {
            "search_metadata": {"status": "Success"},
            "search_parameters": {"engine": "google", "q": text},
            "organic_results": _listed(url="link")(pages),
        },
        method="GET",
    ),
    "perplexity": Wire(
        "/perplexity",
        "Authorization Bearer",
        "query",
        "max_results",
        lambda text, pages: {"id": "test", "results": _plain(pages)},
        ending="/search",
    ),
    "parallel_ai": Wire(
        "/parallel",
        "x-api-key",
        "objective",
        "",
        lambda text, pages: {
            "search_id": "test",
            "results": [
                {
                    "title": page["title"],
                    "url": page["url"],
                    "excerpts": [page["snippet"]],
                    "publish_date": page["date"],
                }
                for page in pages
            ],
            "warnings": None,
            "usage": [{"name": "sku_search", "count": 1}],
        },
        ending="/v1/search",
    ),
    "google_pse": Wire(
        "/customsearch/v1",
        "?key",
        "q",
        "num",
        lambda text, pages: (
            {
                "kind": "customsearch#search",
                "queries": {"request": [{"searchTerms": text}]},
                "searchInformation": {"totalResults": str(len(pages))},
            }
            | ({"items": _listed(url="link", date="")(pages)} if pages else {})
        ),
        method="GET",
        has_date=False,
    ),
    "dataforseo": Wire(
        "/v3/serp/google/organic/live/advanced",
        "Authorization Basic",
        "keyword",
        "depth",
        lambda text, pages: {
            "status_code": 20000,
            "status_message": "Ok.",
            "cost": 0.002,
            "tasks": [
                {
                    "status_code": 20000,
                    "status_message": "Ok.",
                    "result": [
                        {
                            "keyword": text,
                            "items": [
                                {"type": "organic", "rank_group": number} | item
                                for number, item in enumerate(_described(pages), 1)
                            ],
                        }
                    ],
                }
            ],
        },
        key_is=lambda key: base64.b64encode(key.encode()).decode(),
        has_date=False,
    ),
    "firecrawl": Wire(
        "/firecrawl/v2",
        "Authorization Bearer",
        "query",
        "limit",
        lambda text, pages: {"success": True, "data": {"web": _described(pages)}},
        ending="/search",
        has_date=False,
    ),
    "fastcrw": Wire(
        "/fastcrw/v1",
        "Authorization Bearer",
        "query",
        "limit",
        lambda text, pages: {"success": True, "data": _described(pages)},
        ending="/search",
        has_date=False,
    ),
    "linkup": Wire(
        "/linkup/v1",
        "Authorization Bearer",
        "q",
        "maxResults",
        lambda text, pages: {
            "results": [
                {"type": "text"} | item
                for item in _listed(title="name", snippet="content", date="")(pages)
            ]
        },
        ending="/search",
        has_date=False,
    ),
    "apiserpent": Wire(
        "/apiserpent",
        "X-API-Key",
        "q",
        "num",
        lambda text, pages: {"success": True, "results": {"organic": _plain(pages)}},
        method="GET",
        ending="/api/search/quick",
    ),
    "tinyfish": Wire(
        "/tinyfish",
        "X-API-Key",
        "query",
        "",
        lambda text, pages: {"query": text, "results": _plain(pages), "total_results": len(pages)},
        method="GET",
    ),
    "nimble": Wire(
        "/nimble/v2",
        "Authorization Bearer",
        "query",
        "max_results",
        lambda text, pages: {
            "results": [
                {
                    "title": page["title"],
                    "url": page["url"],
                    "description": page["snippet"],
                    "additional_data": {"publish_date": page["date"]},
                }
                for page in pages
            ]
        },
        ending="/search",
    ),
    "you_com": Wire(
        "/you",
        "X-API-Key",
        "query",
        "count",
        lambda text, pages: {
            "results": {
                "web": [
                    {
                        "title": page["title"],
                        "url": page["url"],
                        "description": "short",
                        "snippets": [page["snippet"]],
                        "page_age": page["date"] and f"{page['date']}T00:00:00",
                    }
                    for page in pages
                ]
            },
            "metadata": {"query": text},
        },
        ending="/v1/search",
    ),
    "duckduckgo": Wire(
        "/duckduckgo",
        "",
        "q",
        "_max_results",
        lambda text, pages: {
            "Heading": text,
            "AbstractURL": "",
            "AbstractText": "",
            "RelatedTopics": [
                {
                    "FirstURL": page["url"],
                    "Text": f"{page['title'] or ''} - {page['snippet'] or ''}",
                }
                for page in pages
            ],
            "Results": [],
        },
        method="GET",
        ending="/",
        has_date=False,
    ),
}
