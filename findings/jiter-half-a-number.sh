#!/usr/bin/env bash
# jiter holds back half a word of a JSON text that is still coming, and hands out half a number: 12 of 1200, 1 of 1.5 million.
#
# Version:    jiter 0.19.0 (what pydantic and OpenAI's client read JSON with)
# Guess:      partial_mode=True on a JSON text that ends in a number: the number is left out, as a string is that has no end yet
# Behaviour:  "tru" and a string without its quote are left out, "1." too; a number that may go on is given as if it were whole. A
#             program that shows, checks or acts on arguments of a tool while they stream sees 1, 12, 120 and 1200 one
#             after another, each as valid as the last. Only a comma, a bracket or the end of the stream tells: leave the last value out
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet jiter==0.19.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from jiter import from_json

for text in (
    '{"name": "kelp", "species": "Macro',
    '{"name": "kelp", "is_farmed": tru',
    '{"name": "kelp", "tonnes": 12',
    '{"name": "kelp", "tonnes": 1200',
    '{"name": "kelp", "tonnes": 1.',
    '{"name": "kelp", "tonnes": 1.5e',
    '{"name": "kelp", "tonnes": -',
    '[2019, 202',
):
    print(text, "->", from_json(text.encode(), partial_mode=True))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
{"name": "kelp", "species": "Macro -> {'name': 'kelp'}
{"name": "kelp", "is_farmed": tru -> {'name': 'kelp'}
{"name": "kelp", "tonnes": 12 -> {'name': 'kelp', 'tonnes': 12}
{"name": "kelp", "tonnes": 1200 -> {'name': 'kelp', 'tonnes': 1200}
{"name": "kelp", "tonnes": 1. -> {'name': 'kelp'}
{"name": "kelp", "tonnes": 1.5e -> {'name': 'kelp'}
{"name": "kelp", "tonnes": - -> {'name': 'kelp'}
[2019, 202 -> [2019, 202]
OUTPUT
