"""Counters beside the SDK's own, served to Prometheus on METRICS_ADDRESS.

Retries need none here: the SDK counts `temporal_activity_execution_failed` for each type of
Activity. What it cannot know is what an answer took and what it cost.
"""

from typing import Any

from temporalio import activity


def count_answer(response: dict[str, Any], model: str) -> None:
    """Count the tokens of one answer, and its price in millionths of a dollar: counters are whole.

    `model` is the one that was asked: providers may give any other name, without end. Outside an
    Activity there is nowhere to count.
    """
    if not activity.in_activity():
        return
    meter = activity.metric_meter().with_additional_attributes({"model": model})
    for kind in ("prompt", "completion"):
        tokens = int(response["usage"].get(f"{kind}_tokens") or 0)
        meter.create_counter(f"research_{kind}_tokens", "Tokens of answers", "tokens").add(tokens)
    if cost := response.get("response_cost"):
        meter.create_counter(
            "research_cost_microdollars", "Price of answers, where it is known", "microdollars"
        ).add(round(cost * 1_000_000))
