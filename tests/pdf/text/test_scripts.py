"""Is every script drawn, and copied as it was written?

`scripts/` has a page in each. Extraction does not notice a glyph that is not drawn, so these tests
look at pages too, as PDFium draws them. poppler (pdftotext), PDFium and pypdf read them; what each
gets wrong is an expected failure with its reason.
"""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from markdown_it import MarkdownIt
from pictures import SAMPLES, coarse, page
from PIL import Image, ImageChops
from pypdf import PdfReader
from support.growth import seconds
from support.settings import ROOT

from generator.pdf import render
from generator.pdf.markdown.language import language_of, words
from generator.pdf.text.embed import Subset

TEXTS = {sample.stem: sample.read_text("utf-8") for sample in SAMPLES}
RIGHT_TO_LEFT = ("arabic", "hebrew", "persian")
PICTURES = ROOT / "tests" / "pictures"


def poppler(pdf: bytes) -> str:
    command = shutil.which("pdftotext")
    if not command:
        pytest.skip("needs pdftotext, of poppler-utils")
    return subprocess.run([command, "-", "-"], input=pdf, capture_output=True).stdout.decode()


def pdfium(pdf: bytes) -> str:
    pages: Any = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def pypdf(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


READERS: list[Callable[[bytes], str]] = [poppler, pdfium, pypdf]


def inked(text: str) -> str:
    """Without spaces, and without signs that have no ink."""
    text = unicodedata.normalize("NFC", text)
    hidden = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufe0f\ufeff\ufffe]")
    return hidden.sub("", text)


