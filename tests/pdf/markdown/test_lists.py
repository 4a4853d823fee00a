"""Lines that are a list to the eye, bullets that Markdown does not know, emphasis beside Chinese,
and tables with a wrong delimiter row.
"""

import re

import pytest

from generator.pdf.markdown.parse import parser


def shown(markdown: str) -> str:
    """The text, with ¶ between blocks and cells, / at line ends that stay, and bold as <...>."""
    marks = {"hardbreak": "/", "strong_open": "<", "strong_close": ">"}
    blocks = []
    for token in parser().parse(markdown):
        if token.type == "inline":
            parts = []
            for part in token.children or []:
                soft = "" if "joined" in part.meta else " "
                parts.append(
                    soft if part.type == "softbreak" else marks.get(part.type, part.content)
                )
            blocks.append("".join(parts))
    return "¶".join(blocks)


@pytest.mark.parametrize(
    "lines",
    [
        ["The points:", "• first", "• second"],
        ["So:", "● a", "○ b", "▪ c"],
        ["要点：", "①一", "②二"],
        ["Checks", "✅ done", "❌ not done"],
        ["(1) one", "(2) two"],
        ["Intro", "（1）一", "（2）二"],
        ["一、开始", "二、结束"],
        ["（一）开始", "（二）结束"],
        ["**Date:** today", "**Author:** somebody", "**Version:** 1"],
        ["**Date**: today", "**Author**: somebody"],
        ["Date: today", "Author: somebody"],
        ["日期：今天", "作者：某人"],
        ["Options", "a) red", "b) green"],
        ["Options", "i) red", "ii) green"],
        ["א. אחת", "ב. שתיים"],
        ["1、甲", "2、乙"],
        ["Text:", "2. b", "3. c"],
        ["Plan", "– first", "– second"],
        ["👉 one", "👉 two"],
        ["1️⃣ one", "2️⃣ two"],
        ["Step 1: look", "Step 2: leap"],
        ["第一步：看", "第二步：跳"],
        ["・一つ", "・二つ"],
        ["※ 注意", "※ 参照"],
        ["https://a.example/1", "https://a.example/2"],
        ["1.1 a", "1.2) b", "1.3) c"],
        ["**① 重点** 一", "**② 难点** 二"],
        ["→ one", "→ two"],
        ["甲、先做", "乙、后做"],
        ["ア）項目", "イ）項目"],
        ["☐ open", "☑ done"],
        ["**1. Introduction**", "Text after it."],
        ["Text before", "**A heading to the eye:**", "Text after"],
        ["-Item", "-Another"],
        ["*Item", "*Another"],
        ["To be or not to be.", "— Shakespeare"],
        ["To be or not to be.", "— J. Preskill, 2018"],
    ],
    ids=lambda lines: lines[-1],
)  # fmt: skip
def test_lines_that_are_a_list_stay_lines(lines: list[str]) -> None:
    kept = len(re.findall("[/¶]", shown("\n".join(lines))))
    assert kept >= len(lines) - 1 - (lines[0] == "1.1 a")
    assert len(re.findall("[/¶]", shown("> " + "\n> ".join(lines)))) == kept
    assert len(re.findall("[/¶]", shown("- " + "\n  ".join(lines)))) == kept


@pytest.mark.parametrize(
    "text",
    [
        "A paragraph that someone\nhas wrapped by hand,\nat no sign.",
        "The number of windows is\n14.  The number of doors is 6.",
        "One of them (see\n(2) there) and\nnothing else.",
        "It was in\n2024. And that was all\nthere was.",
        "A dash at a line's end –\n– is no list.",
        "He said\n**Note:** and went on\nin the same breath.",
        "He wrote to A.\nB. Smith and to nobody\nelse.",
    ],
)
def test_wrapped_prose_stays_a_paragraph(text: str) -> None:
    assert "/" not in shown(text)


