"""What a writer is given of a long text."""

import time

from generator.research.passages import BUDGET, START, choose, cut
from generator.research.sources.words import width, words

FILLER = [
    f"Paragraph {n} is about something that nobody asked for, and goes on for a while: gardens,"
    " weather, a walk along the river, what was eaten afterwards and by whom."
    for n in range(120)
]


def test_a_short_text_is_given_whole() -> None:
    assert choose("# Short\n\nOne. Two.\n", "anything") == "# Short\n\nOne. Two."


def test_the_start_and_what_fits_the_question_are_given_in_their_order() -> None:
    text = "\n\n".join(
        [*FILLER[:60], "The turbine's rotor has a diameter of 236 metres.", *FILLER[60:],
         "Its nacelle weighs 500 tonnes, says the maker of the turbine."]
    )  # fmt: skip
    given = choose(text, "turbine rotor diameter and nacelle weight")
    assert width(given) <= BUDGET + 200 and given.startswith("Paragraph 0 is")
    assert "236 metres" in given and "500 tonnes" in given
    assert given.index("236") < given.index("500") and given.count("[…]") == 2
    assert "Paragraph 97 is" in choose(text, "97"), "each question has passages of its own"


def test_wide_letters_count_twice_and_long_lines_are_cut() -> None:
    text = (
        "海上风力发电的成本在过去十年中下降。" * 600
        + "转子直径为236米。"
        + "其他内容没有意义。" * 600
    )
    given = choose(text, "转子直径")
    assert "236米" in given and width(given) <= BUDGET + 200
    assert max(width(piece) for piece, _ in cut("x" * 50_000)) <= 2000
    assert "".join(a + b for a, b in cut(text)) == text


def test_a_row_of_a_table_stays_whole() -> None:
    rows = "\n".join(f"| Plant {n} | {n}.5 MW | 20{n % 25:02} |" for n in range(900))
    given = choose(f"{rows}\n| Hornsea Three | 2,852 MW | 2027 |", "Hornsea Three capacity")
    assert "| Hornsea Three | 2,852 MW | 2027 |" in given


def test_a_book_takes_no_time() -> None:
    begun = time.monotonic()
    assert START < len(choose("\n\n".join(FILLER * 25), "gardens of Babylon")) <= BUDGET + 200
    assert time.monotonic() - begun < 10


def test_words_of_many_scripts() -> None:
    assert words("The costs of Costing") == ["cost", "cost"]
    assert words("研究发现") == ["研究", "究发", "发现"]
    assert words("भारत में विकास")[0] == "भारत" and words("ประเทศไทย")[0] == "ปร"
    assert words("1,234.5 x") == ["1234.5"]
