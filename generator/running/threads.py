"""Work beside the event loop, in threads that do not stand in the way of a process's end."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


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
