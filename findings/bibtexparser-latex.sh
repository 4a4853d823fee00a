#!/usr/bin/env bash
# bibtexparser's decoder of LaTeX cuts an address at "%20", makes a blank of its "~", and takes an organisation for a person.
#
# Version:    bibtexparser 2.1.0, with the pylatexenc that it brings
# Guess:      with its layers for LaTeX and for names, bibtexparser gives the names, years and titles that pybtex and citation-js
#             give (there was no guess for addresses, and none for text that is joined by "#")
# Behaviour:  LatexDecodingMiddleware decodes each field, also url, doi and file, which are no LaTeX: "%" begins a comment, "&" divides
#             columns and "~" is a blank. It takes the braces off, so that a layer for names after it makes three words of
#             {World Health Organization} and two people of {Barnes and Noble}; before it, they stay as LaTeX. Text that is joined
#             by "#" is not put together. keep_braced_groups=True before the names saves these; addresses: from the raw entry
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet bibtexparser==2.1.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" || exit 2
import bibtexparser
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts

FILE = r"""
@string{kelp = "Journal of Kelp"}
@article{who, author = {{World Health Organization} and {Barnes and Noble} and M{\"u}ller, Anna}, journal = kelp # " (London)",
  title = {Uptake of {CO}$_2$}, url = {https://example.org/a_b?q=kelp%20farm&page=2}, year = 2020}
@misc{page, title = {Kelp}, url = {https://example.org/~doe/kelp}}
"""
LAYERS = {
    "none": [],
    "decode, then names": [LatexDecodingMiddleware(), SeparateCoAuthors(), SplitNameParts()],
    "names, then decode": [SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()],
    "decode with braces, then names": [LatexDecodingMiddleware(keep_braced_groups=True), SeparateCoAuthors(), SplitNameParts()],
}
for name, layers in LAYERS.items():
    library = bibtexparser.parse_string(FILE, append_middleware=layers)
    print(f"{name}:")
    for entry in library.entries:
        for field in entry.fields:
            value = field.value
            if isinstance(value, list):
                value = "; ".join(", ".join(" ".join(part) for part in [person.last, person.first] if part) for person in value)
            print(f"  {field.key}: {value}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
none:
  author: {World Health Organization} and {Barnes and Noble} and M{\"u}ller, Anna
  journal: kelp # " (London)"
  title: Uptake of {CO}$_2$
  url: https://example.org/a_b?q=kelp%20farm&page=2
  year: 2020
  title: Kelp
  url: https://example.org/~doe/kelp
decode, then names:
  author: Organization, World Health; Barnes; Noble; Müller, Anna
  journal: kelp # " (London)"
  title: Uptake of CO$_2$
  url: https://example.org/a_b?q=kelp
  year: 2020
  title: Kelp
  url: https://example.org/ doe/kelp
names, then decode:
  author: {World Health Organization}; {Barnes and Noble}; M{\"u}ller, Anna
  journal: kelp # " (London)"
  title: Uptake of CO$_2$
  url: https://example.org/a_b?q=kelp
  year: 2020
  title: Kelp
  url: https://example.org/ doe/kelp
decode with braces, then names:
  author: {World Health Organization}; {Barnes and Noble}; Müller, Anna
  journal: kelp # " (London)"
  title: Uptake of {CO}$_2$
  url: https://example.org/a_b?q=kelp
  year: 2020
  title: Kelp
  url: https://example.org/ doe/kelp
OUTPUT