def outline(markdown: str) -> str:
    """The items of the lists, each with its sign, under as many dots as lists are around it."""
    depth, text = 0, ""
    for token in parser().parse(markdown):
        depth += token.nesting if token.type.startswith("bullet_list") else 0
        if token.type == "list_item_open":
            text += "\n" + "." * depth + str(token.meta.get("sign", "-"))
        elif token.type == "inline":
            text += " " * bool(text) + token.content.replace("\n", "/")
    return text.strip()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("So:\n• a\n• b\nc", "So:\n.• a\n.• b/c"),
        ("• a\n  ◦ b\n  ◦ c\n• d", ".• a\n..◦ b\n..◦ c\n.• d"),
        ("• a\n○ b\n▪ c\n• d", ".• a\n..○ b\n..▪ c\n.• d"),
        ("• a\n    – b\n    ✓ c\n• d", ".• a\n..– b\n..✓ c\n.• d"),
        ("• a\n– b\n– c\n• d", ".• a\n..– b\n..– c\n.• d"),
        ("Plan:\n– a\n– b", "Plan:\n.– a\n.– b"),
        ("So it is,\n– he said.", "So it is,/– he said."),
        ("Either\na) red or\nb) green", "Either\n.a) red or\n.b) green"),
        ("**(A) B:** c\n**(B) D:** e", ".(A) **B:** c\n.(B) **D:** e"),
        ("• x\n   a. b\n   b. c\n• y\n   a. d", ".• x\n..a. b\n..b. c\n.• y\n..a. d"),
        ("A. Smith\nC. Jones", "A. Smith/C. Jones"),
        ("By B. Smith\nA. Jones\nand others", "By B. Smith/A. Jones/and others"),
        ("✅ a\n❌ b\n⚠️ c", ".✅ a\n.❌ b\n.⚠️ c"),
        ("**• A:** b\n**• C:** d", ".• **A:** b\n.• **C:** d"),
        ("• a\n\n• b", ".• a\n.• b"),
        ("- • a\n- b", ".-\n..• a\n.- b"),
        ("> • a\n> • b", ".• a\n.• b"),
        ("•甲\n•乙", ".• 甲\n.• 乙"),
        ("📌 one\nalone", "📌 one/alone"),
        ("a • b\nc • d", "a • b/c • d"),
        ("•", "•"),
    ],
)
def test_signs_that_begin_lines_are_bullets(markdown: str, expected: str) -> None:
    assert outline(markdown) == expected


def test_lists_with_numbers_know_how_long_these_are() -> None:
    tokens = parser().parse("9. a\n   1. b\n      - c\n10. d\n11. e")
    lists = [token.meta["digits"] for token in tokens if token.type == "ordered_list_open"]
    assert lists == [2, 1]


@pytest.mark.parametrize(
    ("markdown", "numbers"),
    [
        ("1. a\n1. b\n1. c", "1 2 3"),
        ("1. a\n   1. b\n   1. c\n1. d", "1 1 2 2"),
        ("3. a\n5. b\n5. c", "3 5 5"),
    ],
)
def test_a_list_whose_numbers_are_all_the_same_is_counted(markdown: str, numbers: str) -> None:
    items = [token for token in parser().parse(markdown) if token.type == "list_item_open"]
    assert " ".join(item.info for item in items) == numbers


def test_chinese_lines_join_without_a_space() -> None:
    assert shown("中文的一行\n和下一行") == "中文的一行和下一行"
    assert shown("한국어 문장\n다음 줄") == "한국어 문장 다음 줄"
    assert shown("中文 and\n英文") == "中文 and 英文"


# ---- Emphasis


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("这是**“重点”**说明", "这是<“重点”>说明"),
        ("**术语（English）**已定义", "<术语（English）>已定义"),
        ("**注意：**请看", "<注意：>请看"),
        ("これは**「強調」**です", "これは<「強調」>です"),
        ("**이 용어(Term)**를 강조", "<이 용어(Term)>를 강조"),
        ("**价格$5**元", "<价格$5>元"),
        ("增长**+46%**的", "增长<+46%>的"),
        ("**《红楼梦》**是", "<《红楼梦》>是"),
        ("见**[1]**处", "见<[1]>处"),
        ("**“a”、“b”**与**“c”**", "<“a”、“b”>与<“c”>"),
        ("คำ**“สำคัญ”**นี้", "คำ<“สำคัญ”>นี้"),
        ("__注意：__请看", "__注意：__请看"),  # an underscore stays one within a word
        ("a**\"b\"**c", 'a<"b">c'),
        ("**Label:**text and (**a**)b", "<Label:>text and (<a>)b"),
        ("**a**,b **c**", "<a>,b <c>"),
        ("** no**中", "** no**中"),
        ("2*3*4 and a*b*c", "2*3*4 and a*b*c"),
        ("Leser*innen und Bürger*innen", "Leser*innen und Bürger*innen"),
        ("W = F*s, F = m*a", "W = F*s, F = m*a"),
        ("the *ruler*s, _a_b_ and snake_case_name", "the rulers, a_b and snake_case_name"),
        ("我*强调*你", "我强调你"),
        ('__init__.py and __name__ == "__main__"', '__init__.py and __name__ == "__main__"'),
        ("__bold__ and __bold words__.", "<bold> and <bold words>."),
        # A label that is not closed, or behind a space.
        ("**Label: text", "<Label:> text"),
        ("**Label: **text", "<Label:> text"),
        ("**Label:\n**", "<Label:>"),
        ("**标签：文字", "<标签：> 文字"),
        ("**Label: a **b** c", "**Label: a <b> c"),
        ("**p < 0.01 and so on", "**p < 0.01 and so on"),
    ],
)  # fmt: skip
def test_emphasis(markdown: str, expected: str) -> None:
    assert shown(markdown) == expected


