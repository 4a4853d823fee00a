#!/usr/bin/env bash
# SQLite's FTS5 takes Hindi words apart at their vowel signs and forgets these: "black" finds "nail".
#
# Version:    SQLite 3.50.4, as in apsw 3.50.4.0; CPython 3.11, Linux
# Guess:      Hindi sets spaces between words, so each of three words finds the row that has it, and
#             no other
# Behaviour:  unicode61, the tokenizer that one gets without asking, keeps letters and digits alone.
#             The vowel signs of Indic scripts, Thai, Khmer and others are marks (Mn, Mc), so they end
#             a token and are in none. A word becomes its consonants, and words with the same ones
#             become the same. A program has to cut words of these scripts itself, and store them in
#             a form that is one token (here: UTF-8 as hexadecimal digits), or set `categories`
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet apsw==3.50.4.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
import apsw

words = {"काला": "black", "कला": "art", "कील": "nail"}
for options in ("", ", tokenize=\"unicode61 categories 'L* N* Co Mn Mc'\""):
    db = apsw.Connection(":memory:")
    db.execute(f"create virtual table docs using fts5(word{options})")
    db.execute("create virtual table terms using fts5vocab(docs, row)")
    for word in words:
        db.execute("insert into docs values (?)", [word])
    print("tokens:", len(list(db.execute("select term from terms"))))
    for word, meaning in words.items():
        rows = db.execute("select word from docs where docs match ? order by rowid", [f'"{word}"'])
        print(meaning, "finds", ", ".join(words[found] for (found,) in rows))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
tokens: 3
black finds black, nail
art finds art
nail finds black, nail
tokens: 3
black finds black
art finds art
nail finds nail
OUTPUT
