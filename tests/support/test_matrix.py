"""The fault tests' table: it goes between two lines of a page, and two sessions write it alike."""

from pathlib import Path

import pytest
from faults.matrix import BEGIN, END, Matrix


@pytest.fixture
def matrix() -> Matrix:
    matrix = Matrix()
    matrix.add(
        "Disk", "full", "told: “Cannot write /tmp/a-0/evidence0/mail/b-82087058-ba837301.pdf”"
    )
    matrix.add("LLM", "refuses", "nobody at 127.0.0.1:40123: set LLM_API_BASE=<URL> | x")
    matrix.add("Disk", "missing", "made\nagain")
    return matrix


def test_is_written_between_its_two_lines(matrix: Matrix, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        matrix.write(page)
        assert page.read_text() == (
            f"before\n{BEGIN}\n"
            "| What breaks | Where, or how | What was observed |\n"
            "| --- | --- | --- |\n"
            "| Disk | full | told: “Cannot write reports/TOPIC-RUN.pdf” |\n"
            "|  | missing | made again |\n"
            "| LLM | refuses | nobody at 127.0.0.1:PORT: set LLM_API_BASE=&lt;URL> \\| x |\n"
            f"{END}\nafter\n"
        )


@pytest.mark.parametrize("text", [None, "no lines for it", f"{END} {BEGIN}"])
def test_needs_its_two_lines(matrix: Matrix, tmp_path: Path, text: str | None) -> None:
    page = tmp_path / "page.md"
    if text is not None:
        page.write_text(text)
    with pytest.raises(ValueError, match=r"page\.md has no lines"):
        matrix.write(page)
