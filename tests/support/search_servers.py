"""A search service on loopback that speaks the wires of all providers (`search_wires`).

    with SearchServer() as search:
        search.fail("tardigrades in space", 503)  # the next request with these words
        ...  # something that searches at search.base("tavily")
        assert [query.text for query in search.queries] == [...]

Each query finds pages that are derived from its words, so that two queries find different ones and
the same query finds the same.
"""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from support.search_wires import WIRES, Page


@dataclass
class Query:
    """One request to the service."""

    wire: str
    text: str
    method: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)
    done: float | None = None  # when the answer was sent


@dataclass
class Reply:
    """What the service does instead of finding something."""

    status: int = 200
    body: bytes = b'{"error": "as the test wants it"}'
    headers: dict[str, str] = field(default_factory=dict)


def pages_on(text: str, count: int = 10) -> list[Page]:
    """Return pages that a query finds: some of its own, and one that every query finds."""
    slug = re.sub(r"\W+", "-", text.casefold()).strip("-")[:60] or "nothing"
    own = [
        {
            "title": f"{text[:60]}, part {number}",
            "url": f"https://{slug.split('-')[0]}{number % 5}.example.invalid/{slug}/{number}",
            "snippet": f"Finding {number} on {text[:60]}: it measured {number * 7} units.",
            "date": f"2025-0{number % 9 + 1}-1{number % 9}",
        }
        for number in range(1, count)
    ]
    everywhere = {
        "title": "The general encyclopaedia",
        "url": "https://encyclopaedia.example.invalid/wiki/Everything_(general)?utm_source=test",
        "snippet": "It has something on everything.",
        "date": None,
    }
    return [*own[:2], everywhere, *own[2:]]


class SearchServer:
    """The service, in a thread of its own."""

    def __init__(self, latency: float = 0.0, port: int = 0) -> None:
        self.queries: list[Query] = []
        self.latency = latency  # seconds
        self.find: Callable[[str], list[Page]] = pages_on
        self._replies: deque[tuple[str, Reply]] = deque()
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # what follows its headers would wait for 40 ms

            def do_GET(self) -> None:
                service._answer(self, {})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                service._answer(self, body[0] if isinstance(body, list) else body)

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def base(self, wire: str = "searxng") -> str:
        """Return what SEARCH_API_BASE is for this wire."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{WIRES[wire].base}"

    def fail(self, words: str, status: int, body: bytes | None = None, **headers: str) -> None:
        """Have the next query with these words answered by an error."""
        reply = Reply(status, headers={k.replace("_", "-"): v for k, v in headers.items()})
        if body is not None:
            reply.body = body
        with self._lock:
            self._replies.append((words, reply))

    def forget(self) -> None:
        """Be as new."""
        self.queries.clear()
        self._replies.clear()
        self.find, self.latency = pages_on, 0.0

    def count(self, words: str) -> int:
        return sum(words in query.text for query in self.queries)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        address = urlsplit(request.path)
        wire = next((w for w, each in WIRES.items() if address.path == each.path), "")
        asked = {name: values[0] for name, values in parse_qs(address.query).items()} | body
        text = str(asked.get(WIRES[wire].query) if wire else "")
        query = Query(wire, text, request.command, dict(request.headers.items()), asked)
        with self._lock:
            self.queries.append(query)
            reply = next(((w, r) for w, r in self._replies if w in text), None)
            if reply:
                self._replies.remove(reply)
        time.sleep(self.latency)
        answer = reply[1] if reply else self._found(wire, query)
        try:
            request.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(answer.body)))
            request.end_headers()
            request.wfile.write(answer.body)
            query.done = time.monotonic()
        except OSError:
            pass  # the client has gone

    def _found(self, wire: str, query: Query) -> Reply:
        if not wire:
            return Reply(404, b'{"error": "Not Found"}')
        form = WIRES[wire]
        refusal = form.refuses(query.method, query.headers, query.body, query.text)
        if refusal:
            return Reply(refusal, b'{"detail": {"error": "Unauthorized or malformed"}}')
        pages = self.find(query.text)
        if form.limit:
            pages = pages[: int(query.body[form.limit])]
        return Reply(body=json.dumps(form.answer(query.text, pages)).encode())
