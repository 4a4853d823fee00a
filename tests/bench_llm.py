"""What an answer costs the worker: `uv run tests/bench.py llm --against DIR --baseline DIR`.

DIR is a checkout of the commit to compare with, and the tutorial's program. Everything is a process
of its own, and what counts is CPU time, which a busy machine changes less than the clock.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

ROOT, API_KEY = Path(__file__).parents[1], "test-key-0123456789abcdef"
WORDS = [f"word{n}" for n in range(15)]
AT_ONCE, CHUNKS = 60, 200
BARS = {  # at most so many times the other program's
    "CPU a chunk, 60 answers in bursts": 0.25,
    "CPU a chunk, 4 answers at 200 tokens/s": 0.40,
    "worker CPU a report, 60 at once in bursts": 0.60,
    "worker CPU a report, 60 at once at 20 ms a chunk": 0.70,
    "overhead of one report, one at a time": 1.0,
    "worker memory after 60 reports": 1.0,
}


def bench_llm(arguments: argparse.Namespace) -> None:
    other, baseline = arguments.against, arguments.baseline
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    if other:
        for name, answers, chunks, delay in (
            ("CPU a chunk, 60 answers in bursts", AT_ONCE, CHUNKS, 0.0),
            ("CPU a chunk, 4 answers at 200 tokens/s", 4, 1000, 0.005),
        ):
            with model_server(chunks, delay) as base:
                both = [cpu_a_chunk(where, base, answers, chunks) for where in (ROOT, other)]
            tell(name, both, "us")
        for name, delay in (("bursts", 0.0), ("20 ms a chunk", 0.02)):
            name = f"worker CPU a report, 60 at once {'at' if delay else 'in'} {name}"
            found = [measure_worker(Path(where), delay, 0) for where in (ROOT, other)]
            tell(name, [each.cpu for each in found], "ms")
    if baseline:
        found = [measure_worker(Path(where), 0.0, 15) for where in (ROOT, baseline)]
        tell("overhead of one report, one at a time", [each.alone for each in found], "ms")
        tell("worker memory after 60 reports", [each.memory for each in found], "MB")


def tell(name: str, both: list[float], unit: str) -> None:
    ratio = both[0] / both[1]
    verdict = "" if ratio <= BARS[name] else "   OVER"
    print(
        f"{name:50} {both[0]:8.1f} {both[1]:8.1f} {unit}  {ratio:5.2f} x, at most"
        f" {BARS[name]:.2f}{verdict}",
        flush=True,
    )


# ---- a model that streams, as quickly as it can be


@contextmanager
def model_server(chunks: int, delay: float) -> Iterator[str]:
    command = [sys.executable, __file__, "server", str(chunks), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        finally:
            server.kill()


async def serve(chunks: int, delay: float) -> None:
    """Answer each request with the same report of so many chunks, one a token."""
    words = [f"{WORDS[n % len(WORDS)]} " if n % 40 else f"\n\n## {n}\n\n" for n in range(chunks)]
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    usage = {"prompt_tokens": 20, "completion_tokens": chunks, "total_tokens": chunks + 20}
    choice = {"index": 0, "delta": {}, "finish_reason": None}
    events = [chunk | {"choices": [choice | {"delta": {"content": word}}]} for word in words]
    events += [chunk | {"choices": [choice | {"finish_reason": "stop"}]}]
    events += [chunk | {"choices": [], "usage": usage}]
    sent = [f"data: {json.dumps(event)}\n\n".encode() for event in events] + [b"data: [DONE]\n\n"]
    message = {"role": "assistant", "content": "".join(words)}
    whole = json.dumps(
        chunk
        | {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": usage,
        }
    ).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode().lower():
                size = int(head.partition("content-length:")[2].split()[0])
                streamed = json.loads(await reader.readexactly(size)).get("stream")
                kind = "text/event-stream" if streamed else "application/json"
                writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n".encode())
                if not streamed:
                    writer.write(b"content-length: %d\r\n\r\n%b" % (len(whole), whole))
                    continue
                writer.write(b"transfer-encoding: chunked\r\n\r\n")
                for part in sent if delay else [b"".join(sent)]:
                    writer.write(b"%x\r\n%b\r\n" % (len(part), part))
                    await writer.drain()
                    if delay:
                        await asyncio.sleep(delay)
                writer.write(b"0\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# ---- asking, without Temporal


def cpu_a_chunk(program: Path | str, base: str, answers: int, chunks: int) -> float:
    """Microseconds; the best of three processes."""
    environment = {
        **os.environ,
        "PYTHON_DOTENV_DISABLED": "1",
        "LLM_MODEL": "openai/gpt-4o",
        "LLM_API_KEY": API_KEY,
        "LLM_API_BASE": base,
    }
    command = [sys.executable, __file__, "child", str(program), str(answers)]
    runs = [float(subprocess.check_output(command, env=environment)) for _ in range(3)]
    return min(runs) / answers / chunks * 1e6


def child(program: str, answers: int) -> None:
    """Print the seconds of CPU that so many answers at once take in a program of ours."""
    sys.path.insert(0, program)
    from generator.llm import Answer, write_answer
    from models import LLMCallInput

    def ask(number: int) -> None:
        write_answer(LLMCallInput(f"Topic {number}"), Answer())

    with ThreadPoolExecutor(answers) as pool:
        list(pool.map(ask, range(2)))
        started = time.process_time()
        list(pool.map(ask, range(answers)))
        print(time.process_time() - started, flush=True)
    os._exit(0)


# ---- whole workers


def measure_worker(program: Path, delay: float, alone: int) -> SimpleNamespace:
    with tempfile.TemporaryDirectory() as scratch, model_server(CHUNKS, delay) as base:
        return asyncio.run(run_reports(program, base, alone, Path(scratch)))


async def run_reports(program: Path, base: str, alone: int, scratch: Path) -> SimpleNamespace:
    """Have a worker make reports; tell its CPU a report (ms), its memory (MB), and what a report
    takes alone (ms)."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]  # `support` empties this process's environment
    from load import Worker, baseline_with_email
    from support.temporal import DevServer

    server = DevServer(scratch, database="", options=())
    await server.start()
    if not (program / "generator").is_dir():
        program = baseline_with_email(program, scratch / "baseline", server.address)
    settings = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "TEMPORAL_ADDRESS": server.address,
        "REPORTS_DIR": str(scratch / "reports"),
        "LLM_MODEL": "openai/test-model",
        "LLM_API_KEY": API_KEY,
        "LLM_API_BASE": base,
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_BASE_URL": base,
        "OPENAI_API_BASE": base,
    }
    worker = Worker(program, scratch, settings)

    async def make() -> float:
        started = time.perf_counter()
        await server.client.execute_workflow(
            "GenerateReportWorkflow",
            {"prompt": f"Topic {uuid.uuid4()}"},
            id=f"bench-{uuid.uuid4()}",
            task_queue="research",
        )
        return (time.perf_counter() - started) * 1000

    with server.program:
        worker.start()
        try:
            for _ in range(3):
                await make()
            before = worker.cpu
            took = [await make() for _ in range(alone)]
            if not alone:
                await asyncio.gather(*[make() for _ in range(AT_ONCE)])
            cpu = (worker.cpu - before) * 1000 / AT_ONCE
            if alone:
                await asyncio.gather(*[make() for _ in range(AT_ONCE)])
            worker.sample()
        finally:
            worker.kill()
    return SimpleNamespace(
        cpu=cpu, memory=worker.memory[-1], alone=statistics.median(took) if took else 0.0
    )


if __name__ == "__main__":
    if sys.argv[1] == "server":
        asyncio.run(serve(int(sys.argv[2]), float(sys.argv[3])))
    else:
        child(sys.argv[2], int(sys.argv[3]))
