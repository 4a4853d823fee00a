"""The LLM fails in every way that a provider, a proxy or the network has.

All runs share one worker and one LLM, which behaves by prompt. A fault that a retry mends comes
once or twice; then the LLM answers.
"""

import asyncio
import email.utils
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.llm import ByPrompt, Paced, llm_by_prompt
from support.llm_server import (
    Answer,
    Behaviour,
    ContentFilter,
    Cut,
    Drip,
    Empty,
    ErrorEvent,
    Exchange,
    Fail,
    Html,
    Length,
    LLMServer,
    Refusal,
    Reset,
    Stall,
    report,
)
from support.programs import until
from support.settings import API_KEY
from support.temporal import (
    DevServer,
)
from temporalio.client import Client

from .harness import Run, Workers, overload, paid, pdf_problem, settings, start_run, start_starter
from .matrix import Matrix, in_seconds

GENERATED_TWICE = 0.10
BEYOND_HEARTBEAT = 12  # seconds; the heartbeat timeout is 8 s


@dataclass(frozen=True, kw_only=True)
class DripAtFirst(Drip):
    """One byte a second for a while, then the rest."""

    seconds: float = BEYOND_HEARTBEAT

    async def play(self, exchange: Exchange) -> None:
        async def hurry() -> None:
            await asyncio.sleep(self.seconds)
            exchange.byte_delay = 0

        hurrying = asyncio.ensure_future(hurry())
        await super().play(exchange)
        await hurrying


@dataclass(frozen=True)
class BackAt:
    """A 429 with the date at which to come back, counted from the request."""

    seconds: float

    async def play(self, exchange: Exchange) -> None:
        date = email.utils.formatdate(time.time() + self.seconds, usegmt=True)
        await Fail(429, headers={"Retry-After": date}).play(exchange)


@dataclass
class Fault:
    """A fault, and what is to come of it."""

    row: str  # of the matrix
    name: str
    script: tuple[Behaviour, ...]
    requests: int = 2
    message: str = ""  # a pattern: what the person is told, of an attempt or of the run
    for_good: bool = False  # the run fails
    waits: tuple[float, float] = (0.9, 6.0)  # seconds between the first two requests
    answer: str = ""


def retried(
    row: str,
    name: str,
    *faults: Behaviour,
    message: str = "",
    waits: tuple[float, float] = (0.9, 6.0),
) -> Fault:
    return Fault(row, name, (*faults, Answer()), len(faults) + 1, message, waits=waits)


def held(row: str, name: str, fault: Behaviour, message: str) -> Fault:
    """What a person can correct: tried again after a minute."""
    return Fault(row, name, (fault, Answer()), 2, message, waits=(0.9, 80))


def for_good(row: str, name: str, fault: Behaviour, message: str) -> Fault:
    return Fault(row, name, (fault,), 1, message, for_good=True)


LIMITED, BROKEN, CUT = "429, too many requests", "500, 502, 503, 529", "answer cut off half way"
SILENT, SETTINGS, NOTHING = (
    "silence",
    "settings that a person must correct meanwhile",
    "no answer to print",
)
TOO_LONG = "answer beyond a limit"

