#!/usr/bin/env bash
# A layer that is switched off is on the page when the page is copied to another PDF, by pypdf, pikepdf or PyMuPDF.
#
# Version:    pypdf 7.1.1, pikepdf 10.18.0, PyMuPDF 2.0, pypdfium2 5.15.2; written with reportlab 5.1.0
# Guess:      copying pages loses page labels, the outline (pypdf keeps that one) and the structure tree. None was written down for layers
#             before it was first seen; taken for granted that a page looks the same
# Behaviour:  which layers are off stands in the document, not on the page (OCProperties). The usual ways to put a cover before a file,
#             or to join two, copy pages and the layers' names, without that: drafts, a second language or a test's answers are
#             drawn over what was seen, by all readers, with no warning. pypdf's clone_from keeps it: start from the file with
#             layers, and add the others' pages to it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet pypdf==7.1.1 pikepdf==10.18.0 pymupdf==2.0 pypdfium2==5.15.2 reportlab==5.1.0 numpy==2.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io

import pikepdf, pymupdf, pypdf, pypdfium2
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

file = io.BytesIO()
canvas = Canvas(file, invariant=1)
canvas.setFont("Helvetica", 12)
canvas.drawString(72, 700, "What is seven times eight?")
canvas.showPage()
canvas.save()
with pikepdf.open(io.BytesIO(file.getvalue())) as pdf:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Answers")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer])))
    pdf.pages[0].Resources.Properties = Dictionary(Answers=layer)
    pdf.pages[0].contents_add(pdf.make_stream(b"/OC /Answers BDC BT /F1 12 Tf 72 680 Td (Fifty-six.) Tj ET EMC"))
    written = io.BytesIO()
    pdf.save(written)
original = written.getvalue()


def saved(save):
    target = io.BytesIO()
    save(target)
    return target.getvalue()


by_pypdf = pypdf.PdfWriter()
by_pypdf.append(io.BytesIO(original))
by_pikepdf = pikepdf.new()
by_pikepdf.pages.extend(pikepdf.open(io.BytesIO(original)).pages)
by_pymupdf = pymupdf.open()
by_pymupdf.insert_pdf(pymupdf.open(stream=original))
for name, data in {
    "as written": original,
    "pypdf append": saved(by_pypdf.write),
    "pypdf clone_from": saved(pypdf.PdfWriter(clone_from=io.BytesIO(original)).write),
    "pikepdf pages.extend": saved(by_pikepdf.save),
    "PyMuPDF insert_pdf": by_pymupdf.tobytes(),
}.items():
    picture = pypdfium2.PdfDocument(data)[0].render(grayscale=True).to_numpy()
    pixels = pymupdf.open(stream=data)[0].get_pixmap(clip=(0, 147, 595, 167), colorspace="gray").samples
    print(f"{name}: the answer is drawn by PDFium {bool((picture[147:167] < 128).any())}, by MuPDF {min(pixels) < 128}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
as written: the answer is drawn by PDFium False, by MuPDF False
pypdf append: the answer is drawn by PDFium True, by MuPDF True
pypdf clone_from: the answer is drawn by PDFium False, by MuPDF False
pikepdf pages.extend: the answer is drawn by PDFium True, by MuPDF True
PyMuPDF insert_pdf: the answer is drawn by PDFium True, by MuPDF True
OUTPUT
