#!/usr/bin/env bash
# Haystack's DocumentCleaner, with what it does if nothing is set, takes a Markdown report's headings and tables apart.
#
# Version:    haystack-ai 3.4.1
# Guess:      none was written down before it was first seen, with other splitters; from its name and page: runs of blanks and empty
#             lines go, headings and rows of tables stay on lines of their own
# Behaviour:  remove_extra_whitespaces, on from the start, turns each run of white space, a paragraph's end too, into one space.
#             What stands before the splitter in most pipelines leaves MarkdownHeaderSplitter one piece where there were three, whose
#             heading is the first paragraph, the second heading and a row of the table. Set it to False for Markdown
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet haystack-ai==3.4.1 || exit 2
HAYSTACK_TELEMETRY_ENABLED=False "$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import logging

logging.disable(logging.CRITICAL)
from haystack import Document
from haystack.components.preprocessors import DocumentCleaner, MarkdownHeaderSplitter

REPORT = """\
# Kelp

Giant kelp grows fast.

## Harvest

| Year | Tonnes |
| ---- | ------ |
| 2025 | 12     |

## Prices

They fell.
"""
for cleaner in (None, DocumentCleaner(remove_extra_whitespaces=False), DocumentCleaner()):
    documents = [Document(content=REPORT)]
    if cleaner:
        documents = cleaner.run(documents=documents)["documents"]
    print("as it is" if not cleaner else f"remove_extra_whitespaces={cleaner.remove_extra_whitespaces}")
    for piece in MarkdownHeaderSplitter().run(documents=documents)["documents"]:
        print(f"    {piece.meta.get('header')!r}: {piece.content!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
as it is
    'Kelp': '# Kelp\n\nGiant kelp grows fast.\n\n'
    'Harvest': '## Harvest\n\n| Year | Tonnes |\n| ---- | ------ |\n| 2025 | 12     |\n\n'
    'Prices': '## Prices\n\nThey fell.\n'
remove_extra_whitespaces=False
    'Kelp': '# Kelp\nGiant kelp grows fast.\n'
    'Harvest': '## Harvest\n| Year | Tonnes |\n| ---- | ------ |\n| 2025 | 12     |\n'
    'Prices': '## Prices\nThey fell.'
remove_extra_whitespaces=True
    'Kelp Giant kelp grows fast. ## Harvest | Year | Tonnes |': '# Kelp Giant kelp grows fast. ## Harvest | Year | Tonnes |\n| ---- | ------ |\n| 2025 | 12 | ## Prices They fell.'
OUTPUT
