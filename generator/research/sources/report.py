"""A long report put together from its sections: numbered, with a list of what it refers to.

In order: the report, assembling and revising it, its list of references, and how the texts of
several writers become one.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from generator.harmless import site_of, without_login
from generator.research.sources.citations import check, numbered
from generator.research.sources.spans import clean, parse
from generator.research.sources.urls import merged
from generator.wording import literal
from models import Source


@dataclass
class Written:
    """A section as its writer left it; `[n]` in it means the nth of its sources."""

    title: str
    text: str = ""  # Markdown; empty: it is missing
    sources: list[Source] = field(default_factory=list)
    note: str = ""  # what the reader must know of it, such as why it is missing


@dataclass
class Report:
    """A report whose every reference is one of its sources, numbered by first use."""

    title: str
    body: str  # Markdown below the title
    references: list[Source]  # number 1 first
    removed: int = 0  # references that no search had returned

    def draft(self) -> str:
        """Return the text without the list of references: what a model revises."""
        return f"# {self.title}\n\n{self.body}"

    def markdown(
        self,
        about: str = "",
        in_words: Callable[[Source], str] = lambda source: "",
        body: str = "",
    ) -> str:
        """Return the whole report.

        `in_words` says what was seen of a source; `body` is the text with notes in it.
        """
        parts = [f"# {self.title}\n\n{body or self.body}"]
        if self.references:
            entries = [
                f"{number}. {entry(source, in_words(source))}"
                for number, source in enumerate(self.references, 1)
            ]
            parts.append("## References\n\n" + "\n".join(entries))
        if about:
            parts.append(f"## How this report was made\n\n{about}")
        return "\n\n".join(parts) + "\n"


def assemble(
    title: str, sections: list[Written], lead: str = "", lead_sources: list[Source] | None = None
) -> Report:
    """Put a report together and check each of its references.

    `lead` is a summary, which goes on top, and conclusions, which go to the end; `[n]` in it means
    the nth of `lead_sources`: the references of the same report without a lead.
    """
    numbers: dict[str, int] = {}
    summary, conclusions = split_lead(lead)
    parts: list[str] = []
    removed = 0
    lead_part = [(summary, lead_sources or [], "", "")] if summary else []
    middle = [(part.text, part.sources, f"## {part.title}", part.note) for part in sections]
    end_part = [(conclusions, lead_sources or [], "", "")] if conclusions else []
    for text, sources, heading, note in [*lead_part, *middle, *end_part]:
        if heading:
            text = below_heading(text, heading.removeprefix("## "))
        checked = check(text, sources, numbers)
        removed += checked.removed
        parts += filter(None, [heading, note and f"*{literal(note)}*", checked.text])
    found = merged([lead_sources or [], *(part.sources for part in sections)])
    return Report(title, "\n\n".join(parts), numbered(found, numbers), removed)


def revise(report: Report, text: str) -> Report:
    """Return the report with the text of a revision, whose references are checked anew.

    A revision can use the sources that the report refers to, and drop some, but bring no others.
    """
    text = clean(text).strip()
    title = report.title
    if heading := re.match(r"# (.+?)(?: #+)?(?:\n|$)", text):
        title, text = heading[1].strip(), text[heading.end() :]
    numbers: dict[str, int] = {}
    checked = check(closed(text), report.references, numbers)
    return Report(
        title,
        checked.text,
        numbered(report.references, numbers),
        report.removed + checked.removed,
    )


NOT_OPENED = (
    "The pages were not opened: the model saw the excerpts that the search returned, and nobody"
    " checked whether a source says what the text says."
)


def about_sources(
    date: str,
    provider: str | None,
    searches: int,
    report: Report,
    missing: list[str] | None = None,
    opened: list[str] | None = None,
) -> str:
    """Return the note on when and with what was searched, and on what is missing and why.

    `opened` says which pages were read and what was looked for on them, None that none were.
    Without a `provider` there was no web search: "" leaves the model what it knows, None has
    documents.
    """
    lines = []
    listed, gone = len(report.references), report.removed
    if provider == "demo":
        lines.append(
            "This is a sample: no web search was made and no page was opened. The list above names"
            f" the {counted(listed, 'source')} that came with it, and short texts that stand in for"
            " their pages."
        )
    elif provider:
        lines.append(
            f"The web was searched on {date} with {provider}, {counted(searches, 'time')}. The list"
            f" above names the {counted(listed, 'source')} that the text refers to; each of them"
            f" was found by these searches. {'' if opened else NOT_OPENED}".rstrip()
            if listed
            else f"The web was searched on {date} with {provider}, {counted(searches, 'time')}. The"
            " text refers to none of what was found."
        )
    elif provider is None:
        lines.append(
            f"No web search was made. The list above names the {counted(listed, 'source')} among"
            " the documents that the text refers to."
        )
    else:
        lines.append(
            "No web search was set up: this report is what the model knows, and has no references."
        )
    lines += opened or []
    if gone:
        lines.append(
            f"{counted(gone, 'reference')} in the text of the model, to what no search had found,"
            f" {'was' if gone == 1 else 'were'} removed."
        )
    if missing:
        lines.append("What is missing:\n\n" + "\n".join(f"- {line}" for line in missing))
    return "\n\n".join(lines)


def counted(number: int, thing: str) -> str:
    """Return so many of a thing, in words."""
    return f"{number} {thing}" + "s" * (number != 1)


# ---- The list of references ----------------------------------------------------------------------


def entry(source: Source, seen: str = "") -> str:
    """Return one entry of the list: the title, which is a stranger's text, site, date, address.

    `seen` says what was seen of it.
    """
    if source.url.startswith("document:"):
        parts = urlsplit(source.url)
        name = unquote(parts.path.lstrip("/")) + parts.query.replace("page=", ", page ")
        return ". ".join(map(literal, filter(None, [source.title, name, seen]))) + "."
    url = without_login(source.url)
    site = site_of(url)
    title = " ".join(source.title.split())
    title = title if len(title) <= 200 else f"{title[:200]}…"
    date = f", {literal(source.date)}" if source.date else ""
    seen = f" {literal(seen)}." if seen else ""
    stop = "" if title.endswith((".", "?", "!", "…", "。", "？", "！")) else "."
    return f"{literal(title) or site}{stop} {site}{date}.{seen} <{address(url)}>"


def address(url: str) -> str:
    """Return an address without what would end it in Markdown."""
    escapes = {character: f"%{ord(character):02X}" for character in ' <>"\\^`{|}'}
    return "".join(escapes.get(character, character) for character in url.strip())


# ---- Many writers, one text ----------------------------------------------------------------------


def split_lead(text: str) -> tuple[str, str]:
    """Return the summary and the conclusions of a lead: its first section, and the others."""
    text = clean(text).strip()
    tokens, _ = parse(text)
    heads = [t for t in tokens if t.type == "heading_open" and t.map and not t.level]
    lines = text.split("\n")
    if len(heads) > 1 and heads[0].tag == "h1" and heads[0].map == [0, 1]:
        lines, heads = ["", *lines[1:]], heads[1:]  # the title of the report, once more
    starts = [token.map[0] for token in heads if token.map]
    has_text_first = any(line.strip() for line in lines[: starts[0]]) if starts else True
    cut = starts[0] if starts and has_text_first else starts[1] if starts[1:] else len(lines)
    summary, rest = "\n".join(lines[:cut]).strip(), "\n".join(lines[cut:]).strip()
    # Closed first: mostly that changes nothing, and the same text is parsed once.
    summary, rest = _ranked(closed(summary), 2), _ranked(closed(rest), 2)
    if summary and has_text_first:  # there is no heading in it
        summary = f"## Summary\n\n{summary}"
    return summary, rest


@functools.lru_cache(maxsize=128)
def below_heading(text: str, title: str) -> str:
    """Return a section without its own first heading, and with all others below its title."""
    text = clean(text).strip()
    first, _, rest = text.partition("\n")
    heading = re.fullmatch(r"(#{1,6}) +(.+)|\*\*(.+)\*\*", first.rstrip(" #"))
    if heading and (heading[1] in ("#", "##") or _same(heading[2] or heading[3], title)):
        text = rest.lstrip("\n")
    return _ranked(closed(text), 3)


def _same(one: str, other: str) -> bool:
    def words(title: str) -> str:
        return re.sub(r"^[\W\d_]+|[\W_]+", " ", title.casefold()).strip()

    return words(one) == words(other)


def _ranked(text: str, highest: int) -> str:
    """Return a text whose headings begin at the rank `highest`, in the order they had."""
    lines = text.split("\n")
    tokens, _ = parse(text)
    heads = [
        (token, tokens[position + 1].content)
        for position, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]
    if not heads:
        return text
    shift = highest - min(int(token.tag[1]) for token, _ in heads)
    for token, content in reversed(heads):
        first, last = token.map or (0, 0)
        rank = min(6, int(token.tag[1]) + shift)
        lines[first:last] = [f"{'#' * rank} {' '.join(content.split())}"]
    return "\n".join(lines)


def closed(text: str) -> str:
    """Return a text that leaves no block of code open for what comes after it."""
    tokens, _ = parse(text)
    fences = [token for token in tokens if token.type == "fence" and token.map]
    if fences and fences[-1].map and not fences[-1].level:
        last = text.rstrip("\n").split("\n")
        first, end = fences[-1].map
        marks = re.escape(fences[-1].markup[0])
        closing = re.compile(rf" {{0,3}}{marks}{{{len(fences[-1].markup)},}} *$")
        if end >= len(last) and (end - first < 2 or not closing.match(last[end - 1])):
            text = text.rstrip("\n") + "\n" + fences[-1].markup
    return text
