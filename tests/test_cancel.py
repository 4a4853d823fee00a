"""Cancelling a run: at every stage it ends as cancelled, and nobody goes on working for it."""

import asyncio
from datetime import timedelta

import pytest
from support.llm_server import Answer, LLMServer, Stall, report
from support.programs import until
from support.runs import (
    Handle,
    cancel_requested,
    decide,
    details,
    draft,
    failed_attempt,
    has_stage,
    is_cancelled,
    pending,
    reaches,
    start_run,
    status,
)
from support.stand_ins import Held, StandIns
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from models import Stage, UserDecision, UserDecisionSignal

KEEP = UserDecisionSignal(UserDecision.KEEP)
EDIT = UserDecisionSignal(UserDecision.EDIT, "Say more about moss.")
BROKEN = ApplicationError("The connection was reset.")
REFUSED = ApplicationError("The key is wrong.", non_retryable=True)
LATER = ApplicationError("Try later.", next_retry_delay=timedelta(hours=1))

# --- The research, with a model ------------------------------------------------------------------


@pytest.mark.parametrize("silence", ["headers", "first chunk", "stream", "slow stream"])
async def test_hangs_up(client: Client, model: LLMServer, worker: None, silence: str) -> None:
    model.delay = 0.02
    model.default = {
        "headers": Stall(headers=False),
        "first chunk": Stall(),
        "stream": Stall(after=200),
        "slow stream": Answer(text=report(100_000)),
    }[silence]
    handle = await start_run(client)
    await until(lambda: model.requests)
    if "stream" in silence:
        await until(lambda: model.requests[0].sent >= 200)
    await handle.cancel()
    assert await is_cancelled(handle)
    [request] = model.requests
    await until(lambda: request.closed_by_client_at)  # the server's thread sees it late


async def test_a_race_with_the_request(client: Client, model: LLMServer, worker: None) -> None:
    """Whenever it comes, the model is not left talking to nobody."""
    model.default = Stall(headers=False)

    async def race(number: int) -> None:
        handle = await start_run(client)
        await until(lambda: is_started(handle))
        await asyncio.sleep(number / 100)
        if number == 0:  # once in any case after it
            await until(lambda: model.requests)
        await handle.cancel()
        assert await is_cancelled(handle)

    await asyncio.gather(*[race(number) for number in range(10)])
    await until(lambda: all(request.closed_by_client_at for request in model.requests))


async def is_started(handle: Handle) -> bool:
    """Has a worker taken the Activity?"""
    call = await pending(handle)
    return bool(call and call.HasField("last_started_time"))


# --- Every stage ---------------------------------------------------------------------------------


async def test_in_review(client: Client) -> None:
    async with StandIns("# Draft").working(client):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await handle.cancel()
        assert await is_cancelled(handle)
        with pytest.raises(RPCError, match="already completed"):
            await decide(handle, KEEP)
        assert await draft(handle) == "# Draft"
        assert (await status(handle)).stage == Stage.FAILED
        assert "waits for a person" not in await details(handle)


async def test_a_revision(client: Client) -> None:
    async with StandIns("# Draft", Held("# Revised")).working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, EDIT)
        await until(lambda: len(stand_ins.asked) == 2)
        await handle.cancel()
        assert await is_cancelled(handle)
        assert stand_ins.cancelled == ["llm_call"] and len(stand_ins.asked) == 2
        assert await draft(handle) == "# Draft"


@pytest.mark.parametrize("name", ["llm_call", "create_pdf", "send_email"])
@pytest.mark.parametrize("moment", ["at work", "between two attempts"])
async def test_an_activity(client: Client, name: str, moment: str) -> None:
    """A cancelled mail, too, makes a cancelled run, and not one whose mail failed."""
    stand_ins = StandIns()
    endings = {
        "llm_call": stand_ins.answers,
        "create_pdf": stand_ins.pdfs,
        "send_email": stand_ins.mails,
    }[name]
    endings[:] = [Held("never") if moment == "at work" else LATER]
    async with stand_ins.working(client):
        handle = await start_run(client)
        if moment == "at work":
            await until(lambda: stand_ins.held)
        else:
            await failed_attempt(handle, name)
        await handle.cancel()
        assert await is_cancelled(handle)
        # Nobody waits for a PDF or a mail to notice it; they are told with their next heartbeat.
        at_work = [name] if moment == "at work" else []
        await until(lambda: stand_ins.cancelled == at_work)
        assert [len(stand_ins.asked), len(stand_ins.printed), len(stand_ins.mailed)] == {
            "llm_call": [1, 0, 0],
            "create_pdf": [1, 1, 0],
            "send_email": [1, 1, 1],
        }[name]


@pytest.mark.parametrize("stage", [Stage.RESEARCH, Stage.REVISION])
@pytest.mark.parametrize("ending", ["# Old", BROKEN, REFUSED], ids=["answer", "broken", "refused"])
async def test_a_call_that_ends_by_itself(
    client: Client, ending: Exception | str, stage: Stage
) -> None:
    call = Held(ending, obstinate=True)
    answers = [call] if stage == Stage.RESEARCH else ["# Draft", call]
    async with StandIns(*answers).working(client) as stand_ins:
        handle = await start_run(client, review=True)
        if stage == Stage.REVISION:
            await reaches(handle, Stage.REVIEW)
            await decide(handle, EDIT)
        await until(lambda: stand_ins.held)
        await handle.cancel()
        await until(lambda: cancel_requested(handle))
        call.let_go.set()
        await until(lambda: has_ended_or_waits(handle))
        assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


async def has_ended_or_waits(handle: Handle) -> bool:
    """Has the run ended, or come to a review?"""
    described = await handle.describe()
    return described.status != WorkflowExecutionStatus.RUNNING or await has_stage(
        handle, Stage.REVIEW
    )
