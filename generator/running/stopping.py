"""Ctrl-C and its like: the first ends a process in good order, the second at once.

The first import of each program: it brings little, so that hardly any moment is before it.
"""

import os
import signal
from collections.abc import Callable
from types import FrameType

# The hang-up of a terminal, and its Ctrl-\, are not known to Windows.
STOP_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if hasattr(signal, name)
]


def stop_at_once() -> None:
    """From now on a signal ends the process: there is nothing yet to be left in good order."""

    def end(number: int, frame: FrameType | None) -> None:
        os._exit(128 + number)

    for number in STOP_SIGNALS:
        signal.signal(number, end)


def stop_by(stop: Callable[[int], object]) -> None:
    """From now on the first signal calls `stop` in the running event loop, with its number."""
    import asyncio

    loop = asyncio.get_running_loop()

    def call(number: int, frame: FrameType | None) -> None:
        stop_at_once()
        loop.call_soon_threadsafe(stop, number)

    for number in STOP_SIGNALS:
        signal.signal(number, call)
