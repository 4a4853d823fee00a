"""Where things stand in a Markdown text, so that one of them can be changed and nothing else.

markdown-it tells what is code, a link or a table cell, but not where in the line it stands. Here
its rules are watched as they match, and each piece of text is found again in its source line.

In order: the parser, what an inline text holds, and from there back to the source.
"""

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# A formula: what is in brackets or dollars is no text. Dollars are mostly money, so what stands
# between two of them, or between two pairs, must look like TeX.
FORMULA = re.compile(
    # $$E = mc^2$$
    r"\$\$(?=[^$]{0,1000}?[\\^_{}=])[^$]{1,1000}\$\$"
    # \(x_1\) and \[x_1\], but not the escapes of \[1\]
    r"|\\\((?!\s{0,2}\^?\d[\d\s,;–-]*\\\))(?:(?!\\[()]).){1,1000}\\\)"
    r"|\\\[(?!\s{0,2}\^?(?:[^\W\d_]{3,12}[\s:#]{1,2})?\d[\d\s,;–-]*\\\])"
    r"(?:(?!\\[\[\]]).){1,1000}\\\]"
    # $x_1$, but not the raised number of $^{1}$
    r"|\$(?!\^[\[({]{0,2}\d[\d\s,;–-]{0,30}[\])}]{0,2}\$)(?=[^\s$][^$\n]{0,200}?[\\^_{}])[^$\n]{1,400}(?<=\S)\$",
    re.DOTALL,
)


# Characters of an inline text that are parsed at a time, and brackets in one. For each bracket, the
# parser looks through all that follows.
LONGEST, MOST_BRACKETS = 3000, 300


class Span(NamedTuple):
    """A link, an image, an autolink or code in an inline text, from `start` to `end`."""

    kind: str
    start: int
    end: int
    label: tuple[int, int] = (0, 0)  # of a link or an image: what is shown of it
    href: str = ""
    inline: bool = False  # the address stands in it, and not in a definition elsewhere


class Piece(NamedTuple):
    """The inline text of one block: a paragraph, a heading, a table cell."""

    text: str
    spans: list[Span]
    offsets: list[int]  # where each character of `text` stands in the source; one more for its end
    lines: tuple[int, int]  # of the block, or of the list item that holds nothing else
    kind: str  # the type of the block's opening token


