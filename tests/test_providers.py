"""Every provider in turn: one answer, stopped, resumed and paid for once, whoever gives it.

In order: an answer in full, one that ends at the output limit, one that is cut off, one that is
stopped; then what each provider refuses, and an answer that brings nothing. The Activity is called
directly where Temporal has no part in it, else in a run with a worker in this process.
"""

import asyncio
import json
import re
import signal
import ssl
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from support.families import FAMILIES, KEY, Family
from support.llm_server import (
    Answer,
    Behaviour,
    ContentFilter,
    Cut,
    Empty,
    ErrorEvent,
    Fault,
    Html,
    Length,
    LLMServer,
    Refusal,
    Reset,
    Stall,
    report,
)
from support.programs import Program, until
from support.proxy import ConnectProxy
from support.runs import Handle, activity_result, failed_attempt, start_run
from support.temporal import running_worker, settings_of
from support.wires import WIRES
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from activities import llm_call
from generator.failures import HELD
from generator.llm.errors import BROKEN
from generator.readiness import check_settings
from models import LLMCallInput
from workflow import GenerateReportWorkflow

# Providers that LiteLLM has more of its own for than an address.
SPEAK_OPENAI = [
    "mistral/mistral-large-latest",
    "groq/llama-3.3-70b-versatile",
    "openrouter/openai/gpt-4o",
    "deepseek/deepseek-chat",
    "xai/grok-3",
    "perplexity/sonar",
]
TOPIC = "Why are tardigrades so tough?"
HANG_UP = 2.0  # seconds from the stop to the end of the connection
TWICE = 0.05  # of an answer may be generated again


@pytest.fixture(params=FAMILIES, ids=str)
def family(request: pytest.FixtureRequest) -> Family:
    chosen: Family = request.param
    return chosen


@pytest.fixture
def model(
    family: Family, llm: LLMServer, settings: pytest.MonkeyPatch, tmp_path: Path
) -> LLMServer:
    """The family's provider, entered in this process's settings."""
    for name, value in family.environment(llm, tmp_path).items():
        settings.setenv(name, value)
    return llm


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
    import litellm

    _, _, model = family.model.rpartition("/")
    prices = litellm.model_cost.get(model, {})
    usages = [request.usage for request in llm.requests if request.usage]
    return sum(
        float(usage.prompt * prices.get("input_cost_per_token", 0))
        + float(usage.completion * prices.get("output_cost_per_token", 0))
        for usage in usages
    )


# --- An answer -----------------------------------------------------------------------------------


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
    assert model.answer.startswith(text) and 450_000 < len(text) < 550_000
    assert note.startswith("*") and result["choices"][0]["finish_reason"] == "length"
    [request] = model.requests
    await until(lambda: request.closed_by_client_at, HANG_UP)


# --- An answer that is cut off -------------------------------------------------------------------


async def assert_goes_on(client: Client, model: LLMServer, behaviour: Behaviour) -> None:
    """Have a run get an answer that breaks off, and see that it asks for the rest alone."""
    model.script(behaviour)
    async with running_worker(client):
        handle = await start_run(client)
        await asyncio.wait_for(handle.result(), 60)
    assert content(await activity_result(handle, "llm_call")) == model.answer
    assert len(model.requests) == 2
    assert sent_twice(model) <= TWICE


def sent_twice(llm: LLMServer) -> float:
    """The share of the answer that has been generated more than once."""
    return (sum(request.sent for request in llm.requests) - len(llm.answer)) / len(llm.answer)


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


# --- An answer that is stopped -------------------------------------------------------------------


async def asked(client: Client, model: LLMServer) -> list[Handle]:
    """Start three runs, whose answers stand before the headers, in mid-answer and in silence."""
    model.chunk_size, model.delay = 20, 0.05
    model.script(Stall(headers=False), Answer(), Stall(after=40))
    handles = []
    for _ in range(3):
        handles.append(await start_run(client))
        await until(lambda: len(model.requests) == len(handles))
    _, writing, silent = model.requests
    await until(lambda: writing.sent >= 100 and silent.sent >= 40)
    return handles


