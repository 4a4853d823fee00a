"""A model's server that speaks the wire of every provider, and fails on demand.

    with LLMServer() as llm:
        llm.script(Fail(429, headers={"Retry-After": "2"}), Cut(after=200))
        ...  # something that calls the LLM at llm.base_url
        assert [len(request.prefix) for request in llm.requests] == [0, 0, 200]

Which wire it speaks is decided by the path it is asked at (see `support.wires`); how it answers,
by the behaviour (see `support.behaviours`). It listens on a real socket, in a thread of its own,
so that a client meets what it would meet on the network: resets, half a stream, silence. Benchmarks
run it as a process, which prints its base URL first and counts what it was asked for at `/stats`
(see `LLMServer.stats`):

    uv run python tests/support/llm_server.py --port 0 --latency 0 --chars 4000 --chunk 40 --delay 0
"""

import argparse
import asyncio
import itertools
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

from aiohttp import web

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])  # as pytest has it

from support.behaviours import (
    Answer,
    Behaviour,
    ContentFilter,
    Cut,
    Drip,
    Empty,
    ErrorEvent,
    Fail,
    Fault,
    Html,
    Length,
    Refusal,
    Reset,
    Stall,
)
from support.wires import WIRES, Usage, Wire
from support.wires.wire import to_json

__all__ = [
    "Answer",
    "Behaviour",
    "ContentFilter",
    "Cut",
    "Drip",
    "Empty",
    "ErrorEvent",
    "Exchange",
    "Fail",
    "Fault",
    "Html",
    "LLMServer",
    "Length",
    "Refusal",
    "Request",
    "Reset",
    "Stall",
    "report",
]

# Without a delay between chunks they are sent many at a time: a write per chunk would make this
# server the bottleneck of a benchmark.
FLUSH_BYTES = 64 * 1024


PROC_TCP = Path("/proc/net/tcp")


def unread(server: int, client: int) -> int:
    """How many bytes are under way between two ports of this machine, or not read there yet."""
    queued = 0
    for line in PROC_TCP.read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        ports = [int(address.rpartition(":")[2], 16) for address in (local, remote)]
        to_send, received = (int(queue, 16) for queue in queues.split(":"))
        if ports == [server, client]:
            queued += to_send
        elif ports == [client, server]:
            queued += received
    return queued


def report(characters: int) -> str:
    """A Markdown report of exactly this length.

    Its sentences are numbered, so that a seam which repeats or loses words cannot go unnoticed,
    and not all ASCII, so that a chunk can end inside a character.
    """
    parts = ["# Findings, numbered"]
    length = len(parts[0])
    for number in itertools.count(1):
        if length >= characters:
            return "".join(parts)[:characters]
        heading = f"\n\n## Section {number // 10 + 1}\n\n" if number % 10 == 1 else ""
        parts.append(f"{heading}Finding {number} holds at −{number} °C. ")
        length += len(parts[-1])
    raise AssertionError("unreachable")


@dataclass
class Request:
    """One request, and what became of it. All times are `time.monotonic()`."""

    body: dict[str, Any] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)  # case-insensitive
    wire: Wire = field(repr=False)
    behaviour: Behaviour
    received_at: float = field(default_factory=time.monotonic)
    sent: int = 0  # characters of the answer's text; `think` and `reasoning` do not count
    mismatch: bool = False  # `prefix` is not how the answer begins
    finish_reason: str | None = None
    usage: Usage | None = None  # as it was told with the finish reason
    finished_at: float | None = None  # finish reason and [DONE], or the whole JSON body, went out
    closed_by_client_at: float | None = None  # before the end, that is

    @property
    def finished(self) -> bool:
        return self.finished_at is not None

    @property
    def streamed(self) -> bool:
        return self.wire.streamed

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was asked, in OpenAI's words whatever the wire."""
        return self.wire.messages()

    @property
    def prompt(self) -> str:
        """The first message of the user."""
        return next((m["content"] for m in self.messages if m["role"] == "user"), "")

    @property
    def prefix(self) -> str:
        """The text it asks to continue: "" if it asks for a fresh answer."""
        return "".join(m["content"] for m in self.messages if m["role"] == "assistant")


