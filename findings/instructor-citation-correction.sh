#!/usr/bin/env bash
# instructor's CitationMixin turns a wrong quotation into a right one: of "50 cm", which the source does not say, it makes "60 cm".
#
# Version:    instructor 1.17.0
# Guess:      a quote that is not in the context: a validation error; a quote found twice: once; with another white space: found
# Behaviour:  the last two are so. Its page says that it makes sure that quotes are in the source, to prevent invented ones, and
#             sets them to the exact words. Up to five characters may differ: another figure, a missing "not", another year. Then the
#             source's sentence stands under a statement that says something else, and the page's own check, `quote in context`, holds.
#             A quote that is nowhere is dropped, and a fact whose quotes are all gone passes, as does an empty quote. Compare
#             what the model wrote with what came back, and refuse a fact without quotes
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet instructor==1.17.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from instructor import CitationMixin
from pydantic import BaseModel

SOURCE = "Kelp grows 60 cm a day. It does not store carbon for long.\nThe bay was closed in 2019."


class Fact(CitationMixin, BaseModel):
    statement: str


for statement, quote in [
    ("It grows 60 cm a day.", "Kelp grows 60 cm a day."),
    ("It grows 50 cm a day.", "Kelp grows 50 cm a day."),
    ("It stores carbon for long.", "It does store carbon for long."),
    ("The bay was closed in 2020.", "for long. The bay was closed in 2020."),
    ("Kelp is blue.", "Kelp is blue, as all algae are."),
    ("Kelp is green.", ""),
]:
    fact = Fact.model_validate({"statement": statement, "substring_quotes": [quote]}, context={"context": SOURCE})
    print(f"{statement} {quote!r} -> {fact.substring_quotes}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
It grows 60 cm a day. 'Kelp grows 60 cm a day.' -> ['Kelp grows 60 cm a day.']
It grows 50 cm a day. 'Kelp grows 50 cm a day.' -> ['Kelp grows 60 cm a day.']
It stores carbon for long. 'It does store carbon for long.' -> ['It does not store carbon for long.']
The bay was closed in 2020. 'for long. The bay was closed in 2020.' -> ['for long.\nThe bay was closed in 2019.']
Kelp is blue. 'Kelp is blue, as all algae are.' -> []
Kelp is green. '' -> ['']
OUTPUT
