"""The time of each pure function grows with its text, and not with the square of it.

Temporal replays this code in the thread that all runs of a worker share: a model that repeats one
sign for ever must not hold them up. What is judged is how the time grows from a text to one eight
times as long, and never the time itself.
"""

from collections.abc import Callable

import pytest
from support.growth import SIGNS, grows_with_the_square

from generator.research.pages.extract import tidy
from generator.research.pages.walls import problem_of_page
from generator.research.passages import choose
from generator.research.sources import (
    check,
    just_one,
    parse_outline,
    url_key,
)
from generator.research.sources.evidence import statements
from generator.research.sources.facts import facts_of
from generator.research.sources.figures import claimed, values
from generator.research.sources.report import below_heading, entry, split_lead
from generator.research.sources.urls import direct, doi_of, trimmed
from generator.research.sources.words import words
from models import Source

FOUND = [Source(f"Page {n}", f"https://site{n}.example/{n}") for n in range(8)]
FORMS = [
    *("[1]", "[1, ", "[1](", "![a](", "[1] and ", "[^1]", "[^1]: x\n", "[1]: http://a\n", "[[1]]"),
    *(
        "[1†",
        "【1†source】",
        "[Source 1, ",
        "[来源2]",
        "(cite: 8",
        "(cite: 8)",
        "\\cite{1}",
        "\\cite{",
    ),
    *("¹,", "<sup>1</sup>", "<sup>", "<ref>1", "<cite>", "<a href=x>", "</a>", "turn0search1"),
    *(
        "\ue200cite\ue202turn0",
        "[oaicite:1]",
        "https://a.org/",
        "http",
        "www.a",
        "10.1000/",
        "doi:",
    ),
    *("(Smith ", "(Smith 2020)", "Smith, Jones & ", "et al. (2020)", "see [", "e.g. [", "([1])"),
    *("## References\n", "Sources:\n", "Sources: ", "References ", "# a\n", "**a** ", "Query: a; "),
    *("^[1]", "$^{1}$", "see ", "[[1, 2], ", "see source 1 ", "[1]–", "[Source 1: ", "<ref id=1>"),
    *("\n\n[1]", "[1]\n\n", "|a|b|\n|-|-|\n", "\n|", "1. x\n", "\n===\n", "```\n", "~~~\n", "\\(a"),
]

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "check": lambda text: check(text, FOUND, {}),
    "outline": lambda text: parse_outline(text, "topic", 12),
    "split_lead": split_lead,
    "below_heading": lambda text: below_heading(text, "A"),
    "entry": lambda text: entry(Source(text, "https://a.org/" + text)),
    "just_one": just_one,
    "url_key": url_key,
    "direct": direct,
    "trimmed": trimmed,
    "doi_of": doi_of,
    "statements": lambda text: [*statements(text, ["https://a.org"])],
    "claimed": claimed,
    "values": values,
    "words": words,
    "tidy": tidy,
    "problem_of_page": lambda text: problem_of_page(text, text, text),
    "choose": lambda text: choose(text, "a question"),
    "facts_of": facts_of,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["check", "claimed", "url_key", "trimmed", "tidy", "problem_of_page"]
)
def test_signs_without_end(name: str) -> None:
    assert not [*filter(None, (grows_with_the_square(FUNCTIONS[name], s, 4000) for s in SIGNS))]


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_is_repeated(name: str) -> None:
    function = FUNCTIONS[name]
    parts = SIGNS + FORMS
    assert not [*filter(None, (grows_with_the_square(function, part, 6_000) for part in parts))]


def test_a_long_run_of_line_ends_is_soon_over() -> None:
    """It took minutes at the length at which a section is cut."""
    text = f"Before [1].{chr(10) * 60_000}after."
    assert not grows_with_the_square(FUNCTIONS["check"], "\n", 30_000)
    assert check(text, FOUND, {}).removed == 0


@pytest.mark.parametrize("wanted", [0, 2, 12, 300])
def test_an_outline_of_300_sections_is_cut(wanted: int) -> None:
    text = "# T\n\n" + "\n\n".join(f"## Part {n}\n\nQuery: q{n}" for n in range(300))
    assert len(parse_outline(text, "t", wanted).sections) == min(wanted or 8, 12)
