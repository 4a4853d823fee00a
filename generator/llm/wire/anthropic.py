"""Anthropic's Messages, also as Vertex AI, Azure and Bedrock's older interface serve them.

https://docs.claude.com/en/api/messages-streaming
"""

from typing import Any

from generator.llm.wire.events import Event
from generator.llm.wire.exchange import Exchange, dict_in

TEXTS = ("text", "thinking", "redacted_thinking")  # what is none of these stands between two texts


def read(event: Event, exchange: Exchange) -> bool:
    data = event.data
    match data.get("type"):
        case "message_start":
            read_message(dict_in(data, "message"), exchange)
        case "content_block_start":
            read_block(dict_in(data, "content_block"), exchange)
        case "content_block_delta":
            read_block(dict_in(data, "delta"), exchange)
        case "message_delta":
            count(data.get("usage"), exchange)
            if reason := dict_in(data, "delta").get("stop_reason"):
                exchange.end(str(reason))
        case "message_stop":
            exchange.events.done = True
        case "message" if "content" in data:  # without a stream
            read_message(data, exchange)
        case "content_block_stop":
            pass
        case _:
            return False
    return True


def read_message(message: dict[str, Any], exchange: Exchange) -> None:
    exchange.model, exchange.id = str(message.get("model") or ""), str(message.get("id") or "")
    count(message.get("usage"), exchange)
    content = message.get("content")
    for block in content if isinstance(content, list) else []:
        read_block(block, exchange)
    if reason := message.get("stop_reason"):
        exchange.end(str(reason))


def read_block(block: dict[str, Any], exchange: Exchange) -> None:
    """Take a block, or what comes of one."""
    kind = str(block.get("type"))
    if isinstance(text := block.get("text"), str):
        exchange.add(text)
    if isinstance(thought := block.get("thinking"), str):
        exchange.think(thought)
    if kind not in TEXTS and not kind.endswith("_delta"):
        exchange.begin_block()


def count(usage: Any, exchange: Exchange) -> None:
    """What is read from a cache, or written to one, is counted beside the prompt's other tokens."""
    if not isinstance(usage, dict):
        return
    given = {name: value for name, value in usage.items() if isinstance(value, int)}
    cached = {n: v for n, v in given.items() if n.startswith("cache_") and n.endswith("_tokens")}
    counts: dict[str, Any] = dict(cached)
    if "input_tokens" in given:
        counts["prompt_tokens"] = given["input_tokens"] + sum(cached.values())
    if "output_tokens" in given:
        counts["completion_tokens"] = given["output_tokens"]
    if read_from_cache := cached.get("cache_read_input_tokens"):
        counts["prompt_tokens_details"] = {"cached_tokens": read_from_cache}
    exchange.count(counts)
