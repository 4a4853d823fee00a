"""A person in the loop: what a run tells of itself, new prompts, decisions, cancellation."""

import asyncio
import gc
import sys
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from support.llm import Gate
from support.llm_server import Answer, Fail, LLMServer, Stall, report
from support.pdf import pdf_text
from support.programs import Program, until
from support.settings import TOPIC
from support.temporal import (
    DevServer,
    Handle,
    event_types,
    failed_attempt,
    pending,
    running_worker,
    settings_of,
    start_run,
)
from temporalio import activity
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHistory,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError, is_cancelled_exception
from temporalio.service import RPCError
from temporalio.worker import Replayer, Worker

from activities import create_pdf, send_email
from models import TASK_QUEUE, LLMCallInput, ReportStatus, Stage, UserDecision, UserDecisionSignal
from workflow import GenerateReportWorkflow

KEEP = UserDecisionSignal(UserDecision.KEEP)
EDIT = UserDecisionSignal(UserDecision.EDIT, "Say more about moss.")
NEW_TOPIC = "What do water bears eat?"


async def status(handle: Handle) -> ReportStatus:
    return await handle.query(GenerateReportWorkflow.get_status)


async def draft(handle: Handle) -> str | None:
    return await handle.query(GenerateReportWorkflow.get_research_result)


async def details(handle: Handle) -> str:
    """What the Web UI shows as the current details of the run."""
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(metadata.current_details)


async def reaches(handle: Handle, stage: Stage, attempt: int = 1) -> ReportStatus:
    async def there() -> ReportStatus | None:
        now = await status(handle)
        return now if (now.stage, now.attempt) == (stage, attempt) else None

    return await until(there)


async def asked(llm: LLMServer, requests: int = 1, sent: int = 1) -> None:
    """Wait until the LLM was asked so often, and has said something to the last request."""
    await until(lambda: len(llm.requests) >= requests and llm.requests[-1].sent >= sent)


async def decide(handle: Handle, decision: UserDecisionSignal) -> str:
    return await handle.execute_update(GenerateReportWorkflow.review, decision)


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


async def new_prompt(handle: Handle, prompt: str) -> None:
    await handle.signal(GenerateReportWorkflow.update_prompt, prompt)


async def note(handle: Handle, text: str) -> None:
    """Wait until the status has this text in its note."""

    async def there() -> bool:
        return text in (await status(handle)).note

    await until(there)


async def topic_in_memo(handle: Handle) -> str | None:
    topic: str | None = await (await handle.describe()).memo_value("topic", default=None)
    return topic


async def is_cancelled(handle: Handle) -> bool:
    """Wait for the end of the run; is it recorded as cancelled?"""
    with pytest.raises(WorkflowFailureError) as error:
        await handle.result()
    recorded = (await handle.describe()).status
    return is_cancelled_exception(error.value.cause) and (
        recorded == WorkflowExecutionStatus.CANCELED
    )


def no_folder(tmp_path: Path) -> str:
    """A REPORTS_DIR that cannot be written to, whoever tries."""
    (tmp_path / "file").touch()
    return str(tmp_path / "file" / "reports")


# --- State ---------------------------------------------------------------------------------------


async def test_status_draft_and_details_at_every_stage(
    client: Client,
    model: LLMServer,
    worker: None,
    settings: pytest.MonkeyPatch,
    reports: Path,
    tmp_path: Path,
) -> None:
    settings.setenv("REPORTS_DIR", no_folder(tmp_path))
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    first, second = report(3000), "# Revised\n\nMoss, and more moss."
    research, revision = Gate(text=first), Gate(text=second, after=0)
    model.script(research, revision)
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

    handle = await start_run(client, review=True)
    await asked(model)
    now = await at(Stage.RESEARCH, 1, None, "researching")
    assert (now.pdf_filename, now.email, now.note) == ("", "", "")
    research.opened.set()
    await at(Stage.REVIEW, 1, first.strip(), "decision")
    assert await decide(handle, EDIT) == "Being revised."
    await at(Stage.REVISION, 1, first.strip(), "revising")
    revision.opened.set()
    await at(Stage.REVIEW, 2, second, "decision")
    assert await decide(handle, KEEP) == "Kept."
    await at(Stage.PDF, 1, second, "PDF is being made")
    settings.setenv("REPORTS_DIR", str(reports))
    now = await at(Stage.EMAIL, 1, second, "being mailed")
    assert pdf_text(now.pdf_filename) and now.pdf_filename in await details(handle)
    assert now.email == ""
    settings.setenv("SIMULATE_EMAIL_FAILURE", "false")
    assert (await handle.result()).endswith(f": {now.pdf_filename}")
    done = await at(Stage.DONE, 1, second, "Email simulated")
    assert done.pdf_filename == now.pdf_filename and done.pdf_filename in await details(handle)
    assert done.email.startswith("Email simulated")
    times = [status.since for status in seen]
    assert times == sorted(set(times))


