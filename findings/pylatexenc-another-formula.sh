#!/usr/bin/env bash
# pylatexenc's text of a formula is another formula: (a+b)/2 becomes a+b/2, a cube root a square root, and ≠ nothing.
#
# Version:    pylatexenc 2.11
# Guess:      \frac{a+b}{2} -> (a+b)/2; \sqrt{x+1} -> √(x+1); x^{10} -> x^10; \text{50\%} -> 50%
# Behaviour:  the last three are so. A root's content gets brackets, a fraction's parts get none, nor does an exponent: \frac{1}{2x} is
#             "1/2x", e^{-x/2} is "e^-x/2". The index of a root, a bar over two letters and \tfrac's line are gone, \binom{n}{k} is "nk",
#             and \ne, which it does not know, is left out without a sign, where \neq is "≠". It is written for searching and
#             plain text; who shows it to a reader, or to a model, or reads it aloud, states something else
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet pylatexenc==2.11 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from pylatexenc.latex2text import LatexNodes2Text

text = LatexNodes2Text().latex_to_text
for formula in [
    r"\sqrt{x+1}",
    r"\frac{a+b}{2}",
    r"\frac{1}{2x}",
    r"e^{-x/2}",
    r"\sqrt[3]{8}",
    r"\tfrac12",
    r"\binom{n}{k}",
    r"\overline{AB}",
    r"a \ne b",
    r"a \neq b",
]:
    print(f"{formula}: {text('$' + formula + '$')}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
\sqrt{x+1}: √(x+1)
\frac{a+b}{2}: a+b/2
\frac{1}{2x}: 1/2x
e^{-x/2}: e^-x/2
\sqrt[3]{8}: √(8)
\tfrac12: 12
\binom{n}{k}: nk
\overline{AB}: AB
a \ne b: a  b
a \neq b: a ≠ b
OUTPUT
