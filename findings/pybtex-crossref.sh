#!/usr/bin/env bash
# pybtex formats no chapter that has its book by "crossref": all its styles for Python forget the file that the book stands in.
#
# Version:    pybtex 0.26.1
# Guess:      crossref, BibTeX's own way to tell a chapter's book, is followed: the chapter has the book's title, editor and year
# Behaviour:  the styles for Python look into the chapter alone: what they require of it (title of the book, publisher, year) raises
#             FieldIsMissing though the book has it, and what it need not have (the book's editor) is left out without a word.
#             The search for a book's fields is there, but no style hands it the file. Copy the fields into the chapter first
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet pybtex==0.26.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" || exit 2
import pybtex
from pybtex.style.template import FieldIsMissing

BOOK = """
@book{kelp, editor = {Brown, Tom}, title = {Kelp}, booktitle = {Kelp}, publisher = {Sea and Sons}, year = {1999}}
"""
CHAPTER = "@incollection{uses, author = {Doe, Jane}, title = {Uses}, crossref = {kelp}, pages = {5--9}}" + BOOK
REPEATED = CHAPTER.replace("crossref", "booktitle = {Kelp}, crossref")

COPIED = REPEATED.replace("crossref", "publisher = {Sea and Sons}, year = {1999}, crossref")
for name, text in [("crossref alone", CHAPTER), ("with booktitle", REPEATED), ("with all that is required", COPIED)]:
    for style in ["plain", "unsrtalpha"]:
        try:
            told = pybtex.format_from_string(text, style, citations=["uses"], output_backend="plaintext").strip()
        except FieldIsMissing as error:
            told = f"FieldIsMissing: {error}"
        print(f"{name}, {style}: {told}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
crossref alone, plain: FieldIsMissing: missing booktitle in uses
crossref alone, unsrtalpha: FieldIsMissing: missing booktitle in uses
with booktitle, plain: FieldIsMissing: missing year in uses
with booktitle, unsrtalpha: FieldIsMissing: missing year in uses
with all that is required, plain: [1] Jane Doe. Uses. In Kelp, pages 5–9. Sea and Sons, 1999.
with all that is required, unsrtalpha: [Doe99] Jane Doe. Uses. In Kelp, pages 5–9. Sea and Sons, 1999.
OUTPUT
