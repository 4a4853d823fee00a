"""Numbers in texts: what they are worth, and whether a page has them."""

import pytest

from generator.research.sources.figures import claimed, is_among, values

PAGE = """
In 2023 the market was worth $1,187 million, or 1.2 billion; 45.3 percent of it in 12 countries.
Twenty-five million people; 一百二十 and 3万人; ١٢٣٤ users; 1.234.567 Euro; 12,5 %, half a million.
Two hundred and fifty-six. 4,321 tons on 2021-03-15. Output (in millions): 7,400. 0.38 of all.
"""


def missing(claim: str, page: str = PAGE) -> list[str]:
    found = values(page)
    return [figure.text for figure in claimed(claim) if not is_among(figure, found)]


@pytest.mark.parametrize(
    "claim",
    [
        "It was 1.2 billion in 2023, and 1,187 million to be exact.",
        "Some 45 % of it, or 45.3 per cent, in twelve countries.",
        "About 1,200 million dollars; nearly 4,300 tons.",
        "25 million people in 256 boats, 25,000,000 in all.",
        "共有120个国家，30,000 人，三万人。",
        "1,234 users paid 1,234,567 euros, up 12.5 %.",
        "There were 500,000 of them on 15 March 2021.",
        "The output was 7.4 billion, 38 % of all.",
        "In the 2020s it was three reasons, and 5 people.",
        "COVID-19, the A380, CO2 and H2O are no figures; nor is the chapter [99].",
        "2023年有12个国家。",
        "1. First\n2. Second\n10. Last",
        "It is 12 m long (about 39 ft).",
        "In 2020-21",
    ],
)
def test_figures_that_are_there(claim: str) -> None:
    page = PAGE + " 12 m, 2020"
    assert missing(claim, page) == []


@pytest.mark.parametrize(
    "claim, figures",
    [
        ("It was 9.7 billion in 2024.", ["9.7 billion", "2024"]),
        ("Some 61 % in forty-one countries.", ["61 %", "forty-one"]),
        ("By 4,300 tons, as 4,321 were too many.", ["4,300"]),
        ("共有九千七百人。", ["九千七百"]),
        ("٩٨٧٦ users", ["9876"]),
        ("987,000 of them", ["987,000"]),
        ("12,7 % davon, 3 Mrd. Euro", ["12,7 %", "3 Mrd"]),
        ("It cost $8 and 9 GW.", ["8", "9"]),
    ],
)
def test_figures_that_are_not(claim: str, figures: list[str]) -> None:
    assert missing(claim) == figures


def test_one_number_as_several_countries_write_it() -> None:
    for written in ("1,234,567", "1.234.567", "1 234 567", "1\u202f234\u202f567", "1'234'567"):
        assert 1234567.0 in values(f"Es sind {written} Stück")
        assert missing("1234567 of them", written) == []
    for written in (
        "1,2 Milliarden",
        "1.2 billion",
        "1.200 Mio",
        "1,2 млрд",
        "12亿",
        "1200 million",
    ):
        assert missing("1.2 billion dollars", written) == [], written


def test_a_long_table_takes_no_time() -> None:
    assert len(values(" ".join(f"{n}.5" for n in range(20_000)))) >= 20_000
