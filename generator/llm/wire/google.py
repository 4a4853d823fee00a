"""Gemini, by key and on Vertex AI: https://ai.google.dev/api/generate-content."""

from typing import Any

from generator.llm.wire.events import Event
from generator.llm.wire.exchange import Exchange, dict_in

# As numbers, where `$alt=json;enum-encoding=int` is asked for, as Google's own libraries do.
REASONS = {1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION"}
OURS = ("candidates", "promptFeedback", "usageMetadata")


def read(event: Event, exchange: Exchange) -> bool:
    data = event.data
    if not any(name in data for name in OURS):
        return False
    exchange.model = exchange.model or str(data.get("modelVersion") or "")
    exchange.id = exchange.id or str(data.get("responseId") or "")
    count(dict_in(data, "usageMetadata"), exchange)
    candidates = data.get("candidates")
    if isinstance(candidates, list) and candidates and isinstance(candidates[0], dict):
        read_candidate(candidates[0], exchange)
    elif blocked := dict_in(data, "promptFeedback").get("blockReason"):
        exchange.end(f"blocked: {blocked}")
    return True


def read_candidate(candidate: dict[str, Any], exchange: Exchange) -> None:
    parts = dict_in(candidate, "content").get("parts")
    for part in parts if isinstance(parts, list) else []:
        if not isinstance(part, dict):
            continue
        if isinstance(text := part.get("text"), str):
            exchange.think(text) if part.get("thought") else exchange.add(text)
        elif "thoughtSignature" not in part:
            exchange.begin_block()  # a tool, or code that was run
    if reason := candidate.get("finishReason"):
        exchange.end(REASONS.get(reason, str(reason)))


def count(usage: dict[str, Any], exchange: Exchange) -> None:
    """Thoughts, and what tools brought, are counted beside the answer and the prompt."""
    given = {name: value for name, value in usage.items() if isinstance(value, int)}
    counts: dict[str, Any] = {}
    if "promptTokenCount" in given:
        tools = given.get("toolUsePromptTokenCount", 0)
        counts["prompt_tokens"] = given["promptTokenCount"] + tools
    thoughts = given.get("thoughtsTokenCount", 0)
    if "candidatesTokenCount" in given or thoughts:
        counts["completion_tokens"] = given.get("candidatesTokenCount", 0) + thoughts
    if thoughts:
        counts["completion_tokens_details"] = {"reasoning_tokens": thoughts}
    if cached := given.get("cachedContentTokenCount"):
        counts["prompt_tokens_details"] = {"cached_tokens": cached}
    exchange.count(counts)
