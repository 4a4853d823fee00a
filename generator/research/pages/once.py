"""Several sections may want the same at once: one of them fetches it, the others wait for that."""

import contextlib
import threading
from collections.abc import Hashable, Iterator

from generator.research.pages.guard import SLICE, Limit


class Turns:
    """Lets one thread at a time work on what has a name."""

    def __init__(self) -> None:
        self._taken: set[Hashable] = set()
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def of(self, name: Hashable, limit: Limit) -> Iterator[None]:
        """Wait for one's turn.

        Raises:
            TooSlow, Stopped: see `Limit`.
        """
        with self._changed:
            while name in self._taken:
                self._changed.wait(min(SLICE, limit.left()))
            self._taken.add(name)
        try:
            yield
        finally:
            with self._changed:
                self._taken.discard(name)
                self._changed.notify_all()
