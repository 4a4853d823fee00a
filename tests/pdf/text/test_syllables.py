"""Syllables and numbers stay whole: in one shape, and on one line."""

import re
import unicodedata
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from generator.pdf import render
from generator.pdf.text import fonts
from generator.pdf.text.fallback import Fonts
from generator.pdf.text.lines import Line, fill
from generator.pdf.text.look import INK, Look
from generator.pdf.text.shape import Face


def lines_of(text: str, width: float) -> list[str]:
    found = Fonts(text, None).split(text, False, False, False)
    runs = [(piece, Look(face, 10, INK)) for piece, face, _ in found]

    def text_of(line: Line) -> str:
        return "".join(piece[0] for piece in line)

    return [text_of(line) for line in fill(runs, width)]


def dotted_circles(text: str) -> int:
    """How often HarfBuzz shows that a mark has lost its letter."""
    count = 0
    for piece, face, _ in Fonts(text, None).split(text, False, False, False):
        circle = face.font.shaper.get_nominal_glyph(0x25CC)
        face.words[0][piece]
        count += sum(glyph == circle for glyph, _ in face.subset.codes)
    return count


@pytest.mark.parametrize(
    "text",
    [
        "ၵႂၢမ်းတႆး", "လိၵ်ႈတႆး", "ꩡꩣ", "ᄒᆞᆫ", "ᄀᆞᇫ", "क्षत्रिय॑", "শ্রীকৃষ্ণ", "ක්‍රියාව",
        "ខ្មែរ", "ണ്‍മ", "漢ᄒᆞᆫ字", "abcကျွန်ုပ်",
    ],
)  # fmt: skip
def test_no_mark_loses_its_letter(text: str) -> None:
    assert dotted_circles(text) == 0


@pytest.mark.parametrize("text", ["한국어", "연구", "값", "뷁"])
def test_hangul_in_pieces_looks_as_if_whole(text: str) -> None:
    face = Face(fonts.east_asian("ko", False), 1, "ko")
    apart = unicodedata.normalize("NFD", text)
    assert apart != text
    assert face.words[0][apart].width == pytest.approx(face.words[0][text].width)
    assert {glyph for glyph, _ in face.subset.codes if glyph} >= {
        face.font.shaper.get_nominal_glyph(ord(char)) for char in text
    }


SYLLABLES = {
    "dev": ("कि" * 40, "कि"),
    "jamo": (unicodedata.normalize("NFD", "값" * 60), unicodedata.normalize("NFD", "값")),
    "tamil": ("கொ" * 50, "கொ"),
    "conjunct": ("क्षि" * 40, "क्षि"),
    "accents": ("e\u0301\u0323" * 90, "e\u0301\u0323"),
}


@pytest.mark.parametrize("kind", SYLLABLES)
def test_a_line_ends_between_syllables(kind: str) -> None:
    text, syllable = SYLLABLES[kind]
    for width in (33, 47, 61):
        lines = lines_of(text, width)
        assert len(lines) > 2 and "".join(lines) == text
        assert all(line == syllable * (len(line) // len(syllable)) for line in lines)


NUMBERS = [
    "1,234,567", "1.234.567,89", "6,542元", "1 234 567".replace(" ", "\u202f"), "１，２３４．５",
    "1\u2009000\u2009000", "0.000125", "٣٬٤٥٦", "12:30", "24/12/2026", "$1,299.99", "(1,024)",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_never_broken(number: str) -> None:
    before = (
        "居民收入在今年之内持续增长" if "元" in number or "１" in number else "so many of them: "
    )
    for width in range(70, 200, 3):
        lines = lines_of(before * 2 + number + " and more", width)
        for line, following in pairwise(lines):
            assert not re.search(r"\d[.,:/٬，．]?$", line) or not re.match(r"[.,:/]?\d", following)


def test_a_number_in_a_long_word_goes_to_the_next_line_whole() -> None:
    lines = lines_of("b" * 60 + "9,876,543.21", 100)
    assert lines[-1].endswith("9,876,543.21")


def test_a_number_in_a_column_is_whole() -> None:
    cells = "|".join(f"{number},234,567" for number in range(1, 9))
    text = PdfReader(BytesIO(render(f"|{'a|' * 8}\n|{'-|' * 8}\n|{cells}|"))).pages[0]
    assert all(f"{number},234,567" in text.extract_text() for number in range(1, 9))
