"""Which addresses may be connected to. Nothing here leaves the machine: look-ups are the test's."""

import socket
import ssl
import threading
from typing import Any

import httpcore
import pytest
import trustme
from support.web import Page, Site, look_ups

from generator.research.pages import fetch as fetching
from generator.research.pages.fetch import fetch
from generator.research.pages.guard import (
    Allowed,
    Guard,
    Limit,
    Refused,
    Stopped,
    TooSlow,
    allowed_addresses,
    is_public,
)

NOT_PUBLIC = [
    "127.0.0.1",
    "127.9.9.9",
    "::ffff:0:7f00:1",
    "3fff::1",
    "5f00::1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "100.64.0.1",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "203.0.113.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]

# Names that a proxy would look up inside of one's own network.
HIDDEN = ["169.254.169.254", "localhost", "intranet", "[::1]", "2130706433", "0x7f.1", "a.local"]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def allow(site: Site) -> Allowed:
    return frozenset({("127.0.0.1", site.port)})


def get(url: str, seconds: float = 10, **options: Any) -> bytes:
    return fetch(url, Limit(seconds), **options).body


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::"],
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises((Refused, httpcore.ConnectError)):
        get(f"http://{host}/")


def test_what_read_allow_names_is_read_and_nothing_beside_it(
    settings: pytest.MonkeyPatch,
) -> None:
    with Site({"/": "<p>Hello"}) as site, Site() as other:
        settings.setenv("READ_ALLOW", f"{site.allow}, intranet.example:8080,[::1]:80")
        allowed = allowed_addresses()
        assert allowed == {("127.0.0.1", site.port), ("intranet.example", 8080), ("::1", 80)}
        assert get(site.address, allowed=allowed) == b"<p>Hello"
        with pytest.raises(Refused, match=r"127\.0\.0\.1 is not a public address"):
            get(other.address, allowed=allowed)
        assert not other.asked


def test_a_name_in_read_allow_may_lead_into_ones_own_network() -> None:
    with Site({"/": "<p>Hello"}) as site:
        allowed = frozenset({("wiki.example", site.port)})
        url = f"http://wiki.example:{site.port}/"
        assert get(url, allowed=allowed, resolve=look_ups(["127.0.0.1"])) == b"<p>Hello"
        with pytest.raises(Refused):
            get(url.replace("wiki", "other"), allowed=allowed, resolve=look_ups(["127.0.0.1"]))


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "http://[::1]/", "http://10.0.0.1/", "file:///etc/hosts",
     "ftp://example.org/", "http://user:word@example.org/"],
)  # fmt: skip
def test_a_redirect_elsewhere_is_refused(target: str) -> None:
    with Site({"/": Page(status=302, headers={"Location": target})}) as site:
        with pytest.raises(Refused):
            get(site.address, allowed=allow(site))
        assert len(site.asked) == 1


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected: list[str] = []

    def connect(self: Any, host: str, *rest: Any) -> None:
        connected.append(host)
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    resolve = look_ups(["93.184.216.34"], ["127.0.0.1"])
    with pytest.raises(httpcore.ConnectError):
        get("http://changing.example/", resolve=resolve)
    with pytest.raises(Refused):  # what a second look-up brings is judged anew
        get("http://changing.example/", resolve=resolve)
    assert connected == ["93.184.216.34"]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Refused):
        get("http://both.example/", resolve=look_ups(["93.184.216.34", "127.0.0.1"]))


def test_ports_of_other_services_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for port in (22, 25, 6379, 8080):
        with pytest.raises(Refused, match=f"port {port}"):
            get(f"http://public.example:{port}/", resolve=look_ups(["93.184.216.34"]))


def test_a_look_up_that_takes_for_ever_ends_in_time() -> None:
    given_up = threading.Event()

    def resolve(*args: Any, **options: Any) -> list[Any]:
        assert given_up.wait(60), "waited for"
        return []

    with pytest.raises(TooSlow):
        get("http://slow.example/", seconds=0.3, resolve=resolve)
    given_up.set()


def test_names_that_nobody_knows() -> None:
    def resolve(*args: Any, **options: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Refused, match=r"there is no nobody\.example"):
        get("http://nobody.example/", resolve=resolve)
    for url in ("javascript:1", "gopher://example.org/", "http://", "//example.org"):
        with pytest.raises(Refused):
            get(url)


# ---- TLS and proxies -----------------------------------------------------------------------------


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Any:
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(fetching, "trust", lambda: trusting)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("good.example").configure_cert(context)
    return context


def test_certificates_are_checked_for_the_name_in_the_address(secure: Any) -> None:
    with Site({"/": "<p>Hello"}, tls=secure) as site:
        options: Any = dict(allowed=allow(site), resolve=look_ups(["127.0.0.1"]))
        assert get(f"https://good.example:{site.port}/", **options) == b"<p>Hello"
        with pytest.raises(httpcore.ConnectError, match=r"[Hh]ostname|certificate"):
            get(f"https://bad.example:{site.port}/", **options)


def test_no_way_leads_from_https_to_http(secure: Any) -> None:
    with Site() as plain:
        back = Page(status=301, headers={"Location": f"{plain.address}/"})
        with Site({"/": back}, tls=secure) as site:
            allowed = allow(site) | allow(plain)
            with pytest.raises(Refused, match="from https to http"):
                get(f"https://good.example:{site.port}/", allowed=allowed,
                    resolve=look_ups(["127.0.0.1"]))  # fmt: skip
        assert not plain.asked


def test_through_a_proxy_names_alone_can_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    with Site({"http://public.example/": "<p>Through the proxy"}) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        assert get("http://public.example/") == b"<p>Through the proxy"
        seen = len(proxy.asked)
        for host in [
            "169.254.169.254",
            "localhost",
            "intranet",
            "[::1]",
            "2130706433",
            "0x7f.1",
            "printer.local",
        ]:
            with pytest.raises(Refused):
                get(f"http://{host}/")
        with pytest.raises(Refused, match="port 8080"):
            get("http://public.example:8080/")
        monkeypatch.setenv("NO_PROXY", "direct.example")
        with pytest.raises(Refused):
            get("http://direct.example/", resolve=look_ups(["127.0.0.1"]))
        assert len(proxy.asked) == seen


def test_a_guard_gives_up_before_it_connects_where_nobody_waits() -> None:
    limit = Limit(5)
    limit.stopped.set()
    with pytest.raises(Stopped):
        Guard(limit, resolve=look_ups(["93.184.216.34"])).connect_tcp("public.example", 80)


def test_a_proxy_as_people_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with Site({"http://public.example/": "<p>Through the proxy"}) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address.removeprefix("http://"))
        assert get("http://public.example/") == b"<p>Through the proxy"
    for wrong in ("socks5://127.0.0.1:9", "http://[::1", "proxy:80x"):
        monkeypatch.setenv("HTTP_PROXY", wrong)
        with pytest.raises(Refused, match="this machine's proxy for http"):
            get("http://public.example/")
