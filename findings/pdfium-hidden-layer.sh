#!/usr/bin/env bash
# PDFium gives the text of a layer that is switched off, and that it does not draw; MuPDF leaves it out.
#
# Version:    pypdfium2 5.15.2, PyMuPDF 2.0, pypdf 7.1.1, pdfminer.six 20260107; the file is written with reportlab 5.1.0 and pikepdf 10.18.0
# Guess:      PDFium, PyMuPDF and poppler leave a hidden layer out; pypdf and pdfminer have its text
# Behaviour:  right but for PDFium, which knows the layer (the picture of the page is without it) and reads it all the same. Drafts,
#             other languages of a leaflet, answers of a test and notes of a map stand in such layers: text that nobody who opens
#             the file sees is quoted from it as what the page says. The functions for text do not tell; compare with a picture,
#             or read with MuPDF where layers matter
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet pypdfium2==5.15.2 pymupdf==2.0 pypdf==7.1.1 pdfminer.six==20260107 reportlab==5.1.0 pikepdf==10.18.0 numpy==2.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io

import pikepdf, pymupdf, pypdf, pypdfium2
from pdfminer.high_level import extract_text
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

file = io.BytesIO()
canvas = Canvas(file, invariant=1)
canvas.setFont("Helvetica", 12)
canvas.drawString(72, 700, "The bridge is open.")
canvas.showPage()
canvas.save()
with pikepdf.open(io.BytesIO(file.getvalue())) as pdf:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Draft")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer])))
    page = pdf.pages[0]
    page.Resources.Properties = Dictionary(Draft=layer)
    page.contents_add(pdf.make_stream(b"/OC /Draft BDC BT /F1 12 Tf 72 680 Td (The bridge is closed.) Tj ET EMC"))
    written = io.BytesIO()
    pdf.save(written)
data = written.getvalue()
document = pypdfium2.PdfDocument(data)
picture = document[0].render(grayscale=True).to_numpy()
print("dark pixels of the hidden line in PDFium's picture:", int((picture[842 - 695 : 842 - 675] < 128).sum()))
print("dark pixels of the other line:", bool((picture[842 - 715 : 842 - 695] < 128).sum()))
for name, text in {
    "pypdfium2": document[0].get_textpage().get_text_range(),
    "PyMuPDF": pymupdf.open(stream=data)[0].get_text(),
    "pypdf": pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text(),
    "pdfminer.six": extract_text(io.BytesIO(data)),
}.items():
    print(f"{name}: {text.split(chr(10))}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
dark pixels of the hidden line in PDFium's picture: 0
dark pixels of the other line: True
pypdfium2: ['The bridge is open.\r', 'The bridge is closed.']
PyMuPDF: ['The bridge is open.', '']
pypdf: ['The bridge is open.', 'The bridge is closed.']
pdfminer.six: ['The bridge is open.', '', 'The bridge is closed.', '', '\x0c']
OUTPUT