# ---- Tables


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ("| a | b | c |\n|---|---|\n| 1 | 2 | 3 |", "a¶b¶c¶1¶2¶3"),
        ("| a | b |\n|---|---|---|\n| 1 | 2 | 3 |", "a¶b¶¶1¶2¶3"),
        ("a | b | c\n---|---\n1 | 2 | 3", "a¶b¶c¶1¶2¶3"),
        ("| a | b | c |\n|---|\n| 1 | 2 | 3 |", "a¶b¶c¶1¶2¶3"),
        ("| a | b |\n|---+---|\n| 1 | 2 |", "a¶b¶1¶2"),
        ("| a | b |\n|-----|-----|-----|\n| 1 | 2 |", "a¶b¶¶1¶2¶"),
        ("| a | b |\n|:--|\n| 1 | 2 |", "a¶b¶1¶2"),
        ("| a | b |\n|——|——|\n| 1 | 2 |", "a¶b¶1¶2"),
        ("| a | b |\n|===|===|\n| 1 | 2 |", "a¶b¶1¶2"),
        ("text\n| a | b | c |\n|---|---|\n| 1 | 2 | 3 |", "text¶a¶b¶c¶1¶2¶3"),
        ("> | a | b | c |\n> |---|---|\n> | 1 | 2 | 3 |", "a¶b¶c¶1¶2¶3"),
        ("| a | b\\|c | d |\n|---|---|\n| 1 | 2 | 3 |", "a¶b|c¶d¶1¶2¶3"),
        ("| a | b |\n| 1 | 2 |\n| 3 | 4 |", "a¶b¶1¶2¶3¶4"),
        ("text\n| a | **b** |\n| 1 | `2|3` |", "text¶a¶<b>¶1¶2|3"),
    ],
)
def test_a_table_with_another_delimiter_row_is_a_table(rows: str, cells: str) -> None:
    tokens = parser().parse(rows)
    assert any(token.type == "table_open" for token in tokens)
    assert shown(rows) == cells
    assert shown(f"before\n\n{rows}\n\nafter") == f"before¶{cells}¶after"


@pytest.mark.parametrize(
    "text",
    [
        "a | b\n---",
        "a\n|---|",
        "    | a | b |\n    |---|",
        "| a | b |",
        "| a |\n| b |",
        "| a | b |\n| c | d | e |",
        "    | a | b |\n    | c | d |",
        "|a| is\n|b|",
    ],
)
def test_what_is_no_table(text: str) -> None:
    assert all(token.type != "table_open" for token in parser().parse(text))


def test_the_alignment_of_a_mended_row() -> None:
    tokens = parser().parse("| a | b | c |\n|--:|:-:|\n| 1 | 2 | 3 |")
    styles = [token.attrs.get("style") for token in tokens if token.type == "td_open"]
    assert styles == ["text-align:right", "text-align:center", None]


@pytest.mark.parametrize(
    ("markdown", "rank", "text"),
    [
        ("##二、方法", "h2", "二、方法"),
        ("###Results ###\nmore", "h3", "Results"),
        ("####### Seven", "h6", "Seven"),
        ("#标题\n\nmore", "h1", "标题"),
        ("# Title {#own .class}", "h1", "Title"),
        ("## Notes {.unnumbered}", "h2", "Notes"),
        ("## The set {a, b}", "h2", "The set {a, b}"),
    ],
)
def test_headings_as_models_write_them(markdown: str, rank: str, text: str) -> None:
    tokens = parser().parse(markdown)
    assert (tokens[0].tag, tokens[1].content) == (rank, text)


@pytest.mark.parametrize("text", ["#3 of them", "text\n\n#tag", "#!/bin/sh", "##", "a\n    ##b"])
def test_what_is_no_heading(text: str) -> None:
    assert "¶".join(token.tag for token in parser().parse(text)).count("h") <= (text == "##") * 2


@pytest.mark.parametrize("line", ["⸻", "─────", "═ ═ ═", "———", "· · ·", "==========", "• • •"])
def test_a_line_of_one_sign_is_a_rule(line: str) -> None:
    def kinds(markdown: str) -> list[str]:
        return [token.type for token in parser().parse(markdown) if token.nesting == 0]

    assert kinds(f"above\n\n{line}\n\nbelow") == ["inline", "hr", "inline"]
    assert kinds(f"{line}\nbelow\n=====") == ["hr", "inline"]
    assert kinds(f"a {line}") == kinds(f"{line} a") == ["inline"]
    assert kinds(f"    {line}") == ["code_block"]


@pytest.mark.parametrize(
    "drawing",
    [
        "src/\n├── a.py\n│   └── b.py\n└── c.py",
        "+---+---+\n| A | B |\n+===+===+",
        "┌──┐\n│ A│\n└──┘",
    ],
)
def test_what_is_drawn_with_characters_is_code(drawing: str) -> None:
    (token,) = parser().parse(drawing)
    assert (token.type, token.content) == ("code_block", drawing)
    assert parser().parse("- " + drawing.replace("\n", "\n  "))[2].content == drawing
