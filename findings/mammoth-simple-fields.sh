#!/usr/bin/env bash
# mammoth drops the number of "Figure 7", Japanese words with furigana and a quotation that runs the other way.
#
# Version:    mammoth 1.13.0; the file is written with python-docx 1.2.0
# Guess:      simple field (w:fldSimple) result: kept; w:smartTag: kept; equation (OMML) dropped, with a message
# Behaviour:  a field of several runs keeps its result, as do tags, content controls and changes. The short spelling that Word
#             itself uses for captions and cross references loses it: "see Table 3" is "see ". w:ruby takes the
#             words under it along, w:bdo and w:dir all that they hold. The HTML has no trace; `messages` names the elements
#             that were ignored, not that there was text in them: whoever reads documents for facts should look there
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet mammoth==1.13.0 python-docx==1.2.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io

import docx, mammoth
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def mark(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


INSIDE = {
    "field of several runs": mark("begin")
    + "<w:r><w:instrText> SEQ Table </w:instrText></w:r>"
    + mark("separate")
    + run("3")
    + mark("end"),
    "w:fldSimple": f'<w:fldSimple w:instr=" SEQ Table ">{run("3")}</w:fldSimple>',
    "w:smartTag": f'<w:smartTag w:element="place">{run("Chile")}</w:smartTag>',
    "w:ruby": f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('konbu')}</w:rt><w:rubyBase>{run('昆布')}</w:rubyBase></w:ruby></w:r>",
    "w:bdo": f'<w:bdo w:val="ltr">{run("12.4")}</w:bdo>',
}
for name, xml in INSIDE.items():
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{run('before ')}{xml}{run(' after')}</w:p>"))
    file = io.BytesIO()
    document.save(file)
    made = mammoth.convert_to_html(io.BytesIO(file.getvalue()))
    print(f"{name}: {made.value}", [message.message for message in made.messages])
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
field of several runs: <p>before 3 after</p> []
w:fldSimple: <p>before  after</p> ['An unrecognised element was ignored: w:fldSimple']
w:smartTag: <p>before Chile after</p> []
w:ruby: <p>before  after</p> ['An unrecognised element was ignored: w:ruby']
w:bdo: <p>before  after</p> ['An unrecognised element was ignored: w:bdo']
OUTPUT
