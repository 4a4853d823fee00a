"""Which fonts a PDF is made of, and what becomes of a font that is no good."""

from pathlib import Path

import pymupdf_fonts.CascadiaMono_Regular as cascadia  # type: ignore[import-untyped]
import pymupdf_fonts.FiraGO_Regular as fira  # type: ignore[import-untyped]
import pytest
from test_pdf import lost

from generator.pdf import UnusableFont, check_font, render

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
