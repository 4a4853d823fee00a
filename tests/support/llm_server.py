"""A chat-completions server that speaks OpenAI's protocol and fails on demand.

    with LLMServer() as llm:
        llm.script(Fail(429, headers={"Retry-After": "2"}), Cut(after=200))
        ...  # something that calls the LLM at llm.base_url
        assert [len(request.prefix) for request in llm.requests] == [0, 0, 200]

It listens on a real socket, in a thread of its own, so that a client meets what it would meet on
the network: resets, half a stream, silence. Benchmarks run it as a process, which prints its base
URL first and counts what it was asked for at `/stats` (see `LLMServer.stats`):

    uv run python tests/llm_server.py --port 0 --latency 0 --chars 4000 --chunk 40 --delay 0
"""

import argparse
import asyncio
import itertools
import json
import re
import signal
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self

from aiohttp import web

# Without a delay between chunks they are sent many at a time: a write per chunk would make this
# server the bottleneck of a benchmark.
FLUSH_BYTES = 64 * 1024


def report(characters: int) -> str:
    """A Markdown report of exactly this length.

    Its sentences are numbered, so that a seam which repeats or loses words cannot go unnoticed,
    and not all ASCII, so that a chunk can end inside a character.
    """
    text = "# Findings, numbered"
    for number in itertools.count(1):
        if len(text) >= characters:
            return text[:characters]
        if number % 10 == 1:
            text += f"\n\n## Section {number // 10 + 1}\n\n"
        text += f"Finding {number} holds at −{number} °C. "
    raise AssertionError("unreachable")


@dataclass
class Request:
    """One request, and what became of it. All times are `time.monotonic()`."""

    body: dict[str, Any] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)  # case-insensitive
    behaviour: "Behaviour"
    received_at: float = field(default_factory=time.monotonic)
    sent: int = 0  # characters of the answer's text; `think` and `reasoning` do not count
    mismatch: bool = False  # `prefix` is not how the answer begins
    finish_reason: str | None = None
    finished_at: float | None = None  # finish reason and [DONE], or the whole JSON body, went out
    closed_by_client_at: float | None = None  # before the end, that is

    @property
    def finished(self) -> bool:
        return self.finished_at is not None

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body.get("messages", []))

    @property
    def prompt(self) -> str:
        """The first message of the user."""
        return next((_text(m) for m in self.messages if m["role"] == "user"), "")

    @property
    def prefix(self) -> str:
        """The text it asks to continue: "" if it asks for a fresh answer."""
        return "".join(_text(m) for m in self.messages if m["role"] == "assistant")


