#!/usr/bin/env bash
# latex2mathml knows align* but not aligned or dcases: it writes their "&" as it is, so that the formula is no XML.
#
# Version:    latex2mathml 3.81.1, read with the XML parser of CPython 3.11
# Guess:      of some sixty usual formulas all come out right but \cfrac and \substack; an unknown command is shown as text
# Behaviour:  \cfrac and \substack are right. Of the environments, align, align*, split, cases and the matrices are known. aligned,
#             which models like best for the lines of a derivation, gathered, dcases and rcases have no rows, and their "&" is an
#             identifier that is written without being escaped. A web page shows one line with ampersands in it; who puts the
#             formula into XML (a Word document, an EPUB, an SVG) has a file that cannot be read. No error is raised
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet latex2mathml==3.81.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" || exit 2
import re
from xml.etree import ElementTree
from latex2mathml.converter import convert

for name in ["align", "align*", "split", "cases", "pmatrix", "aligned", "gathered", "dcases", "rcases"]:
    ampersand = "" if name == "gathered" else "&"
    mathml = convert(rf"\begin{{{name}}} a {ampersand}= b \\ c {ampersand}= d \end{{{name}}}")
    try:
        rows = len(ElementTree.fromstring(mathml).findall(".//{*}mtr"))
        print(f"{name}: XML, {rows} rows")
    except ElementTree.ParseError as error:
        print(f"{name}: {error.msg.split(':')[0]}")
print(re.sub("</?math.*?>", "", convert(r"\begin{aligned} a &= b \\ c &= d \end{aligned}")))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
align: XML, 2 rows
align*: XML, 2 rows
split: XML, 2 rows
cases: XML, 2 rows
pmatrix: XML, 2 rows
aligned: not well-formed (invalid token)
gathered: XML, 0 rows
dcases: not well-formed (invalid token)
rcases: not well-formed (invalid token)
<mrow><mrow><mi>a</mi><mi>&</mi><mo>&#x0003D;</mo><mi>b</mi><mspace linebreak="newline" /><mi>c</mi><mi>&</mi><mo>&#x0003D;</mo><mi>d</mi></mrow></mrow>
OUTPUT
