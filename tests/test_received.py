"""What comes from outside: taken as it is, looked at, and answered."""

import asyncio
import base64
import json
import math
import zlib
from datetime import timedelta
from typing import Any

import pytest
from support.programs import until
from support.runs import draft, new_prompt, pending, reaches, start_run, status
from support.stand_ins import Held, StandIns
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.workflowservice.v1 import RespondActivityTaskCompletedByIdRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from generator.packing import MOST, packed, unpacked
from generator.received import (
    answer_in,
    checkpoint_in,
    documents_in,
    found_in,
    mailed_in,
    new_topic,
    page_in,
    paid_in,
    report_input,
    text_in,
)
from generator.running.encryption import data_converter
from generator.running.record import read_record
from generator.wording import status_in_words
from models import TASK_QUEUE, GenerateReportInput, ReportStatus, Stage


@workflow.defn
class Foreign:
    """A Workflow that is not of this program."""

    @workflow.run
    async def run(self) -> None:
        for name in ("create_pdf", "llm_call"):
            workflow.start_activity(
                name, [5, STRANGE][name == "llm_call"], start_to_close_timeout=timedelta(seconds=60)
            )
        await workflow.wait_condition(lambda: False)


STRANGE = {"content": [1], "filename": 5}
WRONG: dict[str, tuple[list[Any], str]] = {
    "nothing": ([], "0 inputs"),
    "two": ([{"prompt": "x"}, {"prompt": "y"}], "2 inputs"),
    "a number": ([5], "a whole number and not an object"),
    "a text": (["Tardigrades"], "a text and not an object"),
    "null": ([None], "nothing and not an object"),
    "a list": ([["Tardigrades"]], "a list and not an object"),
    "a misspelled name": ([{"promt": "x"}], "'promt'"),
    "no prompt": ([{}], "no prompt"),
    "a blank prompt": ([{"prompt": " \n "}], "empty"),
    "a prompt that is a number": ([{"prompt": 5}], "prompt is a whole number and not a text"),
    "a prompt of a megabyte": ([{"prompt": "tough " * 200_000}], "too long"),
    "one section": ([{"prompt": "x", "deep": True, "sections": 1}], "1 sections"),
    "300 sections": ([{"prompt": "x", "deep": True, "sections": 300}], "300 sections"),
    "minus one section": ([{"prompt": "x", "sections": -1}], "-1 sections"),
    "half a section": ([{"prompt": "x", "sections": 2.5}], "a number and not a whole number"),
    "sections that are true": ([{"prompt": "x", "sections": True}], "true or false"),
    "a negative limit": ([{"prompt": "x", "max_cost": -0.5}], "-0.5"),
    "no limit at all": ([{"prompt": "x", "max_cost": math.inf}], "inf"),
    "NaN": ([{"prompt": "x", "max_cost": math.nan}], "nan"),
    "a limit in words": ([{"prompt": "x", "max_cost": "a lot"}], "a text and not a number"),
    "two addresses": ([{"prompt": "x", "email": "a@b.example,c@d.example"}], "mail address"),
    "an address for a model": (
        [{"prompt": "x", "model": "openai/http://h/x"}],
        "no name of a model",
    ),
    "review in words": ([{"prompt": "x", "review": "yes"}], "a text and not true or false"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_run_that_was_started_wrong_fails_in_one_sentence(
    client: Client, name: str
) -> None:
    given, said = WRONG[name]
    stand_ins = StandIns()
    async with stand_ins.working(client):
        handle = await client.start_workflow(
            "GenerateReportWorkflow", args=given, id=f"run-{name}", task_queue=TASK_QUEUE
        )
        with pytest.raises(WorkflowFailureError) as caught:
            await asyncio.wait_for(handle.result(), 20)
        cause = caught.value.cause
        assert isinstance(cause, ApplicationError) and cause.type == "WrongInput"
        assert said in cause.message and len(cause.message) < 300 and "\n" not in cause.message
        assert await draft(handle) is None
        assert (await status(handle)).stage == Stage.FAILED
    assert stand_ins.asked == []  # nothing was paid for


PAYLOADS = {
    "an unknown encoding": Payload(metadata={"encoding": b"avro/x"}, data=b"x"),
    "no encoding": Payload(data=b"x"),
    "bytes": Payload(metadata={"encoding": b"binary/plain"}, data=b"x"),
    "half of a JSON": Payload(metadata={"encoding": b"json/plain"}, data=b'{"prompt": "x'),
    "no text": Payload(metadata={"encoding": b"json/plain"}, data=b"\xff\xfe"),
    "a bottomless list": Payload(metadata={"encoding": b"json/plain"}, data=b"[" * 100_000),
    "too many digits": Payload(metadata={"encoding": b"json/plain"}, data=b"9" * 5000),
}


async def test_a_run_whose_input_nobody_can_read_fails_in_one_sentence(client: Client) -> None:
    """The SDK would try its first Workflow Task for ever."""
    config = client.config() | {"data_converter": data_converter()}
    async with StandIns().working(Client(**config)):
        for name, payload in PAYLOADS.items():
            handle = await client.start_workflow(
                "GenerateReportWorkflow", RawValue(payload), id=f"run-{name}", task_queue=TASK_QUEUE
            )
            with pytest.raises(WorkflowFailureError) as caught:
                await asyncio.wait_for(handle.result(), 20)
            assert "something that cannot be read" in str(caught.value.cause), name


@pytest.mark.parametrize(
    "given",
    [
        {"prompt": "x"},
        {"prompt": "x", "max_cost": 1},
        {"prompt": "x", "deep": True, "sections": 12},
        {"prompt": "x", "an_option_of_tomorrow": False},
    ],
    ids=str,
)
async def test_a_run_can_be_started_by_hand(client: Client, given: dict[str, Any]) -> None:
    async with StandIns().working(client):
        handle = await client.start_workflow(
            "GenerateReportWorkflow",
            {**given, "deep": False},
            id="run-by-hand",
            task_queue=TASK_QUEUE,
            result_type=str,
        )
        assert "Successfully" in await handle.result()


def test_what_is_right_stays_as_it_is() -> None:
    input = GenerateReportInput("x", "a@b.example", True, True, "openai/x", True, 3, 0.5)
    assert report_input([input]) == (input, "")
    assert report_input([json.loads(json.dumps(vars(input)))]) == (input, "")
    assert report_input([{"prompt": "to\ud800ugh"}])[0].prompt == "to?ugh"


# --- Signals and updates -------------------------------------------------------------------------


@pytest.mark.parametrize("given", [[], ["one", "two"], [5], [None], [{"prompt": "x"}], [" "]])
async def test_a_signal_of_any_kind_is_answered_with_a_note(
    client: Client, given: list[Any]
) -> None:
    held = Held("# Draft")
    async with StandIns(held).working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.held)
        await handle.signal("update_prompt", args=given)

        async def noted() -> bool:
            return "A new prompt was" in (await status(handle)).note

        await until(noted, 20)
        held.let_go.set()
        assert "Successfully" in await asyncio.wait_for(handle.result(), 20)
    assert len(stand_ins.asked) == 1


async def test_a_signal_with_half_a_character_stalls_nothing(client: Client) -> None:
    async with StandIns(Held("# One"), "# Two").working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.held)
        await new_prompt(handle, "half \ud800")
        assert "Successfully" in await asyncio.wait_for(handle.result(), 20)
    assert stand_ins.asked[-1].prompt == "half ?"


