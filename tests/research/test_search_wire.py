"""What comes back from a search provider and is odd, and where its key goes."""

import json
from typing import Any

import pytest
from support.search_wires import WIRES, Page
from support.searching import KEY, Provider, failure

from generator.research.search import search
from models import SearchInput

GOOD = {"title": "Good", "url": "https://good.org/1", "content": "Text"}


def sent(body: Any) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode()


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "a string",
        7,
        {"title": 2024, "url": "https://year.org/1", "content": 1.5},
        {"title": {"text": "x"}, "url": "https://odd.org/1"},
        {"title": ["x"], "url": "https://odd.org/1", "content": {}},
        {"title": "x", "url": 12, "content": None},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("wire", ["searxng", "tavily", "exa_ai", "tinyfish", "nimble"])
def test_an_odd_result_loses_no_other(wire: str, odd: Any, provider: Provider) -> None:
    provider.use(wire)
    good = GOOD | {"snippet": "Text", "text": "Text"}
    provider.service.fail("", 200, sent({"results": [good, odd, good | {"url": "https://b.org"}]}))
    urls = [source.url for source in search(SearchInput("tardigrades")).sources]
    assert "https://good.org/1" in urls and "https://b.org" in urls
    assert ("https://year.org/1" in urls) == ("year" in str(odd))


@pytest.mark.parametrize("wire", WIRES)
def test_of_any_wire_the_readable_results_are_read(wire: str, provider: Provider) -> None:
    """A list in place of a title breaks LiteLLM's reading of all of them."""
    provider.use(wire)
    pages: list[Page] = [
        {"title": "A", "url": "https://a.org/1", "snippet": "x", "date": None},
        {"title": ["odd"], "url": "https://odd.org/1", "snippet": ["y"], "date": ["z"]},
        {"title": "B", "url": "https://b.org/2", "snippet": "y", "date": None},
    ]
    provider.service.fail("", 200, sent(WIRES[wire].answer("tardigrades", pages)))
    urls = [source.url for source in search(SearchInput("tardigrades")).sources]
    assert {"https://a.org/1", "https://b.org/2"} <= set(urls)


@pytest.mark.parametrize(
    "body", [{"results": "none"}, {"results": ["a", "b"]}, [GOOD], {"status": "up"}, "7", "[]"]
)
def test_what_cannot_be_read_at_all_is_asked_for_once(body: Any, provider: Provider) -> None:
    provider.use("searxng")
    provider.service.fail("", 200, sent(body))
    error = failure()
    assert error.type == "UnreadableResults" and error.non_retryable
    assert "cannot be read" in error.message


def test_what_is_nested_beyond_reading_comes_to_an_end(provider: Provider) -> None:
    provider.use("searxng")
    provider.service.fail("", 200, b'{"results": ' + b"[" * 200_000)
    assert failure(attempt=3).non_retryable


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [
        ("utf-8-sig", "application/json"),
        ("utf-8", "application/json; charset=iso-8859-1"),
        ("cp1252", "application/json"),
        ("iso-8859-1", "application/json; charset=iso-8859-1"),
        ("cp1252", "application/json; charset=no-such"),
        ("cp1252", "application/json; charset=undefined"),
    ],
)
def test_another_encoding_is_read(encoding: str, kind: str, provider: Provider) -> None:
    provider.use("searxng")
    body = json.dumps({"results": [GOOD | {"title": "Bärtierchen"}]}, ensure_ascii=False)
    provider.service.fail("", 200, body.encode(encoding), Content_Type=kind)
    assert search(SearchInput("tardigrades")).sources[0].title == "Bärtierchen"


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("Caf&eacute; &#39;n&#x27; &quot;tea&quot; &amp; more", "Café 'n' \"tea\" & more"),
        ("<strong>Bold</strong> &lt;b&gt; <em class='x'>it</em>", "Bold <b> it"),
        ("1 < 2 and <unknown>", "1 < 2 and <unknown>"),
        ("a\u202eb\x1b[31mc\u0085d", "ab[31mc d"),
        ("half \ud83e of one", "half ? of one"),
    ],
)
def test_texts_are_as_a_reader_sees_them(told: str, read: str, provider: Provider) -> None:
    provider.use("searxng")
    provider.service.fail("", 200, sent({"results": [GOOD | {"title": told, "content": told}]}))
    [source] = search(SearchInput("tardigrades")).sources
    assert (source.title, source.snippet) == (read, read)


# --- Where the key goes --------------------------------------------------------------------------


@pytest.mark.parametrize("wire", ["searxng", "tavily", "google_pse"])
def test_a_redirect_to_another_host_gets_no_key(wire: str, provider: Provider) -> None:
    provider.use(wire)
    elsewhere = provider.service.base(wire).replace("127.0.0.1", "localhost")
    provider.service.fail("", 302, b"", Location=elsewhere)
    error = failure()
    assert error.type == "Held" and "does not get the key" in error.message
    assert KEY not in error.message and len(provider.service.queries) == 1


@pytest.mark.parametrize("wire", ["searxng", "tavily"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_within_the_host_is_followed(wire: str, status: int, provider: Provider) -> None:
    provider.use(wire)
    provider.service.fail("", status, b"", Location=WIRES[wire].path + "?q=x&format=json")
    assert search(SearchInput("tardigrades")).sources
    first, second = provider.service.queries
    assert first.method == second.method


def test_redirects_without_end_are_no_answer(provider: Provider) -> None:
    provider.use("searxng")
    for _ in range(9):
        provider.service.fail("", 302, b"", Location=WIRES["searxng"].path + "?q=x&format=json")
    error = failure("x")
    assert error.type == "TooManyRedirects" and not error.non_retryable


def test_an_answer_without_end_is_given_up(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.use("searxng")
    monkeypatch.setattr("generator.research.search_wire.MAX_BODY", 1000)
    provider.service.fail("", 200, b" " * 5000)
    assert failure().type == "ReadError"


def test_a_key_in_the_address_of_a_request_is_in_no_failure(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.use("google_pse")
    monkeypatch.setenv("SEARCH_API_BASE", "http://user:hidden@127.0.0.1:1/customsearch/v1")
    error = failure()
    assert KEY not in error.message and "hidden" not in error.message
