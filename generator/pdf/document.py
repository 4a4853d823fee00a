"""Markdown in, PDF bytes out.

The text comes from a language model, so it is data and nothing else: markdown-it-py parses it, one
method per construct turns its tokens into blocks of text, and those draw glyphs. It never meets
ReportLab's own paragraph markup, so nothing in it can open a file or fetch a URL.

In order: what callers use, Markdown, tokens to blocks.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date as calendar_date
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from generator.pdf import bidi
from generator.pdf.errors import UnprintableReport
from generator.pdf.fallback import Fonts
from generator.pdf.flow import Block, Rule, Text
from generator.pdf.look import (
    BLUE,
    CELL,
    FOOTER,
    GREY,
    HAIRLINE,
    HEIGHT,
    WIDTH,
    Look,
    Run,
    Style,
)
from generator.pdf.pages import write
from generator.pdf.table import Table, column_widths

MAX_CHARS = 2_000_000  # some 600 pages, and several times the longest answer of any model

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
KICKER, TITLE = Style(9, 12, 0, 6, color=BLUE, bold=True), Style(24, 30, 0, 8, bold=True)
BYLINE = Style(9.5, 14, 0, 10, color=GREY)


def render(content: str, *, topic: str, date: str, model: str, font: str | None) -> bytes:
    """What `generator.pdf.render` does."""
    content = _clean(content)
    if not any(char.isprintable() and char not in " \ufffd" for char in content):
        raise UnprintableReport("The report is empty: nothing to print. Run the research again.")
    if len(content) > MAX_CHARS:
        raise UnprintableReport(
            f"The report is too long to print: it has {len(content):,} characters, and the limit "
            f"is {MAX_CHARS:,}. Ask for a shorter one."
        )
    parsed: dict[str, Any] = {}
    tokens = _parser().parse(content, parsed)
    title, body = _own_title(tokens)
    topic = _shorten(_clean(topic), 140)
    name = _shorten(_plain(title), 140) if title else topic or "Research Report"

    language = _language(content[:20_000])
    writer = _Writer(content, Fonts(content + topic, font, language))
    byline = "  ·  ".join(filter(None, [_long_date(_clean(date)), _shorten(_clean(model), 100)]))
    writer.title_block(title, topic, byline)
    writer.write(body)
    writer.references(_unused_definitions(content, tokens, parsed))
    writer.keep_together()

    return write(
        writer.story,
        title=name,
        subject=topic,
        language=language,
        footer=writer.line(_shorten(name, 70), FOOTER, right=WIDTH),
        line=writer.line,
    )


def _clean(text: str) -> str:
    """NUL and lone surrogates, which no PDF can hold, become U+FFFD; line ends, line feeds."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"\r\n?", "\n", text).replace("\0", "\ufffd")


