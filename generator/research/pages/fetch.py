"""One page, as its server sends it: redirects, compression, and limits of time and size.

In order: what comes back, fetching it, through which connections, and the body.
"""

import functools
import ipaddress
import re
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from typing import NamedTuple
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from generator.failures import retry_after
from generator.harmless import encoding
from generator.research.pages.guard import (
    PORTS,
    Allowed,
    Guard,
    Limit,
    Refused,
    Resolve,
    is_public,
)

PROGRAM = "DurableResearchReportGenerator"  # the name that robots.txt may address
HEADERS = {
    "User-Agent": f"{PROGRAM}/0.1",
    "Accept": "text/html,application/xhtml+xml,application/pdf,text/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
MAX_TEXT, MAX_PDF = 5_000_000, 20_000_000  # bytes, without their compression
MAX_REDIRECTS = 5
HTML, PDF, MARKDOWN, TEXT = "html", "pdf", "markdown", "text"
KINDS = {
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "application/pdf": PDF,
    "application/x-pdf": PDF,
    "text/markdown": MARKDOWN,
    "text/x-markdown": MARKDOWN,
    "text/plain": TEXT,
    "text/csv": TEXT,
}
# The first bytes must say it.
UNSAID = [""] + [
    f"application/{name}" for name in ("octet-stream", "force-download", "download", "x-download")
]
UNSAID += ["binary/octet-stream", "application/xml", "text/xml"]
_BLANK = b"\xef\xbb\xbf \t\r\n\0"  # what scripts print before a PDF
_LOOKS_LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*|<!--.{0,500}?-->\s*){0,3}"
    rb"<(?:!doctype html|html)",
    re.IGNORECASE | re.DOTALL,
)
# <meta http-equiv="refresh" content="0; url=/new">
_REFRESH = re.compile(
    rb"<meta\b(?=[^>]{0,200}?http-equiv\s?=\s?[\"']?refresh)[^>]{0,200}?content\s?=\s?[\"']?\s?[0-5]"
    rb"\s?[;,]\s?url\s?=\s?[\"']?([^\"'>\s]{1,2000})",
    re.IGNORECASE,
)


class Status(Exception):
    """The server answered with an error: its status, and the seconds to wait if it said so."""

    def __init__(self, status: int, retry_after: float = 0) -> None:
        super().__init__(f"the server answered with status {status}")
        self.status, self.retry_after = status, retry_after


class CutOff(Exception):
    """What was compressed ended before its end."""


class Fetched(NamedTuple):
    """A page, decompressed."""

    url: str  # where it was in the end
    kind: str  # HTML, PDF, MARKDOWN or TEXT
    charset: str  # as the header says it, "" if it does not
    body: bytes
    is_cut: bool  # there was more


def fetch(
    url: str,
    limit: Limit,
    *,
    allowed: Allowed = frozenset(),
    resolve: Resolve = socket.getaddrinfo,
    robots: bool = False,
    before: Callable[[str, Limit], None] | None = None,
) -> Fetched:
    """Fetch one page.

    `before` is asked for each address, also of redirects, and may raise `Refused`. With `robots`
    the page is a robots.txt: of any kind, and short.

    Raises:
        Refused: it may not be read, or is not a text.
        Status: the server's answer is an error.
        TooSlow, Stopped: see `Limit`.
        httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError: as they say.
    """
    at = address(url)
    cookies = httpx.Cookies()  # those that a page sets on its own way, for the rest of that way
    for _ in range(MAX_REDIRECTS + 1):
        if before:
            before(str(at), limit)
        transport = Connection(pool(at, limit, allowed, resolve))
        with (
            httpx.Client(transport=transport, cookies=cookies, trust_env=False) as client,
            client.stream("GET", at, headers=HEADERS) as response,
        ):
            if response.next_request:
                target = address(str(response.next_request.url))
            else:
                found = received(response, robots)
                if not (leads_to := refreshes_to(found)):
                    return found
                target = address(str(at.join(leads_to)))
            if (at.scheme, target.scheme) == ("https", "http"):
                raise Refused("it redirects from https to http")
            at, cookies = target, client.cookies
    raise Refused(f"it redirects more than {MAX_REDIRECTS} times")


def refreshes_to(page: Fetched) -> str:
    """Return where a page that says nothing else sends its reader at once, "" if nowhere."""
    match = _REFRESH.search(page.body[:4000]) if len(page.body) < 8000 else None
    return unescape(match[1].decode("utf-8", "replace")) if match and page.kind == HTML else ""


def address(url: str) -> httpx.URL:
    """Return an address that is one of a web page.

    Raises:
        Refused: it is none.
    """
    try:
        at = httpx.URL(url)
        host = at.host  # raises, too, over a name in Punycode that stands for none
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(f"its address is wrong: {error}") from None
    if at.scheme not in ("http", "https") or not host or at.userinfo:
        raise Refused("its address is not one of a web page")
    return at


# ---- Connections ---------------------------------------------------------------------------------


@functools.cache
def trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self.response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self.response.iter_stream()

    def close(self) -> None:
        self.response.close()


