"""`text.whole`: a text that was cut after its last line may be whole."""

import pytest

from generator.llm.text.whole import (
    ends_in_mid_sentence,
    ends_like_a_whole,
    has_no_more_to_say,
    without_half_sentence,
)


@pytest.mark.parametrize(
    ("draft", "whole"),
    [
        ("# Kelp\n\nIt grows.\n", True),
        ("# Kelp\n\nIt grows.", False),
        ("| A |\n|---|\n| 1 |\n", True),
        ("Kelp:\n\n- It grows fast\n", True),
        ("```\nx = 1\n```\n", True),
        ("```\nx = 1.\n", False),
        ("海带很快。\n\n", True),
        ("## Costs\n", False),
        ("These are the costs:\n", False),
        ("It grows, and\n", False),
        ("", False),
    ],
)
def test_the_last_line_tells(draft: str, whole: bool) -> None:
    assert ends_like_a_whole(draft) == whole


@pytest.mark.parametrize(
    ("said", "no_more"),
    [
        ("", True),
        ("The report is complete.", True),
        ("There is nothing more to add.", True),
        ("Der Bericht ist vollständig.", True),
        ("报告已完成。", True),
        ("The report is not complete.", False),
        ("I'm sorry, I can't continue.", False),
        ("## More\n\nIt grows.", False),
    ],
)
def test_what_the_model_says_to_it(said: str, no_more: bool) -> None:
    assert has_no_more_to_say(said) == no_more


@pytest.mark.parametrize(
    ("draft", "kept"),
    [
        ("# Kelp\n\nIt grows. It lives in any environment except", "# Kelp\n\nIt grows."),
        ("# Kelp\n\nIt grows. The rest of\n", "# Kelp\n\nIt grows."),
        ("It grows.\n\n- In Norway.\n- In any place except", "It grows.\n\n- In Norway."),
        ("| A | B |\n|---|---|\n| 1 | 2", "| A | B |\n|---|---|"),
        ("It grows.\n\n| A | B |\n|--", "It grows."),
        ("It grows.\n\n1. Kelp\n2.", "It grows.\n\n1. Kelp"),
        ("It grows.\n\n##", "It grows."),
        ("It grows. See https://en", "It grows."),
        ("It grows.\n\n$$\na = b \\", "It grows."),
        ("It grows.[3] The sea [4] is", "It grows.[3]"),
        ("It grows. [3, 4]\n\n[^1]: See Smith and", "It grows. [3, 4]"),
        ("It is so. It rose by 20. Then", "It is so."),
        ("ऊर्जा हवा है। सूरज जाल के", "ऊर्जा हवा है।"),
        ("海带很快。它们生活在", "海带很快。"),
        ("It grows.\n\n- x\n  ```py\n  a()\n  b(", "It grows.\n\n- x\n  ```py\n  a()\n  ```"),
        ("It grows.\n\n```py\n# It is. So", "It grows."),
    ],
)
def test_half_a_sentence_is_left_out(draft: str, kept: str) -> None:
    assert ends_in_mid_sentence(draft)
    assert without_half_sentence(draft) == kept


@pytest.mark.parametrize(
    "draft",
    [
        "# Kelp\n\nThe price rose by 15.",
        "It has vitamin D.",
        "It grows (fast).",
        "It grows.\n\n- Kelp\n- Red dulse",
        "It grows.\n\nSource: https://example.org/kelp",
        "It grows.\n\n[1] https://example.org/kelp - Kelp and the sea",
        "It grows. " * 9 + "\n\nSmith, On Kelp\nJones, On Moss\nLee, On Sand",
        "หมีน้ำอาศัยอยู่ในมอส\n\nมันเล็กมาก",
        "| A | B |\n|---|---|\n| 1 | 2 |",
        "It grows.\n\n$$\na = b\n$$",
        "",
    ],
)
def test_what_has_ended_stays(draft: str) -> None:
    assert not ends_in_mid_sentence(draft)
    assert without_half_sentence(draft) == draft


@pytest.mark.parametrize(
    "draft",
    ["# Kelp\n\nIt lives in", "# Kelp\n\n## Sea\n\nIt lives in", f"A. {'so it is, ' * 90}"],
)
def test_no_more_is_lost_than_half_a_sentence(draft: str) -> None:
    assert without_half_sentence(draft) == draft
