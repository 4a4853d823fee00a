"""A person in the loop: what a run tells of itself at each stage, and decisions on its draft."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.llm_server import Answer, LLMServer
from support.pdf import pdf_text
from support.programs import until
from support.runs import (
    Handle,
    decide,
    details,
    draft,
    event_types,
    new_prompt,
    pending,
    reaches,
    start_run,
    status,
)
from support.settings import TOPIC
from support.stand_ins import Held, StandIns
from support.temporal import DevServer
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import Replayer

from models import ReportStatus, Stage, UserDecision, UserDecisionSignal
from workflow import GenerateReportWorkflow

KEEP = UserDecisionSignal(UserDecision.KEEP)
EDIT = UserDecisionSignal(UserDecision.EDIT, "Say more about moss.")
REFUSED = ApplicationError("The key is wrong.", non_retryable=True)
BROKEN = ApplicationError("Broken off.", next_retry_delay=timedelta(milliseconds=10))


async def refusal(handle: Handle, decision: Any) -> str:
    """Why a decision is not taken."""
    with pytest.raises(WorkflowUpdateFailedError) as error:
        await handle.execute_update("review", decision)
    reasons: list[str] = []
    cause: BaseException | None = error.value.cause
    while cause:
        reasons.append(str(cause))
        cause = cause.__cause__
    return ": ".join(reasons)


# --- State ---------------------------------------------------------------------------------------


async def test_status_draft_and_details_at_every_stage(client: Client) -> None:
    first, second = "# First\n\nMoss.", "# Revised\n\nMoss, and more moss."
    stand_ins = StandIns(research := Held(first), revision := Held(second))
    stand_ins.pdfs = [pdf := Held("reports/made.pdf")]
    stand_ins.mails = [mail := Held("Email sent")]
    seen: list[ReportStatus] = []

    async def at(stage: Stage, attempt: int, text: str | None, in_details: str) -> ReportStatus:
        now = await reaches(handle, stage, attempt)
        assert await draft(handle) == text
        assert now.characters == len(text or "")
        shown = await details(handle)
        assert in_details in shown
        assert (text or "") in shown
        seen.append(now)
        return now

    async with stand_ins.working(client):
        handle = await start_run(client, review=True)
        now = await at(Stage.RESEARCH, 1, None, "researching")
        assert (now.pdf_filename, now.email, now.note) == ("", "", "")
        research.let_go.set()
        await at(Stage.REVIEW, 1, first, "decision")
        assert await decide(handle, EDIT) == "Being revised."
        await at(Stage.REVISION, 1, first, "revising")
        revision.let_go.set()
        await at(Stage.REVIEW, 2, second, "decision")
        assert await decide(handle, KEEP) == "Kept."
        await at(Stage.PDF, 1, second, "PDF is being made")
        pdf.let_go.set()
        now = await at(Stage.EMAIL, 1, second, "being mailed")
        assert now.pdf_filename == "reports/made.pdf" and "made.pdf" in await details(handle)
        assert now.email == ""
        mail.let_go.set()
        assert (await handle.result()).endswith(": reports/made.pdf")
        done = await at(Stage.DONE, 1, second, "Email sent")
        assert (done.pdf_filename, done.email) == ("reports/made.pdf", "Email sent")
        assert "made.pdf" in await details(handle)
    times = [status.since for status in seen]
    assert times == sorted(set(times))


async def test_status_of_a_failed_run(client: Client) -> None:
    async with StandIns(REFUSED).working(client):
        handle = await start_run(client, review=True)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        assert (await status(handle)).stage == Stage.FAILED
        assert await draft(handle) is None
        assert "researching" not in await details(handle)


# --- Decisions -----------------------------------------------------------------------------------


async def test_keep(client: Client) -> None:
    async with StandIns("# Draft").working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        assert stand_ins.printed == []
        await decide(handle, KEEP)
        await handle.result()
    assert [report.content for report in stand_ins.printed] == ["# Draft"]
    assert len(stand_ins.asked) == 1


async def test_keep_a_version_of_ones_own(client: Client) -> None:
    own = "# My own\n\nWritten by hand: žluťoučký kůň, 水熊虫.\n"
    async with StandIns("# Draft").working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, UserDecisionSignal(UserDecision.KEEP, draft=own))
        await handle.result()
        assert await draft(handle) == own
        assert (await status(handle)).characters == len(own)
    assert [report.content for report in stand_ins.printed] == [own]
    assert len(stand_ins.asked) == 1


async def test_a_version_too_large_to_travel(client: Client) -> None:
    """Temporal takes it, but would not take it once more with the rest that a PDF needs."""
    own = "# Mine\n\n" + ("word " * 100 + "\n\n") * 4083
    assert 2_040_000 < len(own) < 2_060_000
    async with StandIns("# Draft").working(client):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        why = await refusal(handle, UserDecisionSignal(UserDecision.KEEP, draft=own))
        assert "too l" in why.lower()  # too long, too large
        await decide(handle, KEEP)
        await handle.result()
        assert await draft(handle) == "# Draft"


async def test_edit_sends_topic_draft_and_words_and_gets_the_whole_report(
    client: Client, model: LLMServer, worker: None
) -> None:
    """With a real model and a real PDF."""
    first, second = "# Braces\n\n{prompt} & {draft}, 100 %", "# Revised\n\nThe whole report."
    model.script(Answer(text=first), Answer(text=second))
    words = "Say {more} about moss; drop the braces."
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await decide(handle, UserDecisionSignal(UserDecision.EDIT, words))
    await reaches(handle, Stage.REVIEW, 2)
    assert await draft(handle) == second
    request = model.requests[1]
    assert [message["role"] for message in request.messages] == ["system", "user"]
    for part in (TOPIC, first, words):
        assert part in request.prompt
    await decide(handle, KEEP)
    text = pdf_text((await handle.result()).rpartition(": ")[2])
    assert "The whole report." in text and "Braces" not in text


@pytest.mark.slow
async def test_ten_edits_in_a_row(client: Client) -> None:
    versions = [f"# Version {number}\n\nThis is number {number}." for number in range(11)]
    async with StandIns(*versions).working(client) as stand_ins:
        handle = await start_run(client, review=True)
        for number in range(10):
            await reaches(handle, Stage.REVIEW, number + 1)
            assert await draft(handle) == versions[number]
            await decide(handle, UserDecisionSignal(UserDecision.EDIT, f"Change {number}."))
        await reaches(handle, Stage.REVIEW, 11)
        await decide(handle, KEEP)
        await handle.result()
        assert await draft(handle) == versions[10]
    for number, question in enumerate(stand_ins.asked[1:]):  # only the latest version
        assert (question.prompt, question.draft) == (TOPIC, versions[number])
        assert question.changes == f"Change {number}."
    [report] = stand_ins.printed
    assert report.content == versions[10]
    await replays(handle)


async def test_a_draft_of_200_kb(client: Client) -> None:
    first, second = "word " * 40_000, "words " * 33_000
    async with StandIns(first, second).working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        assert await draft(handle) == first and first in await details(handle)
        await decide(handle, EDIT)
        await reaches(handle, Stage.REVIEW, 2)
        assert stand_ins.asked[1].draft == first
        assert await draft(handle) == second
        own = second + " And mine."
        await decide(handle, UserDecisionSignal(UserDecision.KEEP, draft=own))
        await handle.result()
    assert [report.content for report in stand_ins.printed] == [own]
    assert [mail.report.content for mail in stand_ins.mailed] == [own]


async def test_an_edit_that_fails_for_good_leaves_the_draft(client: Client) -> None:
    async with StandIns("# Draft", REFUSED, REFUSED, "# Revised").working(client) as stand_ins:
        handle = await start_run(client, review=True)
        for attempt in (1, 2):
            await reaches(handle, Stage.REVIEW, attempt)
            await decide(handle, EDIT)
            now = await reaches(handle, Stage.REVIEW, attempt + 1)
            assert "The key is wrong." in now.note and "as before" in now.note
            assert "The key is wrong." in await details(handle)
            assert await draft(handle) == "# Draft"
        await decide(handle, EDIT)
        now = await reaches(handle, Stage.REVIEW, 4)
        assert now.note == "" and await draft(handle) == "# Revised"
        await decide(handle, KEEP)
        await handle.result()
    assert [question.draft for question in stand_ins.asked] == ["", "# Draft", "# Draft", "# Draft"]


async def test_keep_after_an_edit_that_failed(client: Client) -> None:
    async with StandIns("# Draft", REFUSED).working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, EDIT)
        await reaches(handle, Stage.REVIEW, 2)
        await decide(handle, KEEP)
        await handle.result()
    assert [report.content for report in stand_ins.printed] == ["# Draft"]


async def test_an_edit_retries_what_a_retry_can_change(client: Client) -> None:
    async with StandIns("# Draft", BROKEN, "# Revised").working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, EDIT)
        await reaches(handle, Stage.REVIEW, 2)
        assert await draft(handle) == "# Revised"
        assert len(stand_ins.asked) == 3


# --- Decisions that are not taken ----------------------------------------------------------------


NOTHING_SAID = {
    "no words": (UserDecisionSignal(UserDecision.EDIT), "additional_prompt"),
    "blank words": (UserDecisionSignal(UserDecision.EDIT, " \n"), "additional_prompt"),
    "empty draft": (UserDecisionSignal(UserDecision.KEEP, draft=" \n"), "draft to keep is empty"),
}


async def test_a_decision_that_says_nothing_is_rejected(client: Client) -> None:
    async with StandIns("# Draft").working(client):
        handle = await start_run(client, review=True)
        before = await reaches(handle, Stage.REVIEW)
        for name, (decision, why) in NOTHING_SAID.items():
            assert why in await refusal(handle, decision), name
            assert await status(handle) == before, name
        await decide(handle, KEEP)
        await handle.result()


async def test_a_decision_too_early_or_too_late_is_rejected(client: Client) -> None:
    stand_ins = StandIns(research := Held("# Draft"), revision := Held("# Revised"))
    stand_ins.pdfs, stand_ins.mails = [pdf := Held("report.pdf")], [mail := Held("Email sent")]

    async def rejected(stage: Stage, why: str) -> None:
        await reaches(handle, stage)
        for decision in (KEEP, EDIT):
            assert why in await refusal(handle, decision)

    async with stand_ins.working(client):
        handle = await start_run(client, review=True)
        await rejected(Stage.RESEARCH, "Too early")
        research.let_go.set()
        await reaches(handle, Stage.REVIEW)
        seen = (await handle.query(GenerateReportWorkflow.get_status)).since
        await decide(handle, EDIT)
        await rejected(Stage.REVISION, "Too early")
        revision.let_go.set()
        await reaches(handle, Stage.REVIEW, 2)
        assert "another one" in await refusal(handle, replace(KEEP, seen=seen))
        await decide(handle, KEEP)
        await rejected(Stage.PDF, "Too late")
        pdf.let_go.set()
        await rejected(Stage.EMAIL, "Too late")
        mail.let_go.set()
        await handle.result()
        with pytest.raises(RPCError, match="already completed"):
            await decide(handle, KEEP)
    assert [report.content for report in stand_ins.printed] == ["# Revised"]
    assert len(stand_ins.asked) == 2


@pytest.mark.parametrize("number", [2, 10])
async def test_of_decisions_in_a_race_exactly_one_is_taken(client: Client, number: int) -> None:
    async with StandIns("# Draft", revision := Held("# Revised")).working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        decisions = [
            UserDecisionSignal(UserDecision.EDIT, f"Change {i}.")
            if i % 2
            else UserDecisionSignal(UserDecision.KEEP, draft=f"# Own {i}")
            for i in range(number)
        ]
        answers = await asyncio.gather(
            *[decide(handle, decision) for decision in decisions], return_exceptions=True
        )
        taken = [decisions[i] for i, answer in enumerate(answers) if isinstance(answer, str)]
        assert len(taken) == 1
        for answer in answers:
            if isinstance(answer, WorkflowUpdateFailedError):
                assert str(answer.cause).startswith(("Too late", "Too early"))
            else:  # or the run has ended with what was kept
                assert isinstance(answer, str) or "already completed" in str(answer)
        [decision] = taken
        if decision.decision == UserDecision.EDIT:
            await until(lambda: len(stand_ins.asked) == 2)
            assert stand_ins.asked[1].changes == decision.additional_prompt
            revision.let_go.set()
            await reaches(handle, Stage.REVIEW, 2)
            await decide(handle, KEEP)
        await handle.result()
        assert await draft(handle) == (decision.draft or "# Revised")


# --- Waiting -------------------------------------------------------------------------------------


async def test_a_decision_waits_for_a_worker(client: Client) -> None:
    async with StandIns("# Draft").working(client):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
    decision = asyncio.ensure_future(decide(handle, KEEP))
    done, _ = await asyncio.wait([decision], timeout=0.5)
    assert not done
    async with StandIns().working(client) as stand_ins:
        assert await decision == "Kept."
        await handle.result()
        assert await draft(handle) == "# Draft" and stand_ins.asked == []


async def test_runs_in_review_leave_the_worker_to_others(client: Client) -> None:
    one_of_each = {
        "max_cached_workflows": 0,
        "max_concurrent_activities": 1,
        "max_concurrent_workflow_tasks": 1,
        "max_concurrent_workflow_task_polls": 1,
        "nonsticky_to_sticky_poll_ratio": 1.0,
    }
    async with StandIns("# Draft").working(client, **one_of_each):
        waiting = [await start_run(client, review=True) for _ in range(5)]
        for handle in waiting:
            await reaches(handle, Stage.REVIEW)
            assert await pending(handle) is None
            assert (await event_types(handle))[-1] == "ACTIVITY_TASK_COMPLETED"  # not even a timer
        await (await start_run(client)).result()
        for handle in waiting:
            await decide(handle, KEEP)
            await handle.result()


@pytest.mark.slow
async def test_survives_the_end_of_worker_and_server(tmp_path: Path) -> None:
    server = DevServer(tmp_path)
    await server.start()
    with server.program:
        async with StandIns("# Draft").working(server.client):
            handle = await start_run(server.client, review=True)
            await reaches(handle, Stage.REVIEW)
            before = await status(handle)
    await server.start()
    with server.program:
        async with StandIns().working(server.client) as stand_ins:
            assert (await status(handle), await draft(handle)) == (before, "# Draft")
            await decide(handle, KEEP)
            await handle.result()
    assert stand_ins.asked == [] and stand_ins.printed[0].content == "# Draft"


# --- Replay --------------------------------------------------------------------------------------


async def replays(handle: Handle) -> None:
    history = await handle.fetch_history()
    await Replayer(workflows=[GenerateReportWorkflow]).replay_workflow(history)


async def test_a_run_with_everything_in_it_replays(client: Client) -> None:
    stand_ins = StandIns(Held("# Old"), "# Draft", BROKEN, "# Revised", REFUSED)
    stand_ins.pdfs, stand_ins.mails = [BROKEN, "report.pdf"], [REFUSED]
    async with stand_ins.working(client):
        handle = await start_run(client, review=True)
        await until(lambda: stand_ins.held)
        await new_prompt(handle, "What do water bears eat?")
        for attempt in (1, 2, 3):
            await reaches(handle, Stage.REVIEW, attempt)
            await refusal(handle, UserDecisionSignal(UserDecision.EDIT))
            await new_prompt(handle, "Too late.")
            await decide(handle, EDIT if attempt < 3 else KEEP)
        assert "was not mailed" in await handle.result()
    await replays(handle)
