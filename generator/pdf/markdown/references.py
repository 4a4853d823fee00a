"""A report's lists of references: where their entries are, so that `[3]` in the text leads there.

Models write such lists in every shape. What is an entry:

- under a title like "References" (a heading, a line of its own, the first line of a paragraph):
  numbered items, lines that begin with a number, rows of a table that do;
- anywhere, lines that begin with `[1]`, `[2]` and so on, one after the other;
- if there is nothing of the kind: the last numbered list, or lines with numbers, that are links,
  or the items under such a title in their order;
- link definitions (`[3]: https://...`) that no link uses: Markdown drops those, readers want them.

The token `entry`, whose `meta` has the entry's anchor, `name`, stands at the start of each; its own
number is marked as such. The parser's env has, under "entries", the `Entry`s of each number and,
under "unused", a list of `Definition`.
"""

import re
from operator import itemgetter
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from generator.pdf.markdown.titles import is_title, split_title

# A number that begins an entry: in brackets that are one's own, or as in a list.
_MARK = re.compile(
    r"\[{1,2}\^?(?:[SR]|(?:source|ref|来源|文献)\s?)?(\d{1,3})\^?\]{1,2}|[【［〔](\d{1,3})[】］〕]",
    re.I,
)
_LOOSE = re.compile(r"(?:[(（](\d{1,3})[)）]|(\d{1,3})(?:[.)、．）](?!\d)|\s?[:：]|\s[-–—]\s))")
# Lines that all begin with a number and have an address.
_ALL_LINKS = re.compile(r"(?:[(（]?\d{1,3}[)）.:、．](?=.*https?:).*(?:\n|\Z)){2,}")
_SOLE = re.compile(r"\[?(\d{1,3})[\].:]?")
_LINE = re.compile(r"(?m)^[\s>*+_-]{0,9}[\[【［〔](\d{1,3})[\]】］〕]")
_CELL = re.compile(r"\W{0,3}(\d{1,3})\W{0,3}")
_NEXT = re.compile(r"(?<!\S)(?:\[(\d{1,3})\](?!\()|【(\d{1,3})】)|(?<!\S)(\d{1,3})\.(?=\s+\S)")


class Entry(NamedTuple):
    place: int  # number of the token that it is in
    name: str  # its anchor


class Definition(NamedTuple):
    source: str  # as it stands in the text
    name: str  # its anchor


class _Line(NamedTuple):
    """Where an entry may begin."""

    place: int  # number of the inline token
    at: int  # number of its child that the line begins with
    number: int
    mark: Token | None = None  # the text that begins with the number,
    end: int = 0  # and where that ends there


def references_plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.after("lines", "references", _references)


def _references(state: StateCore) -> None:
    entries: dict[int, list[Entry]] = {}
    lines = sorted(_entries(state), key=itemgetter(0, 1))
    for place, at, number, mark, end in reversed(lines):  # so that no place moves on
        children = state.tokens[place].children
        if children is None:
            continue
        entry = Entry(place, f"reference-{place}-{number}")
        entries.setdefault(number, []).insert(0, entry)
        if mark:
            mark.meta["entry"] = end
        if at and children[at - 1].type == "softbreak":
            children[at - 1].type = "hardbreak"
        children.insert(at, Token("entry", "", 0, meta={"name": entry.name}))
    state.env["unused"] = _unused(state, entries)
    state.env["entries"] = entries


def _entries(state: StateCore) -> list[_Line]:
    tokens = state.tokens
    titled: list[_Line] = []
    candidates: list[list[_Line]] = [[]]  # lines with brackets, in blocks that follow each other
    unnumbered: list[_Line] = []  # items under a title
    linked: list[_Line] = []  # of the last numbered list of links
    rank = ""  # of the title we are under: h1 to h6, or h7 for a line of its own
    number = ""  # of the list item that waits for its text
    waiting = False  # does an item of a list without numbers?
    for place, token in enumerate(tokens):
        kind = token.type
        if kind == "heading_open" and (not rank or token.tag <= rank):
            rank = ""
        elif kind == "list_item_open" and token.level == 1:
            number, waiting = token.info, not token.info
        elif kind == "tr_open":
            number, waiting = "row" if rank else "", False
        if kind != "inline":
            continue
        before = tokens[place - 1]
        if token.level == 1 and is_title(token.content):
            rank = before.tag if before.type == "heading_open" else "h7"
            continue
        if number == "row":
            if cell := _CELL.fullmatch(token.content):
                mark = (token.children or [token])[0]
                titled.append(_Line(place, 0, int(cell[1]), mark, len(mark.content)))
            number = ""
            continue
        if before.type == "heading_open" or token.level > 3:
            if candidates[-1]:
                candidates.append([])
            continue
        if before.type == "paragraph_open" and token.level == 1 and split_title(token):
            rank = rank or "h7"
        starts = _lines(token, place, bool(rank), state)
        if number.isdigit():
            item = _Line(place, 0, int(number) % 1000)
            if not starts or starts[0].at > 1:
                starts = [item]
            if rank:
                titled += starts
            elif _is_link(token):
                linked = [*(linked if item.number > 1 else []), item]
            number = ""
            continue
        if waiting and rank and not starts:
            unnumbered.append(_Line(place, 0, len(unnumbered) + 1))
        waiting = False
        if rank:
            titled += starts
        elif not starts and _ALL_LINKS.fullmatch(token.content):
            linked = _lines(token, place, True, state)
        elif starts:
            candidates[-1] += starts
        elif candidates[-1]:
            candidates.append([])
    found = titled + [line for run in candidates for line in _in_order(run)]
    return found or unnumbered or (linked if len(linked) > 1 else [])


