#!/usr/bin/env bash
# Marko strikes out half of "from ~5 to ~10 km", where the tilde means "about"; and a table needs an empty line before it.
#
# Version:    marko 2.2.4 (its GFM), cmarkgfm 2025.10.22 (GitHub's own parser), markdown-it-py 4.3.0
# Guess:      single tildes strike out in cmarkgfm only; "~5 to ~10 km" is text in all, "text\n| a | b |" and so on a table in all
# Behaviour:  the specification lets one tilde or two strike out, where they open and close as asterisks do, so that a tilde after a
#             space closes nothing. Marko takes any next one: what models write for "about" strikes the lower figure out. A table
#             that follows a paragraph's line at once, as models often write it, is a table for GitHub and markdown-it-py and
#             one paragraph with bars for Marko, all rows in it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet marko==2.2.4 cmarkgfm==2025.10.22 markdown-it-py==4.3.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import cmarkgfm
from marko.ext.gfm import gfm
from markdown_it import MarkdownIt

READERS = {
    "marko": gfm.convert,
    "cmarkgfm": cmarkgfm.github_flavored_markdown_to_html,
    "markdown-it-py": MarkdownIt("commonmark").enable(["table", "strikethrough"]).render,
}
for text in [
    "It grows from ~5 to ~10 km.",
    "It costs ~$5 (~4 euros).",
    "It grows ~~slowly~~ fast.",
    "The figures:\n| year | km |\n| --- | --- |\n| 2020 | 5 |",
]:
    print(repr(text))
    for name, read in READERS.items():
        print(f"    {name}: {read(text).strip()!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
'It grows from ~5 to ~10 km.'
    marko: '<p>It grows from <del>5 to </del>10 km.</p>'
    cmarkgfm: '<p>It grows from ~5 to ~10 km.</p>'
    markdown-it-py: '<p>It grows from ~5 to ~10 km.</p>'
'It costs ~$5 (~4 euros).'
    marko: '<p>It costs <del>$5 (</del>4 euros).</p>'
    cmarkgfm: '<p>It costs ~$5 (~4 euros).</p>'
    markdown-it-py: '<p>It costs ~$5 (~4 euros).</p>'
'It grows ~~slowly~~ fast.'
    marko: '<p>It grows <del>slowly</del> fast.</p>'
    cmarkgfm: '<p>It grows <del>slowly</del> fast.</p>'
    markdown-it-py: '<p>It grows <s>slowly</s> fast.</p>'
'The figures:\n| year | km |\n| --- | --- |\n| 2020 | 5 |'
    marko: '<p>The figures:\n| year | km |\n| --- | --- |\n| 2020 | 5 |</p>'
    cmarkgfm: '<p>The figures:</p>\n<table>\n<thead>\n<tr>\n<th>year</th>\n<th>km</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>2020</td>\n<td>5</td>\n</tr>\n</tbody>\n</table>'
    markdown-it-py: '<p>The figures:</p>\n<table>\n<thead>\n<tr>\n<th>year</th>\n<th>km</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>2020</td>\n<td>5</td>\n</tr>\n</tbody>\n</table>'
OUTPUT
