#!/usr/bin/env bash
# "CO2 rose by 10-3", with text that is raised and lowered, has another order of words in pypdf's layout mode, and lines in others.
#
# Version:    pypdf 7.1.1, pypdfium2 5.15.2, pdfminer.six 20260107, pymupdf 2.0, pdfplumber 0.11.10; written with reportlab 5.1.0
# Guess:      superscripts: "10" and a raised "-3" are "10-3" in all readers, on one line
# Behaviour:  the minus and the digits stay, so a power is a difference in all of them, as guessed. But a text rise is no new line for
#             pypdf, pdfminer.six and pymupdf alone. pypdf's extraction_mode="layout" sets what follows the raised "-3" before the
#             sentence; pdfplumber takes the lowered "2" out and to the end; PDFium breaks the line within CO2. A reader that compares
#             an exact sentence with the page does not find it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet reportlab==5.1.0 pypdf==7.1.1 pypdfium2==5.15.2 pdfminer.six==20260107 pymupdf==2.0 pdfplumber==0.11.10 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io

import pdfplumber, pymupdf, pypdf, pypdfium2
from pdfminer.high_level import extract_text
from reportlab.pdfgen.canvas import Canvas

file = io.BytesIO()
canvas = Canvas(file, invariant=1)
text = canvas.beginText(72, 700)
for words, size, rise in [("CO", 12, 0), ("2", 8, -3), (" rose by 10", 12, 0), ("-3", 8, 5), (" in a year.", 12, 0)]:
    text.setFont("Helvetica", size)
    text.setRise(rise)
    text.textOut(words)
canvas.drawText(text)
canvas.save()
data = file.getvalue()
page = pypdf.PdfReader(io.BytesIO(data)).pages[0]
for name, found in {
    "pypdf": page.extract_text(),
    "pypdf, layout": page.extract_text(extraction_mode="layout"),
    "pdfminer.six": extract_text(io.BytesIO(data)),
    "pdfplumber": pdfplumber.open(io.BytesIO(data)).pages[0].extract_text(),
    "pymupdf": pymupdf.open(stream=data)[0].get_text(),
    "pypdfium2": pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range(),
}.items():
    print(f"{name}: {found.strip()!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
pypdf: 'CO2 rose by 10-3 in a year.'
pypdf, layout: '-3 in a year.\nCO\n2 rose by 10'
pdfminer.six: 'CO2 rose by 10-3 in a year.'
pdfplumber: 'CO rose by 10-3 in a year.\n2'
pymupdf: 'CO2 rose by 10-3 in a year.'
pypdfium2: 'CO2\r\n rose by 10-3 in a year.'
OUTPUT
