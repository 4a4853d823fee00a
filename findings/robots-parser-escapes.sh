#!/usr/bin/env bash
# robots-parser (npm) compares addresses as they are written: /a/%62ook is allowed where /a/book is forbidden, against RFC 9309's own table.
#
# Version:    robots-parser 3.0.1 (Node), protego 0.7.0 (Python)
# Guess:      both answer rightly for RFC 9309's examples of escapes (section 2.2.2), for merged groups, "*", "$" and for robots.txt itself
# Behaviour:  protego does, but for "http://" against "http%3A%2F%2F" in a query (the table calls them equal, the text does not: ":" and
#             "/" are reserved). robots-parser brings both to one case and escapes what is not ASCII; a letter that is escaped
#             without need is another letter for it, %2A and %24 are neither "*" nor "$" of an address, and robots.txt itself, which
#             the RFC allows always, can be forbidden. Bring an address to its normal form before asking
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet protego==0.7.0 || exit 2
npm install --silent --no-fund --no-audit robots-parser@3.0.1 >/dev/null 2>&1 || exit 2
cat >cases.json <<'CASES'
[
  ["/foo/bar?baz=http://foo.bar", "/foo/bar?baz=http%3A%2F%2Ffoo.bar"],
  ["/foo/bar/ツ", "/foo/bar/%E3%83%84"],
  ["/foo/bar/%E3%83%84", "/foo/bar/ツ"],
  ["/foo/bar/%62%61%7A", "/foo/bar/baz"],
  ["/foo/bar/baz", "/foo/bar/%62%61%7A"],
  ["/a%2fb", "/a%2Fb"],
  ["/a/b", "/a%2Fb"],
  ["/path/file-with-a-%2A.html", "/path/file-with-a-*.html"],
  ["/path/foo-%24", "/path/foo-$"],
  ["/*.php$", "/a.php?b"],
  ["/", "/robots.txt"]
]
CASES
cat >ask.py <<'PROGRAM'
import json
from protego import Protego

for rule, path in json.load(open("cases.json")):
    allowed = Protego.parse(f"User-agent: *\nDisallow: {rule}\n").can_fetch(f"https://example.org{path}", "kelpbot")
    print(f"protego: Disallow: {rule} {'allows' if allowed else 'forbids'} {path}")
PROGRAM
cat >ask.mjs <<'PROGRAM'
import { readFileSync } from "node:fs";
import robotsParser from "robots-parser";

for (const [rule, path] of JSON.parse(readFileSync("cases.json", "utf8"))) {
  const robots = robotsParser("https://example.org/robots.txt", `User-agent: *\nDisallow: ${rule}\n`);
  console.log(`robots-parser: Disallow: ${rule} ${robots.isAllowed("https://example.org" + path, "kelpbot") ? "allows" : "forbids"} ${path}`);
}
PROGRAM
{ venv/bin/python ask.py && node ask.mjs; } >seen || exit 2
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
protego: Disallow: /foo/bar?baz=http://foo.bar allows /foo/bar?baz=http%3A%2F%2Ffoo.bar
protego: Disallow: /foo/bar/ツ forbids /foo/bar/%E3%83%84
protego: Disallow: /foo/bar/%E3%83%84 forbids /foo/bar/ツ
protego: Disallow: /foo/bar/%62%61%7A forbids /foo/bar/baz
protego: Disallow: /foo/bar/baz forbids /foo/bar/%62%61%7A
protego: Disallow: /a%2fb forbids /a%2Fb
protego: Disallow: /a/b allows /a%2Fb
protego: Disallow: /path/file-with-a-%2A.html forbids /path/file-with-a-*.html
protego: Disallow: /path/foo-%24 forbids /path/foo-$
protego: Disallow: /*.php$ allows /a.php?b
protego: Disallow: / allows /robots.txt
robots-parser: Disallow: /foo/bar?baz=http://foo.bar allows /foo/bar?baz=http%3A%2F%2Ffoo.bar
robots-parser: Disallow: /foo/bar/ツ forbids /foo/bar/%E3%83%84
robots-parser: Disallow: /foo/bar/%E3%83%84 forbids /foo/bar/ツ
robots-parser: Disallow: /foo/bar/%62%61%7A allows /foo/bar/baz
robots-parser: Disallow: /foo/bar/baz allows /foo/bar/%62%61%7A
robots-parser: Disallow: /a%2fb forbids /a%2Fb
robots-parser: Disallow: /a/b allows /a%2Fb
robots-parser: Disallow: /path/file-with-a-%2A.html allows /path/file-with-a-*.html
robots-parser: Disallow: /path/foo-%24 allows /path/foo-$
robots-parser: Disallow: /*.php$ allows /a.php?b
robots-parser: Disallow: / forbids /robots.txt
OUTPUT
