"""What goes together stands on one page; what is too wide for it becomes lines."""

import re
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from generator.pdf import render

WORDS = "durable execution survives the crash of a process, and of the machine under it. "


def pages(markdown: str) -> list[list[str]]:
    """The lines of each page, without its foot."""
    reader = PdfReader(BytesIO(render(markdown, topic="t")))
    found = []
    for page in reader.pages:
        lines = [" ".join(line.split()) for line in page.extract_text().splitlines()]
        found.append(
            [line for line in lines if line and not re.fullmatch(r"t?(?:Page \d+ of \d+)?", line)]
        )
    return found


TALL = "甲乙丙丁戊己庚辛壬癸" * 3
FOLLOWING = {
    "a table": "|a|b|\n|---|---|\n|1|2|",
    "a table with a tall header": f"|{TALL}|{TALL}|{TALL}|\n|---|---|---|\n|{TALL * 3}|b|c|",
    "code": "```\n" + "line\n" * 12 + "```",
    "a short text": "One line.",
    "a long text": WORDS * 6,
    "a list": "- " + WORDS * 3 + "\n- two",
    "a quote": "> " + WORDS * 3,
    "a formula": "$$\\frac{\\sum_{i=1}^{n} x_i}{n}$$",
    "a heading and a table": "### Below\n\n|a|b|\n|---|---|\n|1|2|",
    "headings and code": "### Below\n\n#### Deeper\n\n```\none\ntwo\nthree\n```",
    "a line and a table": "As follows:\n\n|a|b|\n|---|---|\n|1|2|",
    "a bold line": "**Boldline**\n\n" + WORDS * 3,
    "a bold label and a table": "**Boldline:**\n\n|a|b|\n|---|---|\n|1|2|",
    "a caption and a table": "Captionword 1\n\n|a|b|\n|---|---|\n|1|2|",
    "an alert": "> [!NOTE]\n> " + WORDS * 3,
    "a definition": "Term\n: " + WORDS * 3,
    "records": "|" + "名称很长|" * 15 + "\n|" + "---|" * 15 + "\n|" + "值|" * 15,
}


LEADING = [
    "Below",
    "Deeper",
    "As follows:",
    "Note",
    "Term",
    "Boldline",
    "Boldline:",
    "Captionword 1",
]


@pytest.mark.parametrize("kind", FOLLOWING)
def test_a_heading_goes_with_what_follows(kind: str) -> None:
    for offset in range(32, 50, 2):
        found = pages("x  \n" * offset + f"\n\n## Strandedword\n\n{FOLLOWING[kind]}")
        assert all("Strandedword" not in page[-1] for page in found), offset
        assert all(page[-1] not in LEADING for page in found), offset


def test_a_rule_behind_that_of_the_title_is_not_drawn() -> None:
    assert render("# A title\n\n---\n\nText.") == render("# A title\n\nText.")


def test_a_rule_between_two_pages_is_not_drawn() -> None:
    """And no page is there for it alone."""
    for lines in range(32, 44, 2):
        text = "x  \n" * lines + "\n\n---"
        divided = f"{text}\n\n## Next\n\ny" + "  \nz" * 20
        # That of the title is drawn in any case.
        parted = any(page[0] == "Next" for page in pages(divided))
        assert [rules(text), rules(divided)] == [1, 1 + (not parted)], lines


def rules(markdown: str) -> int:
    pdf = pypdfium2.PdfDocument(render(markdown, topic="t"))
    return sum(len([*page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_PATH])]) for page in pdf)


def test_headings_without_an_end_take_linear_time() -> None:
    assert len(pages("## A\n\n" * 600)) > 15


@pytest.mark.parametrize(
    "cells",
    [["赛事名称", "年份届次", "学科赛道", "奖项级别"] * 4, ["Revenue in 2025", "Share"] * 10,
     [f"{n},234,567" for n in range(1, 12)], ["ราคาสินค้า"] * 14],
    ids=["chinese", "english", "numbers", "thai"],
)  # fmt: skip
def test_a_table_too_wide_for_its_columns_becomes_records(cells: list[str]) -> None:
    rows = f"|{'|'.join(cells)}|\n|{'---|' * len(cells)}\n|{'value|' * len(cells)}"
    text = "\n".join(pages(rows)[0])
    assert text.count(": value") == len(cells)


def test_a_chinese_table_that_fits_stays_one() -> None:
    cells = ["名称", "年份", "级别说明", "高校", "院系", "备注"]
    rows = f"|{'|'.join(cells)}|\n|{'---|' * 6}\n|{'内容很长的一个单元格|' * 6}"
    (lines,) = pages(rows)
    assert not any(": " in line for line in lines)
    assert all(len(line) > 2 for line in lines[-3:])


@pytest.mark.parametrize("name", ["研究报告" * 30, "Wide title WWWW " * 20, "short"])
def test_the_foot_is_one_line_beside_the_number(name: str) -> None:
    page = pypdfium2.PdfDocument(render("text", topic=name))[0].get_textpage()
    boxes = [page.get_rect(number) for number in range(page.count_rects())]
    foot = [box for box in boxes if box[1] < 60]
    assert len({round(box[1] / 3) for box in foot}) <= 2  # letters of one line
    number, *rest = sorted(foot)
    assert all(box[0] > number[2] + 5 for box in rest)
