"""Does `[3]` in the text lead to the third reference, and does every link lead somewhere?"""

import random
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from markdown_it.token import Token
from pypdf import PdfReader

from generator.pdf import render
from generator.pdf.markdown.parse import parser


def links(markdown: str) -> list[tuple[str, str]]:
    """Of each citation that is a link: what it says, and the entry that it leads to."""
    env: dict[str, list[tuple[str, str]]] = {}
    tokens = parser().parse(markdown, env)
    entries: dict[str, str] = {name: source for source, name in env["unused"]}
    found: list[tuple[str, str]] = []
    for token in tokens:
        for at, part in enumerate(token.children or []):
            rest = (token.children or [])[at + 1 :]
            if part.type == "entry":
                entries[part.meta["name"]] = until_break(rest)
            elif part.type == "citation_open":
                found.append((rest[0].content, part.meta["name"]))
    return [(text, entries[name]) for text, name in found]


def until_break(parts: list[Token]) -> str:
    text = ""
    for part in parts:
        if part.type == "hardbreak":
            break
        text += part.content
    return text


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a [1] b [2].\n\n## References\n\n1. One\n2. Two", [("[1]", "One"), ("[2]", "Two")]),
        ("a [1, 3]\n\n# Sources\n\n1. A\n2. B\n3. C", [("1", "A"), ("3", "C")]),
        ("a [1-3] [2–3]\n\n# Sources\n\n1. A\n2. B\n3. C",
         [("1", "A"), ("3", "C"), ("2", "B"), ("3", "C")]),
        ("a [2]\n\n**References**\n\n[1] One\n\n[2] Two", [("[2]", "[2] Two")]),
        ("a [2]\n\n**References:**\n[1] One\n[2] Two", [("[2]", "[2] Two")]),
        ("a [2]\n\nReferences:\n\n[1] One\n[2] Two", [("[2]", "[2] Two")]),
        ("a [2]\n\n## Quellen\n\n- [1] One\n- [2] Two", [("[2]", "[2] Two")]),
        ("a [7]\n\n## 5. References and further reading\n\n7. Seven", [("[7]", "Seven")]),
        ("a \\[1\\]\n\n## 参考文献\n\n1. One", [("[1]", "One")]),
        ("参考[1]。\n\n## 参考文献\n\n[1] 一", [("[1]", "[1] 一")]),
        ("a [1]\n\n## References\n\n1. One [2]\n2. Two", [("[1]", "One [2]"), ("[2]", "Two")]),
        ("## A\n\nx [1]\n\n### Sources\n\n1. One\n\n## B\n\ny [1]\n\n### Sources\n\n1. Uno",
         [("[1]", "One"), ("[1]", "Uno")]),
        ("a [1] [2](https://e.com) `[1]` [x [1]](https://e.com)\n\n## References\n\n1. One",
         [("[1]", "One")]),
        ("| a [1] |\n|---|\n| b [1] |\n\n# Sources\n\n1. One", [("[1]", "One"), ("[1]", "One")]),
        ("a [1]\n\n[2]: https://e.com/2", []),
        ("a [1, 2]\n\n[1]: https://e.com/1\n[2]: https://e.com/2",
         [("1", "[1]: https://e.com/1"), ("2", "[2]: https://e.com/2")]),
        ("a [3] and [2026]\n\n## References\n\n1. One", []),
        ("a [1]\n\n## References\n\n## Appendix\n\n1. One", []),
        ("a [1]\n\n## Sources of error\n\n1. One", []),
        ("a [1]\n\n1. One", []),
    ],
)  # fmt: skip
def test_citations(markdown: str, expected: list[tuple[str, str]]) -> None:
    assert links(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "address"),
    [
        ("[a *b*](https://e.com/my file.pdf?q=a b)", "https://e.com/my%20file.pdf?q=a%20b"),
        ("[a *b*]((https://e.com/a))", "https://e.com/a"),
        ("[a *b*]((https://e.com/a(b) c))", ""),
        ("[a *b*](see https://e.com/a)", ""),
        ("[a *b*](my file.pdf)", ""),
    ],
)
def test_addresses_that_markdown_refuses(markdown: str, address: str) -> None:
    (text,) = (token for token in parser().parse(markdown) if token.type == "inline")
    found = [part.attrs["href"] for part in text.children or [] if part.type == "link_open"]
    assert found == [address] * bool(address)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("see https://e.com/_a_b_/1 and _c_", "see https://e.com/_a_b_/1 and <c>"),
        ("**https://e.com/a_b**: c", "<https://e.com/a_b>: c"),
        ("*https://e.com/*, _https://e.com/c_.", "<https://e.com/>, <https://e.com/c>."),
        (
            "https://e.com/a*b*c and https://e.com/(x_y)_z",
            "https://e.com/a*b*c and https://e.com/(x_y)_z",
        ),
        ("[https://e.com/_a_](https://e.com/_a_)", "https://e.com/_a_"),
        ("https://e.com/?a&amp;b", "https://e.com/?a&b"),
        ("https://e.com/a。*b*", "https://e.com/a。<b>"),
    ],
)
def test_addresses_hold_no_emphasis(markdown: str, expected: str) -> None:
    (text,) = (token for token in parser().parse(markdown) if token.type == "inline")
    marks = {"em_open": "<", "em_close": ">", "strong_open": "<", "strong_close": ">"}
    assert "".join(marks.get(part.type, part.content) for part in text.children or []) == expected


