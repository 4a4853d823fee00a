"""Somebody at a terminal: a pseudo-terminal, its keyboard and its screen."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path
from typing import Self

from support.programs import command_line, environment, until

ESCAPES = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
# The terminal must be the controlling one, or no Ctrl-C comes from it.
TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Person:
    """Somebody at a terminal who runs `starter.py`."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.raw = b""
        self._read = 0  # characters of `text` that are dealt with
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        self._before = termios.tcgetattr(self._slave)
        starter = command_line(("starter.py", *arguments))
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-c", TAKE_TERMINAL, *starter],
            cwd=folder,
            env=environment(folder, {"TERM": "xterm-256color"} | settings),
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        try:
            while data := os.read(self._master, 65536):
                self.raw += data
        except OSError:
            pass  # nobody has the terminal open any more

    @property
    def text(self) -> str:
        """All that was printed, without colours and cursor movements."""
        return re.sub(ESCAPES, "", self.raw.decode(errors="ignore")).replace("\r", "")

    async def sees(self, pattern: str, timeout: float = 60) -> re.Match[str]:
        """Wait until the pattern is in what was printed since the last one that was seen."""

        def seen() -> re.Match[str] | None:
            ended = self.process.poll() is not None
            if ended:
                self._read_the_rest()
            match = re.compile(pattern, re.DOTALL).search(self.text, self._read)
            assert match or not ended, f"no {pattern!r} in {self.text[self._read :]}"
            return match

        try:
            match = await until(seen, timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None
        self._read = match.end()
        return match

    def enters(self, line: str) -> None:
        self.types(f"{line}\n")

    def types(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    async def leaves(self) -> int:
        """Wait for the end of the program; the terminal must be as it was."""
        await until(lambda: self.process.poll() is not None)
        self._read_the_rest()
        assert self._after == self._before
        cursor = re.findall(rb"\x1b\[\?25[hl]", self.raw)
        assert not cursor or cursor[-1].endswith(b"h"), "the cursor is hidden"
        assert "Traceback" not in self.text, self.text
        return self.process.returncode

    def _read_the_rest(self) -> None:
        """Once the program has ended; the last one who closes the terminal ends the reading."""
        if self._reader.is_alive():
            self._after = termios.tcgetattr(self._slave)
            os.close(self._slave)
            self._reader.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._read_the_rest()
        os.close(self._master)
