"""The worker is killed or stopped at every point of a run, once and three times in a row.

One kill hits many runs, each brought to another point before it. The LLM, the mail server and the
length of a report hold most of them there. The moments between two steps are too short to be held:
there some runs are let go just before the kill, some milliseconds apart.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import pytest
from support.llm import ByPrompt, HeldAtTheEnd, HeldBack, Latch, Paced, llm_by_prompt, long_report
from support.llm_server import Answer, Behaviour, LLMServer
from support.mail import Hold, MailServer
from support.programs import Program, until
from support.temporal import (
    DevServer,
)
from temporalio.client import Client

from .harness import Run, Workers, overload, paid, pdf_problem, settings, start_run
from .matrix import Matrix, in_seconds

RESUME_WITHIN = {signal.SIGKILL: 15.0, signal.SIGTERM: 3.0, signal.SIGINT: 3.0}  # seconds
SEAM = 100  # characters at most, see `generator.llm.joining.seam.split_at_seam`
pytestmark = pytest.mark.timeout(600)  # all of it happens in one fixture

# Seconds between the runs that are let go just before a kill; a step takes about 20 ms.
PAUSES = (0.06, 0.03, 0.015, 0.0)

BEFORE_LLM = "before `llm_call`"
NO_HEADERS = "`llm_call`: request on the wire, no headers yet"
HALF_WAY = "`llm_call`: stream half way"
AGAIN = "`llm_call`: stream at 15, 30 and 45 %"
FAST = "`llm_call`: fast stream half way"
NEARLY = "`llm_call`: stream at 90 %"
FINISHED = "`llm_call`: just finished, before `create_pdf`"
DURING_PDF = "`create_pdf`: during"
NO_SERVER = "`send_email`: the server refuses connections"
DURING_DATA = "`send_email`: during DATA"
NOT_REPORTED = "`send_email`: accepted, but the reply not yet sent"
AFTER_MAIL = "after `send_email`"
IN_TURN = "`llm_call`, `create_pdf`, `send_email` in turn"
SILENT = "`send_email`: the server is silent for longer than the stop waits"
POINTS = (
    BEFORE_LLM,
    NO_HEADERS,
    HALF_WAY,
    FAST,
    NEARLY,
    AGAIN,
    FINISHED,
    DURING_PDF,
    NO_SERVER,
    DURING_DATA,
    NOT_REPORTED,
    AFTER_MAIL,
    IN_TURN,
    SILENT,
)


@dataclass
class Kill:
    """A kill of the worker, and its return. Times are `time.time()`."""

    at: float
    overload: float = field(default_factory=overload)
    stopping: float = 0.0  # seconds
    returned_at: float = 0.0


@dataclass
class Outcome:
    """All the runs that a signal has hit."""

    number: signal.Signals
    llm: LLMServer
    mail: MailServer
    reports: Path
    kills: list[Kill] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    @property
    def overload(self) -> float:
        return max(kill.overload for kill in self.kills)

    def hits(self, run: Run) -> list[Kill]:
        return [kill for kill in self.kills if run.started_at < kill.at < run.ended_at]

    def resumed(self, run: Run) -> list[float]:
        """Seconds from each return of the worker to the run's first task thereafter.

        Where no server takes the mail, the run waits for its next attempt, with a worker or not.
        """
        due_at = run.due_at if run.where == NO_SERVER else 0.0
        hits = self.hits(run)
        resumed = []
        for kill, after in zip_longest(hits, hits[1:]):
            end = after.at if after else float("inf")
            if starts := [start for start in run.starts if kill.at < start < end]:
                resumed.append(max(0.0, min(starts) - max(kill.returned_at, due_at)))
        return resumed

    def twice(self, run: Run) -> float:
        """The share of the answer that an interruption has had generated twice."""
        return paid(self.llm, run).twice / max(1, len(self.hits(run)))


class Scenario:
    """Brings runs to their points, kills the worker, and starts it again."""

    def __init__(
        self,
        number: signal.Signals,
        outcome: Outcome,
        client: Client,
        by_prompt: ByPrompt,
        workers: Workers,
    ) -> None:
        self.number, self.outcome, self.client = number, outcome, client
        self.by_prompt, self.workers, self.mail = by_prompt, workers, outcome.mail
        self.clean = number != signal.SIGKILL
        self.times = 1 if number == signal.SIGINT else 3  # the worker does the same as for SIGTERM
        self.worker: Program
        self.refused: Run | None = None  # the run that no mail server listens to
        self.moments = [Latch() for _ in PAUSES]  # opened one by one ahead of the first kill
        self.stopped = [Latch() for _ in range(3)]  # opened while, or once, the worker stops
        self.never = Latch()

    async def run(
        self, where: str, *script: Behaviour, answer: str = "", holds: tuple[Hold, ...] = ()
    ) -> Run:
        recipient = f"reader{len(self.mail.at_data)}@example.com"
        self.mail.at_data[recipient] = [*holds]
        run = await start_run(
            self.client, where, self.by_prompt, *script, answer=answer, recipient=recipient
        )
        self.outcome.runs.append(run)
        return run

    async def said(self, run: Run, share: float) -> None:
        """Wait until Temporal knows of this much of the run's answer."""

        async def known() -> bool:
            await run.pending()
            return bool(run.known) and run.known[-1][1] >= share * len(run.answer)

        await until(known, 120, f"{share:.0%} of {run.where}")

    async def kill(self, when: Callable[[], Awaitable[None]]) -> None:
        """Kill the worker at the moment that `when` waits for, and have it return."""
        await when()
        kill = Kill(time.time())
        self.worker.signal(self.number)
        self.outcome.kills.append(kill)
        stopped = self.stopped[len(self.outcome.kills) - 1]
        if self.clean:
            await asyncio.sleep(0.5)
            stopped.set()  # it lets a mail under way finish
        await self.worker.ends()
        if self.refused:
            await self.refused.pending()
        stopped.set()
        kill.stopping = time.time() - kill.at
        self.worker = await self.workers.start()
        kill.returned_at = self.workers.returned_at

    async def play(self) -> None:
        self.worker = await self.workers.start()
        await self.first_kill()
        self.mail.open()
        again = [self.silent, self.turn, self.stream, *self.mailing]
        await asyncio.gather(*(run.ends() for run in self.outcome.runs if run not in again))
        if self.times == 3:
            await self.second_kill()
            await self.third_kill()
        for latch in (self.never, self.turn_latch, *self.stopped):
            latch.set()
        await asyncio.gather(*(run.ends() for run in self.outcome.runs))

    async def first_kill(self) -> None:
        # Held by the mail server, which then refuses to hear of any more.
        await self.run(DURING_DATA, holds=(Hold(self.stopped[0]),))
        await self.run(NOT_REPORTED, holds=(Hold(self.stopped[0], taken=True),))
        for latch in self.moments:
            await self.run(AFTER_MAIL, holds=(Hold(latch),))
        holds = tuple(Hold(latch) for latch in self.stopped)
        taken = tuple(Hold(latch, taken=True) for latch in self.stopped)
        self.mailing = [
            await self.run(DURING_DATA, holds=holds),
            await self.run(NOT_REPORTED, holds=taken),
        ]
        # Held by the LLM.
        await self.run(NO_HEADERS, HeldBack(latch=self.never), Answer())
        self.silent = await self.run(NO_HEADERS, *[HeldBack(latch=self.never)] * 3, Answer())
        self.turn_latch = Latch()
        self.turn = await self.run(
            IN_TURN,
            HeldBack(latch=self.never),
            HeldAtTheEnd(latch=self.turn_latch),
            Answer(),
            holds=(Hold(self.stopped[2]), Hold(self.stopped[2])),
        )
        for latch in self.moments:
            await self.run(FINISHED, HeldAtTheEnd(latch=latch), Answer())
        pdf_latch = Latch()
        if self.clean:  # a long PDF slows all else in the worker: kill -9 has a scenario for it
            pdf = await self.long_run(pdf_latch)
        await until(lambda: len(self.mail.holding) == 4 + len(PAUSES), 120, "mails held")
        self.mail.close()
        refused = self.refused = await self.run(NO_SERVER)
        # Streaming when the kill comes, however long it is in coming.
        kill = self.stopped[0]
        nearly = await self.run(NEARLY, Paced(seconds=8, latch=kill))
        await self.said(nearly, 0.4)
        half_way = await self.run(HALF_WAY, Paced(seconds=8, latch=kill))
        thrice = [Paced(seconds=30, latch=latch) for latch in self.stopped[: self.times]]
        self.stream = await self.run(AGAIN, *thrice, Paced(seconds=4))
        await self.said(half_way, 0.25)
        await self.run(FAST, Paced(seconds=4, latch=kill))
        await self.said(half_way, 0.38)
        await until(lambda: refused.failed("send_email"), what="a mail refused")
        await self.said(half_way, 0.47)
        if self.clean:
            pdf_latch.set()
            await until(lambda: pdf.running("create_pdf"), what=DURING_PDF)
        starting = []

        async def one_by_one() -> None:
            await self.run(BEFORE_LLM, Paced(seconds=2))
            for pause, latch in zip(PAUSES, self.moments, strict=True):
                starting.append(asyncio.ensure_future(self.run(BEFORE_LLM, Paced(seconds=2))))
                latch.set()
                await asyncio.sleep(pause)

        await self.kill(one_by_one)
        await asyncio.gather(*starting)

    async def second_kill(self) -> None:
        await self.at_their_points(2)

        async def between_two_steps() -> None:
            self.turn_latch.set()
            await asyncio.sleep(0.02)

        await self.kill(between_two_steps)

    async def third_kill(self) -> None:
        if self.number == signal.SIGTERM:
            await self.run(SILENT, holds=(Hold(self.never),))
            await until(lambda: self.mail.holding, what="a mail held")
        await self.at_their_points(3)
        await self.kill(at_once)

    async def long_run(self, latch: Latch | None = None) -> Run:
        """A run whose PDF takes a while, once the latch lets its answer end."""
        answer = Answer(text=long_report())
        script = [HeldAtTheEnd(text=answer.text, latch=latch), answer] if latch else [answer]
        return await self.run(DURING_PDF, *script, answer=long_report())

    async def at_their_points(self, attempt: int) -> None:
        """Wait until the runs that are to be killed again have come there."""
        await self.said(self.stream, 0.15 * attempt)
        await until(lambda: self.requests(self.silent) == attempt, 120, NO_HEADERS)
        if attempt == 2:
            await self.said(self.turn, 1)
        if not self.clean:  # a clean stop has let the mails finish
            held = {run.recipient for run in [*self.mailing, self.turn][:attempt]}
            await until(lambda: held <= {*self.mail.holding}, 120, "mails held")
        await asyncio.gather(*(run.pending() for run in self.outcome.runs))

    def requests(self, run: Run) -> int:
        return len(paid(self.outcome.llm, run).requests)


