"""Every provider: an answer in full, in parts, cut off, and one that brings nothing.

The Activity is called directly where Temporal has no part in it, else in a run with a worker in
this process.
"""

import asyncio
import json
import re
from typing import Any

import pytest
from support.families import FAMILIES, KEY, Family
from support.llm_server import (
    Answer,
    Behaviour,
    ContentFilter,
    Cut,
    Empty,
    ErrorEvent,
    Fail,
    Length,
    LLMServer,
    Refusal,
    Reset,
    Stall,
    report,
)
from support.programs import until
from support.runs import activity_result, start_run
from support.temporal import running_worker
from temporalio.client import Client, WorkflowFailureError

from llm.providers.asking import TWICE, call, content, failure_of_call, price, sent_twice

# Providers that LiteLLM has more of its own for than an address.
SPEAK_OPENAI = [
    "mistral/mistral-large-latest",
    "groq/llama-3.3-70b-versatile",
    "openrouter/openai/gpt-4o",
    "deepseek/deepseek-chat",
    "xai/grok-3",
    "perplexity/sonar",
]
FIRST_AND_SLOW = [
    pytest.param(
        family,
        marks=() if family.name in ("openai", "anthropic", "gemini") else pytest.mark.slow,
        id=family.name,
    )
    for family in FAMILIES
]


async def test_a_report_with_its_usage_cost_and_finish_reason(
    family: Family, model: LLMServer
) -> None:
    model.script(Answer(reasoning="They may well be dry. So much for that."))
    result = await call()
    [request] = model.requests
    assert request.usage and request.wire.name == family.wire
    assert content(result) == model.answer
    assert result["choices"][0]["finish_reason"] == "stop"
    assert result["usage"]["prompt_tokens"] == request.usage.prompt
    assert result["usage"]["completion_tokens"] == request.usage.completion
    assert result["usage"]["total_tokens"] == request.usage.prompt + request.usage.completion
    assert result.get("response_cost", 0) == pytest.approx(price(family, model))
    assert bool(result.get("response_cost")) == (family.name not in ("ollama", "compatible"))
    assert "So much for that" not in json.dumps(result)


async def test_an_answer_that_ends_at_the_output_limit_is_continued(
    family: Family, model: LLMServer
) -> None:
    model.script(Length(after=1500), Length(after=1500))
    result = await call()
    assert content(result) == model.answer
    assert result["choices"][0]["finish_reason"] == "stop"
    prefixes = [request.prefix for request in model.requests]
    assert [bool(prefix) for prefix in prefixes] == [False, True, True]
    assert all(model.answer.startswith(prefix) for prefix in prefixes)
    usages = [request.usage for request in model.requests if request.usage]
    assert result["usage"]["completion_tokens"] == sum(usage.completion for usage in usages)
    assert result["usage"]["prompt_tokens"] == sum(usage.prompt for usage in usages)
    assert result.get("response_cost", 0) == pytest.approx(price(family, model))


async def test_thoughts_that_leak_into_the_answer_are_taken_out(
    family: Family, model: LLMServer
) -> None:
    model.script(Answer(think="So much for that."))
    result = await call()
    assert content(result) == model.answer
    assert "So much for that" not in json.dumps(result)


