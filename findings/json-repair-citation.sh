#!/usr/bin/env bash
# json_repair takes a citation like [1] in a model's prose for JSON, and of a number with its unit keeps the number.
#
# Version:    json-repair 0.64.6
# Guess:      an answer with "[1]" in its prose before the JSON: the JSON only. None was written down for units before they were seen
# Behaviour:  the result is a list whose first item is [1], so the object that a schema asks for is no object; prose without any JSON
#             but with a citation is the list [1], not an error. "60 cm" and "5%" are the numbers 60 and 5, "10:30" is 10: other units,
#             and a schema with a number accepts them. A date, a fraction and "1,000" become text
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet json-repair==0.64.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import json_repair

for answer in (
    'The claim is: {"rate": 60}',
    'As source [1] says: {"rate": 60}',
    "It grows fast [1].",
    "It grows fast.",
    '{"rate": 60 cm}',
    '{"share": 5%}',
    '{"ebb": 10:30}',
    '{"day": 2026-11-29}',
    '{"part": 1/2}',
    '{"price": 1,000}',
):
    print(f"{answer} => {json_repair.loads(answer)!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
The claim is: {"rate": 60} => {'rate': 60}
As source [1] says: {"rate": 60} => [[1], {'rate': 60}]
It grows fast [1]. => [1]
It grows fast. => ''
{"rate": 60 cm} => {'rate': 60}
{"share": 5%} => {'share': 5}
{"ebb": 10:30} => {'ebb': 10}
{"day": 2026-11-29} => {'day': '2026-11-29'}
{"part": 1/2} => {'part': '1/2'}
{"price": 1,000} => {'price': '1,000'}
OUTPUT
