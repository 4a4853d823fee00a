"""Processes other than a lone worker are killed; workers are suspended; workers share a queue.

These scenarios mostly wait, so all of them are under way at the same time.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.llm import ByPrompt, Latch, Paced, llm_by_prompt
from support.llm_server import LLMServer
from support.programs import free_port, processes, until
from support.temporal import (
    DevServer,
    dev_server,
)

from .harness import (
    Run,
    Workers,
    overload,
    paid,
    pdf_problem,
    settings,
    start_run,
    start_starter,
    starter,
)
from .matrix import Matrix, in_seconds

SOON, LATE = 3, 12  # seconds; the heartbeat timeout is 8 s
SUSPENDED = 60  # seconds
ASLEEP = 20  # seconds, of one worker of two: long enough for the other to take over


@dataclass
class Surroundings:
    """What a scenario finds."""

    evidence: Path
    server: DevServer
    llm: LLMServer
    by_prompt: ByPrompt
    matrix: Matrix

    async def check(self, run: Run, generated_twice: float = 0.10) -> str:
        """Wait for the run's end and check what holds in every scenario; say what it cost."""
        await run.ends()
        cost = paid(self.llm, run)
        assert not await pdf_problem(run)
        assert not cost.asked_again
        assert cost.twice <= generated_twice * overload(), run.where
        requests = len(cost.requests)
        return f"{requests} LLM request{'s' * (requests > 1)}, {cost.twice:.1%} generated twice"


async def temporal_killed(given: Surroundings) -> None:
    """The Temporal server is killed in mid-answer and returns, before and after it would give up
    the attempts that it has not heard of."""
    folder = given.evidence / "outage"
    async with dev_server(folder / "temporal") as server:
        variables = settings(server.address, "default", folder, given.llm)
        async with Workers(folder, variables) as workers:
            worker = await workers.start()
            await outage(SOON, given, server, folder, variables)
            await outage(LATE, given, server, folder, variables)
            assert worker.process.poll() is None


async def outage(
    seconds: float,
    given: Surroundings,
    server: DevServer,
    folder: Path,
    variables: dict[str, str],
) -> None:
    back = Latch()  # the one answer ends after the return, the other before it
    answer = Paced(seconds=2 * seconds + 2, latch=back)
    watching, longer = await start_starter(
        folder, variables, "an answer beyond", given.by_prompt, answer
    )
    client = server.clients["default"]
    shorter = await start_run(
        client, "an answer meanwhile", given.by_prompt, Paced(seconds=seconds)
    )
    await until(lambda: min(paid(given.llm, run).sent for run in (longer, shorter)) > 0.15)
    server.program.kill()
    await asyncio.sleep(seconds)
    await until(lambda: any(request.finished for request in paid(given.llm, shorter).requests))
    await server.start()
    returned_at = time.time()
    back.set()

    for run, where in (longer, "still coming"), (shorter, "complete"):
        cost = await given.check(run)
        given.matrix.add(
            "Temporal server, kill -9 in mid-answer",
            f"back after {seconds} s, with the answer {where}",
            f"{cost}, report made {run.ended_at - returned_at:.1f} s after the return",
        )
    assert await watching.ends() == 0
    if seconds == LATE:  # a short outage passes unnoticed
        assert "Temporal does not answer. The run is safe there; waiting" in watching.stderr
    assert f"Result: {longer.result}" in watching.stdout


async def starter_killed(given: Surroundings) -> None:
    folder = given.evidence / "starter"
    variables = settings(given.server.address, "starter", folder, given.llm)
    async with Workers(folder, variables) as workers:
        await workers.start()
        killed, run = await start_starter(
            folder, variables, "a starter that is killed", given.by_prompt, Paced(seconds=5)
        )
        await until(lambda: paid(given.llm, run).sent > 0.3)
        killed.signal(signal.SIGKILL)
        await killed.ends()
        again = starter(folder, variables, "--attach", run.handle.id)
        assert await again.ends() == 0, again.stderr
        cost = await given.check(run)
    assert f"Result: {run.result}" in again.stdout
    assert len(paid(given.llm, run).requests) == 1
    observed = f"{cost}; `--attach` joins the run and prints its result"
    given.matrix.add("`starter.py`, kill -9 in mid-answer", "with a worker", observed)


async def local_killed(given: Surroundings) -> None:
    """`--local` is killed together with its worker, and its Temporal server ends too."""
    folder = given.evidence / "local"
    address = f"127.0.0.1:{free_port(neighbour=1000)}"  # the Web UI is 1000 above it
    variables = settings(address, "default", folder, given.llm)
    gone, local = Latch(), ("--local",)
    killed, run = await start_starter(
        folder, variables, "--local", given.by_prompt, Paced(seconds=8, latch=gone), options=local
    )
    await until(lambda: paid(given.llm, run).sent > 0.5)
    killed.signal(signal.SIGKILL)
    await killed.ends()
    gone.set()
    await until(lambda: not processes(str(folder)), what="the end of its dev server")

    again_at = time.monotonic()
    again = starter(folder, variables, "--local", "--attach", run.handle.id)
    await until(lambda: len(paid(given.llm, run).requests) == 2, what="resumed work")
    resumed_in = time.monotonic() - again_at
    assert await again.ends() == 0, again.stderr
    assert not processes(str(folder))
    # Its Event History is read from the file that is left.
    async with dev_server(folder / "reports", database=".temporal.db") as server:
        run.handle = server.clients["default"].get_workflow_handle(run.handle.id)
        cost = await given.check(run)
    assert f"Result: {run.result}" in again.stdout
    observed = f"{cost}; its server ends with it; `--local --attach` resumes in {resumed_in:.1f} s"
    given.matrix.add("`starter.py`, kill -9 in mid-answer", "`--local`", observed)


