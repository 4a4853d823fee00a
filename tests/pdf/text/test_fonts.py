"""Which fonts a PDF is made of, and what becomes of a font that is no good."""

import hashlib
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pymupdf_fonts.CascadiaMono_Regular as cascadia  # type: ignore[import-untyped]
import pymupdf_fonts.FiraGO_Regular as fira  # type: ignore[import-untyped]
import pytest
from pictures import SAMPLES, page
from pypdf import PdfReader
from support.settings import ROOT

from generator.pdf import UnusableFont, check_font, missing_scripts, render
from pdf.test_pdf import lost

BOX_DRAWING = "Prose ┌─┐ and `code ┌─┐`"


@pytest.mark.parametrize("kind", ["missing", "directory", "empty", "text", "postscript", "cut"])
def test_unusable_font(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    if kind == "directory":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("not a font")
    elif kind == "postscript":
        path.write_bytes(b"OTTO" + bytes(100))
    elif kind == "cut":
        path.write_bytes(fira.fontbuffer[:-5000])  # HarfBuzz opens it without a word
    for use in (lambda: render("text", font=str(path)), lambda: check_font(str(path))):
        with pytest.raises(UnusableFont, match=r"PDF_FONT=.*font\.ttf.*(remove|path)"):
            use()


def test_font_for_what_the_others_lack(tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(cascadia.fontbuffer)
    check_font(str(path))
    pdf = render(BOX_DRAWING, font=str(path))
    assert lost(BOX_DRAWING, pdf) == ""
    assert b"+PDF_FONT-CascadiaMono" in pdf and b"+FiraGO" in pdf


# ---- Fonts of a person's own


@pytest.mark.parametrize("kind", ["ttc", "otf"])
def test_other_kinds_of_font(kind: str, tmp_path: Path) -> None:
    """A collection, and PostScript outlines with names for its glyphs."""
    import manimgx_fonts_cjk  # type: ignore[import-untyped]

    path = tmp_path / f"font.{kind}"
    if kind == "ttc":
        folder = Path(manimgx_fonts_cjk.__file__).parent
        path.symlink_to(folder / "NotoSansCJK-VF.otf.ttc")
        text = "ㄅㄆㄇ 漢字"
    else:
        path.write_bytes(import_module("pymupdf_fonts.NotoSansMath_Regular").fontbuffer)
        text = "𝒜 ∰"
    check_font(str(path))
    pdf = render(text, font=str(path))
    assert lost(text, pdf) == ""
    assert b"+PDF_FONT-Noto" in pdf


def test_a_font_that_was_mended_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(fira.fontbuffer[:-5000])
    with pytest.raises(UnusableFont):
        check_font(str(path))
    path.write_bytes(fira.fontbuffer)
    check_font(str(path))


def test_a_damaged_font_never_crashes(tmp_path: Path) -> None:
    """It is refused, or a report is printed with what is left of it."""
    chance = random.Random(1)
    good = bytearray(cascadia.fontbuffer)
    path = tmp_path / "font.ttf"
    for _ in range(40):
        bad = good.copy()
        for _ in range(20):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        path.write_bytes(bad)
        try:
            check_font(str(path))
        except UnusableFont:
            continue
        render(BOX_DRAWING, font=str(path))


# ---- What a document is made of


def fonts_of(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/FontName /[A-Z]{6}\+([\w-]+)", pdf)}


def test_a_plain_report_has_few_fonts() -> None:
    assert fonts_of(render("Plain")) == {"FiraGO-Regular", "FiraGO-Bold"}


def test_bold_is_a_font_of_its_own() -> None:
    pdf = render("汉字 **汉字** ไทย **ไทย** বাংলা **বাংলা** 🚀 **🚀**")
    for name in ("SansCJKsc-Thin", "SansThai-Regular", "SansBengali-Regular", "Emoji-Regular"):
        family = f"Noto{name}"
        assert {f"{family}-400", f"{family}-700"} <= fonts_of(pdf)


def test_the_bold_of_a_font_has_more_ink() -> None:
    def ink(markdown: str) -> int:
        image = page(render(markdown), 2).convert("L").crop((140, 230, 1000, 320))
        return 255 * image.width * image.height - sum(image.tobytes())

    for text in ("漢字漢字", "かなかな", "한국어", "ไทย", "বাংলা"):
        assert ink(f"**{text}**") > 1.15 * ink(text), text


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("这个国家的语言", "sc"), ("這個國家的語言", "tc"),
        ("日本語の文章です", "jp"), ("한국어 漢字", "kr"),
        ("这个国家的语言，" * 20 + "カナ", "sc"),
    ],
)  # fmt: skip
def test_characters_are_drawn_as_their_country_does(text: str, country: str) -> None:
    assert f"NotoSansCJK{country}-Thin-400" in fonts_of(render(text))


def test_every_font_is_embedded_and_a_subset() -> None:
    for sample in SAMPLES:
        pdf = render(sample.read_text("utf-8"))
        resources: Any = PdfReader(BytesIO(pdf)).pages[0]["/Resources"]
        for font in resources["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            assert font.get_object()["/ToUnicode"]
        assert len(pdf) < 100_000


def test_the_same_bytes_for_every_script_in_threads_and_processes() -> None:
    program = (
        "import sys, hashlib, pathlib; from generator.pdf import render\n"
        "for path in sys.argv[1:]:\n"
        "    print(hashlib.sha256(render(pathlib.Path(path).read_text('utf-8'))).hexdigest())"
    )
    runs = []
    for seed, order, language in (("1", SAMPLES, "C"), ("2", SAMPLES[::-1], "tr_TR.UTF-8")):
        environment = {"PYTHONHASHSEED": seed, "LC_ALL": language, "LANG": language, "PATH": ""}
        output = subprocess.check_output(
            [sys.executable, "-c", program, *map(str, order)],
            text=True, cwd=ROOT, env=environment,
        ).split()  # fmt: skip
        runs.append(output if order is SAMPLES else output[::-1])
    texts = [sample.read_text("utf-8") for sample in SAMPLES]
    with ThreadPoolExecutor(8) as pool:
        for pdfs in (pool.map(render, texts), pool.map(render, texts)):
            runs.append([hashlib.sha256(pdf).hexdigest() for pdf in pdfs])
    assert all(run == runs[0] for run in runs)


def test_only_what_is_needed_is_loaded(tmp_path: Path) -> None:
    program = (
        "import sys, generator.pdf as pdf\n"
        "assert not {'reportlab', 'uharfbuzz', 'markdown_it'} & {*sys.modules}\n"
        "pdf.render('Plain text, **bold**, `code` and a [link](https://e.com).')\n"
        "loaded = {name.split('.')[-1] for name in sys.modules if 'fonts' in name}\n"
        "loaded |= {'icu4py', 'reportlab.platypus', 'mathra'} & {*sys.modules}\n"
        "from generator.pdf.text import fonts\n"
        "print(*sorted(loaded - {'fonts', '_fontdata', 'pymupdf_fonts', 'ttfonts', 'cidfonts'}))\n"
        "print(*sorted(str(key) for key in fonts._known))"
    )
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    command = [sys.executable, "-c", program]
    output = subprocess.check_output(command, text=True, cwd=ROOT, env=environment)
    weights = ["CascadiaMono_Regular", "FiraGO_Bold", "FiraGO_Regular"]
    assert output.split() == weights * 2


@pytest.mark.slow
def test_a_font_is_unpacked_once_for_all_processes(tmp_path: Path) -> None:
    program = (
        "import sys, hashlib, generator.pdf as pdf\n"
        "print(hashlib.sha256(pdf.render('Plain text')).hexdigest())\n"
        "print('pymupdf_fonts.FiraGO_Regular' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def rendered() -> list[str]:
        command = [sys.executable, "-c", program]
        return subprocess.check_output(command, text=True, cwd=ROOT, env=environment).split()

    digest, unpacked = rendered()
    assert unpacked == "True"
    assert rendered() == [digest, "False"]
    (kept,) = tmp_path.rglob("FiraGO_Regular*.ttf")
    kept.write_bytes(kept.read_bytes()[:100_000])  # cut short
    assert rendered() == [digest, "True"]
    assert rendered() == [digest, "False"]
    kept.unlink()
    kept.mkdir()  # cannot be written
    assert rendered() == [digest, "True"]
    assert [path.name for path in kept.parent.glob("FiraGO_Regular*") if path.is_file()] == [
        kept.with_suffix(".pyc").name
    ]


# ---- Several fonts, and letters that none has


def script_font(tmp_path: Path, script: str) -> str:
    import manimgx_fonts  # type: ignore[import-untyped]

    path = tmp_path / f"{script}.ttf"
    path.symlink_to(Path(manimgx_fonts.__file__).parent / f"NotoSans{script}[wght].ttf")
    return str(path)


@pytest.mark.parametrize(
    ("script", "text"),
    [("Devanagari", "नमस्ते दुनिया"), ("Arabic", "مرحبا بالعالم"), ("Hebrew", "שלום"),
     ("Georgian", "გამარჯობა")],
)  # fmt: skip
def test_a_named_font_goes_before_the_bundled_ones(script: str, text: str, tmp_path: Path) -> None:
    pdf = render(f"Latin text, {text} **{text}**", font=script_font(tmp_path, script))
    names = fonts_of(pdf)
    for weight in (400, 700):
        assert [name for name in names if re.fullmatch(rf"PDF_FONT-.*{script}.*-{weight}", name)]
    assert "FiraGO-Regular" in names  # for Latin
    assert lost(f"Latin text, {text} {text}", pdf) == ""


def test_several_named_fonts(tmp_path: Path) -> None:
    paths = [script_font(tmp_path, script) for script in ("Hebrew", "Devanagari")]
    font = os.pathsep.join(paths)
    check_font(font)
    names = fonts_of(render("שלום नमस्ते", font=font))
    named = {name.split("-")[1] for name in names if name.startswith("PDF_FONT-NotoSans")}
    assert named == {"NotoSansHebrew", "NotoSansDevanagari"}
    with pytest.raises(UnusableFont, match=r"PDF_FONT=/nowhere/a.ttf"):
        check_font(os.pathsep.join([paths[0], "/nowhere/a.ttf"]))


def test_a_named_font_of_latin(tmp_path: Path) -> None:
    """All of Latin, and its bold, as far as files with them are named; code stays as it is."""
    paths = []
    for name in ("FiraGO_Regular", "FiraGO_Bold"):
        paths.append(tmp_path / f"{name}.ttf")
        paths[-1].write_bytes(import_module(f"pymupdf_fonts.{name}").fontbuffer)
    names = fonts_of(render("Text **bold** `code`", font=os.pathsep.join(map(str, paths))))
    assert names == {
        "PDF_FONT-FiraGO-Regular", "PDF_FONT-FiraGO-Bold", "CascadiaMono-Regular", "FiraGO-Regular",
    } - ({"FiraGO-Regular"} - names)  # fmt: skip


def test_letters_without_a_font_are_told() -> None:
    text = "Tibetan བོད, runes ᚠᚢ, Bamum \U00016a0c, and \ue123."
    assert missing_scripts(text, None) == ["Bamum", "Runic", "Tibetan", "other signs"]
    end = " ".join(PdfReader(BytesIO(render(text))).pages[0].extract_text().split())
    assert "letters of: Bamum, Runic, Tibetan, other signs" in end and "Set PDF_FONT in .env" in end
    assert "[tibetan letter ba]" in end


def test_nothing_is_told_where_nothing_is_missing() -> None:
    for sample in SAMPLES:
        assert missing_scripts(sample.read_text("utf-8"), None) == []
    assert "PDF_FONT" not in PdfReader(BytesIO(render("Plain — text"))).pages[0].extract_text()
