"""Make the pictures of the terminal anew, from real runs of the demo. Needs tmux.

uv run tests/terminal_pictures.py
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTH = 100


class Screen:
    """A terminal of tmux's, with a shell in a folder where nothing is yet."""

    def __init__(self, folder: str, height: int) -> None:
        # As if the program were there; its files would be seen by their whole paths otherwise.
        profile = Path(folder, "profile")
        profile.write_text(f'uv() {{ shift; "{sys.executable}" "{ROOT}/$@"; }}\nPS1="$ "\n')
        self.tmux = ["tmux", "-S", f"{folder}/tmux", "-f", "/dev/null"]
        settings = {
            "TEMPORAL_ADDRESS": "localhost:7300",  # not where a developer's own server is
            "TERM": "xterm-256color",
        }
        size = ["-x", str(WIDTH), "-y", str(height)]
        shell = ["env", *(f"{name}={value}" for name, value in settings.items())]
        shell += ["bash", "--rcfile", str(profile)]
        self("new-session", "-d", "-c", folder, *size, *shell)

    def __call__(self, *command: str) -> str:
        environment = os.environ | {"PYTHON_DOTENV_DISABLED": "1"}
        done = subprocess.run(
            [*self.tmux, *command], env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def enters(self, line: str) -> None:
        self("send-keys", line, "Enter")

    def shows(self, pattern: str) -> str:
        """Wait until this is to be seen, and return the screen with its colours."""
        for _ in range(600):
            if re.search(pattern, self("capture-pane", "-p"), re.DOTALL):
                return self("capture-pane", "-e", "-p").rstrip()
            time.sleep(0.1)
        raise TimeoutError(f"no {pattern!r} in {self('capture-pane', '-p')}")


def save(screen: str, name: str, title: str) -> None:
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen))
    console.save_svg(str(PICTURES / name), title=title)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        screen = Screen(folder, height=40)
        try:
            screen.enters("clear")
            screen.enters("uv run starter.py --demo --deep 'Why are tardigrades so tough?'")
            save(screen.shows("(▸.*){4}written"), "terminal.svg", "A run")
            save(screen.shows("Web UI ends"), "terminal-end.svg", "The end of a run")
            screen.enters("clear")
            screen.enters("uv run starter.py --demo --review 'Why are tardigrades so tough?'")
            screen.shows(r"\[q\]uit")
            screen.enters("e")
            screen.shows("different")
            screen.enters("Say more about moss.")
            screen.shows(r"asked to change.*\[q\]uit")
            screen.enters("d")
            save(screen.shows(r"\{\+.*\[q\]uit"), "review.svg", "A draft that waits for a decision")
            screen.enters("q")
            screen.shows("see it again")
        finally:
            screen("kill-server")


if __name__ == "__main__":
    main()
