"""Lists of references in every shape that models give them, and links to headings."""

import re
from typing import Any

import pytest

from generator.pdf import render
from generator.pdf.markdown.parse import parser
from generator.pdf.markdown.titles import is_title


def read(markdown: str) -> tuple[list[str], list[str]]:
    """Whom the marks lead to: `mark > first letters of the entry's line`; and all lines."""
    env: dict[str, Any] = {}
    lines: list[str] = []
    names: dict[str, str] = {name: source for source, name in env.get("unused", [])}
    marks: list[tuple[str, str]] = []
    for token in parser().parse(markdown, env):
        if token.type != "inline":
            continue
        line, pending = "", []
        for part in token.children or []:
            if part.type == "entry":
                pending.append(part.meta["name"])
            elif part.type == "hardbreak":
                lines.append(line)
                line = ""
            elif part.type in ("citation_open", "link_open") and part.meta.get("name"):
                marks.append((f"{len(lines)}:{len(line)}", part.meta["name"]))
            line += part.content
            for name in pending if part.content else []:
                names[name] = name
                pending = []
                names[name] = f"{len(lines)}"
        lines.append(line)
    names |= {name: source for source, name in env["unused"]}
    targets = []
    for where, name in marks:
        row, column = map(int, where.split(":"))
        text = lines[int(names[name])] if names[name].isdecimal() else names[name]
        mark = re.match(r"\W*\d*\W?", lines[row][column:])
        targets.append(f"{mark[0].strip() if mark else ''} > {text[:24]}")
    return targets, lines


