"""Ollama's /api/chat: https://docs.ollama.com/api/chat."""

from generator.llm.wire.events import Event
from generator.llm.wire.exchange import Exchange, dict_in


def read(event: Event, exchange: Exchange) -> bool:
    data = event.data
    if "done" not in data or not ("message" in data or "response" in data):
        return False
    exchange.model = exchange.model or str(data.get("model") or "")
    message = dict_in(data, "message")
    exchange.think(str(message.get("thinking") or data.get("thinking") or ""))
    if message.get("tool_calls"):
        exchange.begin_block()
    exchange.add(str(message.get("content") or data.get("response") or ""))
    if data["done"]:
        exchange.count(
            {
                "prompt_tokens": data.get("prompt_eval_count"),
                "completion_tokens": data.get("eval_count"),
            }
        )
        exchange.end(str(data.get("done_reason") or "done"))  # older servers give no reason
        exchange.events.done = True
    return True
