"""Ctrl-C and its like: the first ends a process in good order, the second at once; and threads
that do not stand in the way of either."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

# The hang-up of a terminal or a connection is not known to Windows.
STOP_SIGNALS = [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]


def stop_at_once() -> None:
    """From now on a signal ends the process: there is nothing yet to be left in good order."""

    def end(number: int, frame: FrameType | None) -> None:
        os._exit(128 + number)

    for number in STOP_SIGNALS:
        signal.signal(number, end)


def stop_by(stop: Callable[[int], object]) -> None:
    """From now on the first signal calls `stop` in the running event loop, with its number."""
    loop = asyncio.get_running_loop()

    def call(number: int, frame: FrameType | None) -> None:
        stop_at_once()
        loop.call_soon_threadsafe(stop, number)

    for number in STOP_SIGNALS:
        signal.signal(number, call)


async def in_thread(work: Callable[[], T]) -> T:
    """Do this beside the event loop, and return what it gives or raise what it raises.

    Unlike asyncio's own threads, this one is left alone when the process ends.
    """
    outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if not outcome.done():
            outcome.set_exception(error) if error else outcome.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as failure:
            error = failure
        with contextlib.suppress(RuntimeError):  # the loop is closed
            outcome.get_loop().call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True).start()
    return await outcome
