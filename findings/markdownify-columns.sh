#!/usr/bin/env bash
# markdownify moves figures into other columns: below a cell of two rows, and beside a cell with a bar in it.
#
# Version:    markdownify 1.2.3, read again with markdown-it-py 4.3.0
# Guess:      <td>a|b</td>: pipe escaped; <td rowspan=2>: the next row gets an empty cell; <td colspan=2>: an empty cell after it
# Behaviour:  the third is so. A cell of two rows takes no place in the second: what stands there moves one column to the left,
#             under another heading, and the last column is empty. A bar in a cell ends it: a program that reads the table again
#             loses the cell's rest or the last column. What Word merges downwards comes as rowspan from mammoth. Whoever reads
#             tables for figures has to repeat such cells and to write bars as &#124; before
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet markdownify==1.2.3 markdown-it-py==4.3.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from markdown_it import MarkdownIt
from markdownify import markdownify

HEAD = "<tr><th>Place</th><th>Year</th><th>Area</th></tr>"
TABLES = {
    "a cell of two columns": '<tr><td colspan="2">Chile, 2024</td><td>40</td></tr>',
    "a cell of two rows": '<tr><td rowspan="2">Chile</td><td>2024</td><td>40</td></tr><tr><td>2025</td><td>55</td></tr>',
    "a bar in a cell": "<tr><td>Chile|South</td><td>2024</td><td>40</td></tr>",
}
for name, rows in TABLES.items():
    markdown = markdownify(f"<table>{HEAD}{rows}</table>").strip()
    print(f"{name}:", markdown.split("\n", 2)[2].replace("\n", " / "))
    tokens = MarkdownIt().enable("table").parse(markdown)
    cells = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "td_open"]
    for row in range(0, len(cells), 3):
        print("  Place = {!r}, Year = {!r}, Area = {!r}".format(*cells[row : row + 3]))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
a cell of two columns: | Chile, 2024 | | 40 |
  Place = 'Chile, 2024', Year = '', Area = '40'
a cell of two rows: | Chile | 2024 | 40 | / | 2025 | 55 |
  Place = 'Chile', Year = '2024', Area = '40'
  Place = '2025', Year = '55', Area = ''
a bar in a cell: | Chile|South | 2024 | 40 |
  Place = 'Chile', Year = 'South', Area = '2024'
OUTPUT
