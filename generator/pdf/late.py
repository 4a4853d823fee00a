"""Regular expressions that are compiled when they are first used.

One with the ranges of Chinese takes milliseconds, and together they were a third of the first page
of a process, which seldom has any use for them.
"""

import re
from typing import Any, cast


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` returns, later."""
    return cast(re.Pattern[str], _Late(pattern, flags))


class _Late:
    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """The methods of the pattern become this object's own, so this is asked once for each."""
        found = getattr(re.compile(self._pattern, self._flags), name)
        setattr(self, name, found)
        return found
