#!/usr/bin/env bash
# price-parser reads "$0.125", the usual form of a price of tokens, as 125 dollars.
#
# Version:    price-parser 0.5.1
# Guess:      "$0.125 per million tokens" 0.125, "$0.50" 0.5, "0.1234 USD" 0.1234, "$0.075" 0.075; "$12.345" may be either
# Behaviour:  three digits behind a point are thousands, which its page tells for 140.000; that it is so behind a zero, where no
#             grouping can be, is nowhere said. "$0.075" is 75 and "$0.0750" is 0.075, so prices of one table are right and a
#             thousand times too large, by their number of digits. A sum of money with "million" behind it is without it. Give
#             decimal_separator="." where the source is known
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet price-parser==0.5.1 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from price_parser import Price

for text in ["$0.50", "$0.075", "$0.0750", "$0.125 per million tokens", "$0.15", "0,125 EUR", "$1.5 million"]:
    print(f"{text}: {Price.fromstring(text).amount}, with decimal_separator='.' {Price.fromstring(text, decimal_separator='.').amount}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
$0.50: 0.50, with decimal_separator='.' 0.50
$0.075: 75, with decimal_separator='.' 0.075
$0.0750: 0.0750, with decimal_separator='.' 0.0750
$0.125 per million tokens: 125, with decimal_separator='.' 0.125
$0.15: 0.15, with decimal_separator='.' 0.15
0,125 EUR: 125, with decimal_separator='.' 125
$1.5 million: 1.5, with decimal_separator='.' 1.5
OUTPUT
