"""One page of a site on loopback: sizes, times, compression, redirects, robots.txt."""

import gzip
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.web import Drip, Endless, Page, Raw, Site

from generator.research.pages import robots
from generator.research.pages.body import (
    HTML,
    MARKDOWN,
    MAX_TEXT,
    PDF,
    TEXT,
    Fetched,
    Status,
)
from generator.research.pages.fetch import fetch
from generator.research.pages.guard import Limit, Refused, Stopped, TooSlow
from generator.research.pages.robots import keep_to_robots


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        yield server


def get(site: Site, path: str, limit: Limit | None = None, **options: Any) -> Fetched:
    allowed = frozenset({("127.0.0.1", site.port)})
    return fetch(site.address + path, limit or Limit(20), allowed=allowed, **options)


def test_the_program_names_itself_and_sends_nothing_else_of_its_own(site: Site) -> None:
    page = get(site, "/a")
    assert (page.kind, page.charset, page.is_cut) == (HTML, "utf-8", False)
    headers = {name.lower(): value for name, value in site.asked[0].headers.items()}
    assert headers["user-agent"].startswith("DurableResearchReportGenerator/")
    assert not {"cookie", "referer", "authorization"} & set(headers)


def test_kinds_by_what_they_are(site: Site) -> None:
    site.pages = {
        "/paper.html": Page(b"%PDF-1.7 ...", "application/octet-stream"),
        "/said": Page(b"%PDF-1.7 ...", "text/html"),
        "/notes": Page("# Notes", "text/markdown"),
        "/silent": Page("<!DOCTYPE html><p>Hello", ""),
        "/zip": Page(b"PK\3\4", "application/zip"),
        "/picture": Page(b"\x89PNG", "image/png"),
        "/riddle": Page(b"\0\1\2", "application/octet-stream"),
        "/feed": Page("<?xml version='1.0'?><rss><channel/></rss>", "text/xml"),
    }
    assert get(site, "/paper.html").kind == get(site, "/said").kind == PDF
    assert get(site, "/notes").kind == MARKDOWN and get(site, "/silent").kind == HTML
    for path in ("/zip", "/picture", "/riddle", "/feed"):
        with pytest.raises(Refused, match="it is no text"):
            get(site, path)


def test_kinds_that_are_said_in_strange_ways(site: Site) -> None:
    site.pages = {
        "/forced": Page(b"%PDF-1.7 ...", "application/force-download"),
        "/twice": Page("<p>Hello", "text/html, text/html; charset=utf-8"),
        "/saved": Page("<!-- saved from x -->\n<html><p>Hello", ""),
        "/raw": Page("<!DOCTYPE html><p>Hello", "text/plain"),
        "/rows": Page("year,count\n2020,4711", "text/csv"),
        "/said": Page("<p>Hello", headers={"Content-Encoding": "utf-8"}),
        "/other": Page("<p>Hello", status=203),
        "/script": Page(b"\xef\xbb\xbf\r\n%PDF-1.7 ...", "text/html"),
        "/strict": Page("<?xml version='1.0'?><!DOCTYPE html><p>Hello", "application/xml"),
        "/spaced": Page("<p>Hello", "text/html charset=utf-8"),
        "/short": Page("<!DOCTYPE html><p>Hello", "html"),
        "/phone": Page("<html><p>Hello", "application/vnd.wap.xhtml+xml"),
        "/instead": Page("<html><p>Hello", "application/pdf"),
        "/manual": Page("Hello\n=====", "text/x-rst"),
    }
    kinds = [get(site, path).kind for path in site.pages]
    assert kinds == [PDF, HTML, HTML, HTML, TEXT, HTML, HTML, PDF, HTML, *[HTML] * 4, TEXT]


def test_what_is_no_text_is_not_read_to_its_end(site: Site) -> None:
    site.pages = {"/film": Endless(kind="video/mp4"), "/style": Page("p {}", "text/css")}
    for path in site.pages:
        with pytest.raises(Refused, match=r"it is no text: (video|text)/"):
            get(site, path)


