"""How one request is answered: in full, slowly, half, wrongly, or not at all.

First what a behaviour is and the answer in full, then those that break off, those that have
nothing to say, and those that fail. None of them knows what wire it speaks.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from support.wires.wire import to_json

if TYPE_CHECKING:
    from support.llm_server import Exchange


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
            for part in ("<think>", self.think, "</think>", "\n\n"):  # a tag is a token
                await exchange.say(part, counts=False)
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
            await exchange.is_read()
            exchange.hang_up()


@dataclass(frozen=True)
class Reset(Answer):
    """The connection is reset: with 0, before any byte of the response."""

    after: int = 0

    async def play(self, exchange: "Exchange") -> None:
        if self.after:
            await self.say(exchange, self.after)
            await exchange.is_read()
        exchange.reset()


@dataclass(frozen=True)
class ErrorEvent(Answer):
    """An error comes down the stream in place of the next chunk; the body ends there."""

    after: int
    message: str = "The server had an error while processing your request."
    code: str | None = None

    async def play(self, exchange: "Exchange") -> None:
        await self.say(exchange, self.after)
        await exchange.send(exchange.wire.error_event(500, self.message, self.code))


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
    """An error as the provider words it, or any `body` with any status."""

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
            message += f" Key: {exchange.wire.key(request.headers)}. Prompt: {request.prompt}"
        body = self.body
        if body is None:
            body = to_json(exchange.wire.error(self.status, message, self.code))
        await exchange.open(self.status, self.content_type, self.headers)
        await exchange.send(body.encode(errors="replace"))


@dataclass(frozen=True)
class Fault:
    """A request that is not answered for one of `wires.CAUSES`, as the provider says it."""

    cause: str

    async def play(self, exchange: "Exchange") -> None:
        failure = exchange.wire.failure(self.cause)
        assert failure, f"{exchange.wire.name} has no failure for {self.cause}"
        body = failure.body if isinstance(failure.body, str) else to_json(failure.body)
        content_type = None if failure.status == 200 else "application/json"
        await exchange.open(failure.status, content_type, failure.headers)
        await exchange.send(body.encode())


@dataclass(frozen=True)
class Html(Fail):
    """A page in place of an answer, as captive portals and wrong base URLs give it."""

    status: int = 200
    body: str | None = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>"
    content_type: str = "text/html"


def _last_sentence(text: str) -> int:
    """Where the last sentence or line of the text starts."""
    starts = re.finditer(r"(?:[.!?]\s|[。！？]|\n)\s*(?=\S)", text)
    return max((start.end() for start in starts), default=0)
