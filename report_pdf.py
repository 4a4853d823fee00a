"""Markdown in, PDF bytes out.

The text comes from a language model, so it is data and nothing else: markdown-it-py parses it, one method per
construct turns its tokens into ReportLab flowables, and the flowables draw glyphs. Nothing goes through
ReportLab's own paragraph markup, so nothing in the text can open a file, fetch a URL or upset the layout.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date as calendar_date
from functools import partial
from importlib import import_module
from io import BytesIO
from itertools import accumulate, groupby
from operator import itemgetter
from threading import RLock
from typing import Any, NamedTuple
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFError, TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus.doctemplate import SimpleDocTemplate  # type: ignore[import-untyped]
from reportlab.platypus.flowables import Flowable  # type: ignore[import-untyped]

MAX_CHARS = (
    5_000_000  # about 2,000 pages; no model writes that much, and it still takes under a minute
)
MARGIN = 72  # points, as are all lengths here
WIDTH, HEIGHT = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
FRAME_PADDING = 6  # what ReportLab's frames add on each side

INK, GREY, BLUE = HexColor("#1f2937"), HexColor("#6b7280"), HexColor("#1d4ed8")
HAIRLINE, TINT = HexColor("#d1d5db"), HexColor("#f3f4f6")

# Half-size page streams, and faster: without this, ReportLab wraps them in ASCII for 7-bit mail of the 1990s.
rl_config.useA85 = 0


class UnprintableReport(ValueError):
    """The input cannot become a PDF and never will: do not retry. The message says what to do instead."""


class Style(NamedTuple):
    """How a block is set. Vertical gaps collapse: the larger of one block's `after` and the next one's `before`."""

    size: float
    leading: float
    before: float
    after: float
    color: Any = INK
    bold: bool = False
    mono: bool = False
    padding: float = 0  # between the text and the edge of its tinted box; 0 is no box


BODY = Style(10, 15, 8, 8)
TIGHT = BODY._replace(before=3, after=3)
HEADINGS = {
    "h1": Style(18, 23, 26, 9, bold=True),
    "h2": Style(14, 19, 22, 7, bold=True),
    "h3": Style(11.5, 16, 17, 5, bold=True),
    "h4": Style(10, 15, 14, 4, bold=True),
    "h5": Style(10, 15, 12, 4, bold=True, color=GREY),
    "h6": Style(10, 15, 12, 4, color=GREY),
}
CODE = Style(8.5, 12, 10, 10, mono=True, padding=8)
CELL = Style(9, 12.5, 0, 0)
KICKER, TITLE = Style(9, 12, 0, 6, color=BLUE, bold=True), Style(24, 30, 0, 8, bold=True)
BYLINE, FOOTER = Style(9.5, 14, 0, 10, color=GREY), Style(8, 10, 0, 0, color=GREY)


def render(
    content: str, *, topic: str = "", date: str = "", model: str = "", font: str | None = None
) -> bytes:
    """Return the PDF of `content`, a Markdown text. The same arguments always give the same bytes.

    `topic` is the title unless the text brings its own; `date` is ISO ("2026-11-22"), or any text; `model` is
    named under the title. `font` is the path of a TrueType file for what the bundled fonts cannot draw.
    Raises UnprintableReport for what no retry can mend: nothing to print, far too long, an unusable `font`.
    Any number of threads may call this at once.
    """
    content = _clean(content)
    if not any(char.isprintable() and not char.isspace() for char in content):
        raise UnprintableReport(
            "The report is empty: there is no text to print. Run the research again."
        )
    if len(content) > MAX_CHARS:
        raise UnprintableReport(
            f"The report has {len(content):,} characters; the most that is printed is {MAX_CHARS:,}. "
            "Ask for a shorter report."
        )
    parsed: dict[str, Any] = {}
    tokens = _parser().parse(content, parsed)
    topic = _shorten(_clean(topic), 140)
    title, tokens = _own_title(tokens)
    writer = _Writer(_Fonts(content + topic, font))
    writer.title_block(title, topic, _long_date(_clean(date)), _shorten(_clean(model), 100))
    writer.write(tokens)
    writer.references(_unused_references(content, tokens, parsed))

    name = _shorten(title.content if title else topic or "Research Report", 140)
    footer = writer.line(_shorten(name, 70), FOOTER)
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, title=name, author="Research Report Generator", subject=topic, invariant=1,
        lang=_language(content), displayDocTitle=True, leftMargin=MARGIN - FRAME_PADDING,
        rightMargin=MARGIN - FRAME_PADDING, topMargin=MARGIN - FRAME_PADDING, bottomMargin=MARGIN - FRAME_PADDING,
    )  # fmt: skip
    on_page = partial(_footer, title=footer)
    document.build(writer.story, onFirstPage=on_page, onLaterPages=on_page, canvasmaker=_Canvas)
    return buffer.getvalue()


def _clean(text: str) -> str:
    """Lone surrogates, which no PDF can hold, become U+FFFD; line ends become one character."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"\r\n?", "\n", text).replace("\0", "\ufffd")


