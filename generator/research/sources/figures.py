"""The figures of a text: what they are worth, however they are written. Pure functions.

In order: what callers use, what of a statement is no figure, and reading a text.
"""

import bisect
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from generator.research.sources.numerals import SCALES, in_han, in_words, mixed
from generator.research.sources.shares import also_on_page
from generator.research.sources.units import in_other_units, single_units

_TABLES = (1e3, 1e4, 1e6, 1e8, 1e9)  # units that stand in the head of a table
MANY = 20_000  # numbers of one page; other units of more would only fill the run's history


class Figure(NamedTuple):
    """A number in a text."""

    text: str  # as it is written
    readings: tuple[tuple[float, float], ...]  # what it may be worth, and the step it is rounded to
    is_year: bool
    start: int
    end: int
    unscaled: tuple[float, ...] = ()  # "1.2 billion" without its word for the scale


def claimed(text: str) -> list[Figure]:
    """Return the figures of a statement that say something: not 3 in "three reasons", nor names."""
    text = normal(text)
    for pattern in (_LIST_MARK, _CONVERSION, _DECADE, _NO_FIGURE):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    text = _SHORT_RANGE.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), text)
    text = _DATE.sub(lambda match: re.sub(r"\b\d{1,2}\b|[./-]", " ", match[0]), text)
    found = []
    for figure in figures(text, is_page=False):
        value, _ = figure.readings[0]
        before = text[max(0, figure.start - 30) : figure.start]
        around = before[-2:], text[figure.end : figure.end + 14]
        if re.search(r"[^\W\d_]-?(?:\d{1,3}[.-])?$", before) and not _is_wide(before[-1]):
            continue  # part of a name: COVID-19, A380, Llama-3-70B
        has_unit = _has_unit(*around) or not re.fullmatch(r"\d{1,3}(?:\.\d\d?)?", figure.text)
        is_share = figure.text.lower().endswith(("%", "cent"))
        is_small = value < 10 and value == int(value) and not (figure.is_year or is_share)
        if is_small and not _has_unit(*around):
            continue
        if not has_unit and _NAME.search(before):
            continue
        if re.search(_ABOUT, text[max(0, figure.start - 24) : figure.start], re.IGNORECASE):
            figure = figure._replace(readings=tuple(map(_rounded, figure.readings)))
        found.append(figure)
    return found


def values(text: str) -> list[float]:
    """Return what all numbers of a page may be worth, in order.

    The 1.2 of "1.2 billion" is among them as -1.2: in "1.2 to 1.4 billion" a statement has it bare.
    """
    text = normal(text)
    found: set[float] = set()
    for figure in figures(text, is_page=True):
        end = figure.end - (1 if figure.text.endswith("m") else 0)  # 5 m may be metres
        found.update(-value for value in figure.unscaled)
        for value, _ in figure.readings:
            found.add(value)
            if len(found) < MANY:
                found.update(in_other_units(value, text[end : end + 30]))
        if re.search(r"\d[ '’\u00a0\u2009\u202f]\d", figure.text):  # or numbers side by side
            found.update(map(float, re.findall(r"\d+(?:\.\d+)?", figure.text)))
    found.update(also_on_page(text))
    found.update(single_units(text))
    return sorted(found)


def is_among(figure: Figure, found: list[float]) -> bool:
    """Tell whether a figure is among the numbers of a page, or what one of them is rounded to.

    A table may say the unit in its head: 1,200 there can be the 1.2 billion of a sentence. (But a
    "3" somewhere is not the 3 billion of a sentence: too many pages have one.)
    """
    for value, step in figure.readings:
        signs = (1,) if figure.unscaled else (1, -1)
        if any(_has(found, sign * value, 1e-9 * max(1.0, value)) for sign in signs):
            return True
        if figure.is_year:
            continue
        if (value >= 10 or step < 1) and any(
            _has(found, sign * value, step / 2 * 1.0001) for sign in signs
        ):
            return True
        if step >= 100 and value >= 10 * step and _in_a_table(found, value, step):
            return True
        if figure.text.rstrip().endswith("%") and _has(found, value / 100, 1e-9):
            return True
    return False


def _in_a_table(found: list[float], value: float, step: float) -> bool:
    """Tell whether a number is on a page without its scale; but 4.1 million is not 4.1 billion."""
    for scale in _TABLES:
        low, high = ((value - step / 2 * 1.0001) / scale, (value + step / 2 * 1.0001) / scale)
        for number in found[bisect.bisect_left(found, low) : bisect.bisect_right(found, high)]:
            if not any(_has(found, -number / other, 1e-9 * number / other) for other in _TABLES):
                return True
    return False


def _has(found: list[float], value: float, tolerance: float) -> bool:
    place = bisect.bisect_left(found, value - tolerance)
    return place < len(found) and found[place] <= value + tolerance


# ---- What of a statement is no figure ------------------------------------------------------------

