#!/usr/bin/env bash
# A hyphen at a line's end of a PDF comes out as "-", as U+FFFE or as U+0002: PDFium has two answers for one page.
#
# Version:    pypdf 7.1.1, pypdfium2 5.15.2, pdfminer.six 20260107, pymupdf 2.0; the file is written with reportlab 5.1.0
# Guess:      a hyphen before a line break: "-" in PDFium, too; a soft hyphen: kept by pypdf and pymupdf, joined by PDFium
# Behaviour:  a hyphen is "-" and a line break in all but PDFium. That joins the lines and sets U+FFFE, which is no character, in its place by
#             get_text_range(), a control character by get_text_bounded(), though "-" is on the page; between digits it keeps "-".
#             A search for "U-Boot" or "well-known" finds nothing, and whoever removes such characters gets "UBoot". A soft hyphen is the
#             same in PDFium, U+00AD in pypdf, "-" in pymupdf, and nothing but a space in pdfminer.six
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet reportlab==5.1.0 pypdf==7.1.1 pypdfium2==5.15.2 pdfminer.six==20260107 pymupdf==2.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io

import pymupdf, pypdf, pypdfium2
from pdfminer.high_level import extract_text
from reportlab.pdfgen.canvas import Canvas

LINES = ("An impor-", "tant, well-", "known U-", "Boot of 2019-", "2021, and a sub\xad", "marine.")
file = io.BytesIO()
canvas = Canvas(file, invariant=1)
text = canvas.beginText(72, 700)
text.setFont("Helvetica", 12, 14)
for line in LINES:
    text.textLine(line)
canvas.drawText(text)
canvas.save()
data = file.getvalue()
page = pypdfium2.PdfDocument(data)[0].get_textpage()
for name, found in {
    "pypdf": pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text(),
    "pdfminer.six": extract_text(io.BytesIO(data)),
    "pymupdf": pymupdf.open(stream=data)[0].get_text(),
    "pypdfium2, get_text_range": page.get_text_range(),
    "pypdfium2, get_text_bounded": page.get_text_bounded(),
}.items():
    print(f"{name}: {ascii(found.strip())}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
pypdf: 'An impor-\ntant, well-\nknown U-\nBoot of 2019-\n2021, and a sub\xad\nmarine.'
pdfminer.six: 'An impor-\ntant, well-\nknown U-\nBoot of 2019-\n2021, and a sub \nmarine.'
pymupdf: 'An impor-\ntant, well-\nknown U-\nBoot of 2019-\n2021, and a sub-\nmarine.'
pypdfium2, get_text_range: 'An impor\ufffetant, well\ufffeknown U\ufffeBoot of 2019-\r\n2021, and a sub\ufffemarine.'
pypdfium2, get_text_bounded: 'An impor\x02tant, well\x02known U\x02Boot of 2019-\r\n2021, and a sub\x02marine.'
OUTPUT
