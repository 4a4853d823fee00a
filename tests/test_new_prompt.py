"""A new prompt for a run under way: in time it starts the research anew, later it has no effect."""

import asyncio

import pytest
from support.llm_server import Answer, LLMServer, Stall
from support.pdf import pdf_text
from support.programs import until
from support.runs import (
    Handle,
    cancel_requested,
    decide,
    details,
    draft,
    is_cancelled,
    new_prompt,
    reaches,
    start_run,
    status,
    until_taken,
)
from support.settings import TOPIC
from support.stand_ins import Held, StandIns
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from models import Stage, UserDecision, UserDecisionSignal

NEW_TOPIC = "What do water bears eat?"
KEEP = UserDecisionSignal(UserDecision.KEEP)
EDIT = UserDecisionSignal(UserDecision.EDIT, "Say more about moss.")
BROKEN = ApplicationError("The connection was reset.")
REFUSED = ApplicationError("The key is wrong.", non_retryable=True)


async def topic_in_memo(handle: Handle) -> str | None:
    topic: str | None = await (await handle.describe()).memo_value("topic", default=None)
    return topic


def prompts(stand_ins: StandIns) -> list[str]:
    return [question.prompt for question in stand_ins.asked]


# --- In time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [False, True])
async def test_stops_the_research_and_starts_it_anew(
    client: Client, model: LLMServer, worker: None, silent: bool
) -> None:
    # It would go on for a quarter of an hour.
    obsolete = " ".join(f"{n * 37} obsolete {n % 13} facts." for n in range(20_000))
    old, new = "# Old\n\n" + obsolete, "# New\n\nThey eat moss."
    model.delay = 0.02
    model.script(Stall(after=200, text=old) if silent else Answer(text=old), Answer(text=new))
    handle = await start_run(client)
    await until(lambda: model.requests and model.requests[0].sent >= 200)

    await new_prompt(handle, NEW_TOPIC)
    result = await handle.result()

    stopped, answered = model.requests
    closed = await until(lambda: stopped.closed_by_client_at)
    # Never two at a time, but for the moment that the server's thread takes to see it.
    assert closed < answered.received_at + 10
    assert answered.prompt == NEW_TOPIC and answered.finished and not answered.prefix
    assert await topic_in_memo(handle) == NEW_TOPIC
    pdf = result.rpartition(": ")[2]
    assert "what-do-water-bears-eat" in pdf
    assert "They eat moss." in pdf_text(pdf)
    assert "obsolete" not in pdf_text(pdf) and TOPIC not in pdf_text(pdf)
    assert "obsolete" not in (await draft(handle) or "")


@pytest.mark.parametrize("headers", [True, False])
async def test_before_the_first_chunk(
    client: Client, model: LLMServer, worker: None, headers: bool
) -> None:
    model.script(Stall(headers=headers), Answer(text="# New\n\nThey eat moss."))
    handle = await start_run(client)
    await until(lambda: model.requests)
    await new_prompt(handle, NEW_TOPIC)
    await handle.result()
    assert [request.prompt for request in model.requests] == [TOPIC, NEW_TOPIC]
    await until(lambda: model.requests[0].closed_by_client_at)
    assert await draft(handle) == "# New\n\nThey eat moss."


async def test_before_any_worker_is_up(client: Client) -> None:
    handle = await start_run(client)
    await new_prompt(handle, NEW_TOPIC)
    async with StandIns().working(client) as stand_ins:
        await handle.result()
    assert prompts(stand_ins) == [NEW_TOPIC]


async def test_two_at_once_and_the_last_one_counts(client: Client) -> None:
    async with StandIns(Held("# Old"), "# New").working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.asked)
        await new_prompt(handle, "Something else.")
        await new_prompt(handle, NEW_TOPIC)
        await handle.result()
        # The one between was asked only if the worker was quicker than the second signal.
        assert prompts(stand_ins)[0] == TOPIC and prompts(stand_ins)[-1] == NEW_TOPIC
        assert stand_ins.cancelled == ["llm_call"]
        assert [report.topic for report in stand_ins.printed] == [NEW_TOPIC]
        assert await topic_in_memo(handle) == NEW_TOPIC


async def test_taken_back_at_once(client: Client) -> None:
    async with StandIns(Held("# Old"), "# New").working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.asked)
        await new_prompt(handle, NEW_TOPIC)
        await new_prompt(handle, TOPIC)
        await handle.result()
        assert prompts(stand_ins)[-1] == TOPIC and await draft(handle) == "# New"
        assert await topic_in_memo(handle) == TOPIC


@pytest.mark.parametrize(
    "prompt, remark", [(TOPIC, ""), ("", "was empty"), (" \n\t", "was empty")], ids=repr
)
async def test_one_that_changes_nothing(client: Client, prompt: str, remark: str) -> None:
    async with StandIns(research := Held("# Draft")).working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.asked)
        await new_prompt(handle, prompt)
        await until_taken(handle)
        assert remark in (await status(handle)).note
        research.let_go.set()
        await handle.result()
        assert prompts(stand_ins) == [TOPIC] and stand_ins.cancelled == []