FAULTS = [
    retried(LIMITED, "no Retry-After", Fail(429), message="status 429"),
    retried(LIMITED, "in seconds", Fail(429, headers={"Retry-After": "3"}), waits=(3, 7)),
    # The date has whole seconds only.
    retried(LIMITED, "a date", BackAt(4), waits=(2.9, 8)),
    retried(LIMITED, "in ms", Fail(429, headers={"retry-after-ms": "2500"}), waits=(2.5, 6)),
    retried(BROKEN, "500", Fail(500), message="status 500"),
    retried(BROKEN, "502", Fail(502), message="status 502"),
    retried(BROKEN, "503", Fail(503), message="status 503"),
    retried(BROKEN, "529", Fail(529), message="status 529"),
    retried(BROKEN, "500 twice", Fail(500), Fail(500)),
    retried("connection reset", "before any byte", Reset(), message="[Cc]onnect"),
    retried("connection reset", "half way", Reset(2000), message="."),
    retried(CUT, "in good order", Cut(2000), message="ended without a finish reason"),
    retried(CUT, "in mid-chunk", Cut(2000, clean=False), message="."),
    retried(CUT, "by an error event", ErrorEvent(2000), message="."),
    Fault(SILENT, "before the answer", (Stall(seconds=BEYOND_HEARTBEAT),), 1),
    Fault(SILENT, "half way", (Stall(2000, BEYOND_HEARTBEAT),), 1),
    Fault("one byte a second", "for 12 s", (DripAtFirst(),), 1),
    held("HTML with status 200", "once", Html(), "."),
    Fault(NOTHING, "empty", (Empty(),), 3, "The model answered nothing, or refused", for_good=True),
    Fault(NOTHING, "refusal", (Refusal(),), 3, "The model refused: I'm sorry", for_good=True),
    for_good(NOTHING, "content filter", ContentFilter(), "The provider's content filter"),
    held(
        SETTINGS,
        "wrong key",
        Fail(401, "invalid_api_key", "Incorrect API key provided."),
        "Correct LLM_API_KEY in .env",
    ),
    held(
        SETTINGS,
        "no permission",
        Fail(403, "permission_denied", "You have no access to this model."),
        "put another LLM_API_KEY or LLM_MODEL in .env",
    ),
    held(
        SETTINGS,
        "unknown model",
        Fail(404, "model_not_found", "The model does not exist."),
        "Correct LLM_MODEL in .env",
    ),
    held(
        SETTINGS,
        "quota used up",
        Fail(429, "insufficient_quota", "You exceeded your current quota."),
        "quota",
    ),
    for_good(
        "context too long",
        "once",
        Fail(400, "context_length_exceeded", "This model's maximum context length is 8192."),
        "Shorten the topic",
    ),
    Fault(TOO_LONG, "output limit", (Length(2000), Answer()), 2, waits=(0, 4)),
    # Silent once the limit is passed: how much more would go into the network's buffers is the
    # kernel's affair.
    Fault(TOO_LONG, "answer of 3 MB", (Stall(600_000, 60, text=report(3_000_000)),), 1),
    for_good(
        "error that echoes the key",
        "400",
        Fail(400, message="Bad request.", echo=True),
        r"Key: \*\*\*",
    ),
    retried(
        "error that echoes the key",
        "500",
        Fail(500, message="Out of order.", echo=True),
        message=r"Key: \*\*\*",
    ),
]


@dataclass
class Faulty:
    """The runs that met the faults, and the LLM's account of them."""

    llm: LLMServer
    runs: dict[str, Run] = field(default_factory=dict)
    cancelled: list[tuple[Run, float]] = field(default_factory=list)  # and how long it took
    codes: list[int] = field(default_factory=list)  # of two starters, and what they said
    told: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
async def faulty(fault_server: DevServer, evidence: Path) -> AsyncIterator[Faulty]:
    folder = evidence / "llm"
    with llm_by_prompt() as (llm, by_prompt):
        variables = settings(fault_server.address, "llm", folder, llm)
        async with Workers(folder, variables) as workers:
            await workers.start()
            client = fault_server.clients["llm"]
            faulty = Faulty(llm)
            # Alone, so that the second takes up the connection that the first has left.
            faulty.runs["first"] = await start_run(client, "HTML", by_prompt, Html(), Answer())
            await until(lambda: faulty.runs["first"].failed("llm_call"))
            faulty.runs["second"] = await start_run(client, "stream", by_prompt, Paced(seconds=4))
            await faulty.runs["second"].ends()
            for fault in FAULTS:
                where = f"{fault.row}, {fault.name}"
                faulty.runs[where] = await start_run(client, where, by_prompt, *fault.script)
            # What a person sees of it.
            watched, run = await start_starter(
                folder, variables, "503", by_prompt, Fail(503), Answer()
            )
            too_long = Fail(400, "context_length_exceeded")
            failing, _ = await start_starter(folder, variables, "a long topic", by_prompt, too_long)
            faulty.runs["watched"] = run
            faulty.codes = [await watched.ends(), await failing.ends()]
            faulty.told = [watched.stderr, failing.stderr]
            await cancel_in_silence(client, faulty, by_prompt)
            await asyncio.gather(*(run.ends() for run in faulty.runs.values()))
            await refuse_connections(client, faulty, by_prompt)
            yield faulty


async def cancel_in_silence(client: Client, faulty: Faulty, by_prompt: ByPrompt) -> None:
    """Cancel runs whose LLM has gone silent, before its first byte and half way."""
    runs = [
        await start_run(client, "silence for good", by_prompt, Stall(headers=False)),
        await start_run(client, "silence for good", by_prompt, Stall(2000)),
    ]
    await until(lambda: [paid(faulty.llm, run).sent > 0.4 for run in runs] == [False, True])
    for run in runs:
        asked_at = time.time()
        await run.handle.cancel()
        await run.ends()
        faulty.cancelled.append((run, run.ended_at - asked_at))
        [request] = paid(faulty.llm, run).requests
        await until(lambda: request.closed_by_client_at)  # noqa: B023


