#!/usr/bin/env bash
# dateparser takes "1990s" for 1990 seconds ago, 12.5 for the fifth of December and 2.75 for February 1975.
#
# Version:    dateparser 1.5.0
# Guess:      parse("12.5") None, parse("5 km") None, parse("2023-2024") None; search_dates("Sales rose to 12.5 in the 1990s and 2.75 in
#             May"): the decade or May only
# Behaviour:  the second and third are so. A decimal figure is day and month, or month and year; a decade is a duration, in
#             STRICT_PARSING, too, which refuses the figures. search_dates() begins in the middle of a figure: of "12.5 in the 1990s and
#             2.75" it reports "5 in the 1990s and 2" as a time half an hour ago, and of the rest "75 in May" as May 1975. Who looks for
#             dates in a report's sentences, or passes a table's cell to parse(), gets dates for figures
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet dateparser==1.5.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from datetime import datetime

import dateparser
from dateparser.search import search_dates

NOW = {"RELATIVE_BASE": datetime(2026, 11, 29, 12)}
for text in ["12.5", "2.75", "1990s", "5 km", "2023-2024"]:
    strict = dateparser.parse(text, languages=["en"], settings=NOW | {"STRICT_PARSING": True})
    print(f"{text}: {dateparser.parse(text, languages=['en'], settings=NOW)}, strict: {strict}")
for text in ["Sales rose to 12.5 in the 1990s and 2.75 in May.", "It rose in May 2023."]:
    print(text, [(words, str(date)) for words, date in search_dates(text, languages=["en"], settings=NOW)])
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
12.5: 2026-12-05 00:00:00, strict: None
2.75: 1975-02-28 00:00:00, strict: None
1990s: 2026-11-29 11:26:50, strict: 2026-11-29 11:26:50
5 km: None, strict: None
2023-2024: None, strict: None
Sales rose to 12.5 in the 1990s and 2.75 in May. [('5 in the 1990s and 2', '2026-11-29 11:26:50'), ('75 in May', '1975-05-29 00:00:00')]
It rose in May 2023. [('in May 2023', '2023-05-29 00:00:00')]
OUTPUT
