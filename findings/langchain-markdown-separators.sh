#!/usr/bin/env bash
# LangChain's MarkdownTextSplitter of Python knows no heading: it splits otherwise than the class of the same name in JavaScript.
#
# Version:    langchain-text-splitters 1.1.3 (Python), @langchain/textsplitters 1.0.2 (Node)
# Guess:      MarkdownTextSplitter is RecursiveCharacterTextSplitter for the language "markdown", as its documentation says; both give
#             the same chunks, in Python and in JavaScript
# Behaviour:  three of the four do. Python's MarkdownTextSplitter takes the patterns of that language ("\n#{1,6} ") for letters, which
#             no text has: it splits at no heading, no code block and no rule, but between any two paragraphs. A heading ends the
#             chunk of the section before, and the fence that closes a block of code opens the next one. Use
#             RecursiveCharacterTextSplitter.from_language(Language.MARKDOWN)
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet langchain-text-splitters==1.1.3 || exit 2
npm install --silent --no-fund --no-audit @langchain/textsplitters@1.0.2 @langchain/core@1 >/dev/null 2>&1 || exit 2
cat >report.md <<'REPORT'
# Kelp

Kelp grows up to 60 cm a day where the water is cold [1].

## Growth

It needs light.

```python
def grow(days):
    return 60 * days
```

## Uses

It is food and fuel [2].
REPORT
cat >splitters.mjs <<'PROGRAM'
import { readFileSync } from "node:fs";
import { MarkdownTextSplitter, RecursiveCharacterTextSplitter } from "@langchain/textsplitters";

const text = readFileSync("report.md", "utf8");
const size = { chunkSize: 90, chunkOverlap: 0 };
for (const [name, splitter] of [
  ["MarkdownTextSplitter", new MarkdownTextSplitter(size)],
  ["fromLanguage", RecursiveCharacterTextSplitter.fromLanguage("markdown", size)],
]) {
  console.log(`JavaScript, ${name}:`);
  for (const chunk of await splitter.splitText(text)) console.log("  " + JSON.stringify(chunk));
}
PROGRAM
{
venv/bin/python - <<'PROGRAM'
import json
from langchain_text_splitters import Language, MarkdownTextSplitter, RecursiveCharacterTextSplitter

text = open("report.md").read()
size = dict(chunk_size=90, chunk_overlap=0)
for name, splitter in [
    ("MarkdownTextSplitter", MarkdownTextSplitter(**size)),
    ("from_language", RecursiveCharacterTextSplitter.from_language(Language.MARKDOWN, **size)),
]:
    print(f"Python, {name}:")
    for chunk in splitter.split_text(text):
        print(" ", json.dumps(chunk))
PROGRAM
node splitters.mjs
} >"$folder/seen" || exit 2
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Python, MarkdownTextSplitter:
  "# Kelp\n\nKelp grows up to 60 cm a day where the water is cold [1].\n\n## Growth"
  "It needs light.\n\n```python\ndef grow(days):\n    return 60 * days"
  "```\n\n## Uses\n\nIt is food and fuel [2]."
Python, from_language:
  "# Kelp\n\nKelp grows up to 60 cm a day where the water is cold [1]."
  "## Growth\n\nIt needs light.\n\n```python\ndef grow(days):\n    return 60 * days\n```"
  "## Uses\n\nIt is food and fuel [2]."
JavaScript, MarkdownTextSplitter:
  "# Kelp\n\nKelp grows up to 60 cm a day where the water is cold [1]."
  "## Growth\n\nIt needs light.\n\n```python\ndef grow(days):\n    return 60 * days\n```"
  "## Uses\n\nIt is food and fuel [2]."
JavaScript, fromLanguage:
  "# Kelp\n\nKelp grows up to 60 cm a day where the water is cold [1]."
  "## Growth\n\nIt needs light.\n\n```python\ndef grow(days):\n    return 60 * days\n```"
  "## Uses\n\nIt is food and fuel [2]."
OUTPUT
