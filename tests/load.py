"""Load: many runs at once, workers that die, and where a report's time goes; it judges nothing.

uv run tests/load.py --runs 200 --workers 2 --kill-every 10 --delay 0.1

Every program is measured from outside, as processes: a Temporal dev server, an LLM server, workers.
The baseline is a folder with the tutorial's program; it is copied, given the mail step that it
lacks, and pointed at the same servers.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))  # `support` stands on the program
from support import llm_server
from support.programs import Program
from support.settings import API_KEY, ROOT
from support.temporal import DevServer
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from generator.local import DEV_SERVER_OPTIONS

BASELINE_EMAIL = """

@activity.defn
def send_email() -> str:
    return "Email sent"
"""


@dataclass
class Worker:
    """A worker process that can be killed and started again; adds up what it has used."""

    folder: Path  # of the program
    scratch: Path
    environment: dict[str, str]
    cpu_before: float = 0.0
    memory: list[int] = field(default_factory=list)  # MB, as sampled

    def start(self) -> None:
        command = [sys.executable, str(self.folder / "worker.py")]
        self.running = Program(self.scratch, *command, **self.environment)

    def sample(self) -> None:
        with contextlib.suppress(OSError, StopIteration):
            path = Path(f"/proc/{self.running.process.pid}/status")
            resident = next(x for x in path.read_text().splitlines() if x.startswith("VmRSS"))
            self.memory.append(int(resident.split()[1]) // 1024)

    @property
    def cpu(self) -> float:
        """Seconds of CPU, all lives together."""
        with contextlib.suppress(OSError, IndexError):
            path = Path(f"/proc/{self.running.process.pid}/stat")
            fields = path.read_text().rpartition(")")[2].split()
            ticks = int(fields[11]) + int(fields[12])
            return self.cpu_before + ticks / os.sysconf("SC_CLK_TCK")
        return self.cpu_before

    def kill(self) -> None:
        self.cpu_before = self.cpu
        self.running.kill()


def baseline_with_email(source: Path, copy: Path, address: str) -> Path:
    """Copy the tutorial's program, connect it to `address`, and give it the step it lacks."""
    shutil.copytree(source, copy)
    copy.chmod(0o755)
    edits = {
        "worker.py": [
            ("localhost:7233", address),
            ("import create_pdf, llm_call", "import create_pdf, llm_call, send_email"),
            ("[llm_call, create_pdf]", "[llm_call, create_pdf, send_email]"),
        ],
        "workflow.py": [
            ("import create_pdf, llm_call", "import create_pdf, llm_call, send_email"),
            (
                "        return f",
                "        await workflow.execute_activity(send_email,"
                " start_to_close_timeout=timedelta(seconds=20))\n        return f",
            ),
        ],
        "activities.py": [],
    }
    for name, replacements in edits.items():
        path = copy / name
        path.chmod(0o644)
        text = path.read_text()
        for old, new in replacements:
            if old not in text:
                raise SystemExit(f"{name} of the baseline is not as expected: {old!r} is missing")
            text = text.replace(old, new)
        path.write_text(text + (BASELINE_EMAIL if name == "activities.py" else ""))
    return copy


@dataclass
class Run:
    """What a run's Event History says of it."""

    prompt: str
    seconds: float  # from start to close
    recorded_at: float  # when the answer was recorded, in Unix time


async def one_run(client: Client, prompt: str) -> Run | None:
    """Start a run and see it through; None if it is lost."""
    handle = await client.start_workflow(
        "GenerateReportWorkflow",
        {"prompt": prompt},
        id=f"load-{uuid.uuid4()}",
        task_queue="research",
    )
    while True:
        try:
            await handle.result()
            break
        except RPCError as error:  # the server lets only so many clients wait at a time
            if error.status != RPCStatusCode.RESOURCE_EXHAUSTED:
                raise
            await asyncio.sleep(1)
        except WorkflowFailureError as error:
            print(f"lost: {prompt}: {error.cause}", file=sys.stderr)
            return None
    events = (await handle.fetch_history()).events
    times = [event.event_time.ToNanoseconds() / 1e9 for event in events]
    recorded = [
        time
        for event, time in zip(events, times, strict=True)
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
    ]
    return Run(prompt, seconds=times[-1] - times[0], recorded_at=recorded[0])