SHAPES = {
    "one paragraph": "References:\n[1] One x\n[2] Two y\n[3] Three",
    "one line": "References: [1] One x [2] Two y [3] Three",
    "one line, lenticular": "参考文献：【1】One x 【2】Two y 【3】Three",
    "bold title": "**Sources:**\n[1] One x\n[2] Two y",
    "bold title with a list below": "**Sources**\n\n1. One x\n2. Two y",
    "heading with a number": "## 7. References\n\n[1] One x\n\n[2] Two y",
    "heading with a Roman number": "## VII. Works Cited\n\n1. One x\n2. Two y",
    "heading with a Chinese number": "## 六、参考文献\n\n[1] One x\n\n[2] Two y",
    "heading of a chapter": "## 第六章 主要参考资料\n\n1. One x\n2. Two y",
    "heading of an appendix": "## Appendix B: Sources\n\n1. One x\n2. Two y",
    "heading with a sign": "## 📚 Sources & Further Reading\n\n1. One x\n2. Two y",
    "参考来源": "## 参考来源\n\n1. One x\n2. Two y",
    "数据来源": "**数据来源：**\n[1] One x\n[2] Two y",
    "引用链接": "### 引用链接\n\n[1] One x\n[2] Two y",
    "other words": "## Where this comes from\n\n[1] One x\n\n[2] Two y",
    "no heading": "---\n\n[1] One x\n[2] Two y",
    "other words, numbered links": "## Read on\n\n1. [One x](https://a.e)\n2. Two y https://b.e",
    "other words, lines of links": "## Read on\n\n(1) One https://a.e/1\n(2) Two https://b.e",
    "works consulted": "## 8. Works consulted\n\n(1) One x\n(2) Two y",
    "lenticular entries": "## 参考文献\n\n【1】One x\n【2】Two y",
    "full width": "## 参考文献\n\n［1］One x\n\n［2］Two y",
    "with carets": "## Sources\n\n[^1] One x\n\n[^2] Two y",
    "numbers with points": "Sources:\n\n1) One x\n2) Two y",
    "Chinese points": "## 参考资料\n\n1、One x\n2、Two y",
    "round brackets": "## Quellen\n\n(1) One x\n\n(2) Two y",
    "bullets": "## Sources\n\n- [1] One x\n- [2] Two y",
    "bold bullets": "## Sources\n\n* **[1]** One x\n* **[2]** Two y",
    "links": "## Sources\n\n[[1]](https://a.e) One x\n\n[[2]](https://b.e) Two y",
    "bullets without numbers": "## Sources\n\n- One x\n- Two y",
    "table": "## Sources\n\n| # | Source |\n|---|---|\n| 1 | One |\n| 2 | Two |",
    "table with brackets": "## 参考文献\n\n| 序号 | 来源 |\n|---|---|\n| [1] | One |\n| [2] | Two",
    "line ends in HTML": "**References**<br>[1] One x<br>[2] Two y",
    "line ends with a backslash": "References\\\n[1] One x\\\n[2] Two y",
    "escaped": "## References\n\n\\[1\\] One x\n\n\\[2\\] Two y",
    "places in HTML": '## Sources\n\n<a id="r1"></a>[1] One x\n\n<a id="r2"></a>[2] Two y',
    "letters before numbers": "## Sources\n\n[S1] One x\n\n[S2] Two y",
    "definitions without an address": "## References\n\n[1]: One x\n[2]: Two y",
    "in a quote": "> From here:\n>\n> [1] One x\n>\n> [2] Two y",
    "Russian": "## Список использованных источников\n\n1. One x\n2. Two y",
    "Vietnamese": "## Nguồn tham khảo\n\n1. One x\n2. Two y",
    "definitions": "[1]: https://e.com/1 'One'\n[2]: https://e.com/2 'Two'",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "mark",
    ["[{}]", "【{}】", "[^{}]", "［{}］", "<sup>{}</sup>", "<sup>[{}]</sup>", "[S{}]", "[来源{}]"],
)
def test_shapes(shape: str, mark: str) -> None:
    if shape == "definitions" and "[{}]" in mark:
        return  # a link of Markdown
    text = f"A claim{mark.format(1)} and another {mark.format(2)}.\n\n{SHAPES[shape]}"
    targets, lines = read(text)
    assert len(targets) == 2, (targets, lines)
    assert "On" in targets[0] or "/1" in targets[0] or targets[0].endswith(("1", "1]"))
    assert "Tw" in targets[1] or "/2" in targets[1] or targets[1].endswith(("2", "2]"))
    entries = [line for line in lines if "One" in line or "Two" in line]
    assert not any("One" in line and "Two" in line for line in entries)
    render(text)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("a 【1, 2】\n\n## References\n\n1. One\n2. Two", ["1, > One", "2】 > Two"]),
        ("a [1、2]\n\n## 来源\n\n1. One\n2. Two", ["1、 > One", "2] > Two"]),
        ("a 【1†source】\n\n## Sources\n\n1. One", ["[1] > One"]),
        ("a [citation:2].\n\n## Sources\n\n1. One\n2. Two", ["[2] > Two"]),
        ("a ([1](#ref-1))\n\n## Sources\n\n1. One", ["[1] > One"]),
        ("A claim.² A claim of 5 m².³\n\n## Sources\n\n1. One\n2. Two", [" > Two"]),
        ('a [1](#x)\n\n## Sources\n\n<a id="x"></a>[1] One', ["[1] > [1] One"]),
        ("a [[1]](#sources)\n\n## Sources\n\n1. One", ["[1] > One"]),
        ("[3] shows it, says\n[4], and so on.", []),
        ("[1] says so.\n\nAnd then a text.\n\n[2] says no.", []),
        ("x[1]\n\nSources of error:\n\n1. One", []),
        ("See [2] and [9].\n\n## Sources\n\n1. One\n2. Two [1]", ["[2] > Two [1]", "[1] > One"]),
    ],
)
def test_marks(text: str, targets: list[str]) -> None:
    assert read(text)[0] == targets


def test_an_entry_may_cite_another() -> None:
    text = "a [1]\n\n## References\n\n[1] One, see [2] there.\n\n[2] Two."
    assert "[1] One, see [2] there." in read(text)[1]


