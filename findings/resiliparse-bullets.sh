#!/usr/bin/env bash
# Resiliparse takes each bullet list for navigation that is less than three elements below <body>, and leaves out each date in <time>.
#
# Version:    resiliparse 2.0.1
# Guess:      extract_plain_text(main_content=True): lists with bullets, table cells apart, footnotes kept
# Behaviour:  the last two are so. Whether a <ul> is in the text depends on how deep it is: in <main><article>, the plainest page there is,
#             it is gone, of any length and without a link in it, and around it one <div> more brings it back; a numbered list is always
#             there. "On <time>1 June</time> it" is "On it" everywhere. Pages of facts lose what they list, and the sentence
#             before the list, "three figures were taken:", ends in nothing. Without main_content all of it is there: look in both
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet resiliparse==2.0.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from resiliparse.extract.html2text import extract_plain_text

PROSE = "<p>Kelp forests have been lost and have come back, say those who count them each summer, from boats, in the north.</p>"
ITEMS = "<li>60 cm a day at the best place, as a diver has measured each summer with a rope that has marks on it</li><li>45 cm</li>"
for around in (["article"], ["main", "article"], ["div", "main", "article"], ["div", "div", "main", "article"]):
    begin, end = ("".join(f"<{slash}{name}>" for name in names) for slash, names in (("", around), ("/", around[::-1])))
    found = []
    for what in (f"<ul>{ITEMS}</ul>", f"<ol>{ITEMS}</ol>", "<p>It was <time>45 cm</time>.</p>"):
        page = f"<html><head><title>Kelp</title></head><body>{begin}<h1>Kelp</h1>{PROSE}{what}{PROSE}{end}</body></html>"
        assert "45 cm" in extract_plain_text(page)
        found.append(f"{what[:4]} {'45 cm' in extract_plain_text(page, main_content=True)}")
    print(f"<body>{begin}: {found[0]}, {found[1]}, <time> {found[2].split()[-1]}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
<body><article>: <ul> False, <ol> True, <time> False
<body><main><article>: <ul> False, <ol> True, <time> False
<body><div><main><article>: <ul> True, <ol> True, <time> False
<body><div><div><main><article>: <ul> True, <ol> True, <time> False
OUTPUT