def _shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut after a word where there is one to cut after."""
    text = " ".join(text[: 20 * limit].split())
    if len(text) <= limit:
        return text
    head = text[:limit]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head).rstrip(" ,.;:") + "…"


def _long_date(text: str) -> str:
    try:
        day = calendar_date.fromisoformat(text)
    except ValueError:
        return _shorten(text, 100)
    # Not strftime("%B"): the worker's locale must not change the bytes.
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def _language(text: str) -> str:
    """A guess at the language for screen readers and search: by script, then by the commonest short words."""
    for language, script in {
        "ja": "[\u3040-\u30ff]",
        "ko": "[\uac00-\ud7a3]",
        "zh": "[\u4e00-\u9fff]",
    }.items():
        if len(re.findall(script, text)) > len(text) / 20:
            return language
    words = re.findall(r"\w+", text[:20_000].lower())
    common = {
        "en": "the and of is", "de": "der und die ist", "fr": "le et les des", "es": "el y los del",
        "it": "il e di che", "pt": "o e os do", "nl": "de het een van", "ru": "и в не на",
    }  # fmt: skip
    return max(
        common, key=lambda language: sum(words.count(word) for word in common[language].split())
    )


def _own_title(tokens: list[Token]) -> tuple[Token | None, list[Token]]:
    """Split off a leading `# Title`, if it is the text's only top heading and short enough for a title."""
    tops = sum(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    if tops == 1 and tokens[0].tag == "h1" and 0 < len(tokens[1].content) <= 200:
        return tokens[1], tokens[3:]
    return None, tokens


def _unused_references(content: str, tokens: list[Token], parsed: dict[str, Any]) -> list[str]:
    """Link definitions that nothing in the text links to: Markdown drops them, readers of a report want them."""
    used = set()
    for token in tokens:
        for child in token.children or []:
            used.add(child.attrs.get("href") or child.attrs.get("src"))
    lines = content.split("\n")
    definitions = [*parsed.get("references", {}).items()]
    definitions += [("", duplicate) for duplicate in parsed.get("duplicate_refs", [])]
    return [
        " ".join(line.lstrip(" >") for line in lines[slice(*definition["map"])])
        for label, definition in definitions
        if not label or label.startswith("^") or definition["href"] not in used
    ]


# ---- Markdown: CommonMark, tables, strikethrough, task lists, and maths that is left alone ------------------


def _parser() -> MarkdownIt:
    options = {"html": False, "tasklists": True, "maxNesting": 2 * DEEPEST}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "deep", _deep)
    parser.block.ruler.before(
        "table", "math_block", _math_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
    parser.inline.ruler.before("escape", "math", _math)
    return parser


DEEPEST = 60  # markdown-it's nesting level from which on text is taken as it stands; it would drop it instead
_MATH = re.compile(
    r"\$\$[^$]+\$\$"
    r"|\\\((?:[^\\]|\\[^()])+\\\)"
    r"|\\\[(?:[^\\]|\\[^\[\]])+\\\]"
    # A single dollar is mostly money: it needs a partner that hugs its text, and something that is not prose.
    r"|\$(?=\S)(?:[^$\s`]+|[^$\n`]*[\\^_={}<>+][^$\n`]*)(?<=\S)\$(?!\w)"
)
_MATH_FENCES = {"$$": "$$", "\\[": "\\]", "\\begin{": "\\end{"}


def _deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level < DEEPEST or silent:
        return False
    state.line = start + 1
    while state.line < end and (
        state.isEmpty(state.line) or state.sCount[state.line] >= state.blkIndent
    ):
        state.line += 1
    state.push("code_block", "", 0).content = state.getLines(
        start, state.line, state.blkIndent, False
    )
    return True


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.getLines(start, start + 1, state.blkIndent, False).strip()
    fence = next((fence for fence in _MATH_FENCES if first.startswith(fence)), None)
    if fence is None or state.is_code_block(start):
        return False
    closing, text = _MATH_FENCES[fence], first[len(fence) :]
    for line in range(
        start, min(end, start + 100)
    ):  # a formula is short, and this keeps the search linear
        if line > start:
            if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
                return False
            text = state.getLines(line, line + 1, state.blkIndent, False).strip()
        if closing in text:
            if not text.endswith("}" if closing == "\\end{" else closing):
                return False
            if not silent:
                state.line = line + 1
                token = state.push("math_block", "", 0)
                token.content = state.getLines(start, state.line, state.blkIndent, False)
            return True
    return False


def _math(state: StateInline, silent: bool) -> bool:
    match = _MATH.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("math", "", 0).content = match[0]
    state.pos = match.end()
    return True


# ---- From tokens to flowables: one method per construct, named after its token ------------------------------

_TAG = re.compile(r"<br\s*/?>|<(su[bp])>([^<>]+)</\1>", re.I)
_URL = re.compile(r"https?://[^\s<>\"`]*[^\s<>\"`.,;:!?)\]}'*_]", re.I)
_BULLETS = "•◦▪"


class _Writer:
    """Walks the tokens once, in a flat loop (the text may nest deeper than Python recurses), and fills `story`."""

    def __init__(self, fonts: "_Fonts") -> None:
        self.story: list[_Block] = []
        self.fonts = fonts
        self.style = BODY
        self.indents = [0.0]
        self.bars: tuple[float, ...] = ()
        self.lists: list[int | None] = []  # the next number of each open list; None is bulleted
        self.markers: list[_Marker] = []  # what to put left of the next block
        self.heading = ""  # tag of the heading that is open
        self.outline_level = -1
        self.rows: list[list[_Text]] | None = None
        self.align = 0.0
        self._start_runs()

    def _start_runs(self) -> None:
        self.runs: list[tuple[str, Look]] = []
        self.bold = self.italic = self.strike = 0
        self.link = self.target = ""

    def write(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            handle = getattr(self, token.type, None)
            if handle:
                handle(token)
            elif token.content:  # a construct that is not known here is still not lost
                self.add(token.content)

    # Inline

    def add(self, text: str, rise: float = 0, mono: bool = False, color: Any = None) -> None:
        """Append text as it is now set: bold, linked, and so on. `rise` is a share of the size, up or down."""
        style = self.style
        mono = mono or style.mono
        size = style.size * (0.7 if rise else 0.92 if mono and not style.mono else 1)
        color = color or (BLUE if self.link else style.color)
        bold = style.bold or self.bold > 0
        for piece, face in self.fonts.split(text, bold, self.italic > 0, mono):
            look = Look(
                face,
                size,
                color,
                rise * style.size,
                self.link,
                self.strike > 0,
                mono and not style.mono,
            )
            self.runs.append((piece, look))

    def inline(self, token: Token) -> None:
        self.write(token.children or [])
        text, self_style = token.content, self.style
        runs = self.runs
        self._start_runs()
        if self.rows is not None:
            self.rows[-1].append(_Text(runs, self_style, align=self.align))
        elif self.heading:
            self._emit_heading(runs, text)
        else:
            self._emit(_Text(runs, self_style))

    def text(self, token: Token) -> None:
        at = 0
        for tag in _TAG.finditer(token.content) if "<" in token.content else ():
            self._linkify(token.content[at : tag.start()])
            if tag[1]:
                self.add(tag[2], rise=0.35 if tag[1].lower() == "sup" else -0.15)
            else:
                self.hardbreak(token)
            at = tag.end()
        self._linkify(token.content[at:])

    def _linkify(self, text: str) -> None:
        at = 0
        for url in _URL.finditer(text) if "://" in text and not self.link else ():
            self.add(text[at : url.start()])
            self.link = quote(url[0], safe=":/?#[]@!$&'()*+,;=%~")
            self.add(url[0])
            self.link, at = "", url.end()
        self.add(text[at:])

    def softbreak(self, token: Token) -> None:
        self.add(" ")

    def hardbreak(self, token: Token) -> None:
        self.add("\n")

    def code_inline(self, token: Token) -> None:
        self.add(token.content, mono=True)

    math = code_inline

    def strong_open(self, token: Token) -> None:
        self.bold += 1

    def strong_close(self, token: Token) -> None:
        self.bold -= 1

    def em_open(self, token: Token) -> None:
        self.italic += 1

    def em_close(self, token: Token) -> None:
        self.italic -= 1

    def s_open(self, token: Token) -> None:
        self.strike += 1

    def s_close(self, token: Token) -> None:
        self.strike -= 1

    def link_open(self, token: Token) -> None:
        href = str(token.attrs.get("href", ""))
        if href.lower().startswith(("http://", "https://", "mailto:")):
            self.link = href
        elif not href.startswith("#") and token.markup != "autolink":
            self.target = href  # not ours to make clickable, but the reader may want it

    def link_close(self, token: Token) -> None:
        self.link = ""
        if self.target:
            self.add(f" ({self.target})", color=GREY)
        self.target = ""

    def image(self, token: Token) -> None:
        """Never fetched or opened: its alternative text stands for it, linked where the source is a web address."""
        link, source = self.link, str(token.attrs.get("src", ""))
        if not link and source.lower().startswith(("http://", "https://")):
            self.link = source
        self.italic += 1
        self.add("[image: ")
        self.write(token.children or [])
        self.add("]" if token.content else f"{source}]")
        self.italic -= 1
        self.link = link

    # Blocks

    def _emit(self, block: "_Block") -> None:
        """Give the block its place under what is open, lists and quotes, and append it."""
        block.place(self.indents[-1], self.bars, self.markers)
        self.markers = []
        if self.story and self.bars:
            above = self.story[-1]
            shared = len(above.bars) if above.bars == self.bars[: len(above.bars)] else 0
            block.bridge = max(above.after, block.before) if shared else 0
        self.story.append(block)

    def line(self, text: str, style: Style) -> "_Text":
        self.style = style
        self.add(text)
        runs = self.runs
        self._start_runs()
        self.style = BODY
        return _Text(runs, style)

    def title_block(self, title: Token | None, topic: str, date: str, model: str) -> None:
        self._emit(self.line("Research Report", KICKER))
        if title:
            self.style, self.heading = TITLE, "title"
            self.inline(title)
            self.heading_close(title)
        elif topic:
            self._emit(self.line(topic, TITLE))
        if date or model:
            self._emit(self.line("  ·  ".join(filter(None, [date, model])), BYLINE))
        self._emit(_Rule(BLUE, 1.5, after=18))

    def references(self, definitions: list[str]) -> None:
        if not definitions:
            return
        self.heading, self.style = "h2", HEADINGS["h2"]
        self.add("References")
        runs = self.runs
        self._start_runs()
        self._emit_heading(runs, "References")
        self.heading, self.style = "", TIGHT
        for definition in definitions:
            self._linkify(definition)
            runs = self.runs
            self._start_runs()
            self._emit(_Text(runs, TIGHT))

    def heading_open(self, token: Token) -> None:
        self.heading, self.style = token.tag, HEADINGS[token.tag]

    def heading_close(self, token: Token) -> None:
        self.heading, self.style = "", BODY

    def _emit_heading(self, runs: list[tuple[str, "Look"]], text: str) -> None:
        level = 0 if self.heading == "title" else int(self.heading[1]) - 1
        # A PDF outline may not skip a level downwards; headings often do.
        self.outline_level = min(level, self.outline_level + 1)
        title = _shorten(re.sub(r"[*`]", "", text), 120)
        block = _Text(
            runs, self.style, outline=(title, self.outline_level), keep=self.style.leading + 50
        )
        if self.story and isinstance(above := self.story[-1], _Text) and above.keep:
            above.keep = min(above.keep + self.style.before + block.keep, HEIGHT / 3)
        self._emit(block)

    def paragraph_open(self, token: Token) -> None:
        self.style = TIGHT if token.hidden else BODY

    def bullet_list_open(self, token: Token) -> None:
        self._open_list(None, 16)

    def ordered_list_open(self, token: Token) -> None:
        start = int(token.attrs.get("start", 1))
        self._open_list(start, 16 + 5.5 * max(0, len(str(start)) - 1))

    def _open_list(self, start: int | None, step: float) -> None:
        self.lists.append(start)
        # However deep the list, its text keeps more than half the page.
        self.indents.append(min(self.indents[-1] + step, WIDTH * 0.45))

    def bullet_list_close(self, token: Token) -> None:
        self._flush_markers()
        self.lists.pop()
        self.indents.pop()

    ordered_list_close = bullet_list_close

    def list_item_open(self, token: Token) -> None:
        number = self.lists[-1]
        if number is not None:
            text = f"{token.info}{token.markup}"
        elif "checked" in token.meta:
            text = "✓" if token.meta["checked"] else "□"
        else:
            text = _BULLETS[min(self.lists.count(None) - 1, 2)]
        self.style = BODY
        self.markers.append(_Marker(self.indents[-1], self.line(text, BODY)))

    def list_item_close(self, token: Token) -> None:
        self._flush_markers()

    def _flush_markers(self) -> None:
        if self.markers:  # an empty item still shows its number
            self._emit(_Text([], TIGHT))

    def blockquote_open(self, token: Token) -> None:
        self._flush_markers()
        self.bars = (*self.bars, self.indents[-1] + 1)
        self.indents.append(min(self.indents[-1] + 16, WIDTH * 0.45))

    def blockquote_close(self, token: Token) -> None:
        self.bars = self.bars[:-1]
        self.indents.pop()

    def fence(self, token: Token) -> None:
        self.style = CODE
        info = token.info.strip()
        if info:
            self.add(info + "\n", color=GREY)
        self.add(token.content.removesuffix("\n").expandtabs(4))
        runs = self.runs
        self._start_runs()
        self.style = BODY
        self._emit(_Text(runs, CODE))

    code_block = math_block = fence

    def hr(self, token: Token) -> None:
        self._emit(_Rule(HAIRLINE, 0.7, before=14, after=14))

    # Tables

    def table_open(self, token: Token) -> None:
        self.rows = []

    def tr_open(self, token: Token) -> None:
        assert self.rows is not None
        self.rows.append([])

    def th_open(self, token: Token) -> None:
        self.style = CELL._replace(bold=True)
        alignment = str(token.attrs.get("style", ""))
        self.align = 1.0 if "right" in alignment else 0.5 if "center" in alignment else 0.0

    def td_open(self, token: Token) -> None:
        self.th_open(token)
        self.style = CELL

    def table_close(self, token: Token) -> None:
        rows, self.rows = self.rows or [], None
        self.style = BODY
        columns = _column_widths(rows, WIDTH - self.indents[-1])
        if columns:
            self._emit(_Table(rows, columns))
        else:
            self._emit_records(rows)

    def _emit_records(self, rows: list[list["_Text"]]) -> None:
        """Too many columns for the page: each row becomes a group of `header: value` lines."""
        header, *rest = rows
        for row in rest or [header]:
            for number, (name, value) in enumerate(zip(header, row, strict=False)):
                style = CELL._replace(before=2 if number else 10)
                self.style = style
                self.bold = 1
                runs = list(name.runs)
                self.add(": ")
                runs += self.runs + (value.runs if rest else [])
                self._start_runs()
                self._emit(_Text(runs, style))
        self.style = BODY


# ---- Flowables: text that breaks into lines, tables that break into pages -----------------------------------


class Look(NamedTuple):
    """How a run of text is drawn, in one face."""

    face: "Face"
    size: float
    color: Any
    rise: float  # above the baseline
    link: str  # URL, or empty
    strike: bool
    tint: bool  # a code span's grey ground


class _Marker(NamedTuple):
    """A bullet or number, and the indent that it ends before."""

    indent: float
    text: "_Text"


class _Block(Flowable):  # type: ignore[misc]
    """What every flowable here has: an indent, the bars of quotes around it, list markers, gaps above and below."""

    def __init__(self, before: float, after: float) -> None:
        super().__init__()
        self.before = self.spaceBefore = before
        self.after = self.spaceAfter = after
        self.indent = 0.0
        self.bars: tuple[float, ...] = ()
        self.markers: list[_Marker] = []
        self.bridge = 0.0  # how far the bars reach up, to meet those of the block above

    def place(self, indent: float, bars: tuple[float, ...], markers: list[_Marker]) -> None:
        self.indent, self.bars, self.markers = indent, bars, markers

    def parts(self) -> tuple["_Block", "_Block"]:
        """Two copies for the two sides of a page break."""
        head, tail = copy(self), copy(self)
        head.spaceAfter = tail.spaceBefore = tail.bridge = 0
        tail.markers = []
        return head, tail

    def draw(self) -> None:
        canvas = self.canv
        for bar in self.bars:
            canvas.setFillColor(HAIRLINE)
            canvas.rect(bar, 0, 2, self.height + self.bridge, stroke=0, fill=1)
        for marker in self.markers:
            width = _line_width(marker.text.lines_within(WIDTH)[0])
            marker.text.draw_at(canvas, marker.indent - 5 - width, self.height)


class _Text(_Block):
    """A paragraph, heading, list item, table cell or code block."""

    def __init__(
        self, runs: list[tuple[str, Look]], style: Style, *, align: float = 0,
        outline: tuple[str, int] | None = None, keep: float = 0,
    ) -> None:  # fmt: skip
        super().__init__(style.before, style.after)
        self.runs, self.style, self.align = runs, style, align
        self.outline = outline  # title and level of the PDF bookmark
        self.keep = keep  # room that must be left on the page for this to start there
        self.lines: list[Line] = []

    def lines_within(self, width: float) -> "list[Line]":
        if not self.lines:
            self.lines = _break(self.runs, width, self.style.mono) or [[]]
            self.runs = []
        return self.lines

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        padding = 2 * self.style.padding
        count = len(self.lines_within(width - self.indent - padding))
        self.width, self.height = width, count * self.style.leading + padding
        return (width, self.height) if height >= self.keep else (width, height + 1)

    def split(self, width: float, height: float) -> list["_Block"]:
        fit = int((height - 2 * self.style.padding + 0.01) // self.style.leading)
        if len(self.lines) - fit == 1:
            fit -= 1  # no line alone at the top of a page, nor at the bottom
        if fit < 2 or height < self.keep:
            return []
        return list(self.cut(fit))

    def cut(self, count: int) -> tuple["_Text", "_Text"]:
        head, tail = self.parts()
        assert isinstance(head, _Text) and isinstance(tail, _Text)
        head.lines, tail.lines = self.lines[:count], self.lines[count:] or [[]]
        tail.outline, tail.keep = None, 0
        return head, tail

    def draw(self) -> None:
        super().draw()
        canvas, padding = self.canv, self.style.padding
        if padding:
            canvas.setFillColor(TINT)
            canvas.roundRect(
                self.indent, 0, self.width - self.indent, self.height, 3, stroke=0, fill=1
            )
        if self.outline:
            title, level = self.outline
            key = f"heading-{canvas.getPageNumber()}-{id(self)}"
            key = f"heading-{canvas.next_heading()}"
            canvas.bookmarkHorizontal(key, 0, self.height)
            canvas.addOutlineEntry(title, key, level)
        self.draw_at(canvas, self.indent + padding, self.height - padding)

    def draw_at(self, canvas: Any, left: float, top: float) -> None:
        """Draw the lines downwards from `top`."""
        style = self.style
        room = self.width - left - style.padding if self.align else 0
        text = canvas.beginText()
        font = color = rise = None
        y = top - style.leading / 2 - style.size * 0.36
        for line in self.lines:
            x = left + (self.align * (room - _line_width(line)) if self.align else 0)
            text.setTextOrigin(x, y)
            for look, pieces in groupby(line, key=itemgetter(1)):
                group = list(pieces)
                width = sum(piece[2] for piece in group)
                if look.tint or look.link or look.strike:
                    _decorate(canvas, look, x, y, width)
                if font != (look.face, look.size):
                    text.setFont(look.face.name, look.size)
                    font = (look.face, look.size)
                if color is not look.color:
                    text.setFillColor(look.color)
                    color = look.color
                if rise != look.rise:
                    text.setRise(look.rise)
                    rise = look.rise
                text.textOut("".join(piece[0] for piece in group))
                x += width
            y -= style.leading
        canvas.drawText(text)


def _decorate(canvas: Any, look: Look, x: float, y: float, width: float) -> None:
    if look.tint:
        canvas.setFillColor(TINT)
        canvas.rect(x - 1, y - look.size * 0.3, width + 2, look.size * 1.3, stroke=0, fill=1)
    if look.link:
        canvas.linkURL(look.link, (x, y - look.size * 0.25, x + width, y + look.size), relative=1)
    if look.strike:
        canvas.setStrokeColor(look.color)
        canvas.setLineWidth(0.7)
        canvas.line(
            x, y + look.rise + look.size * 0.28, x + width, y + look.rise + look.size * 0.28
        )


class _Rule(_Block):
    def __init__(self, color: Any, thickness: float, before: float = 0, after: float = 0) -> None:
        super().__init__(before, after)
        self.color, self.thickness = color, thickness

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = width, self.thickness
        return width, self.height

    def draw(self) -> None:
        super().draw()
        self.canv.setFillColor(self.color)
        self.canv.rect(self.indent, 0, self.width - self.indent, self.thickness, stroke=0, fill=1)


PAD_X, PAD_Y = 6, 4  # inside a table cell


class _Row(NamedTuple):
    cells: list[_Text]
    height: float

    def cut(self, room: float) -> "tuple[_Row, _Row] | None":
        """Split a row that is taller than a page, line by line."""
        count = int((room - 2 * PAD_Y) // CELL.leading)
        if count < 1:
            return None
        heads, tails = zip(*(cell.cut(count) for cell in self.cells), strict=True)
        return _row(list(heads)), _row(list(tails))


def _row(cells: list[_Text]) -> _Row:
    return _Row(cells, max(len(cell.lines) for cell in cells) * CELL.leading + 2 * PAD_Y)


def _column_widths(rows: list[list[_Text]], room: float) -> list[float] | None:
    """Widths from the content: as wide as the longest line if that fits, else shared out, no word broken if it
    can be helped. None if the columns would be too narrow to read."""
    natural, needed = [], []
    for column in zip(*rows, strict=True):
        wide = long = 0.0
        for cell in column:
            pieces = _pieces(cell.runs, False)
            wide = max(wide, sum(piece[2] for piece in pieces))
            long = max(long, max((piece[2] for piece in pieces), default=0))
        natural.append(wide + 2 * PAD_X + 0.01)
        needed.append(min(long, 110) + 2 * PAD_X + 0.01)
    if sum(natural) <= room:
        return [width * room / sum(natural) for width in natural]
    if sum(needed) > room:
        needed = [min(width, max(36, room / len(needed))) for width in needed]
        if sum(needed) > room:
            return None
    spare = room - sum(needed)
    wishes = [min(wide, room) - least for wide, least in zip(natural, needed, strict=True)]
    return [least + spare * wish / sum(wishes) for least, wish in zip(needed, wishes, strict=True)]


class _Table(_Block):
    """A table that repeats its header on each page and splits between rows, or inside one taller than a page."""

    def __init__(self, rows: list[list[_Text]], columns: list[float]) -> None:
        super().__init__(10, 10)
        self.columns = columns
        for row in rows:
            for cell, width in zip(row, columns, strict=True):
                cell.lines_within(width - 2 * PAD_X)
                cell.width = width
        self.header: _Row | None = _row(rows[0])
        self.rows = [_row(row) for row in rows[1:]]
        if self.header.height > HEIGHT / 4:
            self.rows.insert(0, self.header)
            self.header = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.height = sum(row.height for row in self.rows) + (
            self.header.height if self.header else 0
        )
        return width, self.height

    def split(self, width: float, height: float) -> list[_Block]:
        room = height - (self.header.height if self.header else 0)
        count = 0
        while count < len(self.rows) and self.rows[count].height <= room:
            room -= self.rows[count].height
            count += 1
        head, tail = self.parts()
        assert isinstance(head, _Table) and isinstance(tail, _Table)
        head.rows, tail.rows = self.rows[:count], self.rows[count:]
        if tail.rows and tail.rows[0].height > HEIGHT / 2 and (halves := tail.rows[0].cut(room)):
            head.rows = [*head.rows, halves[0]]
            tail.rows = [halves[1], *tail.rows[1:]]
        return [head, tail] if head.rows else []

    def draw(self) -> None:
        super().draw()
        canvas, top = self.canv, self.height
        right = self.indent + sum(self.columns)
        for row in [self.header, *self.rows] if self.header else self.rows:
            bottom = top - row.height
            if row is self.header:
                canvas.setFillColor(TINT)
                canvas.rect(self.indent, bottom, right - self.indent, row.height, stroke=0, fill=1)
            canvas.setStrokeColor(HAIRLINE)
            canvas.setLineWidth(0.5)
            canvas.line(self.indent, bottom, right, bottom)
            x = self.indent
            for cell, width in zip(row.cells, self.columns, strict=True):
                canvas.saveState()
                canvas.translate(x, 0)
                cell.width = width - PAD_X
                cell.draw_at(canvas, PAD_X, top - PAD_Y)
                canvas.restoreState()
                x += width
            top = bottom


# ---- Line breaking ------------------------------------------------------------------------------------------

Piece = tuple[str, Look, float]  # text that is not broken, how it is drawn, and its width
Line = list[Piece]

_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"  # not Hangul: Korean has spaces
_CLOSING = "、。，．：；！？）」』》〉】〕’”…ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"  # may not begin a line
_OPENING = "（「『《〈【〔‘“"  # may not end one
_SPACED = re.compile(r"\n|[^ \n]* +|[^ \n]+")
_FINE = re.compile(
    rf"(?<=[{_CJK}])(?<![{_OPENING}])(?![{_CLOSING} ])|(?<![{_OPENING} ])(?=[{_CJK}])(?![{_CLOSING}])"
    r"|(?<=[^\W\d]{2}[-–—])(?=[^\W\d]{2})|(?<=\w/)(?=\w{3})|(?<=[?&=,])(?=\w{2})"
)
_GOOD_CUT = re.compile(r".*[\s/.,;:_?&=)-]", re.S)


def _pieces(runs: list[tuple[str, Look]], mono: bool) -> list[Piece]:
    """Cut runs where a line may end: after spaces, hyphens and slashes, and around Chinese and Japanese characters."""
    pieces = []
    for text, look in runs:
        widths, size = look.face.widths, look.size
        for chunk in re.findall(r"\n|[^\n]+", text) if mono else _SPACED.findall(text):
            fine = not mono and (len(chunk) > 12 or not chunk.isascii())
            for piece in _FINE.split(chunk) if fine else (chunk,):
                if piece:
                    width = sum(map(widths.__getitem__, piece)) * size if piece != "\n" else 0
                    pieces.append((piece, look, width))
    return pieces


def _break(runs: list[tuple[str, Look]], width: float, mono: bool) -> list[Line]:
    """Fill lines of `width` one after the other. Spaces stay at the line's end, so that copied text keeps them."""
    lines: list[Line] = [[]]
    used = 0.0
    word: list[Piece] = []
    pieces = _pieces(runs, mono)
    for index, piece in enumerate(pieces):
        text, look, _ = piece
        if text == "\n":
            lines.append([])
            used = 0
            continue
        word.append(piece)
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        # Pieces of one run were cut because a line may end there; between runs it takes a space or such a script.
        if after and after[1] is not look and not mono:
            if (
                text[-1] != " "
                and after[0][0] not in " \n"
                and not (_FINE.search(text[-1] + after[0][0]))
            ):
                continue
        elif after and mono and after[0] != "\n":
            continue
        extent = sum(piece[2] for piece in word)
        spaces = 0 if mono else len(text) - len(text.rstrip(" "))
        bare = extent - spaces * look.face.widths[" "] * look.size if spaces else extent
        if used + bare > width and lines[-1] and not mono:
            lines.append([])
            used = 0
        if bare <= width - used:
            lines[-1] += word
            used += extent
        else:
            used = _force(word, width, lines)
        word = []
    if lines[-1] == [] and len(lines) > 1:
        lines.pop()
    return lines


def _force(word: list[Piece], width: float, lines: list[Line]) -> float:
    """Break a word wider than the line, or a line of code: after punctuation if there is some, else anywhere."""
    used = 0.0
    for text, look, _ in word:
        at = 0
        while at < len(text):
            ends = [
                0.0,
                *accumulate(look.face.widths[char] * look.size for char in text[at : at + 300]),
            ]
            fit = bisect_right(ends, width - used + 0.01) - 1
            if fit < len(ends) - 1:
                good = _GOOD_CUT.match(text, at, at + fit)
                if good and good.end() - at > fit * 0.6:
                    fit = good.end() - at
            if fit == 0 and lines[-1]:
                lines.append([])
                used = 0
                continue
            fit = max(fit, 1)
            lines[-1].append((text[at : at + fit], look, ends[fit]))
            used += ends[fit]
            at += fit
            if at < len(text) and fit < len(ends) - 1:
                lines.append([])
                used = 0
    return used


def _line_width(line: Line) -> float:
    if not line:
        return 0
    text, look, _ = line[-1]
    trailing = len(text) - len(text.rstrip(" "))
    return sum(piece[2] for piece in line) - trailing * look.face.widths[" "] * look.size


# ---- Fonts --------------------------------------------------------------------------------------------------

_lock = (
    RLock()
)  # ReportLab's font registry, and its fonts while a document is saved, are shared by all threads
_faces: dict[str, "Face"] = {}


class Face(NamedTuple):
    """A registered font."""

    name: str
    widths: dict[str, float]  # of each character it can draw, as a share of the size

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def _face(name: str, source: Any) -> Face:
    with _lock:
        if name not in _faces:
            font = TTFont(name, source() if callable(source) else source)
            pdfmetrics.registerFont(font)
            # Not beyond U+FFFF: ReportLab writes a wrong code there for copying text out.
            widths = {
                chr(code): width / 1000
                for code, width in font.face.charWidths.items()
                if code < 0x10000
            }
            for char in "\u00ad\t\n\r":
                widths.pop(char, None)
            _faces[name] = Face(name, widths)
        return _faces[name]


def _bundled(name: str) -> Face:
    return _face(name, lambda: BytesIO(import_module(f"pymupdf_fonts.{name}").fontbuffer))


def _user_face(path: str) -> Face:
    try:
        return _face(f"PDF_FONT {path}", path)
    except (TTFError, OSError, ValueError, KeyError, IndexError) as error:
        raise UnprintableReport(
            f"PDF_FONT={path} cannot be used: {error}. Give the path of a TrueType font (.ttf), or remove the setting."
        ) from error


def _cid_face(name: str, codec: str) -> Face:
    """A font that the PDF only names and the reader's program supplies; Python's codec tells what it can draw."""
    with _lock:
        if name not in _faces:
            font = UnicodeCIDFont(name)
            pdfmetrics.registerFont(font)
            widths = {}
            for code in [*range(0x2E80, 0xD800), *range(0xF900, 0x10000)]:
                try:
                    chr(code).encode(codec)
                except UnicodeEncodeError:
                    continue
                widths[chr(code)] = font.unicodeWidths.get(code, 1000) / 1000
            _faces[name] = Face(name, widths)
        return _faces[name]


_CID_FACES = {"STSong-Light": "gbk", "HeiseiKakuGo-W5": "cp932", "HYGothic-Medium": "cp949"}


class _Fonts:
    """Finds a face for every character of one document."""

    def __init__(self, text: str, font: str | None) -> None:
        self.extra = [_user_face(font)] if font else []
        self.cid: list[Face] = []
        if re.search(f"[{_CJK}\u1100-\u11ff\uac00-\ud7a3]", text):
            order = sorted(_CID_FACES, key="HS".find) if False else list(_CID_FACES)
            if re.search("[\u3040-\u30ff]", text):
                order.sort(key=lambda name: name != "HeiseiKakuGo-W5")
            self.cid = [_cid_face(name, _CID_FACES[name]) for name in order]
        self.chains: dict[tuple[bool, bool, bool], _Chain] = {}

    def split(self, text: str, bold: bool, italic: bool, mono: bool) -> Iterator[tuple[str, Face]]:
        """Cut `text` into runs of one face each; what no face can draw is spelled out."""
        chain = self.chains.get((bold, italic, mono))
        if chain is None:
            weight = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
            prose, code = _bundled(f"FiraGO_{weight}"), _bundled(f"CascadiaMono_{weight}")
            faces = [code, prose] if mono else [prose, code]
            chain = self.chains[bold, italic, mono] = _Chain(
                [faces[0], *self.extra, faces[1], *self.cid]
            )
        if chain.faces[0].widths.keys() >= set(text):
            if text:
                yield text, chain.faces[0]
            return
        text = re.sub("[\U0001f1e6-\U0001f1ff]{2}", _flag, text)
        for face, group in groupby(map(chain.__getitem__, text), key=itemgetter(1)):
            if piece := "".join(char for char, _ in group):
                yield piece, face


def _flag(match: re.Match[str]) -> str:
    return "[" + "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in match[0]) + "]"


class _Chain(dict[str, tuple[str, Face]]):
    """For a character: what to print for it, and in which of the faces."""

    def __init__(self, faces: list[Face]) -> None:
        self.faces = faces

    def __missing__(self, char: str) -> tuple[str, Face]:
        face = next((face for face in self.faces if char in face.widths), None)
        self[char] = (char, face) if face else (_stand_in(char), self.faces[0])
        return self[char]


def _stand_in(char: str) -> str:
    """What is printed for a character that no font has: a space, nothing if it was invisible, or its name."""
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return " "
    if (
        category in ("Cc", "Cf", "Me", "Zl", "Zp")
        or "\ufe00" <= char <= "\ufe0f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    ):
        return ""
    return f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]"


# ---- Pages --------------------------------------------------------------------------------------------------


class _Canvas(Canvas):  # type: ignore[misc]
    """Fills in the number of pages once it is known, and saves under the lock that guards the fonts."""

    headings = 0

    def next_heading(self) -> int:
        self.headings += 1
        return self.headings

    def save(self) -> None:
        self.beginForm("pages")
        face = _bundled("FiraGO_Regular")
        self.setFont(face.name, FOOTER.size)
        self.setFillColor(FOOTER.color)
        self.drawString(0, 0, str(self.getPageNumber() - 1))
        self.endForm()
        with _lock:
            super().save()


def _footer(canvas: Any, document: Any, title: _Text) -> None:
    canvas.saveState()
    label = f"Page {document.page} of "
    face = _bundled("FiraGO_Regular")
    canvas.setFont(face.name, FOOTER.size)
    canvas.setFillColor(FOOTER.color)
    canvas.drawString(MARGIN, 40, label)
    canvas.translate(MARGIN + sum(face.widths[char] for char in label) * FOOTER.size, 40)
    canvas.doForm("pages")
    canvas.restoreState()
    canvas.saveState()
    width = _line_width(title.lines_within(WIDTH)[0])
    title.draw_at(canvas, MARGIN + WIDTH - width, 40 + FOOTER.leading / 2 + FOOTER.size * 0.36)
    canvas.restoreState()
