"""`text.whole`: a text that was cut after its last line may be whole."""

import pytest

from generator.llm.text.whole import ends_like_a_whole, has_no_more_to_say


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