async def hung_up_on(model: LLMServer, stopped_at: float) -> dict[str, float]:
    """Wait for the ends of the three connections; return how many seconds each one took."""
    requests = model.requests[:3]
    await until(lambda: all(request.closed_by_client_at for request in requests), 10)
    assert not any(request.finished for request in requests)
    return {
        where: round((request.closed_by_client_at or 0) - stopped_at, 2)
        for where, request in zip(("before", "mid-answer", "silent"), requests, strict=True)
    }


async def test_a_cancelled_run_hangs_up(family: Family, model: LLMServer, client: Client) -> None:
    async with running_worker(client):
        handles = await asked(client, model)
        stopped_at = time.monotonic()
        for handle in handles:
            await handle.cancel()
        took = await hung_up_on(model, stopped_at)
    assert max(took.values()) < HANG_UP
    assert len(model.requests) == 3


@pytest.mark.slow
async def test_a_new_prompt_hangs_up(family: Family, model: LLMServer, client: Client) -> None:
    async with running_worker(client):
        handles = await asked(client, model)
        model.delay, stopped_at = 0, time.monotonic()
        for handle in handles:
            await handle.signal(GenerateReportWorkflow.update_prompt, "And why so small?")
        took = await hung_up_on(model, stopped_at)
        assert max(took.values()) < HANG_UP
        await asyncio.gather(*(asyncio.wait_for(handle.result(), 60) for handle in handles))
    assert [request.prompt for request in model.requests[3:]] == ["And why so small?"] * 3


@pytest.mark.slow
async def test_a_worker_that_stops_hangs_up_and_the_next_one_goes_on(
    family: Family, model: LLMServer, client: Client
) -> None:
    async with running_worker(client):
        handles = await asked(client, model)
        stopped_at = time.monotonic()
    took = await hung_up_on(model, stopped_at)
    assert max(took.values()) < HANG_UP
    model.delay = 0
    async with running_worker(client):
        await asyncio.gather(*(asyncio.wait_for(handle.result(), 60) for handle in handles))
    for handle in handles:
        assert content(await activity_result(handle, "llm_call")) == model.answer
    assert len(model.requests) == 6
    sent = sum(request.sent for request in model.requests) - 3 * len(model.answer)
    assert sent <= 3 * TWICE * len(model.answer)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A CA of the tests' own, and the file that makes a client trust it."""
    ca, file = trustme.CA(), tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return ca, file


@pytest.mark.slow
async def test_a_cancelled_run_hangs_up_through_an_https_proxy(
    family: Family,
    authority: tuple[trustme.CA, Path],
    client: Client,
    tmp_path: Path,
) -> None:
    ca, file = authority
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)
    with LLMServer(tls=tls) as model, ConnectProxy() as proxy:
        model.key = KEY
        settings = family.environment(model, tmp_path) | settings_of(client)
        # LiteLLM reads such settings once in a process. Google's log-in has a client of its own.
        network = {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(file)}
        network["REQUESTS_CA_BUNDLE"] = str(file)
        with Program(tmp_path, "worker.py", stdin=b"", **settings, **network):
            handles = await asked(client, model)
            assert len(proxy.connected) >= 3
            stopped_at = time.monotonic()
            for handle in handles:
                await handle.cancel()
            took = await hung_up_on(model, stopped_at)
    assert max(took.values()) < HANG_UP
    assert len(model.requests) == 3


@pytest.mark.slow
async def test_an_answer_is_resumed_after_kill_9(
    family: Family, llm: LLMServer, client: Client, tmp_path: Path
) -> None:
    settings = family.environment(llm, tmp_path) | settings_of(client)
    llm.answer, llm.delay = report(8000), 0.1  # at a hundred tokens a second, or thereabouts
    handle = await start_run(client)
    with Program(tmp_path, "worker.py", stdin=b"", **settings) as worker:
        await until(lambda: llm.requests and llm.requests[0].sent >= 4000)
        worker.signal(signal.SIGKILL)
        await worker.ends()
    llm.delay = 0
    with Program(tmp_path, "worker.py", stdin=b"", **settings):
        await asyncio.wait_for(handle.result(), 90)
    assert content(await activity_result(handle, "llm_call")) == llm.answer
    assert len(llm.requests) == 2 and llm.requests[1].prefix
    assert sent_twice(llm) <= TWICE


