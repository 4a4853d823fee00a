"""References that were found, numbered; all others gone; and nothing else changed.

`tests/corpus/sections/` holds sections as models write them: what the model wrote, a line that says
how many references are taken out, and what becomes of it. The sources are FOUND, numbered as below.
"""

import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pypdf import PdfReader
from support.growth import in_proportion, seconds
from support.settings import ROOT

from generator.pdf import render
from generator.research.sources import (
    Report,
    Written,
    about_sources,
    assemble,
    check,
    is_enough,
    just_one,
    parse_outline,
    revise,
    url_key,
)
from generator.research.sources.citations import numbered
from generator.research.sources.report import below_heading, closed, entry, split_lead
from generator.research.sources.spans import clean, parse, pieces
from models import Source

FOUND = [
    Source("Tardigrade", "https://en.wikipedia.org/wiki/Tardigrade"),
    Source("Tardigrades", "https://www.nasa.gov/tardigrades/"),
    Source("Milnesium", "https://en.wikipedia.org/wiki/Milnesium_(genus)"),
    Source("Dsup", "https://doi.org/10.1038/ncomms12808"),
    *(Source(f"Page {n}", f"https://site{n}.example/{n}?a=1&b={n}") for n in range(5, 9)),
]
SECTIONS = sorted((ROOT / "tests" / "corpus" / "sections").glob("*.md"))
READER = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable(
    ["table", "strikethrough"]
)  # not the parser of the program


def section(path: Path) -> tuple[str, int, str]:
    written, removed, expected = re.split(r"\n===== (\d+) removed =====\n", path.read_text())
    return written, int(removed), expected.rstrip("\n")


def seen(text: str) -> tuple[str, list[str], list[str]]:
    """Return what a reader of this Markdown sees: text without code, addresses, code."""
    shown, addresses, code = "", [], []
    for token in READER.parse(text):
        if token.type in ("fence", "code_block"):
            code.append(token.content.rstrip("\n"))
        for part in token.children or []:
            if part.type == "text":
                shown += part.content
            elif part.type == "code_inline":
                code.append(part.content)
                shown += "\x01"
            elif part.type in ("link_open", "image"):
                addresses.append(str(part.attrs.get("href") or part.attrs.get("src")))
            else:
                shown += "\n" * ("break" in part.type)
        shown += "\n"
    return shown, addresses, code


def markers(shown: str) -> list[int]:
    shown = re.sub(r"\$[^$\n]*[_^\\][^$\n]*\$", "", shown)  # formulas
    shown = re.sub(r"\b[a-z]\[\d+\]|\w+_\w+\[\d+\]", "", shown)  # places in an array
    groups = re.findall(r"\[(\d{1,3}(?:, \d{1,3})*)\]", shown)
    return [int(number) for group in groups for number in group.split(", ")]


# --- Sections as models write them ---------------------------------------------------------------


def test_there_are_enough_sections_to_mean_something() -> None:
    assert len(SECTIONS) >= 80


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
def test_a_section_becomes_what_it_should(path: Path) -> None:
    written, removed, expected = section(path)
    assert check(written, FOUND, {}) == (expected, removed)


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
def test_a_checked_section_does_not_change_when_checked_again(path: Path) -> None:
    numbers: dict[str, int] = {}
    text, _ = check(section(path)[0], FOUND, numbers)
    assert check(text, numbered(FOUND, numbers), {}) == (text, 0)


NOT_CITATIONS = {"48-intervals"}  # has [1, 90] and [1, 2, 3] as what they are


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
def test_what_a_reader_sees_refers_to_found_pages_only(path: Path) -> None:
    numbers: dict[str, int] = {}
    text, _ = check(section(path)[0], FOUND, numbers)
    shown, addresses, code = seen(text)
    assert not [url for url in addresses if not url.startswith("mailto:")]
    assert not re.search(r"https?://|www\.|\b10\.\d{4,}/|【\d|［\d|\[\^|\(Smith", shown)
    if path.stem not in NOT_CITATIONS:
        assert set(markers(shown)) == set(range(1, len(numbers) + 1)), "no gaps, all of them used"
    before = seen(section(path)[0])[2]
    own_list = "tilde" in path.stem  # code that holds a list is code
    assert code == [piece for piece in before if piece in code or own_list], "code is untouched"
    assert len(code) == len(before) or "named-footnotes" in path.stem


