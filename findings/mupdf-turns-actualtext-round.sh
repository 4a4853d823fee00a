#!/usr/bin/env bash
# MuPDF reads Hebrew and Arabic backwards where ActualText says what the letters are.
#
# Version:    PyMuPDF 2.0 (MuPDF 1.28.5), pikepdf 10.18.0, fpdf2 2.8.9, pymupdf-fonts 1.0.5
# Guess:      ActualText replaces what is marked, in reading order, so it comes out as it is written.
#             It can only help, above all where letters stand in the order in which they are drawn
# Behaviour:  without it MuPDF finds the line's direction by its letters and turns them round: right.
#             With it, it hands the text out to the letters as these are drawn, from the left, and
#             then turns the line round all the same. It does so for ActualText of an element of the
#             structure tree, too, which is where tagged PDF has it: a program that adds it for screen
#             readers breaks copying and search. (poppler's pdftotext does the same.) Letters that are
#             on the page, with ToUnicode, need none
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet \
  PyMuPDF==2.0 pikepdf==10.18.0 fpdf2==2.8.9 uharfbuzz==0.57.0 pymupdf-fonts==1.0.5 || exit 2
cd "$folder"
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
from pathlib import Path

import pikepdf
import pymupdf
import pymupdf_fonts.FiraGO_Regular as firago
from fpdf import FPDF

TEXT = "ריצה עמידה עד הסוף"
pdf = FPDF()
pdf.add_page()
Path("FiraGO.ttf").write_bytes(firago.fontbuffer)
pdf.add_font("FiraGO", fname="FiraGO.ttf")
pdf.set_font("FiraGO", size=14)
pdf.set_text_shaping(True)
pdf.cell(text=TEXT)
pdf.output("letters.pdf")

actual = ("\ufeff" + TEXT).encode("utf-16-be").hex().encode()
with pikepdf.open("letters.pdf") as file:
    page = file.pages[0].Contents
    marked = page.read_bytes().replace(b"BT", b"/Span<</ActualText<" + actual + b">>>BDC BT")
    page.write(marked.replace(b"ET", b"ET EMC"))
    file.save("actual.pdf")

for name in ("letters.pdf", "actual.pdf"):
    found = pymupdf.open(name)[0].get_text().strip()
    print(name, "as written" if found == TEXT else "backwards" if found == TEXT[::-1] else found)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
letters.pdf as written
actual.pdf backwards
OUTPUT