KILLER = """
import contextlib, os, sys
folder, worker = sys.argv[1:]
with contextlib.suppress(OSError):
    os.nice(-10)
while not any(".pdf." in name for name in os.listdir(folder)):
    pass
os.kill(int(worker), 9)
"""


class Printing(Scenario):
    """The worker is killed three times while it makes a PDF, first with the file half written."""

    async def play(self) -> None:
        self.worker = await self.workers.start()
        await self.kill(self.half_written)
        for attempt in (2, 3):
            pdf = self.outcome.runs[-1]
            await until(lambda: pdf.running("create_pdf", attempt))  # noqa: B023
            await self.kill(at_once)
        await asyncio.gather(*(run.ends() for run in self.outcome.runs))

    async def half_written(self) -> None:
        """Have a process of its own kill the worker: the file is there for milliseconds only."""
        command = [sys.executable, "-c", KILLER, str(self.outcome.reports)]
        killer = Program(self.workers.folder, *command, str(self.worker.process.pid))
        while killer.process.poll() is None:  # it may miss one, if this machine is busy
            run = await self.long_run()
            while killer.process.poll() is None and not await run.is_over():
                await asyncio.sleep(0.1)
        assert killer.process.returncode == 0, killer.stderr


async def at_once() -> None:
    pass


