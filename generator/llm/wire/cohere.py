"""Cohere's Chat, version 2: https://docs.cohere.com/v2/docs/streaming; of version 1 the text."""

from typing import Any

from generator.llm.wire.events import Event
from generator.llm.wire.exchange import Exchange, dict_in

KINDS = {"message-start", "content-start", "content-delta", "content-end", "message-end"}
BESIDE = ("citation-", "tool-", "debug")


def read(event: Event, exchange: Exchange) -> bool:
    data = event.data
    kind = str(data.get("type") or data.get("event_type"))
    if kind in ("text-generation", "stream-start", "stream-end"):
        exchange.add(str(data.get("text") or ""))
        if kind == "stream-end":
            end(dict_in(data, "response"), str(data.get("finish_reason")), exchange)
    elif kind in KINDS:
        if kind == "content-start":
            exchange.begin_block()
        read_delta(dict_in(data, "delta"), kind, exchange)
    else:
        return kind.startswith(BESIDE) and exchange.wire is read
    return True


def read_delta(delta: dict[str, Any], kind: str, exchange: Exchange) -> None:
    content = dict_in(dict_in(delta, "message"), "content")
    exchange.add(str(content.get("text") or ""))
    exchange.think(str(content.get("thinking") or ""))
    if kind == "message-end":
        if isinstance(error := delta.get("error"), str):
            exchange.error = {"error": error}
        end(delta, str(delta.get("finish_reason") or ""), exchange)


def end(last: dict[str, Any], reason: str, exchange: Exchange) -> None:
    usage = dict_in(last, "usage") or dict_in(last, "meta")
    tokens = dict_in(usage, "tokens") or dict_in(usage, "billed_units")
    exchange.count(
        {
            "prompt_tokens": tokens.get("input_tokens"),
            "completion_tokens": tokens.get("output_tokens"),
        }
    )
    exchange.end(reason)
    exchange.events.done = True
