"""The calls of a run that cost money: side by side, summed, limited, and stopped together.

This is Workflow code, which Temporal replays: it waits for Activities and does nothing else.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from generator.received import answer_in
from generator.wording import in_brief
from models import ReportStatus, SearchResult

T = TypeVar("T")


class TopicChanged(Exception):
    """The topic is another one now: what was asked about the one before is of no use."""


class PaidCalls:
    """The model calls and searches of one run."""

    def __init__(self, status: ReportStatus, limit: float, numbered: bool) -> None:
        self.status = status  # holds the sums
        self.limit = limit  # US dollars; 0: the worker's MAX_COST
        self.running: list[workflow.ActivityHandle[Any]] = []
        self.numbered = numbered  # an ID tells what a call is for: terminals see no summary
        self.started = 0
        self.private = False  # no text in IDs, as Temporal does not encrypt them
        self.topic_changed = False  # since these were started

    def next_id(self, summary: str) -> str | None:
        """Return the ID of the next call, None if Temporal is to choose it.

        Raises:
            TopicChanged: no more calls, please: their results would be of no use.
        """
        if self.topic_changed:
            raise TopicChanged
        if not self.numbered:
            return None
        self.started += 1
        return f"{self.started}" if self.private else f"{self.started}. {in_brief(summary)}"

    async def result(self, call: workflow.ActivityHandle[Any], read: Callable[[Any], T]) -> T:
        """Wait for an Activity that costs money; a cancellation stops it, and so does a new topic.

        `read` takes its result apart (`generator/received.py`).

        Raises:
            ApplicationError: the result is none.
            TopicChanged: the result, if there is one, is of no use.
            ActivityError: no attempt can succeed.
        """
        self.running.append(call)
        try:
            result = read(await call)
        except ActivityError as error:
            self._count(paid_before(error))
            if run_is_cancelled():
                # Whatever the attempt ended with, the run ends as cancelled and not as failed.
                raise asyncio.CancelledError from None
            raise
        finally:
            self.running.remove(call)
        self._count(result)
        if run_is_cancelled():  # the call finished first, and swallowed the cancellation
            raise asyncio.CancelledError
        if self.topic_changed:
            raise TopicChanged
        return result

    def stop_for_new_topic(self) -> None:
        self.topic_changed = True
        for call in self.running:
            call.cancel()

    def may_spend(self) -> bool:
        """Tell whether the limit of cost, if there is one, leaves room for another call."""
        return not self.limit or self.status.cost < self.limit

    def _count(self, result: Any) -> None:
        if isinstance(result, SearchResult):
            is_paid = result.provider not in ("", "demo")
            self.status.searches += is_paid
            cost = result.cost
        elif isinstance(result, dict):
            usage = result.get("usage") or {}
            tokens = usage.get("total_tokens") or 0
            self.status.tokens += tokens
            self.status.estimated |= bool(usage.get("estimated"))
            cost, is_paid = result.get("response_cost"), bool(tokens)
            self.limit = result.get("max_cost") or self.limit
            self.private |= bool(result.get("private"))
        else:
            return  # pages cost nothing
        self.status.cost += cost or 0
        self.status.cost_is_known &= cost is not None or not is_paid


def paid_before(error: ActivityError) -> dict[str, Any]:
    """Return what a call used and cost before it failed for good, as its failure says."""
    details = error.cause.details if isinstance(error.cause, ApplicationError) else ()
    if details and isinstance(details[0], dict):
        with contextlib.suppress(ApplicationError):
            return answer_in({**details[0], "choices": [{"message": {"content": ""}}]})
    return {}


def run_is_cancelled() -> bool:
    return workflow.cancellation_reason() is not None