async def suspended(given: Surroundings) -> None:
    """A lone worker is suspended, by SIGSTOP as by a laptop's lid, and woken."""
    folder = given.evidence / "suspended"
    variables = settings(given.server.address, "suspended", folder, given.llm)
    client = given.server.clients["suspended"]
    async with Workers(folder, variables) as workers:
        worker = await workers.start()
        await (await start_run(client, "an answer before", given.by_prompt)).ends()
        longer = await start_run(
            client, "an answer beyond", given.by_prompt, Paced(seconds=SUSPENDED + 10)
        )
        shorter = await start_run(client, "an answer meanwhile", given.by_prompt, Paced(seconds=8))
        await until(lambda: paid(given.llm, shorter).sent > 0.3)
        worker.signal(signal.SIGSTOP)
        await asyncio.sleep(SUSPENDED)
        woken_at = time.time()
        worker.signal(signal.SIGCONT)
        for run, where in (longer, "still coming"), (shorter, "complete"):
            cost = await given.check(run)
            given.matrix.add(
                f"Worker, suspended for {SUSPENDED} s",
                f"alone, with the answer {where} when it is woken",
                f"{cost}, report made {run.ended_at - woken_at:.1f} s after",
            )


async def two_workers(given: Surroundings) -> None:
    """Of two workers one is suspended, and its work done by the other before it is woken; then
    one is killed."""
    folder = given.evidence / "two-workers"
    variables = settings(given.server.address, "two-workers", folder, given.llm)
    client = given.server.clients["two-workers"]

    async def eight_runs(where: str, broken: Latch | None = None) -> list[Run]:
        """Eight or more, so that each worker has some; with a latch none ends before it is set."""
        runs: list[Run] = []

        async def busy() -> int:
            """The number of workers that write."""
            activities = [await run.pending() for run in runs]
            return len({each.last_worker_identity for each in activities if each})

        while len(runs) < 8 or (broken and await busy() < 2):
            answer = Paced(seconds=8, latch=broken)
            runs.append(await start_run(client, where, given.by_prompt, answer))
            if len(runs) >= 8:
                await until(lambda: min(paid(given.llm, run).sent for run in runs) > 0.3)
        return runs

    async def taken_over(
        runs: list[Run], broken_at: float, within: float, generated_twice: float = 0.10
    ) -> str:
        for run in runs:
            await given.check(run, generated_twice)
        moved = [run for run in runs if len(paid(given.llm, run).requests) > 1]
        assert 0 < len(moved) < len(runs)  # either worker had some
        took = [run.attempt_after(broken_at) - broken_at for run in moved]
        assert max(took) < within * overload()
        twice = max(paid(given.llm, run).twice for run in moved)
        return (
            f"the other takes over {len(moved)} of {len(runs)} runs in {in_seconds(took)};"
            f" at most {twice:.1%} generated twice"
        )

    async with Workers(folder, variables) as workers:
        one, _ = await asyncio.gather(workers.start(), workers.start())
        await asyncio.gather(*(run.ends() for run in await eight_runs("two workers")))
        broken = Latch()
        runs = await eight_runs("two workers, one suspended", broken)
        one.signal(signal.SIGSTOP)
        stopped_at = time.time()
        broken.set()
        # Nobody hangs up for a suspended worker: its model writes on, into the network's buffers,
        # and Temporal may hand it an attempt or two more, which it misses as well.
        observed = await taken_over(runs, stopped_at, within=60, generated_twice=1.0)
        given.matrix.add("Two workers", f"one suspended for {ASLEEP} s", observed)
        await asyncio.sleep(max(0, stopped_at + ASLEEP - time.time()))
        one.signal(signal.SIGCONT)

        broken = Latch()
        runs = await eight_runs("two workers, one killed", broken)
        one.signal(signal.SIGKILL)
        killed_at = time.time()
        broken.set()
        observed = await taken_over(runs, killed_at, within=15)
        given.matrix.add("Two workers", "one killed in mid-answer", observed)


Scenario = Callable[[Surroundings], Coroutine[Any, Any, None]]
SCENARIOS: list[Scenario] = [
    temporal_killed,
    starter_killed,
    local_killed,
    suspended,
    two_workers,
]


@pytest.fixture(scope="module")
async def under_way(
    fault_server: DevServer, evidence: Path, matrix: Matrix
) -> AsyncIterator[dict[Scenario, asyncio.Task[None]]]:
    with llm_by_prompt() as (llm, by_prompt):
        given = Surroundings(evidence, fault_server, llm, by_prompt, matrix)
        tasks = {scenario: asyncio.create_task(scenario(given)) for scenario in SCENARIOS}
        yield tasks
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_scenario(under_way: dict[Scenario, asyncio.Task[None]], scenario: Scenario) -> None:
    await under_way[scenario]
