"""A report's list of references, and the `[3]` in its text that point there.

The entries are the numbered items, or the paragraphs and lines that begin with `[3]`, under a
heading or a line of its own like "References"; and link definitions (`[3]: https://...`) that no
link uses: Markdown drops those, readers want them.

Tokens in a line: `entry`, whose `meta` has the entry's anchor, `name`, at the start of each; around
what points there `citation_open`, with the same `name`, and `citation_close`. The definitions are
in the parser's env, as a list of `Definition` under "unused".
"""

import re
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_TITLES = (
    "references|references cited|reference list|works cited|bibliography|sources|citations"
    "|endnotes|literature|quellen|quellenverzeichnis|quellenangaben|literatur|einzelnachweise"
    "|literaturverzeichnis|referenzen|références|sources|bibliographie|referencias|fuentes"
    "|bibliografía|riferimenti|fonti|bibliografia|referências|fontes|referenties|bronnen"
    "|bronvermelding|литература|источники|список литературы|список источников|ссылки"
    "|джерела|bibliografia|źródła|kaynaklar|kaynakça|referenser|källor|referanser|kilder"
    "|参考文献|参考资料|參考文獻|參考資料|引用文献|参考来源|来源|出典|参照"
    "|참고문헌|참고 문헌|참고 자료|출처"
    "|المراجع|المصادر|منابع|מקורות|ביבליוגרפיה|संदर्भ|स्रोत|সূত্র|เอกสารอ้างอิง|แหล่งอ้างอิง"
    "|tài liệu tham khảo|daftar pustaka|referensi"
)
_TITLE = re.compile(
    rf"(?:[\d.]+\s+)?(?:{_TITLES})(?:\s+(?:and|&|und|et|y|e|en|и|/)\s+\S.{{0,40}})?\s*[:：]?", re.I
)
_MARK = re.compile(r"\[(\d{1,3})\]")  # at the start of an entry
_CITED = re.compile(r"\[(\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*)\]")


class Definition(NamedTuple):
    source: str  # as it stands in the text
    name: str  # its anchor


class _Entry(NamedTuple):
    place: int  # number of the token that it is in
    name: str


def references_plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.after("text_join", "references", _references)


def _references(state: StateCore) -> None:
    entries: dict[int, list[_Entry]] = {}
    for place, number in _listed(state.tokens):
        entry = _Entry(place, f"reference-{place}-{number}")
        entries.setdefault(number, []).append(entry)
        children = state.tokens[place].children or []
        at = next((at for at, part in enumerate(children) if part.meta.get("entry") == number), 0)
        children.insert(at, Token("entry", "", 0, meta={"name": entry.name}))
    state.env["unused"] = _unused(state, entries)
    for place, token in enumerate(state.tokens):
        if token.type == "inline" and "[" in token.content:
            token.children = _linked(token.children or [], place, entries)


# ---- Entries -------------------------------------------------------------------------------------


def _listed(tokens: list[Token]) -> list[tuple[int, int]]:
    """Where the entries under a title are: number of an inline token, number of the entry."""
    found: list[tuple[int, int]] = []
    rank = ""  # of the heading we are under: h1 to h6, or h7 for a line of its own
    number = ""  # of the list item that waits for its text
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and (not rank or token.tag <= rank):
            rank = ""
        if token.type.startswith("list_item") and token.level == 1:
            number = token.info if rank else ""
        if token.type != "inline":
            continue
        before = tokens[place - 1]
        if token.level == 1 and _TITLE.fullmatch(token.content.strip(" *_")):
            rank = before.tag if before.type == "heading_open" else "h7"
        elif rank and number:
            found.append((place, int(number) % 1000))
            number = ""
        elif rank and token.level <= 3:
            found += [(place, number) for number in _marked(token.children or [])]
    return found


def _marked(children: list[Token]) -> list[int]:
    """The numbers of the lines that begin with `[3]`. The lines stay lines."""
    found = []
    for at, part in enumerate(children):
        first = at == 0 or children[at - 1].type in ("softbreak", "hardbreak")
        if first and part.type == "text" and (mark := _MARK.match(part.content)):
            found.append(int(mark[1]))
            part.meta["entry"] = int(mark[1])
            if at:
                children[at - 1].type = "hardbreak"
    return found


def _unused(state: StateCore, entries: dict[int, list[_Entry]]) -> list[Definition]:
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
            entries.setdefault(int(label), []).append(_Entry(len(state.tokens), name))
    return found


# ---- Citations -----------------------------------------------------------------------------------


def _linked(children: list[Token], place: int, entries: dict[int, list[_Entry]]) -> list[Token]:
    """The same tokens, with links to the entries; not within links, nor at an entry's own start.

    A number that is a link already, by its definition, gets back its brackets.
    """
    result: list[Token] = []
    links = 0
    for at, part in enumerate(children):
        links += part.nesting if part.type.startswith("link_") else 0
        if part.type == "text" and links and re.fullmatch(r"\d{1,3}", part.content):
            beside = children[at - 1].type, children[at + 1].type
            part.content = (
                f"[{part.content}]" if beside == ("link_open", "link_close") else part.content
            )
        if part.type != "text" or links or "[" not in part.content:
            result.append(part)
            continue
        at = 0
        own = _MARK.match(part.content) if "entry" in part.meta else None
        for cited in _CITED.finditer(part.content, own.end() if own else 0):
            numbers = [*re.finditer(r"\d+", cited[1])]
            for number in numbers:
                entry = _nearest(entries.get(int(number[0]), []), place)
                if entry is None:
                    continue
                whole = len(numbers) == 1  # with the brackets: more to click on
                start = cited.start() if whole else cited.start(1) + number.start()
                end = cited.end() if whole else cited.start(1) + number.end()
                result.append(_text(part.content[at:start]))
                result.append(Token("citation_open", "", 1, meta={"name": entry.name}))
                result.append(_text(part.content[start:end]))
                result.append(Token("citation_close", "", -1))
                at = end
        part.content = part.content[at:]
        result.append(part)
    return result


def _nearest(entries: list[_Entry], place: int) -> _Entry | None:
    """The next one in the text, as each chapter may have a list of its own; else the last."""
    return next(
        (entry for entry in entries if entry.place >= place), entries[-1] if entries else None
    )


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
