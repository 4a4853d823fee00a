"""Whether what a run pays for has a price that LiteLLM knows: without one, no limit can be kept."""

import math

from generator.llm.client import import_litellm
from generator.settings import setting


def limit_of_cost(wanted: float) -> float:
    """Return how many US dollars a run may spend, 0 for no limit: an input can only lower it."""
    # Neither infinity nor NaN is an amount, and an Activity can be started with either.
    owner = float(setting("MAX_COST") or 0)
    limits = [limit for limit in (wanted, owner) if 0 < limit < math.inf]
    return min(limits, default=0.0)


def search_price() -> float:
    """Return the US dollars for a search with SEARCH_PROVIDER, 0 where it is free or unknown."""
    provider = setting("SEARCH_PROVIDER")
    if not provider:
        return 0.0
    info = import_litellm().model_cost.get(f"{provider}/search") or {}
    tiers = info.get("tiered_pricing") or [{}]
    return float(info.get("input_cost_per_query") or tiers[0].get("input_cost_per_query") or 0)


def unknown_price(model: str, searches: bool) -> str:
    """Return what to change before a limit of cost can be kept, "" if it can be.

    `searches` tells whether the run is to search the web.
    """
    if model == "demo":
        return ""
    litellm = import_litellm()
    # Asked for the price of a local model, LiteLLM asks the server of Ollama several times.
    if not model.startswith("ollama"):
        try:
            info = litellm.get_model_info(model)
        except Exception:  # LiteLLM's way to say that it does not know the model
            info = {}
        if not (info.get("input_cost_per_token") or info.get("output_cost_per_token")):
            return (
                f"LiteLLM knows no price of {model}, so a limit of cost cannot be kept: set another"
                " LLM_MODEL, or neither MAX_COST nor --max-cost"
            )
    provider = setting("SEARCH_PROVIDER")
    if searches and provider and provider not in ("searxng", "duckduckgo"):
        try:
            info = litellm.get_model_info(f"{provider}/search")
        except Exception:
            info = {}
        if info.get("input_cost_per_query") is None and not info.get("tiered_pricing"):
            return (
                f"LiteLLM knows no price of a search with {provider}, so a limit of cost cannot be"
                " kept: set another SEARCH_PROVIDER, or neither MAX_COST nor --max-cost"
            )
    return ""