class Connection(httpx.BaseTransport):
    """httpx over connections of ours: it has no door of its own for a `NetworkBackend`."""

    def __init__(self, connections: httpcore.ConnectionPool) -> None:
        self.connections = connections

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        response = self.connections.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        self.connections.close()


def pool(
    at: httpx.URL, limit: Limit, allowed: Allowed, resolve: Resolve
) -> httpcore.ConnectionPool:
    """Return where connections to this address come from: through a proxy if there is one.

    Raises:
        Refused: a proxy would look the name up, and the name itself is not public; or the proxy
            cannot be used.
    """
    proxy = None if proxy_bypass(at.host) else getproxies().get(at.scheme)
    if not proxy:
        guard = Guard(limit, allowed, resolve)
        return httpcore.ConnectionPool(ssl_context=trust(), network_backend=guard)
    if (at.host.lower(), port_of(at)) not in allowed:
        refuse_by_name(at)
    try:  # without a scheme as other programs take it
        through = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
    except (httpx.InvalidURL, ValueError):
        raise Refused(f"this machine's proxy for {at.scheme} has a wrong address") from None
    if through.url.scheme not in ("http", "https"):
        raise Refused(f"this machine's proxy for {at.scheme} is not one of HTTP")
    return httpcore.HTTPProxy(
        str(through.url),
        proxy_auth=through.raw_auth,
        ssl_context=trust(),
        network_backend=Guard(limit, allowed, resolve, (through.url.host, port_of(through.url))),
    )


def port_of(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def refuse_by_name(at: httpx.URL) -> None:
    """Refuse what can be seen in the name alone, which is all that one sees through a proxy."""
    host = at.host.rstrip(".")
    try:
        # Also as 127.1, 0x7f.1 or 2130706433, as a resolver would read them.
        number = host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
        refused = not is_public(str(ipaddress.ip_address(number)))
    except (OSError, ValueError):
        refused = "." not in host or bool(re.search(r"\.(local|internal|localhost)$", host, re.I))
    if refused:
        raise Refused(f"{host} is not public")
    if port_of(at) not in PORTS:
        raise Refused(f"port {at.port} is not one of web pages")


# ---- What was received ---------------------------------------------------------------------------


def received(response: httpx.Response, robots: bool) -> Fetched:
    """Read the body, as far as it may go."""
    if response.status_code not in (200, 203):
        wait = retry_after(response.headers)
        raise Status(response.status_code, wait.total_seconds() if wait else 0)
    said = re.split("[;,]", response.headers.get("content-type", ""))[0].strip().lower()
    kind = TEXT if robots else KINDS.get(said, "")
    if not kind and said not in UNSAID:
        raise Refused(f"it is no text: {said[:60]}")
    body, most, is_cut = bytearray(), MAX_TEXT // 10 if robots else MAX_TEXT, False
    try:
        for piece in unpacked(response):
            body += piece
            if not robots and bytes(body[:100]).lstrip(_BLANK).startswith(b"%PDF-"):
                kind, most = PDF, MAX_PDF
            if len(body) > most:
                break
    except CutOff:
        is_cut = True
    if kind in ("", TEXT) and not robots and _LOOKS_LIKE_HTML.match(body[:2000]):
        kind = HTML
    if not kind:
        raise Refused("it is no text, or does not say what it is")
    if kind == PDF and len(body) > most:
        raise Refused(f"it is a PDF of more than {most // 1_000_000} MB")
    charset = encoding(response.charset_encoding)
    return Fetched(str(response.url), kind, charset, bytes(body[:most]), is_cut or len(body) > most)


def unpacked(response: httpx.Response) -> Iterator[bytes]:
    """Yield the body without its compression, in small pieces.

    httpx would decompress all that one read brings at once, which can be a thousand times as much.

    Raises:
        Refused: it is compressed in a way that nobody asked for, or is broken.
        CutOff: there was to be more.
    """
    coding = response.headers.get("content-encoding", "").strip().lower()
    if re.search(r"br|zst|compress|dc[bz]|,", coding):
        raise Refused(f"it is compressed with {coding[:20]}, which was not asked for")
    if coding not in ("gzip", "x-gzip", "deflate"):  # or "utf-8", as some servers say
        yield from response.iter_raw(65_536)
        return
    packer = None
    for packed in response.iter_raw(65_536):
        if packer is None:
            # RFC 9110 8.4.1.2: deflate comes in a zlib wrapper, but some send it bare.
            is_bare = coding == "deflate" and int.from_bytes(packed[:2], "big") % 31 != 0
            packer = zlib.decompressobj(-zlib.MAX_WBITS if is_bare else zlib.MAX_WBITS | 32)
        while packed:
            if packer.eof and packed.startswith(b"\x1f\x8b"):  # RFC 1952 2.2: several in a row
                packer = zlib.decompressobj(zlib.MAX_WBITS | 32)
            elif packer.eof:
                return  # blanks, or what somebody has added
            try:
                yield packer.decompress(packed, 65_536)
            except zlib.error:
                raise Refused("its compression is broken") from None
            packed = packer.unused_data if packer.eof else packer.unconsumed_tail
    if packer and not packer.eof:
        raise CutOff
