"""A site on loopback with pages of every habit, and look-ups that answer as a test wants."""

import http.server
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]


@dataclass
class Page:
    """What the site answers at one path."""

    body: bytes | str = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0  # seconds before the answer
    times: int = 10**9  # how often it is this; then the path is a normal page

    def send(self, handler: "_Handler") -> None:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        handler.send_response(self.status)
        if self.kind:
            handler.send_header("Content-Type", self.kind)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@dataclass
class Drip(Page):
    """A byte every so many seconds, headers too if `head`, and no end."""

    every: float = 0.1
    head: bool = False

    def send(self, handler: "_Handler") -> None:
        start = b"HTTP/1.1 200 OK\r\n"
        if not self.head:
            start += b"Content-Type: text/html\r\nContent-Length: 99999\r\n\r\n"
        handler.connection.sendall(start)
        while not handler.site.closed.wait(self.every):
            handler.connection.sendall(b"x")


@dataclass
class Raw(Page):
    """These bytes, head and all, and the end of the connection."""

    def send(self, handler: "_Handler") -> None:
        assert isinstance(self.body, bytes)
        handler.connection.sendall(self.body)
        handler.close_connection = True


@dataclass
class Endless(Page):
    """As many bytes as somebody takes."""

    def send(self, handler: "_Handler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", self.kind)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while not handler.site.closed.is_set():
            handler.wfile.write(b"<p>more of it</p>" * 4000)


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    begun: float
    ended: float = 0.0  # when the answer was out, or its reader was gone


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # what follows its headers would wait for 40 ms
    server: "_Server"

    @property
    def site(self) -> "Site":
        return self.server.site

    def do_GET(self) -> None:
        asked = Asked(self.path, dict(self.headers), time.monotonic())
        with self.site.lock:
            self.site.asked.append(asked)
        page = self.site.page(self.path)
        try:
            if page.after:
                self.site.closed.wait(page.after)
            page.send(self)
        except OSError:
            self.close_connection = True
        asked.ended = time.monotonic()

    def log_message(self, *args: Any) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    site: "Site"


class Site:
    """A web server; `pages` by path, and what it was asked."""

    def __init__(self, pages: dict[str, Page | str] | None = None, tls: Any = None) -> None:
        self.pages: dict[str, Page] = {}
        for path, page in (pages or {}).items():
            self.pages[path] = page if isinstance(page, Page) else Page(page)
        self.default: Callable[[str], Page] = lambda path: Page(article(path))
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.site = self
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.address = f"http://127.0.0.1:{self.port}"
        self.allow = f"127.0.0.1:{self.port}"  # for READ_ALLOW

    def page(self, path: str) -> Page:
        with self.lock:
            page = self.pages.get(path) or self.pages.get(path.partition("?")[0])
            if page and page.times:
                page.times -= 1
                return page
        return Page(status=404, kind="text/plain") if path == "/robots.txt" else self.default(path)

    def paths(self) -> list[str]:
        """The paths of the pages that were asked for, in order."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def __enter__(self) -> "Site":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()


def article(name: str, fact: str = "", paragraphs: int = 12) -> str:
    """A page as sites have them, with the fact in the middle of it."""
    text = [
        f"<p>This paragraph, number {number} about {name}, goes on for a while: it is here so that"
        " a reader has to look for what matters, as one has to on every page of the web.</p>"
        for number in range(paragraphs)
    ]
    text.insert(paragraphs // 2, f"<p>{fact}</p>" if fact else "")
    return (
        f"<!DOCTYPE html><html><head><title>About {name}</title></head><body>"
        f"<nav><a href='/'>Home</a> <a href='/all'>All pages</a></nav><article><h1>{name}</h1>"
        f"{''.join(text)}</article><footer>Imprint</footer></body></html>"
    )


def pdf(path: Any, pages: list[list[str]], title: str = "", password: str = "") -> None:
    """Make a PDF with these lines on its pages; a page without any holds a drawing."""
    canvas = Canvas(str(path) if not hasattr(path, "write") else path, encrypt=password or None)
    canvas.setTitle(title)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(60, 780 - 16 * number, line)
        if not lines:
            canvas.rect(100, 100, 200, 200, fill=1)
        canvas.showPage()
    canvas.save()


def look_ups(*answers: list[str]) -> Callable[..., list[Any]]:
    """Each look-up of a name gives the next list of addresses; the last one is repeated."""
    left = list(answers)

    def resolve(host: str, port: int, **options: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in each], socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    return resolve
