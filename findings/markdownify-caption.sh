#!/usr/bin/env bash
# markdownify makes no table of a table that has a caption, or column widths, unless its rows stand in <tbody> or <thead>.
#
# Version:    markdownify 1.2.3, read again with markdown-it-py 4.3.0
# Guess:      none was written down before it was first seen; a caption is a paragraph before the table, and a table without is as good
# Behaviour:  the line "| --- | --- |" comes only before a row that is the table's first child, or within <thead> or <tbody>. <caption>
#             and <colgroup> are children, too: the rows come out without that line, and Markdown reads a paragraph with bars in it,
#             all rows in one. HTML needs no <tbody>, and Python's parsers add none, as browsers do
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet markdownify==1.2.3 markdown-it-py==4.3.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from markdown_it import MarkdownIt
from markdownify import markdownify

ROWS = "<tr><th>Year</th><th>Tonnes</th></tr><tr><td>2025</td><td>12</td></tr>"
TABLES = {
    "rows alone": ROWS,
    "caption": f"<caption>Harvest</caption>{ROWS}",
    "colgroup": f"<colgroup><col><col></colgroup>{ROWS}",
    "caption, tbody": f"<caption>Harvest</caption><tbody>{ROWS}</tbody>",
}
for name, inner in TABLES.items():
    text = markdownify(f"<table>{inner}</table>").strip()
    is_table = "<table>" in MarkdownIt().enable("table").render(text)
    print(f"{name}: {text!r}, a table: {is_table}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
rows alone: '| Year | Tonnes |\n| --- | --- |\n| 2025 | 12 |', a table: True
caption: 'Harvest\n\n| Year | Tonnes |\n| 2025 | 12 |', a table: False
colgroup: '| Year | Tonnes |\n| 2025 | 12 |', a table: False
caption, tbody: 'Harvest\n\n| Year | Tonnes |\n| --- | --- |\n| 2025 | 12 |', a table: True
OUTPUT
