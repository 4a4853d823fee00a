"""What the tests of the providers share: asking for a report, and what became of it."""

import asyncio
from typing import Any

import pytest
from support.families import Family
from support.llm_server import (
    LLMServer,
)
from temporalio.exceptions import ApplicationError

from activities import llm_call
from generator.llm import import_litellm
from models import LLMCallInput

TOPIC = "Why are tardigrades so tough?"
TWICE = 0.05  # of an answer may be generated again


async def call(prompt: str = TOPIC) -> dict[str, Any]:
    return await asyncio.to_thread(llm_call, LLMCallInput(prompt))


async def failure_of_call() -> ApplicationError:
    with pytest.raises(ApplicationError) as raised:
        await call()
    return raised.value


def content(result: dict[str, Any]) -> str:
    return str(result["choices"][0]["message"]["content"])


def price(family: Family, llm: LLMServer) -> float:
    """What the requests of an answer cost by LiteLLM's price list, 0 if it does not know."""
    litellm = import_litellm()
    _, _, model = family.model.rpartition("/")
    prices = litellm.model_cost.get(model, {})
    usages = [request.usage for request in llm.requests if request.usage]
    return sum(
        float(usage.prompt * prices.get("input_cost_per_token", 0))
        + float(usage.completion * prices.get("output_cost_per_token", 0))
        for usage in usages
    )


def sent_twice(llm: LLMServer) -> float:
    """The share of the answer that has been generated more than once."""
    return (sum(request.sent for request in llm.requests) - len(llm.answer)) / len(llm.answer)
