"""Are all notes printed, numbered as they are referred to, with links there and back?"""

import random
import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from generator.pdf.markdown.notes import notes_plugin


def parse(markdown: str, env: dict[str, Any] | None = None) -> list[Token]:
    options = {"html": False, "maxNesting": 100}
    parser = MarkdownIt("commonmark", options).enable("table").use(notes_plugin)
    return parser.parse(markdown, {} if env is None else env)


def notes(markdown: str) -> list[tuple[int, int, str]]:
    """Of each note: number, references to it, text."""
    found = []
    for token in parse(markdown):
        if token.type == "note_open":
            found.append([token.meta["number"], token.meta["references"], ""])
        elif found and token.type in ("inline", "code_block", "fence"):
            found[-1][2] += token.content
    return [(number, count, text) for number, count, text in found]


def test_numbered_in_the_order_of_their_references() -> None:
    text = "Two[^b] and one[^a], two again[^b].\n\n[^a]: A\n[^b]: B\n"
    assert notes(text) == [(1, 2, "B"), (2, 1, "A")]
    [line, *_] = [token for token in parse(text) if token.type == "inline"]
    refs = [part.meta for part in line.children or [] if part.type == "note_ref"]
    assert refs == [
        {"number": 1, "reference": 1},
        {"number": 2, "reference": 1},
        {"number": 1, "reference": 2},
    ]


def test_what_nothing_refers_to_is_kept() -> None:
    assert notes("x[^1]\n\n[^2]: B\n\n[^1]: A") == [(1, 1, "A"), (2, 0, "B")]
    assert notes("x\n\n[^1]: A") == [(1, 0, "A")]


def test_notes_with_one_label_are_all_kept() -> None:
    assert notes("x[^1]\n\n[^1]: A\n[^1]: B\n[^1]: C") == [(1, 1, "A"), (2, 0, "B"), (3, 0, "C")]


def test_a_note_may_have_blocks_and_notes_of_its_own() -> None:
    text = "x[^1]\n\n[^1]: A\n\n    B[^2]\n\n    - C\n\n[^2]: D\n\nThe end."
    assert notes(text) == [(1, 1, "AB[^2]C"), (2, 1, "D")]
    assert [t.content for t in parse(text) if t.type == "inline"][:2] == ["x[^1]", "The end."]


def test_notes_elsewhere_are_text() -> None:
    for text in ("> [^1]: two words", "- [^1]: two words", "x[^1]"):
        assert notes(text) == []
        assert any("[^1]" in token.content for token in parse(text))


def test_a_heading_at_the_end_is_theirs() -> None:
    def heading(markdown: str) -> bool:
        [opening] = [token for token in parse(markdown) if token.type == "notes_open"]
        return bool(opening.meta["heading"])

    assert heading("x[^1]\n\n## Footnotes\n\n[^1]: A")
    assert not heading("## X\n\nx[^1]\n\n[^1]: A")


PARTS = [
    *("[^1]", "[^a]", "[^2]: ", "[^1]: ", "\n[^1]: ", "\n[^2]: ", "\n\n", "\n", "    ", "> ", "- "),
    *("word", "*", "`", "[", "](x)", "![", "|", "\n|---|\n", "# ", "$x$", "```\n", ":", "^"),
]


def test_fuzz_loses_nothing() -> None:
    dice = random.Random(11)
    for _ in range(1500):
        parts = dice.choices(PARTS, k=dice.randint(1, 30))
        text = "".join(f"w{n}w" if part == "word" else part for n, part in enumerate(parts))
        left: dict[str, Any] = {}
        tokens = parse(text, left)
        printed = str([left.get("references"), left.get("duplicate_refs")])  # under References
        printed += "".join(
            part.content
            + "".join(str(part.attrs.get(name, "")) for name in ("href", "src"))
            + part.info
            for token in tokens
            for part in [token, *(token.children or [])]
        )
        plain = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
        env: dict[str, Any] = {}
        seen = str(plain.parse(text, env)) + str(env)
        assert [w for w in re.findall(r"w\d+w", text) if w in seen and w not in printed] == [], text