def lines_of(markdown: str) -> list[str]:
    """Each heading, paragraph, item and cell, as markdown-it reads it."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    texts = (
        "".join(part.content for part in token.children or [])
        for token in tokens
        if token.type == "inline"
    )
    return [re.sub("</?su[bp]>", "", text) for text in texts]


# ---- Copying


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("script", [script for script in TEXTS if script not in RIGHT_TO_LEFT])
def test_copied_as_written(script: str, reader: Callable[[bytes], str]) -> None:
    copied = inked(reader(render(TEXTS[script])))
    assert [line for line in lines_of(TEXTS[script]) if inked(line) not in copied] == []


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("script", RIGHT_TO_LEFT)
def test_every_character_is_copied(script: str, reader: Callable[[bytes], str]) -> None:
    """Wherever it ends up: brackets may come out as their partners."""
    text = "".join(map(inked, lines_of(TEXTS[script]))).replace("(", ")").replace("«", "»")
    copied = inked(reader(render(TEXTS[script]))).replace("(", ")").replace("«", "»")
    assert [char for char in sorted(set(text)) if text.count(char) > copied.count(char)] == []


WRONG = {
    "poppler": {
        "marks": "poppler sorts marks without width in front of the letter that they stand on",
        "brackets": "poppler takes a bracket beside Latin in a line from the right for Latin",
        "dash": "poppler takes a hyphen before a number in Hebrew for part of the number",
    },
    "pdfium": {
        "marks": "PDFium sorts marks without width in front of the letter that they stand on",
        "brackets": "PDFium mirrors brackets, which are written as they are meant, once more",
        "two Latin words": "PDFium turns round the words of Latin in a line from the right",
        "dash": "PDFium takes a hyphen before a number in Hebrew for part of the number",
    },
    "pypdf": {
        "bold": "pypdf puts what is of one font after the other, from left to right",
        "inside a word": "pypdf puts what is of one font after the other, from left to right",
        "brackets": "pypdf puts what is of one direction after the other, from left to right",
        "dash": "pypdf puts what is of one direction after the other, from left to right",
        "Persian number": "pypdf reads Persian digits from right to left",
    },
}
FEATURES = {
    "Arabic": "التنفيذ الدائم يعني أن البرنامج يكمل عمله حتى لو تعطلت العملية أو الأجهزة",
    "Hebrew": "ביצוע עמיד פירושו שתוכנית רצה עד סופה גם כאשר התהליך נכשל",
    "Persian": "اجرای پایدار یعنی برنامه تا پایان اجرا می‌شود",
    "several lines": "التنفيذ الدائم يعني أن البرنامج يكمل عمله " * 6,
    "ligatures": "لا تدفع الأموال إلا للإنجاز",
    "link": "انظر [الوثائق](https://e.com) أولا",
    "marks": "العِلمُ في الصِّغَر",
    "bold": "هذا **مهم جدا** لنا",
    "inside a word": "ال**كتا**ب",
    "number": "في عام 2026 انخفضت",
    "Latin word": "باستخدام Temporal وحده",
    "two Latin words": "باستخدام Temporal Workflow وبعد",
    "brackets": "بروتوكول HTTP (انظر الوثائق)",
    "Allah": "بسم الله",
    "Allah in a line": "قال عبد الله إن الله كريم والحمد لله رب العالمين",
    "dash": "העלות ירדה מ-12.4 שקל",
    "Persian number": "در سال ۲۰۲۶ بود",
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("feature", FEATURES)
def test_copied_from_right_to_left(
    feature: str, reader: Callable[[bytes], str], request: pytest.FixtureRequest
) -> None:
    if reason := WRONG[reader.__name__].get(feature):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    text = FEATURES[feature]
    (line,) = lines_of(text)
    filler = f"# {FEATURES['Arabic']}\n\n{FEATURES['Arabic']}\n\n"  # poppler judges by the page
    assert inked(line) in inked(reader(render(filler + text)))


# ---- Ink


@pytest.mark.parametrize("script", TEXTS)
def test_every_letter_leaves_ink(script: str) -> None:
    """Where a program finds a letter, there is something to see."""
    document: Any = pypdfium2.PdfDocument(render(TEXTS[script]))
    scale = 4
    image = page(render(TEXTS[script]), scale).convert("L")
    text = document[0].get_textpage()
    seen = blank = 0
    for index in range(text.count_chars()):
        char = text.get_text_range(index, 1)
        left, bottom, right, top = text.get_charbox(index)
        if not inked(char) or right - left < 0.05 or top - bottom < 0.05:
            continue
        box = (
            round(left * scale - 1),
            round(image.height - top * scale - 1),
            round(right * scale + 1),
            round(image.height - bottom * scale + 1),
        )
        extrema: Any = image.crop(box).getextrema()
        low, high = extrema
        seen += 1
        blank += high - low < 40
    assert seen > 0.75 * len("".join(map(inked, lines_of(TEXTS[script]))))
    assert blank == 0


@pytest.mark.parametrize("script", TEXTS)
def test_every_glyph_is_one(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Glyph 0 is the box that stands for what a font does not have."""
    glyphs = []
    code = Subset.code

    def watched(subset: Subset, glyph: int, text: str) -> str:
        glyphs.append(glyph)
        return code(subset, glyph, text)

    monkeypatch.setattr(Subset, "code", watched)
    pdf = render(TEXTS[script])
    assert glyphs and 0 not in glyphs
    names = re.findall(rb"/FontName /(\S+)", pdf)
    assert names and len(names) == len(re.findall(rb"/FontFile[23] ", pdf)) == len(set(names))


@pytest.mark.parametrize("script", ["chinese", "japanese", "korean"])
def test_a_glyph_for_each_letter(script: str) -> None:
    contents = PdfReader(BytesIO(render(TEXTS[script]))).pages[0].get_contents()
    assert contents is not None
    shown = sum(
        len(re.sub(rb"\\(.)", rb"\1", codes, flags=re.S)) // 2
        for codes in re.findall(rb"\(((?:[^()\\]|\\.)*)\)", contents.get_data(), re.S)
    )
    title = lines_of(TEXTS[script])[0]
    added = words(language_of(TEXTS[script]))
    furniture = f"{added.report}{added.page.format(1, 1)}{title}" + "1.2.3.•••"
    text = "".join(lines_of(TEXTS[script])) + furniture
    assert 0.97 * len(text) <= shown <= 1.03 * len(text)


