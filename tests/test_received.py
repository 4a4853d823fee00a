"""What comes from outside: taken as it is, looked at, and answered."""

import asyncio
import json
import math
from datetime import timedelta
from typing import Any

import pytest
from support.llm_server import LLMServer
from support.programs import until
from support.runs import draft, new_prompt, reaches, start_run, status, until_taken
from support.stand_ins import Held, StandIns
from support.temporal import running_worker
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    ActivityFailureError,
    Client,
    WorkflowFailureError,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from generator.received import new_topic, report_input
from generator.running.conversion import data_converter
from generator.running.encryption import ENCODING
from generator.wording import status_in_words
from models import TASK_QUEUE, GenerateReportInput, ReportStatus, Stage

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
            await asyncio.wait_for(handle.result(), 100)
        cause = caught.value.cause
        assert isinstance(cause, ApplicationError) and cause.type == "WrongInput"
        assert said in cause.message and len(cause.message) < 300 and "\n" not in cause.message
        assert await draft(handle) is None
        assert (await status(handle)).stage == Stage.FAILED
    assert stand_ins.asked == []  # nothing was paid for


PAYLOADS = {
    "an unknown encoding": Payload(metadata={"encoding": b"avro/x"}, data=b"x"),
    "no encoding": Payload(data=b"x"),
    "what another program encrypted": Payload(metadata={"encoding": ENCODING}, data=b"x"),
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
                await asyncio.wait_for(handle.result(), 100)
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
        assert "Successfully" in await asyncio.wait_for(handle.result(), 100)
    assert len(stand_ins.asked) == 1


async def test_a_signal_with_half_a_character_stalls_nothing(client: Client) -> None:
    async with StandIns(Held("# One"), "# Two").working(client) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.held)
        await new_prompt(handle, "half \ud800")
        assert "Successfully" in await asyncio.wait_for(handle.result(), 100)
    assert stand_ins.asked[-1].prompt == "half ?"


def test_a_topic_comes_alone() -> None:
    assert new_topic(["Tough?"], Stage.RESEARCH) == ("Tough?", "")
    assert "too long" in new_topic(["x" * 300_000], Stage.RESEARCH)[1]


DECISIONS: dict[str, tuple[list[Any], str]] = {
    "nothing": ([], "The review has 0 inputs: it takes one, like"),
    "two": ([{"decision": "KEEP"}, {"decision": "KEEP"}], "has 2 inputs"),
    "a number": ([5], "The review's input is a whole number and not an object like"),
    "a text": (["KEEP"], "is a text and not an object"),
    "null": ([None], "is nothing and not an object"),
    "an empty object": ([{}], "The review's input has no decision"),
    "an unknown one": ([{"decision": "PERHAPS"}], "'PERHAPS' and not KEEP or EDIT"),
    "small letters": ([{"decision": "keep"}], "'keep' and not KEEP or EDIT"),
    "a number for one": ([{"decision": 1}], "decision is a whole number and not KEEP or EDIT"),
    "a list for one": ([{"decision": ["KEEP"]}], "decision is a list and not KEEP or EDIT"),
    "a misspelled name": ([{"decision": "EDIT", "prompt": "Shorter."}], "has 'prompt', which is"),
    "a draft that is a list": ([{"decision": "KEEP", "draft": ["x"]}], "draft is a list and not"),
    "no changes": ([{"decision": "EDIT"}], "EDIT needs an additional_prompt"),
    **{name: ([RawValue(each)], "cannot be read") for name, each in PAYLOADS.items()},
}


async def test_a_wrong_decision_is_refused_in_a_sentence(client: Client) -> None:
    config = client.config() | {"data_converter": data_converter()}
    async with StandIns().working(Client(**config)):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        for name, (given, said) in DECISIONS.items():
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await asyncio.wait_for(handle.execute_update("review", args=given), 100)
            assert said in str(refused.value.cause), name
            assert "File" not in str(getattr(refused.value.cause, "failure", "File")), name
        await handle.execute_update("review", {"decision": "KEEP"})
        assert "Successfully" in await asyncio.wait_for(handle.result(), 100)


async def test_a_signal_that_nobody_can_read_is_answered_with_a_note(client: Client) -> None:
    held, config = Held("# Draft"), client.config() | {"data_converter": data_converter()}
    async with StandIns(held).working(Client(**config)) as stand_ins:
        handle = await start_run(client)
        await until(lambda: stand_ins.held)
        for payload in PAYLOADS.values():
            await handle.signal("update_prompt", RawValue(payload))
        await until_taken(handle)
        assert (await status(handle)).note.startswith("A new prompt was not one text")
        held.let_go.set()
        assert "Successfully" in await asyncio.wait_for(handle.result(), 100)
    assert len(stand_ins.asked) == 1


def test_half_a_character_gets_no_further_than_the_status() -> None:
    status = ReportStatus(Stage.REVIEW, "", note="cut \ud83d")
    assert status_in_words(status, "\udc00").encode()


# --- Activities that somebody starts by themselves -----------------------------------------------

GIVEN: dict[str, tuple[str, list[Any], str]] = {
    "nothing": (
        "llm_call",
        [],
        "takes one LLMCallInput (models.py), and not this: 0 inputs",
    ),
    "two": ("llm_call", [{"prompt": "x"}, {"prompt": "y"}], "2 inputs were given"),
    "null": ("create_pdf", [None], "value is NoneType"),
    "a number": ("web_search", [5], "value is int"),
    "an empty object": ("read_page", [{}], "missing 1 required positional argument: 'url'"),
    "a wrong field": (
        "llm_call",
        [{"prompt": ["x"]}],
        "prompt: Expected value to be str, was",
    ),
    "deeper": ("send_email", [{"report": {"content": 5}}], "report.content: Expected value to be"),
    "in a list": ("search_documents", [{"queries": ["x", 5]}], "queries.1: Expected value to be"),
    "an unknown task": ("llm_call", [{"prompt": "x", "task": "y" * 9999}], "task: 'yyy"),
    "a blank prompt": ("llm_call", [{"prompt": " "}], "The topic is empty"),
    "a long prompt": ("llm_call", [{"prompt": "x" * 300_000}], "The topic is too long"),
    "a blank query": ("web_search", [{"query": "\n"}], "The query is empty"),
    "half a character": ("read_page", [{"url": "half \ud800"}], "half ? is not read"),
    **{name: ("llm_call", [RawValue(each)], "Cannot convert") for name, each in PAYLOADS.items()},
}


async def test_an_activity_refuses_what_is_no_input_of_it(client: Client, model: LLMServer) -> None:
    config = client.config() | {"data_converter": data_converter()}
    async with running_worker(Client(**config)):
        for name, (activity, given, said) in GIVEN.items():
            call = await client.start_activity(
                activity,
                args=given,
                id=name,
                task_queue=TASK_QUEUE,
                start_to_close_timeout=timedelta(seconds=20),
            )
            with pytest.raises(ActivityFailureError) as caught:
                await asyncio.wait_for(call.result(), 100)  # it is not tried again
            message = getattr(caught.value.cause, "message", "")
            assert said in message and len(message) < 400 and "\n" not in message, name
    assert model.requests == []
