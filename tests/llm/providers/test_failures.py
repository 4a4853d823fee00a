"""Every provider: what it refuses, each in its own words, and what that does to a run."""

import asyncio
import re
from datetime import timedelta

import pytest
from support.families import FAMILIES, KEY, Family
from support.llm_server import (
    ErrorEvent,
    Fail,
    Fault,
    Html,
    Length,
    LLMServer,
    Stall,
)
from support.programs import until
from support.runs import activity_result, failed_attempt, start_run
from support.temporal import running_worker
from support.wires import WIRES
from temporalio.client import Client

from generator.failures import HELD
from generator.llm import import_litellm
from generator.llm.errors import BROKEN
from generator.readiness import check_settings
from llm.providers.asking import TWICE, call, content, failure_of_call, sent_twice


def failures(*causes: str) -> list[tuple[Family, str]]:
    """The failures among these that a family's provider knows."""
    return [
        (family, cause)
        for family in FAMILIES
        for wire in WIRES
        for cause in causes
        if wire.name == family.wire and wire.failure(cause)
    ]


def each(*causes: str) -> pytest.MarkDecorator:
    cases = failures(*causes)
    ids = [f"{family}-{cause.replace(' ', '-')}" for family, cause in cases]
    return pytest.mark.parametrize(("family", "cause"), cases, ids=ids, indirect=["family"])


@pytest.mark.parametrize("family", FAMILIES, ids=str, indirect=True)
async def test_no_key_goes_to_another_host(family: Family, model: LLMServer) -> None:
    elsewhere = model.url.replace("127.0.0.1", "localhost")  # to a client, another host
    model.script(Fail(307, headers={"Location": f"{elsewhere}/elsewhere"}))
    error = await failure_of_call()
    assert len(model.requests) == 1
    assert error.type == HELD and "/elsewhere, which does not get the key" in error.message


@each("wrong key", "no permission", "unknown model", "quota used up")
async def test_a_run_is_held_for_what_a_person_can_mend(
    family: Family, model: LLMServer, cause: str
) -> None:
    model.script(Fault(cause))
    error = await failure_of_call()
    assert not error.non_retryable
    assert len(model.requests) == 1 and KEY not in error.message
    if (family.name, cause) in (("gemini", "quota used up"), ("bedrock", "quota used up")):
        return  # said in the words of a passing one: it is tried again all the same
    assert error.type == HELD
    assert error.next_retry_delay and error.next_retry_delay.total_seconds() >= 60
    remedy = (
        "LLM_MODEL" if cause == "unknown model" else "_KEY|_CREDENTIALS|LLM_MODEL|account|quota"
    )
    assert re.search(remedy, error.message)


@each("context too long", "content policy")
async def test_a_run_fails_for_good_over_what_was_asked(
    family: Family, model: LLMServer, cause: str
) -> None:
    model.script(Fault(cause))
    error = await failure_of_call()
    assert error.non_retryable
    remedy = "shorten|larger context" if cause == "context too long" else "other words"
    assert re.search(remedy, error.message)
    assert len(model.requests) == 1


@each("too many requests", "overloaded")
async def test_a_passing_failure_is_tried_again(
    family: Family, model: LLMServer, cause: str
) -> None:
    model.script(Fault(cause))
    error = await failure_of_call()
    assert not error.non_retryable and error.type != HELD
    failure = model.requests[0].wire.failure(cause)
    if failure and {"Retry-After", "retry-after"} & set(failure.headers):
        assert error.next_retry_delay and error.next_retry_delay.total_seconds() == 1
    assert len(model.requests) == 1


async def test_an_error_in_place_of_the_first_words_is_a_passing_failure(
    family: Family, model: LLMServer
) -> None:
    model.script(ErrorEvent(after=0))
    error = await failure_of_call()
    assert not error.non_retryable and error.type != HELD
    assert len(model.requests) == 1


async def test_a_page_in_place_of_an_answer_holds_the_run(family: Family, model: LLMServer) -> None:
    model.script(Html())
    error = await failure_of_call()
    assert error.type == HELD and "LLM_API_BASE" in error.message
    assert len(model.requests) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "behaviour", [Stall(headers=False), Stall(after=1000)], ids=["at-first", "half-way"]
)
async def test_silence_for_too_long_is_a_passing_failure(
    family: Family, model: LLMServer, behaviour: Stall, settings: pytest.MonkeyPatch
) -> None:
    settings.setattr("generator.llm.request.READ_TIMEOUT", 0.3)
    if family.name in ("gemini", "vertex"):
        # LiteLLM does not pass the timeout on to Google. Its client has one: 600 s, by good luck.
        settings.setattr(import_litellm().module_level_aclient, "timeout", 0.3)
    model.script(behaviour)
    error = await asyncio.wait_for(failure_of_call(), 60)
    assert not error.non_retryable and error.type != HELD
    [request] = model.requests
    await until(lambda: request.closed_by_client_at)


async def test_a_server_that_is_not_there_is_a_passing_failure(
    family: Family, model: LLMServer
) -> None:
    if family.name == "vertex":
        await call()  # to be logged in
    model.stop()
    error = await failure_of_call()
    assert not error.non_retryable and error.type not in (HELD, BROKEN)


@pytest.mark.slow
async def test_a_held_run_goes_on_with_what_it_has(
    family: Family, model: LLMServer, client: Client, settings: pytest.MonkeyPatch
) -> None:
    if family.name == "ollama":
        pytest.skip("it asks for no key")
    settings.setattr("generator.failures.SHORTEST", timedelta(seconds=1))
    model.script(Length(after=2000), Fault("wrong key"))
    async with running_worker(client):
        handle = await start_run(client)
        assert re.search("_KEY|_CREDENTIALS", await failed_attempt(handle, "llm_call"))
    async with running_worker(client):
        await asyncio.wait_for(handle.result(), 120)
    assert content(await activity_result(handle, "llm_call")) == model.answer
    assert sent_twice(model) <= TWICE


def test_the_check_at_the_start_asks_nobody_and_finds_nothing_wrong(
    family: Family, model: LLMServer
) -> None:
    model.stop()
    assert check_settings() == []