async def test_status_of_a_failed_run(client: Client, model: LLMServer, worker: None) -> None:
    model.script(Fail(401))
    handle = await start_run(client, review=True)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert (await status(handle)).stage == Stage.FAILED
    assert await draft(handle) is None
    assert "researching" not in await details(handle)


async def test_status_of_a_cancelled_run(client: Client, model: LLMServer, worker: None) -> None:
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await handle.cancel()
    assert await is_cancelled(handle)
    assert await draft(handle) == model.answer.strip()
    assert (await status(handle)).stage == Stage.FAILED
    assert "waits for a person" not in await details(handle)


# --- A new prompt --------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [False, True])
async def test_a_new_prompt_stops_the_research_and_starts_it_anew(
    client: Client, model: LLMServer, worker: None, silent: bool
) -> None:
    old, new = "# Old\n\n" + "obsolete " * 5000, "# New\n\nThey eat moss."
    model.delay = 0.02
    model.script(Stall(after=200, text=old) if silent else Answer(text=old), Answer(text=new))
    handle = await start_run(client)
    await asked(model, sent=200)

    signalled = time.monotonic()
    await new_prompt(handle, NEW_TOPIC)
    result = await handle.result()

    stopped, answered = model.requests
    assert stopped.closed_by_client_at and stopped.closed_by_client_at - signalled < 5
    assert stopped.sent < len(old) / 2
    assert stopped.closed_by_client_at <= answered.received_at  # never two at a time
    assert answered.prompt == NEW_TOPIC and answered.finished and not answered.prefix
    assert await topic_in_memo(handle) == NEW_TOPIC
    pdf = result.rpartition(": ")[2]
    assert "what-do-water-bears-eat" in pdf
    assert "They eat moss." in pdf_text(pdf)
    assert "obsolete" not in pdf_text(pdf) and TOPIC not in pdf_text(pdf)
    assert "obsolete" not in (await draft(handle) or "")


@pytest.mark.parametrize("headers", [True, False])
async def test_a_new_prompt_before_the_first_chunk(
    client: Client, model: LLMServer, worker: None, headers: bool
) -> None:
    model.script(Stall(headers=headers), Answer(text="# New\n\nThey eat moss."))
    handle = await start_run(client)
    await until(lambda: model.requests)
    await new_prompt(handle, NEW_TOPIC)
    await handle.result()
    assert [request.prompt for request in model.requests] == [TOPIC, NEW_TOPIC]
    assert model.requests[0].closed_by_client_at
    assert await draft(handle) == "# New\n\nThey eat moss."


async def test_a_new_prompt_before_any_worker_is_up(client: Client, model: LLMServer) -> None:
    handle = await start_run(client)
    await new_prompt(handle, NEW_TOPIC)
    async with running_worker(client):
        await handle.result()
    assert [request.prompt for request in model.requests] == [NEW_TOPIC]


