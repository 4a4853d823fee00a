"""What an answer took: the provider's counts, whatever their shape, and a price."""

import math
import re
from typing import Any

from generator.llm.client import import_litellm

TOKENS = ("prompt_tokens", "completion_tokens")
# Whose names they are: OpenAI's; and, without regard to case and underscores, everybody else's.
NAMES = {
    "prompt_tokens": re.compile("(prompt|input)(tokens?|tokencount)$"),
    "completion_tokens": re.compile(
        "(completion|output|generated|candidates)(tokens?|tokencount)$"
    ),
}
DETAILS = ("prompt_tokens_details", "completion_tokens_details")
TOTALS = ("total_cost", "total", "cost", "amount", "usd", "price", "value")
CHARACTERS_A_TOKEN = 4  # where not even LiteLLM can count


def counted(usage: dict[str, Any], model: str, asked: Any, written: str) -> dict[str, Any]:
    """Return a usage with `prompt_tokens`, `completion_tokens` and `total_tokens`.

    What the provider has not counted, or not in numbers, is estimated: `estimated` is 1 then.
    """
    for name in TOKENS:
        others = [v for n, v in usage.items() if NAMES[name].match(re.sub("[^a-z]", "", n.lower()))]
        usage = {name: others[0]} | usage if others else usage
    known: dict[str, Any] = {n: tokens(v) for n, v in usage.items() if n.endswith("_tokens")}
    known = {name: count for name, count in known.items() if count is not None}
    estimated = 0
    for name, text in zip(TOKENS, (asked, written), strict=True):
        if not known.get(name) and text:
            known[name], estimated = estimate(model, text), 1
    known["total_tokens"] = known.get("prompt_tokens", 0) + known.get("completion_tokens", 0)
    for name in DETAILS:
        if isinstance(details := usage.get(name), dict):
            counts = {n: count for n, v in details.items() if (count := tokens(v)) is not None}
            known |= {name: counts} if counts else {}
    cost = amount(usage.get("cost"))
    return known | ({"estimated": 1} if estimated else {}) | ({"cost": cost} if cost else {})


def estimate(model: str, text: Any) -> int:
    """Return about how many tokens a text, or the messages of a request, have."""
    try:
        kind = "text" if isinstance(text, str) else "messages"
        return int(import_litellm().token_counter(model=model, **{kind: text}))
    except Exception:  # a tokenizer that is not there, a shape that it does not know
        return len(str(text)) // CHARACTERS_A_TOKEN


def price_of(usage: dict[str, Any], models: list[str]) -> float | None:
    """Return what an answer cost in US dollars, None if nobody knows."""
    if cost := usage.get("cost"):
        return float(cost)  # the provider says so
    litellm = import_litellm()
    for name in dict.fromkeys(models):
        for counts in (usage, {n: usage[n] for n in (*TOKENS, "total_tokens") if n in usage}):
            try:
                told = litellm.Usage(**{n: v for n, v in counts.items() if n != "estimated"})
                return float(sum(litellm.cost_per_token(model=name, usage_object=told)))
            except Exception:
                continue  # LiteLLM's way to say that it knows no price
    return None


def tokens(value: Any) -> int | None:
    number = amount(value) if not isinstance(value, list | dict) else None
    return None if number is None else int(number)


def amount(value: Any) -> float | None:
    """Return the number in what a provider sends in its place: a string, a list, an object."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        found = re.fullmatch(
            r"(?:US)?\$?\s*(\d[\d.]*(?:e-?\d+)?)\s*(?:USD|\$)?", value[:100].strip(), re.I
        )
        try:
            return float(found[1]) if found else None
        except ValueError:
            return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) and value >= 0 else None
    if isinstance(value, dict):
        for name in TOTALS:
            if (total := amount(value.get(name))) is not None:
                return total
        value = list(value.values())
    parts = [part for part in map(amount, value) if part is not None]
    return sum(parts) if parts else None
