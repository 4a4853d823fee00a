#!/usr/bin/env bash
# No order of a Hebrew line with an English word in it is copied rightly by both MuPDF and pdf.js.
#
# Version:    PyMuPDF 2.0, pypdf 6.14.2, pypdfium2 5.15.2, pdfjs-dist 4.10.38, fpdf2 2.8.9
# Guess:      some readers go by the order in the content stream and some by the place on the page;
#             written in the order in which it is read, a line is right for all of them
# Behaviour:  PyMuPDF and pypdf go by the stream: drawn from left to right, the last word comes
#             first. pdf.js knows a space by the gap to what is on its left, and drops the glyphs of
#             spaces: in reading order each word is to the left of the last, and they come as one.
#             PDFium reads both. One has to choose; a tagged PDF is read aloud in the stream's order
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet \
  PyMuPDF==2.0 pypdf==6.14.2 pypdfium2==5.15.2 fpdf2==2.8.9 pymupdf-fonts==1.0.5 || exit 2
cd "$folder"
npm install --silent --no-fund --no-audit pdfjs-dist@4.10.38 >/dev/null 2>&1 || exit 2
cat >read.mjs <<'PROGRAM'
import { readFileSync } from "node:fs";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
const data = new Uint8Array(readFileSync(process.argv[2]));
const page = await (await getDocument({ data, verbosity: 0 }).promise).getPage(1);
console.log((await page.getTextContent()).items.map((item) => item.str).join(""));
PROGRAM
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
import subprocess
from pathlib import Path

import pymupdf
import pymupdf_fonts.FiraGO_Regular as firago
import pypdf
import pypdfium2
from fpdf import FPDF

WORDS = ["מערכת", "Temporal", "שומרת"]
Path("FiraGO.ttf").write_bytes(firago.fontbuffer)


def draw(name, places):
    pdf = FPDF()
    pdf.add_page()
    pdf.add_font("FiraGO", fname="FiraGO.ttf")
    pdf.set_font("FiraGO", size=14)
    space, right = pdf.get_string_width(" "), 150
    drawn = []  # from right to left: each word, then the space behind it
    for word in WORDS:
        for text in (word, " ") if word is not WORDS[-1] else (word,):
            right -= space if text == " " else pdf.get_string_width(text)
            drawn.append((right, text))
    for x, text in places(drawn):
        pdf.text(x, 30, text if text.isascii() else text[::-1])  # glyphs from left to right
    pdf.output(name)


def verdict(text):
    if " ".join(text.split()) == " ".join(WORDS):
        return "as it is read"
    if text.split() == WORDS[::-1]:
        return "the last word first"
    return "no spaces" if text.strip() == "".join(WORDS) else repr(text)


for order, places in (("left to right", sorted), ("as it is read", list)):
    draw("line.pdf", places)
    node = subprocess.run(["node", "read.mjs", "line.pdf"], capture_output=True, text=True)
    print(
        f"drawn {order}:",
        f"PyMuPDF {verdict(pymupdf.open('line.pdf')[0].get_text())};",
        f"pypdf {verdict(pypdf.PdfReader('line.pdf').pages[0].extract_text())};",
        f"PDFium {verdict(pypdfium2.PdfDocument('line.pdf')[0].get_textpage().get_text_range())};",
        f"pdf.js {verdict(node.stdout)}",
    )
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
drawn left to right: PyMuPDF the last word first; pypdf the last word first; PDFium as it is read; pdf.js as it is read
drawn as it is read: PyMuPDF as it is read; pypdf as it is read; PDFium as it is read; pdf.js no spaces
OUTPUT
