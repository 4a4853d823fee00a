"""OpenAI's Chat Completions, and what others have made of them.

https://platform.openai.com/docs/api-reference/chat-streaming, and without a stream, for those who
do not send one: https://platform.openai.com/docs/api-reference/chat/object.
"""

from typing import Any

from generator.llm.wire.events import Event
from generator.llm.wire.exchange import Exchange, dict_in
from generator.llm.wire.reasons import meaning

BESIDE = ("native_finish_reason", "content_filter_result")  # a choice, or within it
TEXTS = ("text", "content", "value", "summary", "reasoning_content", "reasoning", "thinking")
THOUGHTS = ("reasoning_content", "reasoning", "thinking")  # whichever comes first: some send two


def read(event: Event, exchange: Exchange) -> bool:
    """Take what a chunk or a whole completion says; tell whether it is one."""
    data = event.data
    # OpenRouter's and Groq's places, and Moonshot's within the choice.
    groq = data.get("x_groq")
    exchange.count(data.get("usage") or (groq.get("usage") if isinstance(groq, dict) else None))
    for name in ("citations", "search_results"):  # Perplexity's, in each chunk
        if isinstance(data.get(name), list):
            exchange.beside[name] = data[name]
    choices = data.get("choices")
    for name in ("data", "result", "output", "response"):  # in an envelope
        if choices is None and isinstance(dict_in(data, name).get("choices"), list):
            return read(Event(data[name], event.name), exchange)
    if not isinstance(choices, list):
        return "choices" in data or str(data.get("object")).startswith("chat.completion")
    exchange.model = exchange.model or str(data.get("model") or "")
    exchange.id = exchange.id or str(data.get("id") or "")
    choice = choice_of(choices, exchange)
    is_part = str(data.get("object")).endswith(".chunk")
    delta = choice.get("delta")
    message = choice.get("message")
    if isinstance(delta, dict | str):
        read_message(delta if isinstance(delta, dict) else {"content": delta}, exchange)
    elif isinstance(message, dict):
        if is_part or not exchange.has_text:  # else it is all that came, once more
            read_message(message, exchange)
    elif isinstance(text := choice.get("text"), str):
        exchange.add(text)
    exchange.count(choice.get("usage"))
    if reason := reason_of({name: data.get(name) for name in BESIDE} | choice):
        exchange.end(reason)
    elif isinstance(message, dict) and data.get("object") == "chat.completion":
        exchange.end("completed")  # as a whole, and it says no more
    return True


def choice_of(choices: list[Any], exchange: Exchange) -> dict[str, Any]:
    """Return the choice that this answer is about: the first one that came."""
    for choice in choices:
        if isinstance(choice, dict):
            index = choice.get("index")
            if exchange.choice is None:
                exchange.choice = index
            if index is None or index == exchange.choice:
                return choice
    return {}


def read_message(message: dict[str, Any], exchange: Exchange) -> None:
    for name in THOUGHTS:
        if thought := message.get(name):
            exchange.think(text_in(thought))
            break
    if message.get("tool_calls") or message.get("function_call"):
        exchange.begin_block()
    content = message.get("content", message.get("text"))
    if isinstance(content, str):
        exchange.add(content)
    else:
        read_parts(content, exchange)
    if isinstance(refusal := message.get("refusal"), str):
        exchange.refusal += refusal
    if isinstance(found := message.get("annotations"), list):
        exchange.beside.setdefault("annotations", []).extend(found)


def read_parts(parts: Any, exchange: Exchange) -> None:
    """Take content that comes in parts, as Mistral's and others' does."""
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, str):
            exchange.add(part)
        elif isinstance(part, dict):
            if "think" in (kind := str(part.get("type", "text"))) or "reason" in kind:
                exchange.think(text_in(part))
            elif kind in ("text", "output_text"):
                exchange.add(text_in(part))


def text_in(value: Any) -> str:
    """Return the text of a part, however deep: a string, or lists and objects around strings."""
    if isinstance(value, list):
        return "".join(map(text_in, value))
    if isinstance(value, dict):
        inner = next((value[n] for n in TEXTS if n in value), "")
        return text_in(inner)
    return value if isinstance(value, str) else ""


def reason_of(choice: dict[str, Any]) -> str:
    """Return the end reason. OpenRouter gives the one of the provider behind it, too, which may be
    the truth where its own says "stop"."""
    reason, native = choice.get("finish_reason"), choice.get("native_finish_reason")
    reason = reason or choice.get("finish_details")  # an object, in older versions
    if isinstance(reason, list):
        reason = reason[0] if reason else ""
    if isinstance(reason, dict):
        reason = reason.get("type") or reason.get("reason")
    if not isinstance(reason, str) or reason.lower() in ("null", "none"):
        return ""
    if reason == "content_filter" and dict_in(choice, "content_filter_result").get("error"):
        return ""  # Azure's: the filter did not run, and nothing was filtered
    if reason and isinstance(native, str) and meaning(native) in ("length", "content_filter"):
        return native
    return reason