def test_with_no_sources_all_references_go() -> None:
    for path in SECTIONS:
        written = section(path)[0]
        numbers: dict[str, int] = {}
        shown, addresses, _ = seen(check(written, [], numbers).text)
        assert not numbers
        assert path.stem in NOT_CITATIONS or not markers(shown)
        assert not [url for url in addresses if not url.startswith("mailto:")]


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
def test_every_text_is_found_again_in_its_source(path: Path) -> None:
    text = clean(section(path)[0])
    tokens, env = parse(text)
    found = list(pieces(text, tokens, env))
    assert len(found) == sum(token.type == "inline" and bool(token.content) for token in tokens)
    for piece in found:
        source = "".join(text[offset] for offset in piece.offsets[:-1])
        assert re.sub(r"[\s\\|]", "", source) == re.sub(r"[\s\\|]", "", piece.text)


# --- Whatever a model writes ---------------------------------------------------------------------

FRAGMENTS = [
    *("[1]", "[2]", "[99]", " [1, 3]", "[2-4]", "[^1]", "【2】", "【99】", " (Smith 2020)"),
    *(" https://bad.org/x ", "https://www.nasa.gov/tardigrades/", "<https://bad.org>"),
    *("[NASA](https://www.nasa.gov/tardigrades/)", "[bad](https://bad.org)"),
    *("[1](https://bad.org)", "![i](https://bad.org/i.png)", "`[99]`", "``x`[1]``", "a[1]"),
    *("$x_1[2]$", "\\[1\\]", "**", "*", "_", "~~", "\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n  "),
    *("\n\n    code [99]\n\n", "\n\n```\n[99] x\n```\n", "\n## Head\n", "\n## References\n"),
    *("\n| a | b |\n|---|---|\n| c [1] | d [99] |\n", "|", "\\|", "\\", "(", ")", "[", "]", "<"),
    *(">", "word ", "text. ", "字", "é", "\t", "&amp;", "10.1000/xyz ", "doi:10.1038/ncomms12808"),
    *("\n[1]: https://bad.org\n", "\n[^1]: note\n", "Sources: ", " and ", ",", "!", ":", '"'),
    *("<sup>", "</sup>", '<a href="https://bad.org">x</a>', "www.bad.org", "#", "\r\n", "\0", "`"),
    "---\n",
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_no_text_keeps_an_invention_or_changes_again(written: str) -> None:
    numbers: dict[str, int] = {}
    text, _ = check(written, FOUND, numbers)
    found = numbered(FOUND, numbers)
    assert len(found) == len(numbers) and list(numbers.values()) == [*range(1, len(found) + 1)]
    assert check(text, found, {}) == (text, 0)
    shown, addresses, _ = seen(text)
    assert not any(re.match("https?:", url) for url in addresses)
    assert "bad.org" not in shown and "[99]" not in shown and "【99】" not in shown


@pytest.mark.parametrize(
    "piece", ["[", "[1, ", "![", "[a](", "\\(", "$x_1 ", "(Smith ", "[1] and ", "a_", "e.g. ["]
)
def test_a_model_that_repeats_itself_does_not_keep_the_checker_for_minutes(piece: str) -> None:
    """The time grows with the length and not with its square: else a replay would be given up."""

    def taken(times: int) -> float:
        return seconds(check, piece * times, FOUND, {})

    taken(50)
    assert in_proportion(taken, 400, 10, 40, 1)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_every_text_of_a_document_is_found_again(written: str) -> None:
    text = clean(written)
    tokens, env = parse(text)
    found = list(pieces(text, tokens, env))
    assert len(found) == sum(token.type == "inline" and bool(token.content) for token in tokens)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, st.sets(st.integers(0, 7))), min_size=1, max_size=5), texts)
def test_a_report_of_any_sections_holds_together(
    parts: list[tuple[str, set[int]]], lead: str
) -> None:
    sections = [
        Written(f"Part {n}", text, [FOUND[index] for index in sorted(chosen)])
        for n, (text, chosen) in enumerate(parts)
    ]
    body = assemble("Title", sections)
    report = assemble("Title", sections, f"## Summary\n\n{lead}", body.references)
    found = {url_key(FOUND[index].url) for _, chosen in parts for index in chosen}
    for each in (body, report, revise(report, report.draft())):
        keys = [url_key(source.url) for source in each.references]
        assert set(keys) <= found and len(set(keys)) == len(keys)
        again: dict[str, int] = {}
        checked = check(each.body, each.references, again)
        assert checked.removed == 0 and list(again) == keys


