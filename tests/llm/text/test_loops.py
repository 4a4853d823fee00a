"""`text.loops`: noticed after five times, whatever the period; and what is no loop."""

import random

import pytest

from generator.llm.text.loops import LoopGuard, without_loop

BEFORE = "# Kelp\n\nKelp farms grow quickly in cold water. They need no feed.\n\n"
PERIODS = {
    "sentence": "It is a part of Chinese culture. ",
    "phrase": "and it is a part of Chinese culture, ",
    "paragraph": "The farm is big and wide. It grows by the sea, and it is good.\n\n",
    "row": "| Norway | 2020 | 40 |\n",
    "list": "- The farm is big and wide.\n",
    "Chinese": "海带在冷水中生长得很快。",
    "a page": "".join(f"Sentence {n} says that {n * 7} farms are there. " for n in range(60))
    + "\n\n",
}
GOOD = {
    "rule": "-" * 3000,
    "zeros": "| A | B |\n|---|---|\n" + "| 0 | 0 |\n" * 300,
    "code": "```\n" + "foo(bar, bazzz)\n" * 200 + "```\n",
    "indented code": "    foo(bar, bazzz)\n" * 100,
    "years": "".join(f"| {1900 + n} | not available |\n" for n in range(100)),
    "spaces": " " * 2000,
    "cells of a row": "| Not available " * 30 + "|\n",
    "under a header": "|" + "---|" * 300,
    "figures": " ".join(f"Finding {n} holds at −{n} °C." for n in range(300)),
    "dots": ". " * 1000,
    "rhetoric": "very, very, very, very, very big.",
    "four times": "It is a part of Chinese culture. " * 4 + "And so on.",
}


def noticed(text: str, step: int) -> str | None:
    """What had come when it was noticed."""
    guard = LoopGuard()
    for start in range(0, len(text), step):
        if guard.sees_loop(text[start : start + step]):
            return text[: start + step]
    return None


@pytest.mark.parametrize("step", [1, 17, 400])
@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_a_loop_is_noticed_while_it_comes_and_cut_to_one(period: str, step: int) -> None:
    seen = noticed(BEFORE + period * 40, step)
    assert seen is not None
    assert len(seen) - len(BEFORE) <= 5 * len(period) + max(2 * step, 130)
    assert without_loop(seen) == (BEFORE + period).rstrip()


def test_the_numbers_of_a_list_hide_no_loop() -> None:
    items = "".join(f"{n}. The farm is big and wide by the sea.\n" for n in range(1, 40))
    seen = noticed(BEFORE + items, 17)
    assert seen is not None and seen.count("\n") < 14
    assert without_loop(seen) == f"{BEFORE}1. The farm is big and wide by the sea."


@pytest.mark.parametrize("mark", ["({})", "## {}.", "**{}.**", "Step {}:"])
def test_nor_do_those_of_headings_and_steps(mark: str) -> None:
    lines = "".join(f"{mark.format(n)} The farm is big and wide.\n\n" for n in range(1, 40))
    assert noticed(BEFORE + lines, 17) is not None


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_repeats_itself_by_nature_is_no_loop(text: str) -> None:
    assert noticed(BEFORE + text, 17) is None


def test_a_rule_without_end_is_one() -> None:
    assert noticed(BEFORE + "-" * 50_000, 100) is not None


def test_prose_is_no_loop() -> None:
    words = ["kelp", "farm", "sea", "water", "cold", "grows", "big", "wide", "of", "and", "to"]
    random.seed(1)
    assert noticed(" ".join(random.choice(words) for _ in range(20_000)), 40) is None


def test_thoughts_may_go_round_for_longer() -> None:
    guard = LoopGuard(long=True)
    assert not any(guard.sees_loop("I should think about kelp. ") for _ in range(400))
    assert any(guard.sees_loop("I should think about kelp. ") for _ in range(1000))


def test_without_a_loop_nothing_goes() -> None:
    for text in ("", "Kelp.", BEFORE, BEFORE * 2):
        assert without_loop(text) == text