def differs(pdf: bytes, picture: Path) -> float:
    """The largest difference of two pages, of 255, where a part of them is seen from far away."""
    known = Image.open(picture).convert("L")
    difference = ImageChops.difference(known, coarse(pdf)).resize((37, 52), Image.Resampling.BOX)
    return float(difference.getextrema()[1])  # type: ignore[arg-type]


@pytest.mark.parametrize("script", TEXTS)
def test_looks_as_it_was_seen_to(script: str) -> None:
    """If this fails after a change that is meant to change pages, see pictures.py."""
    assert differs(render(TEXTS[script]), PICTURES / f"{script}.png") < 16


def test_a_difference_is_noticed() -> None:
    changed = TEXTS["arabic"].replace("الخطوة", "خطوة أخرى")
    assert differs(render(changed), PICTURES / "arabic.png") > 24


# ---- Time

LONG = {
    "Arabic": "كلمة " * 60_000,
    "Hebrew and Latin": "מילה word (a) " * 20_000,
    "Hebrew and bold": "**א** a " * 10_000,
    "brackets": "א" + "(" * 100_000 + ")" * 100_000,
    "isolates": "\u2067א\u2069" * 20_000,
    "Hindi": "नमस्ते " * 60_000,
    "Thai": "ภาษาไทย" * 30_000,
    "Khmer": "ភាសាខ្មែរ" * 10_000,
    "marks": "ب" + "\u064e" * 50_000,
    "emoji": "👩\u200d" * 50_000,
    "Chinese quotes": "汉“" * 50_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_time_grows_with_the_length(text: str) -> None:
    assert seconds(render, text) < 12  # tenths of a second, on a quiet machine


# ---- What a script needs


def glyphs_of(markdown: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    found = []
    code = Subset.code

    def watched(subset: Subset, glyph: int, text: str) -> str:
        found.append((glyph, text))
        return code(subset, glyph, text)

    with monkeypatch.context() as patch:
        patch.setattr(Subset, "code", watched)
        render(markdown)
    return found


def test_arabic_joins_across_a_change_of_look(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = glyphs_of("كتاب", monkeypatch)
    parted = glyphs_of("كت[اب](https://e.com)", monkeypatch)
    assert set(whole) == set(parted)


@pytest.mark.parametrize(
    "emoji",
    [
        "🇩🇪",
        "👍🏽",
        "👨‍👩‍👧‍👦",
        "🧑🏽‍🚀",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    ],
)
def test_emoji_are_joined(emoji: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One glyph stands for all that it takes to write them."""
    assert emoji in [text for _, text in glyphs_of(emoji, monkeypatch)]


def test_lines_end_between_words_of_thai() -> None:
    pdf = render("การประมวลผลที่ทนทานในระบบแบบกระจาย" * 8)
    printed = [line for line in poppler(pdf).split("\n") if "รายงาน" not in line]  # not "report"
    ends = [line.strip() for line in printed if "กา" in line or "ระ" in line]
    assert len(ends) > 2
    known = ("การ", "ประมวล", "ผล", "ที่", "ทนทาน", "ใน", "ระบบ", "แบบ", "กระจาย", "ประมวลผล")
    assert all(line.startswith(known) and line.endswith(known) for line in ends)


def test_code_and_addresses_do_not_turn_a_document_round() -> None:
    """Nor a paragraph, which begins at the right all the same."""
    address = "https://example.com/a/long/address/of/latin/letters"
    pdf = pypdfium2.PdfDocument(
        render(f"# Title\n\nראו `A-Long-Name-Of-Code`\n\n- [שלום עולם]({address})")
    )
    text = pdf[0].get_textpage()
    for word in ("Title", "ראו"):
        index = text.search(word).get_next()
        assert index and text.get_charbox(index[0])[2] > 400, word


def test_list_numbers_and_table_columns_are_mirrored() -> None:
    """The first column is the rightmost, and a number stands right of its item."""
    document: Any = pypdfium2.PdfDocument(render(TEXTS["hebrew"]))
    text = document[0].get_textpage()

    def left(word: str) -> float:
        index, _ = text.search(word).get_next()
        return float(text.get_charbox(index)[0])

    assert left("מחקר") > left("1.03") > left("41.7")
    assert left("1.03") < 300
