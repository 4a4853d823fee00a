"""A server that says what it is told, byte for byte, and what OpenAI's wire is made of."""

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

REPORT = """\
# Kelp farming

Kelp farms grow quickly in cold water. They need no feed.

## Costs

A hectare costs about 40,000 dollars to set up.

## Limits

Storms tear lines away, and buyers are few. The last word is sargassum.
"""
HALF = REPORT[:110]
STREAMS = REPORT.replace(
    "## Costs",
    "The stream ends with `data: [DONE]`, and then it is closed.\n\n- [DONE] first\n\n## Costs",
)
USAGE = {"prompt_tokens": 20, "completion_tokens": 60, "total_tokens": 80}
SILENCE = object()  # in a body: nothing more comes, and the connection stays open

Asked = dict[str, Any]  # a request's body


@dataclass
class Says:
    """One response: parts of a body, as one read each if the network is quick."""

    body: Sequence[Any]
    status: int = 200
    kind: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)


Script = Sequence[Says | Callable[[Asked], Says]]  # for each request; the last for all others


class ScenarioServer:
    """Answers by the script whose name is the request's topic."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.asked: dict[str, list[Asked]] = {}
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def __enter__(self) -> Self:
        serving = asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.server = asyncio.run_coroutine_threadsafe(serving, self.loop).result(10)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *exception: object) -> None:
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            size = int(head.partition("content-length:")[2].split()[0])
            asked: Asked = json.loads(await reader.readexactly(size))
            said = json.dumps(asked, ensure_ascii=False)
            name = max((name for name in self.scripts if f"<{name}>" in said), key=len)
            self.asked.setdefault(name, []).append(asked)
            script = self.scripts[name]
            turn = script[min(len(self.asked[name]), len(script)) - 1]
            says = turn(asked) if callable(turn) else turn
            headers = {"content-type": says.kind, "connection": "close"} | says.headers
            lines = [f"HTTP/1.1 {says.status} X", *(f"{n}: {v}" for n, v in headers.items())]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            for part in says.body:
                if part is SILENCE:
                    await reader.read()  # until the client hangs up
                else:
                    writer.write(part)
                    await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


# ---- OpenAI's wire


def words(text: str, length: int = 12) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def chunk(delta: Any = None, reason: Any = None, **top: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {} if delta is None else delta, "finish_reason": reason}
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1790000000, "model": "m"}
    return chunk | {"choices": [choice]} | top


def event(data: Any, end: str = "\n\n") -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"data: {text}{end}".encode()


def text(said: str, **top: Any) -> list[bytes]:
    return [event(chunk({"content": word}, **top)) for word in words(said)]


DONE = event("[DONE]")
COUNTS = event(chunk() | {"choices": [], "usage": USAGE})


def stream(*parts: Any, reason: Any = None, counts: Any = None) -> Says:
    """A stream of these parts: bytes and dicts as they are, strings as text."""
    body: list[Any] = []
    for part in parts:
        if isinstance(part, str):
            body += text(part)
        else:
            body.append(event(part) if isinstance(part, dict) else part)
    body += [event(chunk(reason=reason))] * (reason is not None)
    body += [event(chunk() | {"choices": [], "usage": counts})] * (counts is not None)
    return Says([*body, DONE])


def good(asked: Asked) -> Says:
    """What a good server says: the report, or the rest of it."""
    said = [m["content"] for m in asked.get("messages", []) if m["role"] == "assistant"]
    start = len(said[-1]) if said and REPORT.startswith(said[-1]) else 0
    return stream(REPORT[start:], reason="stop", counts=USAGE)


def whole(content: Any = REPORT, reason: str = "stop", **top: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    completion = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    return completion | {"choices": [choice], "usage": USAGE} | top


def body(data: Any, status: int = 200, kind: str = "application/json", **headers: str) -> Says:
    said = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Says([said.encode()], status, kind, names)
