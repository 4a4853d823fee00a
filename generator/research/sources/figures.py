"""The figures of a text: what they are worth, however they are written. Pure functions.

In order: what callers use, reading a text, and numbers in words and in Chinese characters.
"""

import bisect
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class Figure(NamedTuple):
    """A number in a text."""

    text: str  # as it is written
    readings: tuple[tuple[float, float], ...]  # what it may be worth, and the step it is rounded to
    is_year: bool
    start: int
    end: int


def claimed(text: str) -> list[Figure]:
    """Return the figures of a statement that say something: not 3 in "three reasons", nor names."""
    text = _LIST_MARK.sub(lambda m: " " * len(m[0]), normal(text))
    text = _CONVERSION.sub(lambda m: " " * len(m[0]), text)
    text = _DECADE.sub(lambda m: " " * len(m[0]), text)
    text = _SHORT_RANGE.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), text)
    found = []
    for figure in figures(text, is_page=False):
        value, _ = figure.readings[0]
        around = text[max(0, figure.start - 2) : figure.start], text[figure.end : figure.end + 14]
        if re.search(r"[^\W\d_]-?$", around[0]) and not _is_wide(around[0][-1]):
            continue  # part of a name: COVID-19, A380
        if value < 10 and value == int(value) and not figure.is_year and not _has_unit(*around):
            continue
        if re.search(_ABOUT, text[max(0, figure.start - 24) : figure.start], re.IGNORECASE):
            figure = figure._replace(readings=tuple(map(_rounded, figure.readings)))
        found.append(figure)
    return found


def values(text: str) -> list[float]:
    """Return what all numbers of a page may be worth, in order."""
    found: set[float] = set()
    for figure in figures(normal(text), is_page=True):
        found.update(value for value, _ in figure.readings)
        if re.search(r"\d[ '’\u00a0\u2009\u202f]\d", figure.text):  # or numbers side by side
            found.update(map(float, re.findall(r"\d+(?:\.\d+)?", figure.text)))
    return sorted(found)


def is_among(figure: Figure, found: list[float]) -> bool:
    """Tell whether a figure is among the numbers of a page, or what one of them is rounded to.

    A table may say the unit in its head: 1,200 there can be the 1.2 billion of a sentence. (But a
    "3" somewhere is not the 3 billion of a sentence: too many pages have one.)
    """
    for value, step in figure.readings:
        if _has(found, value, 1e-9 * max(1.0, value)):
            return True
        if figure.is_year:
            continue
        if (value >= 10 or step < 1) and _has(found, value, step / 2 * 1.0001):
            return True
        if (
            step >= 100
            and value >= 10 * step
            and any(
                _has(found, value / scale, step / scale / 2 * 1.0001)
                for scale in (1e3, 1e4, 1e6, 1e8, 1e9)
            )
        ):
            return True
        if figure.text.rstrip().endswith("%") and _has(found, value / 100, 1e-9):
            return True
    return False


def _has(found: list[float], value: float, tolerance: float) -> bool:
    place = bisect.bisect_left(found, value - tolerance)
    return place < len(found) and found[place] <= value + tolerance


# ---- Reading a text ------------------------------------------------------------------------------

_SCALES = {
    scale: worth
    for worth, scales in {
        1e1: "十",
        1e2: "hundred 百",
        1e3: "thousand k tausend tsd mille mil mila тысяча тысячи тысяч тыс 千 천 ألف हज़ार हजार",
        1e4: "万 萬 만",
        1e5: "lakh lakhs लाख",
        1e6: "million millions m mn mio millionen millón millones milione milioni milhão milhões"
        " miljoen миллион миллиона миллионов млн مليون",
        1e7: "crore crores करोड़ करोड",
        1e8: "亿 億 억",
        1e9: "billion billions b bn mrd milliarde milliarden milliard milliards miliardo miliardi"
        " bilhão bilhões miljard миллиард миллиарда миллиардов млрд مليار",
        1e12: "trillion trillions tn billionen bio billón billones 兆 조 万亿",
        12.0: "dozen",
    }.items()
    for scale in scales.split()
}
_WIDE = "\u3000-\u9fff\uac00-\ud7af"  # scripts that set no space before a number
_SCALE = "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True))
_GROUPED = r"\d{1,3}(?:(?:,\d{2,3})*,\d{3}|(?:\.\d{3})+|(?:[ '’\u00a0\u2009\u202f]\d{3})+)"
_NUMBER = re.compile(
    rf"(?<![\d.,])({_GROUPED}(?![\d])|\d+)([.,]\d+)?(?![\d])(?:\s?(%|percent\b|per cent\b)"
    rf"|[ \u00a0-]?((?:{_SCALE})(?:(?=[{_WIDE}\d])|\b|(?<=[{_WIDE}]))"
    rf"(?:[ \u00a0](?:{_SCALE})\b)?))?",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"(?m)^[^\S\n]*(?:\d{1,2}[.)]|[-*•])[^\S\n]+")
