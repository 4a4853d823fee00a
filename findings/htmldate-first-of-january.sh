#!/usr/bin/env bash
# htmldate, and trafilatura with it, date an undated page by any number in its text that could be a year: 1 January of it.
#
# Version:    htmldate 1.11.0
# Guess:      "2023年3月4日" as the page's date: 2023-03-04; "March 2023": None or 2023-03-01; a year in the footer is not taken where
#             there is another date. None was written down for a number in the prose before it was first seen
# Behaviour:  a price, a room's number or a harvest's year in a sentence becomes "1999-01-01", in the form of a full date, which
#             nothing tells from one that was read. So do the Japanese date and "March 2023", which lose what they have. In a list of
#             sources it looks exact. extensive_search=False gives None for these, and for most written dates of other languages, too
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet htmldate==1.11.0 lxml==6.1.3 lxml-html-clean==0.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from htmldate import find_date

SENTENCE = "<p>Giant kelp grows fast in cold water, and it is cut several times a year.</p>"
PAGES = {
    "no number": "",
    "prose": "<p>The harvest of 2019 was the best.</p>",
    "price": "<p>A boat was sold for 1999 dollars.</p>",
    "room": "<p>Ask for it in room 2015.</p>",
    "Japanese": '<span class="date">2023年3月4日</span>',
    "Korean": '<span class="date">2023년 3월 4일</span>',
    "month": '<span class="date">March 2023</span>',
    "digits": '<span class="date">04.03.2023</span>',
}
for name, more in PAGES.items():
    page = f"<html><head><title>Kelp</title></head><body><h1>Kelp</h1>{SENTENCE * 3}{more}</body></html>"
    print(f"{name}: {find_date(page)}, not extensive: {find_date(page, extensive_search=False)}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
no number: None, not extensive: None
prose: 2019-01-01, not extensive: None
price: 1999-01-01, not extensive: None
room: 2015-01-01, not extensive: None
Japanese: 2023-01-01, not extensive: None
Korean: 2023-03-04, not extensive: None
month: 2023-01-01, not extensive: None
digits: 2023-03-04, not extensive: 2023-03-04
OUTPUT
