"""A real model in a real server, and what breaks there: nothing of it was written for these tests.

The model is small, and not the same on every processor. So what it says is not judged: only that
what it wrote becomes the report, once, and that the report says what it lacks.
"""

import asyncio
import re
import signal
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.programs import until
from support.real_model import RealModel
from support.runs import status
from support.temporal import DevServer

from generator.failures import HELD
from generator.llm import ask
from models import TASK_QUEUE, GenerateReportInput
from workflow import GenerateReportWorkflow

from .harness import TEMPORAL_API_KEY, Run, Workers

pytestmark = [pytest.mark.real, pytest.mark.timeout(500)]
SHORT = "How do magnets work? Answer in two sentences."
LONG = "The history of the printing press, from its beginnings to our time, in many sections"


class Bench:
    """One model's server and one worker that asks it."""

    def __init__(self, server: DevServer, packages: Path, folder: Path) -> None:
        self.server, self.packages, self.folder = server, packages, folder
        self.models: list[RealModel] = []

    def model(self, **options: int | float | str) -> RealModel:
        model = RealModel(self.packages, self.folder / "model", **options)  # type: ignore[arg-type]
        self.models.append(model)
        return model

    def workers(self, model: RealModel, **settings: str) -> Workers:
        """Those of this test alone: the next one's begin when these have ended."""
        service = {
            "TEMPORAL_ADDRESS": self.server.address,
            "TEMPORAL_NAMESPACE": "real",
            "TEMPORAL_API_KEY": TEMPORAL_API_KEY,
            "TEMPORAL_TLS": "false",
            "REPORTS_DIR": str(self.folder / "reports"),
        }
        return Workers(self.folder, model.settings() | service | settings)

    async def ask(self, topic: str) -> Run:
        handle = await self.server.clients["real"].start_workflow(
            GenerateReportWorkflow.run,
            GenerateReportInput(prompt=topic),
            id=f"run-{uuid.uuid4()}",
            task_queue=TASK_QUEUE,
        )
        return Run("a real model", handle, topic, "")

    async def written(self, run: Run, characters: int) -> int:
        """Wait until the checkpoint has so much text; return how much it has."""

        async def enough() -> int:
            if not (activity := await run.pending()):
                return 0
            converter = self.server.clients["real"].data_converter
            details = await converter.decode(activity.heartbeat_details.payloads)
            return len(details[0]) if details and len(details[0]) >= characters else 0

        return await until(enough, 120, f"{characters} characters")


@pytest.fixture
async def bench(
    fault_server: DevServer, model_packages: Path, tmp_path: Path
) -> AsyncIterator[Bench]:
    bench = Bench(fault_server, model_packages, tmp_path)
    yield bench
    for model in bench.models:
        model.kill()


async def test_it_loads_and_answers(bench: Bench) -> None:
    """While it reads its weights it answers 503. It is slowed down here, so that this is seen."""
    model = bench.model(limit=400)
    async with bench.workers(model) as workers:
        await workers.start()
        run = await bench.ask(SHORT)
        refused = await until(lambda: run.failed("llm_call"))
        assert model.address in refused  # where nobody answers
        model.launch()
        loading = asyncio.ensure_future(slowed(model))
        said = await until(lambda: run.failed("llm_call", attempts=2))
        while "Loading model" not in said:
            said = await until(lambda: run.failed("llm_call"))
            assert not await run.is_over(), "it was loaded before it was asked"
        loading.cancel()
        await run.ends(200)
    assert not run.failure
    assert len(run.report) > 40 and run.pdf.is_file()


async def slowed(model: RealModel) -> None:
    """Let the server have a fiftieth of its time."""
    assert model.program
    try:
        while True:
            model.program.signal(signal.SIGSTOP)
            await asyncio.sleep(0.5)
            model.program.signal(signal.SIGCONT)
            await asyncio.sleep(0.01)
    finally:
        model.program.signal(signal.SIGCONT)


async def test_the_worker_and_the_server_are_killed(bench: Bench) -> None:
    """What was written stays, and the model is asked for the rest."""
    model = bench.model(context=1024)  # where the report ends, if it does not end by itself
    await model.start()
    async with bench.workers(model) as workers:
        worker = await workers.start()
        run = await bench.ask(LONG)
        had = await bench.written(run, 200)
        worker.signal(signal.SIGKILL)
        await workers.start()
        await until(lambda: run.running("llm_call", attempt=2))
        await asyncio.sleep(1)  # it is asked, or writes
        model.kill()

        async def noticed() -> bool:
            return bool(await run.failed("llm_call", attempts=2)) or await run.is_over()

        await until(noticed)  # the model may have ended within that second, too
        await model.start()
        await run.ends(200)
        now = await status(run.handle)
    assert not run.failure
    assert len(run.report) >= had - 100  # but for half a sentence that is written anew
    assert run.attempts["llm_call"] >= 2
    heading = run.report.split("\n")[0]
    assert len(heading) < 12 or run.report.count(heading + "\n") == 1
    assert now.estimated and now.tokens > 2 * 300  # two prompts, and the answer to one was cut


async def test_a_full_context_and_a_loop(bench: Bench) -> None:
    """Both come by themselves when nothing keeps the model from them."""
    for context, reason in ((512, ask.CONTEXT_FULL), (1280, ask.LOOPED)):
        model = bench.model(context=context, penalty=1.0)
        await model.start()
        async with bench.workers(model) as workers:
            await workers.start()
            run = await (await bench.ask("What is tea? Tell all there is to tell.")).ends(200)
        model.kill()
        assert not run.failure
        incomplete = await why_incomplete(run)
        assert incomplete == reason or (
            reason == ask.LOOPED and incomplete in ("", ask.CONTEXT_FULL)
        )
        assert len(run.report) > 80 and (incomplete in run.report)
        if incomplete == ask.LOOPED:
            sentences = re.findall(r"[^.!?\n]{20,}[.!?]", run.report)
            assert max(map(sentences.count, sentences)) < 5


async def why_incomplete(run: Run) -> str:
    """Why its report is incomplete, as its memo says: no worker is up."""
    described = await run.handle.describe()
    return str(await described.memo_value("incomplete", default=""))


async def test_a_wrong_key_is_held(bench: Bench) -> None:
    model = bench.model(key="right-key-0123456789", limit=60)
    await model.start()
    async with bench.workers(model, LLM_API_KEY="wrong-key-0123456789") as workers:
        await workers.start()
        run = await bench.ask(SHORT)
        said = await until(lambda: run.failed("llm_call"))
        activity = await run.pending()
        assert activity and activity.last_failure.application_failure_info.type == HELD
        assert "Invalid API Key. Correct LLM_API_KEY in .env" in said
        await run.handle.terminate()