# --- What a provider refuses ---------------------------------------------------------------------


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
    remedy = "LLM_MODEL" if cause == "unknown model" else "LLM_API_KEY|LLM_MODEL|account|quota"
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


async def test_a_page_in_place_of_an_answer_holds_the_run(family: Family, model: LLMServer) -> None:
    model.script(Html())
    error = await failure_of_call()
    assert error.type == HELD and "LLM_API_BASE" in error.message
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "behaviour", [Stall(headers=False), Stall(after=1000)], ids=["at-first", "half-way"]
)
async def test_silence_for_too_long_is_a_passing_failure(
    family: Family, model: LLMServer, behaviour: Stall, settings: pytest.MonkeyPatch
) -> None:
    settings.setattr("generator.llm.request.READ_TIMEOUT", 0.3)
    model.script(behaviour)
    error = await asyncio.wait_for(failure_of_call(), 10)
    assert not error.non_retryable and error.type != HELD
    [request] = model.requests
    await until(lambda: request.closed_by_client_at, HANG_UP)


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
        assert "LLM_API_KEY" in await failed_attempt(handle, "llm_call")
    async with running_worker(client):
        await asyncio.wait_for(handle.result(), 60)
    assert content(await activity_result(handle, "llm_call")) == model.answer
    assert sent_twice(model) <= TWICE


def test_the_check_at_the_start_asks_nobody_and_finds_nothing_wrong(
    family: Family, model: LLMServer
) -> None:
    model.stop()
    assert check_settings() == []


# --- An answer that brings nothing ---------------------------------------------------------------


async def test_a_refusal_is_no_report(family: Family, model: LLMServer) -> None:
    if family.name in ("gemini", "vertex", "bedrock", "ollama"):
        pytest.skip("there a refusal is a text like any other")
    model.script(Refusal("I must decline."))
    error = await failure_of_call()
    assert error.type in ("EmptyAnswer", "ContentFilter")
    assert "decline" not in error.message


@pytest.mark.slow
async def test_an_empty_answer_is_asked_for_three_times(
    family: Family, model: LLMServer, client: Client
) -> None:
    model.default = Empty()
    async with running_worker(client):
        handle = await start_run(client)
        with pytest.raises(WorkflowFailureError):
            await asyncio.wait_for(handle.result(), 60)
    assert len(model.requests) == 3


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [Empty(), ContentFilter()], ids=["empty", "filtered"])
async def test_a_draft_in_hand_becomes_the_report_with_a_note(
    family: Family, model: LLMServer, client: Client, behaviour: Behaviour
) -> None:
    model.script(Length(after=2000))
    model.default = behaviour
    async with running_worker(client):
        handle = await start_run(client)
        await asyncio.wait_for(handle.result(), 60)
    text = content(await activity_result(handle, "llm_call"))
    draft = model.answer[:2000].rpartition(" ")[0]
    assert text.startswith(draft) and re.search(r"\n\*[^*\n]+\*\s*\Z", text)
    assert len(model.requests) <= 4


@pytest.mark.slow
async def test_an_endpoint_that_never_says_that_it_has_finished_is_not_asked_for_ever(
    family: Family, model: LLMServer, client: Client
) -> None:
    model.default = Cut(after=len(model.answer))
    async with running_worker(client):
        handle = await start_run(client)
        await asyncio.wait_for(handle.result(), 90)
    assert content(await activity_result(handle, "llm_call")).startswith(model.answer)
    assert len(model.requests) <= 4
    assert sent_twice(model) <= 0.2
