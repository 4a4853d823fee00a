"""What a page says of numbers without writing them: shares, multiples, powers, dates.

A pure function on a text that `normal` has returned.
"""

import re
from collections.abc import Iterator

from generator.research.sources.numerals import SCALES, small

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_PARTS = {
    part: of
    for of, parts in {
        2: "half hälfte moitié mitad metà metade половина половины",
        3: "third thirds drittel tiers tercio tercios terzi terços треть трети",
        4: "quarter quarters viertel quart quarts cuarto cuartos quarti quartos четверть четверти",
        5: "fifth fifths fünftel cinquièmes quintos quinti",
        6: "sixth sixths", 7: "seventh sevenths", 8: "eighth eighths",
        9: "ninth ninths", 10: "tenth tenths zehntel dixièmes",
    }.items()
    for part in parts.split()
}  # fmt: skip
_COUNT = (
    rf"\d{{1,6}}|\d{{1,3}}(?:,\d{{3}})+|{'|'.join(_ONES)}|a (?:hundred|thousand|million)|twenty"
)
_RATIO = re.compile(
    rf"\b(?P<some>{_COUNT})(?: in | out of |/|:)(?:every )?(?P<all>{_COUNT})\b", re.IGNORECASE
)
_SHARE = re.compile(
    rf"\b(?:(?P<some>[^\W\d_]{{1,7}})[ -])?\b(?P<part>{'|'.join(_PARTS)})\b"
    r"|(?P<half_of>一半|半[数數分]|절반)"
    r"|(?P<all>[\d一二三四五六七八九十百]{1,9})(?:分之|분의\s?)(?P<of>[\d一二三四五六七八九十百]{1,9})"
    r"|(?P<tenths>[\d.一二三四五六七八九]{1,4})[割成](?P<half>半)?|(?P<mille>\d{1,3}(?:\.\d{1,3})?)\s?‰",
    re.IGNORECASE,
)
# "doubled", "twice", "verdreifacht", "翻一番", "2.5-fold", "three times as many"
_TIMES = re.compile(
    r"(?<![A-Za-z])(?:(?P<halved>halv(?:e[sd]?|ing)\b|halbier\w+)"
    r"|(?P<doubled>doubl(?:e[sd]?|ing|é\w?)\b|twice\b|verdoppel\w+|doppelt\b|duplic\w+"
    r"|翻[了一]{0,2}番|翻倍|倍増)"
    r"|(?P<tripled>(?:tripl|trebl)(?:e[sd]?|ing|é\w?)\b|verdreifach\w+|triplic\w+)"
    r"|(?P<quadrupled>quadrupl(?:e[sd]?|ing|é\w?)\b|vervierfach\w+|cuadruplic\w+))"
    rf"|\b(?P<fold>\d{{1,4}}(?:\.\d)?|{'|'.join(_ONES[1:])}|twenty|thirty|fifty|hundred)"
    r"(?:[ -]?fold| times (?:as|more|higher|larger|that))\b"
    r"|\b(?P<mal>zwei|drei|vier|fünf|sechs|zehn)(?:mal so|fach)\b",
    re.IGNORECASE,
)
_FACTORS = {"halved": 0.5, "doubled": 2.0, "tripled": 3.0, "quadrupled": 4.0}
# "eine halbe Million", "medio millón", "zweieinhalb Millionen", "полтора миллиона"
_BIG = "|".join(scale for scale, worth in SCALES.items() if worth >= 1000 and len(scale) > 3)
_HALVES = re.compile(
    r"\b(?:(?P<half>halbe[rn]?|demi|medio|mezzo|meio)[ -](?=\w{4})|anderthalb\b|полтор[аы]\b"
    rf"|(?P<some>ein|zwei|drei|vier|fünf)einhalb\b)\s?(?P<big>(?:{_BIG})\b)?",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?<![\d.,])(\d{1,4}(?:\.\d{1,2})?)\s?(?:%|per ?cent) (?:more|higher|larger|greater)\b"
)
_POWER = re.compile(
    # 6.022 × 10^23, 6.022 \cdot 10^{23}, and as a page without raised figures has it: 6.022×1023
    r"(?<![\d.,])(?:(?P<times>\d{1,6}(?:\.\d{1,9})?)\s?(?:[×x*·⋅]|\\(?:cdot|times))\s?)"
    r"10(?:\^\{?)?(?P<by>-?\d{1,2})\b"
    r"|(?<![\d.,])10\^\{?(?P<alone>-?\d{1,2})\b"
    r"|(?<![\d.,\w])(?P<number>\d{1,6}(?:\.\d{1,9})?)e(?P<e>[+-]?\d{1,2})\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![\d.])\d{1,4}([./-])\d{1,2}\1\d{1,4}(?!\d)|(?<![\d.])\d{1,9}(?:\.\d{1,9}){2,5}"
)
_ROW = re.compile(r"(?<![\d.,])\d{1,9}(?:,\d{1,9}){1,50}")  # 2020,4711: a row of numbers, too
# 2023-24, FY24
_YEARS = re.compile(r"(?:(?<!\d)(1[5-9]|20)\d\d\s?[-/]\s?|\bFY ?'?)(\d\d)\b(?![-/])")
_DECIMALS = re.compile(r"(?<![\d\w])\.(\d{1,6})\b")


def also_on_page(text: str) -> Iterator[float]:
    """Yield what else a page's text may be said to say: one in five is 20 percent."""
    for match in _RATIO.finditer(text):
        if of := small(match["all"]):
            yield 100 * small(match["some"]) / of
    for match in _SHARE.finditer(text):
        if match["part"]:
            share = small(match["some"] or "one") / _PARTS[match["part"].lower()]
            yield from (share, 100 * share, 100 * share // 1)  # two thirds: 66 %, to some
        elif match["half_of"]:
            yield from (0.5, 50)
        elif match["mille"]:
            yield float(match["mille"]) / 10
        elif match["all"]:
            if whole := small(match["all"]):
                yield 100 * small(match["of"]) / whole
        else:
            yield 10 * small(match["tenths"]) + (5 if match["half"] else 0)
    for match in _TIMES.finditer(text):
        times = _FACTORS.get(match.lastgroup or "") or small(match["fold"] or match["mal"])
        yield from (times, abs(100 * (times - 1)))
    for match in _MORE.finditer(text):  # 150 % more is 2.5 times as much
        yield 1 + float(match[1]) / 100
    for match in _HALVES.finditer(text):
        value = 0.5 if match["half"] else small(match["some"] or "one") + 0.5
        yield value * SCALES.get((match["big"] or "").lower(), 1.0)
    for match in _POWER.finditer(text):
        power = match["by"] or match["alone"] or match["e"]
        yield float(f"{match['times'] or match['number'] or 1}e{power}")
    for match in _DATE.finditer(text):
        numbers = [int(part) for part in re.findall(r"\d{1,9}", match[0])]
        yield from map(float, numbers)
        if numbers[-1] < 100:
            yield from (1900.0 + numbers[-1], 2000.0 + numbers[-1])
    for match in _ROW.finditer(text):
        yield from map(float, match[0].split(","))
    for match in _YEARS.finditer(text):
        yield float(f"{match[1] or 20}{match[2]}")
    for match in _DECIMALS.finditer(text):
        yield float(f"0.{match[1]}")
