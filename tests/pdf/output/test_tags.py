"""The structure of a document, for programs that read it aloud."""

import re
import shutil
import subprocess
from io import BytesIO
from typing import Any

import pytest
from pictures import SAMPLES
from pypdf import PdfReader

from generator.pdf import render

MARKDOWN = """# Title

A paragraph with $x^2$ in it.

## Section

1. one
   - inner

   > quoted
2. two

| a | b |
|---|---|
| c | d |
"""


def outline(pdf: bytes) -> list[str]:
    """The roles of the elements, each with its depth, and `text` for marked text."""
    root: Any = PdfReader(BytesIO(pdf)).trailer["/Root"]
    found = []
    waiting = [(0, root["/StructTreeRoot"]["/K"])]
    while waiting:
        depth, value = waiting.pop()
        value = value.get_object()
        if isinstance(value, list):
            waiting += [(depth, kid) for kid in reversed(value)]
        elif isinstance(value, dict) and "/S" in value:
            found.append(f"{depth * ' '}{value['/S'][1:]}")
            waiting.append((depth + 1, value["/K"]))
    return found


def elements(pdf: bytes) -> list[Any]:
    root: Any = PdfReader(BytesIO(pdf)).trailer["/Root"]
    found, waiting = [], [root["/StructTreeRoot"]["/K"]]
    while waiting:
        value = waiting.pop().get_object()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict) and "/S" in value:
            found.append(value)
            waiting.append(value["/K"])
    return found


STRUCTURE = """Document
 P
 H1
 P
  Formula
  Span
 H2
 L
  LI
   Lbl
   LBody
    P
    L
     LI
      Lbl
      LBody
       P
    BlockQuote
     P
  LI
   Lbl
   LBody
    P
 Table
  TR
   TH
   TH
  TR
   TD
   TD"""


def test_elements() -> None:
    assert "\n".join(outline(render(MARKDOWN))) == STRUCTURE


def test_formulas_in_a_line_stand_beside_each_other() -> None:
    """Not each within what follows the one before."""
    parts = outline(render("So $a$ is $b$, [not $d$ nor $e$](https://e.com) $f$"))[2:]
    inside = ["   Formula", "   Span", "   Formula"]
    assert parts == [" P", *["  Formula", "  Span"] * 2, "  Link", *inside, "  Span", "  Formula"]


def test_a_cell_over_several_columns_is_one() -> None:
    rows = "<tr><th colspan=2>A</th><th>B</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>"
    pdf = render(f"<table>{rows}</table>")
    cells = [part for part in elements(pdf) if part["/S"] in ("/TH", "/TD")]
    assert sorted(str(cell.get("/A", {}).get("/ColSpan")) for cell in cells) == ["2", *["None"] * 4]


def test_a_topic_is_the_first_heading() -> None:
    assert outline(render("## A\n\nb", topic="The topic"))[2:] == [" H1", " H2", " P"]


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        ("The energy of the whole is $x^2$, as this report says.", "x squared", None),
        ("Die Energie ist nicht das, was der Bericht mit $x^2$ meint.", "x Quadrat", None),
        ("能量是 $x^2$ 的函数，其中的变量", "x 的平方", None),
        ("$x_{速度}^2$ 能量是的函数，其中的变量", "速度", None),
        ("η ενέργεια είναι $x^2$ και", "x squared", "en"),  # mathra knows no Greek
    ],
)
def test_formulas_are_described_as_they_are_read_aloud(
    text: str, spoken: str, language: str | None
) -> None:
    (formula,) = [element for element in elements(render(text)) if element["/S"] == "/Formula"]
    assert spoken in formula["/Alt"]
    assert formula.get("/Lang") == language


@pytest.mark.parametrize("text", ["word " * 2000, "| a | b |\n|---|---|\n" + "| c | d |\n" * 100])
def test_marked_text_and_elements_lead_to_each_other(text: str) -> None:
    """Also where a paragraph or a table goes on on the next page."""
    pdf = render(text)
    reader = PdfReader(BytesIO(pdf))
    assert len(reader.pages) > 1
    root: Any = reader.trailer["/Root"]
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for page in reader.pages:
        contents = page.get_contents()
        assert contents is not None
        marks = re.findall(rb"/(\w+)<</MCID (\d+)>>BDC", contents.get_data())
        owners = [entry.get_object() for entry in parents[page["/StructParents"]]]
        assert [int(number) for _, number in marks] == list(range(len(owners)))
        for (role, number), element in zip(marks, owners, strict=True):
            assert element["/S"] == "/" + role.decode()
            kids = [kid.get_object() for kid in element["/K"]]
            here = element["/Pg"].indirect_reference == page.indirect_reference
            assert (
                int(number) in kids
                if here
                else any(isinstance(kid, dict) and kid.get("/MCID") == int(number) for kid in kids)
            )
    heads = [element for element in elements(pdf) if element["/S"] == "/TH"]
    assert len(heads) in (0, 2)  # the header is read once


def elements_of(reader: PdfReader) -> list[Any]:
    buffer = BytesIO()
    reader.stream.seek(0)
    buffer.write(reader.stream.read())
    return elements(buffer.getvalue())


def test_text_from_right_to_left_has_no_second_text() -> None:
    """MuPDF turns round what an ActualText says of letters that are on the page already."""
    pdf = render("# כותרת\n\nשלום **לכולם** ו-2026\n\n| א | ב |\n|---|---|\n| ג | ד |")
    assert not any("/ActualText" in element for element in elements(pdf))


def test_the_text_of_a_page_is_one_text_object() -> None:
    """MuPDF knows the direction of a sign by the letters before it in the same object."""
    reader = PdfReader(
        BytesIO(render("# عنوان\n\nنص `code`.\n\n> نص **آخر**.\n\n| أ | ب |\n|--|--|"))
    )
    contents = reader.pages[0].get_contents()
    assert contents is not None
    objects = re.findall(rb"^(?:BT|ET)$", contents.get_data(), re.M)
    assert objects == [b"BT", b"ET"] * 2  # the text, and the foot


def test_poppler_reads_the_structure() -> None:
    command = shutil.which("pdfinfo")
    if not command:
        pytest.skip("needs pdfinfo, of poppler-utils")
    for sample in SAMPLES:
        pdf = render(sample.read_text("utf-8"))
        done = subprocess.run([command, "-struct-text", "-"], input=pdf, capture_output=True)
        assert b"H1" in done.stdout and not done.stderr, sample
    assert (
        b"Tagged:          yes"
        in subprocess.run([command, "-"], input=pdf, capture_output=True).stdout
    )


def test_what_it_costs() -> None:
    """Less than two fifths of the size: elements are packed and compressed."""
    pdf = render((MARKDOWN + "word " * 300 + "\n\n") * 30)
    packed = sum(
        len(stream) for stream in re.findall(rb"/ObjStm.*?stream\n(.*?)endstream", pdf, re.S)
    )
    assert packed < 0.3 * len(pdf)
