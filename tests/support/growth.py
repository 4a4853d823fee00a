"""Whether a function's time grows with the square of its text: judged by growth, not by time."""

import time
from collections.abc import Callable

from generator.collector import collector_paused

SIGNS = [
    *"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ 1aA\n\t",
    *(
        "【",
        "】",
        "［",
        "⟦",
        "「",
        "«",
        "„",
        "“",
        "…",
        "–",
        "†",
        "¹",
        "₁",
        "字",
        "é",
        "\u200b",
        "\ue200",
    ),
    *(" \n", "\n ", "\n\n", "\n    ", "  ", "- ", "\n- ", "\n> ", "\n1. ", "**", "``", "$$", "\\("),
]
AROUND = [("x", "y [1]"), ("[", "]"), ("https://a.org/", ")")]  # a repeat alone ends at once


def seconds(function: Callable[..., object], *arguments: object) -> float:
    """Return the CPU time of a call, without that of other threads and of the garbage collector: it
    walks what other tests have made, too, now and then."""
    with collector_paused():
        began = time.thread_time()
        function(*arguments)
        return time.thread_time() - began


def in_proportion(
    measure: Callable[[int], float], length: int, times: int, most: float, spare: float
) -> bool:
    """Tell whether so many `times` the length take less than `most` times the seconds, and some to
    spare. A machine slows for a moment now and then: three in a row must say that they do not."""
    return any(measure(length * times) < most * measure(length) + spare for _ in range(3))


def grows_with_the_square(function: Callable[[str], object], part: str, length: int) -> str:
    """Return the repeat that takes 24 times as long when it is eight times as long, "" if none.

    A square would take 64 times as long. A machine under load makes one measurement mean little:
    three in a row must say so.
    """
    for before, after in AROUND:
        short, long = (
            before + (part * (size // len(part) + 1))[:size] + after
            for size in (length // 8, length)
        )
        for attempt in range(3):
            # Not the same text twice: some of these functions remember what they have done.
            taken = [seconds(function, f"{attempt}{text}") for text in (short, long)]
            if taken[1] < 24 * (taken[0] + 0.002):
                break
        else:
            return f"{before!r} {part!r} {after!r}: {taken[0]:.3f} s, {taken[1]:.3f} s"
    return ""
