#!/usr/bin/env bash
# Where MuPDF puts the full stop of a Hebrew line depends on what else is in its text object.
#
# Version:    PyMuPDF 2.0 (MuPDF 1.28.5), pikepdf 10.18.0, fpdf2 2.8.9, pymupdf-fonts 1.0.5
# Guess:      BT and ET begin and end a text object and say nothing of the text: two lines read the
#             same in one of them as in two
# Behaviour:  the full stop is drawn first, as it stands at the left. A sign has no direction of its
#             own: MuPDF gives it that of the letters before it in the same object, be they of another
#             line, and from left to right if there are none. So it comes before the sentence in the
#             first line of each object. Whoever writes from right to left does well to put a page's
#             text into one object
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet \
  PyMuPDF==2.0 pikepdf==10.18.0 fpdf2==2.8.9 uharfbuzz==0.57.0 pymupdf-fonts==1.0.5 || exit 2
cd "$folder"
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
import re
from pathlib import Path

import pikepdf
import pymupdf
import pymupdf_fonts.FiraGO_Regular as firago
from fpdf import FPDF

LINES = ["ריצה עמידה", "עד הסוף."]
pdf = FPDF()
pdf.add_page()
Path("FiraGO.ttf").write_bytes(firago.fontbuffer)
pdf.add_font("FiraGO", fname="FiraGO.ttf")
pdf.set_font("FiraGO", size=14)
pdf.set_text_shaping(True)
for line in LINES:
    pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT")
pdf.output("two.pdf")

with pikepdf.open("two.pdf") as file:
    page = file.pages[0].Contents
    # Td moves from where the last one was, so Tm says where the second line is.
    second = lambda move: b" 1 0 0 1 " + move[1] + b" Tm"
    page.write(re.sub(rb" ET\s+BT ([\d.]+ [\d.]+) Td", second, page.read_bytes()))
    file.save("one.pdf")

for name in ("two.pdf", "one.pdf"):
    text = pymupdf.open(name)[0].get_text().split("\n")
    print(name, "full stop", "at the end" if LINES[1] in text else "in front")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
two.pdf full stop in front
one.pdf full stop at the end
OUTPUT
