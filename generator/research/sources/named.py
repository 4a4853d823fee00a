"""Which sources the content of brackets names: "1", "Source 1, 3", "see sources 2 to 4"."""

import re

from generator.research.sources.names import AHEAD, NO_SOURCE, SOURCE
from generator.research.sources.urls import Known, is_address, trimmed

_TO = r"\s{0,2}(?:[–—‑~～-]|\.\.|to\b|bis\b|至|到|から)\s{0,2}"
_NUMBER_SIGN = r"(?:(?:no|nr|num|id)\b\.?|number\b|n°|№)?"
# "1", "Source 1", "source no. 1", "web:1", "来源2", "#3", "4†source", "4:L5", "1 to 3", "1 p. 5".
_PART = re.compile(
    rf"(?:(?P<word>{SOURCE}|[^\W\d_][^\s\d.:：#№_=|-]{{0,19}})"
    rf"(?P<gap>\.?[\s_]{{0,2}}{_NUMBER_SIGN}\s?[:：#_=|-]?\s{{0,2}}))?"
    rf"\^?#?(?P<low>\d{{1,3}})(?:{_TO}(?:{SOURCE}\s)?\^?#?(?P<high>\d{{1,3}}))?\.?\^?"
    r"(?:\s{0,2}(?::\d{1,3})?†.{0,60}|:\s?(?:pp?\.|S\.|L\d|source).{0,60}"
    r"|\s{0,2}\(?(?:pp?\.|S\.|§|¶)\s?\d[^()]{0,20}\)?)?",
    re.IGNORECASE | re.DOTALL,
)
_SOURCE_FIRST = re.compile(rf"(?:{AHEAD})?(?:#\d|{SOURCE}(?![^\W\d_]))", re.IGNORECASE)
# "Source: NASA"
_SOURCE_NAMED = re.compile(rf"{SOURCE}\s?[:：]\s?(?=[^\W\d_]{{2}})", re.IGNORECASE)
_AHEAD_OF_SOURCE = re.compile(rf"^{AHEAD}(?={SOURCE}\W)", re.IGNORECASE)
# What is said of a source behind its number: "Source 1: NASA on tardigrades".
_TITLED = re.compile(
    r"(?P<before>[^:：–—]{0,30}?\d{1,3})\s?(?:[:：]|\s[–—-]\s)\s?(?P<title>\D.*)", re.DOTALL
)
_PLACE = re.compile(r"(?:[^\W\d_]{1,12}\.?|§|¶)\s{0,2}\d[^:#_=]{0,20}")  # "1, p. 5", "1, Table 2"
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_BETWEEN = re.compile(r"\s*[,;&、，；،؛|]\s*|\s+(?:and|und|et|y|e|og|en|и)\s+|\s*[和与與及或]\s*")
_LETTERS = re.compile(r"[^\W\d_⁰¹²³⁴-⁹]")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻·'’", "0123456789-,,,", "⁽⁾")
_AGAIN = re.compile(r"(?:ibid|ebd|op\.\s?cit|loc\.\s?cit)\b.{0,30}", re.IGNORECASE)


def may_name(content: str, known: Known) -> bool:
    """Tell whether round brackets with this content can be a reference: a bare number is none."""
    content = content.strip()
    return bool(_by_name(content, known) or _SOURCE_FIRST.match(content) or _AGAIN.match(content))


def keys_in(content: str) -> list[int]:
    """Return 0 for each key of a note or of a bibliography: "^smith", "@smith2020; @jones2019"."""
    return [0] * len(_BETWEEN.split(content))


def named(content: str, known: Known, any_word: bool) -> list[int]:
    """Return the sources that the content of brackets names, 0 for each that is none.

    Without any it is no reference. `any_word` may stand before a number, else only one for sources.
    """
    content = content.strip("^@*_ \n\\,;")
    if not _LETTERS.search(content):
        content = content.translate(RAISED)
    if ahead := _AHEAD_OF_SOURCE.match(content):
        content = content[ahead.end() :]
    if says_so := _SOURCE_NAMED.match(content):
        content = content[says_so.end() :]
        if addresses := [each for each in re.split(r"[\s,;]+", content) if is_address(each)]:
            return [known.number(trimmed(each)) for each in addresses]
    if number := _by_name(content, known):
        return [number]
    if _THOUSANDS.fullmatch(content):
        return []
    if _AGAIN.fullmatch(content):
        return [0]
    found: list[int] = []
    has_title = False
    for part in _BETWEEN.split(content):
        part = _AHEAD_OF_SOURCE.sub("", part)
        titled = None if _PART.fullmatch(part) else _TITLED.fullmatch(part)
        if titled and (_by_name(titled["title"], known) or _SOURCE_FIRST.match(titled["before"])):
            part, has_title = titled["before"], True
        match = _PART.fullmatch(part)
        word = match["word"] if match else None
        is_source = bool(not word or re.fullmatch(SOURCE, word, re.IGNORECASE))
        if found and ((has_title and not match) or (not is_source and _PLACE.fullmatch(part))):
            continue  # the title goes on, or where in the source it stands
        numbers = _meant(match["low"], match["high"], known) if match else []
        if not match or not numbers or not (is_source or _may_be(word, match["gap"], any_word)):
            return [0] if says_so else []
        found += numbers
    return found


def _by_name(content: str, known: Known) -> int:
    """Return the number of the source of this name, which may be quoted or have a year; or 0."""
    name = re.sub(r",?\s\(?(?:19|20)\d\d\)?$", "", content).strip("\"'“”„«» ").casefold()
    return known.by_name.get(content.casefold(), 0) or known.by_name.get(name, 0)


def _may_be(word: str | None, gap: str | None, any_word: bool) -> bool:
    """Tell whether a word before a number that is none of a source can stand for one.

    "memo 14" and "Item: 3" can; "Figure 1", "CO2" and names like "Psalm 23" are something else.
    """
    if not (any_word and word) or re.fullmatch(NO_SOURCE, word, re.IGNORECASE):
        return False
    if not gap:  # S1 as "Source 1"
        return not word.isascii() or word in ("S", "s")
    is_name = word[0].isupper() and not re.search(r"[:：#_=|]", gap)
    return not is_name and not (word.isascii() and word.isupper())


def _meant(low: str, high: str | None, known: Known) -> list[int]:
    """Return the numbers of "2" or "2-4", 0 for those that no source has; none if it is no list."""
    first, last = int(low), int(high or low)
    if not 0 < first <= last:
        return []
    numbers = range(first, last + 1) if last - first < 30 else (first, last)
    return [number if number <= len(known.keys) else 0 for number in numbers]