class Behaviour(Protocol):
    """How one request is answered."""

    async def play(self, exchange: "Exchange") -> None: ...


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Answers in full; a request that brings the text so far gets the rest, byte for byte.

    Models do not all continue that well: `strip` drops the white space at the seam,
    `repeat_sentence` goes back to the start of the last sentence or line, and `start_over` gives
    the whole answer again, as happens anyway where the text so far is not how the answer begins.
    """

    text: str | None = None  # None: the server's `answer`
    mode: Literal["continue", "repeat_sentence", "start_over"] = "continue"
    strip: bool = False
    reasoning: str = ""  # sent ahead of the answer as `reasoning_content`
    think: str = ""  # sent ahead of the answer as a <think> block that leaked into the content
    finish_reason: str = "stop"

    async def play(self, exchange: "Exchange") -> None:
        await self.say(exchange)
        await exchange.finish(self.finish_reason)

    async def say(self, exchange: "Exchange", after: int | None = None) -> str:
        """Say the first `after` characters of what is due, and return the rest."""
        if self.reasoning:
            await exchange.say(self.reasoning, "reasoning_content")
        if self.think:
            await exchange.say(f"<think>{self.think}</think>\n\n", counts=False)
        due = self.due(exchange)
        await exchange.say(due[:after])
        return "" if after is None else due[after:]

    def due(self, exchange: "Exchange") -> str:
        request, answer = exchange.request, self.text
        if answer is None:
            answer = exchange.llm.answer
        start = len(request.prefix)
        if not answer.startswith(request.prefix):
            request.mismatch, start = True, 0
        if self.mode == "start_over":
            start = 0
        elif self.mode == "repeat_sentence":
            start = _last_sentence(answer[:start])
        return answer[start:].lstrip() if self.strip and start else answer[start:]


@dataclass(frozen=True)
class Length(Answer):
    """Reaches the output limit after so many characters."""

    after: int

    async def play(self, exchange: "Exchange") -> None:
        await self.say(exchange, self.after)
        await exchange.finish("length")


@dataclass(frozen=True)
class ContentFilter(Answer):
    """The provider blocks the answer, after so many characters."""

    after: int = 0

    async def play(self, exchange: "Exchange") -> None:
        await self.say(exchange, self.after)
        await exchange.finish("content_filter")


@dataclass(frozen=True)
class Cut(Answer):
    """The body ends without finish reason or [DONE]: in good order, or with the chunk missing that
    tells HTTP that it is complete."""

    after: int
    clean: bool = True

    async def play(self, exchange: "Exchange") -> None:
        await self.say(exchange, self.after)
        if not self.clean:
            exchange.hang_up()


@dataclass(frozen=True)
class Reset(Answer):
    """The connection is reset: with 0, before any byte of the response."""

    after: int = 0

    async def play(self, exchange: "Exchange") -> None:
        if self.after:
            await self.say(exchange, self.after)
            # A reset overtakes what is still under way: let the client read what was sent.
            await asyncio.sleep(0.05)
        exchange.reset()


@dataclass(frozen=True)
class ErrorEvent(Answer):
    """An error comes down the stream in place of the next chunk; the body ends there."""

    after: int
    message: str = "The server had an error while processing your request."
    code: str | None = None

    async def play(self, exchange: "Exchange") -> None:
        await self.say(exchange, self.after)
        await exchange.send(_sse(_error(500, self.message, self.code)))


@dataclass(frozen=True)
class Stall(Answer):
    """Goes silent for a while with the connection open, then carries on as if nothing had been.

    With `after=0` the silence comes before the first chunk; without `headers`, before any byte.
    """

    after: int = 0
    seconds: float = 3600
    headers: bool = True

    async def play(self, exchange: "Exchange") -> None:
        rest = None
        if self.headers:
            await exchange.open()
        if self.headers and self.after:
            rest = await self.say(exchange, self.after)
        await asyncio.sleep(self.seconds)
        if rest is None:
            await self.say(exchange)
        else:
            await exchange.say(rest)
        await exchange.finish(self.finish_reason)


@dataclass(frozen=True)
class Drip(Answer):
    """Answers in full, one byte at a time: reads never time out, and chunks end anywhere."""

    bytes_per_second: float = 1

    async def play(self, exchange: "Exchange") -> None:
        exchange.byte_delay = 1 / self.bytes_per_second
        await super().play(exchange)


@dataclass(frozen=True)
class Empty:
    """An answer without content."""

    async def play(self, exchange: "Exchange") -> None:
        await exchange.finish("stop")


@dataclass(frozen=True)
class Refusal:
    """The model declines: the text is in the field `refusal`, and there is no content."""

    text: str = "I'm sorry, I can't help with that."

    async def play(self, exchange: "Exchange") -> None:
        await exchange.say(self.text, "refusal", counts=False)
        await exchange.finish("stop")


@dataclass(frozen=True)
class Fail:
    """An error as OpenAI words it, or any `body` with any status."""

    status: int
    code: str | None = None
    message: str = "The request failed on demand."
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    content_type: str = "application/json"
    echo: bool = False  # repeat the caller's key and prompt in the message, as some proxies do

    async def play(self, exchange: "Exchange") -> None:
        message = self.message
        if self.echo:
            request = exchange.request
            message += f" Key: {_key(request.headers)}. Prompt: {request.prompt}"
        body = self.body
        if body is None:
            body = _json(_error(self.status, message, self.code))
        await exchange.open(self.status, self.content_type, self.headers)
        await exchange.send(body.encode(errors="replace"))


@dataclass(frozen=True)
class Html(Fail):
    """A page in place of an answer, as captive portals and wrong base URLs give it."""

    status: int = 200
    body: str | None = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>"
    content_type: str = "text/html"


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
        include_usage = (request.body.get("stream_options") or {}).get("include_usage")
        self._chunk: dict[str, Any] = {
            "id": f"chatcmpl-{id(request):x}",
            "object": "chat.completion.chunk" if request.streamed else "chat.completion",
            "created": int(time.time()),
            "model": request.body.get("model") or "test-model",
        } | ({"usage": None} if include_usage else {})

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
            "text/event-stream" if stream else "application/json"
        )
        await self.response.prepare(self._http)
        self._due_at = time.monotonic()
        if stream:
            self._add({"role": "assistant", "content": ""})

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
            self._add({name: piece})
            if delay or self.byte_delay:
                await self._flush()
                await self._pace(delay)
            elif len(self._buffer) > FLUSH_BYTES:
                await self._flush()
                await asyncio.sleep(0)  # let the other streams have their turn
        if text:
            await self._flush()

    async def finish(self, reason: str) -> None:
        """Send the finish reason, the usage and [DONE]; or the whole answer, if not streaming."""
        await self.open()
        request = self.request
        prompt_tokens = sum(len(_text(message).split()) for message in request.messages)
        completion_tokens = sum(len(text.split()) for text in self._said.values())
        usage = {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        }
        if request.streamed:
            self._add({}, reason)
            if "usage" in self._chunk:
                self._buffer += _sse(self._chunk | {"choices": [], "usage": usage})
            self._buffer += b"data: [DONE]\n\n"
        else:
            message = {"role": "assistant", "content": None} | self._said
            choice = {"index": 0, "message": message, "finish_reason": reason}
            completion = self._chunk | {"choices": [choice], "usage": usage}
            self._buffer += _json(completion).encode(errors="replace")
        data = bytes(self._buffer)
        if self.byte_delay:
            await self.send(data[:-1])
            data = data[-1:]
        # Marked ahead of the last write: a client that has the end must find it marked.
        request.sent += self._unsent
        request.finish_reason, request.finished_at = reason, time.monotonic()
        try:
            await self.response.write_eof(data)
        except BaseException:
            request.finish_reason, request.finished_at = None, None
            raise

    async def send(self, data: bytes) -> None:
        """Send raw bytes of the body."""
        await self.open()
        if not self.byte_delay:
            await self.response.write(data)
            return
        for byte in data:
            await self.response.write(bytes((byte,)))
            await self._pace(self.byte_delay)

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

    def _add(self, delta: dict[str, str], finish_reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        self._buffer += _sse(self._chunk | {"choices": [choice]})

    async def _pace(self, delay: float) -> None:
        # Due times rather than pauses: a busy server must not make the LLM look slower.
        self._due_at += delay
        await asyncio.sleep(self._due_at - time.monotonic())

    async def _flush(self) -> None:
        data, self._buffer = bytes(self._buffer), bytearray()
        await self.send(data)


class LLMServer:
    """The server. Its settings may be changed at any time, from any thread."""

    def __init__(self, port: int = 0) -> None:
        self.port = port  # 0: a free one is chosen at the first start, and kept
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
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def script(self, *behaviours: Behaviour) -> None:
        """Behave like this from now on: one behaviour a request, in the order they arrive."""
        self._script = deque(behaviours)

    def wait_for(self, condition: Callable[["LLMServer"], object], timeout: float = 30) -> None:
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
        self.port = port.result(timeout=10)

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
        app.router.add_post("/v1/chat/completions", self._chat_completions)
        app.router.add_get("/stats", self._get_stats)
        # Cancelling the handler is how it learns, even in silence, that the client has gone.
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024).start()
        except OSError as error:
            port.set_exception(error)
        else:
            port.set_result(runner.addresses[0][1])
            await self._stopping.wait()
        finally:
            await runner.cleanup()

    async def _chat_completions(self, http: web.Request) -> web.StreamResponse:
        body = await http.json()
        if self.key is not None and _key(http.headers) != self.key:
            behaviour: Behaviour = Fail(401, "invalid_api_key", "Incorrect API key provided.")
        else:
            behaviour = self._script.popleft() if self._script else self.default
        request = Request(body, http.headers, behaviour)
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

    async def _get_stats(self, _: web.Request) -> web.Response:
        return web.Response(
            body=_json(self.stats()).encode(errors="replace"), content_type="application/json"
        )


def _json(value: object) -> str:
    # Not escaped to ASCII, as providers send it: so a read can end inside a character.
    return json.dumps(value, ensure_ascii=False)


def _sse(value: object) -> bytes:
    return f"data: {_json(value)}\n\n".encode(errors="replace")


def _error(status: int, message: str, code: str | None) -> dict[str, Any]:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    if status == 429:
        kind = code = code or "rate_limit_exceeded"
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _key(headers: Mapping[str, str]) -> str:
    return headers.get("Authorization", "").removeprefix("Bearer ")


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def _last_sentence(text: str) -> int:
    """Where the last sentence or line of the text starts."""
    starts = re.finditer(r"(?:[.!?]\s|[。！？]|\n)\s*(?=\S)", text)
    return max((start.end() for start in starts), default=0)


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