@pytest.mark.parametrize(
    "title",
    [
        "References", "References:", "7 References", "IX. Bibliography", "A. Sources",
        "§ 4 Quellen",
        "Key Sources", "List of references", "Sources Used", "References (APA)",
        "资料来源", "List of sources",
        "八、参考文献与资料来源", "（六）引用文献", "参考链接", "附录A：参考文献", "参考文献列表",
        "信息来源",
        "引用元・出典", "Fuentes y referencias", "Quellen und weiterführende Literatur",
        "🔗 Reference Links", "10. 참고문헌", "قائمة المراجع",
    ],
)  # fmt: skip
def test_titles(title: str) -> None:
    assert is_title(title)
    assert is_title(f"**{title}**")


@pytest.mark.parametrize(
    "title",
    ["Sources of error", "Power sources", "References to God", "Water resources",
     "来源于何处的问题",
     "Literature review", "The sources", "Source code", "1", "", "参考意义", "文献综述"],
)  # fmt: skip
def test_what_is_no_title(title: str) -> None:
    assert not is_title(title)


# ---- Links to headings


@pytest.mark.parametrize(
    ("link", "heading"),
    [
        ("#the-start", "The start"), ("#The-Start", "The start"), ("#the_start", "The start"),
        ("#1-the-start", "1. The start"), ("#the-start", "1. The start"), ("#一概述", "一、概述"),
        ("#概述", "一、概述"), ("#%E6%A6%82%E8%BF%B0", "概述"), ("#whats-new", "What's new?"),
        ("#own", "The start {#own}"), ("#c-and-c", "C and **C**"), ("#user-content-x", "Go"),
        ("#résumé", "Résumé"), ("#a--b", "A & B"), ("#sec:go", "Go"),
    ],
)  # fmt: skip
def test_links_to_headings(link: str, heading: str) -> None:
    tokens = parser().parse(f"- [Go]({link})\n\n## {heading}\n\nText.")
    opened = [part for token in tokens for part in token.children or []]
    (target,) = [part.meta["name"] for part in opened if part.type == "link_open"]
    assert [part.meta["name"] for part in opened if part.type == "entry"] == [target]
    assert all("{#" not in part.content for part in opened)


def test_headings_of_the_same_name() -> None:
    tokens = parser().parse("[a](#x) [b](#x-1)\n\n# X\n\n# X")
    opened = [part for token in tokens for part in token.children or []]
    names = [part.meta["name"] for part in opened if part.type == "link_open"]
    assert names == [part.meta["name"] for part in opened if part.type == "entry"]


def test_a_dead_link_is_text() -> None:
    assert b"/Dest" not in render("[a](#nowhere) and [b](#)\n\n## Somewhere")


@pytest.mark.parametrize(
    "line", ["**The start**", "**The start:**\nMore text.", "Sources:\n[1] One"]
)
def test_links_to_lines_that_stand_as_headings(line: str) -> None:
    link = "#sources" if "Sources" in line else "#the-start"
    tokens = parser().parse(f"- [Go]({link})\n\n{line}")
    opened = [part for token in tokens for part in token.children or []]
    (target,) = [part.meta["name"] for part in opened if part.type == "link_open"]
    assert target in [part.meta["name"] for part in opened if part.type == "entry"]


@pytest.mark.parametrize(
    "place",
    ['<a id="go"></a>\n\n## Start', '## <a name="go"></a>Start', "<span id=go></span>Start"],
)
def test_links_to_places_in_html(place: str) -> None:
    tokens = parser().parse(f"[Go](#go)\n\n{place}\n\nText.")
    opened = [part for token in tokens for part in token.children or []]
    (target,) = [part.meta["name"] for part in opened if part.type == "link_open"]
    at = next(at for at, part in enumerate(opened) if part.meta.get("name") == target and at > 2)
    assert "Start" in [part.content for part in opened[at:]]
    assert not any("<" in part.content for part in opened)