CASES: dict[str, tuple[signal.Signals, type[Scenario]]] = {
    "kill-9": (signal.SIGKILL, Scenario),
    "kill-9-printing": (signal.SIGKILL, Printing),
    "SIGTERM": (signal.SIGTERM, Scenario),
    "Ctrl-C": (signal.SIGINT, Scenario),
}


@pytest.fixture(scope="session")
async def outcomes(fault_server: DevServer, evidence: Path) -> AsyncIterator[dict[str, Outcome]]:
    """What came of the runs of each case."""
    outcomes: dict[str, Outcome] = {}

    async def play(*names: str) -> None:
        for name in names:
            outcomes[name] = await outcome_of(name)

    async def outcome_of(name: str) -> Outcome:
        number, scenario = CASES[name]
        folder = evidence / name
        with MailServer(log_in=True, folder=folder / "mails") as mail:
            outcome = Outcome(number, llm, mail, folder / "reports")
            variables = settings(fault_server.address, name, folder, llm, **mail.settings())
            async with Workers(folder, variables) as workers:
                client = fault_server.clients[name]
                await scenario(number, outcome, client, by_prompt, workers).play()
        return outcome

    with llm_by_prompt() as (llm, by_prompt):
        # Not all of them at the same time: on two cores they would wait for each other.
        await asyncio.gather(play("kill-9", "Ctrl-C"), play("SIGTERM"), play("kill-9-printing"))
        yield outcomes


