"""Standard input, output and error as whoever starts a program has left them: closed, or full."""

import contextlib
import io
import os
import sys


def prepare_streams() -> None:
    """Have a stream where one was closed, and print what an encoding lacks as `?`.

    Services and scripts close streams (`<&-`). Python has none then, and the next file that is
    opened would get what is printed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  it stays open
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # nothing is lost over a character


def announce(line: str, error: bool = False) -> None:
    """Print a line, if somebody reads it: the disk may be full, or the reader gone."""
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr if error else sys.stdout, flush=True)
