"""The text of an answer on its way from the network to LiteLLM: less often, and none lost."""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.llm_server import Answer, LLMServer, Stall
from support.settings import TOPIC
from temporalio.exceptions import ApplicationError

from activities import llm_call
from generator.llm import ask as llm
from models import LLMCallInput

BASE = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def event(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return b"data: " + json.dumps(BASE | {"choices": [choice], "usage": None} | more).encode()


def text(content: str) -> bytes:
    return event({"role": "assistant", "content": content, "refusal": None})


OTHERS = [
    event({"role": "assistant", "content": None}),
    event({"content": None, "reasoning_content": "Hm."}),
    event({"content": "As", "annotations": [{"url": "x"}]}),
    event({"content": "The end."}, "stop"),
    event({}, "length"),
    event({"content": "counted"}, **{"usage": {"completion_tokens": 7}}),
    b"data: " + json.dumps(BASE | {"choices": [], "usage": {"total_tokens": 9}}).encode(),
    b'data: {"error": {"message": "overloaded"}}',
    b": keep-alive",
    b"event: ping\ndata: {}",
    b"data: [DONE]",
    b"data: {broken",
    b'data: ["choices"]',
    b"",
]


class Received(httpx.SyncByteStream):
    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts


def pass_on(body: bytes, cuts: list[int]) -> tuple[list[bytes], list[str]]:
    """What is handed on of a body that arrives in parts, and the text that the answer was given."""
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    parts = [body[start:end] for start, end in itertools.pairwise(places)]
    answer = llm.Answer()
    handed_on = b"".join(llm.HeldBack(Received(parts), answer))
    return handed_on.split(b"\n\n"), answer.held


def shape(events: list[bytes]) -> list[bytes | str]:
    """The events, with neighbouring texts put together."""
    result: list[bytes | str] = []
    for is_text, group in itertools.groupby(
        events, key=lambda event: llm.text_of(event) is not None
    ):
        found = list(group)
        result += ["".join(llm.text_of(event) or "" for event in found)] if is_text else found
    return result


@given(
    st.lists(st.one_of(st.text(max_size=20).map(text), st.sampled_from(OTHERS)), max_size=30),
    st.lists(st.integers(0, 10_000), max_size=20),
    st.sampled_from([b"\n\n", b"\r\n\r\n", b"\r\r"]),
)
def test_order_and_text_stay(events: list[bytes], cuts: list[int], end: bytes) -> None:
    handed_on, held = pass_on(b"".join(event + end for event in events), cuts)
    assert handed_on.pop() == b""
    assert shape(handed_on) == shape(events)
    assert held == [text for text in map(llm.text_of, events) if text is not None] or not events


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_more_than_text_is_not_touched(other: bytes) -> None:
    handed_on, _ = pass_on(b"\n\n".join([text("a"), text("b"), other, text("c"), b""]), [])
    assert other in handed_on


def test_an_event_that_is_cut_off_is_handed_on_as_it_is() -> None:
    handed_on, _ = pass_on(text("a") + b"\n\n" + text("b")[:-5], [])
    assert handed_on[-1] == text("b")[:-5]


def test_a_whole_answer_becomes_a_few_events() -> None:
    body = b"".join(text("word ") + b"\n\n" for _ in range(2_000)) + event({}, "stop") + b"\n\n"
    handed_on, _ = pass_on(body, list(range(0, len(body), 150)))
    assert len(handed_on) < 20  # 10,000 characters, at most 4,000 held; all within HOLD
    assert "".join(llm.text_of(event) or "" for event in handed_on) == "word " * 2_000


def test_litellm_gets_a_fast_answer_in_a_few_pieces(
    model: LLMServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.chunk_size, model.delay = 4, 0.0005
    added: list[str] = []
    monkeypatch.setattr(llm.Answer, "add", lambda self, piece, add=llm.Answer.add: (
        added.append(piece), add(self, piece)))  # fmt: skip
    started = time.monotonic()
    response = llm_call(LLMCallInput(prompt=TOPIC))
    assert response["choices"][0]["message"]["content"] == model.answer.strip()
    assert response["usage"]["completion_tokens"] == len(model.answer.split())
    assert len(added) < 10 + (time.monotonic() - started) / llm.HOLD  # of 1,000 that were sent


def test_what_is_held_back_is_in_the_checkpoint(model: LLMServer) -> None:
    model.script(Stall(after=2_000), Answer())
    model.chunk_size, model.delay = 4, 0.0001
    answer = llm.Answer()
    stopped = threading.Event()

    def write() -> None:
        with pytest.raises(ApplicationError):
            llm.write_answer(LLMCallInput(prompt=TOPIC), answer)
        stopped.set()

    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    model.wait_for(lambda _: answer.checkpoint()[0] == model.answer[:2_000], timeout=20)
    assert len("".join(answer.pieces)) < 2_000, "this has shown nothing"
    answer.stop()
    assert stopped.wait(10)
    assert answer.checkpoint()[0] == model.answer[:2_000]