def test_a_topic_comes_alone() -> None:
    assert new_topic(["Tough?"]) == ("Tough?", "")
    assert "too long" in new_topic(["x" * 300_000])[1]


@pytest.mark.parametrize(
    "given", [[], [5], [{"decision": "PERHAPS"}], [{"decision": "KEEP"}, {"decision": "KEEP"}]]
)
async def test_a_wrong_decision_is_refused(client: Client, given: list[Any]) -> None:
    async with StandIns().working(client):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        with pytest.raises(WorkflowUpdateFailedError):
            await asyncio.wait_for(handle.execute_update("review", args=given), 20)
        await handle.execute_update("review", {"decision": "KEEP"})
        assert "Successfully" in await asyncio.wait_for(handle.result(), 20)


# --- Activities completed by hand ----------------------------------------------------------------


async def complete(client: Client, workflow_id: str, activity_id: str, result: Any) -> None:
    """What `temporal activity complete` does."""
    payloads = await DataConverter.default.encode([result])
    request = RespondActivityTaskCompletedByIdRequest(
        namespace=client.namespace, workflow_id=workflow_id, activity_id=activity_id
    )
    request.result.payloads.extend(payloads)
    await client.workflow_service.respond_activity_task_completed_by_id(request)


RESULTS: dict[str, tuple[str, Any, str]] = {
    "a number for an answer": ("answers", 5, "llm_call was completed by hand"),
    "nothing for an answer": ("answers", None, "llm_call was completed by hand"),
    "an answer without text": ("answers", {"choices": []}, "llm_call was completed by hand"),
    "a number for a path": ("pdfs", 5, "create_pdf was completed by hand"),
    "a list for a mail": ("mails", [5], ""),
}


@pytest.mark.parametrize("name", RESULTS)
async def test_an_activity_completed_with_anything_stalls_nothing(
    client: Client, name: str
) -> None:
    step, result, said = RESULTS[name]
    stand_ins = StandIns()
    setattr(stand_ins, step, [Held("never")])
    async with stand_ins.working(client):
        handle = await start_run(client)
        await until(lambda: stand_ins.held)
        task = await pending(handle)
        assert task
        await complete(client, handle.id, task.activity_id, result)
        if said:
            with pytest.raises(WorkflowFailureError) as caught:
                await asyncio.wait_for(handle.result(), 20)
            assert isinstance(caught.value.cause, ApplicationError)
            assert said in caught.value.cause.message
        else:
            assert "not mailed: send_email was completed" in await handle.result()
    record = await read_record(client, handle)  # what the terminal tells of it
    assert record.tokens == 0 and record.cost is None and isinstance(record.email, str)