_LIST_MARK = re.compile(r"(?m)^[^\S\n]*(?:\d{1,2}[.)]|[-*•])[^\S\n]+")
_CONVERSION = re.compile(
    r"\(\s*(?:(?:about|approx\.?|or|~|≈)\s*)?[\d.,]+\s*(?:km|mi|miles|kg|lbs?|mm|cm|m|in|ft|feet"
    r"|acres|ha|°[CF]|sq)\b[^)]*\)"
)
_DECADE = re.compile(r"\b(?:1[5-9]|20)\d0'?s\b|['’]\d0s\b|\b\d{1,2}(?:st|nd|rd|th)[ -]centur")
_SHORT_RANGE = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)[-/]\d\d\b(?![-/])")
# 12.03.2021, 2021-03-15: a page may write the month as a word.
_DATE = re.compile(r"(?<![\d.])\d{1,4}([./-])\d{1,2}\1\d{1,4}(?!\d)")
_COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d{1,3})"
_TOTAL = rf"(?:{_COUNT}|a (?:hundred|thousand|million)|\d[\d,]{{1,9}})"
_LABEL = (
    r"(?:fig(?:ure)?|tab(?:le)?|chapter|sec(?:tion)?|art(?:icle)?|pages?|pp?|appendix|annex"
    r"|eq(?:uation)?|step|phase|stage|level|tier|scope|type|class|grade|version|v|no|nr|part"
    r"|vol(?:ume)?|issue|item|rule|title|resolution|directive|regulation|room|route|line|agenda"
    r"|vision|horizon|abb(?:ildung)?|kapitel|seite|abschnitt|artikel|absatz)"
)
_MONEY = "USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|CAD|AUD|BRL|ZAR|SEK|NOK|DKK|PLN"
_NO_FIGURE = re.compile(
    # "1 in 20", "nine out of ten": a page may say percent
    rf"\b(?i:{_COUNT}) (?:in|out of) (?:every )?{_TOTAL}\b(?! ?(?:%|per))(?<!(?:1[5-9]|20)\d\d)"
    # "Figure 12", "version 3.11.7", "§ 230", "No. 15", "ISO 27001"
    rf"|\b(?i:{_LABEL})[. ]{{1,2}}\d[\d./]{{0,9}}(?<!\.)|[§№#]{{1,2}} ?\d[\d.]{{0,9}}"
    rf"|\b(?!(?:{_MONEY}|US|UK|EU|UN|AD|BC)\b)[A-Z]{{2,5}}(?:/[A-Z]{{2,5}})? \d[\d.]{{0,6}}"
    r"(?::\d{4})?(?! ?(?:%|bn|tn|mn|[mkbM]\b|\w{0,3}illion|k[mg]\b|[kMGT]Wh?\b))(?=[\s,;:.)]|$)"
    # "+1 212 555-0123", "0800 123 4567", "ISBN 978-3-16-148410-0"
    r"|\+\d{1,3}[ -]\(?\d{2,4}\)?[ -]\d{3,4}[ -]?\d{2,4}\b|\b0\d{2,4}(?:[ /-]\d{3,8}){1,3}\b"
    r"|\b(?:ISBN|ISSN|DOI)(?:-1[03])?:? ?\d[\d./-]{3,30}[Xx]?"
    # "14:30", "10 a.m.", "24/7", "1-800-555-0199", 6 × 10^23
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d{1,2} ?[ap]\.?m\b|\b(?:24/7|9/11|50[-/]50|80/20)\b"
    r"|\b\d{1,5}(?:-\d{2,5}){3,4}\b|(?:\d[\d.]{0,9} ?[×x*·⋅] ?)?\b10\^\{?-?\d{1,2}\b\}?"
)
# "Boeing 747", "Windows 11": a name in the midst of a sentence; but not a month.
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|Januar|Februar|März|Mai|Juni|Juli|Oktober"
    r"|Dezember"
)
_NAME = re.compile(rf"(?<=[\w,] )(?!(?:{_MONTH})\b)(?:[A-Z]|[a-z][A-Z])[A-Za-z]{{3,20}} $")


# ---- Reading a text ------------------------------------------------------------------------------

_WIDE = "\u3000-\u9fff\uac00-\ud7af"  # scripts that set no space before a number
_SCALE = "|".join(sorted(map(re.escape, SCALES), key=len, reverse=True))
_GROUPED = r"\d{1,3}(?:(?:,\d{2,3})*,\d{3}|(?:\.\d{3})+|(?:[ '’\u00a0\u2009\u202f]\d{3})+)"
_NUMBER = re.compile(
    rf"(?<![\d.])(?<!\d,)({_GROUPED}(?![\d])|\d+)([.,]\d+)?(?![\d])(?:\s?(%|percent\b|per cent\b)"
    rf"|[ \u00a0-]?((?:{_SCALE})(?:(?=[{_WIDE}\d])|\b|(?<=[{_WIDE}]))"
    rf"(?:[ \u00a0](?:{_SCALE})\b)?))?",
    re.IGNORECASE,
)
_ABOUT = (
    r"(?:\b(?:about|around|roughly|nearly|almost|over|under|some|approximately|approx\.?|circa|ca\."
    r"|more than|less than|up to|at least|close to|etwa|rund|fast|über|knapp|environ|près de"
    r"|plus de|cerca de|casi|unos|más de|circa|quasi|около|почти|более)"
    r"|[~≈]|约|約|近|超过|大约)\s*[$€£¥]?$"
)
_UNIT = re.compile(
    r"\s?(?:%|per ?cent|[Pp]ro[zc]ent|pour cent|por ci?ento|per cento|процент|퍼센트|个百分点"
    r"|[€$£¥°]|(?:USD|EUR|GBP|元|美元|km|kg|mm|cm|m|mg|g|t|l|GB|TB|MB|kW|MW|GW|TW|kWh|MWh|GWh"
    r"|TWh|Hz|ms|Mt|Gt)\b)"
)


