#!/usr/bin/env bash
# "two point five million" is 2, "2.5 1000000" or "2 point 5000000", by the library that turns words into numbers, and an error in none.
#
# Version:    word2number 1.1, text2num 3.1.0, number-parser 0.3.2
# Guess:      word2number: "two point five million" 2500000, "nineteen ninety" an error; text2num: "two point five million" 2500000, "half
#             a million" as it is, "twenty twenty-four" as 2024 or as 20 24
# Behaviour:  a decimal before a million, as most large figures in prose are, is right in none. word2number takes any text for one number:
#             of "1.5 million" it makes a million, of "one in ten" eleven, of "five or six" eleven, of "nineteen ninety" 109. The
#             other two leave half of it in the sentence, "half a 1000000", and "1.5 million" becomes "1.5 1000000" in number-parser,
#             so that a search for the figure finds another one. All are right for "two hundred and five". Ask for figures in digits
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet word2number==1.1 text2num==3.1.0 number-parser==0.3.2 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import number_parser
from text_to_num import alpha2digit
from word2number import w2n

for text in [
    "two hundred and five",
    "two point five million",
    "half a million",
    "1.5 million",
    "one in ten",
    "five or six",
    "nineteen ninety",
]:
    try:
        number = w2n.word_to_num(text)
    except ValueError as error:
        number = f"ValueError: {str(error).split('!')[0]}"
    print(f"{text}: word2number {number}, text2num {alpha2digit(text, 'en')!r}, number-parser {number_parser.parse(text)!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
two hundred and five: word2number 205, text2num '205', number-parser '205'
two point five million: word2number 2, text2num '2.5 1000000', number-parser '2 point 5000000'
half a million: word2number 1000000, text2num 'half a 1000000', number-parser 'half a 1000000'
1.5 million: word2number 1000000, text2num '1.5 1000000', number-parser '1.5 1000000'
one in ten: word2number 11, text2num 'one in 10', number-parser '1 in 10'
five or six: word2number 11, text2num '5 or 6', number-parser '5 or 6'
nineteen ninety: word2number 109, text2num '19 90', number-parser '19 90'
OUTPUT
