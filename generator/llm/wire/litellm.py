"""What LiteLLM reads itself: the answers on wires that `wires.py` does not know."""

import asyncio
from collections.abc import Callable
from typing import Any

from generator.llm.wire.exchange import Exchange


async def read_as_litellm_does(stream: Any, exchange: Exchange, add: Callable[[str], None]) -> None:
    """Read LiteLLM's stream to its end, and give its text to `add` as it comes."""
    exchange.wires = ()
    try:
        await read_chunks(stream, exchange, add)
    finally:
        add(exchange.take(last=True))


async def read_chunks(stream: Any, exchange: Exchange, add: Callable[[str], None]) -> None:
    opening: int | None = None
    async for chunk in stream:
        delta = chunk.choices[0].delta if chunk.choices else None
        exchange.model = exchange.model or chunk.model or ""
        exchange.count(usage.model_dump() if (usage := getattr(chunk, "usage", None)) else None)
        if delta and (thought := delta.get("reasoning_content")):
            exchange.think(thought)
        if delta and delta.content:
            exchange.add(delta.content)
            add(exchange.take())
            # LiteLLM keeps every chunk, and puts all of them together at the end. Of those with
            # text, it needs the last two, to notice that a model repeats itself.
            if opening is None:
                opening = len(stream.chunks) - 1
            del stream.chunks[opening:-2]
            stream.response_uptil_now = ""
            await asyncio.sleep(0)
        # LiteLLM makes a reason up where a stream just ends, but not here.
        if reason := stream.received_finish_reason or stream.intermittent_finish_reason:
            exchange.end(reason)
