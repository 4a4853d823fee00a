#!/usr/bin/env bash
# readability-lxml takes small tables and lists of figures out of an article, and its sources, where they stand in a section of their own.
#
# Version:    readability-lxml 0.9, lxml-html-clean as it comes with it
# Guess:      summary(): a table, a figure's caption, footnotes and <dl> are kept
# Behaviour:  the second and fourth are so. Within the article, too, each <table>, <ul> and <section> with fewer than ten commas is
#             weighed as if it were an advertisement: under 25 characters, and it goes ("2020 | 60 cm", while the sentence that announces
#             it stays); a fifth of its text in links, and it goes: notes and sources in a <section>. The same words as a
#             paragraph stay, and so does the list of sources without its <section>. A heading that is a link goes, too. Who checks
#             whether a figure is on a page should look at the page's whole text
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet readability-lxml==0.9 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from readability import Document

PROSE = "<p>Kelp forests have been lost and have come back, say those who count them each summer, from boats, in the north.</p>"
SOURCES = "<h2>Sources</h2><ol><li>Smith, J. (2020). Growth. <a href='https://example.org/smith'>https://example.org/smith</a></li></ol>"
for what, part in {
    "small table": "<table><tr><td>2020</td><td>60 cm</td></tr><tr><td>2021</td><td>45 cm</td></tr></table>",
    "larger table": "<table><tr><th>Year</th><th>Growth</th></tr><tr><td>2020</td><td>60 cm a day</td></tr><tr><td>2021</td><td>45 cm</td></tr></table>",
    "short list": "<ul><li>60 cm</li><li>45 cm</li></ul>",
    "numbered list": "<ol><li>60 cm</li><li>45 cm</li></ol>",
    "paragraph": "<p>60 cm, 45 cm</p>",
    "sources": SOURCES.replace("Growth.", "45 cm."),
    "sources in a section": f"<section>{SOURCES.replace('Growth.', '45 cm.')}</section>",
    "heading": "<h2>45 cm a day</h2>",
    "heading that is a link": "<h2><a href='#growth'>45 cm a day</a></h2>",
}.items():
    page = f"<html><head><title>Kelp</title></head><body><article><h1>Kelp</h1>{PROSE * 3}{part}{PROSE}</article></body></html>"
    print(f"{what}: {'kept' if '45 cm' in Document(page).summary() else 'gone'}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
small table: gone
larger table: kept
short list: gone
numbered list: kept
paragraph: kept
sources: kept
sources in a section: gone
heading: kept
heading that is a link: gone
OUTPUT