# ---- In the PDF


def inside(pdf: bytes) -> list[tuple[str, str]]:
    """Of each link to a place in the document: the text under it, and the line at that place."""
    reader, pages = PdfReader(BytesIO(pdf)), pypdfium2.PdfDocument(pdf)
    numbers = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages)}  # type: ignore[union-attr]
    found = []
    for page, drawn in zip(reader.pages, pages, strict=True):
        for annotation in page.get("/Annots") or []:
            link = annotation.get_object()
            if "/Dest" in link:
                left, bottom, right, top = map(float, link["/Rect"])
                under = drawn.get_textpage().get_text_bounded(left, bottom, right, top)
                target, _, _, high, _ = link["/Dest"]
                place = pages[numbers[target.idnum]].get_textpage()
                line = place.get_text_bounded(60, float(high) - 11, 540, float(high))
                found.append((under.strip(), " ".join(line.split())))
    return found


REPORT = """# Report

One [1], two [2, 3].[^a] The same again[^a] and another[^b].

| a |
|---|
| cell [2] |

[^a]: First note.
[^b]: Second note, see [3].

## References

1. One. https://e.com/1
2. [Two](https://e.com/2)
3. Three
"""


def test_links_lead_to_what_they_name() -> None:
    pdf = render(REPORT)
    assert sorted(inside(pdf)) == sorted(
        [
            ("[1]", "1. One. https://e.com/1"),
            ("2", "2. Two"),
            ("3", "3. Three"),
            ("[2]", "2. Two"),
            ("[3]", "3. Three"),
            ("1", "1. First note."),
            ("1", "1. First note."),
            ("2", "2. Second note, see [3]."),
            ("1.", "One [1], two [2, 3].1 The same again1 and another2."),
            ("2.", "One [1], two [2, 3].1 The same again1 and another2."),
        ]
    )
    annotations: Any = PdfReader(BytesIO(pdf)).pages[0]["/Annots"]
    web = {part.get_object()["/A"]["/URI"] for part in annotations if "/A" in part.get_object()}
    assert web == {"https://e.com/1", "https://e.com/2"}


def test_addresses_without_a_scheme_can_be_clicked() -> None:
    text = "See www.example.com/a_b, not awww.x or x@www.example.com or a/www.example.com."
    annotations: Any = PdfReader(BytesIO(render(text))).pages[0]["/Annots"]
    assert [part["/A"]["/URI"] for part in annotations] == ["http://www.example.com/a_b"]


def test_entries_in_lines_stay_lines() -> None:
    text = PdfReader(BytesIO(render("a [2]\n\n## Sources\n\n[1] One\n[2] Two"))).pages[0]
    assert "\n[1] One\n[2] Two\n" in text.extract_text()


def test_a_number_that_is_a_link_keeps_its_brackets() -> None:
    text = PdfReader(BytesIO(render("a [3] b\n\n[3]: https://e.com/3"))).pages[0].extract_text()
    assert "a [3] b" in text


PARTS = [
    *("[1]", "[2, 3]", "[^1]", "[^2]", "\n[^1]: ", "\n\n[^2]: ", "\n\n## Sources\n\n", "\n1. "),
    *("\n[1] ", "\n[2]: /x\n", "word ", "\n\n", "\n", "\u200b", "![", "](x)", "[", "]", "$x$"),
    *("| a | b |\n|---|---|\n", "| ", "> ", "    ", "<br>", "# ", "|---|\n", "\\", "\u0301"),
    *("\n- ", "`", "**", "\n\n**References**\n\n", "[1](https://e.com)", "\\[1\\]"),
]


@pytest.mark.slow
def test_no_link_leads_nowhere() -> None:
    """ReportLab raises where a link has no place to lead to."""
    dice = random.Random(7)
    for _ in range(400):
        text = "x" + "".join(dice.choices(PARTS, k=dice.randint(3, 40)))
        inside(render(text))


def test_a_link_without_a_place_fails_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.pdf.layout.inline.Inline.entry", lambda self, token: None)
    assert render("a [1]\n\n## Sources\n\n1. One")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a%20b%27s/%E2%80%93x.pdf", "https://e.com/?q=%22a%22&b=%2F",
        "https://xn--bcher-kva.example/x", "https://bücher.example/ü", "https://e.com/%zz?a=b%",
        "https://zh.wikipedia.org/wiki/%E4%B8%AD", "mailto:a%20b@example.com", "ftp://e.com/%7Ea",
    ],
)  # fmt: skip
def test_an_address_is_printed_as_it_is_written(address: str) -> None:
    tokens = parser().parse(f"See <{address}>.")
    assert [part.content for part in tokens[1].children or []][2] == address
    text = PdfReader(BytesIO(render(f"<{address}>"))).pages[0].extract_text()
    assert address in "".join(text.split())
