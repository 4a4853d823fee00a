"""Processes: `worker.py`, `starter.py` and others, and waiting for what they do."""

import asyncio
import contextlib
import inspect
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar, overload

from support.settings import ROOT, SCRIPTS

T = TypeVar("T")


@overload
async def until(
    condition: Callable[[], Awaitable[T | None]],
    timeout: float = 120,
    what: str = "",
    pause: float = 0.02,
) -> T: ...
@overload
async def until(
    condition: Callable[[], T | None], timeout: float = 120, what: str = "", pause: float = 0.02
) -> T: ...
async def until(
    condition: Callable[[], Any], timeout: float = 120, what: str = "", pause: float = 0.02
) -> Any:
    """Wait until the condition, a function or coroutine function, gives something true."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {timeout} s: {what or condition}"
        await asyncio.sleep(pause)


def tcp_answers(port: int) -> bool:
    """Does somebody listen there?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port(neighbour: int = 0) -> int:
    """A port that nobody listens on; with `neighbour`, neither so many above it."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                other.bind(("127.0.0.1", port + neighbour if neighbour else 0))
                return port


def processes(text: str) -> list[str]:
    """The running processes with this text in their command line."""
    listing = subprocess.run(["ps", "-axwwo", "pid=,args="], capture_output=True, text=True)
    return [line for line in listing.stdout.splitlines() if text in line]


def catches(pid: int, number: int) -> bool:
    """Whether a process has a handler of its own for a signal, by proc(5) where there is one."""
    status = Path(f"/proc/{pid}/status")
    caught = re.search(r"SigCgt:\s*(\w+)", status.read_text()) if status.exists() else None
    return not caught or bool(int(caught[1], 16) >> (number - 1) & 1)


def environment(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    """The environment of a program: these settings, and nothing of a developer's own."""
    return {
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "PYTHON_DOTENV_DISABLED": "1",
    } | settings


def command_line(command: tuple[str, ...]) -> list[str]:
    """A command; a name that ends in .py is a program of ours."""
    ours = command[0].endswith(".py")
    return [sys.executable, str(ROOT / command[0]), *command[1:]] if ours else [*command]


class Program:
    """A process in a folder, an environment and a session of its own; its output is in files."""

    started: ClassVar[list["Program"]] = []

    # `stdin` may be bytes, which need be no text.
    def __init__(
        self, folder: Path, *command: str, stdin: str | bytes = "", **settings: str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.command = command_line(command)
        name = "-".join(Path(word).stem for word in self.command[:2])[:50]
        name = f"{name}-{uuid.uuid4().hex[:8]}"
        self.files = folder / f"{name}.out.log", folder / f"{name}.err.log"
        typed = folder / f"{name}.in"
        typed.write_bytes(stdin if isinstance(stdin, bytes) else stdin.encode())
        with (
            typed.open("rb") as given,
            self.files[0].open("wb") as out,
            self.files[1].open("wb") as err,
        ):
            self.process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=environment(folder, settings),
                stdin=given,
                stdout=out,
                stderr=err,
                # Not in the group of pytest: a Ctrl-C there is for pytest.
                start_new_session=True,
            )
        Program.started.append(self)

    @property
    def stdout(self) -> str:
        return self.files[0].read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self.files[1].read_text(errors="replace")

    def __repr__(self) -> str:
        return f"{self.command} gave {self.process.poll()}\n{self.stdout}\n{self.stderr}"

    async def says(self, pattern: str, timeout: float = 120) -> re.Match[str]:
        """Wait until the pattern is in what it has printed."""
        deadline = time.monotonic() + timeout
        while True:
            ended = self.process.poll() is not None
            if match := re.search(pattern, f"{self.stdout}\n{self.stderr}", re.MULTILINE):
                return match
            assert not ended and time.monotonic() < deadline, f"no {pattern!r}: {self!r}"
            await asyncio.sleep(0.02)

    async def ends(self, timeout: float = 120) -> int:
        """Wait for its end and return its exit code."""
        await until(lambda: self.process.poll() is not None, timeout, f"the end of {self!r}")
        return self.process.returncode

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def stop(self, timeout: float = 40) -> None:
        """End it in good order, or by force."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                await self.ends(timeout)
            finally:
                self.kill()

    def kill(self) -> None:
        self.process.kill()  # it alone; does nothing if it has ended
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
