"""Python's garbage collector, kept from walking what is all in use.

A document of 300 pages is a million objects until its last page is drawn, LiteLLM is 300,000 for
good. To walk them again and again is a quarter of the time, and none of them is garbage.
"""

import contextlib
import gc
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_paused = 0  # by so many threads


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Collect nothing within the block; the last of several threads to leave it starts it again."""
    global _paused
    with _lock:
        _paused += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if not _paused:
                gc.enable()