@pytest.mark.parametrize("model_name", SPEAK_OPENAI)
async def test_others_speak_openai_s_wire(
    model_name: str, llm: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_MODEL", model_name)
    settings.setenv("LLM_API_KEY", KEY)
    settings.setenv("LLM_API_BASE", llm.base_url)
    llm.script(Length(after=1500))
    result = await call()
    assert content(result) == llm.answer and len(llm.requests) == 2


@pytest.mark.parametrize(
    "family", [family for family in FAMILIES if family.name == "gemini"], ids=str, indirect=True
)
async def test_google_sends_the_finish_reason_with_the_last_words(
    family: Family, model: LLMServer
) -> None:
    def chunk(text: str, **end: Any) -> str:
        part = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
        counts = {"promptTokenCount": 5, "candidatesTokenCount": 6, "totalTokenCount": 11}
        return f"data: {json.dumps({'candidates': [part | end], 'usageMetadata': counts})}\r\n\r\n"

    body = chunk("# Tardigrades ") + chunk("are small.", finishReason="STOP")
    model.script(Fail(200, body=body, content_type="text/event-stream"))
    result = await call()
    assert content(result) == "# Tardigrades are small."
    assert result["usage"]["completion_tokens"] == 6


async def test_ollama_is_reached_by_its_short_name_too(
    llm: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    """By this name LiteLLM asks at /api/generate, and takes an output limit for the end."""
    settings.setenv("LLM_MODEL", "ollama/llama3.1")
    settings.setenv("LLM_API_BASE", llm.url)
    llm.script(Length(after=1500))
    result = await call()
    assert content(result) == llm.answer and len(llm.requests) == 2


@pytest.mark.slow
async def test_an_answer_without_an_end_is_hung_up_on(family: Family, model: LLMServer) -> None:
    model.answer, model.chunk_size = report(700_000), 4000
    model.script(Stall(after=650_000))
    result = await call()
    text, note = content(result).rsplit("\n\n", 1)
    assert model.answer.startswith(text) and 300_000 < len(text) < 480_000
    assert note.startswith("*") and result["choices"][0]["finish_reason"] == "length"
    [request] = model.requests
    await until(lambda: request.closed_by_client_at)


async def assert_goes_on(client: Client, model: LLMServer, behaviour: Behaviour) -> None:
    """Have a run get an answer that breaks off, and see that it asks for the rest alone."""
    model.script(behaviour)
    async with running_worker(client):
        handle = await start_run(client)
        await asyncio.wait_for(handle.result(), 120)
    assert content(await activity_result(handle, "llm_call")) == model.answer
    assert len(model.requests) == 2
    assert sent_twice(model) <= TWICE


@pytest.mark.parametrize("family", FIRST_AND_SLOW, indirect=True)
async def test_an_answer_that_is_cut_off_goes_on_where_it_stopped(
    family: Family, model: LLMServer, client: Client
) -> None:
    await assert_goes_on(client, model, Cut(after=2000))


@pytest.mark.slow
@pytest.mark.parametrize(
    "behaviour",
    [Cut(after=2000, clean=False), Reset(after=2000), ErrorEvent(after=2000)],
    ids=["in-chunk", "reset", "error"],
)
async def test_an_answer_that_breaks_off_goes_on_where_it_stopped(
    family: Family, model: LLMServer, client: Client, behaviour: Behaviour
) -> None:
    await assert_goes_on(client, model, behaviour)


async def test_a_refusal_is_no_report(family: Family, model: LLMServer) -> None:
    if family.name in ("gemini", "vertex", "bedrock", "ollama"):
        pytest.skip("there a refusal is a text like any other")
    model.script(Refusal("I must decline."))
    error = await failure_of_call()
    assert error.type in ("EmptyAnswer", "ContentFilter")
    assert "refused" in error.message or "filter" in error.message


@pytest.mark.slow
async def test_an_empty_answer_is_asked_for_three_times(
    family: Family, model: LLMServer, client: Client
) -> None:
    model.default = Empty()
    async with running_worker(client):
        handle = await start_run(client)
        with pytest.raises(WorkflowFailureError):
            await asyncio.wait_for(handle.result(), 120)
    assert len(model.requests) == 3


def up_to_last_sentence(text: str) -> str:
    """The part of `support.llm_server.report` that a reader takes for whole."""
    return text[: text.rindex(" °C.") + len(" °C.")]


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [Empty(), ContentFilter()], ids=["empty", "filtered"])
async def test_a_draft_in_hand_becomes_the_report_with_a_note(
    family: Family, model: LLMServer, client: Client, behaviour: Behaviour
) -> None:
    model.script(Length(after=2000))
    model.default = behaviour
    async with running_worker(client):
        handle = await start_run(client)
        await asyncio.wait_for(handle.result(), 120)
    text = content(await activity_result(handle, "llm_call"))
    report, note = text.rsplit("\n\n", 1)
    assert report == up_to_last_sentence(model.answer[:2000])
    assert re.fullmatch(r"\*[^*\n]+\*\s*", note)
    assert len(model.requests) <= 4


@pytest.mark.slow
async def test_an_endpoint_that_never_says_that_it_has_finished_is_not_asked_for_ever(
    family: Family, model: LLMServer, client: Client
) -> None:
    model.default = Cut(after=len(model.answer))
    async with running_worker(client):
        handle = await start_run(client)
        await asyncio.wait_for(handle.result(), 120)
    text = content(await activity_result(handle, "llm_call"))
    assert text.startswith(up_to_last_sentence(model.answer))
    assert len(model.requests) <= 4
    assert sent_twice(model) <= 0.2
