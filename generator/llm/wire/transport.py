"""The place through which all bytes from and to providers pass.

All of LiteLLM's clients, OpenAI's and Azure's among them, get their httpx transport from one
function. What it makes is wrapped here, so that an exchange sees what comes before LiteLLM does.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from generator.llm.wire.exchange import Exchange, current
from generator.llm.wire.wires import WIRES, events_of

GRACE = 2.0  # seconds after the end reason, for the usage
SILENCE = 600.0  # seconds of heartbeats without anything else
AFTER_DONE = 0.1  # seconds after [DONE], so that the connection can be used again
PAUSE = 0.1  # seconds between two reads at most: an answer that trickles comes in larger parts
# Seconds within which comes what is here already, and those that all of it may take.
AT_HAND, HANGING_UP = 0.05, 0.3
# What no wire understands, LiteLLM may: after so many events, or bytes.
STRANGE, UNKNOWN = 5, 16_000


def watch() -> None:
    """Have the transports that LiteLLM makes for its clients tell the exchange."""
    import litellm
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler as handler

    original = handler.create_aiohttp_transport

    def create_async_transport(**options: Any) -> httpx.AsyncBaseTransport:
        return WatchedTransport(original(**options))

    handler.create_async_transport = staticmethod(create_async_transport)
    litellm.in_memory_llm_clients_cache.flush_cache()  # some are made while it is imported


class WatchedTransport(httpx.AsyncBaseTransport):
    """Sends requests by another transport, and lets the current exchange read the answers."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = current.get()()
        if not exchange:
            return misled(await self.inner.handle_async_request(request), request)[0]
        host = f"[{request.url.host}]" if ":" in request.url.host else request.url.host
        port = f":{request.url.port}" if request.url.port else ""
        exchange.address = f"{request.url.scheme}://{host}{port}"
        exchange.asked = await request.aread()
        response, exchange.misled_to = misled(await self.send(request), request)
        exchange.begin(response.status_code, response.headers, events_of(response.headers), WIRES)
        exchange.body = body = Body(response, exchange)
        # The body is handed on as it is after decompression.
        headers = [
            (name, value)
            for name, value in response.headers.multi_items()
            if name not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        return httpx.Response(response.status_code, headers=headers, stream=body, request=request)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request, once.

        Raises:
            ReadError: the connection broke after it was sent. By another name, LiteLLM would send
                it again, whatever the first time has cost.
        """
        try:
            return await self.inner.handle_async_request(request)
        except (httpx.RemoteProtocolError, httpx.ConnectError) as error:
            if is_refused(error):
                raise
            said = str(error)
        raise httpx.ReadError(said, request=request)

    async def aclose(self) -> None:
        await self.inner.aclose()


def misled(response: httpx.Response, request: httpx.Request) -> tuple[httpx.Response, str]:
    """Return a response that leads to no other host, and the address to which it would have led.

    httpx takes the header Authorization out of a request that a redirect sends to another host, but
    not those in which Anthropic, Azure and Gemini get their keys; and it sends the prompt with it.
    Within the host, too, most redirects make a GET without a question of a POST (RFC 9110, 15.4).
    """
    if not response.has_redirect_location:
        return response, ""
    old, new = request.url, request.url.join(response.headers["location"])
    asks = request.method == "GET" or response.status_code in (307, 308)
    if asks and new.host == old.host and new.scheme in ("https", old.scheme):
        return response, ""
    response.status_code = 421  # Misdirected Request: no client follows it
    return response, str(new.copy_with(userinfo=b"", query=None, fragment=None))


def is_refused(error: httpx.HTTPError) -> bool:
    """Tell whether there was no connection: one that breaks is a ConnectError, too, to LiteLLM."""
    import aiohttp

    cause = error.__cause__ or error.__context__
    return isinstance(cause, aiohttp.ClientConnectorError) or (
        isinstance(error, httpx.ConnectError) and not isinstance(cause, aiohttp.ClientError)
    )


class Body(httpx.AsyncByteStream):
    """A response's body, which its exchange reads on the way, whoever asks for it."""

    def __init__(self, response: httpx.Response, exchange: Exchange) -> None:
        self.response, self.exchange = response, exchange
        self.blocks = response.aiter_bytes()
        self.kept: list[bytes] = []  # read ahead, and not handed on yet

    async def read_block(self) -> bytes:
        """Return the next part of the body, b"" at its end."""
        block = await anext(self.blocks, b"")
        if block:
            self.exchange.feed(block)
        else:
            self.exchange.finish()
        return block

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.kept:
            yield self.kept.pop(0)
        while block := await self.read_block():
            yield block

    async def aclose(self) -> None:
        await self.response.aclose()

    async def is_understood(self) -> bool:
        """Read on until a wire has understood what comes, or it is clear that none does."""
        exchange = self.exchange
        while not (exchange.wire or exchange.ended or exchange.error):
            if block := await self.read_block():
                self.kept.append(block)
            if exchange.strange > STRANGE or sum(map(len, self.kept)) > UNKNOWN:
                break
        return exchange.wire is not None or exchange.error is not None

    async def read(self, add: Callable[[str], None]) -> None:
        """Read the answer to its end, and give its text to `add` as it comes.

        The end is the end reason, and a little time for the usage: some never close. To cancel
        this closes the connection, once all has been read that is here: a process that was
        suspended finds much.
        """
        self.kept.clear()
        exchange, loop = self.exchange, asyncio.get_running_loop()
        started = last = loop.time()
        heard, end = exchange.heard, None
        reading: asyncio.Task[bytes] | None = None
        try:
            while True:
                add(exchange.take())
                if exchange.ended or (exchange.error is not None and not exchange.reason):
                    return
                now = loop.time()
                if heard != exchange.heard:
                    heard, last = exchange.heard, now
                elif now - last > SILENCE:
                    raise httpx.ReadTimeout("heartbeats, and nothing else")
                end = end_of(exchange, now, end)
                # Others have their turn, too; and what trickles comes together meanwhile.
                await asyncio.sleep(0 if end else min(PAUSE, (now - started) / 100))
                # A task of its own: what it waits for is not lost if this one is cancelled.
                reading = loop.create_task(self.read_block())
                await asyncio.wait({reading}, timeout=end - loop.time() if end else None)
                if not reading.done():
                    return
                reading.result()
        except asyncio.CancelledError:
            await self.read_what_is_here(reading)
            raise
        except httpx.HTTPError:
            if not exchange.reason:
                raise
        finally:
            if reading:
                reading.cancel()
            add(exchange.take(last=True))
            with contextlib.suppress(httpx.HTTPError):
                await self.aclose()

    async def read_what_is_here(self, reading: "asyncio.Task[bytes] | None") -> None:
        """Read on, with what a read that was under way brings, while there is no need to wait."""
        loop = asyncio.get_running_loop()
        end = loop.time() + HANGING_UP
        while not self.exchange.ended and loop.time() < end:
            if reading is None or (reading.done() and not reading.exception()):
                reading = loop.create_task(self.read_block())
            await asyncio.wait({reading}, timeout=AT_HAND)
            if not reading.done() or reading.exception():
                reading.cancel()
                return


def end_of(exchange: Exchange, now: float, end: float | None) -> float | None:
    """Return when to hang up, None while more of the answer may come."""
    if exchange.events.done:
        return min(now + AFTER_DONE, end or now + GRACE)
    if exchange.reason and not exchange.premature:
        return end or now + GRACE
    return None
