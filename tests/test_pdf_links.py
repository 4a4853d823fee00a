"""Does `[3]` in the text lead to the third reference, and does every link lead somewhere?"""

import pytest
from markdown_it.token import Token

from generator.pdf.markdown import parser


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
        ("a [2]\n\n**References:**\n[1] One\n[2] Two", []),  # one paragraph, not under a title
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