async def load(
    client: Client, workers: list[Worker], options: argparse.Namespace, llm: str
) -> dict[str, float]:
    """Run it and return the figures."""
    stop = asyncio.Event()

    async def sample() -> None:
        while not stop.is_set():
            for worker in workers:
                worker.sample()
            await asyncio.sleep(0.5)

    async def kill() -> None:
        turn = 0
        while options.kill_every:
            await asyncio.sleep(options.kill_every)
            worker = workers[turn % len(workers)]
            worker.kill()
            worker.start()
            turn += 1
            print(f"  killed worker {turn}", file=sys.stderr)

    print("  warming up", file=sys.stderr)
    await asyncio.gather(*[one_run(client, f"warm-up {uuid.uuid4()}") for _ in range(5)])
    alone = [await one_run(client, f"alone {uuid.uuid4()}") for _ in range(options.alone)]
    before, stats = [worker.cpu for worker in workers], httpx.get(f"{llm}/stats").json()
    helpers = [asyncio.create_task(sample()), asyncio.create_task(kill())]
    started = time.monotonic()
    prompts = [f"Topic {number} {uuid.uuid4()}" for number in range(options.runs)]
    places = asyncio.Semaphore(options.at_once or options.runs)

    async def in_turn(prompt: str) -> Run | None:
        async with places:
            return await one_run(client, prompt)

    runs = await asyncio.gather(*map(in_turn, prompts))
    elapsed = time.monotonic() - started
    stop.set()
    for helper in helpers:
        helper.cancel()
    now = httpx.get(f"{llm}/stats").json()
    chunks = -(-options.chars // options.chunk)
    llm_time = options.latency + chunks * options.delay
    completed = [run for run in runs if run]
    overheads = sorted((run.seconds - llm_time) * 1000 for run in completed)
    alone_ms = sorted((run.seconds - llm_time) * 1000 for run in alone if run)
    asked = now["prompts"]
    cpu = sum(worker.cpu for worker in workers) - sum(before)
    memory = [worker.memory for worker in workers if worker.memory]
    return {
        "runs started": len(runs),
        "runs completed": len(completed),
        "runs lost": len(runs) - len(completed),
        "LLM requests": now["requests"] - stats["requests"],
        "recorded answers asked for again": sum(
            asked[run.prompt]["asked_at"] > run.recorded_at for run in completed
        ),
        # The LLM had sent the last word, and the worker was killed before it had recorded it.
        "answers killed in their last words": sum(
            max(0, asked[run.prompt]["finished"] - 1) for run in completed
        ),
        "text generated, % of the answers": 100
        * sum(asked[run.prompt]["sent"] for run in completed)
        / max(1, len(completed) * options.chars),
        "reports a second": len(overheads) / elapsed,
        "one at a time: overhead p50, ms": statistics.median(alone_ms) if alone_ms else 0,
        "all at once: time beyond the LLM p50, ms": overheads[len(overheads) // 2],
        "all at once: time beyond the LLM p99, ms": overheads[int(len(overheads) * 0.99) - 1],
        "worker CPU a report, ms": 1000 * cpu / max(1, len(overheads)),
        "worker memory after a tenth, MB": max(m[len(m) // 10] for m in memory),
        "worker memory at the end, MB": max(m[-1] for m in memory),
    }


async def measure(folder: Path, options: argparse.Namespace, scratch: Path) -> dict[str, float]:
    print(f"{folder.name}: {options.runs} runs, {options.workers} workers", file=sys.stderr)
    llm_options = [
        f"--{option}={getattr(options, option)}"
        for option in ("latency", "chars", "chunk", "delay")
    ]
    with Program(scratch, sys.executable, llm_server.__file__, *llm_options) as llm:
        base_url = (await llm.says(r"^http://\S+"))[0]
        server = DevServer(
            scratch,
            database="temporal.db" if options.server == "local" else "",
            options=DEV_SERVER_OPTIONS if options.server == "local" else (),
        )
        await server.start()
        if folder != ROOT:
            folder = baseline_with_email(folder, scratch / "baseline", server.address)
        environment = {
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "TEMPORAL_ADDRESS": server.address,
            "REPORTS_DIR": str(scratch / "reports"),
            "LLM_MODEL": "openai/test-model",
            "LLM_API_KEY": API_KEY,
            "LLM_API_BASE": base_url,
            "OPENAI_API_KEY": API_KEY,
            "OPENAI_BASE_URL": base_url,
            "OPENAI_API_BASE": base_url,
        }
        workers = [Worker(folder, scratch, environment) for _ in range(options.workers)]
        with server.program:
            for worker in workers:
                worker.start()
            try:
                return await load(server.client, workers, options, base_url.removesuffix("/v1"))
            finally:
                for worker in workers:
                    worker.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=0, help="how many of them; 0: all")
    parser.add_argument("--alone", type=int, default=20, help="runs one at a time, before them")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kill-every", type=float, default=0, help="seconds; 0 kills none")
    parser.add_argument("--latency", type=float, default=0, help="seconds before an answer begins")
    parser.add_argument("--chars", type=int, default=4000, help="length of an answer")
    parser.add_argument("--chunk", type=int, default=40, help="characters in a chunk")
    parser.add_argument("--delay", type=float, default=0, help="seconds between chunks")
    parser.add_argument("--server", choices=("stock", "local"), default="stock")
    parser.add_argument("--baseline", type=Path, help="the tutorial's program, for comparison")
    options = parser.parse_args()
    columns = []
    for folder in [ROOT, options.baseline]:
        if folder:
            with tempfile.TemporaryDirectory() as scratch:
                columns.append(asyncio.run(measure(folder.resolve(), options, Path(scratch))))
    for name, value in columns[0].items():
        line = f"{name:44}{value:12,.1f}"
        if len(columns) > 1:
            other = columns[1][name]
            line += f"{other:12,.1f}" + (f"   ratio {value / other:.2f}" if other else "")
        print(line)


if __name__ == "__main__":
    main()
