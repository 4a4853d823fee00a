#!/usr/bin/env bash
# A table that stands on its side: pdfplumber reads 18.5 as 5.81, PDFium makes "28.52022" of the end of one row and the next.
#
# Version:    pdfplumber 0.11.10, pypdfium2 5.15.2, pdfminer.six 20260107, pymupdf 2.0, pypdf 7.1.1; written with reportlab 5.1.0
# Guess:      pdfplumber: columns, mirrored; pdfminer.six: a letter a line; MuPDF and pypdf: the rows in order. For PDFium none was
#             written down: it was met in our own work
# Behaviour:  as guessed, but that nobody says so: pdfplumber's "5.81" is a number like any other, and so is PDFium's "28.52022". PDFium
#             sets a line break after the first turned line only. Wide tables of reports and appendices stand so (LaTeX's
#             sidewaystable, pdflscape), with and without /Rotate for the page. FPDFText_GetCharAngle, or pdfplumber's
#             char["upright"], tells; turn such a page before it is read (FPDFPage_TransFormWithClip and new boxes,
#             line_dir_render and char_dir_render), or take MuPDF or pypdf
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet pdfplumber==0.11.10 pypdfium2==5.15.2 pdfminer.six==20260107 pymupdf==2.0 pypdf==7.1.1 reportlab==5.1.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>/dev/null
import io

import pdfplumber
import pymupdf
import pypdf
import pypdfium2
from pdfminer.high_level import extract_text
from reportlab.pdfgen.canvas import Canvas

file = io.BytesIO()
canvas = Canvas(file, pagesize=(595, 842))
canvas.translate(595, 0)
canvas.rotate(90)
for number, row in enumerate([("2020", "17.5", "18.5"), ("2021", "27.5", "28.5"), ("2022", "37.5", "38.5")]):
    for column, cell in enumerate(row):
        canvas.drawString(72 + 90 * column, 500 - 20 * number, cell)
canvas.save()
body = file.getvalue()
for name, text in [
    ("pdfplumber", pdfplumber.open(io.BytesIO(body)).pages[0].extract_text()),
    ("PDFium", pypdfium2.PdfDocument(body)[0].get_textpage().get_text_bounded()),
    ("pdfminer.six", extract_text(io.BytesIO(body))),
    ("MuPDF", pymupdf.open(stream=body).load_page(0).get_text()),
    ("pypdf", pypdf.PdfReader(io.BytesIO(body)).pages[0].extract_text()),
]:
    print(f"{name:12}", " / ".join(text.split("\n")).replace("\r", "").strip(" /\x0c"))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
pdfplumber   5.81 / 5.71 / 0202 / 5.82 / 5.72 / 1202 / 5.83 / 5.73 / 2202
PDFium       2020 17.5 18.5 / 2021 27.5 28.52022 37.5 38.5
pdfminer.six 5 / . / 8 / 1 /  / 5 / . / 8 / 2 /  / 5 / . / 8 / 3 /  / 5 / . / 7 / 1 /  / 5 / . / 7 / 2 /  / 5 / . / 7 / 3 /  / 0 / 2 / 0 / 2 /  / 1 / 2 / 0 / 2 /  / 2 / 2 / 0 / 2
MuPDF        2020 / 17.5 / 18.5 / 2021 / 27.5 / 28.5 / 2022 / 37.5 / 38.5
pypdf        2020 / 17.5 / 18.5 / 2021 / 27.5 / 28.5 / 2022 / 37.5 / 38.5
OUTPUT
