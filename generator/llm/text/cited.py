"""References that came beside an answer and not in it: providers that search send them so.

The text has numbers, `[1]`, and the addresses that they stand for come in fields of their own:
Perplexity's `citations` and `search_results`, OpenAI's and others' `annotations`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.harmless import site_of
from generator.wording import literal
from models import Source

NUMBER = re.compile(r"( ?)((?:\[\d{1,3}\])+)(?![(\w:])")
ONE = re.compile(r"\[(\d{1,3})\]")
LENTICULAR = re.compile(r"【(\d{1,3})(?:[:†][^】\n]{0,60})?】")
SEVERAL = re.compile(r"\[\d{1,3}(?:, ?\d{1,3})+\](?![(:])")
CODE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*\1|\Z)|`[^`\n]+`|\$[^$\n]+\$", re.M | re.S
)
LIST = re.compile(
    r"^#{1,4}[ \t]*(?:\d+[.)][ \t]*)?\**(?:references?|sources?|citations?|bibliography|works cited"
    r"|quellen\w*|literatur\w*|références|referencias|fuentes|riferimenti|fonti|referências|fontes"
    r"|источники|литература|参考\w*|引用\w*|来源|出典|참고\w*|المراجع|المصادر|संदर्भ)\b",
    re.IGNORECASE | re.MULTILINE,
)
MAX_SOURCES = 60


def sources_beside(response: Mapping[str, Any]) -> list[Source]:
    """Return the sources in a response, number 1 first; those of `annotations` have no numbers."""
    listed = response.get("citations") or []
    listed = listed.values() if isinstance(listed, Mapping) else listed
    cited = [source_of(each) for each in listed]
    found = {each.url: each for each in map(source_of, response.get("search_results") or [])}
    if not cited:
        cited = list(found.values()) or [
            source_of(each) for each in response.get("annotations") or []
        ]
    return [found.get(each.url, each) for each in cited][:MAX_SOURCES]


def source_of(value: Any) -> Source:
    """Return a source from whatever a provider calls its parts; with no address if it has none."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return Source("", value) if is_address(value) else Source(value, "")
    if not isinstance(value, Mapping):
        return Source("", "")
    inner = next((part for part in value.values() if isinstance(part, Mapping)), {})
    fields = {**inner, **value}
    text = {name: part.strip() for name, part in fields.items() if isinstance(part, str)}
    url = next(
        (text[name] for name in ("url", "uri", "link", "source") if is_address(text.get(name, ""))),
        "",
    )
    title = text.get("title") or text.get("name") or text.get("filename") or ""
    return Source(
        " ".join(title.split())[:200],
        url,
        date=text.get("date") or text.get("published_date") or "",
    )


def is_address(text: str) -> bool:
    return text.startswith(("https://", "http://")) and not re.search(r"\s", text)


def merged(known: list[Source], new: Sequence[Source]) -> dict[int, int]:
    """Add the sources to those known; return the number that each has there, by its own number."""
    numbers: dict[int, int] = {}
    for number, source in enumerate(new, 1):
        same = next(
            (n for n, each in enumerate(known, 1) if source.url and each.url == source.url), 0
        )
        if not same:
            known.append(source)
            same = len(known)
        numbers[number] = same
    return numbers


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Return a text whose `[n]` are other numbers; those that stand for nothing are gone."""

    def again(match: re.Match[str]) -> str:
        kept = [numbers[int(n)] for n in ONE.findall(match[0]) if int(n) in numbers]
        return match[1] * bool(kept) + "".join(f"[{number}]" for number in dict.fromkeys(kept))

    parts, place = [], 0
    for code in CODE.finditer(text):
        parts += [NUMBER.sub(again, plain(text[place : code.start()])), code[0]]
        place = code.end()
    return "".join([*parts, NUMBER.sub(again, plain(text[place:]))])


def plain(text: str) -> str:
    """Return a text whose `【1†source】` and `[1, 2]` are `[1]` and `[1][2]`."""
    text = LENTICULAR.sub(r"[\1]", text)
    return SEVERAL.sub(lambda found: found[0].replace(",", "][").replace(" ", ""), text)


def with_references(text: str, sources: Sequence[Source]) -> str:
    """Return a report with the list that its numbers refer to, unless it has one itself."""
    listed = [source for source in sources if source.url or source.title]
    if not listed or LIST.search(text):
        return text
    used = {
        int(number)
        for part in NUMBER.finditer(plain(CODE.sub("", text)))
        for number in ONE.findall(part[0])
    }
    text = renumbered(text, {number: number for number in range(1, len(sources) + 1)})
    last = max((number for number in used if number <= len(sources)), default=len(sources))
    entries = [f"{number}. {entry(source)}" for number, source in enumerate(sources[:last], 1)]
    return f"{text.rstrip()}\n\n## References\n\n" + "\n".join(entries)


def entry(source: Source) -> str:
    """Return an entry of the list: title, site, date and address, of which some may be missing."""
    site = site_of(source.url)
    parts = [literal(source.title), site, source.date]
    told = ". ".join(filter(None, [parts[0], ", ".join(filter(None, parts[1:]))]))
    return (
        f"{told}. <{source.url.replace('>', '%3E').replace('<', '%3C')}>"
        if source.url
        else told or "–"
    )
