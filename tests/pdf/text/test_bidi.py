"""Levels of direction: are they those of python-bidi, which has Unicode's algorithm in Rust?"""

import random
import re
import unicodedata

import pytest
from bidi import get_display  # type: ignore[import-untyped]
from support.growth import seconds

from generator.pdf.text.bidi import has_rtl, is_rtl, levels, visual

CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def display(text: str, rtl: bool) -> str:
    """The text from left to right. Spaces at its end go where the paragraph goes: rule L1."""
    found = levels(text, rtl)
    for at in reversed(range(len(text))):
        if not CONTROLS.match(text[at]) and unicodedata.bidirectional(text[at]) != "WS":
            break
        found[at] = int(rtl)
    return "".join(text[at] for at in visual(found))


LETTERS = "abאבجد123 .,-+%:/$!٣"
ALPHABETS = {
    "letters and numbers": (LETTERS, 12),
    "brackets": ("abאבجد12 .,()-[]{}", 12),
    "marks": ("abאבجد12 .,()\u0301\u064e\u05b0", 12),
    "isolates": ("abאבجد12 .,\u2066\u2067\u2068\u2069\u2069", 12),
    "embeddings": ("abאבجد12 .,()\u202a\u202b\u202d\u202e\u202c\u202c\u200e\u200f", 12),
    "everything": (
        "abאבج1 .\u202a\u202b\u202d\u202e\u202c\u200e\u2066\u2067\u2068\u2069\u2069",
        30,
    ),
    "nested": ("aא1 \u202b\u202a\u2067\u2066\u2069\u202c", 300),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ALPHABETS)
def test_as_python_bidi(name: str) -> None:
    alphabet, length = ALPHABETS[name]
    chance = random.Random(name)
    for _ in range(400 if length > 100 else 4000):
        text = "".join(chance.choices(alphabet, k=chance.randint(1, length)))
        bare = CONTROLS.sub("", text)
        if bare != bare.strip() or not bare:
            continue  # spaces at an end, between controls: python-bidi keeps them where they were
        for rtl in (False, True):
            expected = get_display(text, base_dir="R" if rtl else "L")
            assert CONTROLS.sub("", display(text, rtl)) == CONTROLS.sub("", expected), ascii(text)


@pytest.mark.parametrize(
    "text",
    [
        "هذا تقرير عن (Temporal Workflow) في عام 2026، نسبة 3.1%",
        "זהו דוח (ראו HTTP/2) מ-12.4 ל-9.8 סנט",
        'The word שלום (peace) costs 5 ש"ח.',
        'قال "hello world" ثم (نعم).',
        "a(b)c + [1] مثال ثم",
    ],
)
def test_sentences_as_python_bidi(text: str) -> None:
    for rtl in (False, True):
        assert display(text, rtl) == get_display(text, base_dir="R" if rtl else "L")


def test_direction_of_a_paragraph() -> None:
    assert is_rtl("HTTP/2 هو بروتوكول لنقل النصوص")
    assert is_rtl("البريد: info@example.com، الموقع: https://www.energy.example/ar/page?id=12")
    assert not is_rtl("The word سلام means peace")
    assert not is_rtl("2026") and not has_rtl("naïve façade 汉字 हिन्दी")


LONG = {
    "brackets": "א" + "(" * 100_000 + ")" * 100_000,
    "pairs": "א(a)" * 50_000,
    "empty pairs": "א " + "()" * 100_000,
    "signs": "%" * 200_000 + "א",
    "commas": "٣" + "," * 200_000 + "א",
    "isolates": "\u2067א\u2069" * 30_000,
    "first strong isolates": "\u2068" * 10_000 + "א",
    "embeddings": "\u202b" * 100_000 + "א",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_time_grows_with_the_length(text: str) -> None:
    assert seconds(levels, text, True) < 6