async def test_two_new_prompts_at_once_and_the_last_one_counts(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.script(Stall(after=200))
    handle = await start_run(client)
    await asked(model)
    await new_prompt(handle, "Something else.")
    await new_prompt(handle, NEW_TOPIC)
    await handle.result()
    # The one between was asked only if the worker was quicker than the second signal.
    assert model.requests[0].closed_by_client_at
    assert [request.prompt for request in model.requests if request.finished] == [NEW_TOPIC]
    assert await topic_in_memo(handle) == NEW_TOPIC


async def test_a_new_prompt_taken_back_at_once(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.script(Stall(after=200))
    handle = await start_run(client)
    await asked(model)
    await new_prompt(handle, NEW_TOPIC)
    await new_prompt(handle, TOPIC)
    await handle.result()
    assert model.requests[-1].prompt == TOPIC and model.requests[-1].finished
    assert await topic_in_memo(handle) == TOPIC


@pytest.mark.parametrize(
    "prompt, remark", [(TOPIC, ""), ("", "was empty"), (" \n\t", "was empty")], ids=repr
)
async def test_a_prompt_that_changes_nothing(
    client: Client, model: LLMServer, worker: None, prompt: str, remark: str
) -> None:
    research = Gate()
    model.script(research)
    handle = await start_run(client)
    await asked(model)
    await new_prompt(handle, prompt)
    await until_taken(handle)
    assert remark in (await status(handle)).note
    research.opened.set()
    await handle.result()
    [request] = model.requests
    assert request.finished and request.prompt == TOPIC


async def until_taken(handle: Handle) -> None:
    """Wait until the Workflow has seen all that was sent to it."""

    async def taken() -> bool:
        return not (await handle.describe()).raw_description.HasField("pending_workflow_task")

    await until(taken)


async def test_a_new_prompt_after_the_research_comes_too_late(
    client: Client,
    model: LLMServer,
    worker: None,
    settings: pytest.MonkeyPatch,
    reports: Path,
    tmp_path: Path,
) -> None:
    settings.setenv("REPORTS_DIR", no_folder(tmp_path))
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    revision = Gate(text="# Revised\n\nMoss.")
    model.script(Answer(), revision)
    handle = await start_run(client, review=True)

    async def too_late(stage: Stage) -> None:
        await reaches(handle, stage)
        await new_prompt(handle, f"{NEW_TOPIC} ({stage})")
        await note(handle, "too late")
        assert (await status(handle)).stage == stage

    await too_late(Stage.REVIEW)
    await decide(handle, EDIT)
    await too_late(Stage.REVISION)
    revision.opened.set()
    await reaches(handle, Stage.REVIEW, 2)
    await decide(handle, KEEP)
    await too_late(Stage.PDF)
    settings.setenv("REPORTS_DIR", str(reports))
    await too_late(Stage.EMAIL)
    settings.setenv("SIMULATE_EMAIL_FAILURE", "false")
    result = await handle.result()
    with pytest.raises(RPCError, match="already completed"):
        await new_prompt(handle, NEW_TOPIC)
    assert len(model.requests) == 2
    assert "why-are-tardigrades" in result
    assert not [r for r in model.requests if NEW_TOPIC in r.prompt]
    assert await topic_in_memo(handle) is None


async def test_the_details_say_that_a_new_prompt_came_too_late(
    client: Client, model: LLMServer, worker: None
) -> None:
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await new_prompt(handle, NEW_TOPIC)
    await note(handle, "too late")
    assert "too late" in await details(handle)


async def test_a_good_prompt_after_an_empty_one(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.script(Stall(after=200))
    handle = await start_run(client)
    await asked(model)
    await new_prompt(handle, "")
    await note(handle, "was empty")
    await new_prompt(handle, NEW_TOPIC)
    await handle.result()
    assert (await status(handle)).note == ""


async def test_a_new_prompt_in_a_race_with_the_end_of_the_research(
    client: Client, model: LLMServer, worker: None
) -> None:
    """Either it comes in time and is all that the report is about, or it comes too late."""
    model.answer = "# Found\n\nThe answer to this question."

    async def race(number: int) -> None:
        old, new = f"Old {number}?", f"New {number}?"
        handle = await start_run(client, old, review=True)
        await until(lambda: [r for r in list(model.requests) if r.prompt == old and r.finished])
        await asyncio.sleep(number / 400)
        await new_prompt(handle, new)
        await until_taken(handle)
        await reaches_review(handle)
        too_late = "too late" in (await status(handle)).note
        assert await topic_in_memo(handle) == (None if too_late else new)
        await decide(handle, KEEP)
        result = await handle.result()
        assert (f"old-{number}" if too_late else f"new-{number}") in result
        asked_for = [r.prompt for r in model.requests if r.prompt in (old, new)]
        assert asked_for == ([old] if too_late else [old, new])

    await asyncio.gather(*[race(number) for number in range(12)])


async def reaches_review(handle: Handle) -> None:
    await until(lambda: has_stage(handle, Stage.REVIEW))


async def has_stage(handle: Handle, stage: Stage) -> bool:
    return (await status(handle)).stage == stage


class ObstinateModel:
    """An `llm_call` that ends when and how the test says, whatever is cancelled meanwhile.

    It stands for an answer that ends in the instant before the cancellation arrives.
    """

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.endings: list[Exception | str] = []  # of the calls, in order
        self.let_go = threading.Event()

    @activity.defn(name="llm_call", no_thread_cancel_exception=True)
    def llm_call(self, input: LLMCallInput) -> dict[str, Any]:
        ending = self.endings[len(self.prompts)]
        self.prompts.append(input.prompt)
        while not self.let_go.wait(0.1):
            activity.heartbeat()
        if isinstance(ending, Exception):
            raise ending
        return {"model": "obstinate", "choices": [{"message": {"content": ending}}]}

    @asynccontextmanager
    async def worker(self, client: Client, **options: Any) -> AsyncIterator[None]:
        with ThreadPoolExecutor(20) as threads:
            async with Worker(
                client,
                task_queue=TASK_QUEUE,
                workflows=[GenerateReportWorkflow],
                activities=[self.llm_call, create_pdf, send_email],
                activity_executor=threads,
                **options,
            ):
                try:
                    yield
                finally:
                    self.let_go.set()  # the worker waits for its Activities


@asynccontextmanager
async def answering(client: Client, *answers: str, **options: Any) -> AsyncIterator[None]:
    """A worker whose model gives these answers at once: quicker than with LiteLLM."""
    obstinate = ObstinateModel()
    obstinate.endings = list(answers)
    obstinate.let_go.set()
    async with obstinate.worker(client, **options):
        yield


BROKEN = ApplicationError("The connection was reset.")
REFUSED = ApplicationError("The key is wrong.", non_retryable=True)


@pytest.mark.parametrize("ending", ["# Old", BROKEN, REFUSED], ids=["answer", "broken", "refused"])
async def test_a_new_prompt_counts_although_the_old_call_ends_by_itself(
    client: Client, settings: pytest.MonkeyPatch, ending: Exception | str
) -> None:
    obstinate = ObstinateModel()
    obstinate.endings = [ending, "# New"]
    async with obstinate.worker(client):
        handle = await start_run(client)
        await until(lambda: obstinate.prompts)
        await new_prompt(handle, NEW_TOPIC)
        await until(lambda: cancel_requested(handle))
        obstinate.let_go.set()
        await handle.result()
        assert obstinate.prompts == [TOPIC, NEW_TOPIC]
        assert await draft(handle) == "# New"


async def cancel_requested(handle: Handle) -> bool:
    """Has the Workflow asked for its Activity to be cancelled?"""
    return "ACTIVITY_TASK_CANCEL_REQUESTED" in await event_types(handle)


@pytest.mark.parametrize("first", ["prompt", "cancel"])
async def test_a_new_prompt_together_with_a_cancellation(
    client: Client, settings: pytest.MonkeyPatch, first: str
) -> None:
    obstinate = ObstinateModel()
    obstinate.endings = [BROKEN, "# New"]
    async with obstinate.worker(client):
        handle = await start_run(client)
        await until(lambda: obstinate.prompts)
        steps = [new_prompt(handle, NEW_TOPIC), handle.cancel()]
        for step in steps if first == "prompt" else reversed(steps):
            await step
        await until(lambda: cancel_requested(handle))
        await until_taken(handle)
        obstinate.let_go.set()
        assert await is_cancelled(handle)
    assert obstinate.prompts == [TOPIC]


async def test_a_new_prompt_and_a_cancellation_while_the_model_streams(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.default = Stall(after=200)
    handle = await start_run(client)
    await asked(model)
    await asyncio.gather(new_prompt(handle, NEW_TOPIC), handle.cancel())
    assert await is_cancelled(handle)
    assert all(request.closed_by_client_at for request in model.requests)
    # A second request is possible if the run's cancellation comes second, and must then be closed.
    assert [request.prompt for request in model.requests] in ([TOPIC], [TOPIC, NEW_TOPIC])


# --- Decisions -----------------------------------------------------------------------------------


async def test_keep(client: Client, model: LLMServer, worker: None) -> None:
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await decide(handle, KEEP)
    result = await handle.result()
    assert "Finding 7 holds" in pdf_text(result.rpartition(": ")[2])
    assert len(model.requests) == 1


async def history(handle: Handle) -> WorkflowHistory:
    return await handle.fetch_history()


async def test_keep_a_version_of_ones_own(client: Client, model: LLMServer, worker: None) -> None:
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    own = "# My own\n\nWritten by hand: žluťoučký kůň, 水熊虫.\n"
    await decide(handle, UserDecisionSignal(UserDecision.KEEP, draft=own))
    result = await handle.result()
    assert "žluťoučký kůň, 水熊虫" in pdf_text(result.rpartition(": ")[2])
    assert "Finding" not in pdf_text(result.rpartition(": ")[2])
    assert await draft(handle) == own
    assert (await status(handle)).characters == len(own)
    assert len(model.requests) == 1


async def test_a_version_too_large_to_travel(client: Client, settings: pytest.MonkeyPatch) -> None:
    """Temporal takes it, but would not take it once more with the rest that a PDF needs."""
    own = "# Mine\n\n" + ("word " * 100 + "\n\n") * 4083
    assert 2_040_000 < len(own) < 2_060_000
    async with answering(client, "# Draft"):
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


async def test_ten_edits_in_a_row(client: Client, model: LLMServer, worker: None) -> None:
    versions = [f"# Version {number}\n\nThis is number {number}." for number in range(11)]
    model.script(*[Answer(text=text) for text in versions])
    handle = await start_run(client, review=True)
    for number in range(10):
        await reaches(handle, Stage.REVIEW, number + 1)
        assert await draft(handle) == versions[number]
        await decide(handle, UserDecisionSignal(UserDecision.EDIT, f"Change {number}."))
    await reaches(handle, Stage.REVIEW, 11)
    for number, request in enumerate(model.requests[1:]):
        assert versions[number] in request.prompt and f"Change {number}." in request.prompt
        assert f"number {number - 1}." not in request.prompt  # only the latest version
    await decide(handle, KEEP)
    result = await handle.result()
    assert "This is number 10." in pdf_text(result.rpartition(": ")[2])
    assert await draft(handle) == versions[10]
    await Replayer(workflows=[GenerateReportWorkflow]).replay_workflow(await history(handle))


async def test_a_draft_of_200_kb(client: Client, model: LLMServer, worker: None) -> None:
    first, second = report(200_000).strip(), report(199_000).strip() + " The very end."
    model.chunk_size = 1000
    model.script(Answer(text=first), Answer(text=second))
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    assert await draft(handle) == first and first in await details(handle)
    await decide(handle, EDIT)
    await reaches(handle, Stage.REVIEW, 2)
    assert first in model.requests[1].prompt
    assert await draft(handle) == second
    own = second + " And mine."
    await decide(handle, UserDecisionSignal(UserDecision.KEEP, draft=own))
    result = await handle.result()
    assert "The very end. And mine." in pdf_text(result.rpartition(": ")[2])


async def test_an_edit_that_fails_for_good_leaves_the_draft(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.script(Answer(), Fail(401), Answer(text="# Revised\n\nAt last."))
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await decide(handle, EDIT)
    now = await reaches(handle, Stage.REVIEW, 2)
    assert "status 401" in now.note and "as before" in now.note
    assert "status 401" in await details(handle)
    assert await draft(handle) == model.answer.strip()
    await decide(handle, EDIT)
    now = await reaches(handle, Stage.REVIEW, 3)
    assert now.note == "" and await draft(handle) == "# Revised\n\nAt last."
    await decide(handle, KEEP)
    await handle.result()


async def test_keep_after_an_edit_that_failed(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.script(Answer(), Fail(401))
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await decide(handle, EDIT)
    await reaches(handle, Stage.REVIEW, 2)
    await decide(handle, KEEP)
    result = await handle.result()
    assert "Finding 7 holds" in pdf_text(result.rpartition(": ")[2])


async def test_an_edit_retries_what_a_retry_can_mend(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.script(Answer(), Fail(503), Answer(text="# Revised\n\nAt last."))
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await decide(handle, EDIT)
    await reaches(handle, Stage.REVIEW, 2)
    assert await draft(handle) == "# Revised\n\nAt last."
    assert len(model.requests) == 3


@pytest.mark.slow
async def test_a_worker_killed_during_a_revision(client: Client, tmp_path: Path) -> None:
    """The next one goes on from the words that were there."""
    settings = settings_of(client) | {"LLM_MODEL": "demo"}
    with Program(tmp_path, "worker.py", **settings) as first:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, EDIT)
        await until(lambda: has_written(handle))
        first.kill()
    with Program(tmp_path, "worker.py", **settings) as second:
        await second.says(r"writes on from character [1-9]")
        await reaches(handle, Stage.REVIEW, 2)
        assert (await draft(handle) or "").count("Say more about moss.") == 1
        await decide(handle, KEEP)
        await handle.result()


async def has_written(handle: Handle) -> bool:
    call = await pending(handle)
    return bool(call and call.heartbeat_details.payloads)


# --- Decisions that are not taken ----------------------------------------------------------------


NOTHING_SAID = {
    "no words": (UserDecisionSignal(UserDecision.EDIT), "additional_prompt"),
    "blank words": (UserDecisionSignal(UserDecision.EDIT, " \n"), "additional_prompt"),
    "empty draft": (UserDecisionSignal(UserDecision.KEEP, draft=" \n"), "draft to keep is empty"),
    "unknown": ({"decision": "MAYBE"}, "MAYBE"),
    "lower case": ({"decision": "keep"}, "keep"),
    "none": ({"additional_prompt": "Say more."}, "decision"),
    "no object": ("KEEP", "UserDecisionSignal"),
}


@pytest.mark.parametrize("decision, why", NOTHING_SAID.values(), ids=NOTHING_SAID)
async def test_a_decision_that_says_nothing_is_rejected(
    client: Client, settings: pytest.MonkeyPatch, decision: Any, why: str
) -> None:
    async with answering(client, "# Draft"):
        handle = await start_run(client, review=True)
        before = await reaches(handle, Stage.REVIEW)
        assert why in await refusal(handle, decision)
        assert await status(handle) == before
        await decide(handle, KEEP)
        await handle.result()


async def test_a_decision_too_early_or_too_late_is_rejected(
    client: Client,
    model: LLMServer,
    worker: None,
    settings: pytest.MonkeyPatch,
    reports: Path,
    tmp_path: Path,
) -> None:
    settings.setenv("REPORTS_DIR", no_folder(tmp_path))
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    research, revision = Gate(), Gate(text="# Revised\n\nMoss.")
    model.script(research, revision)
    handle = await start_run(client, review=True)
    await asked(model)
    for decision in (KEEP, EDIT):
        assert "Too early" in await refusal(handle, decision)
    research.opened.set()
    await reaches(handle, Stage.REVIEW)
    await decide(handle, EDIT)
    await asked(model, 2)
    for decision in (KEEP, EDIT):
        assert "Too early" in await refusal(handle, decision)
    revision.opened.set()
    await reaches(handle, Stage.REVIEW, 2)
    await decide(handle, KEEP)
    await reaches(handle, Stage.PDF)
    for decision in (KEEP, EDIT):
        assert "Too late" in await refusal(handle, decision)
    settings.setenv("REPORTS_DIR", str(reports))
    await reaches(handle, Stage.EMAIL)
    for decision in (KEEP, EDIT):
        assert "Too late" in await refusal(handle, decision)
    settings.setenv("SIMULATE_EMAIL_FAILURE", "false")
    result = await handle.result()
    with pytest.raises(RPCError, match="already completed"):
        await decide(handle, KEEP)
    assert "Moss." in pdf_text(result.rpartition(": ")[2])
    assert len(model.requests) == 2


@pytest.mark.parametrize("number", [2, 10])
async def test_of_decisions_in_a_race_exactly_one_is_taken(
    client: Client, model: LLMServer, worker: None, number: int
) -> None:
    revision = Gate(after=0, text="# Revised\n\nMoss.")
    model.script(Answer(), revision)
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
        await until(lambda: len(model.requests) == 2)
        assert decision.additional_prompt in model.requests[1].prompt
        revision.opened.set()
        await reaches(handle, Stage.REVIEW, 2)
        await decide(handle, KEEP)
    await handle.result()
    assert await draft(handle) == (decision.draft or "# Revised\n\nMoss.")


# --- Waiting -------------------------------------------------------------------------------------


async def test_a_decision_waits_for_a_worker(client: Client, settings: pytest.MonkeyPatch) -> None:
    async with answering(client, "# Draft"):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
    decision = asyncio.ensure_future(decide(handle, KEEP))
    done, _ = await asyncio.wait([decision], timeout=1)
    assert not done
    async with answering(client):
        assert await decision == "Kept."
        await handle.result()
        assert await draft(handle) == "# Draft"


async def test_runs_in_review_leave_the_worker_to_others(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    one_of_each = {
        "max_cached_workflows": 0,
        "max_concurrent_activities": 1,
        "max_concurrent_workflow_tasks": 1,
        "max_concurrent_workflow_task_polls": 1,
        "nonsticky_to_sticky_poll_ratio": 1.0,
    }
    async with answering(client, *["# Draft"] * 6, **one_of_each):
        waiting = [await start_run(client, review=True) for _ in range(5)]
        for handle in waiting:
            await reaches(handle, Stage.REVIEW)
            assert await pending(handle) is None
            assert (await event_types(handle))[-1] == "ACTIVITY_TASK_COMPLETED"  # not even a timer
        await (await start_run(client)).result()
        for handle in waiting:
            await decide(handle, KEEP)
            await handle.result()


async def test_review_survives_the_stop_of_worker_and_server(tmp_path: Path) -> None:
    server = DevServer(tmp_path)
    settings = {"TEMPORAL_ADDRESS": server.address, "LLM_MODEL": "demo"}
    await server.start()
    with server.program, Program(tmp_path, "worker.py", **settings) as worker:
        handle = await start_run(server.client, review=True)
        await reaches(handle, Stage.REVIEW)
        before = await status(handle), await draft(handle)
        assert before[1]
        worker.kill()
    await server.start()
    with server.program, Program(tmp_path, "worker.py", **settings) as worker:
        assert (await status(handle), await draft(handle)) == before
        await decide(handle, KEEP)
        assert (tmp_path / (await handle.result()).rpartition(": ")[2]).is_file()
        assert "llm_call" not in worker.stderr


async def test_a_worker_stops_in_mid_call_without_a_murmur(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    """Python reports what goes wrong in a coroutine that is thrown away."""
    reports: list[Any] = []
    settings.setattr(sys, "unraisablehook", reports.append)
    async with running_worker(client):
        for handle in [await start_run(client) for _ in range(5)]:
            await until(lambda handle=handle: has_written(handle))  # type: ignore[misc]
    gc.collect()
    assert reports == []


# --- Cancellation --------------------------------------------------------------------------------


@pytest.mark.parametrize("silence", ["headers", "first chunk", "stream", "slow stream"])
async def test_cancel_the_research(
    client: Client, model: LLMServer, worker: None, silence: str
) -> None:
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
        await asked(model, sent=200)
    await handle.cancel()
    assert await is_cancelled(handle)
    [request] = model.requests
    assert request.closed_by_client_at
    assert request.sent < 50_000


async def test_cancel_in_a_race_with_the_request(
    client: Client, model: LLMServer, worker: None
) -> None:
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


async def test_cancel_in_review(client: Client, settings: pytest.MonkeyPatch) -> None:
    async with answering(client, "# Draft"):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await handle.cancel()
        assert await is_cancelled(handle)
        with pytest.raises(RPCError, match="already completed"):
            await decide(handle, KEEP)


async def test_cancel_a_revision(client: Client, model: LLMServer, worker: None) -> None:
    model.script(Answer(), Stall(after=200))
    handle = await start_run(client, review=True)
    await reaches(handle, Stage.REVIEW)
    await decide(handle, EDIT)
    await asked(model, 2)
    await handle.cancel()
    assert await is_cancelled(handle)
    assert model.requests[1].closed_by_client_at and len(model.requests) == 2
    assert await draft(handle) == model.answer.strip()


async def test_cancel_between_two_attempts(client: Client, model: LLMServer, worker: None) -> None:
    model.default = Fail(503, headers={"Retry-After": "3600"})
    handle = await start_run(client)
    await failed_attempt(handle, "llm_call")
    await handle.cancel()
    assert await is_cancelled(handle)
    assert len(model.requests) == 1


async def test_cancel_the_pdf(client: Client, settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.setenv("REPORTS_DIR", no_folder(tmp_path))
    async with answering(client, "# Draft"):
        handle = await start_run(client)
        await failed_attempt(handle, "create_pdf")
        await handle.cancel()
        assert await is_cancelled(handle)


async def test_cancel_the_email(client: Client, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    async with answering(client, "# Draft"):
        handle = await start_run(client)
        await failed_attempt(handle, "send_email")
        await handle.cancel()
        assert await is_cancelled(handle)


@pytest.mark.parametrize("stage", [Stage.RESEARCH, Stage.REVISION])
@pytest.mark.parametrize("ending", ["# Old", BROKEN, REFUSED], ids=["answer", "broken", "refused"])
async def test_cancel_a_call_that_ends_by_itself(
    client: Client, settings: pytest.MonkeyPatch, ending: Exception | str, stage: Stage
) -> None:
    obstinate = ObstinateModel()
    obstinate.endings = [ending] if stage == Stage.RESEARCH else ["# Draft", ending]
    async with obstinate.worker(client):
        handle = await start_run(client, review=True)
        if stage == Stage.REVISION:
            obstinate.let_go.set()
            await reaches(handle, Stage.REVIEW)
            obstinate.let_go.clear()
            await decide(handle, EDIT)
        await until(lambda: len(obstinate.prompts) == len(obstinate.endings))
        await handle.cancel()
        await until(lambda: cancel_requested(handle))
        obstinate.let_go.set()
        await until(lambda: has_ended_or_waits(handle))
        assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


async def has_ended_or_waits(handle: Handle) -> bool:
    """Has the run ended, or come to a review?"""
    described = await handle.describe()
    return described.status != WorkflowExecutionStatus.RUNNING or await has_stage(
        handle, Stage.REVIEW
    )


# --- Replay --------------------------------------------------------------------------------------


async def test_a_run_with_everything_in_it_replays(
    client: Client, model: LLMServer, worker: None
) -> None:
    model.script(Stall(after=200), Answer(), Fail(503), Answer(), Fail(401))
    handle = await start_run(client, review=True)
    await asked(model)
    await new_prompt(handle, NEW_TOPIC)
    for attempt in (1, 2, 3):
        await reaches(handle, Stage.REVIEW, attempt)
        await refusal(handle, UserDecisionSignal(UserDecision.EDIT))
        await new_prompt(handle, "Too late.")
        await decide(handle, EDIT if attempt < 3 else KEEP)
    await handle.result()
    await Replayer(workflows=[GenerateReportWorkflow]).replay_workflow(await history(handle))
