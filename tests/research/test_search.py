"""Web search, against services on loopback that speak the providers' wires."""

import json
import os
import socket
import ssl
import threading
from datetime import timedelta

import pytest
import trustme
from support.llm_server import LLMServer
from support.search_servers import pages_on
from support.search_wires import WIRES
from support.searching import KEY, Provider, failure
from temporalio.exceptions import ApplicationError

from generator.research import search_wire
from generator.research.search import MAX_SNIPPET, search
from generator.research.search_providers import PROVIDERS, check_search
from models import SearchInput

# --- What is found -------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", WIRES)
def test_every_wire_brings_title_address_snippet_and_date(wire: str, provider: Provider) -> None:
    provider.use(wire)
    result = search(SearchInput("tardigrade tun", max_results=4))
    expected = pages_on("tardigrade tun")[:4]
    for page in expected:
        page["url"] = page["url"].removesuffix("?utm_source=test")
    assert [source.url for source in result.sources] == [page["url"] for page in expected]
    assert [source.title for source in result.sources] == [page["title"] for page in expected]
    assert [source.snippet for source in result.sources] == [page["snippet"] for page in expected]
    if WIRES[wire].has_date:
        assert result.sources[0].date == expected[0]["date"]
    assert result.provider == PROVIDERS[wire].name
    assert len(provider.service.queries) == 1


@pytest.mark.parametrize(
    ("wire", "cost"),
    [("searxng", 0.0), ("tavily", 0.008), ("exa_ai", 0.005), ("serper", 0.001), ("brave", None)],
)
def test_the_price_is_what_litellm_knows(wire: str, cost: float | None, provider: Provider) -> None:
    provider.use(wire)
    assert search(SearchInput("tardigrades")).cost == cost


def test_without_a_provider_nothing_is_asked(provider: Provider) -> None:
    assert search(SearchInput("tardigrades")).sources == []
    assert search(SearchInput("tardigrades")).provider == ""


def test_nothing_found_is_no_failure(provider: Provider) -> None:
    provider.use("searxng")
    provider.service.find = lambda text: []
    result = search(SearchInput("tardigrades"))
    assert (result.sources, result.provider) == ([], "SearXNG")


@pytest.mark.parametrize("wire", WIRES)
def test_null_fields_lose_no_other_result(wire: str, provider: Provider) -> None:
    provider.use(wire)
    provider.service.find = lambda text: [
        {"title": None, "url": "https://a.org/1", "snippet": None, "date": None},
        {"title": "No address", "url": None, "snippet": "x", "date": None},
        {"title": "B", "url": "https://b.org/2", "snippet": "y", "date": None},
    ]
    sources = search(SearchInput("tardigrades")).sources
    assert [(source.title, source.url) for source in sources] == [
        ("", "https://a.org/1"),
        ("B", "https://b.org/2"),
    ]


@pytest.mark.parametrize("words", ["word " * 5000, "слово " * 5000, "字" * 30_000, "🦥" * 9000])
def test_a_snippet_is_cut_to_what_a_history_can_hold(words: str, provider: Provider) -> None:
    provider.use("exa_ai")
    page = {"title": words, "url": "https://a.org", "snippet": words, "date": "2025-01-02"}
    provider.service.find = lambda text: [page]
    [source] = search(SearchInput("tardigrades")).sources
    assert MAX_SNIPPET * 0.9 < len(json.dumps(source.snippet)) <= MAX_SNIPPET + 2
    assert len(source.title) <= 300
    assert words.startswith(source.snippet)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://a.org",
        "https://a.org/a b",
        "/relative",
        "https://" + "a" * 2000,
        "https://[::1",
        "https://a℀b.example/",
    ],
)
def test_an_address_that_no_reader_can_open_is_no_source(url: str, provider: Provider) -> None:
    provider.use("searxng")
    provider.service.find = lambda text: [{"title": "A", "url": url, "snippet": "", "date": None}]
    assert search(SearchInput("tardigrades")).sources == []


