#!/usr/bin/env bash
# LangChain's MarkdownHeaderTextSplitter makes paragraphs lines, nested lists flat, and a shell comment the report's title.
#
# Version:    langchain-text-splitters 1.1.3
# Guess:      MarkdownHeaderTextSplitter: "#" in a fenced block is no heading; "Title" underlined with "=" is not seen; the text between
#             headings is as it was, blank lines too
# Behaviour:  the first two are so. Each line outside a fence is stripped: items of a nested list come to the outer level, code that
#             is set off by four spaces becomes text, and a comment in it becomes a heading, under which all the rest stands, the
#             real ones forgotten. Blank lines go: two paragraphs are one with a line break, and the first row of a table follows
#             a paragraph. "# Kelp #" is "Kelp #". ExperimentalMarkdownSyntaxTextSplitter keeps the lines
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet langchain-text-splitters==1.1.3 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from langchain_text_splitters import ExperimentalMarkdownSyntaxTextSplitter, MarkdownHeaderTextSplitter

REPORT = """\
# Kelp #

First paragraph.

Second paragraph.

- Brown
    - Giant kelp
- Red

## Measuring

    # read the tide
    tide --today

It was low.
"""
HEADERS = [("#", "Header 1"), ("##", "Header 2")]
for splitter in (MarkdownHeaderTextSplitter(HEADERS), ExperimentalMarkdownSyntaxTextSplitter(HEADERS)):
    print(type(splitter).__name__)
    for chunk in splitter.split_text(REPORT):
        print(f"    {chunk.metadata} {chunk.page_content!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
MarkdownHeaderTextSplitter
    {'Header 1': 'Kelp #'} 'First paragraph.  \nSecond paragraph.  \n- Brown\n- Giant kelp\n- Red'
    {'Header 1': 'read the tide'} 'tide --today  \nIt was low.'
ExperimentalMarkdownSyntaxTextSplitter
    {'Header 1': 'Kelp #'} '\nFirst paragraph.\n\nSecond paragraph.\n\n- Brown\n    - Giant kelp\n- Red\n\n'
    {'Header 1': 'Kelp #', 'Header 2': 'Measuring'} '\n    # read the tide\n    tide --today\n\nIt was low.\n'
OUTPUT
