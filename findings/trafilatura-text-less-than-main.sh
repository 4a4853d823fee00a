#!/usr/bin/env bash
# trafilatura's `html2txt`, which is to be all the text of a page, can be empty where `extract` has an article.
#
# Version:    trafilatura 2.3.1
# Guess:      `html2txt` ("run basic html2txt on a document") has at least every word that `extract` finds, as
#             that chooses from it; so whoever wants to know whether a page has a number looks there.
# Behaviour:  `extract` falls back on the articleBody of JSON-LD, and takes what stands in <template> or <svg>;
#             `html2txt` has none of these. A check of "is this number on the page?" against `html2txt` says no
#             for a page whose whole article a reader was given. Look in both.
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet trafilatura==2.3.1 lxml-html-clean==0.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
import json

from trafilatura import extract, html2txt

SENTENCE = "The farms of the North Sea made 4711 gigawatt hours in that year, more than ever before. "
BODIES = {
    "paragraph": f"<p>{SENTENCE * 20}</p>",
    "JSON-LD": '<div id="root"></div><script type="application/ld+json">'
    + json.dumps({"@type": "Article", "articleBody": SENTENCE * 20})
    + "</script>",
    "template": f"<template><p>{SENTENCE * 20}</p></template>",
    "svg": "<svg xmlns='http://www.w3.org/2000/svg'>" + f"<text>{SENTENCE}</text>" * 20 + "</svg>",
}
for name, body in BODIES.items():
    page = f"<!DOCTYPE html><html lang='en'><head><title>Wind</title></head><body>{body}</body></html>"
    article, everything = extract(page) or "", html2txt(page) or ""
    print(f"{name:10} extract has 4711: {'4711' in article!s:5}  html2txt has it: {'4711' in everything}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
paragraph  extract has 4711: True   html2txt has it: True
JSON-LD    extract has 4711: True   html2txt has it: False
template   extract has 4711: True   html2txt has it: False
svg        extract has 4711: True   html2txt has it: False
OUTPUT
