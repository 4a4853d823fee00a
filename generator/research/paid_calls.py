"""The calls of a run that cost money: side by side, summed, limited, and stopped together.

This is Workflow code, which Temporal replays: it waits for Activities and does nothing else.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from generator.failures import COST_LIMIT
from generator.results import answer_in, found_in, models_in, paid_in
from generator.wording import in_brief
from models import LLMCallInput, ReportStatus, SearchInput, SearchResult

T = TypeVar("T")
Ask = Callable[[LLMCallInput], workflow.ActivityHandle[Any]]
DECENT = 2000  # tokens: a section, and some thought before it


class TopicChanged(Exception):
    """The topic is another one now: what was asked about the one before is of no use."""


class PaidCalls:
    """The model calls and searches of one run."""

    def __init__(self, status: ReportStatus, limit: float, numbered: bool) -> None:
        self.status = status  # holds the sums
        self.limit = limit  # US dollars; 0: the worker's MAX_COST
        self.models: list[str] = []  # that have answered: workers may differ
        self.running: list[workflow.ActivityHandle[Any]] = []
        self.set_aside: dict[workflow.ActivityHandle[Any], float] = {}  # that they may spend yet
        self.numbered = numbered  # an ID tells what a call is for: terminals see no summary
        self.started = 0
        self.searching = 0  # searches under way
        self.alone = asyncio.Lock()  # held by one that has all that is left
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

    def for_search(self, query: SearchInput) -> SearchInput:
        """Return a query with what of the limit is not there for it."""
        return replace(query, max_cost=self.limit, spent=self._gone(), beside=self.searching)

    async def search(self, call: workflow.ActivityHandle[Any]) -> SearchResult:
        """Wait for a search, as `result` does."""
        self.searching += 1
        try:
            return await self.result(call, found_in)
        finally:
            self.searching -= 1

    def _gone(self) -> float:
        return self.status.cost + sum(self.set_aside.values())

    def _left(self) -> float:
        return max(0.0, self.limit - self._gone())

    async def answer(self, ask: Ask, question: LLMCallInput, beside: int) -> dict[str, Any]:
        """Have a question answered, for its share of what is left of the limit: others are asked,
        or may be, `beside` it.

        Where that share is too small for an answer worth reading, it has all that is left, once
        none of the others is under way.

        Raises:
            As `result` does.
        """
        if self.limit and beside:
            spent = self.limit - self._left() / max(1, beside + 1 - len(self.set_aside))
            try:
                return await self._answer(ask, replace(question, spent=spent, least=DECENT))
            except ActivityError as error:
                if getattr(error.cause, "type", "") != COST_LIMIT:
                    raise
            async with self.alone:
                await workflow.wait_condition(lambda: not self.set_aside)
                return await self._answer(ask, replace(question, spent=self._gone()))
        return await self._answer(ask, replace(question, spent=self._gone()))

    async def _answer(self, ask: Ask, question: LLMCallInput) -> dict[str, Any]:
        call = ask(question)
        if self.limit:
            self.set_aside[call] = max(0.0, self.limit - question.spent)
        return await self.result(call, answer_in)

    async def result(self, call: workflow.ActivityHandle[Any], read: Callable[[Any], T]) -> T:
        """Wait for an Activity that costs money; a cancellation stops it, and so does a new topic.

        `read` takes its result apart (`generator/results.py`).

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
            self.set_aside.pop(call, None)
        self._count(result)
        if run_is_cancelled():  # the call finished first, and swallowed the cancellation
            raise asyncio.CancelledError
        if self.topic_changed:
            raise TopicChanged
        return result

    def start_over(self) -> None:
        """What was asked so far is of no use: only what it cost still counts."""
        self.topic_changed = False
        self.models = []

    def stop_for_new_topic(self) -> None:
        self.topic_changed = True
        for call in self.running:
            call.cancel()

    def by_whom(self) -> str:
        return " and ".join(self.models)

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
            if limit := result.get("max_cost"):
                self.limit = min(limit, self.limit or limit)
            self.private |= bool(result.get("private"))
            self.models = [*dict.fromkeys([*self.models, *models_in(result)])]
        else:
            return  # pages cost nothing
        self.status.cost += cost or 0
        self.status.cost_is_known &= cost is not None or not is_paid


def paid_before(error: ActivityError) -> dict[str, Any]:
    """Return what a call used and cost before it failed for good, as its failure says."""
    details = error.cause.details if isinstance(error.cause, ApplicationError) else ()
    return paid_in(details[0] if details else None)


def run_is_cancelled() -> bool:
    return workflow.cancellation_reason() is not None
