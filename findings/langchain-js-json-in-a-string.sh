#!/usr/bin/env bash
# LangChain.js reads a block of code that stands within a string of the answer's JSON instead of the answer; Python's LangChain does not.
#
# Version:    @langchain/core 1.4.0 (Node), langchain-core 1.8.3 (Python)
# Guess:      JsonOutputParser reads valid JSON with ``` within a string in both, alone and in a block of its own. After the first error:
#             where the block in the string is JSON itself, it is what comes out, without an error, in a stream, too
# Behaviour:  Python's does. JavaScript's JsonOutputParser looks for ``` before it looks for JSON: the block in the string comes out where
#             it is JSON ([60, 5], or 60, of a whole answer), else an error, or in a stream the answer up to that place, as if it had
#             ended there. In a block of its own such an answer is an error for both of its parsers. StructuredOutputParser
#             has no error for a bare answer but where the block is marked "json". Ask for JSON by the provider's own mode, and read it
#             with JSON.parse
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet langchain-core==1.8.3 || exit 2
npm install --silent --no-fund --no-audit @langchain/core@1.4.0 zod@4 >/dev/null 2>&1 || exit 2
venv/bin/python - <<'PROGRAM' || exit 2
import json

answers = {
    "plain": json.dumps({"answer": "Kelp grows.", "sources": [1]}),
    "Python in a string": json.dumps({"answer": "Run ```print(60)``` to see.", "sources": [1]}),
    "JSON in a string": json.dumps({"answer": "Send ```json [60, 5]``` to the server.", "sources": [1]}),
    "a number in a string": json.dumps({"answer": "Type ```60``` and go on.", "sources": [1]}),
}
answers |= {f"{name}, in a block": f"```json\n{text}\n```" for name, text in answers.items()}
json.dump(answers, open("answers.json", "w"))
PROGRAM
cat >read.py <<'PROGRAM'
import json
from langchain_core.output_parsers import JsonOutputParser

for name, text in json.load(open("answers.json")).items():
    print(f"Python, {name}: {json.dumps(JsonOutputParser().parse(text))}")
PROGRAM
cat >read.mjs <<'PROGRAM'
import { readFileSync } from "node:fs";
import { JsonOutputParser, StructuredOutputParser } from "@langchain/core/output_parsers";
import { z } from "zod";

async function* pieces(text) {
  for (let at = 0; at < text.length; at += 5) yield text.slice(at, at + 5);
}
const schema = z.object({ answer: z.string(), sources: z.array(z.number()) });
for (const [name, text] of Object.entries(JSON.parse(readFileSync("answers.json", "utf8")))) {
  const told = {
    JsonOutputParser: () => new JsonOutputParser().parse(text),
    "JsonOutputParser, streamed": async () => {
      let last;
      for await (const value of await new JsonOutputParser().transform(pieces(text), {})) last = value;
      return last;
    },
    StructuredOutputParser: () => StructuredOutputParser.fromZodSchema(schema).parse(text),
  };
  for (const [parser, read] of Object.entries(told)) {
    let value;
    try {
      value = JSON.stringify(await read());
    } catch {
      value = "an error";
    }
    console.log(`JavaScript, ${parser}, ${name}: ${value}`);
  }
}
PROGRAM
{ venv/bin/python read.py && node read.mjs; } >seen || exit 2
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Python, plain: {"answer": "Kelp grows.", "sources": [1]}
Python, Python in a string: {"answer": "Run ```print(60)``` to see.", "sources": [1]}
Python, JSON in a string: {"answer": "Send ```json [60, 5]``` to the server.", "sources": [1]}
Python, a number in a string: {"answer": "Type ```60``` and go on.", "sources": [1]}
Python, plain, in a block: {"answer": "Kelp grows.", "sources": [1]}
Python, Python in a string, in a block: {"answer": "Run ```print(60)``` to see.", "sources": [1]}
Python, JSON in a string, in a block: {"answer": "Send ```json [60, 5]``` to the server.", "sources": [1]}
Python, a number in a string, in a block: {"answer": "Type ```60``` and go on.", "sources": [1]}
JavaScript, JsonOutputParser, plain: {"answer":"Kelp grows.","sources":[1]}
JavaScript, JsonOutputParser, streamed, plain: {"answer":"Kelp grows.","sources":[1]}
JavaScript, StructuredOutputParser, plain: {"answer":"Kelp grows.","sources":[1]}
JavaScript, JsonOutputParser, Python in a string: an error
JavaScript, JsonOutputParser, streamed, Python in a string: {"answer":"Run"}
JavaScript, StructuredOutputParser, Python in a string: {"answer":"Run ```print(60)``` to see.","sources":[1]}
JavaScript, JsonOutputParser, JSON in a string: [60,5]
JavaScript, JsonOutputParser, streamed, JSON in a string: [60,5]
JavaScript, StructuredOutputParser, JSON in a string: an error
JavaScript, JsonOutputParser, a number in a string: 60
JavaScript, JsonOutputParser, streamed, a number in a string: 60
JavaScript, StructuredOutputParser, a number in a string: {"answer":"Type ```60``` and go on.","sources":[1]}
JavaScript, JsonOutputParser, plain, in a block: {"answer":"Kelp grows.","sources":[1]}
JavaScript, JsonOutputParser, streamed, plain, in a block: {"answer":"Kelp grows.","sources":[1]}
JavaScript, StructuredOutputParser, plain, in a block: {"answer":"Kelp grows.","sources":[1]}
JavaScript, JsonOutputParser, Python in a string, in a block: an error
JavaScript, JsonOutputParser, streamed, Python in a string, in a block: {"answer":"Run"}
JavaScript, StructuredOutputParser, Python in a string, in a block: an error
JavaScript, JsonOutputParser, JSON in a string, in a block: an error
JavaScript, JsonOutputParser, streamed, JSON in a string, in a block: {"answer":"Send"}
JavaScript, StructuredOutputParser, JSON in a string, in a block: an error
JavaScript, JsonOutputParser, a number in a string, in a block: an error
JavaScript, JsonOutputParser, streamed, a number in a string, in a block: {"answer":"Type"}
JavaScript, StructuredOutputParser, a number in a string, in a block: an error
OUTPUT
