"""`text.repeaters`: pieces that hold all the text so far, and a text that comes twice."""

import pytest

from generator.llm.text.repeaters import Pieces, without_second

TEXT = "# Kelp farming\n\nKelp farms grow quickly in cold water. They need no feed.\n\n" + (
    "## Costs\n\nA hectare costs about 40,000 dollars to set up.\n"
)


def taken(pieces: list[str]) -> str:
    new = Pieces()
    return "".join([*map(new.new, pieces), new.rest()])


@pytest.mark.parametrize("size", [1, 2, 5, 12, 40, 1000])
def test_pieces(size: int) -> None:
    parts = [TEXT[at : at + size] for at in range(0, len(TEXT), size)]
    assert taken(parts) == TEXT
    assert taken([TEXT[: end + size] for end in range(0, len(TEXT), size)]) == TEXT
    assert taken([*parts, TEXT]) == TEXT
    assert taken([*parts, TEXT.strip()]) == TEXT


def test_pieces_with_empty_ones_between_them_and_in_two_steps() -> None:
    steps = [TEXT[: end + 7] for end in range(0, len(TEXT), 7)]
    assert taken([piece for step in steps for piece in (step, "")]) == TEXT
    assert taken([piece for step in steps for piece in (step, step)]) == TEXT
    assert taken([TEXT[:60], TEXT]) == TEXT


def test_pieces_that_look_alike_are_all_there() -> None:
    for parts in (["a", "as", "k"], ["ha", "ha", "ha"], ["*", "**Kelp", "**"], ["1", "10", " km"]):
        assert taken(parts) == "".join(parts)
    assert taken(["Kelp"]) == "Kelp"
    assert taken([]) == ""


def test_a_text_that_comes_twice_is_there_once() -> None:
    text = TEXT + "Storms tear lines away. " * 10
    assert without_second(text + text) == text.rstrip()
    assert without_second(f"{text}\n\n{text}") == text.rstrip()
    assert without_second(text + text + text) == text.rstrip()
    assert without_second(f"{text}\n\n---\n\n{text}") == text.rstrip()
    assert without_second(f"{text}\n\nHere is the final version:\n\n{text}") == text.rstrip()
    assert without_second(text + text.replace("\n\n", "\n")) == text.rstrip()
    assert without_second(text) == text
    assert without_second(text + "And more.") == text + "And more."
