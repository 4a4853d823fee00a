"""OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses-streaming."""

from typing import Any

from generator.llm.wire.events import Event
from generator.llm.wire.exchange import Exchange, dict_in


def read(event: Event, exchange: Exchange) -> bool:
    data = event.data
    kind = str(data.get("type"))
    if data.get("object") == "response":  # without a stream
        read_response(data, exchange)
        return True
    if not kind.startswith("response."):
        return False
    delta = data.get("delta")
    match kind.removeprefix("response."):
        case "output_text.delta":
            say(str(delta or ""), exchange)
        case "output_text.done" if not exchange.has_text and not exchange.aside:
            exchange.add(str(data.get("text") or ""))
        case "refusal.delta":
            exchange.refusal += str(delta or "")
        case "reasoning_summary_text.delta" | "reasoning_text.delta":
            exchange.think(str(delta or ""))
        case "output_item.added" if dict_in(data, "item").get("type") != "reasoning":
            exchange.begin_block()
            exchange.aside = is_aside(dict_in(data, "item"))
        case "completed" | "incomplete" | "failed" | "cancelled" | "done" as status:
            response = dict_in(data, "response")
            read_response({"status": status.replace("done", "completed")} | response, exchange)
            if status == "failed" and exchange.error is None:
                exchange.error = {"message": "The model failed"}
    return True


def is_aside(item: dict[str, Any]) -> bool:
    """Tell whether a message is about the work and not the answer, as newer models mark it."""
    return item.get("phase") == "commentary"


def say(text: str, exchange: Exchange) -> None:
    exchange.think(text) if exchange.aside else exchange.add(text)


def read_response(response: dict[str, Any], exchange: Exchange) -> None:
    """Take what a response says as a whole: its text, where none has come; its usage; its end."""
    exchange.model = exchange.model or str(response.get("model") or "")
    exchange.id = exchange.id or str(response.get("id") or "")
    count(dict_in(response, "usage"), exchange)
    status = str(response.get("status"))
    if error := response.get("error"):
        exchange.error = error if isinstance(error, dict) else {"error": error}
    if status not in ("completed", "incomplete", "cancelled"):
        return
    output = response.get("output")
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    if not exchange.has_text:
        for item in items:
            exchange.begin_block()
            read_item(item, exchange)
    reason = str(dict_in(response, "incomplete_details").get("reason") or status)
    if status == "completed" and any("call" in str(item.get("type")) for item in items[-1:]):
        reason = "tool_calls"
    elif status == "completed" and exchange.refusal and exchange.has_text:
        reason = "refusal"
    exchange.end(reason)
    exchange.events.done = True


def read_item(item: dict[str, Any], exchange: Exchange) -> None:
    content, exchange.aside = item.get("content"), is_aside(item)
    for part in content if isinstance(content, list) and item.get("type") == "message" else []:
        if isinstance(part, dict):
            say(str(part.get("text") or ""), exchange)
            if not exchange.refusal:
                exchange.refusal = str(part.get("refusal") or "")


def count(usage: dict[str, Any], exchange: Exchange) -> None:
    details = {
        "prompt_tokens_details": usage.get("input_tokens_details"),
        "completion_tokens_details": usage.get("output_tokens_details"),
    }
    given = {"prompt_tokens": usage.get("input_tokens")}
    exchange.count(given | {"completion_tokens": usage.get("output_tokens")} | details)
