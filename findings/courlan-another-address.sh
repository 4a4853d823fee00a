#!/usr/bin/env bash
# courlan.clean_url makes another page's address of a good one: at the Web Archive, in a repository, of a DOI, with ";" in it.
#
# Version:    courlan 1.4.0
# Guess:      utm_ parameters go, `ref` perhaps, and the rest stays; a Web Archive address is unchanged. None was written down for the
#             last three before they were first seen
# Behaviour:  the first is so. "//" within a path becomes "/", an address in a parameter takes the place of the whole, `ref`,
#             `source` and `medium` go though they choose what is shown (?ref=main, ?medium=oil), a DOI is cut at its "<", and ";"
#             and "+" are encoded, by which two parameters become one. Who stores what clean_url returns cites a page that is another
#             or is none: keep the original beside it, and use the clean one to compare only
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet courlan==1.4.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from courlan import clean_url

for address in (
    "https://example.org/kelp?id=5&utm_source=mail",
    "https://web.archive.org/web/2020/https://example.org/kelp",
    "https://example.org/login?redirect=https://example.org/kelp",
    "https://example.org/kelp/farm.md?ref=main",
    "https://example.org/paintings?medium=oil",
    "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
    "https://example.org/map?x=1;y=2",
    "https://example.org/c++",
):
    print(clean_url(address))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
https://example.org/kelp?id=5
https://web.archive.org/web/2020/https:/example.org/kelp
https://example.org/kelp
https://example.org/kelp/farm.md
https://example.org/paintings
https://doi.org/10.1002/%28SICI%291097-0258%2819980815/30%2917:15/16
https://example.org/map?x=1%3By%3D2
https://example.org/c%2B%2B
OUTPUT
