#!/usr/bin/env bash
# citeproc-py writes a Chinese given name as ". 伟 .", and a work that is dated May to July 2019 has no year.
#
# Version:    citeproc-py 0.11.1 with the style that it brings (harvard-cite-them-right), the same style and works in
#             @citation-js/plugin-csl 0.8.2, whose processor is citeproc-js
# Guess:      both give the same names and dates; after the first ". 伟 .": so it is for Arabic, Hindi and Korean, Cyrillic is right,
#             and dates are right as strings and as "literal"; after the first span without a year: no span has one
# Behaviour:  names and single dates are as guessed: where a style asks for initials, a given name that begins with no capital letter
#             stays whole, between full stops; citeproc-js gives 李伟 for the Chinese one. A span from 2019 to 2020 is right, one
#             within 2019 (an issue for two months, a conference) has no year, nor has a "raw" date. There is no warning. Set such
#             names as "literal", and give one date
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet citeproc-py==0.11.1 || exit 2
npm install --silent --no-fund --no-audit @citation-js/core@0.8.2 @citation-js/plugin-csl@0.8.2 >/dev/null 2>&1 || exit 2
cat >works.json <<'WORKS'
[
  {"id": "1", "author": [{"family": "李", "given": "伟"}], "issued": {"date-parts": [[2019]]}},
  {"id": "2", "author": [{"family": "김", "given": "철수"}], "issued": {"date-parts": [["2019"]]}},
  {"id": "3", "author": [{"family": "حداد", "given": "ليلى"}], "issued": {"date-parts": [[2019]]}},
  {"id": "4", "author": [{"family": "शर्मा", "given": "राहुल"}], "issued": {"date-parts": [[2019]]}},
  {"id": "5", "author": [{"family": "Иванова", "given": "Анна"}], "issued": {"date-parts": [[2019]]}},
  {"id": "6", "author": [{"family": "Poe", "given": "Jane"}], "issued": {"literal": "about 1900"}},
  {"id": "7", "author": [{"family": "Coe", "given": "Jane"}], "issued": {"date-parts": [[2019, 5], [2020, 2]]}},
  {"id": "8", "author": [{"family": "Roe", "given": "Jane"}], "issued": {"date-parts": [[2019, 5], [2019, 7]]}},
  {"id": "9", "author": [{"family": "Doe", "given": "Jane"}], "issued": {"raw": "2020-05-06"}}
]
WORKS
cat >works.py <<'PROGRAM'
import json
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

works = [{"type": "book", "title": "Kelp", **work} for work in json.load(open("works.json"))]
style = CitationStylesStyle("harvard-cite-them-right", validate=False)
bibliography = CitationStylesBibliography(style, CiteProcJSON(works), formatter.plain)
for work in works:
    bibliography.register(Citation([CitationItem(work["id"])]))
for line in bibliography.bibliography():
    print(line)
PROGRAM
cat >works.mjs <<'PROGRAM'
import { readFileSync } from "node:fs";
import { Cite, plugins } from "@citation-js/core";
import "@citation-js/plugin-csl";

plugins.config.get("@csl").styles.add("harvard", readFileSync(process.argv[2], "utf8"));
for (const work of JSON.parse(readFileSync("works.json", "utf8")))
  console.log(new Cite({ type: "book", title: "Kelp", ...work }).format("bibliography", { template: "harvard", format: "text" }).trim());
PROGRAM
{
  echo "citeproc-py:"
  venv/bin/python works.py
  echo "citeproc-js:"
  node works.mjs venv/lib/python3*/site-packages/citeproc/data/styles/harvard-cite-them-right.csl
} >seen || exit 2
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
citeproc-py:
李, . 伟 . (2019) Kelp.
김, . 철수 . (2019) Kelp.
حداد, . ليلى . (2019) Kelp.
शर्मा, . राहुल . (2019) Kelp.
Иванова, А. (2019) Kelp.
Poe, J. (about 1900) Kelp.
Coe, J. (2019–2020) Kelp.
Roe, J. Kelp.
Doe, J. Kelp.
citeproc-js:
李伟 (2019) Kelp.
김철수 (2019) Kelp.
حداد, ل. (2019) Kelp.
शर्माराहुल (2019) Kelp.
Иванова, А. (2019) Kelp.
Poe, J. (about 1900) Kelp.
Coe, J. (2019–2020) Kelp.
Roe, J. (2019) Kelp.
Doe, J. (2020) Kelp.
OUTPUT
