"""Is code coloured where its language is known, and never changed?"""

from typing import Any

import pytest
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from support.growth import seconds

from generator.pdf.markdown.highlight import _COLORS, highlight

PYTHON = "def f(x: int) -> str:  # why\n    return 'a' * 2\n"


def test_python() -> None:
    colored = {text.strip(): color for text, color in highlight(PYTHON, "python") if color}
    expected = {"def": "Keyword", "f": "Name.Function", "# why": "Comment", "int": "Name.Builtin"}
    expected |= {"return": "Keyword", "'a'": "Literal.String", "2": "Literal.Number"}
    assert {text: colored[text] for text in expected} == {
        text: _COLORS[kind] for text, kind in expected.items()
    }


@pytest.mark.parametrize(
    "language",
    [
        *("python", "javascript", "typescript", "java", "c", "cpp", "go", "rust", "ruby", "php"),
        *("sql", "bash", "console", "html", "css", "json", "yaml", "toml", "ini", "docker"),
        *("makefile", "diff", "latex", "markdown", "r", "julia", "swift", "kotlin", "terraform"),
    ],
)
def test_nothing_is_changed(language: str) -> None:
    for code in (PYTHON, "", "\n\n x\t\n\n", "a\x0bb\x0cc\u2028d\ufeffe", "\ufeff#!x\n", '"""\n'):
        assert "".join(text for text, _ in highlight(code, language)) == code


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (PYTHON, ""),
        (PYTHON, "no-such-language"),
        ("[Unit]", "systemd"),
        (PYTHON * 500, "python"),
        ("x = '" + "y" * 600 + "'", "python"),
    ],
)
def test_plain(code: str, language: str) -> None:
    assert highlight(code, language) == [(code, None)]


def test_many_lines_are_colored() -> None:
    assert len(highlight(PYTHON * 300, "python")) > 300


@pytest.mark.slow
@pytest.mark.parametrize("line", ["a " * 250, "(" * 500, "a." * 250, " " * 499 + "x", "/*" * 250])
def test_hostile_lines_take_no_seconds(line: str) -> None:
    for language in ("java", "python", "makefile", "terraform", "tsx", "csharp", "systemd"):
        assert seconds(highlight, (line + "\n") * 39, language) < 7


def luminance(color: Any) -> float:
    """As WCAG 2 defines it."""
    linear: list[float] = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (color.red, color.green, color.blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colors_can_be_read_on_the_ground_of_code() -> None:
    ground = luminance(HexColor("#f3f4f6"))
    for name, color in _COLORS.items():
        assert (ground + 0.05) / (luminance(color) + 0.05) >= 4.5, name