@pytest.mark.parametrize(
    "size, framing", [(99_999, "Content-Length: 99999"), (0, "Transfer-Encoding: chunked")]
)
def test_what_the_server_ends_too_early_is_said_to_be_cut(size: int, framing: str) -> None:
    body = b"<html><p>It is 117 GW.</p>"
    chunk = body if size else b"%x\r\n%b\r\n" % (len(body), body)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{framing}\r\n\r\n".encode()
    with Site({"/": Raw(head + chunk)}) as site:
        page = get(site, "/")
    assert page.body == body and page.is_cut


def test_what_is_compressed_in_parts_is_read_to_its_end_or_said_to_be_cut(site: Site) -> None:
    text = b"<p>Hello and more of it</p>" * 20_000
    parts = gzip.compress(text[:1000]) + gzip.compress(text[1000:])
    site.pages = {
        "/parts": Page(parts, headers={"Content-Encoding": "gzip"}),
        "/padded": Page(parts + b"\0" * 99, headers={"Content-Encoding": "gzip"}),
        "/cut": Page(parts[:-20], headers={"Content-Encoding": "gzip"}),
    }
    for path in ("/parts", "/padded"):
        page = get(site, path)
        assert page.body == text and not page.is_cut
    assert get(site, "/cut").is_cut


def test_a_page_that_only_leads_on_is_followed_like_a_redirect(site: Site) -> None:
    site.pages = {
        "/a": Page('<meta http-equiv="refresh" content="0;url=/b?x=1&amp;y=2">'),
        "/loop": Page("<meta http-equiv=refresh content='0; url=/loop'>"),
        "/away": Page("<meta http-equiv=refresh content='0; url=http://10.0.0.1/'>"),
        "/later": Page("<meta http-equiv=refresh content='300; url=/b'>"),
        "/odd": Page(status=302, headers={"Location": "mailto:a@b.example"}),
    }
    assert get(site, "/a").url.endswith("/b?x=1&y=2")
    assert get(site, "/later").url.endswith("/later")
    for path in ("/loop", "/away"):
        with pytest.raises(Refused):
            get(site, path)
    with pytest.raises((Refused, httpx.InvalidURL)):
        get(site, "/odd")


def test_statuses(site: Site) -> None:
    site.pages = {
        "/gone": Page(status=410),
        "/busy": Page(status=429, headers={"Retry-After": "7"}),
        "/later": Page(status=503, headers={"Retry-After": "99999999999"}),
        "/dated": Page(status=503, headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}),
    }
    with pytest.raises(Status) as caught:
        get(site, "/gone")
    assert caught.value.status == 410
    with pytest.raises(Status) as caught:
        get(site, "/busy")
    assert caught.value.retry_after == 7
    for path in ("/later", "/dated"):
        with pytest.raises(Status) as caught:
            get(site, path)
        assert caught.value.retry_after == 86_400


@pytest.mark.parametrize("name", ["undefined", "punycode", "hex", "no-such", "unicode_escape"])
def test_an_encoding_that_is_none_of_texts_is_not_used(site: Site, name: str) -> None:
    site.pages["/"] = Page("Größe -", f"text/plain; charset={name}")
    assert get(site, "/").charset == ""


def test_redirects_are_followed_with_their_own_cookies_and_end(site: Site) -> None:
    site.pages = {
        "/a": Page(status=302, headers={"Location": "/b", "Set-Cookie": "way=1"}),
        "/loop": Page(status=302, headers={"Location": "/loop"}),
    }
    assert get(site, "/a").url == f"{site.address}/b"
    assert site.asked[-1].headers["Cookie"] == "way=1"
    get(site, "/b")
    assert "Cookie" not in site.asked[-1].headers
    with pytest.raises(Refused, match="more than 5 times"):
        get(site, "/loop")