def _in_order(run: list[_Line]) -> list[_Line]:
    """Lines that count up, from 1 or three of them: they are a list, whatever stands over it."""
    numbers = [line.number for line in run]
    if len(run) < 2 or not all(map(int.__lt__, numbers, numbers[1:])):
        return []
    return run if numbers[0] == 1 or len(run) > 2 else []


def _is_link(token: Token) -> bool:
    return "http" in token.content or "](" in token.content


def _lines(token: Token, place: int, titled: bool, state: StateCore) -> list[_Line]:
    """The entries in a paragraph: a line each, or one after the other in one line."""
    children, content = token.children or [], token.content
    begins = content.lstrip("*_ ")[:1] in "[【［〔"
    if not titled and not begins and not ("\n" in content and _LINE.search(content)):
        return []
    if titled or begins:
        _split(children, 2 if titled else 3, state)
    found: list[_Line] = []
    last = 0
    for at, part in enumerate(children):
        first = _begins(children, at) if part.type == "text" else None
        if first is None:
            continue
        match = _MARK.match(part.content)
        if match is None and titled:
            match = _LOOSE.match(part.content)
            if match and last and _number(match) != last + 1:
                continue
        if match is None and first < at:  # a link, or bold
            match = _SOLE.fullmatch(part.content)
        if match:
            last = _number(match)
            found.append(_Line(place, first, last, part, match.end()))
    return found


def _number(match: re.Match[str]) -> int:
    return int(next(filter(None, match.groups())))


def _begins(children: list[Token], at: int) -> int | None:
    """The child with which the line begins that this text is the first of; None if it is not."""
    while at and (children[at - 1].type.endswith("_open") or _is_nothing(children[at - 1])):
        at -= 1
    return at if at == 0 or children[at - 1].type in ("softbreak", "hardbreak") else None


def _is_nothing(part: Token) -> bool:
    return part.type == "entry" or (part.type == "text" and not part.content)


def _split(children: list[Token], least: int, state: StateCore) -> None:
    """Give entries that follow each other in one line a line each: `[1] ... [2] ... [3] ...`."""
    own: set[int] = set()  # numbers that have a line
    chain: list[tuple[int, int, int]] = []  # of each number in its order: child, place there
    listed = None  # like 1. or like [1]
    for at, part in enumerate(children):
        if part.type != "text" or (at and children[at - 1].type == "link_open"):
            continue
        for match in _NEXT.finditer(part.content):
            number = _number(match)
            if not part.content[: match.start()].strip() and _begins(children, at) is not None:
                own.add(number)
            if number == len(chain) + 1 and listed in (None, bool(match[3])):
                listed = bool(match[3])
                chain.append((number, at, match.start()))
    if len(chain) < least:
        return
    if "begun" not in state.env:
        state.env["begun"] = {*map(int, _LINE.findall(state.src))}
    own |= state.env["begun"]
    for number, at, start in reversed(chain):
        if number not in own:
            part = children[at]
            rest = Token("text", "", 0, content=part.content[start:])
            part.content = part.content[:start].rstrip()
            children[at + 1 : at + 1] = [Token("hardbreak", "br", 0), rest]


def _unused(state: StateCore, entries: dict[int, list[Entry]]) -> list[Definition]:
    if not (state.env.get("references") or state.env.get("duplicate_refs")):
        return []
    parts = [part for token in state.tokens for part in token.children or []]
    used = {part.attrs.get("href", part.attrs.get("src")) for part in parts}
    definitions: list[tuple[str, Any]] = [*state.env.get("references", {}).items()]
    definitions += [("^", duplicate) for duplicate in state.env.get("duplicate_refs", [])]
    lines = state.src.split("\n") if definitions else []
    found: list[Definition] = []
    for label, definition in definitions:
        if not label.startswith("^") and definition["href"] in used:
            continue
        source = " ".join(line.lstrip(" >") for line in lines[slice(*definition["map"])])
        name = f"definition-{len(found)}"
        found.append(Definition(source, name))
        if label.isdecimal() and len(label) <= 3:
            entries.setdefault(int(label), []).append(Entry(len(state.tokens), name))
    return found
