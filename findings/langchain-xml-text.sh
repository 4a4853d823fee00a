#!/usr/bin/env bash
# LangChain's XMLOutputParser ends a sentence at its first word in bold, and drops all attributes, without an error.
#
# Version:    langchain-core 1.8.3, defusedxml 0.7.1
# Guess:      XMLOutputParser: "fine", that is, all text of well-formed elements is in what it returns
# Behaviour:  an element with text before its first inner element becomes that text alone: inner elements, what they hold and what
#             follows them is gone. One that begins with an inner element loses all text around it. Attributes (source="3") are
#             in no result. It is well-formed XML each time, so nothing tells that "Growth is" was a whole claim with its source
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet langchain-core==1.8.3 defusedxml==0.7.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from langchain_core.output_parsers import XMLOutputParser

for answer in (
    "<claims><claim>Growth is 60 cm a day.</claim><claim>It is brown.</claim></claims>",
    "<claims><claim>Growth is <b>60 cm</b> a day.</claim></claims>",
    "<claims><claim><b>Growth</b> is 60 cm a day.</claim></claims>",
    '<claims><claim source="3">Growth is 60 cm a day.</claim></claims>',
):
    print(answer)
    print("   ", XMLOutputParser().parse(answer))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
<claims><claim>Growth is 60 cm a day.</claim><claim>It is brown.</claim></claims>
    {'claims': [{'claim': 'Growth is 60 cm a day.'}, {'claim': 'It is brown.'}]}
<claims><claim>Growth is <b>60 cm</b> a day.</claim></claims>
    {'claims': [{'claim': 'Growth is '}]}
<claims><claim><b>Growth</b> is 60 cm a day.</claim></claims>
    {'claims': [{'claim': [{'b': 'Growth'}]}]}
<claims><claim source="3">Growth is 60 cm a day.</claim></claims>
    {'claims': [{'claim': 'Growth is 60 cm a day.'}]}
OUTPUT
