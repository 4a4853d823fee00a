#!/usr/bin/env bash
# remend, which completes Markdown while it streams (for Streamdown), changes finished text: it adds marks to it and cuts words off.
#
# Version:    remend 1.4.0 (Node)
# Guess:      finished text stays as it is: "2**10 is 1024." and other mathematics, names with underscores, prices, code
# Behaviour:  names, prices, "5 * 3" and code between backticks stay. A power written in plain text gets two more asterisks, a word
#             behind "<" is cut off as the beginning of a tag, and an address with "=_" in it gets an underscore at its end, so that
#             it leads elsewhere. It has no argument that says that the text is whole: who completes the last piece changes it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit remend@1.4.0 >/dev/null 2>&1 || exit 2
cat >complete.mjs <<'PROGRAM'
import remend from "remend";
for (const text of [
  "The rate is 5 * 3 = 15.",
  "Call __init__ first, for $5 and `a*b`.",
  "2**10 is 1024.",
  "It holds for a < b and c <d",
  "See https://kelp.example/find?q=_rate",
]) {
  const completed = remend(text);
  console.log(JSON.stringify(text), completed === text ? "stays" : "=> " + JSON.stringify(completed));
}
PROGRAM
node complete.mjs >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
"The rate is 5 * 3 = 15." stays
"Call __init__ first, for $5 and `a*b`." stays
"2**10 is 1024." => "2**10 is 1024.**"
"It holds for a < b and c <d" => "It holds for a < b and c"
"See https://kelp.example/find?q=_rate" => "See https://kelp.example/find?q=_rate_"
OUTPUT