async def test_the_record_of_a_foreign_run_can_be_read(client: Client) -> None:
    async with Worker(client, task_queue="foreign", workflows=[Foreign]):
        handle = await client.start_workflow("Foreign", id="foreign", task_queue="foreign")
        await until(lambda: pending(handle))
        record = await read_record(client, handle)
        assert [each.name for each in record.activities] == ["create_pdf", "llm_call"]
        assert record.report is None and record.results("llm_call") == []
        await handle.terminate()


@pytest.mark.parametrize(
    "value",
    [
        5,
        {},
        {"choices": [{"message": {"content": 5}}]},
        {"choices": [{"message": {"content": "x"}}], "response_cost": -1},
        {"choices": [{"message": {"content": "x"}}], "response_cost": math.nan},
        {"choices": [{"message": {"content": "x"}}], "usage": {"total_tokens": "many"}},
        {"choices": [{"message": {"content": "x"}}], "usage": [5]},
    ],
    ids=str,
)
def test_what_is_no_answer_is_said_to_be_none(value: Any) -> None:
    with pytest.raises(ApplicationError, match="completed by hand"):
        answer_in(value)


@pytest.mark.parametrize(
    "value", [5, None, {"sources": [5]}, {"sources": "x"}, {"cost": -1}, {"cost": "much"}], ids=str
)
def test_what_no_search_finds_is_said_to_be_nothing(value: Any) -> None:
    with pytest.raises(ApplicationError, match="completed by hand"):
        found_in(value)


def test_a_text_is_a_text() -> None:
    assert text_in("half \ud800", "create_pdf") == "half ?"


CHECKPOINTS: dict[str, tuple[list[Any], bool]] = {
    "nothing": ([], False),
    "of an older program": (["Text", {"cost": 0.1}, 0], True),
    "of today": (["Text", {"cost": 0.1, "total_tokens": 5}, 1, 0, [10, 20]], True),
    "only a text": (["Text"], True),
    "a number": ([5], False),
    "what was spent is negative": (["Text", {"cost": -1000.0}, 0], False),
    "NaN": (["Text", {"cost": math.nan}, 0], False),
    "a list": (["Text", [5], 0], False),
    "tries without end": (["Text", {}, -1_000_000], False),
    "seven parts": (["Text", {}, 0, 0, [0, 0], 1, 2], False),
    "a number for a pair": (["Text", {}, 0, 0, 5], False),
    "whose text it is": (["Text", {}, 0, 0, [0, 0], ["openai/a", "openai/b"]], True),
    "numbers for models": (["Text", {}, 0, 0, [0, 0], [5]], False),
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_heartbeat_of_somebody_else_is_none(name: str) -> None:
    details, counts = CHECKPOINTS[name]
    assert checkpoint_in(details) == (tuple(details) if counts else ())


def test_whom_a_mail_has_reached_is_kept() -> None:
    done = [["a@example.com", ""], ["b@example.com", "550 No such user"]]
    assert dict(*mailed_in([done])) == dict(done)
    for other in ([], [5], [[5]], [[["a"]]], [[["a", 5]]], [done, 5], ["Text", {}], [{"a": ""}]):
        assert mailed_in(other) == ()


def test_what_a_failure_says_of_its_cost_may_be_anything() -> None:
    paid = {"usage": {"total_tokens": 5}, "response_cost": 0.1}
    assert paid_in(paid)["response_cost"] == 0.1
    for other in (None, 5, "x", {"usage": "x"}, {"usage": {"total_tokens": "x"}}):
        assert paid_in(other) == {}


def test_what_is_packed_cannot_grow_without_end() -> None:
    assert unpacked(packed("a" * MOST)) == b"a" * MOST
    with pytest.raises(ValueError, match="too long"):
        unpacked(packed("a" * (MOST + 1)))
    with pytest.raises(ValueError, match="cut off"):
        unpacked(base64.b85encode(zlib.compress(b"They are small.")[:-3]).decode())


def test_half_a_character_gets_no_further_than_the_status() -> None:
    status = ReportStatus(Stage.REVIEW, "", note="cut \ud83d")
    assert status_in_words(status, "\udc00").encode()


def test_halves_of_characters_in_results_reach_nobody() -> None:
    source = {"title": "Half \ud800", "url": "https://a.example/\ud800", "snippet": "\udfff"}
    found = found_in({"sources": [source], "provider": "\ud800"})
    page = page_in({"url": "https://a.example/\ud800", "title": "\ud800"})
    documents = documents_in({"pages": [{"url": "\ud800"}], "problems": ["\ud800.txt: locked"]})
    said = f"{found}{page}{documents}"
    assert said.encode() and said.count("?") == 8
