"""What LiteLLM makes of each provider's wire: so that the wires, which are ours, say it right.

Where LiteLLM has its own way with one of them, `generator.llm` has to know: it is told here.
"""

import os
from typing import Any, NamedTuple

import pytest
from support.families import FAMILIES, KEY, Family
from support.llm_server import (
    Answer,
    ContentFilter,
    Cut,
    Fail,
    Fault,
    Length,
    LLMServer,
    report,
)
from support.wires import CAUSES, WIRES
from temporalio.exceptions import ApplicationError

from generator import llm
from generator.llm.errors import UNFINISHED
from generator.llm.request import ask_model
from models import LLMCallInput

TEXT = report(400)


class Answered(NamedTuple):
    """What a client of LiteLLM has of one answer."""

    text: str
    reasoning: str
    finish_reason: str
    received_finish_reason: str | None
    prompt_tokens: int
    completion_tokens: int


@pytest.fixture(scope="module")
def litellm() -> Any:
    from generator.llm import import_litellm

    return import_litellm()


@pytest.fixture
def model(model: LLMServer) -> LLMServer:
    """The family's provider, with a short answer."""
    model.answer = TEXT
    return model


async def ask(litellm: Any, draft: str = "") -> Answered:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    if draft:
        messages += [{"role": "assistant", "content": draft}, {"role": "user", "content": "On."}]
    stream = await litellm.acompletion(
        model=os.environ["LLM_MODEL"],
        api_key=os.environ.get("LLM_API_KEY"),
        api_base=os.environ["LLM_API_BASE"],
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
        num_retries=0,
        max_retries=0,
        drop_params=True,
    )
    response = litellm.stream_chunk_builder([chunk async for chunk in stream])
    [choice] = response.choices
    return Answered(
        choice.message.content or "",
        getattr(choice.message, "reasoning_content", None) or "",
        choice.finish_reason,
        stream.received_finish_reason or stream.intermittent_finish_reason,
        response.usage.prompt_tokens,
        response.usage.completion_tokens,
    )


async def error_of(litellm: Any) -> Any:
    try:
        answered = await ask(litellm)
    except Exception as error:
        return error
    pytest.fail(f"no error, but {answered}")


@pytest.mark.parametrize(
    ("behaviour", "characters", "finish_reason"),
    [
        (Answer(), 400, "stop"),
        (Answer(reasoning="They may be dry."), 400, "stop"),
        (Length(after=100), 100, "length"),
        (ContentFilter(after=100), 100, "content_filter"),
    ],
)
async def test_litellm_reads_text_reasoning_finish_reason_and_usage(
    litellm: Any,
    family: Family,
    model: LLMServer,
    behaviour: Answer,
    characters: int,
    finish_reason: str,
) -> None:
    if (family.name, finish_reason) == ("ollama", "content_filter"):
        pytest.skip("nothing is filtered at home")
    model.script(behaviour)
    answered = await ask(litellm)
    [request] = model.requests
    assert request.usage and request.wire.name == family.wire
    assert request.wire.key(request.headers) == (KEY if family.name != "ollama" else "")
    assert answered == (
        TEXT[:characters],
        behaviour.reasoning,
        finish_reason,
        finish_reason,
        request.usage.prompt,
        request.usage.completion,
    )


async def test_the_provider_reads_the_draft_that_it_is_to_continue(
    litellm: Any, family: Family, model: LLMServer
) -> None:
    answered = await ask(litellm, draft=TEXT[:100])
    [request] = model.requests
    assert [message["role"] for message in request.messages] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert (request.prompt, request.prefix) == ("Why?", TEXT[:100])
    assert answered.text == TEXT[100:]


def test_an_answer_that_is_cut_off_has_no_finish_reason(family: Family, model: LLMServer) -> None:
    """LiteLLM makes one up on some wires. The bytes are read before that."""
    model.script(Cut(after=100))
    answer = llm.Answer()
    with pytest.raises(ApplicationError, match="ended without a finish reason") as caught:
        ask_model(LLMCallInput(prompt="Why?"), answer)
    assert (answer.received(), caught.value.type) == (TEXT[:100], UNFINISHED)


STATUSES = {  # what LiteLLM's error says, where that is not what the provider said
    ("gemini", "wrong key"): 401,
    ("anthropic", "overloaded"): 500,
    ("gemini", "overloaded"): 500,
    ("vertex", "overloaded"): 500,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "cause"),
    [
        (family, cause)
        for family in FAMILIES
        for wire in WIRES
        for cause in CAUSES
        if wire.name == family.wire and wire.failure(cause)
    ],
    indirect=["family"],
)
async def test_litellm_tells_the_status_of_a_failure(
    litellm: Any, family: Family, model: LLMServer, cause: str
) -> None:
    model.script(Fault(cause))
    if family.wire in ("gemini", "vertex_ai") and cause == "content policy":
        answered = await ask(litellm)  # the answer that Google gives is an empty one
        assert (answered.text, answered.finish_reason) == ("", "content_filter")
        return
    error = await error_of(litellm)
    failure = model.requests[0].wire.failure(cause)
    assert failure
    assert error.status_code == STATUSES.get((family.name, cause), failure.status)
    if cause == "context too long":
        assert isinstance(error, litellm.ContextWindowExceededError)
    if cause == "content policy":
        assert isinstance(error, litellm.ContentPolicyViolationError)


async def test_litellm_tells_an_html_page_from_an_answer(
    litellm: Any, family: Family, model: LLMServer
) -> None:
    model.script(Fail(502, body="<h1>Bad gateway</h1>", content_type="text/html"))
    error = await error_of(litellm)
    assert error.status_code >= 500
