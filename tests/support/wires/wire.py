"""What all wires have in common."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import web

Message = dict[str, Any]

# What can be wrong with a request, apart from the line and the answer. Not every provider knows
# all of it: there is no quota to use up at home, and some filter answers only.
CAUSES = (
    "wrong key",
    "no permission",
    "unknown model",
    "quota used up",
    "context too long",
    "content policy",
    "too many requests",
    "overloaded",
)


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer. `reasoning` is among those of the completion."""

    prompt: int
    completion: int
    reasoning: int = 0


@dataclass(frozen=True)
class Failure:
    """An answer that is none: status, body and headers as the provider sends them."""

    status: int
    body: Mapping[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)


class Wire:
    """One provider's format, for one request."""

    name: ClassVar[str]
    routes: ClassVar[tuple[str, ...]]  # paths as aiohttp writes them; {model} is the model's name
    content_type: ClassVar[str] = "text/event-stream"
    failures: ClassVar[Mapping[str, tuple[int, str, str | None]]] = {}  # by cause: as for `error`

    def __init__(self, http: web.Request, body: dict[str, Any]) -> None:
        self.body = body
        self.model = str(body.get("model") or http.match_info.get("model") or "test-model")
        self.streamed = True

    @staticmethod
    def key(headers: Mapping[str, str]) -> str:
        """Return the secret that a request shows."""
        return headers.get("Authorization", "").removeprefix("Bearer ")

    def messages(self) -> list[Message]:
        """Return what the request says, in OpenAI's roles, texts as they are."""
        raise NotImplementedError

    def opening(self) -> bytes:
        """What comes before the first piece."""
        return b""

    def piece(self, text: str, kind: str) -> bytes:
        """A piece of `content`, `reasoning_content` or `refusal`."""
        raise NotImplementedError

    def ending(self, reason: str, usage: Usage) -> bytes:
        """The finish reason (`stop`, `length` or `content_filter`) and the usage."""
        raise NotImplementedError

    def whole(self, texts: Mapping[str, str], reason: str, usage: Usage) -> bytes:
        """The answer to a request that does not want a stream, by kind of text."""
        raise NotImplementedError

    @classmethod
    def error(cls, status: int, message: str, code: str | None) -> Mapping[str, Any]:
        """The body of a failure."""
        raise NotImplementedError

    def error_event(self, status: int, message: str, code: str | None) -> bytes:
        """A failure that comes down the stream in place of the next piece."""
        return sse(self.error(status, message, code))

    @classmethod
    def failure(cls, cause: str) -> Failure | None:
        """Return how this provider says one of CAUSES, None if it has no such failure."""
        if cause not in cls.failures:
            return None
        status, message, code = cls.failures[cause]
        headers = {"Retry-After": "1"} if cause == "too many requests" else {}
        return Failure(status, cls.error(status, message, code), headers)


class ContentBlocks(Wire):
    """A wire whose texts come in numbered blocks, with the system's instructions beside them."""

    block = ""  # the kind of text of the block that is open
    index = -1

    def messages(self) -> list[Message]:
        system = text_of(self.body.get("system"))
        return [{"role": "system", "content": system}] * bool(system) + [
            {"role": message["role"], "content": text_of(message["content"])}
            for message in self.body["messages"]
        ]

    def next_block(self, kind: str) -> bytes:
        """Close the block that is open, and count the one that begins."""
        closing = self.close_block()
        self.block, self.index = kind, self.index + 1
        return closing

    def close_block(self) -> bytes:
        raise NotImplementedError


def to_json(value: object) -> str:
    # Not escaped to ASCII, as providers send it: so a read can end inside a character.
    return json.dumps(value, ensure_ascii=False)


def sse(value: object, event: str = "") -> bytes:
    """A server-sent event."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {to_json(value)}\n\n".encode(errors="replace")


def text_of(content: Any) -> str:
    """The text of a message, which may come in parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content or "")
