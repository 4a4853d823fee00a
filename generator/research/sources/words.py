"""The words of a text in any script, for comparing texts: pure functions.

A script that sets no spaces between words gives pairs of characters instead, as search engines for
Chinese and Japanese do.
"""

import functools
import re
import unicodedata

# Letters with the marks that belong to them: vowels of Indic scripts are no letters to `re`.
_MARKS = "".join(
    f"{chr(start)}-{chr(end)}"
    for start, end in (
        (0x300, 0x36F), (0x483, 0x487), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F),
        (0x670, 0x670), (0x6D6, 0x6ED), (0x900, 0x903), (0x93A, 0x94F), (0x962, 0x963),
        (0x981, 0x983), (0x9BC, 0x9D7), (0xA01, 0xA03), (0xA3C, 0xA51), (0xA81, 0xA83),
        (0xABC, 0xACD), (0xB01, 0xB03), (0xB3C, 0xB57), (0xB82, 0xB82), (0xBBE, 0xBCD),
        (0xC00, 0xC04), (0xC3C, 0xC56), (0xC81, 0xC83), (0xCBC, 0xCD6), (0xD00, 0xD03),
        (0xD3B, 0xD4D), (0xD82, 0xDF3), (0xE31, 0xE3A), (0xE47, 0xE4E), (0xEB1, 0xECD),
        (0x1037, 0x103E), (0x17B4, 0x17D3),
    )
)  # fmt: skip
_WORD = re.compile(rf"(?:[^\W\d_][{_MARKS}]*)+(?:['’-](?:[^\W\d_][{_MARKS}]*)+)*|\d[\d.,]*")
# Thai, Lao, Burmese, Khmer, Japanese, Chinese.
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
# What says little of what a text is about. Other words say less the more texts have them, which is
# counted.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "the and for but not are was has had its his her our you all can may who how why any "
        "few in on at of to by as an it is be he we if so or no do about after also although "
        "among because been before being between both could does during each either from have "
        "having however into itself just made make many more most much must only other over "
        "same should since some such than that their them then there these they this those "
        "through under until upon used using very well were what when where which while will "
        "with within without would your",
    )
)
_ENDINGS = ["ations", "ation", "ingly", "ings", "ing", "ies", "ied", "edly", "ed", "ers", "er"]
_ENDINGS += ["es", "ly", "s"]


def words(text: str) -> list[str]:
    """Return what a text is about, word by word: lower case, without endings and empty words."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word[0].isdecimal():
            found.append(word.replace(",", "").rstrip("."))
        elif _NO_SPACES.search(word):
            for run in _NO_SPACES.findall(word):
                found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        elif stem := _stem(word):
            found.append(stem)
    return found


@functools.lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """Return a word without its ending, "" if it says nothing."""
    is_name = word[:1].isupper() or not word.isascii()
    word = word.lower().replace("’", "'").removesuffix("'s")
    if len(word) < (2 if is_name else 4) or word in _EMPTY:
        return ""
    if word.isascii():
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)]
        return word[:-1] if word.endswith("e") and len(word) > 4 else word
    return unicodedata.normalize("NFC", word)


def commonest(text: str, number: int = 20) -> list[str]:
    """Return the words that a text has most often, which tell its language."""
    counted: dict[str, int] = {}
    for match in _WORD.finditer(text[:50_000].lower()):
        word = match[0]
        if word[0].isdecimal():
            continue
        for piece in word if _NO_SPACES.match(word) else [word]:
            counted[piece] = counted.get(piece, 0) + 1
    return sorted(counted, key=lambda word: (-counted[word], word))[:number]


def width(text: str) -> int:
    """Return how much a text says, in Latin letters: a character of Chinese counts as two."""
    return len(text) + sum(len(run) for run in _NO_SPACES.findall(text))
