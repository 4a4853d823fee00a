#!/usr/bin/env bash
# trafilatura's bare_extraction(output_format="markdown") returns a document whose text is None.
#
# Version:    trafilatura 2.3.1; CPython 3.11
# Guess:      `text` is the page as Markdown, which `extract` returns for the same arguments
# Behaviour:  `text` is None for every format but the default, "python"; `raw_text` is there, without
#             Markdown. With `include_formatting=True` the default format's `text` is Markdown. A
#             program that falls back to plain text where there is none never notices
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet \
    trafilatura==2.3.1 lxml-html-clean==0.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
import trafilatura

sentence = "<p>A paragraph with a <b>word</b> in bold, which is long enough to be taken for text.</p>"
page = f"<!DOCTYPE html><html><head><title>T</title></head><body><article><h1>T</h1>{sentence * 4}</article></body></html>"
extracted = trafilatura.extract(page, output_format="markdown", include_formatting=True)
print("extract, markdown:", "**word**" in extracted)
for name in ("markdown", "txt", "python"):
    document = trafilatura.bare_extraction(page, output_format=name, include_formatting=True)
    text = document.text
    print(f"bare_extraction, {name}:", None if text is None else "**word**" in text)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
extract, markdown: True
bare_extraction, markdown: None
bare_extraction, txt: None
bare_extraction, python: True
OUTPUT