_VULGAR = re.compile("(\\d{0,9})([¼-¾⅐-⅞])")  # 1½
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def _decimal(whole: str, fraction: str) -> str:
    return f"{float(whole or 0) + unicodedata.numeric(fraction):.4g}"


def normal(text: str) -> str:
    """Return a text whose digits and dashes are ASCII's, without its references."""
    text = _VULGAR.sub(lambda match: _decimal(match[1], match[2]), text)
    # 10²³, but not water¹
    text = re.sub("(?<=10)[⁻⁰¹²³⁴-⁹]{1,3}", lambda match: f"^{match[0].translate(_PLAIN)}", text)
    text = re.sub("(?<=[mt])²", "2", text)  # km², but not water²
    text = re.sub("(?<=m)³", "3", text)
    text = re.sub(r"(?<=\d)·(?!10\b)(?=\d)", ".", text)  # 1·45, as The Lancet has it; not 3·10^8
    text = unicodedata.normalize("NFKC", re.sub("[⁰¹²³⁴-⁹₀-₉]+", " ", text))
    if not text.isascii():
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() and c > "9" else c for c in text
        )
        text = re.sub("[\u2010-\u2015\u2212]", "-", text).replace("٬", ",").replace("٫", ".")
        text = re.sub(r"(?<=[\u3000-\u9fff])[ \t]+(?=[\u3000-\u9fff])", "", text)
    return re.sub(r"\[\d+(?:\s*[,-]\s*\d+)*\]", " ", text)


def figures(text: str, is_page: bool) -> Iterator[Figure]:
    """Yield each number of a text that `normal` has returned; a page's with all that it may be."""
    for numeral in mixed(text):
        span = slice(numeral.start, numeral.end)
        yield Figure(text[span], ((numeral.value, numeral.step),), False, *numeral[2:])
        text = f"{text[: numeral.start]}{' ' * len(text[span])}{text[numeral.end :]}"
    for match in _NUMBER.finditer(text):
        scales = re.split(r"[ \u00a0]", match[4].lower()) if match[4] else []
        worth = 1.0
        for scale in scales:
            worth *= SCALES.get(scale, 1.0)
        bare = _read(match[1], match[2], is_page)
        readings = [(value * worth, step * worth) for value, step in bare]
        unscaled = tuple(value for value, _ in bare if scales)
        if scales and scales[0] in ("k", "m", "b"):
            readings += bare  # 5 m may be metres
        is_year = bool(re.fullmatch(r"(?:1[5-9]|20)\d\d", match[0]))
        yield Figure(
            match[0].strip(" -"),
            tuple(dict.fromkeys(readings)),
            is_year,
            *match.span(),
            unscaled,
        )
    for numeral in [*in_words(text, is_page), *in_han(text)]:
        said = text[numeral.start : numeral.end]
        is_year = bool(re.fullmatch(r"[一二][〇零一二三四五六七八九]{3}", said))
        yield Figure(said, ((numeral.value, numeral.step),), is_year, *numeral[2:])


def _read(whole: str, rest: str | None, is_page: bool) -> list[tuple[float, float]]:
    """Return what digits may be worth: 1.234 is a thousand in one country and one in another."""
    digits = re.sub(r"\D", "", whole)
    decimals = (rest or "")[1:]
    found = [(float(f"{digits}.{decimals or 0}"), 10.0 ** -len(decimals))]
    if rest and len(decimals) == 3 and len(digits) <= 3:
        found.append((float(digits + decimals), 1.0))
    elif not rest and (match := re.fullmatch(r"(\d{1,3})([.,])(\d{3})", whole)):
        if match[2] == "," and not is_page:
            return found  # three decimals behind a comma are too rare to look for
        found.append((float(f"{match[1]}.{match[3]}"), 0.001))
    return found


def _rounded(reading: tuple[float, float]) -> tuple[float, float]:
    """Return a reading of what a text says is rounded: "about 1,200" may have been 1,187."""
    value, step = reading
    while value >= 100 and step >= 1 and value % (step * 10) == 0:
        step *= 10
    return value, step


def _is_wide(character: str) -> bool:
    return bool(re.match(f"[{_WIDE}]", character))


def _has_unit(before: str, after: str) -> bool:
    return bool(_UNIT.match(after) or re.search(r"[$€£¥]\s?$", before))
