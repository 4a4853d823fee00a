#!/usr/bin/env bash
# "1.5 · 10^6" as KaTeX writes it reads "1.5⋅1061.5 \cdot 10^61.5⋅106" for what turns pages into text for models.
#
# Version:    katex 0.19.1, turndown 7.2.5, @mozilla/readability 0.6.0 with linkedom 0.18.15 (npm); markdownify 1.2.3,
#             html2text 2025.4.15, markitdown 0.1.9, inscriptis 2.7.6, resiliparse 2.0.1, trafilatura 2.3.1, beautifulsoup4 4.15.0
# Guess:      markdownify, html2text, markitdown, inscriptis, BeautifulSoup: the signs, the TeX and the shown formula one after the
#             other; turndown: two of them; resiliparse: only the shown "106"; trafilatura: "106" once
# Behaviour:  a page that KaTeX made before it was sent (most static sites with formulas) has each formula three times: as MathML, as
#             TeX in an <annotation> of it, and as spans that screen readers are told to leave out. No reader looks at aria-hidden, no
#             blank stands between: a million is the number 10,610. resiliparse and turndown have all three, too, inscriptis with
#             blanks in the last, "1 0 6"; readability.js leaves the spans out. trafilatura alone has the TeX, and nothing twice.
#             Take each .katex out and its annotation in, before anything else reads the page
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent katex@0.19.1 turndown@7.2.5 @mozilla/readability@0.6.0 linkedom@0.18.15 >/dev/null 2>&1 || exit 2
python3 -m venv venv && venv/bin/pip install --quiet markdownify==1.2.3 html2text==2025.4.15 markitdown==0.1.9 inscriptis==2.7.6 resiliparse==2.0.1 trafilatura==2.3.1 lxml_html_clean beautifulsoup4==4.15.0 || exit 2
cat >page.js <<'PROGRAM'
const katex = require("katex"), { writeFileSync } = require("fs");
let text = "";
for (let n = 0; n < 6; n++) text += `<p>Paragraph ${n} is here so that a reader takes this for an article, with commas, and words.</p>`;
text += `<p>There were ${katex.renderToString("10^6")} cells, or ${katex.renderToString("1.5 \\cdot 10^6")} in all, as the lab says.</p>`;
const page = `<!DOCTYPE html><html><head><title>Cells</title></head><body><article><h1>Cells</h1>${text}</article></body></html>`;
writeFileSync("page.html", page);
const show = (name, text) => console.log(name.padEnd(12), text.slice(text.lastIndexOf("There were")).trim());
const Turndown = require("turndown"), { parseHTML } = require("linkedom"), { Readability } = require("@mozilla/readability");
show("turndown", new Turndown().turndown(page));
show("readability", new Readability(parseHTML(page).document).parse().textContent);
PROGRAM
node page.js >seen
venv/bin/python - <<'PROGRAM' >>seen 2>/dev/null
import io

import html2text
import inscriptis
import markdownify
import trafilatura
from bs4 import BeautifulSoup
from markitdown import MarkItDown
from resiliparse.extract.html2text import extract_plain_text

page = open("page.html", encoding="utf-8").read()
plain = html2text.HTML2Text()
plain.body_width = 0
for name, text in [
    ("markdownify", markdownify.markdownify(page)),
    ("html2text", plain.handle(page)),
    ("markitdown", MarkItDown().convert_stream(io.BytesIO(page.encode()), file_extension=".html").text_content),
    ("inscriptis", inscriptis.get_text(page)),
    ("resiliparse", extract_plain_text(page)),
    ("trafilatura", trafilatura.extract(page)),
    ("bs4", BeautifulSoup(page, "html.parser").get_text()),
]:
    print(f"{name:12}", text[text.rindex("There were"):].strip())
PROGRAM
cat seen
diff - seen <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
turndown     There were 10610^6106 cells, or 1.5⋅1061.5 \\cdot 10^61.5⋅106 in all, as the lab says.
readability  There were 10610^6 cells, or 1.5⋅1061.5 \cdot 10^6 in all, as the lab says.
markdownify  There were 10610^6106 cells, or 1.5⋅1061.5 \cdot 10^61.5⋅106 in all, as the lab says.
html2text    There were 10610^6106 cells, or 1.5⋅1061.5 \cdot 10^61.5⋅106 in all, as the lab says.
markitdown   There were 10610^6106 cells, or 1.5⋅1061.5 \cdot 10^61.5⋅106 in all, as the lab says.
inscriptis   There were 10610^6 1 0 6 cells, or 1.5⋅1061.5 \cdot 10^6 1.5 ⋅ 1 0 6 in all, as the lab says.
resiliparse  There were 10610^6106 cells, or 1.5⋅1061.5 \cdot 10^61.5⋅106 in all, as the lab says.
trafilatura  There were \(10^6\) cells, or \(1.5 \cdot 10^6\) in all, as the lab says.
bs4          There were 10610^6106 cells, or 1.5⋅1061.5 \cdot 10^61.5⋅106 in all, as the lab says.
OUTPUT
