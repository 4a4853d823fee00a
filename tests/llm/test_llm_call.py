"""`llm_call`: what it asks the model, and what it makes of each kind of answer and failure."""

import asyncio
import contextlib
import dataclasses
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import trustme
from support.llm import Gate
from support.llm_server import (
    Answer,
    Behaviour,
    ContentFilter,
    Cut,
    Empty,
    ErrorEvent,
    Exchange,
    Fail,
    Html,
    Length,
    LLMServer,
    Refusal,
    Request,
    Reset,
    Stall,
    report,
)
from support.programs import free_port, until
from support.runs import (
    Handle,
    activity_result,
    event_types,
    failed_attempt,
    failures,
    history_bytes,
    kept,
    pending,
    start_run,
)
from support.settings import API_KEY, TOPIC, llm_settings
from support.temporal import (
    new_namespace,
    running_worker,
)
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from activities import llm_call
from generator.failures import HELD, retry_after
from generator.llm import Answer as RunningAnswer
from generator.llm import write_answer
from generator.llm.ask import MAX_REQUESTS, NO_END, TOO_LARGE
from generator.llm.demo import DEMO_REPORT
from generator.llm.errors import BROKEN, explain
from generator.llm.joining.seam import split_at_seam
from generator.llm.prompts import INCOMPLETE_NOTE
from models import LLMCallInput

CUT_NOTE = INCOMPLETE_NOTE.format(what="report", reason=TOO_LARGE)
ANSWER = report(4000).strip()  # of an `LLMServer` that was not told another


async def content(handle: Handle) -> str:
    response = await activity_result(handle, "llm_call")
    return str(response["choices"][0]["message"]["content"])


async def failure_of(handle: Handle) -> ApplicationError:
    """Wait for the run to fail, and return why."""
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    cause: Any = caught.value
    while cause.cause:
        cause = cause.cause
    assert isinstance(cause, ApplicationError)
    return cause


# --- Asking --------------------------------------------------------------------------------------


async def test_asks_once_with_todays_date_and_the_topic_unchanged(
    client: Client, worker: None, model: LLMServer
) -> None:
    handle = await start_run(client, TOPIC)
    await handle.result()
    [request] = model.requests
    system, user = request.messages
    assert system["role"] == "system"
    started = (await handle.describe()).start_time
    assert f"Today is {started.date().isoformat()}." in system["content"]
    assert user == {"role": "user", "content": TOPIC}
    assert request.streamed and request.body["model"] == "test-model"
    assert await content(handle) == model.answer.strip()


def test_is_a_plain_function_too(model: LLMServer) -> None:
    response = llm_call(LLMCallInput(prompt=TOPIC))
    assert response["choices"][0]["message"]["content"] == model.answer.strip()
    assert response["choices"][0]["message"]["role"] == "assistant"
    assert response["choices"][0]["finish_reason"] == "stop"
    assert response["model"] == "test-model"
    assert "response_cost" not in response  # nobody knows the price of test-model