# --- A report ------------------------------------------------------------------------------------


def tardigrade_report(lead: str = "") -> Report:
    sections = [
        Written("Drying", "## Drying\n\nThey dry [2] out [1].", [FOUND[0], FOUND[1]]),
        Written(
            "Space", "# In space\n\nThey fly [1] and [9].\n\n## Then\n\n[2]", [FOUND[1], FOUND[3]]
        ),
        Written("Costs", note="This section is missing: the model refused."),
    ]
    body = assemble("Water bears", sections)
    return assemble("Water bears", sections, lead, body.references) if lead else body


def test_sources_of_several_sections_are_one_list_by_first_use() -> None:
    report = tardigrade_report()
    assert [source.title for source in report.references] == ["Tardigrades", "Tardigrade", "Dsup"]
    assert report.removed == 1
    assert report.body == (
        "## Drying\n\nThey dry [1] out [2].\n\n## Space\n\nThey fly [1].\n\n### Then\n\n[3]\n\n"
        "## Costs\n\n*This section is missing: the model refused.*"
    )


def test_the_lead_encloses_the_report_and_is_numbered_first() -> None:
    lead = "# Water bears\n\n## In brief\n\nTough [3, 77].\n\n"
    lead += "## Conclusions\n\nSo [1].\n\n## Doubts\n\nSome."
    report = tardigrade_report(lead)
    assert report.body.startswith("## In brief\n\nTough [1].\n\n## Drying\n\nThey dry [2] out [3].")
    assert report.body.endswith("## Conclusions\n\nSo [2].\n\n## Doubts\n\nSome.")
    assert [source.title for source in report.references] == ["Dsup", "Tardigrades", "Tardigrade"]
    assert report.removed == 2


@pytest.mark.parametrize(
    ("lead", "summary", "rest"),
    [
        ("", "", ""),
        ("Just text.", "## Summary\n\nJust text.", ""),
        ("Text.\n\n# End\n\nMore.", "## Summary\n\nText.", "## End\n\nMore."),
        ("# Summary\n\nText.\n\n# End\n\nMore.", "", ""),
        (
            "### Fazit vorab\n\nText.\n\n### Schluss\n\nMehr.",
            "## Fazit vorab\n\nText.",
            "## Schluss\n\nMehr.",
        ),
        ("```\n# no heading\n```", "## Summary\n\n```\n# no heading\n```", ""),
    ],
)
def test_a_lead_is_split_at_its_headings(lead: str, summary: str, rest: str) -> None:
    if lead.startswith("# Summary"):
        summary, rest = "## End\n\nMore.", ""  # a level-one heading on top is the report's title
        lead = "# Water bears\n\n" + lead.removeprefix("# Summary\n\nText.\n\n")
    assert split_lead(lead) == (summary, rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Costs\n\nText.", "Text."),
        ("### 3. Costs\n\nText.", "Text."),
        ("**Costs**\n\nText.", "Text."),
        ("**Dear**\n\nText.", "**Dear**\n\nText."),
        ("### Prices\n\nText.", "### Prices\n\nText."),
        (
            "Text.\n\n# Prices\n\n## Today\n\n```\n# code\n```",
            "Text.\n\n### Prices\n\n#### Today\n\n```\n# code\n```",
        ),
        ("Prices\n======\n\nText.", "### Prices\n\nText."),
    ],
)
def test_the_headings_of_a_section_are_below_its_title(text: str, expected: str) -> None:
    assert below_heading(text, "Costs") == expected


def test_code_that_is_left_open_swallows_no_other_section() -> None:
    report = assemble("T", [Written("A", "x\n\n~~~~py\ncode"), Written("B", "y")])
    assert report.body == "## A\n\nx\n\n~~~~py\ncode\n~~~~\n\n## B\n\ny"
    assert closed("```\ncode\n```") == "```\ncode\n```"


@pytest.mark.parametrize("url", ["http://[::1", "http://a℀b/"])
def test_what_is_no_address_ends_no_run(url: str) -> None:
    assert entry(Source("A", url)) == f"A. . <{url}>"