def test_a_long_query_is_cut_after_a_word(provider: Provider) -> None:
    provider.use("tavily")
    assert search(SearchInput("tardigrade " * 100)).sources
    [query] = provider.service.queries
    assert 360 < len(query.text) <= 400 and query.text.endswith("tardigrade")


def test_the_key_goes_to_the_address_that_was_set_for_it(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.use("tavily")
    monkeypatch.setenv("SEARCH_API_KEY", "")
    monkeypatch.setenv("TAVILY_API_KEY", "own-key-0123456789")
    search(SearchInput("tardigrades"))
    assert provider.service.queries[0].headers["Authorization"] == "Bearer own-key-0123456789"


# --- What fails ----------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", ["tavily", "brave"])
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
def test_what_passes_is_tried_again(wire: str, status: int, provider: Provider) -> None:
    provider.use(wire)
    provider.service.fail("", status, Retry_After="7")
    error = failure()
    assert error.type != "Held" and not error.non_retryable
    assert len(provider.service.queries) == 1, "Temporal owns the retries"
    if status in (429, 503):
        assert error.next_retry_delay == timedelta(seconds=7)


@pytest.mark.parametrize("wire", WIRES)
def test_a_wrong_key_is_held_with_the_line_to_correct(wire: str, provider: Provider) -> None:
    provider.use(wire, key="wrong")
    if wire in ("searxng", "duckduckgo"):
        provider.service.fail("", 401)
    error = failure()
    if wire == "duckduckgo":  # which has no keys
        assert error.type == "SearchFailed" and not error.non_retryable
        return
    assert error.type == "Held" and error.next_retry_delay == timedelta(minutes=1)
    assert "SEARCH_API_KEY" in error.message


@pytest.mark.parametrize(
    ("wire", "status", "body"),
    [
        ("tavily", 432, b'{"detail": {"error": "This request exceeds your plan"}}'),
        ("tavily", 433, b'{"detail": {"error": "pay as you go limit"}}'),
        ("serper", 403, b'{"message": "Not enough credits"}'),
        ("exa_ai", 402, b'{"error": "You have exceeded your credits limit"}'),
        ("brave", 429, b'{"error": {"code": "QUOTA_LIMITED", "detail": "quota exceeded"}}'),
    ],
)
def test_a_quota_that_is_used_up_is_held(
    wire: str, status: int, body: bytes, provider: Provider
) -> None:
    provider.use(wire)
    provider.service.fail("", status, body)
    error = failure()
    assert error.type == "Held" and "quota" in error.message


def test_a_searxng_that_does_not_allow_json_says_where_to_allow_it(provider: Provider) -> None:
    provider.use("searxng")
    provider.service.fail("", 403, b"<html>Forbidden</html>")
    assert "settings.yml" in failure().message and "json" in failure_again(provider).message


def failure_again(provider: Provider) -> ApplicationError:
    provider.service.fail("", 403, b"<html>Forbidden</html>")
    return failure()


@pytest.mark.parametrize("wire", WIRES)
def test_a_page_instead_of_json_is_held(wire: str, provider: Provider) -> None:
    provider.use(wire)
    provider.service.fail("", 200, b"<!doctype html><title>Welcome</title>")
    error = failure()
    assert error.type == "Held" and "SEARCH_API_BASE" in error.message


def test_a_wrong_address_is_held(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.use("tavily")
    base = provider.service.base("tavily").replace("/tavily", "/elsewhere")
    monkeypatch.setenv("SEARCH_API_BASE", base)
    error = failure()
    assert error.type == "Held" and "SEARCH_API_BASE" in error.message


def test_a_server_without_tls_is_held(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.use("searxng")
    address = os.environ["SEARCH_API_BASE"].replace("http:", "https:")
    monkeypatch.setenv("SEARCH_API_BASE", address)
    assert "Put SEARCH_API_BASE=http://... in .env" in failure().message


def test_a_server_that_wants_tls_is_held(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.use("searxng")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with LLMServer(tls=tls) as server:  # it gets no further than the handshake
        monkeypatch.setenv("SEARCH_API_BASE", server.url.replace("https:", "http:"))
        error = failure()
    assert error.type == "Held" and "Put SEARCH_API_BASE=https://... in .env" in error.message


def test_a_proxy_that_wants_a_log_in_is_held(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.use("tavily")

    def refuse() -> None:
        connection, _ = proxy.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 407 Log in\r\nContent-Length: 0\r\n\r\n")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as proxy:
        threading.Thread(target=refuse).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("SEARCH_API_BASE", "https://search.invalid")
        search_wire._client.cache_clear()
        error = failure()
        search_wire._client.cache_clear()
    assert error.type == "Held" and "407 Log in. Correct the proxy in HTTPS_PROXY" in error.message


def test_a_query_that_is_refused_fails_for_good(provider: Provider) -> None:
    provider.use("tavily")
    provider.service.fail("", 400, b'{"detail": {"error": "Query is invalid."}}')
    assert failure().non_retryable


def test_a_service_that_is_down_is_tried_again(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.use("searxng")
    monkeypatch.setenv("SEARCH_API_BASE", "http://127.0.0.1:1")
    error = failure()
    assert error.type != "Held" and not error.non_retryable


def test_a_silent_service_is_given_up_also_by_get(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.research.search_wire.TIMEOUT", 0.5)
    provider.use("searxng")
    provider.service.latency = 3.0
    assert not failure().non_retryable
    assert provider.service.queries[0].done is None


def test_no_key_is_in_a_failure(provider: Provider) -> None:
    provider.use("serper")
    provider.service.fail("", 500, json.dumps({"message": f"bad key {KEY}"}).encode() * 2000)
    error = failure()
    assert KEY not in error.message and len(error.message) < 600


# --- What is checked before ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, ""),
        ({"SEARCH_PROVIDER": "tavily", "SEARCH_API_KEY": KEY}, ""),
        ({"SEARCH_PROVIDER": "tavily", "TAVILY_API_KEY": KEY}, ""),
        ({"SEARCH_PROVIDER": "searxng", "SEARCH_API_BASE": "http://localhost:8080"}, ""),
        ({"SEARCH_PROVIDER": "searxng", "SEARXNG_API_BASE": "http://localhost:8080"}, ""),
        ({"SEARCH_PROVIDER": "duckduckgo"}, ""),
        ({"SEARCH_PROVIDER": "you_com"}, ""),
        ({"SEARCH_PROVIDER": "dataforseo", "SEARCH_API_KEY": "me:secret"}, ""),
        (
            {"SEARCH_PROVIDER": "dataforseo", "SEARCH_API_KEY": KEY},
            "put SEARCH_API_KEY=login:password in .env",
        ),
        ({"SEARCH_PROVIDER": "tavily"}, "put SEARCH_API_KEY=... (or TAVILY_API_KEY) in .env"),
        ({"SEARCH_PROVIDER": "dataforseo"}, "put SEARCH_API_KEY=login:password in .env"),
        ({"SEARCH_PROVIDER": "searxng"}, "put SEARCH_API_BASE=http://localhost:8080"),
        ({"SEARCH_PROVIDER": "google"}, "put SEARCH_PROVIDER=tavily"),
        ({"SEARCH_PROVIDER": "agentcore"}, "put SEARCH_PROVIDER=tavily"),
        ({"SEARCH_API_KEY": KEY}, "put SEARCH_PROVIDER=tavily"),
        (
            {"SEARCH_PROVIDER": "google_pse", "SEARCH_API_KEY": KEY},
            "put GOOGLE_PSE_ENGINE_ID=... in .env",
        ),
        (
            {"SEARCH_PROVIDER": "searxng", "SEARCH_API_BASE": "localhost"},
            "put SEARCH_API_BASE=https://... in .env",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_the_line_to_put(
    settings: dict[str, str], line: str, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    problems = check_search()
    assert (not problems) if not line else (len(problems) == 1 and line in problems[0])
    if line and settings.get("SEARCH_PROVIDER"):
        assert failure().type == "Held", "and a run is held, should it come to that"


def test_every_provider_is_tried() -> None:
    assert set(WIRES) == set(PROVIDERS)
