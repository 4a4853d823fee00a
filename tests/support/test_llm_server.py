"""The LLM server of the tests is itself tested: what it claims to do to a client, it does."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from support import llm_server
from support.llm import HeldAtTheEnd, Latch
from support.llm_server import (
    Answer,
    Behaviour,
    ContentFilter,
    Cut,
    Drip,
    Empty,
    ErrorEvent,
    Fail,
    Html,
    Length,
    LLMServer,
    Refusal,
    Reset,
    Stall,
)

JSON = {"Content-Type": "application/json"}
ANSWER = "# Tardigrades\n\nThey are small. They live in wet moss — at −20 °C too."


@pytest.fixture
def llm() -> Iterator[LLMServer]:
    with LLMServer() as server:
        server.answer, server.chunk_size = ANSWER, 7
        yield server


def body(prefix: str = "", *, stream: bool = True, prompt: str = "Tardigrades?") -> dict[str, Any]:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": prompt}]
    if prefix:
        messages += [{"role": "assistant", "content": prefix}, {"role": "user", "content": "Go on"}]
    options = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    return {"model": "test-model", "messages": messages} | options


def post(llm: LLMServer, json: dict[str, Any]) -> httpx.Response:
    headers = {"Authorization": "Bearer sk-secret"}
    return httpx.post(f"{llm.base_url}/chat/completions", json=json, headers=headers, timeout=60)


def read(llm: LLMServer, prefix: str = "", events: list[Any] | None = None) -> str:
    """Stream an answer; its events end up in `events` even if the stream breaks."""
    events = [] if events is None else events
    url = f"{llm.base_url}/chat/completions"
    with httpx.stream("POST", url, json=body(prefix), timeout=60) as response:
        for line in response.iter_lines():
            if line:
                data = line.removeprefix("data: ")
                events.append(data if data == "[DONE]" else json.loads(data))
    return content(events)


def content(events: list[Any], name: str = "content") -> str:
    choices = [choice for event in events[:] if event != "[DONE]" for choice in event["choices"]]
    return "".join(choice["delta"].get(name, "") for choice in choices)


def finish_reasons(events: list[Any]) -> list[str]:
    choices = [choice for event in events if event != "[DONE]" for choice in event["choices"]]
    return [choice["finish_reason"] for choice in choices if choice["finish_reason"]]


def test_streams_the_answer_with_usage_and_records_the_request(llm: LLMServer) -> None:
    events: list[Any] = []
    assert read(llm, events=events) == ANSWER
    assert events[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert events[0]["model"] == "test-model"
    assert finish_reasons(events) == ["stop"]
    assert events[-2]["choices"] == []
    words = len(ANSWER.split())
    assert events[-2]["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": words,
        "total_tokens": 3 + words,
    }
    assert events[-1] == "[DONE]"

    [request] = llm.requests
    assert (request.prompt, request.prefix, request.sent) == ("Tardigrades?", "", len(ANSWER))
    assert request.finished and request.finish_reason == "stop"
    assert request.closed_by_client_at is None


def test_answers_in_one_body_without_stream(llm: LLMServer) -> None:
    completion = post(llm, body(stream=False)).json()
    assert completion["object"] == "chat.completion"
    [choice] = completion["choices"]
    assert choice["message"] == {"role": "assistant", "content": ANSWER}
    assert choice["finish_reason"] == "stop"
    assert completion["usage"]["completion_tokens"] == len(ANSWER.split())
    [request] = llm.requests
    assert request.finished and request.sent == len(ANSWER)
    assert request.headers["authorization"] == "Bearer sk-secret"


SMALL = "# Tardigrades\n\nThey are small."


@pytest.mark.parametrize(
    ("behaviour", "prefix", "due"),
    [
        (Answer(), SMALL, ANSWER.removeprefix(SMALL)),
        (Answer(strip=True), SMALL, ANSWER.removeprefix(SMALL).lstrip()),
        (Answer(mode="repeat_sentence"), SMALL, ANSWER.removeprefix("# Tardigrades\n\n")),
        (Answer(mode="repeat_sentence"), SMALL + " ", ANSWER.removeprefix("# Tardigrades\n\n")),
        (Answer(mode="repeat_sentence"), SMALL + " They", ANSWER.removeprefix(SMALL + " ")),
        (Answer(mode="repeat_sentence"), "# Tardi", ANSWER),
        (Answer(mode="start_over"), SMALL, ANSWER),
        (Answer(), "Something else", ANSWER),
        (Answer(text="Short."), "Sh", "ort."),
        (Answer(), ANSWER, ""),
    ],
)
def test_continues(llm: LLMServer, behaviour: Answer, prefix: str, due: str) -> None:
    llm.script(behaviour)
    assert read(llm, prefix) == due
    assert llm.requests[0].prefix == prefix
    assert llm.requests[0].mismatch == (prefix == "Something else")


@pytest.mark.parametrize(
    ("behaviour", "text", "reason"),
    [
        (Length(9), ANSWER[:9], "length"),
        (ContentFilter(), "", "content_filter"),
        (ContentFilter(9), ANSWER[:9], "content_filter"),
        (Empty(), "", "stop"),
        (Refusal("No."), "", "stop"),
        (Answer(think="Hm."), f"<think>Hm.</think>\n\n{ANSWER}", "stop"),
        (Answer(reasoning="Hm."), ANSWER, "stop"),
    ],
)
def test_finishes_in_other_ways(
    llm: LLMServer, behaviour: Behaviour, text: str, reason: str
) -> None:
    llm.script(behaviour, behaviour)
    events: list[Any] = []
    assert read(llm, events=events) == text
    assert finish_reasons(events) == [reason]
    assert content(events, "refusal") == ("No." if isinstance(behaviour, Refusal) else "")
    reasoning = getattr(behaviour, "reasoning", "")
    assert content(events, "reasoning_content") == reasoning

    [choice] = post(llm, body(stream=False)).json()["choices"]
    assert (choice["message"]["content"] or "", choice["finish_reason"]) == (text, reason)
    for request in llm.requests:
        assert request.finished and request.finish_reason == reason
        assert request.sent == (len(ANSWER) if ANSWER in text else len(text))


def test_fails_as_openai_does(llm: LLMServer) -> None:
    llm.script(
        Fail(429, headers={"Retry-After": "2"}),
        Fail(429, "insufficient_quota", "You exceeded your current quota."),
        Fail(400, echo=True),
        Fail(503, body="x" * 200_000, content_type="text/plain"),
        Html(),
    )
    limited, quota, echo, large, html = (post(llm, body()) for _ in range(5))
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "2")
    assert quota.json()["error"] == {
        "message": "You exceeded your current quota.",
        "type": "insufficient_quota",
        "param": None,
        "code": "insufficient_quota",
    }
    assert "sk-secret" in echo.json()["error"]["message"]
    assert "Tardigrades?" in echo.json()["error"]["message"]
    assert (large.status_code, len(large.text)) == (503, 200_000)
    assert (html.status_code, html.headers["content-type"]) == (200, "text/html")
    assert post(llm, body()).text.endswith("data: [DONE]\n\n")  # the script is used up
    assert [request.finished for request in llm.requests] == [False] * 5 + [True]


def test_wrong_key_leaves_the_script_alone(llm: LLMServer) -> None:
    llm.key = "sk-other"
    llm.script(Fail(500))
    refused = post(llm, body())
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    llm.key = "sk-secret"
    assert post(llm, body()).status_code == 500


def test_cut_ends_in_good_order(llm: LLMServer) -> None:
    llm.script(Cut(10))
    events: list[Any] = []
    assert read(llm, events=events) == ANSWER[:10]
    assert finish_reasons(events) == [] and events[-1] != "[DONE]"
    assert not llm.requests[0].finished and llm.requests[0].sent == 10
    assert llm.requests[0].closed_by_client_at is None


@pytest.mark.parametrize(
    ("behaviour", "error", "text"),
    [
        (Cut(10, clean=False), httpx.RemoteProtocolError, ANSWER[:10]),
        (Reset(10), httpx.ReadError, ANSWER[:10]),
        (Reset(), httpx.ReadError, ""),
    ],
)
def test_breaks_the_connection(
    llm: LLMServer, behaviour: Behaviour, error: type[Exception], text: str
) -> None:
    llm.script(behaviour)
    events: list[Any] = []
    with pytest.raises(error):
        read(llm, events=events)
    assert content(events) == text
    assert not llm.requests[0].finished and llm.requests[0].sent == len(text)
    assert llm.requests[0].closed_by_client_at is None
    assert read(llm, text) == ANSWER[len(text) :]


def test_error_event(llm: LLMServer) -> None:
    llm.script(ErrorEvent(10, "Overloaded", "overloaded"))
    lines = post(llm, body()).text.splitlines()
    assert json.loads(lines[-2].removeprefix("data: "))["error"]["message"] == "Overloaded"
    assert not llm.requests[0].finished and llm.requests[0].sent == 10


@pytest.mark.parametrize(
    ("stall", "status", "text"),
    [
        (Stall(headers=False), False, ""),
        (Stall(), True, ""),
        (Stall(10), True, ANSWER[:10]),
    ],
)
def test_stalls(llm: LLMServer, stall: Stall, status: bool, text: str) -> None:
    llm.script(stall)
    client, seen = http.client.HTTPConnection("127.0.0.1", llm.port, timeout=60), ""
    client.request("POST", "/v1/chat/completions", json.dumps(body()), JSON)
    llm.wait_for(lambda llm: llm.requests)
    response = client.getresponse() if status else None
    while response and seen != text:
        line = response.readline()
        seen += content([json.loads(line[6:])]) if line.strip() else ""
        assert text.startswith(seen)
    assert client.sock
    client.sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        if response is None:
            client.getresponse()
        while response and not response.readline().strip():
            pass  # the empty line after an event
    client.close()
    llm.wait_for(lambda llm: llm.requests[0].closed_by_client_at)


def test_carries_on_after_a_stall(llm: LLMServer) -> None:
    llm.script(Stall(10, seconds=0.2))
    start = time.monotonic()
    assert read(llm) == ANSWER
    assert time.monotonic() - start >= 0.2


def test_drips_bytes(llm: LLMServer) -> None:
    llm.script(Drip(bytes_per_second=50_000), Drip())
    assert read(llm) == ANSWER
    with httpx.stream("POST", f"{llm.base_url}/chat/completions", json=body()) as response:
        assert len(next(response.iter_raw())) == 1
    llm.wait_for(lambda llm: llm.requests[1].closed_by_client_at)
    assert llm.requests[1].sent <= llm.chunk_size


def test_sees_the_client_leave_in_mid_stream(llm: LLMServer) -> None:
    llm.delay = 0.05
    with httpx.stream("POST", f"{llm.base_url}/chat/completions", json=body()) as response:
        lines = response.iter_lines()  # dropping the iterator would close the stream by itself
        next(lines)
        left = time.monotonic()
    llm.wait_for(lambda llm: llm.requests[0].closed_by_client_at)
    [request] = llm.requests
    assert request.closed_by_client_at is not None
    assert request.closed_by_client_at - left >= 0
    assert not request.finished and request.sent < len(ANSWER)


def test_latency_and_delay(llm: LLMServer) -> None:
    llm.latency, llm.delay, chunks = 0.1, 0.01, -(-len(ANSWER) // 7)
    for stream in (True, False):
        start = time.monotonic()
        post(llm, body(stream=stream))
        assert 0.1 + 0.01 * chunks <= time.monotonic() - start


def test_wait_for_gives_up(llm: LLMServer) -> None:
    with pytest.raises(TimeoutError):
        llm.wait_for(lambda llm: llm.requests, timeout=0.05)


def test_stops_in_mid_stream_and_comes_back_at_the_same_address(llm: LLMServer) -> None:
    llm.script(Stall(10))
    events: list[Any] = []
    with ThreadPoolExecutor() as pool:
        broken = pool.submit(read, llm, events=events)
        llm.wait_for(lambda llm: llm.requests and llm.requests[0].sent == 10)
        llm.stop()
        with pytest.raises(httpx.HTTPError):
            broken.result()
    assert llm.requests[0].closed_by_client_at is None
    with pytest.raises(httpx.ConnectError):
        read(llm)
    llm.start()
    assert read(llm, ANSWER[:10]) == ANSWER[10:]


@pytest.mark.slow
def test_streams_200_at_once(llm: LLMServer) -> None:
    all_have_come = Latch()
    llm.default = HeldAtTheEnd(text=llm_server.report(4000), latch=all_have_come)
    llm.chunk_size = 40
    limits = httpx.Limits(max_connections=None)
    with httpx.Client(limits=limits, timeout=60) as client, ThreadPoolExecutor(200) as pool:
        url = f"{llm.base_url}/chat/completions"
        answers = pool.map(
            lambda n: client.post(url, json=body(prompt=f"Topic {n}")).text, range(200)
        )
        llm.wait_for(lambda llm: len(llm.requests) == 200, 60)
        all_have_come.set()
        assert all(answer.endswith("data: [DONE]\n\n") for answer in answers)
    stats = llm.stats()
    assert (stats["requests"], stats["finished"], stats["sent"]) == (200, 200, 200 * 4000)
    prompt = stats["prompts"]["Topic 7"]
    assert abs(prompt.pop("asked_at") - time.time()) < 300
    assert prompt == {"fresh": 1, "finished": 1, "sent": 4000}


def test_report_has_its_length_and_no_sentence_twice() -> None:
    text = llm_server.report(4000)
    assert len(text) == 4000
    sentences = [line for line in text.replace(". ", ".\n").splitlines() if line]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_runs_as_a_process(stop: signal.Signals) -> None:
    command = [sys.executable, str(Path(llm_server.__file__)), "--chars", "500", "--chunk", "50"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        base_url = process.stdout.readline().decode().strip()
        url = f"{base_url}/chat/completions"
        assert (
            httpx.post(url, json=body(), timeout=60).text.count('"content": "') == 11
        )  # with the first, ""
        httpx.post(url, json=body("# Findings"), timeout=60)
        stats = httpx.get(base_url.removesuffix("/v1") + "/stats", timeout=60).json()
        process.send_signal(stop)
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""
    prompt = {"fresh": 1, "finished": 2, "sent": 990}
    total = {"requests": 2, "finished": 2, "sent": 990}
    stats["prompts"]["Tardigrades?"].pop("asked_at")
    assert stats == total | {"prompts": {"Tardigrades?": prompt}}


@pytest.fixture(scope="module")
def litellm() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        # Or the import fetches a price list and reads the developer's .env.
        patch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        patch.setenv("LITELLM_MODE", "PRODUCTION")
        import litellm

        yield litellm


def complete(litellm: ModuleType, llm: LLMServer, prefix: str = "") -> tuple[str, Any]:
    """The text that LiteLLM streams, and the finish reason it received or the error it raised."""
    import openai  # LiteLLM has imported it already; every error of LiteLLM derives from its own

    text = ""
    try:
        stream = litellm.completion(
            model="openai/test-model",
            messages=body(prefix)["messages"],
            stream=True,
            api_base=llm.base_url,
            api_key="k",
            num_retries=0,
            max_retries=0,
        )
        for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    except openai.APIError as error:
        return text, error
    return text, stream.received_finish_reason


def test_through_litellm(llm: LLMServer, litellm: ModuleType) -> None:
    llm.key = "k"
    llm.script(
        Fail(429, headers={"Retry-After": "2"}),
        Cut(10),
        ErrorEvent(10),
        Reset(10),
        Reset(),
        Length(10),
    )
    text, error = complete(litellm, llm)
    assert (text, error.status_code) == ("", 429)
    assert error.litellm_response_headers["retry-after"] == "2"

    text, reason = complete(litellm, llm)
    assert (text, reason) == (ANSWER[:10], None)
    for expected in (ANSWER[:10], ANSWER[:10], ""):
        text, error = complete(litellm, llm)
        assert text == expected and isinstance(error, Exception), error

    assert complete(litellm, llm) == (ANSWER[:10], "length")
    assert complete(litellm, llm, ANSWER[:10]) == (ANSWER[10:], "stop")
    assert len(llm.requests) == 7, "LiteLLM retried by itself"
