#!/usr/bin/env bash
# python-bidi has two get_display(), and both turn the brackets of an English word in Hebrew the wrong way, each in its own.
#
# Version:    python-bidi 0.6.12
# Guess:      "שלום (Temporal) 2.0" comes in order by the Unicode rules, "2.0 (Temporal)" and the word reversed; each line of a text
#             is a paragraph of its own, and stays a line (written for bidi.algorithm; the other was run after it)
# Behaviour:  bidi.get_display knows pairs of brackets (rule N0 of UAX 9) and mirrors none (rule L4), so that they open to the outside.
#             bidi.algorithm.get_display mirrors and knows no pairs, so that one bracket goes to the word's other side. Of two lines, the
#             first puts the line's end before the line, so that both run together; the second has one direction for all lines, so that
#             the exclamation mark of an English line comes first. Single lines of one direction are right in both
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet python-bidi==0.6.12 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import bidi
import bidi.algorithm

for name, get_display in (("bidi", bidi.get_display), ("bidi.algorithm", bidi.algorithm.get_display)):
    for text in ("שלום (Temporal) 2.0", "(kelp) alga!", "שלום\nkelp, alga!"):
        print(f"{name}: {ascii(get_display(text))}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
bidi: '2.0 )Temporal( \u05dd\u05d5\u05dc\u05e9'
bidi: '(kelp) alga!'
bidi: '\n\u05dd\u05d5\u05dc\u05e9kelp, alga!'
bidi.algorithm: 'Temporal) 2.0) \u05dd\u05d5\u05dc\u05e9'
bidi.algorithm: '(kelp) alga!'
bidi.algorithm: '\u05dd\u05d5\u05dc\u05e9\n!kelp, alga'
OUTPUT
