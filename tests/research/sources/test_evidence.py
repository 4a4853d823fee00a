"""What marks stand for, and looking for it on the pages."""

import pytest

from generator.research.sources.evidence import Seen, look_for, seen_of, statements
from generator.research.sources.facts import Facts, facts_of, pack, unpack

URLS = ["https://a.example.org/", "https://b.example.org/"]
WIND = (
    "Offshore wind farms in the North Sea produced 117 terawatt hours in 2023, more than in any"
    " year before. The cost of a turbine fell by 14 percent to 1.3 billion euros a gigawatt. " * 8
)
BREAD = (
    "To make a loaf of bread, knead flour, water, salt and yeast into a dough, let it rise for two"
    " hours and bake it at 230 degrees until the crust is brown and sounds hollow. " * 8
)


def seen(text: str, is_whole: bool = True, also: str = "") -> Seen:
    return seen_of(facts_of(text), is_whole, also)


def noted(body: str, *pages: Seen) -> str:
    return look_for(body, URLS, list(pages)).noted(body)


def said(body: str) -> list[tuple[str, list[int]]]:
    return [(" ".join(each.text.split()), each.sources) for each in statements(body, URLS)]


def test_a_mark_stands_for_all_since_the_last_one_in_its_paragraph() -> None:
    body = "One. Two [1]. Three [2], and four [1, 2].\n\nFive [1] [2]. Six."
    assert said(body) == [
        ("One. Two", [1]),
        (". Three", [2]),
        (", and four", [1, 2]),
        ("Five", [1, 2]),
    ]


def test_in_a_row_of_a_table_it_stands_for_the_cells_before_it() -> None:
    body = "| Plant | MW | Source |\n| --- | --- | --- |\n| A | 12 | [1] |\n| B | 13 [2] | x |"
    assert said(body) == [("A | 12 |", [1]), ("B | 13", [2])]


def test_code_formulas_and_addresses_state_nothing() -> None:
    body = "As `x = 4711` and $y_{99} = 88$ and [it](https://a.example.org/4712) say 15 m [1]."
    texts = [text for text, _ in said(body)]
    assert "4711" not in "".join(texts) and "88" not in "".join(texts)
    assert not any("4712" in text for text in texts) and any("15 m" in text for text in texts)


def test_a_figure_that_is_on_no_cited_page_gets_a_note_and_nothing_else_does() -> None:
    body = (
        "Wind farms in the North Sea produced 117 TWh in 2023 [1]. A turbine costs 1.3 billion,"
        " the figure that matters; by 2031 it is to be 9.9 billion [1]. Sums of 4,242 need no"
        " reference."
    )
    text = noted(body, seen(WIND), seen(BREAD))
    assert "2023 [1]. A" in text
    note = "[2031, 9.9 billion: not found on the cited pages]"
    assert text.count("not found on the cited pages") == 1 and f"9.9 billion [1] {note}." in text
    assert text.replace(f" {note}", "") == body


def test_one_of_several_pages_is_enough() -> None:
    body = "It is baked at 230 degrees, and wind made 117 TWh in the North Sea [1, 2]."
    assert noted(body, seen(WIND), seen(BREAD)) == body


def test_what_was_not_seen_whole_is_not_judged() -> None:
    body = "Wind farms in the North Sea made 888 TWh of power in 2023, it is said there [1]."
    assert "[888: not found" in noted(body, seen(WIND), seen(BREAD))
    for page in (seen(WIND, is_whole=False), seen_of(None, False, "888 is what the excerpt says")):
        assert noted(body, page, seen(BREAD)) == body
    both = body.replace("[1]", "[1, 2]")
    verdict = look_for(both, URLS, [seen(WIND), seen(BREAD, is_whole=False)])
    assert (verdict.figures, verdict.found, verdict.missing, verdict.unknown) == (2, 1, 0, 1)


def test_the_excerpt_of_the_search_counts() -> None:
    body = "Wind farms made 888 TWh [1]."
    assert noted(body, seen(WIND, also="In short: 888 TWh"), seen(BREAD)) == body


def test_a_statement_that_no_passage_resembles_gets_a_note() -> None:
    body = (
        "A loaf of bread is made of flour, water, salt and yeast, kneaded into a dough [1]. Wind"
        " farms in the North Sea produced more hours than in any year before [1]."
    )
    text = noted(body, seen(WIND), seen(BREAD))
    assert text.count("[nothing like this found on the cited pages]") == 1
    assert "dough [1] [nothing like this" in text
    assert noted(body.replace("[1]", "[1, 2]"), seen(WIND), seen(BREAD)).count("nothing") == 0


@pytest.mark.parametrize(
    "body",
    [
        "Ein Laib Brot besteht aus Mehl, Wasser, Salz und Hefe, die man zu einem Teig knetet [1].",
        "面包由面粉、水、盐和酵母制成，揉成面团后发酵，再放入烤箱烘烤至外皮呈棕色 [1]。",
        "Bread is made [1].",
    ],
)
def test_in_another_language_or_few_words_one_cannot_tell(body: str) -> None:
    assert noted(body, seen(WIND), seen(BREAD)) == body


def test_scripts_without_spaces() -> None:
    page = seen("面包由面粉、水、盐和酵母制成，揉成面团后发酵两小时，再放入烤箱烘烤。" * 20)
    own = "面包由面粉和水制成，揉成面团后发酵，再烘烤 [1]。"
    other = "海上风电场的发电量创下了历史新高，成本下降，由政府的政策所推动的 [1]。"
    text = noted(f"{own}\n\n{other}", page, page)
    assert f"{own}\n" in text and "推动的 [1] [nothing like this" in text


def test_notes_say_what_they_say_in_markdown_too() -> None:
    body = "It cost 5*7 and $9,999 there, in the North Sea of the wind farms [1]."
    text = noted(body, seen(WIND), seen(BREAD))
    assert "[9,999: not found on the cited pages]" in text


def test_facts_are_as_they_were_when_they_come_back() -> None:
    facts = facts_of(WIND + "3.14159 and 6.022e23 and 123,456,789,012")
    assert unpack(pack(facts)) == facts and isinstance(facts, Facts)
    assert len(pack(facts_of(WIND * 30))) < 4500
    empty = facts_of("")
    assert unpack(pack(empty)) == empty and not empty.parts_with("wind")
