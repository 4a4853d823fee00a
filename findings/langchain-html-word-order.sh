#!/usr/bin/env bash
# LangChain's splitters for HTML put the words of a sentence into another order when one of them is a link or in bold.
#
# Version:    langchain-text-splitters 1.1.3 beautifulsoup4 4.15.0 lxml 6.1.3
# Guess:      HTMLHeaderTextSplitter and HTMLSemanticPreservingSplitter: all text is in the chunks, as it is in the page
# Behaviour:  all text is in, in the wrong order. The first takes an element's own text as one piece, and what its inner elements
#             hold after it: "grows 60 cm a day" loses its figure to the end. The second sets bold words before the sentence.
#             Nearly each paragraph of a real page has a link, so what is embedded, and quoted as a source, is no sentence
#             of the page. Make Markdown of the page first, and split that
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet langchain-text-splitters==1.1.3 beautifulsoup4==4.15.0 lxml==6.1.3 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import warnings

warnings.simplefilter("ignore")
from langchain_text_splitters import HTMLHeaderTextSplitter, HTMLSemanticPreservingSplitter

HEADERS = [("h1", "title")]
SENTENCES = (
    "Giant kelp grows 60 cm a day, not 6.",
    "Giant kelp grows <b>60 cm</b> a day, not <b>6</b>.",
    'Giant <a href="/kelp">kelp</a> grows 60 cm a day, not 6.',
)
for sentence in SENTENCES:
    print(sentence)
    page = f"<html><body><h1>Kelp</h1><p>{sentence}</p></body></html>"
    for splitter in (
        HTMLHeaderTextSplitter(HEADERS),
        HTMLSemanticPreservingSplitter(HEADERS, max_chunk_size=1000),
    ):
        chunks = [chunk.page_content for chunk in splitter.split_text(page) if chunk.page_content != "Kelp"]
        print(f"    {type(splitter).__name__}: {chunks}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Giant kelp grows 60 cm a day, not 6.
    HTMLHeaderTextSplitter: ['Giant kelp grows 60 cm a day, not 6.']
    HTMLSemanticPreservingSplitter: ['Giant kelp grows 60 cm a day, not 6.']
Giant kelp grows <b>60 cm</b> a day, not <b>6</b>.
    HTMLHeaderTextSplitter: ['Giant kelp grows a day, not .  \n60 cm  \n6']
    HTMLSemanticPreservingSplitter: ['60 cm 6 Giant kelp grows a day, not .']
Giant <a href="/kelp">kelp</a> grows 60 cm a day, not 6.
    HTMLHeaderTextSplitter: ['Giant grows 60 cm a day, not 6.  \nkelp']
    HTMLSemanticPreservingSplitter: ['kelp Giant grows 60 cm a day, not 6.']
OUTPUT
