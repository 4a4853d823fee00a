#!/usr/bin/env bash
# fpdf2's markdown=True makes 20102020 of "2010--2020" and "5 2 3" of "5 ** 2 ** 3": a mark that nothing ends is taken out, too.
#
# Version:    fpdf2 2.8.9, read again with pypdf 7.1.1
# Guess:      markdown=True: "2010--2020" keeps its dashes; "**a**" is bold, "__init__" is italic
# Behaviour:  the last two are so. Its page tells that -- underlines. Markdown has rules for where a mark may begin and end, and a mark
#             without its other is text; here each "--", "**", "__" and "~~" goes, within a word and between blanks, alone as well as
#             in pairs: a range of years becomes one number, a power a list of numbers, options of a command lose their dashes, and
#             all that follows is underlined. Escape each with a backslash, or write an en dash, before text of a model gets there
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet fpdf2==2.8.9 pypdf==7.1.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io

import pypdf
from fpdf import FPDF

for text in ["From 2010--2020 it grew.", "5 ** 2 ** 3 is 390625.", "Type --help", "my__name", "Kelp is **large**.", r"2010\--2020"]:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica")
    pdf.multi_cell(0, text=text, markdown=True)
    print(f"{text!r}: {pypdf.PdfReader(io.BytesIO(pdf.output())).pages[0].extract_text()!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
'From 2010--2020 it grew.': 'From 20102020 it grew.'
'5 ** 2 ** 3 is 390625.': '5  2  3 is 390625.'
'Type --help': 'Type help'
'my__name': 'myname'
'Kelp is **large**.': 'Kelp is large.'
'2010\\--2020': '2010--2020'
OUTPUT
