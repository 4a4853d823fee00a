"""What the wire is made of: bytes into events, end reasons, errors, counts and prices."""

import json
from typing import Any

import pytest

from generator.llm.extras import REFUSALS
from generator.llm.usage import amount, counted
from generator.llm.wire import meaning
from generator.llm.wire.events import Event, Events
from generator.llm.wire.failure import error_in, reply_of

EVENTS: list[dict[str, Any]] = [{"a": "ü🐻"}, {"b": [1, {"c": "\n"}]}, {"d": "data: [DONE]"}]
BODIES = {
    "events": "".join(f"event: x\ndata: {json.dumps(e)}\n\n" for e in EVENTS),
    "events, CRLF": "".join(f"data:{json.dumps(e, ensure_ascii=False)}\r\n\r\n" for e in EVENTS),
    "events with heartbeats": ": hi\n\n".join(
        f"id: 1\ndata: {json.dumps(e)}\n\ndata: : keepalive\n\n" for e in EVENTS
    ),
    "lines": "\n".join(json.dumps(e) for e in EVENTS),
    "a list": json.dumps(EVENTS),
    "a list over lines": json.dumps(EVENTS, indent=2),
    "events over lines": "".join(
        "".join(f"data: {line}\n" for line in json.dumps(e, indent=1).splitlines()) + "\n"
        for e in EVENTS
    ),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_a_body_is_the_same_events_wherever_a_read_ends(name: str, size: int) -> None:
    events, whole, found = Events(), BODIES[name].encode(), []
    for start in range(0, len(whole), size):
        found += events.feed(whole[start : start + size])
    found += events.end()
    assert [event.data for event in found] == EVENTS


def test_a_body_that_is_no_answer_is_kept_to_tell_of_it() -> None:
    events = Events()
    assert events.feed(b"Too many requests") + events.end() == []
    assert events.rest.strip() == "Too many requests"


@pytest.mark.parametrize(
    ("reasons", "means"),
    [
        ("stop eos eos_token end_turn stop_sequence STOP COMPLETE completed FINISH normal", "stop"),
        ("length max_tokens MAX_TOKENS max_output_tokens token_limit model_length", "length"),
        ("model_context_window_exceeded REASON_MAX_LEN limit max_new_tokens", "length"),
        ("content_filter SAFETY sensitive RECITATION MODEL_ARMOR refusal", "content_filter"),
        ("guardrail_intervened PROHIBITED_CONTENT ERROR_TOXIC BLOCKLIST", "content_filter"),
        ("error abort network_error tool_calls tool_use pause_turn unload load", "cut"),
        ("time_limit cancelled ERROR OTHER MALFORMED_RESPONSE insufficient_resource", "cut"),
        ("FINISH_REASON_UNSPECIFIED USER_CANCEL TIMEOUT stopped_by_error unfinished", "cut"),
    ],
)
def test_only_words_that_are_known_to_mean_so_make_an_answer_whole(
    reasons: str, means: str
) -> None:
    assert {reason: meaning(reason) for reason in reasons.split()} == dict.fromkeys(
        reasons.split(), means
    )
    assert meaning("") == "cut"


@pytest.mark.parametrize(
    "data",
    [
        {"choices": [{"delta": {"content": "error"}}], "error": None},
        {"choices": [], "usage": {"prompt_tokens": 1}},
        {"base_resp": {"status_code": 0, "status_msg": ""}, "choices": [{"delta": {}}]},
        {"message": {"role": "assistant", "content": "x"}, "done": True, "status_code": 0},
        {"type": "status", "status": "queued", "message": "in the queue"},
        {"code": 0, "message": "success", "data": {}},
    ],
)
def test_what_is_no_error(data: dict[str, Any]) -> None:
    assert error_in(Event(data)) is None


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"error": {"message": "No.", "code": 402}}, 402, "No."),
        ({"error": "No."}, 0, "No."),
        ({"error": {"error": {"message": "No.", "status": "429"}}}, 429, "No."),
        ([{"error": {"code": 503, "message": "No."}}], 503, "No."),
        ({"detail": [{"msg": "No.", "loc": ["body"]}]}, 0, "No."),
        ({"errors": [{"message": "No."}]}, 0, "No."),
        ({"title": "Forbidden", "status": 403, "detail": "No."}, 403, "No."),
        ({"error": {"message": '{"error": {"message": "No."}}'}}, 0, "No."),
        ("<html><head><title>No.</title></head>", 0, "a web page, 'No.'"),
        ("upstream connect error", 0, "upstream connect error"),
    ],
)
def test_the_providers_own_sentence_is_found(body: Any, status: int, message: str) -> None:
    reply = reply_of(0, {}, body)
    assert (reply.status, reply.message) == (status, message)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        ("0.5", 0.5),
        ("$1.25", 1.25),
        ("free", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        (-1, None),
        ({"total_cost": 3, "other": 9}, 3.0),
        ({"in": 1, "out": 2}, 3.0),
        ([1, "2", "?"], 3.0),
        ([], None),
        ("1.2.3", None),
    ],
)
def test_the_number_in_what_stands_for_one(value: Any, number: float | None) -> None:
    assert amount(value) == number


def test_what_was_not_counted_is_estimated_and_said_to_be() -> None:
    asked = [{"role": "user", "content": "Why are tardigrades so tough?"}]
    usage = counted({"prompt_tokens": 7}, "openai/m", asked, "They are small. " * 50)
    assert usage["prompt_tokens"] == 7 and 150 < usage["completion_tokens"] < 350
    assert usage["estimated"] and usage["total_tokens"] == 7 + usage["completion_tokens"]
    assert "estimated" not in counted({"prompt_tokens": 7, "completion_tokens": 9}, "m", [], "x")


@pytest.mark.parametrize(
    "said",
    [
        '{"error": {"message": "Blocked by our safety system.", "type": "invalid_request_error"}}',
        "Stream must be set to true",
        "The system is currently not available",
        "Unknown model",
    ],
)
def test_what_refuses_nothing_beside_the_question(said: str) -> None:
    assert not any(words.search(said) for words in REFUSALS.values())
