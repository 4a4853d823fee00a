"""Numbers that are not written in plain digits: words, and Chinese and Korean characters.

Pure functions on a text that `normal` has returned. In order: what they find, numbers in words,
and Chinese and Korean ones.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Numeral(NamedTuple):
    """A number from `start` to `end` of a text, and the step that it is rounded to."""

    value: float
    step: float
    start: int
    end: int


# What a word or a sign that follows a number multiplies it by.
SCALES = {
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


# ---- In words ------------------------------------------------------------------------------------

_GERMAN_UNITS = ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
_GERMAN_TENS = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig"]
_GERMAN_TENS += ["neunzig"]
_ENGLISH: dict[str, int] = {}
_OTHERS: dict[str, int] = {}
for _of, _start, _step, _names in (
    (_ENGLISH, 0, 1, "zero one two three four five six seven eight nine ten eleven twelve thirteen"
     " fourteen fifteen sixteen seventeen eighteen nineteen"),
    (_ENGLISH, 1, 1, "first second third fourth fifth sixth seventh eighth ninth tenth eleventh"
     " twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"),
    (_ENGLISH, 20, 10, "twenty thirty forty fifty sixty seventy eighty ninety"),
    (_ENGLISH, 20, 10, "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth"),
    (_OTHERS, 2, 1, " ".join(_GERMAN_UNITS[1:])),
    (_OTHERS, 10, 1, "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn"
     " neunzehn"),
    (_OTHERS, 20, 10, " ".join(_GERMAN_TENS)),
    (_OTHERS, 2, 1, "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze"
     " quinze seize"),
    (_OTHERS, 20, 10, "vingt trente quarante cinquante soixante"),
    (_OTHERS, 2, 1, "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
     " quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés"
     " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"),
    (_OTHERS, 30, 10, "treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    (_OTHERS, 2, 1, "due tre quattro cinque sei sette otto nove dieci undici dodici tredici"
     " quattordici quindici sedici diciassette diciotto diciannove"),
    (_OTHERS, 20, 10, "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"),
    (_OTHERS, 2, 1, "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze"
     " dezesseis dezessete dezoito dezenove"),
    (_OTHERS, 20, 10, "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa"),
    (_OTHERS, 2, 1, "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать"
     " тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"),
    (_OTHERS, 20, 10, "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят"
     " девяносто"),
    (_OTHERS, 100, 100, "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"),
    (_OTHERS, 1, 0, "un une uno una um uma один eins ein eine"),
):  # fmt: skip
    for _number, _name in enumerate(_names.split()):
        _of.setdefault(_name, _start + _step * _number)
_BIG = {"hundred": 100, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_BIG |= {"trillion": 10**12, "hundredth": 100, "thousandth": 1000, "millionth": 10**6}
_BIG |= {"lakh": 10**5, "crore": 10**7}
_BIG_ELSEWHERE = {"cent": 100, "cents": 100, "cien": 100, "ciento": 100}
_BIG_ELSEWHERE |= {
    word: int(worth) for word, worth in SCALES.items() if worth >= 1000 and len(word) > 2
}
_STATED = _ENGLISH | _BIG | {"a": 1, "an": 1}
_ON_PAGES = _STATED | _OTHERS | _BIG_ELSEWHERE
_SHARES = {"half": 0.5, "quarter": 0.25, "quarters": 0.25, "third": 1 / 3, "thirds": 1 / 3}
_AND_A_PART = re.compile(
    r" and a (?:half|(?P<quarter>quarter))(?: (?P<scale>million|billion|trillion|thousand)\b)?"
    r"|(?P<half> et demie?| y medi[oa]| e mezz[oa]| e mei[oa])\b"
)
_WORDS = re.compile(r"[^\W\d_]+")
# What joins the words of one number: "twenty-five", "hundred and five", "treinta y dos".
_JOINS = re.compile(r"[ -]|(?: and | y | et | e )")
# Zweihundertfünfzig: German writes it as one word.
_UNIT, _TEN = "|".join(_GERMAN_UNITS), "|".join(_GERMAN_TENS)
_GERMAN = re.compile(
    rf"(?:(?P<thousands>{_UNIT})?(?P<thousand>tausend))?(?:(?P<hundreds>{_UNIT})?(?P<hundred>hundert))?"
    rf"(?:und)?(?:(?:(?P<unit>{_UNIT})und)?(?P<ten>{_TEN})|(?P<rest>\w{{3,9}}))?"
)


def in_words(text: str, is_page: bool) -> Iterator[Numeral]:
    """Yield the numbers in words. A statement is asked for English ones only: in other languages
    these are words of their own in English, and others, too: seize, doze, once, elf."""
    known = _ON_PAGES if is_page else _STATED
    run: list[re.Match[str]] = []
    for match in _WORDS.finditer(text):
        word = match[0].lower()
        if word not in known and not (is_page and _in_german(word)):
            continue
        if run and not _goes_on(
            text[run[-1].end() : match.start()], run[-1][0].lower(), word, known
        ):
            yield from _spoken(run, text, known)
            run = []
        run.append(match)
    yield from _spoken(run, text, known)


_TENS_OF = {"quatre": ("vingt", "vingts"), "dix": ("sept", "huit", "neuf")}


def _goes_on(between: str, before: str, word: str, known: dict[str, int]) -> bool:
    """Tell whether a word can belong to the number that the one before it begins."""
    if not _JOINS.fullmatch(between) or word in ("a", "an"):
        return False
    value, further = known.get(before, 0), known.get(word, 0)
    if between == " and ":
        return before in _BIG
    is_big = word in _BIG or word in _BIG_ELSEWHERE
    if before in _BIG or before in _BIG_ELSEWHERE or is_big:
        return True
    # Twenty-five; soixante-dix; quatre-vingt-dix-sept.
    return (value >= 20 and further < 20) or word in _TENS_OF.get(before, ()) or value >= 100


def _spoken(run: list[re.Match[str]], text: str, known: dict[str, int]) -> Iterator[Numeral]:
    words = [match[0].lower() for match in run]
    if not words or words[0] in _BIG:
        return  # its beginning is in digits, or is not said
    start, end = run[0].start(), run[-1].end()
    total, current = 0.0, 0.0
    for word in words:
        big = _BIG.get(word) or _BIG_ELSEWHERE.get(word)
        if big and big <= 100:
            current = (current or 1) * big
        elif big and total and not current:  # dos mil millones, two lakh crore
            total *= big
        elif big:
            total, current = total + (current or 1) * big, 0.0
        elif word == "vingt" and current == 4:
            current = 80.0
        else:
            current += known[word] if word in known else _in_german(word)
    value = total + current
    # "two and a half million", "half a million", "a quarter of a million"
    if more := _AND_A_PART.match(text[end : end + 34]):
        part = 0.25 if more["quarter"] else 0.5
        last = max(known.get(words[-1], 1), 1) if more["half"] else 1  # un million et demi
        value = (value + part * last) * _BIG.get(more["scale"] or "", 1)
        end += more.end()
    elif words in (["a"], ["an"], ["one"], ["first"], ["second"], ["third"], ["sei"]):
        return  # these say little: "one of", "at first"
    share = re.search(
        r"\b(?:(three) )?(half|quarters?|thirds?|two[ -]thirds)(?: of)? $",
        text[max(0, start - 24) : start],
    )
    if share and words[0] in ("a", "an") and len(words) > 1:
        part = 2 / 3 if share[2].startswith("two") else _SHARES[share[2]] * (3 if share[1] else 1)
        value, start = value * part, start - len(share[0])
    yield Numeral(value, 1.0, start, end)


def _in_german(word: str) -> int:
    """Return what a German word is worth, 0 if it is no number."""
    match = _GERMAN.fullmatch(word) if len(word) > 6 else None
    if not match or (match["rest"] and match["rest"] not in _OTHERS):
        return 0

    def unit(name: str) -> int:
        return _GERMAN_UNITS.index(match[name]) + 1 if match[name] else 1

    value = unit("thousands") * 1000 if match["thousand"] else 0
    value += unit("hundreds") * 100 if match["hundred"] else 0
    if match["ten"]:
        value += 10 * _GERMAN_TENS.index(match["ten"]) + 20
        value += unit("unit") if match["unit"] else 0
    return value + (_OTHERS[match["rest"]] if match["rest"] else 0)


# ---- In Chinese, Japanese and Korean -------------------------------------------------------------

_HAN = {digit: worth for worth, digit in enumerate("零一二三四五六七八九")}
_HAN |= {"〇": 0, "两": 2, "兩": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000, "십": 10, "백": 100, "천": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "만": 10**4, "亿": 10**8, "億": 10**8, "억": 10**8}
_LARGE |= {"兆": 10**12, "조": 10**12}
_IN_HAN = re.compile(
    rf"[{''.join(_HAN)}十百千万萬亿億]{{2,20}}|[{''.join(_HAN)}十](?=[年月日个個人家种種次項项倍%])"
)
# 3万5千, 1億2千万, 1조 5천억
_PART = rf"\d{{1,9}}(?:,\d{{3}})*(?:\.\d{{1,4}})?[{''.join(_SMALL)}{''.join(_LARGE)}]{{1,3}}"
_MIXED = re.compile(rf"(?<![\d.,]){_PART}(?:\s?{_PART}){{0,3}}")


def in_han(text: str) -> Iterator[Numeral]:
    for match in _IN_HAN.finditer(text):
        if not any(c in _HAN or c == "十" for c in match[0]):
            continue
        if not any(c in _SMALL or c in _LARGE for c in match[0]):
            value = float("".join(str(_HAN[c]) for c in match[0]))
        else:
            total, part, digit = 0, 0, 0
            for c in match[0]:
                if c in _HAN:
                    digit = _HAN[c]
                elif c in _SMALL:
                    part, digit = part + (digit or 1) * _SMALL[c], 0
                else:
                    total, part, digit = (total + part + digit) * _LARGE[c], 0, 0
            value = float(total + part + digit)
        yield Numeral(value, 1.0, *match.span())


def mixed(text: str) -> Iterator[Numeral]:
    """Yield the numbers of digits and large units: 3万5千, 5천만, 1億2千万."""
    for match in _MIXED.finditer(text):
        total, part, step = 0.0, 0.0, 1.0
        for digits, units in re.findall(r"([\d.,]+)(\D+?)\s?(?=\d|$)", match[0]):
            value, worth, large = float(digits.replace(",", "")), 1, 0
            for unit in units:
                worth *= _SMALL.get(unit, 1)
                large = (large or 1) * _LARGE[unit] if unit in _LARGE else large  # 万亿
            part += value * worth
            step = worth * (large or 1) * 10.0 ** -len(digits.partition(".")[2])
            if large:
                total, part = total + part * large, 0.0
        yield Numeral(total + part, step, *match.span())


def small(text: str) -> float:
    """Return what a small number is worth, in digits, words or Chinese characters."""
    text = text.lower().replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if numeral := next(in_han(f"{text}%"), None):
        return numeral.value
    words = text.removeprefix("a ").removeprefix("an ")
    return float(_ENGLISH.get(words) or _BIG.get(words) or _OTHERS.get(words) or 1)
