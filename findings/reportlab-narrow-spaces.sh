#!/usr/bin/env bash
# ReportLab breaks a line at spaces that forbid it (U+202F, U+2007), and writes each as an ordinary space.
#
# Version:    reportlab 5.1.0, read again with pypdf 7.1.1
# Guess:      Paragraph: U+00A0 is never broken at and stays U+00A0; U+202F the same; U+2009 stays a thin space; U+00AD is not seen unless
#             the line is broken there
# Behaviour:  the first and last are so. Words are what str.split() leaves, and of what Python takes for white space U+00A0 alone is
#             spared: the narrow no-break space of French and of ISO's "10 000 km" (babel and CLDR write it), the figure space and the
#             word's thin spaces all become U+0020, and "10" ends a line whose next begins with "000 km". The glyph is in many
#             fonts, so no box tells. Replace U+202F and U+2007 by U+00A0 before
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet reportlab==5.1.0 pypdf==7.1.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io
import unicodedata

import pypdf
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate

STYLE = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=12)
for character in "\u00a0\u202f\u2007\u2009\u00ad":
    file = io.BytesIO()
    document = SimpleDocTemplate(file, pagesize=(200, 300), leftMargin=20, rightMargin=20)
    document.build([Paragraph(f"The whole of the way is some 10{character}000 km", STYLE), Paragraph(f"10{character}000 km", STYLE)])
    lines = pypdf.PdfReader(file).pages[0].extract_text().splitlines()
    print(f"{unicodedata.name(character)}: {ascii([line.strip() for line in lines])}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
NO-BREAK SPACE: ['The whole of the way is some', '10 000 km', '10 000 km']
NARROW NO-BREAK SPACE: ['The whole of the way is some 10', '000 km', '10 000 km']
FIGURE SPACE: ['The whole of the way is some 10', '000 km', '10 000 km']
THIN SPACE: ['The whole of the way is some 10', '000 km', '10 000 km']
SOFT HYPHEN: ['The whole of the way is some 10-', '000 km', '10000 km']
OUTPUT