async def test_a_good_one_after_an_empty_one(client: Client) -> None:
    async with StandIns(Held("# Old"), "# New").working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.asked)
        await new_prompt(handle, "")
        await until_taken(handle)
        assert "was empty" in (await status(handle)).note
        await new_prompt(handle, NEW_TOPIC)
        await handle.result()
        assert (await status(handle)).note == ""


# --- Too late ------------------------------------------------------------------------------------


async def test_after_the_research(client: Client) -> None:
    stand_ins = StandIns("# Draft", revision := Held("# Revised"))
    stand_ins.pdfs, stand_ins.mails = [pdf := Held("report.pdf")], [mail := Held("Email sent")]

    async def too_late(stage: Stage) -> None:
        await reaches(handle, stage)
        await new_prompt(handle, f"{NEW_TOPIC} ({stage})")
        await until_taken(handle)
        now = await status(handle)
        assert "too late" in now.note and now.stage == stage
        assert "too late" in await details(handle)

    async with stand_ins.working(client):
        handle = await start_run(client, review=True)
        await too_late(Stage.REVIEW)
        await decide(handle, EDIT)
        await too_late(Stage.REVISION)
        revision.let_go.set()
        await reaches(handle, Stage.REVIEW, 2)
        await decide(handle, KEEP)
        await too_late(Stage.PDF)
        pdf.let_go.set()
        await too_late(Stage.EMAIL)
        mail.let_go.set()
        await handle.result()
        with pytest.raises(RPCError, match="already completed"):
            await new_prompt(handle, NEW_TOPIC)
    assert prompts(stand_ins) == [TOPIC, TOPIC]
    [report] = stand_ins.printed
    assert report.topic == TOPIC and "why-are-tardigrades" in report.filename
    assert await topic_in_memo(handle) is None


async def test_a_race_with_the_end_of_the_research(client: Client) -> None:
    """Either it comes in time and is all that the report is about, or it comes too late."""

    async def race(number: int) -> None:
        old, new = f"Old {number}?", f"New {number}?"
        handle = await start_run(client, old, review=True)
        await until(lambda: old in prompts(stand_ins), pause=0.001)
        await asyncio.sleep(number / 400)
        await new_prompt(handle, new)
        await until_taken(handle)
        await reaches(handle, Stage.REVIEW)
        too_late = "too late" in (await status(handle)).note
        assert await topic_in_memo(handle) == (None if too_late else new)
        await decide(handle, KEEP)
        await handle.result()
        [topic] = [r.topic for r in stand_ins.printed if r.topic in (old, new)]
        assert topic == (old if too_late else new)
        asked_for = [prompt for prompt in prompts(stand_ins) if prompt in (old, new)]
        assert asked_for == ([old] if too_late else [old, new])

    async with StandIns().working(client) as stand_ins:
        await asyncio.gather(*[race(number) for number in range(12)])


# --- In a race with the call that it replaces ----------------------------------------------------


@pytest.mark.parametrize("ending", ["# Old", BROKEN, REFUSED], ids=["answer", "broken", "refused"])
async def test_counts_although_the_old_call_ends_by_itself(
    client: Client, ending: Exception | str
) -> None:
    old = Held(ending, obstinate=True)
    async with StandIns(old, "# New").working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.asked)
        await new_prompt(handle, NEW_TOPIC)
        await until(lambda: cancel_requested(handle))
        old.let_go.set()
        await handle.result()
        assert prompts(stand_ins) == [TOPIC, NEW_TOPIC]
        assert await draft(handle) == "# New"


@pytest.mark.parametrize("first", ["prompt", "cancel"])
async def test_together_with_a_cancellation(client: Client, first: str) -> None:
    old = Held(BROKEN, obstinate=True)
    async with StandIns(old, "# New").working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.asked)
        steps = [new_prompt(handle, NEW_TOPIC), handle.cancel()]
        for step in steps if first == "prompt" else reversed(steps):
            await step
        await until(lambda: cancel_requested(handle))
        await until_taken(handle)
        old.let_go.set()
        assert await is_cancelled(handle)
    assert prompts(stand_ins) == [TOPIC]


async def test_together_with_a_cancellation_while_the_model_streams(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.default = Stall(after=200)
    handle = await start_run(client)
    await until(lambda: model.requests and model.requests[0].sent)
    await asyncio.gather(new_prompt(handle, NEW_TOPIC), handle.cancel())
    assert await is_cancelled(handle)
    await until(lambda: all(request.closed_by_client_at for request in model.requests))
    # A second request is possible if the run's cancellation comes second, and must then be closed.
    assert [request.prompt for request in model.requests] in ([TOPIC], [TOPIC, NEW_TOPIC])
