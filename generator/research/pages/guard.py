"""The connection that refuses: which addresses may be read, and for how long one page may take.

An address is judged when it is connected to, and not when it stands in a link: a name may lead to
another machine at the next look-up, and a public page may redirect to a private one.
"""

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from generator.settings import listed

PORTS = (80, 443)
CONNECT_SECONDS = 5.0  # for one address of a name; the next one is tried then
SLICE = 0.25  # seconds: how often a read that waits looks whether it is still wanted

# Not for everybody, though Python 3.11's `is_global` lets them pass: IPv4 inside of IPv6 (RFC 4291
# 2.5.5.1, RFC 2765 2.1, RFC 6052, RFC 8215), IETF's own (RFC 6890), metadata of a cloud, and what
# IPv6 does not route (RFC 9637, RFC 9602).
_NOT_PUBLIC = [
    *map(ipaddress.ip_network, ["::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"]),
    *map(ipaddress.ip_network, ["192.0.0.0/24", "168.63.129.16/32", "3fff::/20", "5f00::/16"]),
]

Resolve = Callable[..., list[Any]]  # as `socket.getaddrinfo`
Allowed = frozenset[tuple[str, int]]  # host, as it is written in READ_ALLOW, and port


class Refused(Exception):
    """This page is not to be read, however often it is tried."""


class TooSlow(Exception):
    """The page has taken all the time that one may take."""


class Stopped(Exception):
    """Nobody wants the page any more."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public Internet's."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if inner := ip.ipv4_mapped or ip.sixtofour:
            return is_public(str(inner))
        if ip.is_site_local or ip.teredo:
            return False
    networks = [network for network in _NOT_PUBLIC if network.version == ip.version]
    return ip.is_global and not ip.is_multicast and not any(ip in each for each in networks)


def allowed_addresses() -> Allowed:
    """Return what READ_ALLOW names: hosts of one's own network whose pages may be read."""
    pairs = [entry.rpartition(":") for entry in listed("READ_ALLOW")]
    return frozenset((host.strip("[]").lower(), int(port)) for host, _, port in pairs)


class Limit:
    """The time that one page may take in all, and whether it is wanted any more."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.stopped = threading.Event()

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            Stopped
            TooSlow
        """
        if self.stopped.is_set():
            raise Stopped
        if (left := self.end - time.monotonic()) <= 0:
            raise TooSlow
        return left


class Stream(httpcore.NetworkStream):
    """A connection that ends in time, though its server sends a byte a second."""

    def __init__(self, stream: httpcore.NetworkStream, limit: Limit) -> None:
        self.stream, self.limit = stream, limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            wait = min(SLICE, self.limit.left())
            with contextlib.suppress(httpcore.ReadTimeout):
                return self.stream.read(max_bytes, wait)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.limit.left())

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        wait = min(2 * CONNECT_SECONDS, self.limit.left())
        return Stream(self.stream.start_tls(ssl_context, server_hostname, wait), self.limit)

    def close(self) -> None:
        self.stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class Guard(httpcore.NetworkBackend):
    """Looks a name up once, refuses unless every address is public, and connects to one of these.

    httpcore begins TLS itself, for the name in the address, so that certificates are checked as
    ever. A `proxy` is this machine's own setting, and may be anywhere.
    """

    def __init__(
        self,
        limit: Limit,
        allowed: Allowed = frozenset(),
        resolve: Resolve = socket.getaddrinfo,
        proxy: tuple[str, int] | None = None,
    ) -> None:
        self.limit, self.resolve = limit, resolve
        self.trusted = allowed | ({proxy} if proxy else set())
        self.sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        """Connect to one of a name's addresses.

        Raises:
            Refused: one of them is not public, and is not allowed.
            httpcore.ConnectError: there is none, or nothing answers there.
        """
        addresses = self.look_up(host, port)
        for address in addresses:
            if {(host.lower(), port), (address, port)} & self.trusted:
                continue
            if not is_public(address):
                is_name = host.strip("[]") != address
                said = f"{host} is {address}, which is" if is_name else f"{host} is"
                raise Refused(f"{said} not a public address")
            if port not in PORTS:
                raise Refused(f"port {port} is not one of web pages")
        for last, address in enumerate(addresses, 1 - len(addresses)):
            try:
                wait = min(CONNECT_SECONDS, self.limit.left())
                return Stream(self.sockets.connect_tcp(address, port, wait), self.limit)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not last:
                    raise
        raise httpcore.ConnectError(f"{host} has no address")

    def look_up(self, host: str, port: int) -> list[str]:
        """Return the addresses of a name; in a thread, because a look-up can take for ever."""
        found: list[Any] = []
        failed: list[Exception] = []

        def ask() -> None:
            try:
                found.extend(self.resolve(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                failed.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        while asking.is_alive():
            asking.join(min(SLICE, self.limit.left()))
        if failed and getattr(failed[0], "errno", None) == socket.EAI_NONAME:
            raise Refused(f"there is no {host}")
        if failed:
            raise httpcore.ConnectError(f"{host} is not known: {failed[0]}") from failed[0]
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))