_CONVERSION = re.compile(
    r"\(\s*(?:(?:about|approx\.?|or|~|≈)\s*)?[\d.,]+\s*(?:km|mi|miles|kg|lbs?|mm|cm|m|in|ft|feet"
    r"|acres|ha|°[CF]|sq)\b[^)]*\)"
)
_DECADE = re.compile(r"\b(?:1[5-9]|20)\d0'?s\b")
_SHORT_RANGE = re.compile(r"\b((?:1[5-9]|20)\d\d)[-/]\d\d\b(?![-/])")
_ABOUT = (
    r"(?:\b(?:about|around|roughly|nearly|almost|over|under|some|approximately|approx\.?|circa|ca\."
    r"|more than|less than|up to|at least|close to|etwa|rund|fast|über|knapp|environ|près de"
    r"|plus de|cerca de|casi|unos|más de|circa|quasi|около|почти|более)"
    r"|[~≈]|约|約|近|超过|大约)\s*[$€£¥]?$"
)
_UNIT = re.compile(
    r"\s?(?:%|percent|per cent|个百分点|[€$£¥°]|(?:USD|EUR|GBP|元|美元|km|kg|mm|cm|m|mg|g|t|l|GB"
    r"|TB|MB|kW|MW|GW|TW|kWh|MWh|GWh|TWh|Hz|ms|Mt|Gt)\b)"
)


def normal(text: str) -> str:
    """Return a text whose digits and dashes are ASCII's, without its references."""
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
    for match in _NUMBER.finditer(text):
        scales = re.split(r"[ \u00a0]", match[4].lower()) if match[4] else []
        worth = 1.0
        for scale in scales:
            worth *= _SCALES.get(scale, 1.0)
        readings = [
            (value * worth, step * worth) for value, step in _read(match[1], match[2], is_page)
        ]
        if scales and (is_page or scales[0] in ("k", "m", "b")):
            readings += _read(match[1], match[2], is_page)  # 5 m may be metres
        is_year = bool(re.fullmatch(r"(?:1[5-9]|20)\d\d", match[0]))
        yield Figure(match[0].strip(" -"), tuple(dict.fromkeys(readings)), is_year, *match.span())
    yield from _in_words(text)
    yield from _in_han(text)


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


# ---- Numbers in words and in Chinese characters --------------------------------------------------

_WORTH: dict[str, int] = {}
for _start, _step, _names in (
    (0, 1, "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
     " fifteen sixteen seventeen eighteen nineteen"),
    (1, 1, "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"),
    (20, 10, "twenty thirty forty fifty sixty seventy eighty ninety"),
    (2, 1, "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
     " sechzehn siebzehn achtzehn neunzehn"),
    (20, 10, "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
    (2, 1, "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"),
    (20, 10, "vingt trente quarante cinquante soixante"),
    (2, 1, "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"),
    (20, 10, "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    (2, 1, "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici"
     " quindici"),
    (2, 1, "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze"),
):  # fmt: skip
    for _number, _name in enumerate(_names.split()):
        _WORTH.setdefault(_name, _start + _step * _number)
_BIG = {"hundred": 100, "hundert": 100, "dozen": 12}
_BIG |= {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ANY = "|".join(sorted([*_WORTH, *_BIG], key=len, reverse=True))
_IN_WORDS = re.compile(
    rf"\b(?:(?:half an?|an?)\s+(?:{'|'.join(_BIG)})|(?:{'|'.join(_WORTH)}))"
    rf"(?:(?:[ -]| and )(?:{_ANY}))*\b",
    re.IGNORECASE,
)
_HAN = {digit: worth for worth, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4}
_HAN_SCALES |= {"亿": 10**8, "億": 10**8}
_IN_HAN = re.compile(
    rf"[{''.join(_HAN)}{''.join(_HAN_SCALES)}]{{2,}}|[{''.join(_HAN)}十](?=[年月日个個人家种種次项項倍%])"
)


def _in_words(text: str) -> Iterator[Figure]:
    for match in _IN_WORDS.finditer(text):
        parts = re.findall(r"[^\W\d_]+", match[0].lower())
        if len(parts) == 1 and parts[0] in ("one", "first", "second", "third", "once", "sei"):
            continue  # these say little: "one of", "at first"
        total, current = 0.0, 0.0
        for part in parts:
            if part in _WORTH:
                current += _WORTH[part]
            elif part == "half":
                current = 0.5
            elif part in _BIG and _BIG[part] <= 100:
                current = (current or 1) * _BIG[part]
            elif part in _BIG:
                total, current = total + (current or 1) * _BIG[part], 0.0
        yield Figure(match[0], ((total + current, 1.0),), False, *match.span())


def _in_han(text: str) -> Iterator[Figure]:
    for match in _IN_HAN.finditer(text):
        if not any(c in _HAN or c == "十" for c in match[0]):
            continue
        if not any(c in _HAN_SCALES for c in match[0]):
            value = float("".join(str(_HAN[c]) for c in match[0]))
        else:
            total, part, digit = 0, 0, 0
            for c in match[0]:
                if c in _HAN:
                    digit = _HAN[c]
                elif _HAN_SCALES[c] < 10**4:
                    part, digit = part + (digit or 1) * _HAN_SCALES[c], 0
                else:
                    total, part, digit = (total + part + digit) * _HAN_SCALES[c], 0, 0
            value = float(total + part + digit)
        is_year = bool(re.fullmatch(r"[一二][〇零一二三四五六七八九]{3}", match[0]))
        yield Figure(match[0], ((value, 1.0),), is_year, *match.span())