class Exchange:
    """One request and its response on the wire, as a behaviour sees it."""

    def __init__(self, llm: "LLMServer", request: Request, http: web.Request) -> None:
        self.llm = llm
        self.request = request
        self.response = web.StreamResponse()
        self.byte_delay = 0.0
        self._http = http
        self._buffer = bytearray()
        self._said: dict[str, str] = {}  # field of the message -> text
        self._unsent = 0  # characters that a response without streaming holds back to the end
        self._due_at = 0.0  # when the next chunk or byte may go out

    @property
    def wire(self) -> Wire:
        return self.request.wire

    async def open(
        self,
        status: int = 200,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send the response headers, unless they are out already."""
        if self.response.prepared:
            return
        stream = self.request.streamed and content_type is None
        self.response.set_status(status)
        self.response.headers.update(headers or {})
        self.response.content_type = content_type or (
            self.wire.content_type if stream else "application/json"
        )
        await self.response.prepare(self._http)
        self._due_at = time.monotonic()
        if stream:
            self._buffer += self.wire.opening()

    async def say(self, text: str, name: str = "content", *, counts: bool = True) -> None:
        """Stream this text in chunks, into the named field of the message."""
        size, delay = self.llm.chunk_size, self.llm.delay
        counts = counts and name == "content"
        self._said[name] = self._said.get(name, "") + text
        if not self.request.streamed:
            # Takes as long as the stream would, so that both kinds of client can be compared.
            await asyncio.sleep(delay * len(range(0, len(text), size)))
            self._unsent += len(text) if counts else 0
            return
        await self.open()
        for start in range(0, len(text), size):
            piece = text[start : start + size]
            # Counted ahead of the write: a client that has read it must find it counted.
            self.request.sent += len(piece) if counts else 0
            self._buffer += self.wire.piece(piece, name)
            if delay or self.byte_delay:
                await self._flush()
                await self._pace(delay)
            elif len(self._buffer) > FLUSH_BYTES:
                await self._flush()
                await asyncio.sleep(0)  # let the other streams have their turn
        if text:
            await self._flush()

    async def finish(self, reason: str) -> None:
        """Send what ends an answer: finish reason and usage; the whole answer, if not streaming."""
        await self.open()
        request = self.request
        usage = self.usage()
        if request.streamed:
            self._buffer += self.wire.ending(reason, usage)
        else:
            self._buffer += self.wire.whole(self._said, reason, usage)
        data = bytes(self._buffer)
        if self.byte_delay:
            await self.send(data[:-1])
            data = data[-1:]
        # Marked ahead of the last write: a client that has the end must find it marked.
        request.sent += self._unsent
        request.finish_reason, request.usage = reason, usage
        request.finished_at = time.monotonic()
        try:
            await self.response.write_eof(data)
        except BaseException:
            request.finish_reason, request.finished_at = None, None
            raise

    def usage(self) -> Usage:
        """Count words, for tokens."""
        words = {name: len(text.split()) for name, text in self._said.items()}
        return Usage(
            prompt=sum(len(message["content"].split()) for message in self.request.messages),
            completion=sum(words.values()),
            reasoning=words.get("reasoning_content", 0),
        )

    async def send(self, data: bytes) -> None:
        """Send raw bytes of the body."""
        await self.open()
        if not self.byte_delay:
            await self.response.write(data)
            return
        for byte in data:
            await self.response.write(bytes((byte,)))
            await self._pace(self.byte_delay)

    async def is_read(self) -> None:
        """Wait until the client has taken what was sent from its socket, as far as the kernel tells
        (proc_net_tcp(5)), and a moment more: a reset overtakes what is still under way, and a
        client may throw away what it has not looked at when the connection ends."""
        transport = self._http.transport
        if transport and PROC_TCP.exists():
            ports = [transport.get_extra_info(name)[1] for name in ("sockname", "peername")]
            while transport.get_write_buffer_size() or unread(*ports):
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)

    def hang_up(self) -> None:
        """Close the connection once everything said so far is sent."""
        if self._http.transport:
            self._http.transport.close()

    def reset(self) -> None:
        """Close the connection at once, with RST in place of FIN."""
        if self._http.transport:
            linger = struct.pack("ii", 1, 0)
            connection = self._http.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._http.transport.abort()

    async def _pace(self, delay: float) -> None:
        # Due times rather than pauses: a busy server must not make the LLM look slower.
        self._due_at += delay
        await asyncio.sleep(self._due_at - time.monotonic())

    async def _flush(self) -> None:
        data, self._buffer = bytes(self._buffer), bytearray()
        await self.send(data)


class LLMServer:
    """The server. Its settings may be changed at any time, from any thread."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port = port  # 0: a free one is chosen at the first start, and kept
        self.tls = tls  # None: plain HTTP
        self.answer = report(4000)
        self.chunk_size = 40  # characters
        self.delay = 0.0  # seconds between chunks
        self.latency = 0.0  # seconds before the response headers
        self.key: str | None = None  # None: any API key will do
        self.default: Behaviour = Answer()  # once the script is used up
        self.requests: list[Request] = []
        self._script: deque[Behaviour] = deque()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The server's root, where the providers but OpenAI have their base URL."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """OpenAI's."""
        return f"{self.url}/v1"

    def script(self, *behaviours: Behaviour) -> None:
        """Behave like this from now on: one behaviour a request, in the order they arrive."""
        self._script = deque(behaviours)

    def wait_for(self, condition: Callable[["LLMServer"], object], timeout: float = 60) -> None:
        """Wait until the condition holds, or raise TimeoutError."""
        deadline = time.monotonic() + timeout
        while not condition(self):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout} s; requests so far: {self.requests}")
            time.sleep(0.005)

    def stats(self) -> dict[str, Any]:
        """Totals, and the same for each prompt. Counted by prompt, duplicates show: a run that
        paid once has one fresh request, one finished answer, and sent the answer's length.
        `asked_at` is when it was last asked for, in Unix time."""
        requests = list(self.requests)
        monotonic_zero = time.time() - time.monotonic()
        prompts: dict[str, dict[str, float]] = {}
        for request in requests:
            counts = prompts.setdefault(request.prompt, {"fresh": 0, "finished": 0, "sent": 0})
            counts["asked_at"] = monotonic_zero + request.received_at
            counts["fresh"] += not request.prefix
            counts["finished"] += request.finished
            counts["sent"] += request.sent
        return {
            "requests": len(requests),
            "finished": sum(request.finished for request in requests),
            "sent": sum(request.sent for request in requests),
            "prompts": prompts,
        }

    def start(self) -> None:
        """Listen. After a `stop` the server is back at the same address."""
        port: Future[int] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(port)), name="llm-server", daemon=True
        )
        self._thread.start()
        self.port = port.result(timeout=60)

    def stop(self) -> None:
        """Drop all connections and refuse new ones."""
        if self._thread:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None

    async def _serve(self, port: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        app = web.Application(client_max_size=64 * 1024**2)  # an answer to continue may be long
        for wire in WIRES:
            for route in wire.routes:
                app.router.add_post(route, partial(self._answer, wire))
        app.router.add_post("/token", self._give_token)
        app.router.add_get("/stats", self._get_stats)
        # Cancelling the handler is how it learns, even in silence, that the client has gone.
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        try:
            await web.TCPSite(
                runner, "127.0.0.1", self.port, backlog=1024, ssl_context=self.tls
            ).start()
        except OSError as error:
            port.set_exception(error)
        else:
            port.set_result(runner.addresses[0][1])
            await self._stopping.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, kind: type[Wire], http: web.Request) -> web.StreamResponse:
        wire = kind(http, await http.json())
        refused = self.key is not None and kind.key(http.headers) != self.key
        if refused and wire.failure("wrong key"):
            behaviour: Behaviour = Fault("wrong key")
        else:
            behaviour = self._script.popleft() if self._script else self.default
        request = Request(wire.body, http.headers, wire, behaviour)
        self.requests.append(request)
        exchange = Exchange(self, request, http)
        try:
            await asyncio.sleep(self.latency)
            await behaviour.play(exchange)
        except (asyncio.CancelledError, ConnectionError):
            if not request.finished and not self._stopping.is_set():
                request.closed_by_client_at = time.monotonic()
            raise
        return exchange.response

    async def _give_token(self, _: web.Request) -> web.Response:
        """Google's log-in, for a service account: nobody here checks who asks."""
        token = {"access_token": self.key or "token", "expires_in": 3600, "token_type": "Bearer"}
        return web.json_response(token)

    async def _get_stats(self, _: web.Request) -> web.Response:
        return web.Response(
            body=to_json(self.stats()).encode(errors="replace"), content_type="application/json"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="An LLM server for benchmarks.")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--latency", type=float, default=0, help="seconds before the response")
    parser.add_argument("--chars", type=int, default=4000, help="length of every answer")
    parser.add_argument("--chunk", type=int, default=40, help="characters a chunk")
    parser.add_argument("--delay", type=float, default=0, help="seconds between chunks")
    args = parser.parse_args()

    # A shell starts its background jobs with SIGINT ignored, so neither handler can be left out.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    llm = LLMServer(args.port)
    llm.answer = report(args.chars)
    llm.latency, llm.chunk_size, llm.delay = args.latency, args.chunk, args.delay
    try:
        with llm:
            print(llm.base_url, flush=True)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
