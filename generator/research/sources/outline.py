"""The outline of a long report, read from Markdown as models write it."""

import re
from dataclasses import dataclass, field

from markdown_it.token import Token

from generator.research.sources.spans import clean, parse
from models import MOST_SECTIONS

FEWEST, MOST = 4, 8  # sections, where the person has not said how many
MAX_QUERIES = 2  # for each section
MAX_QUERY = 380  # characters; Tavily, for one, refuses more than 400


@dataclass
class Section:
    """One section as it is planned."""

    title: str
    brief: str = ""  # what it covers and what it leaves out
    queries: list[str] = field(default_factory=list)


@dataclass
class Outline:
    """What a report will be about, section by section."""

    title: str
    sections: list[Section]

    def __str__(self) -> str:
        """The outline as Markdown, the same for every section's writer."""
        parts = [
            f"{number}. {section.title}" + f"\n   {section.brief}" * bool(section.brief)
            for number, section in enumerate(self.sections, 1)
        ]
        return f"# {self.title}\n\n" + "\n".join(parts)


def parse_outline(text: str, topic: str, wanted: int = 0) -> Outline:
    """Read an outline, whatever of headings, numbers and bold type it marks its sections with.

    `wanted` is how many sections there are to be at most, 0 for up to eight. A section without
    queries is searched for by its title. Without any section that can be made out, the outline
    has none: `just_one` is then what is left.
    """
    text = clean(text)
    text = re.sub(r"\A\s*```\w*\n(.*?)\n```\s*\Z", r"\1", text, flags=re.DOTALL)  # all in a fence
    tokens, _ = parse(text)
    title, found = _split(_lines(text, tokens))
    sections = [section for section in found if not _NO_SECTION.fullmatch(section.title)]
    title = title or " ".join(topic.split())[:150]
    kept: dict[str, Section] = {}
    for section in sections:
        kept.setdefault(section.title.casefold(), section)
    chosen = [*kept.values()][: min(wanted or MOST, MOST_SECTIONS)]
    for section in chosen:
        section.queries = section.queries[:MAX_QUERIES] or [f"{section.title} {title}"[:MAX_QUERY]]
    return Outline(title, chosen)


def is_enough(outline: Outline, wanted: int = 0) -> bool:
    return len(outline.sections) >= (wanted or FEWEST)


def just_one(topic: str) -> Outline:
    """Return the outline of a report that could not be divided: one section on the topic."""
    title = " ".join(topic.split())[:150]
    return Outline(title, [Section(title, queries=[" ".join(topic.split())[:MAX_QUERY]])])


# ---- Reading Markdown ---------------------------------------------------------------------------

# What the report has without being planned: the lead over the sections, and the list of sources.
_NO_SECTION = re.compile(
    r"(executive )?summary|introduction|abstract|conclusions?( and .*)?|references|sources|"
    r"bibliography|zusammenfassung|einleitung|fazit|quellen|literatur|résumé|références|resumen|"
    r"introducción|conclusiones|referencias|fuentes|摘要|引言|结论|参考文献|table of contents|"
    r"outline|search queries|queries",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"(?:web )?(?:search|suche|suchanfrage|recherche|búsqueda|quer(?:y|ies)|requête|consulta|搜索|"
    r"检索|検索|запрос)\w*(?: (?:quer(?:y|ies)|terms?|for))*(?: \d)?\s*[:：]\s*(.*)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:covers?|leaves out|does not cover|not covered|excludes?|omits?|scope|brief|focus|umfasst|"
    r"behandelt|lässt aus|couvre|exclut|cubre|excluye|包括|不包括|涵盖|不涵盖)\s*[:：]",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:report )?(?:title|titel|titre|título|标题)\s*[:：]\s*(.+)", re.IGNORECASE)
_ENUMERATED = re.compile(
    r"(?:section |part |chapter |teil |abschnitt )?(?:\d{1,2}|[IVX]{1,4})[.):：]\s+(.+)",
    re.IGNORECASE,
)
_RANKS = ("h1", "h2", "h3", "h4", "number", "bold", "item")
_BOLD = re.compile(r"(?:\*\*|__)(.+?)(?:\*\*|__)\s*[:.–—-]*\s*(.*)")


