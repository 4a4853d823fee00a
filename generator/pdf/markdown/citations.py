"""What in the text leads elsewhere in it: `[3]` to its entry, `[start](#the-start)` to its heading.

Tokens in a line: around what points to an entry `citation_open`, whose `meta` has its anchor,
`name`, and `citation_close`. A `link_open` to a place in the document has that in its `meta`, too.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from generator.pdf.late import late
from generator.pdf.markdown.references import Entry
from generator.pdf.markdown.titles import is_title

_OPEN, _CLOSE = r"[\[【［〔]", r"[\]】］〕]"
_NUMBERS = r"\^?\d{1,3}(?:\s?[,;，、；–-]\s?\^?\d{1,3}){0,30}"
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CITED = late(
    rf"<sup>\s?{_OPEN}?(?P<raised>{_NUMBERS}){_CLOSE}?\s?</sup>"
    rf"|{_OPEN}(?:[SR]|(?:sources?|refs?|来源|文献)\s?)?(?P<numbers>{_NUMBERS})(?P<foreign>†)?{_CLOSE}"
    # After a sign: what follows a letter may be a power.
    rf"|(?<=[.,;:!?)\]”’»。，；！？」])(?P<power>[{_POWERS}]{{1,3}})",
    re.I,
)
_SIGNS = ("[", "【", "［", "〔", "<sup>", *_POWERS[1:])
_SOLE = re.compile(r"\^?(\d{1,3})\^?")


def citations_plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.after("references", "citations", _citations)


def _citations(state: StateCore) -> None:
    entries: dict[int, list[Entry]] = state.env["entries"]
    if re.search(r"\]\(<?#|\]:\s*<?#|href\s*=\s*[\"']?#", state.src):
        _lead(state, entries)
    for place, token in enumerate(state.tokens):
        if token.type != "inline":
            continue
        if any(sign in token.content for sign in _SIGNS):
            token.children = _linked(token.children or [], place, entries)


# ---- Citations -----------------------------------------------------------------------------------


def _linked(children: list[Token], place: int, entries: dict[int, list[Entry]]) -> list[Token]:
    """The same tokens, with links to the entries; not within links, nor at an entry's own start.

    A number that is a link already, by its definition, gets back its brackets.
    """
    result: list[Token] = []
    links = 0
    for at, part in enumerate(children):
        links += part.nesting if part.type.startswith("link_") else 0
        if part.type == "text" and links and (sole := _SOLE.fullmatch(part.content)):
            beside = children[at - 1].type, children[at + 1].type
            part.content = f"[{sole[1]}]" if beside == ("link_open", "link_close") else part.content
        if part.type != "text" or links or not any(sign in part.content for sign in _SIGNS):
            result.append(part)
            continue
        done = 0
        for cited in _CITED.finditer(part.content, part.meta.get("entry", 0)):
            if done < cited.start():
                result.append(_text(part.content[done : cited.start()]))
            done = cited.end()
            result += _citation(cited, place, entries)
            if cited["foreign"] and len(result) > 1 and not result[-1].content:
                result[-2].content = _closed(result[-2].content, part.content[done : done + 1])
        part.content = part.content[done:]
        result.append(part)
    return result


def _citation(cited: re.Match[str], place: int, entries: dict[int, list[Entry]]) -> list[Token]:
    """The tokens for what points to entries; an empty text if it is another system's and leads
    nowhere."""
    if cited["power"]:
        digits = "".join(str(_POWERS.index(power)) for power in cited["power"])
        entry = _nearest(entries.get(int(digits), []), place)
        return _link(entry, _text(cited[0])) if entry else [_text(cited[0])]
    raised = cited["raised"] is not None
    inner = cited["raised"] or cited["numbers"]
    if inner.isdecimal() and not raised and not cited["foreign"]:  # nearly all
        entry = _nearest(entries.get(int(inner), []), place)
        return _link(entry, _text(cited[0])) if entry else [_text(cited[0])]
    numbers = [*re.finditer(r"\^?(\d+)", inner)]
    found = [_nearest(entries.get(int(number[1]), []), place) for number in numbers]
    if not any(found):
        return [_text("" if cited["foreign"] else cited[0])]
    before, after = "", ""
    if not raised:
        before, after = cited[0].split(inner)[0], cited[0][-1]
    if cited["foreign"]:
        before, after = "[", "]"

    def piece(text: str) -> Token:
        return _text(f"<sup>{text}</sup>" if raised and text else text)

    result, at = [], 0
    for number, entry in zip(numbers, found, strict=True):
        between = piece(inner[at : number.start()])
        at = number.end()
        if len(numbers) == 1 and entry:  # with the brackets: more to click on
            return _link(entry, piece(f"{before}{number[1]}{after}"))
        result += [between, *(_link(entry, piece(number[1])) if entry else [piece(number[1])])]
    return [_text(before), *result, _text(after)]


def _link(entry: Entry, text: Token) -> list[Token]:
    opening = Token("citation_open", "", 1, meta={"name": entry.name})
    return [opening, text, Token("citation_close", "", -1)]


def _closed(text: str, following: str) -> str:
    """`text` before what was dropped: no space stays before the next sign, nor two together."""
    return text.rstrip(" ") if following in " .,;:!?)。，；：！？）" else text


def _nearest(entries: list[Entry], place: int) -> Entry | None:
    """The next one in the text, as each chapter may have a list of its own; else the last."""
    return next(
        (entry for entry in entries if entry.place >= place), entries[-1] if entries else None
    )


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


# ---- Links to headings ---------------------------------------------------------------------------

_LINE_AS_HEADING = re.compile(r"\*\*[^*\n]{1,80}\*\*:?")
_NUMBERED = late(r"[\W\d_]*(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+[章节])?\s*")


_LAST_NUMBER = re.compile(r"(?<!\d)(\d{1,3})$")


class _Headings(NamedTuple):
    """Where links to headings lead: the number of the heading's inline token."""

    by_name: dict[str, int]
    by_letters: dict[str, int]  # of the heading's text, however a name is made of it