async def refuse_connections(client: Client, faulty: Faulty, by_prompt: ByPrompt) -> None:
    """Have a run meet nobody at LLM_API_BASE for a while."""
    await asyncio.to_thread(faulty.llm.stop)
    run = faulty.runs["refused"] = await start_run(client, "no LLM", by_prompt, Answer())
    await until(lambda: run.failed("llm_call", attempts=2))
    faulty.llm.start()
    await run.ends()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.row}-{fault.name}")
async def test_fault(faulty: Faulty, fault: Fault) -> None:
    run = faulty.runs[f"{fault.row}, {fault.name}"]
    cost = paid(faulty.llm, run)
    assert len(cost.requests) == fault.requests
    assert not cost.asked_again or fault.row == NOTHING  # which is worth three attempts
    told = run.failure if fault.for_good else "".join(run.failures)
    assert re.search(fault.message, told), told
    assert bool(run.failure) == fault.for_good
    if len(cost.requests) > 1:
        first, second, *_ = cost.requests
        low, high = fault.waits
        assert low <= second.received_at - first.received_at <= high * overload()
    if not fault.for_good and fault.name != "answer of 3 MB":
        assert not await pdf_problem(run)
        assert cost.twice <= GENERATED_TWICE
    if "echoes" in fault.row:
        assert API_KEY not in told


def test_a_retry_leaves_the_streams_of_other_runs_alone(faulty: Faulty) -> None:
    assert len(paid(faulty.llm, faulty.runs["first"]).requests) == 2
    assert len(paid(faulty.llm, faulty.runs["second"]).requests) == 1


async def test_an_answer_of_3_mb_is_cut_and_the_rest_not_bought(faulty: Faulty) -> None:
    run = faulty.runs[f"{TOO_LONG}, answer of 3 MB"]
    [request] = paid(faulty.llm, run).requests
    assert request.closed_by_client_at
    assert "This report is incomplete" in run.report
    assert run.pdf.is_file()


def test_silence_can_be_cancelled(faulty: Faulty) -> None:
    for run, took in faulty.cancelled:
        assert took < 5 * overload()
        assert "cancelled" in run.failure


async def test_a_refused_connection_is_retried(faulty: Faulty) -> None:
    run = faulty.runs["refused"]
    assert len(paid(faulty.llm, run).requests) == 1
    assert "Connection" in run.failures[0]
    assert not await pdf_problem(run)


def test_the_person_is_told(faulty: Faulty) -> None:
    assert faulty.codes == [0, 1]
    watched, failing = faulty.told
    assert "✗ llm_call: attempt 1 failed: The LLM request failed" in watched
    assert "The run failed: " in failing
    assert "Shorten the topic" in failing


def test_matrix(faulty: Faulty, matrix: Matrix) -> None:
    """Not a test of its own: the rows of the table."""
    for row in dict.fromkeys(fault.row for fault in FAULTS):
        faults = [fault for fault in FAULTS if fault.row == row]
        runs = [faulty.runs[f"{row}, {fault.name}"] for fault in faults]
        requests = sorted({len(paid(faulty.llm, run).requests) for run in runs})
        twice = max(paid(faulty.llm, run).twice for run in runs)
        outcomes = {"fails for good" if fault.for_good else "report made" for fault in faults}
        told = next((m for run in runs for m in [run.failure, *run.failures] if m), "")
        matrix.add(
            "LLM",
            f"{row}: {', '.join(fault.name for fault in faults)}",
            f"{' to '.join(map(str, requests))} requests in"
            f" {in_seconds(run.ended_at - run.started_at for run in runs)},"
            f" {' or '.join(sorted(outcomes))}"
            + f", {twice:.1%} generated twice" * (0 < twice < 1)
            + f". Told: “{told[:200]}”" * bool(told),
        )
    silent, cut = (took for _, took in faulty.cancelled)
    observed = f"cancelled in {silent:.1f} s; after the headers in {cut:.1f} s; hung up on"
    matrix.add("LLM", "silence for good, and the run cancelled", observed)
    refused = faulty.runs["refused"]
    observed = f"retried until it is back. Told: “{refused.failures[0][:200]}”"
    matrix.add("LLM", "connection refused", observed)