def _shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut after a word where there is one to cut after."""
    text = " ".join(text[: 20 * limit].split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head).rstrip(" ,.;:") + "…"


def _long_date(text: str) -> str:
    try:
        day = calendar_date.fromisoformat(text)
    except ValueError:
        return _shorten(text, 100)
    # strftime("%B") would follow the worker's locale, and the bytes with it.
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def _language(text: str) -> str:
    """A guess, for screen readers: by script where that tells, else by the commonest words."""
    for language, letters in _LETTERS.items():
        if not text.isascii() and len(re.findall(f"[{letters}]", text)) > len(text) / 20:
            return language
    words = re.findall(r"\w+", text.lower())
    common = {
        "en": "the and of is", "de": "der und die ist", "fr": "le et les des", "es": "el y los del",
        "it": "il e di che", "pt": "o e os do", "nl": "de het een van", "ru": "и в не на",
    }  # fmt: skip
    return max(common, key=lambda code: sum(words.count(word) for word in common[code].split()))


_LETTERS = {
    "ja": "\u3040-\u30ff", "ko": "\uac00-\ud7a3", "zh": "\u4e00-\u9fff", "he": "\u05d0-\u05ea",
    "ur": "\u0679\u0688\u0691\u06ba\u06be\u06d2", "fa": "\u067e\u0686\u0698\u06a9\u06af\u06cc",
    "ar": "\u0621-\u064a", "hi": "\u0900-\u097f", "bn": "\u0980-\u09ff", "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff", "or": "\u0b00-\u0b7f", "ta": "\u0b80-\u0bff", "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff", "ml": "\u0d00-\u0d7f", "si": "\u0d80-\u0dff", "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff", "my": "\u1000-\u109f", "ka": "\u10a0-\u10ff", "am": "\u1200-\u137f",
    "km": "\u1780-\u17ff", "hy": "\u0530-\u058f", "el": "\u0370-\u03ff",
}  # fmt: skip


def _own_title(tokens: list[Token]) -> tuple[Token | None, list[Token]]:
    """Split off a leading `# Title`, if it is the only heading of its rank, and short."""
    tops = sum(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    if tops == 1 and tokens[0].tag == "h1" and 0 < len(tokens[1].content) <= 200:
        return tokens[1], tokens[3:]
    return None, tokens


def _plain(token: Token) -> str:
    return "".join(part.content or " " * ("break" in part.type) for part in token.children or [])


def _unused_definitions(content: str, tokens: list[Token], parsed: dict[str, Any]) -> list[str]:
    """The `[1]: https://...` lines that no link uses: Markdown drops them, readers want them."""
    parts = [part for token in tokens for part in token.children or []]
    used = {part.attrs.get("href", part.attrs.get("src")) for part in parts}
    definitions = [*parsed.get("references", {}).items()]
    definitions += [("^", duplicate) for duplicate in parsed.get("duplicate_refs", [])]
    lines = content.split("\n")
    return [
        " ".join(line.lstrip(" >") for line in lines[slice(*definition["map"])])
        for label, definition in definitions
        if label.startswith("^") or definition["href"] not in used
    ]


# ---- Markdown: CommonMark, tables, strikethrough and task lists; formulas are left alone ---------

_DEEPEST = 60  # the nesting from which on text is taken as it stands: markdown-it would drop it
_FORMULA_FENCES = {"$$": "$$", "\\[": "\\]", "\\begin{": "\\end{"}
_FORMULA = re.compile(
    r"\$\$[^$]+\$\$"
    r"|\\\((?:[^\\]|\\[^()])+\\\)"
    r"|\\\[(?:[^\\]|\\[^\[\]])+\\\]"
    # One dollar is mostly money: it needs a partner, text that both touch, and no look of prose.
    r"|\$(?=\S)(?:[^$\s`]+|[^$\n`]*[\\^_={}<>+][^$\n`]*)(?<=\S)\$(?!\w)"
)


def _parser() -> MarkdownIt:
    options = {"html": False, "tasklists": True, "maxNesting": 2 * _DEEPEST}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "deep", _deep)
    parser.block.ruler.before(
        "table", "formula_block", _formula_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
    parser.inline.ruler.before("escape", "formula", _formula)
    return parser


def _deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level < _DEEPEST:
        return False
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    state.line = line
    text = state.getLines(start, line, state.blkIndent, False)
    state.push("code_block", "", 0).content = re.sub("(?m)^ {40,}", " " * 40, text)
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """$$ ... $$, \\[ ... \\] and \\begin{} ... \\end{}, of up to 100 lines."""
    text = state.getLines(start, start + 1, state.blkIndent, False).strip()
    fence = next((fence for fence in _FORMULA_FENCES if text.startswith(fence)), None)
    if fence is None or state.is_code_block(start):
        return False
    text, closing = text[len(fence) :], _FORMULA_FENCES[fence]
    line = start + 1
    while closing not in text:
        if line >= min(end, start + 100) or state.sCount[line] < state.blkIndent:
            return False
        text = state.getLines(line, line + 1, state.blkIndent, False).strip()
        line += 1
    if not text.endswith("}" if fence == "\\begin{" else closing):
        return False
    if not silent:
        text = state.getLines(start, line, state.blkIndent, False)
        state.push("formula_block", "", 0).content = text
        state.line = line
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    match = _FORMULA.match(state.src, state.pos, state.posMax)
    if match and not silent:
        state.push("formula", "", 0).content = match[0]
    if match:
        state.pos = match.end()
    return match is not None


# ---- Tokens to blocks: one method per construct, named after its token ------------------------

_TAG = re.compile(r"<br\s*/?>|<(su[bp])>([^<>]+)</\1>", re.I)
_URL = re.compile(r"https?://[^\s<>\"`]*[^\s<>\"`.,;:!?)\]}'*_，。；：！？）」]", re.I)
_NOTE = re.compile(r"\[[^\]]{1,40}\]:")  # the start of a footnote
_BULLETS = "•◦▪"


class _Writer:
    """Fills `story`, in a flat loop: text can nest deeper than Python recurses."""

    def __init__(self, content: str, fonts: Fonts) -> None:
        self.story: list[Block] = []
        self.lines = content.split("\n")
        self.has_rtl = bidi.has_rtl(content)
        self.rtl = self.has_rtl and bidi.is_rtl(content)
        self.mirrored: bool | None = None  # the open list, quote or table; None outside of any
        self.fonts = fonts
        self.style = BODY
        self.indents = [0.0]
        self.bars: tuple[float, ...] = ()  # where the bars of the open quotes stand
        self.lists: list[bool] = []  # the open lists: is it numbered?
        self.markers: list[Text] = []  # bullets and numbers that wait for their item's first block
        self.heading = ""  # the open heading's tag
        self.outline_level = -1
        self.rows: list[list[Text]] | None = None  # the open table
        self.row_line = 0
        self.align = 0.0
        self._start_runs()

    def _start_runs(self) -> list[Run]:
        """Begin a new run of inline text; return the last one."""
        runs, self.runs = getattr(self, "runs", []), list[Run]()
        self.bold = self.italic = self.strike = 0
        self.link = self.target = ""
        return runs

    def write(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            construct: Callable[[Token], None] | None = getattr(self, token.type, None)
            if construct:
                construct(token)
            elif not token.type.endswith("_close"):
                self.add(token.content)  # something new in markdown-it is still not lost

    # Inline

    def add(self, text: str, rise: float = 0, mono: bool = False, color: Any = None) -> None:
        """Append text, set as is the order now. `rise` is how far it is raised, in sizes."""
        style, code = self.style, mono and not self.style.mono
        color = color or (BLUE if self.link else style.color)
        bold = style.bold or self.bold > 0
        for piece, face, shift in self.fonts.split(text, bold, self.italic > 0, mono or style.mono):
            shift = shift or rise
            size = style.size * (0.7 if shift else 0.92 if code else 1)
            raised = shift * style.size
            look = Look(face, size, color, raised, self.link, self.strike > 0, code)
            self.runs.append((piece, look))

    def text(self, token: Token) -> None:
        at = 0
        if self.runs and self.runs[-1][0] == " " and _NOTE.match(token.content):
            self.runs[-1] = ("\n", self.runs[-1][1])  # footnotes on lines of their own stay there
        for tag in _TAG.finditer(token.content) if "<" in token.content else ():
            self._prose(token.content[at : tag.start()])
            if tag[1]:
                self.add(tag[2], rise=0.35 if tag[1].lower() == "sup" else -0.15)
            else:
                self.add("\n")
            at = tag.end()
        self._prose(token.content[at:])

    def _prose(self, text: str) -> None:
        at = 0
        for url in _URL.finditer(text) if "://" in text and not self.link else ():
            self.add(text[at : url.start()])
            self.link = quote(url[0], safe=":/?#[]@!$&'()*+,;=%~") if _is_web(url[0]) else ""
            self.add(url[0])
            self.link, at = "", url.end()
        self.add(text[at:])

    def softbreak(self, token: Token) -> None:
        self.add(" ")

    def hardbreak(self, token: Token) -> None:
        self.add("\n")

    def code_inline(self, token: Token) -> None:
        self.add(token.content, mono=True)

    formula = code_inline

    def strong_open(self, token: Token) -> None:
        self.bold += token.nesting

    def em_open(self, token: Token) -> None:
        self.italic += token.nesting

    def s_open(self, token: Token) -> None:
        self.strike += token.nesting

    strong_close, em_close, s_close = strong_open, em_open, s_open

    def link_open(self, token: Token) -> None:
        href = str(token.attrs.get("href", ""))
        if _is_web(href):
            self.link = href
        elif not href.startswith("#") and token.markup != "autolink":
            self.target = href  # nothing to click on, but the reader may want to know it

    def link_close(self, token: Token) -> None:
        self.link = ""
        if self.target:
            self.add(f" ({self.target})", color=GREY)
        self.target = ""

    def image(self, token: Token) -> None:
        """Never opened or fetched: its description stands for it, linked to a source on the web."""
        link, source = self.link, str(token.attrs.get("src", ""))
        if not link and _is_web(source):
            self.link = source
        self.italic += 1
        self.add("[image: ")
        self.write(token.children or [])
        self.link = self.link or link
        self.add("]" if token.content else f"{source}]")
        self.italic -= 1
        self.link = link

    # Blocks

    def inline(self, token: Token) -> None:
        """The text of the block that is open: a table cell, heading or paragraph."""
        style = self.style
        self.write(token.children or [])
        runs = self._start_runs()
        if self.rows is not None:
            self.rows[-1].append(Text(runs, style, align=self.align))
        elif self.heading:
            self._heading(runs, _plain(token))
        else:
            block = Text(runs, style)
            if token.content.endswith((":", "：")) and len(token.content) < 500:
                block.keep = 45 + len(token.content) // 85 * style.leading  # with what follows
            self._emit(block)

    def line(self, text: str, style: Style, right: float = 0) -> Text:
        """A text outside the Markdown; with `right`, it ends there."""
        self.style = style
        self._prose(text)
        return Text(self._start_runs(), style, align=1.0 if right else 0.0, width=right)

    def _emit(self, block: Block) -> None:
        """Append a block, in its place under the lists and quotes that are open."""
        block.indent, block.bars = self.indents[-1], self.bars
        if self.has_rtl:
            block.mirrored = self.rtl if self.mirrored is None else self.mirrored
            if self.mirrored is None and isinstance(block, Text) and not block.bookmark:
                block.mirrored = block.is_rtl(self.rtl)
        block.markers, self.markers = self.markers, []
        if self.story:
            above = self.story[-1]
            if len(above.bars) != len(block.bars):
                above.after = block.before = max(above.after, block.before, 11)
            block.joined = sum(map(float.__eq__, above.bars, block.bars))
        self.story.append(block)

    def keep_together(self) -> None:
        """A heading goes with the heading below it, and so with what that one goes with."""
        following = self.story[-1]
        for block in reversed(self.story):
            if block.keep and following.keep and block is not following:
                block.keep = min(block.keep - 30 + following.keep, HEIGHT / 3)
            following = block

    def title_block(self, title: Token | None, topic: str, byline: str) -> None:
        self._emit(self.line("Research Report", KICKER))
        self.heading, self.style = "h1", TITLE
        if title:
            self.inline(title)
        elif topic:
            self._emit(self.line(topic, TITLE))
        self.heading = ""
        if byline:
            self._emit(self.line(byline, BYLINE))
        self._emit(Rule(BLUE, 1.5, after=18))

    def references(self, definitions: list[str]) -> None:
        if definitions:
            self.heading, self.style = "h2", HEADINGS["h2"]
            self.add("References")
            self._heading(self._start_runs(), "References")
        for definition in definitions:
            self._emit(self.line(definition, TIGHT))

    def heading_open(self, token: Token) -> None:
        self.heading, self.style = token.tag, HEADINGS[token.tag]

    def heading_close(self, token: Token) -> None:
        self.heading = ""

    def _heading(self, runs: list[Run], text: str) -> None:
        # Headings may skip a level on their way down; a PDF outline may not.
        self.outline_level = min(int(self.heading[1]) - 1, self.outline_level + 1)
        bookmark = (f"heading-{len(self.story)}", _shorten(text, 120) or "–", self.outline_level)
        self._emit(Text(runs, self.style, keep=self.style.leading + 55, bookmark=bookmark))

    def paragraph_open(self, token: Token) -> None:
        self.style = TIGHT if token.hidden else BODY

    def _open(self, token: Token) -> None:
        """The outermost list, quote or table decides on which side all that is in it begins."""
        if token.level == 0 and self.has_rtl:
            text = "\n".join(self.lines[slice(*(token.map or [0, 0]))])
            self.mirrored = bidi.is_rtl(re.sub(r"\S*[/`]\S*", "", text))

    def _close(self, token: Token) -> None:
        if token.level == 0:
            self.mirrored = None

    def bullet_list_open(self, token: Token) -> None:
        self._open_list(token, False, 16)

    def ordered_list_open(self, token: Token) -> None:
        self._open_list(token, True, 10.5 + 5.5 * len(str(token.attrs.get("start", 1))))

    def _open_list(self, token: Token, numbered: bool, step: float) -> None:
        self._open(token)
        self.lists.append(numbered)
        self._indent(step)

    def _indent(self, step: float) -> None:
        # However deep the text is nested, it keeps more than half the width.
        self.indents.append(min(self.indents[-1] + step, WIDTH * 0.45))

    def bullet_list_close(self, token: Token) -> None:
        self._close(token)
        self.lists.pop()
        self.indents.pop()

    ordered_list_close = bullet_list_close

    def list_item_open(self, token: Token) -> None:
        if self.lists[-1]:
            marker = f"{token.info}{token.markup}"
        elif "checked" in token.meta:
            marker = "✓" if token.meta["checked"] else "□"
        else:
            marker = _BULLETS[min(self.lists.count(False), 3) - 1]
        self.markers.append(self.line(marker, BODY, right=self.indents[-1] - 5))

    def list_item_close(self, token: Token) -> None:
        if self.markers:  # an item without text still shows its number
            self._emit(Text([], TIGHT))

    def blockquote_open(self, token: Token) -> None:
        self._open(token)
        self.bars = (*self.bars, self.indents[-1] + 1)
        self._indent(16)

    def blockquote_close(self, token: Token) -> None:
        self._close(token)
        self.bars = self.bars[:-1]
        self.indents.pop()

    def fence(self, token: Token) -> None:
        self.style = CODE
        if language := token.info.strip():
            self.add(language + "\n", color=GREY)
        self.add(token.content.removesuffix("\n").expandtabs(4))
        self._emit(Text(self._start_runs(), CODE))

    code_block = formula_block = fence

    def hr(self, token: Token) -> None:
        self._emit(Rule(HAIRLINE, 0.7, before=14, after=14))

    # Tables

    def table_open(self, token: Token) -> None:
        self._open(token)
        self.rows = []

    def tr_open(self, token: Token) -> None:
        assert self.rows is not None
        self.rows.append([])
        self.row_line = (token.map or [0])[0]

    def tr_close(self, token: Token) -> None:
        """Markdown drops what a row has more than the header; here the last cell keeps it."""
        assert self.rows is not None
        row = self.rows[-1]
        source = [cell.strip() for cell in escapedSplit(self.lines[self.row_line].strip())]
        if not source[0].strip(" >*+-.)0123456789"):
            source.pop(0)
        if surplus := [cell for cell in source[len(row) :] if cell]:
            self.add(" | " + " | ".join(surplus))
            row[-1].runs += self._start_runs()

    def th_open(self, token: Token) -> None:
        self.style = CELL._replace(bold=token.tag == "th")
        alignment = str(token.attrs.get("style", ""))
        self.align = 1.0 if "right" in alignment else 0.5 if "center" in alignment else 0.0

    td_open = th_open

    def table_close(self, token: Token) -> None:
        rows, self.rows = self.rows or [], None
        columns = column_widths(rows, WIDTH - self.indents[-1])
        if columns:
            self._emit(Table(rows, columns))
        else:
            self._records(rows)
        self._close(token)

    def _records(self, rows: list[list[Text]]) -> None:
        """A table too wide for the page: each row becomes a group of `header: value` lines."""
        header, *body = rows
        for row in body or [[Text([], CELL)] * len(header)]:
            for number, (name, value) in enumerate(zip(header, row, strict=False)):
                self.style, self.bold = CELL, 1
                self.add(": ")
                runs = name.runs + self._start_runs() + value.runs
                self._emit(Text(runs, CELL._replace(before=2 if number else 10)))


def _is_web(url: str) -> bool:
    """May it be clicked? ReportLab makes opening a file of `pdf:`; browsers take 2,000 letters."""
    return url.lower().startswith(("http://", "https://", "mailto:")) and len(url) <= 2000
