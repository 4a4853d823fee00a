#!/usr/bin/env bash
# MarkItDown changes a spreadsheet's figures: counts get ".0", "007" is 7.0, "NA" and "None" are NaN, 12.5 % is 0.125.
#
# Version:    markitdown[xlsx] 0.1.9, pandas 3.1.1; the file is written with openpyxl 3.1.5
# Guess:      xlsx with MarkItDown: dates in ISO form; percentages as bare numbers; an empty cell is empty; a bar in a cell is escaped in
#             csv, and so in xlsx
# Behaviour:  dates get a time, an empty cell is the word NaN, and makes all whole numbers of its column decimal ones. Cells of text are
#             read as numbers ("007", a code, becomes 7.0), and texts such as NA (Namibia) and None as empty. A bar is escaped in
#             csv alone, in xlsx it makes a column more; a line break is the two characters \\n. A model that is asked about
#             the file sees none of what was written: read cells with openpyxl, where their types matter
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet "markitdown[xlsx]==0.1.9" openpyxl==3.1.5 pandas==3.1.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import datetime, io

import openpyxl
from markitdown import MarkItDown

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Farms"
for row in [
    ["Country", "Farm", "Founded", "Tonnes", "Share", "Note"],
    ["NO", "017", datetime.date(2020, 1, 2), 12345678, 0.125, "kelp|dulse"],
    ["NA", "018", datetime.date(2021, 3, 4), None, 0.25, "two\nlines"],
    ["IE", "None", datetime.date(2022, 5, 6), 400, 0.5, "1e5"],
]:
    sheet.append(row)
for cell in sheet["E"][1:]:
    cell.number_format = "0.0%"
file = io.BytesIO()
book.save(file)
file.seek(0)
print(MarkItDown().convert_stream(file, file_extension=".xlsx").markdown)
print(MarkItDown().convert_stream(io.BytesIO(b"Note,Farm\nkelp|dulse,017\n"), file_extension=".csv").markdown)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
## Farms
| Country | Farm | Founded | Tonnes | Share | Note |
| --- | --- | --- | --- | --- | --- |
| NO | 17.0 | 2020-01-02 | 12345678.0 | 0.125 | kelp|dulse |
| NaN | 18.0 | 2021-03-04 | NaN | 0.250 | two\nlines |
| IE | NaN | 2022-05-06 | 400.0 | 0.500 | 1e5 |
| Note | Farm |
| --- | --- |
| kelp\|dulse | 017 |
OUTPUT