def _recorder(kind: str, rule: Callable[[StateInline, bool], bool]) -> Any:
    def record(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if silent:
            return True
        pushed = state.tokens[before:]
        end, label, href = state.pos, (0, 0), ""
        if kind in ("link", "image"):
            opening = start + (kind == "image")
            state.pos, label_end = end, state.md.helpers.parseLinkLabel(state, opening, False)
            state.pos = end
            label = (opening + 1, max(label_end, opening + 1))
        for token in pushed:
            if token.type in ("link_open", "image"):
                href = str(token.attrs.get("href") or token.attrs.get("src") or "")
                break
        inline = state.src[label[1] + 1 : label[1] + 2] == "("
        if kind != "backticks" or any(token.type == "code_inline" for token in pushed):
            spans = state.env.setdefault("spans", [])
            spans.append(Span(kind, start, end, label, href, inline))
        return True

    return record


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.enable(["table", "strikethrough"])
    parser.disable(["inline", "html_block"])  # inline text is parsed piece by piece
    rules = {rule.name: rule.fn for rule in parser.inline.ruler.__rules__}
    for kind in ("link", "image", "autolink", "backticks"):
        parser.inline.ruler.at(kind, _recorder(kind, rules[kind]))
    return parser


_parser = _make_parser()
# It puts its rules together when it is first used, which threads must not do at the same time.
_parser.parse("x")
_parser.inline.parse("x", _parser, {}, [])


def clean(text: str) -> str:
    """Return `text` with the line ends and without the characters that markdown-it replaces."""
    return re.sub(r"\r\n?", "\n", text).replace("\0", "\ufffd")


@functools.lru_cache(maxsize=2)  # for its headings, for its end and for its references in turn
def parse(text: str) -> tuple[list[Token], dict[str, Any]]:
    """Return the block tokens of a cleaned text, and the link definitions in it.

    They are for reading: whoever asks next for the same text gets the same.
    """
    env: dict[str, Any] = {}
    return _parser.parse(text, env), env


def pieces(text: str, tokens: list[Token], env: dict[str, Any]) -> Iterator[Piece]:
    """Yield every inline text of the blocks, with its place in the source."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    cell_from: dict[int, int] = {}  # in a table row: where the next cell begins
    item: Token | None = None
    for position, token in enumerate(tokens):
        if token.type == "list_item_open":
            item = token
        if token.type != "inline" or not token.map or not token.content:
            continue
        opening = tokens[position - 1]
        block = (token.map[0], token.map[1])
        if item and item.map and item.map[0] == block[0] and item.map[1] <= block[1] + 1:
            block = (item.map[0], item.map[1])
        first = token.map[0]
        if opening.type in ("td_open", "th_open"):
            offsets = _in_row(token.content, lines[first], cell_from.get(first, 0), starts[first])
            if offsets:
                cell_from[first] = offsets[-1] - starts[first]
        else:
            offsets = _in_lines(token.content, lines, starts, first)
        if offsets:
            yield Piece(token.content, _spans(token.content, env), offsets, block, opening.type)


def _spans(content: str, env: dict[str, Any]) -> list[Span]:
    """Return what an inline text holds.

    Of one that is very long it is asked in parts: a model that repeats brackets for ever would
    otherwise keep the parser busy for minutes.
    """
    if not _HAS_SPANS.search(content) and not ("[" in content and env.get("references")):
        return []
    if content.count("[") > MOST_BRACKETS:
        return []  # what this is, is no text: references are taken out of it by their looks alone
    found, start = [], 0
    while start < len(content):
        end = len(content)
        if end - start > LONGEST:
            end = content.rfind(" ", start + 1, start + LONGEST) + 1 or start + LONGEST
        for span in _spans_in(content[start:end], env):
            label = (span.label[0] + start, span.label[1] + start)
            found.append(span._replace(start=span.start + start, end=span.end + start, label=label))
        start = end
    return found


_HAS_SPANS = re.compile(r"[`<$\\]|\]\(")  # code, an address, a formula, a link


def _spans_in(content: str, env: dict[str, Any]) -> list[Span]:
    again: dict[str, Any] = {"references": env.get("references", {})}
    _parser.inline.parse(content, _parser, again, [])
    found: list[Span] = again.get("spans", [])
    code = [(span.start, span.end) for span in found if span.kind == "backticks"]
    formulas = [
        Span("formula", *match.span())
        for match in FORMULA.finditer(content)
        if not re.search("://|www", match[0])
        and not any(start <= match.start() < end for start, end in code)
    ]
    inside = [(span.start, span.end) for span in formulas]
    found = [span for span in found if not any(s < span.end and span.start < e for s, e in inside)]
    return sorted(found + formulas, key=lambda span: span.start)


def _in_lines(content: str, lines: list[str], starts: list[int], first: int) -> list[int]:
    """Return where each character stands; every line of the content ends its source line."""
    offsets: list[int] = []
    for number, part in enumerate(content.split("\n"), first):
        if number >= len(lines):
            return []
        source, bare = lines[number], part.strip()
        column = source.rfind(bare) if number > first else source.find(bare)
        if number == first and not source.lstrip().startswith("#") and bare:
            column = source.rfind(bare)
        if column < 0:
            return []
        indent = len(part) - len(part.lstrip())
        place = starts[number] + column
        offsets += [place + max(0, index - indent) for index in range(len(part))]
        offsets.append(starts[number] + len(source))  # the line's end
    offsets[-1] = offsets[-2] + 1 if len(offsets) > 1 else offsets[-1]
    return offsets


def _in_row(content: str, source: str, begin: int, start: int) -> list[int]:
    """Return where each character of a table cell stands; a bar in it is written as `\\|`."""
    escaped = content.replace("|", "\\|")
    column = source.find(escaped, begin)
    if column < 0:
        return []
    offsets, place = [], start + column
    for character in content:
        offsets.append(place)
        place += 1 + (character == "|")
    return [*offsets, place]