def test_demo_answers_with_the_sample_report_and_asks_nobody(
    model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setattr("generator.llm.demo.DEMO_SECONDS", 0.2)
    response = llm_call(LLMCallInput(prompt=TOPIC, demo=True))
    text = response["choices"][0]["message"]["content"]
    assert text == DEMO_REPORT.read_text(encoding="utf-8").strip()
    assert response["model"] == "demo"
    assert model.requests == []


def test_says_what_it_cost_where_litellm_knows(
    model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_MODEL", "openai/gpt-4o")
    response = llm_call(LLMCallInput(prompt=TOPIC))
    assert 0 < response["response_cost"] < 0.1
    model.script(Length(1500))
    assert llm_call(LLMCallInput(prompt=TOPIC))["response_cost"] > response["response_cost"]


def test_uses_the_providers_own_variable_for_the_key(
    model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.delenv("LLM_API_KEY")
    settings.setenv("OPENAI_API_KEY", API_KEY)
    llm_call(LLMCallInput(prompt=TOPIC))
    assert model.requests[0].headers["authorization"] == f"Bearer {API_KEY}"


@pytest.mark.parametrize(
    "said",
    [
        Answer(text="# Report\n\nIt is so.", think="Hm, let me see."),
        Answer(text="# Report\n\nIt is so.", reasoning="Hm, let me see."),
        Answer(text="Hm, let me see.\n</think>\n\n# Report\n\nIt is so."),
        Answer(text="\n\n# Report\n\nIt is so.\n\n"),
    ],
)
def test_the_report_is_the_answer_without_the_thoughts(model: LLMServer, said: Answer) -> None:
    model.script(said)
    model.chunk_size = 3
    response = llm_call(LLMCallInput(prompt=TOPIC))
    assert response["choices"][0]["message"] == {
        "role": "assistant",
        "content": "# Report\n\nIt is so.",
    }
    assert "let me see" not in json.dumps(response)


def test_a_run_may_name_its_own_model(model: LLMServer) -> None:
    llm_call(LLMCallInput(prompt=TOPIC, model="openai/another"))
    assert model.requests[0].body["model"] == "another"


# --- Failures that heal --------------------------------------------------------------------------


def soon() -> str:
    """A date with whole seconds, two to three of them ahead."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)


# What goes wrong at first -> what is recorded of it.
HEALING: dict[str, tuple[Behaviour, str]] = {
    "status 408": (Fail(408), "status 408"),
    "status 409": (Fail(409), "status 409"),
    "status 425": (Fail(425), "status 425"),
    "status 429": (Fail(429), "(status 429)"),
    "status 500": (Fail(500), "(status 500)"),
    "status 502": (Fail(502), "status 502"),
    "status 503": (Fail(503), "(status 503)"),
    "status 529": (Fail(529), "status 529"),
    "a long page": (
        Fail(503, body="<b>Busy</b>" * 9999, content_type="text/html"),
        "(status 503): a web page",
    ),
    "reset at once": (Reset(), "Connection error"),
    "reset in mid-stream": (Reset(2000), "broke off"),
    "cut in good order": (Cut(2000), "The answer ended without a finish reason"),
    "cut": (Cut(2000, clean=False), "not completed"),
    "error event": (ErrorEvent(2000, "Overloaded, sorry."), "Overloaded, sorry"),
    "error event first": (ErrorEvent(0), "The server had an error"),
    "silence": (Stall(headers=False), "Timeout"),
    "silence in mid-stream": (Stall(after=2000), "was silent for too long"),
    "empty": (Empty(), "The model answered nothing"),
    "white space": (Answer(text=" \n\n "), "The model answered nothing"),
    "thoughts alone": (Answer(text="", think="Hm, I think it is …"), "The model only thought"),
    "thoughts to the limit": (
        Answer(text="<think>Hm, so", finish_reason="length"),
        "used up its output limit",
    ),
}
# How long the provider asks to wait -> its headers, and the seconds.
WAITS: dict[str, tuple[Callable[[], dict[str, str]], float | None]] = {
    "not said": (dict, None),  # the retry policy's own
    "seconds": (lambda: {"Retry-After": "2"}, 2.0),
    "date": (lambda: {"Retry-After": soon()}, 2.0),
    "milliseconds": (lambda: {"retry-after-ms": "1600"}, 1.6),
    "both": (lambda: {"Retry-After": "99", "retry-after-ms": "1600"}, 1.6),
    "nonsense": (lambda: {"Retry-After": "soon"}, None),
}
# How the model goes on after the stream was cut.
WAYS_ON = {
    "continues": Answer(),
    "strips white space": Answer(strip=True),
    "repeats a sentence": Answer(mode="repeat_sentence"),
    "repeats and strips": Answer(mode="repeat_sentence", strip=True),
    "starts over": Answer(mode="start_over"),
}
TWO_FAILURES = (Cut(800), ErrorEvent(900))


@dataclass(frozen=True)
class Busy:
    """Too many requests, with headers of this moment."""

    headers: Callable[[], dict[str, str]]

    async def play(self, exchange: Exchange) -> None:
        await Fail(429, headers=self.headers()).play(exchange)


class ByTopic:
    """Behaves as the script of the request's topic says, and then as an LLM should."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Behaviour]] = {}

    async def play(self, exchange: Exchange) -> None:
        script = self.scripts.get(exchange.request.prompt)
        behaviour = script.pop(0) if script else Answer()
        await behaviour.play(exchange)


@dataclass
class Healed:
    """A run that met failures and went on."""

    handle: Handle
    requests: list[Request]


@pytest.fixture(scope="module")
async def healed(
    temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Healed]:
    """The runs of all the failures above, made at once so that their waits overlap."""
    with pytest.MonkeyPatch.context() as patch, LLMServer() as llm:
        for name, value in llm_settings(llm).items():
            patch.setenv(name, value)
        patch.setenv("REPORTS_DIR", str(tmp_path_factory.mktemp("reports")))
        patch.setattr("generator.llm.request.READ_TIMEOUT", 5.0)
        llm.default = by_topic = ByTopic()
        client = await new_namespace(temporal)
        for name, (behaviour, _) in HEALING.items():
            by_topic.scripts[name] = [behaviour]
        for name, (headers, _) in WAITS.items():
            by_topic.scripts[name] = [Busy(headers)]
        for name, way_on in WAYS_ON.items():
            by_topic.scripts[name] = [Cut(1234), way_on]
        by_topic.scripts["two failures"] = list(TWO_FAILURES)
        async with running_worker(client):
            handles = {name: await start_run(client, name) for name in by_topic.scripts}
            await asyncio.wait(
                [asyncio.ensure_future(handle.result()) for handle in handles.values()], timeout=150
            )
    return {
        name: Healed(handle, [r for r in llm.requests if r.prompt == name])
        for name, handle in handles.items()
    }


@pytest.mark.parametrize("name", HEALING)
async def test_tries_again_with_one_request_an_attempt(
    healed: dict[str, Healed], name: str
) -> None:
    (behaviour, says), run = HEALING[name], healed[name]
    assert (await run.handle.describe()).status == WorkflowExecutionStatus.COMPLETED
    first, second = run.requests
    brought = ANSWER[: getattr(behaviour, "after", 0)]
    assert first.sent == len(brought) or not brought
    assert second.prefix == split_at_seam(brought)[0]
    assert await content(run.handle) == ANSWER
    [failure] = await failures(run.handle)
    assert says in failure.message
    assert len(failure.message) < 500


@pytest.mark.parametrize("name", WAITS)
async def test_waits_as_long_as_the_provider_asks(healed: dict[str, Healed], name: str) -> None:
    (_, asked), run = WAITS[name], healed[name]
    [failure] = await failures(run.handle)
    info = failure.application_failure_info
    told = info.next_retry_delay.ToTimedelta().total_seconds()
    if asked is None:
        assert not info.HasField("next_retry_delay")
    else:
        # A machine that pauses may read the date when it has passed.
        assert 0 <= told <= 3 if name == "date" else told == asked
    first, second = run.requests
    assert (told or 1.0) - 0.1 <= second.received_at - first.received_at < 120


@pytest.mark.parametrize("name", WAYS_ON)
async def test_leaves_no_seam_however_the_model_goes_on(
    healed: dict[str, Healed], name: str
) -> None:
    run = healed[name]
    assert [request.prefix for request in run.requests] == ["", split_at_seam(ANSWER[:1234])[0]]
    assert await content(run.handle) == ANSWER


async def test_goes_on_where_each_attempt_stopped(healed: dict[str, Healed]) -> None:
    run = healed["two failures"]
    assert not any(request.mismatch for request in run.requests)
    written = 0
    for request, failure in zip(run.requests, (*TWO_FAILURES, None), strict=True):
        assert written - 40 <= len(request.prefix) <= written
        written = len(request.prefix) + (failure.after if failure else 0)
    assert await content(run.handle) == ANSWER


@pytest.mark.parametrize("failure", [Cut(2000), Reset(2000), ErrorEvent(2000)], ids=repr)
def test_the_last_words_before_a_failure_are_kept(model: LLMServer, failure: Behaviour) -> None:
    model.script(failure)
    environment, kept = ActivityEnvironment(), []
    environment.on_heartbeat = lambda *details: kept.append(details[0])
    with pytest.raises(ApplicationError):
        environment.run(llm_call, LLMCallInput(prompt=TOPIC))
    assert kept[-1] == ANSWER[:2000]


async def test_no_key_is_in_their_histories(healed: dict[str, Healed]) -> None:
    for run in healed.values():
        assert API_KEY.encode() not in await history_bytes(run.handle)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "1.2.3"}, None),
        ({"retry-after": "Thu, 01 Jan 2015 00:00:00 GMT"}, None),
        ({"retry-after": "Thu, 01 Jan 2015 00:00:00"}, None),
        ({"retry-after-ms": "much"}, None),
        ({"retry-after-ms": "nan"}, None),
        ({"retry-after": "9" * 500}, None),
        ({"retry-after": "99999999999"}, 86_400),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    wait = retry_after(headers)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


async def test_rides_out_a_server_that_is_down(
    client: Client, worker: None, model: LLMServer
) -> None:
    model.stop()
    handle = await start_run(client)
    assert "Connection error" in await failed_attempt(handle, "llm_call")
    model.start()
    await handle.result()
    assert len(model.requests) == 1


async def test_rides_out_a_name_that_is_not_found(
    client: Client, worker: None, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_API_BASE", "http://no-such-host.invalid/v1")
    handle = await start_run(client)
    assert "Connection error" in await failed_attempt(handle, "llm_call")
    settings.setenv("LLM_API_BASE", model.base_url)
    await handle.result()
    assert len(model.requests) == 1


@pytest.mark.slow
async def test_silence_is_not_a_failure(client: Client, worker: None, model: LLMServer) -> None:
    """A reasoning model may say nothing for longer than the heartbeat timeout."""
    model.script(Stall(headers=False, seconds=9))
    handle = await start_run(client)
    await handle.result()
    assert len(model.requests) == 1


# --- Failures that a person can correct, and failures of the request -----------------------------

OTHER_HOST = "http://localhost:9/v1"
TO_CORRECT: dict[str, tuple[Behaviour, str]] = {
    "wrong key": (Fail(401, "invalid_api_key"), "Correct LLM_API_KEY in .env"),
    "no credit": (Fail(402), "Add credit"),
    "no permission": (Fail(403), "another LLM_API_KEY or LLM_MODEL"),
    "unknown model": (Fail(404, "model_not_found"), "Correct LLM_MODEL in .env"),
    "quota": (Fail(429, "insufficient_quota", headers={"Retry-After": "2"}), "Add credit"),
    "another page": (Html(), "Correct LLM_API_BASE in .env"),
    "another host": (Fail(307, headers={"Location": OTHER_HOST}), "localhost:9/v1, which does not"),
    "another host, by GET": (Fail(302, headers={"Location": OTHER_HOST}), "Correct LLM_API_BASE"),
    "this host, by GET": (Fail(301, headers={"Location": "/v2/x?key=k"}), "/v2/x, which does not"),
    "TLS, in words": (
        Fail(400, message="Client sent an HTTP request to an HTTPS server."),
        "Correct LLM_API_BASE in .env",
    ),
}


@pytest.mark.parametrize("name", TO_CORRECT)
def test_is_held_until_a_person_has_corrected_it(model: LLMServer, name: str) -> None:
    behaviour, remedy = TO_CORRECT[name]
    model.script(behaviour)
    with pytest.raises(ApplicationError, match=remedy) as caught:
        llm_call(LLMCallInput(prompt=TOPIC))
    assert caught.value.type == HELD and not caught.value.non_retryable
    assert "restart the worker" in caught.value.message
    assert len(model.requests) == 1


@pytest.mark.parametrize("speaks_tls", [True, False])
@pytest.mark.parametrize("name", ["openai/m", "anthropic/m"])
def test_no_safe_connection_is_held(
    model: LLMServer, settings: pytest.MonkeyPatch, name: str, speaks_tls: bool
) -> None:
    """Behind a network's own authority, or at a server without TLS, no attempt can succeed."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    settings.setenv("LLM_MODEL", name)
    with LLMServer(tls=tls if speaks_tls else None) as server:
        settings.setenv("LLM_API_BASE", server.base_url.replace("http:", "https:"))
        remedy = "put SSL_CERT_FILE=<a PEM" if speaks_tls else "Put LLM_API_BASE=http://"
        with pytest.raises(ApplicationError, match=remedy) as caught:
            llm_call(LLMCallInput(prompt=TOPIC))
    assert caught.value.type == HELD and "restart the worker" in caught.value.message


@pytest.mark.parametrize("name", ["openai/m", "anthropic/m"])
def test_a_server_that_wants_tls_says_nothing_of_it(
    model: LLMServer, settings: pytest.MonkeyPatch, name: str
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    settings.setenv("LLM_MODEL", name)
    with LLMServer(tls=tls) as server:
        settings.setenv("LLM_API_BASE", server.base_url.replace("https:", "http:"))
        with pytest.raises(ApplicationError, match="Put LLM_API_BASE=https://") as caught:
            llm_call(LLMCallInput(prompt=TOPIC))
    assert caught.value.type == HELD and "restart the worker" in caught.value.message


async def test_a_held_run_goes_on_with_all_that_it_had(
    client: Client, worker: None, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setattr("generator.failures.SHORTEST", timedelta(seconds=1))
    model.script(Cut(2000), Fail(401))
    handle = await start_run(client)
    assert "LLM_API_KEY" in await failed_attempt(handle, "llm_call", attempts=2)
    await handle.result()
    assert await content(handle) == ANSWER
    assert model.requests[-1].prefix == split_at_seam(ANSWER[:2000])[0]


@pytest.mark.parametrize(
    ("behaviour", "remedy"),
    [
        (Fail(400), "LLM_MODEL"),
        (Fail(413), "Shorten the topic"),
        (Fail(422), "LLM_MODEL"),
        (
            Fail(400, "context_length_exceeded", "This model's maximum context length is 9."),
            "Shorten the topic",
        ),
        (Fail(400, "content_policy_violation", "Blocked by our safety system."), "other words"),
        (ContentFilter(), "other words"),
    ],
    ids=repr,
)
async def test_fails_at_once_and_says_what_to_change(
    client: Client, worker: None, model: LLMServer, behaviour: Behaviour, remedy: str
) -> None:
    model.script(behaviour)
    error = await failure_of(await start_run(client))
    assert remedy in error.message and ".env" in error.message
    assert error.non_retryable
    assert len(model.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_no_key_gets_into_a_failure(
    client: Client, worker: None, model: LLMServer, status: int
) -> None:
    model.default = Fail(status, echo=True)
    handle = await start_run(client)
    if status == 400:
        await failure_of(handle)
        [failure] = await failures(handle)
    else:
        await failed_attempt(handle, "llm_call")
        activity = await pending(handle)
        assert activity
        failure = activity.last_failure
        await handle.terminate()
    assert API_KEY.encode() not in await history_bytes(handle) + failure.SerializeToString()
    assert f"status {status}" in failure.message and "***" in failure.message


async def test_a_key_in_an_answer_or_a_long_error_stays_out_of_the_failure(
    client: Client, worker: None, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("OTHER_SECRET", "correct horse battery")
    model.script(
        Fail(400, message=f"{'x' * 5000} {API_KEY} {'x' * 200_000}"),
        Fail(400, message="Your key is sk-proj-abc*****xyz, wrong for correct horse battery."),
    )
    for _ in range(2):
        handle = await start_run(client)
        error = await failure_of(handle)
        recorded = await history_bytes(handle)
        assert len(error.message) < 700
        for secret in (API_KEY, "sk-proj", "xyz", "correct horse"):
            assert secret.encode() not in recorded


def raised(error: Exception, cause: Exception) -> Exception:
    """An exception as LiteLLM raises it: with what went wrong behind it."""
    try:
        try:
            raise cause
        except Exception:
            raise error  # noqa: B904
    except Exception as wrapped:
        return wrapped


def test_a_missing_package_is_held_and_named() -> None:
    missing = ModuleNotFoundError("No module named 'google.auth'", name="google.auth")
    failure = explain(raised(RuntimeError("status 500"), missing), sent=False, bought=False)
    assert failure.type == HELD and "`uv add 'google-auth'`" in failure.message


def test_what_nobody_knows_is_held_until_a_request_is_made() -> None:
    assert explain(RuntimeError("?"), sent=False, bought=False).type == HELD
    assert explain(RuntimeError("?"), sent=True, bought=False).type == BROKEN
    lost = raised(RuntimeError("?"), ConnectionResetError())
    assert explain(lost, sent=True, bought=False).type == "RuntimeError"
    assert explain(lost, sent=True, bought=True).type == BROKEN


# --- Answers that were bought and get nowhere ----------------------------------------------------


def attempts(limit: int = 10) -> dict[str, Any]:
    """What a run's attempts come to, each with the checkpoint of the one before it, as JSON."""
    details: list[Any] = []
    for _ in range(limit):
        answer = RunningAnswer(*details)
        try:
            return write_answer(LLMCallInput(prompt=TOPIC), answer)
        except ApplicationError as error:
            if error.non_retryable:
                raise
            details = json.loads(json.dumps(answer.checkpoint()))
    raise AssertionError("it is tried without limit")


def text_of(response: dict[str, Any]) -> str:
    return str(response["choices"][0]["message"]["content"])


def test_an_answer_by_two_models_names_both(model: LLMServer, settings: pytest.MonkeyPatch) -> None:
    model.script(Cut(after=1200))
    answer = RunningAnswer()
    with pytest.raises(ApplicationError):
        write_answer(LLMCallInput(prompt=TOPIC), answer)
    details = json.loads(json.dumps(answer.checkpoint()))
    assert "also_by" not in write_answer(LLMCallInput(prompt=TOPIC), RunningAnswer(*details))
    settings.setenv("LLM_MODEL", "openai/another")
    response = write_answer(LLMCallInput(prompt=TOPIC), RunningAnswer(*details))
    assert response["also_by"] == ["test-model"]


class Garbage:
    """What no client can read, so that the error has no status."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.send(b"data: {broken\n\n")

    def __repr__(self) -> str:
        return "Garbage()"


GETS_NOWHERE: list[Behaviour] = [
    Empty(),
    Refusal(),
    Answer(text=" \n\n "),
    Answer(text="", think="Hm, I think it is …"),
    Answer(text="<think>Hm, so", finish_reason="length"),
    Garbage(),
]


@pytest.mark.parametrize("behaviour", GETS_NOWHERE, ids=repr)
def test_without_a_draft_three_attempts_are_enough(model: LLMServer, behaviour: Behaviour) -> None:
    model.default = behaviour
    with pytest.raises(ApplicationError, match=r"It was asked 3 times.*\.env"):
        attempts()
    assert len(model.requests) == 3


@pytest.mark.parametrize("behaviour", [*GETS_NOWHERE, Cut(after=0)], ids=repr)
def test_with_a_draft_it_becomes_the_report(model: LLMServer, behaviour: Behaviour) -> None:
    model.script(Length(after=1000))
    model.default = behaviour
    response = attempts()
    text = text_of(response)
    assert text.startswith(ANSWER[:980]) and "is incomplete" in text[980:]
    assert len(model.requests) == 4
    assert response["usage"]["completion_tokens"] >= len(ANSWER[:990].split())


def test_one_empty_answer_is_passing(model: LLMServer) -> None:
    model.script(Empty(), Empty(), Reset(after=1000), Empty(), Empty())
    assert text_of(attempts()) == ANSWER


def test_an_endpoint_that_never_gives_a_finish_reason_is_not_asked_for_ever(
    model: LLMServer,
) -> None:
    model.default = Cut(after=5000)
    assert text_of(attempts()).startswith(ANSWER[:3980])
    assert len(model.requests) == 3


def test_what_a_filter_stopped_is_kept_and_says_so(model: LLMServer) -> None:
    model.script(ContentFilter(after=1000))
    response = attempts()
    assert text_of(response).startswith(ANSWER[:980])
    assert (
        "content filter" in text_of(response)[990:] and "content filter" in response["incomplete"]
    )
    assert len(model.requests) == 1


def test_what_breaks_off_at_the_same_place_is_tried_three_times(model: LLMServer) -> None:
    model.default = Reset(text=ANSWER[:1000], after=1000)
    assert text_of(attempts()).startswith(ANSWER[:980])
    assert len(model.requests) == 4


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (ContentFilter(), "content filter"),
        (Fail(400, "context_length_exceeded", "maximum context length"), "context was full"),
        (Length(after=0), "context was full"),
        (Length(after=30), "context was full"),
    ],
    ids=repr,
)
def test_what_ends_a_continuation_leaves_the_draft(
    model: LLMServer, behaviour: Behaviour, why: str
) -> None:
    model.script(Length(after=1000), behaviour)
    text = text_of(attempts())
    assert text.startswith(ANSWER[:980]) and why in text and len(text) < 1200
    assert len(model.requests) == 2


# --- The output limit, and other sizes -----------------------------------------------------------


@pytest.mark.parametrize(
    "rest",
    [Answer(), Answer(strip=True), Answer(mode="repeat_sentence"), Answer(mode="start_over")],
    ids=repr,
)
def test_goes_on_after_the_output_limit(model: LLMServer, rest: Answer) -> None:
    model.script(Length(1000), Length(1000), rest)
    response = llm_call(LLMCallInput(prompt=TOPIC))
    choice = response["choices"][0]
    assert choice["message"]["content"] == model.answer.strip()
    assert choice["finish_reason"] == "stop"
    assert len(model.requests) == 3
    asked = sum(len(m["content"].split()) for r in model.requests for m in r.messages)
    usage = response["usage"]
    assert usage["prompt_tokens"] == asked
    assert usage["completion_tokens"] >= len(model.answer.split())
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


async def test_usage_is_summed_over_all_that_was_bought(
    client: Client, worker: None, model: LLMServer
) -> None:
    model.script(Length(1000), Cut(500))
    handle = await start_run(client)
    await handle.result()
    response = await activity_result(handle, "llm_call")
    counted = [request for request in model.requests if request.finished]
    assert len(model.requests) == 3 and len(counted) == 2
    asked = [sum(len(m["content"].split()) for m in r.messages) for r in model.requests]
    assert response["usage"]["estimated"]  # what was cut off, the model has not counted
    assert sum(asked) < response["usage"]["prompt_tokens"] < 2 * sum(asked)
    assert await content(handle) == model.answer.strip()


def test_what_a_killed_attempt_had_bought_is_counted(model: LLMServer) -> None:
    whole = RunningAnswer()
    write_answer(LLMCallInput(prompt=TOPIC), whole)
    resumed = RunningAnswer(ANSWER[:1000], {}, 0, 0, [100, 250])  # as the last heartbeat had it
    usage = write_answer(LLMCallInput(prompt=TOPIC), resumed)["usage"]
    assert usage["estimated"] and usage["completion_tokens"] > 250 + len(ANSWER[1000:].split())
    checkpoint = resumed.checkpoint()
    assert checkpoint[1]["total_tokens"] == usage["total_tokens"] and checkpoint[4] == (0, 0)


def test_stops_going_on_after_some_rounds_and_says_so(model: LLMServer) -> None:
    model.default = Length(500)
    response = llm_call(LLMCallInput(prompt=TOPIC))
    text = response["choices"][0]["message"]["content"]
    assert len(model.requests) == MAX_REQUESTS
    said = text.removesuffix(INCOMPLETE_NOTE.format(what="report", reason=NO_END))
    assert response["incomplete"] == NO_END
    assert said != text and model.answer.startswith(said) and len(said) > 2800


async def test_an_answer_of_3_megabytes_is_cut(
    client: Client, worker: None, model: LLMServer
) -> None:
    model.answer, model.chunk_size, model.delay = report(3_000_000), 4000, 0.01
    handle = await start_run(client)

    async def answered() -> bool:
        activity = await pending(handle)
        return bool(activity and activity.activity_type.name == "create_pdf")

    await until(answered)
    text = await content(handle)
    await handle.terminate()  # the PDF has hundreds of pages
    [request] = model.requests
    assert request.closed_by_client_at, "it went on paying"
    assert text.endswith(CUT_NOTE)
    assert model.answer.startswith(text.removesuffix(CUT_NOTE))
    assert 400_000 < len(text.encode()) < 500_000


def test_chunks_that_end_anywhere_make_the_same_report(model: LLMServer) -> None:
    model.answer, model.chunk_size = "# 水熊虫 🐻\n\nA\u0301 — −1 °C 𝒙.\n\n- ✓" * 3, 1
    response = llm_call(LLMCallInput(prompt=TOPIC))
    assert response["choices"][0]["message"]["content"] == model.answer


# --- Stopping ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "sent"),
    [
        pytest.param(Stall(headers=False), 0),
        pytest.param(Stall(), 0),
        (Stall(after=1000), 1000),
        (Answer(text=report(40_000)), 40),
    ],
    ids=["before headers", "before text", "in mid-stream", "while streaming"],
)
async def test_cancelling_hangs_up(
    client: Client, worker: None, model: LLMServer, behaviour: Behaviour, sent: int
) -> None:
    model.script(behaviour)
    model.delay = 0.2 if type(behaviour) is Answer else 0
    handle = await start_run(client)
    request = await until(lambda: model.requests[0] if model.requests else None)
    await until(lambda: request.sent >= sent)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, CancelledError)
    await until(lambda: request.closed_by_client_at)
    assert not request.finished and len(model.requests) == 1
    events = await event_types(handle)
    assert events[-2:] == ["ACTIVITY_TASK_CANCELED", "WORKFLOW_EXECUTION_CANCELED"]


async def test_cancelling_while_it_waits_to_try_again(
    client: Client, worker: None, model: LLMServer
) -> None:
    model.script(Fail(429, headers={"Retry-After": "3600"}))
    handle = await start_run(client)
    await failed_attempt(handle, "llm_call")
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, CancelledError)
    assert len(model.requests) == 1


async def test_a_worker_that_stops_leaves_a_checkpoint(
    client: Client, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    model.script(Stall(after=1000))
    async with running_worker(client):
        handle = await start_run(client)
        text = await until(lambda: kept(handle))
    first = model.requests[0]
    model.wait_for(lambda llm: first.closed_by_client_at)
    async with running_worker(client):
        await handle.result()
    second = model.requests[1]
    assert len(model.requests) == 2
    assert len(second.prefix) >= len(text) - 40
    assert await content(handle) == model.answer.strip()
    [failure] = await failures(handle)
    assert "worker was stopped" in failure.message


async def test_progress_can_be_watched(client: Client, worker: None, model: LLMServer) -> None:
    """The text so far is the heartbeat's detail: the starter shows its length."""
    model.script(gate := Gate(after=1000))
    handle = await start_run(client)

    draft = await until(lambda: kept(handle))
    assert draft and model.answer.startswith(draft)
    gate.opened.set()
    await handle.result()


async def test_refused_connection_names_no_secret(
    client: Client, worker: None, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_API_BASE", f"http://user:{API_KEY}@127.0.0.1:{free_port()}/v1")
    handle = await start_run(client)
    assert API_KEY not in await failed_attempt(handle, "llm_call")
    await handle.terminate()


@pytest.mark.slow
async def test_a_hundred_answers_at_once_token_by_token(
    client: Client, worker: None, model: LLMServer
) -> None:
    """No heartbeat is missed: one that was would cost another attempt, and another request."""
    model.answer, model.chunk_size, model.delay = report(1000), 4, 0.1
    handles = [await start_run(client, f"Topic {number}") for number in range(100)]
    await asyncio.gather(*[handle.result() for handle in handles])
    assert len(model.requests) == 100


def test_an_answer_that_was_whole_already_is_asked_for_once_more_at_most(model: LLMServer) -> None:
    """The worker went down between the last word and the end: no note, and no further attempt."""
    model.answer = model.answer[: model.answer.rindex(". ") + 1]  # to the end of a sentence
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, heartbeat_details=[model.answer])
    response = environment.run(llm_call, LLMCallInput(TOPIC))
    assert response["choices"][0]["message"]["content"] == model.answer
    assert response["choices"][0]["finish_reason"] == "stop"
    [request] = model.requests
    assert request.sent < 40


@pytest.mark.parametrize(
    "place", ["answer.join", "ask.report_alone", "ask.take", "request.counted"]
)
def test_what_our_own_code_raises_over_an_answer_is_not_bought_again_without_end(
    model: LLMServer, settings: pytest.MonkeyPatch, place: str
) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("a fault of ours")

    settings.setattr(f"generator.llm.{place}", fails)
    with contextlib.suppress(ApplicationError):
        assert text_of(attempts()).startswith(model.answer[:500])
    assert len(model.requests) <= 3