@pytest.fixture(params=CASES)
def outcome(outcomes: dict[str, Outcome], request: pytest.FixtureRequest) -> Outcome:
    return outcomes[request.param]


def test_every_run_completes(outcome: Outcome) -> None:
    assert not [run for run in outcome.runs if not run.result or run.failure]


def test_no_finished_answer_is_asked_for_again(outcome: Outcome) -> None:
    assert not [run for run in outcome.runs if paid(outcome.llm, run).asked_again]


def test_what_temporal_knew_of_an_answer_is_not_generated_again(outcome: Outcome) -> None:
    """But for the last words, to which the model goes back. The rest depends on the pace."""
    for run in outcome.runs:
        requests = paid(outcome.llm, run).requests
        for looked_at, known in run.known:
            later = [len(each.prefix) for each in requests if each.received_at > looked_at]
            assert min(later, default=known) >= known - SEAM, run.where


async def test_every_pdf_is_whole(outcome: Outcome) -> None:
    problems = [await pdf_problem(run) for run in outcome.runs]
    assert not [problem for problem in problems if problem]
    assert not [name for name in os.listdir(outcome.reports) if name.endswith(".part")]


def test_every_report_is_mailed_and_a_copy_can_be_told(outcome: Outcome) -> None:
    for run in outcome.runs:
        message_ids = outcome.mail.message_ids(run.recipient)
        assert message_ids, run.where
        assert len(set(message_ids)) == 1, run.where


def test_work_resumes_soon_after_the_worker_returns(outcome: Outcome) -> None:
    late = {}
    bar = RESUME_WITHIN[outcome.number] * outcome.overload
    for run in outcome.runs:
        resumed = outcome.resumed(run)
        if run.where == DURING_PDF:
            # The retry policy of create_pdf waits 2, 6, then 18 s: a third kill exceeds the bar.
            resumed = resumed[:2]
        if max(resumed, default=0) > bar:
            late[run.where] = resumed
    assert not late


@pytest.mark.parametrize("name", CASES)
def test_the_points_were_met(outcomes: dict[str, Outcome], name: str) -> None:
    """A scenario that misses its points would prove nothing."""
    runs, hits = outcomes[name].runs, outcomes[name].hits
    if name == "kill-9-printing":
        assert len(hits(runs[-1])) == 3
        return
    once = {run.where for run in runs if len(hits(run)) == 1}
    thrice = {run.where for run in runs if len(hits(run)) == 3}
    assert once >= {BEFORE_LLM, NO_HEADERS, HALF_WAY, FAST, NEARLY, FINISHED}
    assert once >= {NO_SERVER, DURING_DATA, NOT_REPORTED, AFTER_MAIL}
    if name == "kill-9":
        assert thrice >= {NO_HEADERS, AGAIN, DURING_DATA, NOT_REPORTED, IN_TURN}
    else:
        assert DURING_PDF in once
    if name == "SIGTERM":  # which lets a mail finish, and so hits it once
        assert thrice >= {NO_HEADERS, AGAIN}


def test_matrix(outcomes: dict[str, Outcome], matrix: Matrix) -> None:
    """Not a test of its own: the rows of the table."""
    names = {signal.SIGKILL: "kill -9", signal.SIGTERM: "SIGTERM", signal.SIGINT: "Ctrl-C"}
    for where in POINTS:
        observed = []
        for number, name in names.items():
            hit = [
                (outcome, run)
                for outcome in outcomes.values()
                for run in outcome.runs
                if outcome.number == number and run.where == where and outcome.hits(run)
            ]
            if not hit:
                continue
            times = max(len(outcome.hits(run)) for outcome, run in hit)
            twice = max(outcome.twice(run) for outcome, run in hit)
            copies = max(len(outcome.mail.message_ids(run.recipient)) for outcome, run in hit)
            resumed = in_seconds(s for outcome, run in hit for s in outcome.resumed(run))
            text = f"{name}{', three times' * (times == 3)}: resumed in {resumed}"
            text += f", {twice:.1%} twice" * ("`llm_call`" in where)
            text += f", up to {copies} copies of the mail" * (copies > 1)
            observed.append(text)
        matrix.add("Worker", where, "; ".join(observed))
