"""Blocks of HTML that have a form of their own: `<table>`, `<pre>`; and comments, which go.

A table becomes the tokens of Markdown's. What is in a cell is read as a paragraph of Markdown with
HTML in it: see html.py. A cell over several columns has its text over all of them, one over several
rows in the first.
"""

import html
import re
from html.parser import HTMLParser
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from generator.pdf.markdown.tables import Cell, push_table

_BEGIN = re.compile(r"<(?:(table|pre)\b|!--)", re.I)
_LANGUAGE = re.compile(r"\b(?:lang|language)[-=][\"']?([\w+#.-]+)", re.I)
_GROUPS = ("thead", "tbody", "tfoot", "colgroup", "col")
_MOST = 100  # columns or rows that one cell may have


def elements_plugin(parser: MarkdownIt) -> None:
    parser.block.ruler.before(
        "table", "element", _element, {"alt": ["paragraph", "reference", "blockquote"]}
    )


def _element(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at : at + 1] != "<" or state.is_code_block(start):
        return False
    begin = _BEGIN.match(state.src, at)
    last = begin and _last_line(state, start, end, (begin[1] or "").lower())
    if not begin or last is None:
        return False
    source = state.getLines(start, last + 1, state.blkIndent, False).strip()
    if not begin[1] and not source.endswith("-->"):
        return False
    if silent:
        return True
    state.line = last + 1
    if not begin[1]:
        return True
    if begin[1].lower() == "pre":
        _code(state, source)
        return True
    table = _Table()
    table.feed(source)
    table.close()
    _paragraph(state, table.caption)
    _rows(state, _grid(table.rows), start)
    _paragraph(state, table.outside)
    return True


def _last_line(state: StateBlock, start: int, end: int, tag: str) -> int | None:
    """The line in which the element ends that begins in line `start`."""
    unclosed: set[tuple[str, int]] = state.env.setdefault("unclosed", set())
    if (tag, end) in unclosed:
        return None
    both = re.compile(rf"<(/?){tag}\b", re.I)
    depth = 0
    for line in range(start, end):
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            break
        text = state.src[state.bMarks[line] : state.eMarks[line]]
        if not tag:
            if "-->" in text:
                return line
            continue
        depth += sum(-1 if half[1] else 1 for half in both.finditer(text))
        if depth <= 0:
            return line
    unclosed.add((tag, end))
    return None


def _code(state: StateBlock, source: str) -> None:
    token = state.push("fence", "code", 0)
    language = _LANGUAGE.search(source.split(">", 2)[0] + source.split(">", 2)[1])
    token.info = language[1] if language else ""
    token.content = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", source)).strip("\n") + "\n"


def _paragraph(state: StateBlock, text: str) -> None:
    if text.strip():
        state.push("paragraph_open", "p", 1)
        _inline(state, text)
        state.push("paragraph_close", "p", -1)


def _inline(state: StateBlock, text: str) -> None:
    token = state.push("inline", "", 0)
    token.content, token.children = text.strip(), []


class _Cell(NamedTuple):
    text: list[str]
    head: bool
    align: str
    columns: int
    rows: int


class _Table(HTMLParser):
    """The rows of a table. One within a cell becomes lines of that."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.rows: list[list[_Cell]] = []
        self.depth = 0
        self.around: list[str] = []  # what is in no cell
        self.title: list[str] = []
        self.text = self.around

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "table"
        if self.depth > 1:
            if tag in ("table", "tr", "td", "th"):
                self.text.append("<br>" if tag == "tr" else " ")
                return
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows = self.rows or [[]]
            given = dict(attrs)
            style = f"{given.get('align')} {given.get('style')}"
            align = next((side for side in ("right", "center") if side in style), "left")
            spans = (_number(given.get(name)) for name in ("colspan", "rowspan"))
            cell = _Cell([], tag == "th", align, *spans)
            self.rows[-1].append(cell)
            self.text = cell.text
        elif tag == "caption":
            self.text = self.title
        if tag not in ("table", "tr", "td", "th", "caption", *_GROUPS):
            self.text.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.depth == 1 and tag in ("td", "th", "tr", "caption", "table"):
            self.text = self.around
        elif tag not in ("table", "tr", "td", "th", *_GROUPS):
            self.text.append(f"</{tag}>")
        self.depth -= tag == "table"

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_entityref(self, name: str) -> None:
        self.text.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text.append(f"&#{name};")

    @property
    def caption(self) -> str:
        return _joined(self.title)

    @property
    def outside(self) -> str:
        return _joined(self.around)


def _joined(parts: list[str]) -> str:
    """As one paragraph: without indents, and a line's end for each empty line."""
    return re.sub(
        r"\s*\n[ \t]*\n\s*", "<br>", re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parts).strip())
    )


def _number(given: str | None) -> int:
    return min(max(int(given), 1), _MOST) if given and given.isdecimal() else 1


def _grid(rows: list[list[_Cell]]) -> list[list[_Cell | None]]:
    """A place for each column in each row; None where a cell reaches that began before."""
    grid: list[list[_Cell | None]] = []
    below: dict[int, int] = {}  # of each column: how many rows more its cell reaches down
    for row in filter(None, rows):
        line: list[_Cell | None] = []
        for cell in [*row, None]:
            while below.get(len(line)):
                below[len(line)] -= 1
                line.append(None)
            if cell:
                below.update((len(line) + more, cell.rows - 1) for more in range(cell.columns))
                line += [cell, *[None] * (cell.columns - 1)]
        grid.append(line)
    width = max(map(len, grid), default=0)
    grid = [[*line, *[None] * (width - len(line))] for line in grid]
    kept = [at for at in range(width) if any(line[at] for line in grid)]  # a cell begins there
    return [[_within(kept, at, line[at]) for at in kept] for line in grid]


def _within(kept: list[int], start: int, cell: _Cell | None) -> _Cell | None:
    """The cell, over those of its columns that are kept."""
    if cell is None:
        return None
    return cell._replace(columns=sum(start <= at < start + cell.columns for at in kept))


def _rows(state: StateBlock, grid: list[list[_Cell | None]], start: int) -> None:
    rows = [
        [
            Cell(_joined(cell.text), cell.head, cell.align, cell.columns) if cell else Cell("")
            for cell in row
        ]
        for row in grid
    ]
    if rows:
        push_table(state, rows, start)
