"""Marks that other systems leave in a text go; what a report says of itself comes to its head."""

import pytest
from support.growth import grows_with_the_square

from generator.pdf.markdown.front_matter import FrontMatter, split_front_matter
from generator.pdf.markdown.marks import without_marks
from generator.pdf.markdown.parse import parser

CITE, SEP, END = "\ue200", "\ue202", "\ue201"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"A claim {CITE}cite{SEP}turn0search0{SEP}turn1view2{END}. More.", "A claim. More."),
        (f"{CITE}navlist{SEP}Recent news{SEP}turn0news1{END}", ""),
        (f'{CITE}entity{SEP}["company","Acme",0]{END} grew', "Acme grew"),
        (f"see {CITE}url{SEP}the page{SEP}turn0view0{END}", "see the page"),
        ("x citeturn0search1turn0news3 and", "x and"),
        ("x fileciteturn0file0.", "x."),
        ("x (turn0search2), y", "x, y"),
        ("x【turn1search0†L3】y", "x【turn1search0†L3】y"),
        ("a :contentReference[oaicite:0]{index=0}.", "a."),
        ("a [oaicite:12] b", "a b"),
        ("b [oai_citation:1‡a.example](https://a.example) c", "b [a.example](https://a.example) c"),
        ("q【4:0†source】. z【3†L1-L2】", "q【4†】. z【3†】"),
        ("q [13†L5-L9]", "q 【13†】"),
        (
            'g <grok:render card_id="a" type="r">\n<argument name="citation_id">1</argument>\n'
            "</grok:render> h",
            "g h",
        ),
        ('<cite index="1-2,3">text</cite> and', "text and"),
        ("<cite index='1'>text</cite>", "text"),
        ("<co: 0,1>text</co: 0,1>.", "text."),
        ("[cite_start]So it is[cite: 1, 2].", "So it is."),
        ("[span_0](start_span)A[span_0](end_span).", "A."),
        ("see [citation:3][citation:4]", "see 【3†】【4†】"),
        ("see [web:1] and [^2^]", "see 【1†】 and 【2†】"),
        ("<citation>1</citation> x", "【1†】 x"),
        ("`[cite: 1]` and `` :contentReference[oaicite:0] ``",) * 2,
        ("I cite this [1] and [Smith]. See turn 2, citations and <b>.",) * 2,
    ],
)
def test_marks(text: str, rest: str) -> None:
    assert without_marks(text) == rest


def shown(markdown: str) -> str:
    parts = [part for token in parser().parse(markdown) for part in token.children or []]
    return "".join(part.content or " " * ("break" in part.type) for part in parts)


@pytest.mark.parametrize("command", ["[TOC]", "[[toc]]", "\\newpage", "\\tableofcontents"])
def test_commands_to_other_programs_go(command: str) -> None:
    assert shown(f"above\n\n{command}\n\nbelow") == "abovebelow"
    assert shown(f"Write {command} there") == f"Write {command} there"


def test_marks_that_lead_nowhere_go() -> None:
    assert shown("A claim 【4:0†source】, and [citation:2] more.") == "A claim, and more."
    assert shown("A claim 【1†source】.\n\n## Sources\n\n[1] One").startswith("A claim [1].")
    assert "paragraph_open" not in [token.type for token in parser().parse("[cite_start]")]
    assert "citeturn0search0" in "".join(
        token.content for token in parser().parse("```\nciteturn0search0\n```")
    )


@pytest.mark.parametrize(
    "piece",
    ["<grok:a>", CITE, "[cite: 1", "【1†", "`<cite ", "<img src=", "citeturn0a0", "[^1"],
)
def test_marks_take_linear_time(piece: str) -> None:
    assert not grows_with_the_square(without_marks, piece, 40_000)


# ---- Front matter


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('---\ntitle: "A: b"\nauthor: Jane\ndate: 2025-01-02\n---', ("A: b", "Jane", "2025-01-02")),
        ("---\ntitle: A\nauthors:\n  - name: Jo\n    email: a@b\n  - Max\n---",
         ("A", "Jo, Max", "")),
        ("---\nTitle: A\nAuthor: [A, 'B']\n...", ("A", "A, B", "")),
        ("\n---\ntitle: 'x' # why\ndate: 2025-01-02T10:00:00Z\n---", ("x", "", "2025-01-02")),
        ('+++\ntitle = "T"\ndate = 2025-01-01\ntags = ["a"]\n+++', ("T", "", "2025-01-01")),
        ("---\ntitle: >\n  Long\n  title\nlayout: post\n---", ("Long title", "", "")),
        ("---\ntitle: !!python/object/apply:os.system [x]\n---",
         ("!!python/object/apply:os.system [x]", "", "")),
        ("---\ntitle: &a [*a, *a]\n---", ("&a [*a, *a]", "", "")),
    ],
)  # fmt: skip
def test_front_matter(block: str, expected: tuple[str, str, str]) -> None:
    front, rest = split_front_matter(block + "\n\n# Own\n")
    assert front[:3] == expected
    assert rest.strip() == "# Own"


def test_an_abstract_is_read() -> None:
    front, _ = split_front_matter("---\ntitle: A\nsubtitle: B\nabstract: |\n  C\n  D\n---\nx")
    assert front.text == "B\n\nC D"


@pytest.mark.parametrize(
    "text",
    [
        "---\nFoo\n---\nBar\n---\n", "---\nnote: hi\n---\ntext",
        "---\n\nA rule, and text.\n\n---\n",
        "text\n---\ntitle: x\n---\n", "---\ntitle: never closed\n\ntext", "---\ntitle: all\n---\n",
        "---\n- a\n- b\n---\nx",
    ],
)  # fmt: skip
def test_what_is_no_front_matter(text: str) -> None:
    assert split_front_matter(text) == (FrontMatter(), text)
