"""More ways of answering for `LLMServer`: waiting for the test, at a pace, by prompt."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from support.llm_server import Answer, Behaviour, Exchange, LLMServer, Request, report
from support.settings import API_KEY


class Latch(threading.Event):
    """Holds a server's reply until the test sets it, from whatever thread."""

    async def passed(self) -> None:
        while not self.is_set():
            await asyncio.sleep(0.002)


@dataclass(frozen=True, kw_only=True)
class Gate(Answer):
    """Answers in full, but stops after its first characters until it is opened."""

    after: int = 100
    opened: Latch = field(default_factory=Latch)

    async def play(self, exchange: Exchange) -> None:
        await exchange.open()
        rest = await self.say(exchange, self.after)
        await self.opened.passed()
        await exchange.say(rest)
        await exchange.finish(self.finish_reason)


@dataclass(frozen=True, kw_only=True)
class HeldBack(Answer):
    """No byte of a response before the latch is set."""

    latch: Latch

    async def play(self, exchange: Exchange) -> None:
        await self.latch.passed()
        await super().play(exchange)


@dataclass(frozen=True, kw_only=True)
class HeldAtTheEnd(Answer):
    """The whole text, but no finish reason before the latch is set."""

    latch: Latch

    async def play(self, exchange: Exchange) -> None:
        await self.say(exchange)
        await self.latch.passed()
        await exchange.finish("stop")


@dataclass(frozen=True, kw_only=True)
class Paced(Answer):
    """As much of the text each second as makes the whole answer take so many seconds; with a latch
    no end before that is set, so that a slow test still meets it in mid-answer."""

    seconds: float
    chunk: int = 40
    latch: Latch | None = None

    async def play(self, exchange: Exchange) -> None:
        due = self.due(exchange)
        whole = len(exchange.request.prefix) + len(due)
        started = time.monotonic()
        for position in range(0, len(due), self.chunk):
            await exchange.say(due[position : position + self.chunk])
            ahead = started + self.seconds * (position + self.chunk) / whole - time.monotonic()
            await asyncio.sleep(max(0, ahead))
        if self.latch:
            await self.latch.passed()
        await exchange.finish(self.finish_reason)


class ByPrompt:
    """Behaves as the prompt's own script says: one behaviour a request; the last one stays."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Behaviour]] = {}

    async def play(self, exchange: Exchange) -> None:
        script = self.scripts.get(exchange.request.prompt) or [Answer()]
        behaviour = script.pop(0) if len(script) > 1 else script[0]
        await behaviour.play(exchange)


@contextlib.contextmanager
def llm_by_prompt() -> Iterator[tuple[LLMServer, ByPrompt]]:
    with LLMServer() as llm:
        llm.key = API_KEY
        llm.answer = short_report()
        llm.default = by_prompt = ByPrompt()
        yield llm, by_prompt


def short_report(characters: int = 4000) -> str:
    """A report of about this length whose last sentence is whole."""
    return report(characters).rpartition(". ")[0] + "."


def long_report() -> str:
    """A report that takes `create_pdf` a second or two."""
    text = "# Findings, in tables"
    for number in range(1, 141):
        text += f"\n\nTable {number}:\n\n| a | b | c | d |\n|---|---|---|---|\n"
        for row in range(30):
            text += f"| {row} | *b* {row} | **c** {row} | `d` {number} |\n"
    return text.strip()


@dataclass
class Paid:
    """What a run's answer cost: its requests, and the share of its text generated twice."""

    requests: list[Request]
    answer: str

    @property
    def sent(self) -> float:
        return sum(request.sent for request in self.requests) / len(self.answer)

    @property
    def twice(self) -> float:
        return max(0.0, self.sent - 1)

    @property
    def asked_again(self) -> list[Request]:
        """The requests for the whole answer after it had been given in full."""
        finished = [r.finished_at for r in self.requests if r.finished_at is not None]
        first = min(finished, default=float("inf"))
        return [r for r in self.requests if r.received_at > first and not r.prefix]
