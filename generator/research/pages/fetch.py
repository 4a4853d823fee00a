"""One page, as its server sends it: redirects, compression, and limits of time and size.

In order: fetching a page, and through which connections.
"""

import functools
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from html import unescape
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from generator.research.pages.body import HTML, Fetched, received
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
MAX_REDIRECTS = 5
# <meta http-equiv="refresh" content="0; url=/new">
_REFRESH = re.compile(
    rb"<meta\b(?=[^>]{0,200}?http-equiv\s?=\s?[\"']?refresh)[^>]{0,200}?content\s?=\s?[\"']?\s?[0-5]"
    rb"\s?[;,]\s?url\s?=\s?[\"']?([^\"'>\s]{1,2000})",
    re.IGNORECASE,
)


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
