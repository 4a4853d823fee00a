#!/usr/bin/env bash
# Protego takes a robots.txt group for a program's own when its name begins any word of the user agent, "Mozilla" included.
#
# Version:    protego 0.7.0
# Guess:      protego: "User-agent: kelp\nDisallow: /" for agent "KelpBot/1.0": not matched (token equal)
# Behaviour:  RFC 9309 (2.2.1) compares the crawler's product token with the group's. Protego looks for the group's name at the
#             start of each word of the string that it is given: in "KelpBot/1.0 (+https://example.org/search)" it finds "kelp" and
#             "search", and in what many crawlers send, "mozilla". Such a group is then used, and not "*". Give can_fetch the
#             token alone ("KelpBot"); the group of a crawler whose name begins like yours still counts
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet protego==0.7.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from protego import Protego

for group in ("KelpBot", "kelp", "bot", "search", "Mozilla", "OtherBot"):
    robots = Protego.parse(f"User-agent: {group}\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    for agent in (
        "KelpBot",
        "KelpBot/1.0 (+https://example.org/search)",
        "Mozilla/5.0 (compatible; KelpBot/1.0)",
    ):
        allowed = robots.can_fetch("https://example.com/page", agent)
        print(f"group {group}, {agent}: {'by *, allowed' if allowed else 'by that group, refused'}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
group KelpBot, KelpBot: by that group, refused
group KelpBot, KelpBot/1.0 (+https://example.org/search): by that group, refused
group KelpBot, Mozilla/5.0 (compatible; KelpBot/1.0): by that group, refused
group kelp, KelpBot: by that group, refused
group kelp, KelpBot/1.0 (+https://example.org/search): by that group, refused
group kelp, Mozilla/5.0 (compatible; KelpBot/1.0): by that group, refused
group bot, KelpBot: by *, allowed
group bot, KelpBot/1.0 (+https://example.org/search): by *, allowed
group bot, Mozilla/5.0 (compatible; KelpBot/1.0): by *, allowed
group search, KelpBot: by *, allowed
group search, KelpBot/1.0 (+https://example.org/search): by that group, refused
group search, Mozilla/5.0 (compatible; KelpBot/1.0): by *, allowed
group Mozilla, KelpBot: by *, allowed
group Mozilla, KelpBot/1.0 (+https://example.org/search): by *, allowed
group Mozilla, Mozilla/5.0 (compatible; KelpBot/1.0): by that group, refused
group OtherBot, KelpBot: by *, allowed
group OtherBot, KelpBot/1.0 (+https://example.org/search): by *, allowed
group OtherBot, Mozilla/5.0 (compatible; KelpBot/1.0): by *, allowed
OUTPUT