def _lines(text: str, tokens: list[Token]) -> list[tuple[str, str]]:
    """Return each line with what it looks like: h1 to h6, number, bold, item or text."""
    source = text.split("\n")
    items = {  # by line: how deep it is, and its number if it has one
        token.map[0]: (token.level, token.info)
        for token in tokens
        if token.type == "list_item_open" and token.map
    }
    heads = {
        token.map[0]: token.tag for token in tokens if token.type == "heading_open" and token.map
    }
    written = {
        line for token in tokens if token.type == "inline" for line in range(*token.map or ())
    }
    lines = []
    for number in sorted(written):
        line = source[number].strip().lstrip(">").strip()
        level, ordinal = items.get(number, (None, ""))
        if level is not None:
            line = re.sub(r"^(?:[-*+]|\d{1,2}[.)])\s+", "", line)
        if number in heads:
            kind, line = heads[number], re.sub(r"^#+\s*|\s*#+$", "", line)
        elif (level == 1 and ordinal) or (level is None and _ENUMERATED.fullmatch(_bare(line))):
            kind = "number"
        elif level in (None, 1) and _BOLD.fullmatch(line) and not _is_labelled(line):
            kind = "bold"
        else:
            kind = "text" if level is None else "item"
        lines.append((kind, line))
    return lines


def _split(lines: list[tuple[str, str]]) -> tuple[str, list[Section]]:
    """Return the title and the sections: the highest kind of line that is there twice is theirs."""
    kinds = [kind for kind, _ in lines]
    title = _bare(lines[kinds.index("h1")][1]) if kinds.count("h1") == 1 else ""
    mark = next((kind for kind in _RANKS if kinds.count(kind) > 1), "h2")
    sections: list[Section] = []
    wants_queries = False
    for kind, line in lines:
        bare = _bare(line)
        if kind == mark and not _is_labelled(line):
            head, brief = (line, "") if kind.startswith("h") else _head(line)
            head = _ENUMERATED.sub(r"\1", _bare(head)).strip(" .:—–-")
            sections.append(Section(head[:150], _bare(brief)))
            wants_queries = False
        elif found := _TITLE.fullmatch(bare):
            title = title or found[1]
        elif not sections:
            continue
        elif found := _QUERY.match(bare):
            sections[-1].queries += _queries(found[1])
            wants_queries = True
        elif wants_queries and kind in ("item", "number") and not _LABEL.match(bare):
            sections[-1].queries += _queries(bare)
        else:
            wants_queries = False
            sections[-1].brief = f"{sections[-1].brief} {bare}".strip()[:1000]
    return title, [section for section in sections if section.title]


def _is_labelled(line: str) -> bool:
    bare = _bare(line)
    return any(label.match(bare) for label in (_LABEL, _QUERY, _TITLE))


def _head(line: str) -> tuple[str, str]:
    """Return the title at the beginning of a line, and what the line says of it."""
    line = _ENUMERATED.sub(r"\1", line)
    if bold := _BOLD.fullmatch(line):
        if not re.fullmatch(r"[\W\d]*", bold[1]):  # not only the number is bold
            return _ENUMERATED.sub(r"\1", bold[1]), bold[2]
        line = bold[2]
    title, _, rest = line.partition(": ")
    return title, rest


def _bare(line: str) -> str:
    """Return a line without the marks of emphasis and code."""
    return " ".join(re.sub(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)", "", line).split())


def _queries(text: str) -> list[str]:
    """Return the queries of a line: in quotation marks, or apart by semicolons."""
    quoted = re.findall(r"[\"“„「«]([^\"”“」»]{3,400})[\"”“」»]", text)
    found = quoted if len(quoted) > 1 else re.split(r"\s*[;|；]\s*", text)
    return [query.strip(" \"“”„.'«»")[:MAX_QUERY] for query in found if re.search(r"\w\w", query)]
