#!/usr/bin/env bash
# mdit-py-plugins' word count finds no word in a Hindi sentence, and none in "don't", "2024" or "well-known".
#
# Version:    mdit-py-plugins 0.7.0, markdown-it-py 4.3.0; CPython 3.11
# Guess:      wordcount of Chinese text: 1 a run
# Behaviour:  1 a run without a Chinese full stop, 0 with one. It says that it leaves out what is punctuation only; it
#             leaves out whatever is not letters only, ASCII punctuation at the ends aside: years, figures, hyphens, apostrophes,
#             quotation marks that are not ASCII, and nearly each word of scripts whose vowels are marks. Lengths and reading
#             times in front of a report are too small then, or 0. Give it a `count_func` of your own
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet mdit-py-plugins==0.7.0 markdown-it-py==4.3.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from markdown_it import MarkdownIt
from mdit_py_plugins.wordcount import wordcount_plugin

for text in (
    "Giant kelp grows fast.",
    "It's well-known: don't wait.",
    "In 2024, 40 ships found 1.5 tonnes.",
    "She said “kelp” twice.",
    "海带生长很快",
    "海带生长很快。",
    "हिन्दी में पाँच शब्द हैं",
    "สาหร่าย โตเร็ว มาก",
):
    found = {}
    MarkdownIt().use(wordcount_plugin).render(text, found)
    print(len(text.split()), "words, counted", found["wordcount"]["words"], text)
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
4 words, counted 4 Giant kelp grows fast.
4 words, counted 1 It's well-known: don't wait.
7 words, counted 4 In 2024, 40 ships found 1.5 tonnes.
4 words, counted 3 She said “kelp” twice.
1 words, counted 1 海带生长很快
1 words, counted 0 海带生长很快。
5 words, counted 0 हिन्दी में पाँच शब्द हैं
3 words, counted 1 สาหร่าย โตเร็ว มาก
OUTPUT
