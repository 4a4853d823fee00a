"""Tables whose delimiter row does not say how many cells there are, which Markdown takes for text.

Models miscount, and some write the row as other programs do: `|---+---|`. What stands over such a
row and has bars is a table to the eye. Both rows are mended and read again. Rows without any such
row, `| a | b |` one below the other, are a table, too.
"""

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, table

_MOST = 200  # of them are mended in a document, as each costs a copy of its text
_ROW = re.compile(r"[|:+=\-–—\s]*[-=–—][|:+=\-–—\s]*")
_OTHER = re.compile(r"(?:[#>*+-]+|\d{1,9}[.)])(?:\s|$)")
_CELL = re.compile(r"(:?)\s*[-=–—]+[-=–—\s]*(:?)")


def tables_plugin(parser: MarkdownIt) -> None:
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return (
        table(state, start, end, silent)
        or _mended(state, start, end, silent)
        or _bare(state, start, end, silent)
    )


def _mended(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    line = start + 1
    if line >= end:
        return False
    at = state.bMarks[line] + state.tShift[line]
    if state.src[at : at + 1] not in "|-:+=–—":
        return False
    if state.eMarks[line] - state.bMarks[line] > 2000:
        return False
    delimiters = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
    if "|" not in delimiters or not _ROW.fullmatch(delimiters):
        return False
    header = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    heads = escapedSplit(header.removeprefix("|").removesuffix("|"))
    cells = len(heads)
    marks = [_CELL.fullmatch(mark.strip()) for mark in re.split(r"[|+]", delimiters.strip("|+"))]
    if _OTHER.match(header) or any(_CELL.fullmatch(cell.strip()) for cell in heads):
        return False  # a heading, an item, or another such row: none is a table's head
    if "|" not in header or cells < 2 or state.env.get("mended", 0) == _MOST:
        return False
    state.env["mended"] = state.env.get("mended", 0) + 1

    count = max(cells, len(marks))
    marks += [None] * (count - len(marks))
    aligned = "|".join(f"{mark[1]}---{mark[2]}" if mark else "---" for mark in marks)
    mended = header + (" " if header.endswith("|") else "|") + " |" * (count - cells)
    places = state.src, state.bMarks[:], state.eMarks[:], state.tShift[:]
    for at, text in ((start, mended), (line, f"|{aligned}|")):
        state.bMarks[at], state.tShift[at] = len(state.src) + 1, 0
        state.src += "\n" + text
        state.eMarks[at] = len(state.src)
    found = table(state, start, end, silent)
    state.src, state.bMarks, state.eMarks, state.tShift = places
    return found


def _bare(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    rows: list[list[Cell]] = []
    for line in range(start, end):
        cells = _cells(state, line)
        if len(cells) < 2 or (rows and len(cells) != len(rows[0])):
            break
        rows.append([Cell(text.strip()) for text in cells])
    if len(rows) < 2:
        return False
    if not silent:
        state.line = start + len(rows)
        push_table(state, rows, start)
    return True


def _cells(state: StateBlock, line: int) -> list[str]:
    """Those of a row that begins and ends with a bar."""
    at = state.bMarks[line] + state.tShift[line]
    if state.src[at : at + 1] != "|" or state.sCount[line] < state.blkIndent:
        return []
    row = state.src[at : state.eMarks[line]].rstrip()
    if not row.endswith("|") or _ROW.fullmatch(row) or state.is_code_block(line):
        return []
    return escapedSplit(row[1:-1])


class Cell(NamedTuple):
    text: str
    head: bool = False
    align: str = "left"
    columns: int = 1


def push_table(state: StateBlock, rows: list[list[Cell]], start: int) -> None:
    """The tokens of a table that begins in line `start`; its first row is the header."""
    state.push("table_open", "table", 1).map = [start, state.line]
    for row in rows:
        state.push("tr_open", "tr", 1)
        for cell in row:
            role = "th" if cell.head or row is rows[0] else "td"
            token = state.push(f"{role}_open", role, 1)
            token.attrs = {"style": f"text-align:{cell.align}", "colspan": cell.columns}
            text = state.push("inline", "", 0)
            text.content, text.children = cell.text, []
            state.push(f"{role}_close", role, -1)
        state.push("tr_close", "tr", -1)
    state.push("table_close", "table", -1)
