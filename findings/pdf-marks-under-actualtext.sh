#!/usr/bin/env bash
# PDFium loses words that have ActualText where one of them has a language, too, or gives the text two or three times.
#
# Version:    pypdfium2 5.15.2, PyMuPDF 2.0; the file is written with pikepdf 10.18.0
# Guess:      nested ActualText: the outer one alone; ActualText over two lines: once, at the first (in poppler, pdfium, pymupdf)
# Behaviour:  a marked sequence in the one with ActualText, be it for a language or an artifact, is usual in tagged PDF, and changes
#             nothing of what the text is. PDFium takes the innermost mark alone: all text in one is dropped, and
#             each piece around one brings the whole ActualText again. MuPDF spreads the text over the glyphs: across lines it
#             breaks in the middle of a word. A writer should end ActualText before another mark begins, and at each line's end
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet \
    pypdfium2==5.15.2 pymupdf==2.0 pikepdf==10.18.0 || exit 2
"$folder/venv/bin/python" - "$folder/marks.pdf" <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import sys

import pikepdf, pymupdf, pypdfium2
from pikepdf import Dictionary, Name

TEXT = "/Span <</ActualText (giant kelp)>> BDC"
LINES = {
    "no other mark": f"{TEXT} (XXXX YYYY) Tj EMC",
    "all in a language": f"{TEXT} /Span <</Lang (de)>> BDC (XXXX YYYY) Tj EMC EMC",
    "a word in a language": f"{TEXT} (XX ) Tj /Span <</Lang (de)>> BDC (YYYY) Tj EMC ( ZZ) Tj EMC",
    "an artifact": f"{TEXT} (XX ) Tj /Artifact BMC (-) Tj EMC ( ZZ) Tj EMC",
    "two lines": f"{TEXT} (XX) Tj 0 -12 Td (YY) Tj EMC",
}
pdf = pikepdf.new()
font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
for line in LINES.values():
    page = pdf.add_blank_page(page_size=(300, 200))
    page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
    page.obj.Contents = pdf.make_stream(f"BT /F1 10 Tf 20 100 Td (a ) Tj {line} ( b) Tj ET".encode())
pdf.Root.MarkInfo = Dictionary(Marked=True)
pdf.Root.Lang = "en"
pdf.save(sys.argv[1])
for place, name in enumerate(LINES):
    print(f"{name}:")
    print("  PDFium", repr(pypdfium2.PdfDocument(sys.argv[1])[place].get_textpage().get_text_range()))
    print("  MuPDF ", repr(pymupdf.open(sys.argv[1])[place].get_text().rstrip("\n")))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
no other mark:
  PDFium 'a giant kelp b'
  MuPDF  'a giant kelp b'
all in a language:
  PDFium 'a b'
  MuPDF  'a giant kelp b'
a word in a language:
  PDFium 'a giant kelpgiant kelp b'
  MuPDF  'a giant kelp b'
an artifact:
  PDFium 'a giant kelpgiant kelpgiant kelp b'
  MuPDF  'a giant kelp b'
two lines:
  PDFium 'a giant kelp\r\n b'
  MuPDF  'a gi\nant kelp b'
OUTPUT
