"""The limit of cost: the owner's ceiling, for each request and for all of a run."""

import math
from typing import Any

import pytest
from support.llm import Gate
from support.llm_server import Cut, LLMServer, Stall
from support.programs import until
from support.runs import decide, draft, kept, new_prompt, reaches, start_run, status
from support.settings import TOPIC
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from activities import llm_call, web_search
from models import LLMCallInput, SearchInput, Stage, UserDecision, UserDecisionSignal

WRITTEN = 10 / 1_000_000  # US dollars that gpt-4o takes for a token
EDIT = UserDecisionSignal(UserDecision.EDIT, "Shorter, please.")
KEEP = UserDecisionSignal(UserDecision.KEEP)


def findings(number: int) -> str:
    """A report in which nothing is said twice, in letters that tokenizers know."""
    places = ("moss", "sand", "ice", "salt", "dust", "rain", "lake", "leaf", "bark", "root", "snow")
    lines = [
        f"Of the {places[n * 7 % 11]} near the {places[n * 5 % 10]}, {n * 13} hold {places[n % 9]}."
        for n in range(number)
    ]
    return "# Tardigrades\n\n" + "\n\n".join(lines)


@pytest.fixture
def priced(model: LLMServer, settings: pytest.MonkeyPatch) -> LLMServer:
    """A model whose price LiteLLM knows."""
    settings.setenv("LLM_MODEL", "openai/gpt-4o")
    return model


@pytest.mark.parametrize(
    ("owner", "asked", "limit"),
    [("0.01", 1.0, 0.01), ("1", 0.01, 0.01), ("0.01", 0.0, 0.01), ("", 0.01, 0.01)],
)
def test_an_input_can_only_lower_the_limit(
    priced: LLMServer, settings: pytest.MonkeyPatch, owner: str, asked: float, limit: float
) -> None:
    settings.setenv("MAX_COST", owner)
    priced.answer = findings(30)
    result = llm_call(LLMCallInput(TOPIC, max_cost=asked))
    assert result["max_cost"] == limit
    assert result["response_cost"] <= limit
    assert priced.requests[0].body["max_tokens"] <= limit / WRITTEN


def test_what_cannot_be_paid_for_is_not_sent(
    priced: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("MAX_COST", "0.0004")
    with pytest.raises(ApplicationError, match="limit of cost") as caught:
        llm_call(LLMCallInput(TOPIC))
    assert caught.value.non_retryable
    with pytest.raises(ApplicationError, match="limit of cost"):
        llm_call(LLMCallInput("tough? " * 28_000, max_cost=0.01))
    with pytest.raises(ApplicationError, match="limit of cost"):
        llm_call(LLMCallInput(TOPIC, max_cost=1.0, spent=0.9999))
    assert priced.requests == []


@pytest.mark.parametrize(
    "fields",
    [
        {"max_cost": math.inf},
        {"max_cost": math.nan},
        {"max_cost": -1.0},
        {"spent": -1000.0},
        {"spent": math.nan},
        {"spent": math.inf},
        {"least": -(10**9)},
        {"least": 10**9},
    ],
    ids=str,
)
def test_no_number_lifts_the_owners_limit(
    priced: LLMServer, settings: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    settings.setenv("MAX_COST", "0.0004")
    with pytest.raises(ApplicationError, match="limit of cost"):
        llm_call(LLMCallInput(TOPIC, **fields))
    assert priced.requests == []


def test_an_answer_ends_where_the_limit_is(priced: LLMServer) -> None:
    """This server does not keep to the number of tokens that it is asked for. What it has said
    beyond it may all be there at once, before a busy client looks."""
    priced.answer = findings(400)
    priced.script(Stall(after=8000))
    result = llm_call(LLMCallInput(TOPIC, max_cost=0.005))
    assert len(priced.requests) == 1 and not priced.requests[0].finished
    assert result["response_cost"] <= 0.005 * 1.6
    assert "the limit of cost was reached" in result["choices"][0]["message"]["content"]


def test_no_limit_asks_for_no_number_of_tokens(priced: LLMServer) -> None:
    llm_call(LLMCallInput(TOPIC))
    llm_call(LLMCallInput(TOPIC, max_cost=100.0))
    assert [request for request in priced.requests if "max_tokens" in request.body] == []


def test_a_search_that_cannot_be_paid_for_is_not_made(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("LLM_MODEL", "openai/gpt-4o")
    settings.setenv("SEARCH_PROVIDER", "tavily")  # 0.008 a search
    settings.setenv("SEARCH_API_KEY", "k")
    settings.setenv("SEARCH_API_BASE", "http://127.0.0.1:9")
    settings.setenv("MAX_COST", "0.05")
    for spent, beside in ((0.045, 0), (0.02, 3)):
        input = SearchInput("tardigrades", max_cost=1.0, spent=spent, beside=beside)
        assert web_search(input).provider == ""
    with pytest.raises(ApplicationError):  # this one it tries
        web_search(SearchInput("tardigrades", spent=0.02, beside=1))


# --- In a run ------------------------------------------------------------------------------------


async def test_the_first_answer_of_a_plain_run_keeps_to_the_owners_limit(
    client: Client, worker: None, priced: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("MAX_COST", "0.0004")
    handle = await start_run(client, max_cost=100.0)
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert "limit of cost" in str(caught.value.cause.__cause__)
    assert priced.requests == []


async def test_what_a_new_prompt_threw_away_counts(
    client: Client, worker: None, priced: LLMServer
) -> None:
    gate = Gate(after=2000)
    priced.script(gate)
    handle = await start_run(client, max_cost=0.0085)

    async def all_is_read() -> bool:
        return len(await kept(handle)) > 1900

    await until(all_is_read)
    await new_prompt(handle, "What do tardigrades eat?")
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    gate.opened.set()
    assert "limit of cost" in str(caught.value.cause.__cause__)
    assert len(priced.requests) == 1
    now = await status(handle)
    assert now.tokens > 400 and 0.004 < now.cost <= 0.004 * 2.5


async def test_revisions_count(client: Client, worker: None, priced: LLMServer) -> None:
    priced.answer = findings(30)
    handle = await start_run(client, review=True, max_cost=0.008)
    attempt = 1
    while "limit of cost" not in (await reaches(handle, Stage.REVIEW, attempt)).note:
        await decide(handle, EDIT)
        attempt += 1
    assert 1 < attempt < 9 and attempt == len(priced.requests) + 1
    # A server that ignores max_tokens is hung up on, as soon as a busy machine comes to it.
    assert (await status(handle)).cost <= 0.008 * 1.6
    assert (await draft(handle) or "").startswith("# Tardigrades")
    await decide(handle, KEEP)
    await handle.result()


async def test_an_answer_that_came_to_nothing_counts(
    client: Client, worker: None, priced: LLMServer
) -> None:
    priced.answer = "# Tardigrades"
    priced.script(*[Cut(after=14)] * 3)
    handle = await start_run(client, max_cost=1.0)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert (await status(handle)).cost > 0