def test_titles_by_strangers_are_text_and_nothing_else() -> None:
    source = Source(
        "*Free* [money](https://bad.org) <img src=x> `x` $x_1$ |\n# Buy",
        "https://a.org/x_(y)?q=<b>&z=a b",
        date="2025-01-02",
    )
    shown, addresses, code = seen(f"1. {entry(source)}")
    assert addresses == ["https://a.org/x_(y)?q=%3Cb%3E&z=a%20b"] and not code
    assert (
        "*Free* [money](https://bad.org) <img src=x> `x` $x_1$ | # Buy. a.org, 2025-01-02" in shown
    )


def test_the_reference_list_is_numbered_as_the_text_is() -> None:
    text = tardigrade_report().markdown()
    listed = text.partition("## References\n\n")[2].strip().split("\n")
    assert [line.partition(".")[0] for line in listed] == ["1", "2", "3"]
    assert "<https://www.nasa.gov/tardigrades/>" in listed[0]
    assert entry(Source("Why?", "https://a.org/x")).startswith("Why? a.org.")


def test_in_the_pdf_each_number_leads_to_its_entry() -> None:
    pdf = PdfReader(BytesIO(render(tardigrade_report().markdown())))
    links = [
        annotation.get_object() for page in pdf.pages for annotation in page.get("/Annots") or []
    ]
    assert [link for link in links if "/Dest" in link]  # the numbers, to their entries
    addresses = [link["/A"]["/URI"] for link in links if "/A" in link]
    assert "https://www.nasa.gov/tardigrades/" in addresses  # the entries, to their pages


def test_a_revision_keeps_its_sources_and_brings_no_others() -> None:
    report = tardigrade_report()
    text = "# Bears\n\nNew [3] text [4], https://bad.org.\n\n## References\n\n1. Mine"
    revised = revise(report, text)
    assert (revised.title, revised.body) == ("Bears", "New [1] text.")
    assert [source.title for source in revised.references] == ["Dsup"]
    assert revised.removed == report.removed + 3


def test_a_report_says_what_was_found_and_what_was_removed() -> None:
    report = tardigrade_report()
    about = about_sources("2026-11-24", "SearXNG", 5, report, ["Costs: the model refused"])
    assert "on 2026-11-24 with SearXNG, 5 times" in about and "the 3 sources" in about
    assert "found by these searches" in about and "support" not in about
    assert "1 reference in the text of the model" in about and "was removed" in about
    assert "- Costs: the model refused" in about
    assert "has no references" in about_sources("2026-11-24", "", 0, Report("T", "x", []))


# --- Outlines ------------------------------------------------------------------------------------

OUTLINES = sorted((ROOT / "tests" / "corpus" / "outlines").glob("*.md"))


@pytest.mark.parametrize("path", OUTLINES, ids=lambda path: path.stem)
def test_an_outline_is_read_however_it_is_marked(path: Path) -> None:
    outline = parse_outline(path.read_text(), "water bears")
    assert outline.title == "Bears"
    assert [section.title for section in outline.sections] == ["Drying", "Space"]
    drying, space = outline.sections
    assert drying.brief == "Covers: water. Leaves out: space." and space.brief == "Covers: flight."
    assert (drying.queries, space.queries) == (["tun", "dry tun"], ["foton"])


def test_without_queries_the_title_is_searched_for() -> None:
    outline = parse_outline("# Bears\n\n## Drying\n\n## Space\n", "water bears")
    assert [section.queries for section in outline.sections] == [["Drying Bears"], ["Space Bears"]]


def test_an_outline_has_as_many_sections_as_were_asked_for() -> None:
    text = "# T\n\n" + "\n\n".join(f"## Part {n}" for n in range(1, 15))
    assert len(parse_outline(text, "t").sections) == 8
    assert len(parse_outline(text, "t", 12).sections) == 12
    assert not is_enough(parse_outline("# T\n\n## A\n\n## B\n", "t"))
    assert is_enough(parse_outline("# T\n\n## A\n\n## B\n", "t", 2), 2)


@pytest.mark.parametrize("text", ["", "I cannot help with that.", "# Only a title", "```\n```"])
def test_what_is_no_outline_has_no_sections(text: str) -> None:
    assert parse_outline(text, "the topic").sections == []
    [section] = just_one("the  topic").sections
    assert (section.title, section.queries) == ("the topic", ["the topic"])


@settings(max_examples=200, deadline=None)
@given(texts)
def test_no_text_is_too_odd_for_an_outline(text: str) -> None:
    for section in parse_outline(text, "topic").sections:
        assert section.title and section.queries and all(len(q) <= 400 for q in section.queries)
