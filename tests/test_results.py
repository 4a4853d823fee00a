"""What Activities bring, or people in their place: taken as it is, looked at, and answered."""

import asyncio
import base64
import math
import zlib
from datetime import timedelta
from typing import Any

import pytest
from support.programs import until
from support.runs import pending, start_run
from support.stand_ins import Held, StandIns
from temporalio import workflow
from temporalio.api.workflowservice.v1 import RespondActivityTaskCompletedByIdRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from generator.packing import MOST, packed, unpacked
from generator.results import (
    answer_in,
    checkpoint_in,
    documents_in,
    found_in,
    mailed_in,
    page_in,
    paid_in,
    text_in,
)
from generator.running.record import read_record


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
                await asyncio.wait_for(handle.result(), 100)
            assert isinstance(caught.value.cause, ApplicationError)
            assert said in caught.value.cause.message
        else:
            assert "not mailed: send_email was completed" in await handle.result()
    record = await read_record(client, handle)  # what the terminal tells of it
    assert record.tokens == 0 and record.cost is None and isinstance(record.email, str)


@pytest.mark.slow
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


def test_halves_of_characters_in_results_reach_nobody() -> None:
    source = {"title": "Half \ud800", "url": "https://a.example/\ud800", "snippet": "\udfff"}
    found = found_in({"sources": [source], "provider": "\ud800"})
    page = page_in({"url": "https://a.example/\ud800", "title": "\ud800"})
    documents = documents_in({"pages": [{"url": "\ud800"}], "problems": ["\ud800.txt: locked"]})
    said = f"{found}{page}{documents}"
    assert said.encode() and said.count("?") == 8