@pytest.mark.parametrize("coding, wbits", [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_compression(site: Site, coding: str, wbits: int) -> None:
    packed = zlib.compressobj(wbits=wbits)
    body = packed.compress(b"<p>hello</p>" * 99_999) + packed.flush()
    site.pages["/"] = Page(body, headers={"Content-Encoding": coding})
    assert get(site, "/").body == b"<p>hello</p>" * 99_999
    site.pages["/"] = Page(b"\x0b\x02\x80hello\x03", headers={"Content-Encoding": "br"})
    with pytest.raises(Refused, match="compressed with br"):
        get(site, "/")


def test_what_grows_without_end_is_cut_and_fills_no_memory(site: Site) -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packed.compress(b"<p>x" * 250_000) for _ in range(60)) + packed.flush()
    site.pages = {"/bomb": Page(body, headers={"Content-Encoding": "gzip"}), "/endless": Endless()}
    tracemalloc.start()
    for path in ("/bomb", "/endless"):
        page = get(site, path)
        assert page.is_cut and len(page.body) == MAX_TEXT
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()
    site.pages["/paper"] = Page(b"%PDF-1.4 " + bytes(20_000_000), "application/pdf")
    with pytest.raises(Refused, match="PDF of more than 20 MB"):
        get(site, "/paper")


@pytest.mark.parametrize("head", [False, True])
def test_a_byte_now_and_then_does_not_go_on_for_ever(site: Site, head: bool) -> None:
    site.pages["/"] = Drip(head=head)
    with pytest.raises(TooSlow):
        get(site, "/", Limit(1.0))


@pytest.mark.parametrize("page", [Drip(), Page("late", after=60)])
def test_what_is_not_wanted_any_more_is_hung_up_on(site: Site, page: Page) -> None:
    site.pages["/"] = page
    limit = Limit(60)  # at which it would be too slow
    threading.Timer(0.3, limit.stopped.set).start()
    with pytest.raises(Stopped):
        get(site, "/", limit)


# ---- robots.txt ----------------------------------------------------------------------------------


def ask(site: Site, path: str) -> None:
    robots._kept.clear()
    allowed = frozenset({("127.0.0.1", site.port)})

    def before(url: str, limit: Limit) -> None:
        keep_to_robots(url, limit, allowed)

    fetch(site.address + path, Limit(20), allowed=allowed, before=before)


def test_robots_txt_is_kept_also_by_a_redirect(site: Site) -> None:
    rules = "User-agent: *\nDisallow: /private\nDisallow: /*.cgi$\nAllow: /private/open"
    site.pages = {
        "/robots.txt": Page(rules, "text/plain"),
        "/way": Page(status=302, headers={"Location": "/private/x"}),
    }
    ask(site, "/open")
    ask(site, "/private/open")
    for path in ("/private/x", "/search.cgi", "/way"):
        with pytest.raises(Refused, match=r"robots\.txt"):
            ask(site, path)
    assert site.paths() == ["/open", "/private/open", "/way"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_rules_behind_a_mark_of_their_encoding_are_kept(site: Site, encoding: str) -> None:
    rules = "User-agent: *\nDisallow: /private".encode(encoding)
    site.pages = {"/robots.txt": Page(rules, "text/plain")}
    ask(site, "/a")
    with pytest.raises(Refused, match=r"robots\.txt"):
        ask(site, "/private")


def test_rules_for_this_program_alone(site: Site) -> None:
    rules = "User-agent: *\nDisallow:\n\nUser-agent: DurableResearchReportGenerator\nDisallow: /"
    site.pages["/robots.txt"] = Page(rules, "text/plain")
    with pytest.raises(Refused):
        ask(site, "/page")


@pytest.mark.parametrize("answer", [Page(status=404), Page(status=403), Page("<html>none</html>")])
def test_without_rules_everything_may_be_read(site: Site, answer: Page) -> None:
    site.pages["/robots.txt"] = answer
    ask(site, "/page")
    assert site.paths() == ["/page"]


def test_while_the_rules_cannot_be_had_nothing_is_read(site: Site) -> None:
    site.pages["/robots.txt"] = Page(status=503)
    with pytest.raises(Refused, match="cannot be read"):
        ask(site, "/page")
    assert not site.paths()


def test_a_site_is_asked_for_its_rules_once(site: Site) -> None:
    robots._kept.clear()
    allowed = frozenset({("127.0.0.1", site.port)})
    for path in ("/a", "/b"):
        keep_to_robots(site.address + path, Limit(20), allowed)
    assert [asked.path for asked in site.asked] == ["/robots.txt"]
