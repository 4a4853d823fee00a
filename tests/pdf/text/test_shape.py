"""What a word is shown as may be put together of what HarfBuzz makes of its parts."""

import itertools
import random

import pytest

from generator.pdf.text import fonts
from generator.pdf.text.fonts import Font
from generator.pdf.text.shape import Face, Word

LATIN = "".join(filter(fonts.LATIN.fullmatch, map(chr, range(0x20, 0x2100))))
IDEOGRAPHS = "".join(filter(fonts.IDEOGRAPHS.fullmatch, map(chr, range(0x2000, 0x10000))))
WEIGHTS = ("Regular", "Bold", "Italic", "BoldItalic")


def wrong(font: Font, words: list[str], language: str = "en") -> list[str]:
    """Those that HarfBuzz would set in another way as a whole."""
    face = Face(font, 1, language)

    def glyphs(word: Word) -> tuple[float, str]:
        assert not word.raised
        return round(word.width, 6), word.row

    composed = ((word, face._composed(word)) for word in words)
    return [
        word for word, own in composed if own and glyphs(own) != glyphs(face._placed(word, False))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("weight", WEIGHTS)
def test_latin_words_are_the_sum_of_their_pairs(weight: str) -> None:
    chosen = random.Random(weight)
    words = ["".join(chosen.choices(LATIN, k=chosen.randint(1, 12))) for _ in range(3000)]
    assert not wrong(fonts.bundled(f"FiraGO_{weight}"), words)
    assert not wrong(fonts.bundled(f"CascadiaMono_{weight}"), words)


def test_ligatures_stay() -> None:
    face = Face(fonts.bundled("FiraGO_Regular"), 1, "en")
    assert face._composed("office") is None
    assert face._composed("12:30") is None  # its colon is raised


def test_ideographs_are_the_sum_of_one_by_one() -> None:
    chosen = random.Random(1)
    known = "".join(filter(fonts.east_asian("zh", False).covers, IDEOGRAPHS))
    words = ["".join(chosen.choices(known, k=chosen.randint(1, 8))) for _ in range(1000)]
    words += [
        "".join(chosen.choices("、。，．：；！？（）「」『』《》【】", k=4)) for _ in range(1000)
    ]
    for language in fonts.EAST_ASIAN:
        for bold in (False, True):
            assert not wrong(fonts.east_asian(language, bold), words, language)


@pytest.mark.slow
def test_no_three_latin_characters_are_more_than_their_pairs() -> None:
    usual = "".join(char for char in LATIN if char < "\x7f" or char in "–—“”’•…éü")
    words = ["".join(three) for three in itertools.product(usual, repeat=3)]
    assert not wrong(fonts.bundled("FiraGO_Regular"), words)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "nl", "pl", "ro", "tr", "ca", "fr", "sr"])
def test_nor_in_languages_with_forms_of_their_own(language: str) -> None:
    chosen = random.Random(language)
    words = ["".join(chosen.choices(LATIN, k=5)) for _ in range(10_000)]
    assert not wrong(fonts.bundled("FiraGO_Regular"), words, language)
