"""Counters beside the SDK's own, served to Prometheus on METRICS_ADDRESS.

Retries need none here: the SDK counts `temporal_activity_execution_failed` for each type of
Activity. What it cannot know is what an answer took and what it cost.
"""

import socket
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.runtime import PrometheusConfig

from generator.failures import HELD

# Of the SDK's histograms: an answer takes up to ten minutes, a step that is held an hour.
LATENCIES = (
    "temporal_activity_execution_latency",
    "temporal_activity_succeed_endtoend_latency",
    "temporal_activity_schedule_to_start_latency",
    "temporal_workflow_endtoend_latency",
)
SECONDS = [0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0]


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
        meter.create_counter(f"research_{kind}_tokens", "Tokens of answers").add(tokens)
    if cost := response.get("response_cost"):
        meter.create_counter(
            "research_cost_microdollars", "Price of answers, where it is known"
        ).add(round(cost * 1_000_000))


def count_failure(error: BaseException) -> None:
    """Count an attempt that waits for a person, and one that no attempt can mend."""
    if not isinstance(error, ApplicationError):
        return
    meter = activity.metric_meter()
    if error.type == HELD:
        meter.create_counter("research_held", "Attempts that wait for a person").add(1)
    elif error.non_retryable:
        meter.create_counter("research_refused", "Attempts that no other can mend").add(1)


def served_at(address: str) -> PrometheusConfig:
    """Return how the metrics are served at METRICS_ADDRESS, by Prometheus' conventions for names.

    Raises:
        ValueError: there is no such address.
    """
    host, _, port = address.rpartition(":")
    try:
        [(*_, found), *_] = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise ValueError(f"no machine {host}: {error.strerror}") from None
    number = f"[{found[0]}]" if ":" in str(found[0]) else found[0]  # the SDK knows no names
    return PrometheusConfig(
        bind_address=f"{number}:{port}",
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides=dict.fromkeys(LATENCIES, SECONDS),
    )
