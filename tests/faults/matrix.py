"""The table of docs/reliability.md: what was broken, and what was observed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

BEGIN, END = "<!-- matrix:begin -->", "<!-- matrix:end -->"


@dataclass
class Matrix:
    """The rows, as the tests add them."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, broken: str, where: str, observed: str) -> None:
        self.rows.append((broken, where, observed))

    def markdown(self) -> str:
        lines = ["| What breaks | Where, or how | What was observed |", "| --- | --- | --- |"]
        before, order = "", [broken for broken, _, _ in self.rows]
        for row in sorted(self.rows, key=lambda row: order.index(row[0])):
            cells = [plain(cell).replace("|", "\\|") for cell in row]
            first = "" if cells[0] == before else cells[0]
            before = cells[0]
            lines.append(f"| {first} | {cells[1]} | {cells[2]} |")
        return "\n".join(lines)

    def write(self, page: Path) -> None:
        """Put the table between the markers of the page.

        Raises:
            ValueError: there is no such page, or it has no markers.
        """
        text = page.read_text(encoding="utf-8") if page.is_file() else ""
        before, begun, rest = text.partition(BEGIN)
        _, ended, after = rest.partition(END)
        if not begun or not ended:
            raise ValueError(f"{page} has no lines {BEGIN} and {END} to write the matrix between")
        page.write_text(f"{before}{BEGIN}\n{self.markdown()}\n{END}{after}", encoding="utf-8")


def plain(text: str) -> str:
    """One line, and nothing in it that differs from one session to the next for no reason."""
    text = " ".join(text.split()).replace("<", "&lt;")  # in a page, not the beginning of a tag
    text = re.sub(r"/\S+/evidence\d*/", "", text)
    text = re.sub(r"\b(127\.0\.0\.1|localhost):\d+", r"\1:PORT", text)
    # The prompts of `start_run` hold a random word, and so do the files named after them.
    return re.sub(r"[\w./-]*-[0-9a-f]{8}(-[0-9a-f]{8})?\.pdf", "reports/TOPIC-RUN.pdf", text)


def in_seconds(values: Iterable[float | None]) -> str:
    known = sorted(round(value, 1) for value in values if value is not None)
    if not known:
        return "-"
    low, high = known[0], known[-1]
    return f"{low:g} s" if low == high else f"{low:g} to {high:g} s"