def _lead(state: StateCore, entries: dict[int, list[Entry]]) -> None:
    """Find out where links to `#something` lead: to a heading, or to an entry by its number."""
    headings = _headings(state)
    targets: set[int] = set()
    for place, token in enumerate(state.tokens):
        linked = "](" in token.content or "][" in token.content or "html" in state.env
        if token.type != "inline" or not linked:
            continue
        children = token.children or []
        for at, part in enumerate(children):
            href = str(part.attrs.get("href", ""))
            if part.type != "link_open" or not href.startswith("#"):
                continue
            name = unquote(href[1:]).lower()
            shown = children[at + 1].content if at + 1 < len(children) else ""
            if name in state.env["anchors"]:
                part.meta["name"] = state.env["anchors"][name]
                continue
            heading = headings.by_name.get(name, headings.by_letters.get(_letters(name)))
            number = _SOLE.fullmatch(shown.strip("[]")) or _LAST_NUMBER.search(name)
            meant = entries.get(int(number[1]), []) if number else []
            if (heading is None or shown.strip("[]^").isdecimal()) and (
                entry := _nearest(meant, place)
            ):
                part.meta["name"] = entry.name
                continue
            bare = _letters(_NUMBERED.sub("", shown, count=1))
            heading = heading or headings.by_letters.get(bare)
            if heading is not None:
                part.meta["name"] = f"within-{heading}"
                targets.add(heading)
    for heading in targets:
        target = Token("entry", "", 0, meta={"name": f"within-{heading}"})
        (state.tokens[heading].children or []).insert(0, target)


def _headings(state: StateCore) -> _Headings:
    """Return the headings by the names that GitHub and others give them; the first one counts."""
    found = _Headings({}, {})
    counts: dict[str, int] = {}
    for place, token in enumerate(state.tokens):
        if token.type != "inline" or not token.children:
            continue
        if state.tokens[place - 1].type != "heading_open":
            line = token.content.split("\n", 1)[0]
            if _LINE_AS_HEADING.fullmatch(line) or is_title(line):
                found.by_letters.setdefault(_letters(line), place)
            continue
        if token.meta.get("id"):
            found.by_name.setdefault(token.meta["id"], place)
        text = "".join(part.content for part in token.children)
        slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
        count = counts[slug] = counts.get(slug, -1) + 1
        found.by_name.setdefault(f"{slug}-{count}" if count else slug, place)
        for name in (text, _NUMBERED.sub("", text, count=1)):
            found.by_letters.setdefault(_letters(name), place)
    found.by_letters.pop("", None)
    return found


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
