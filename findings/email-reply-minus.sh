#!/usr/bin/env bash
# email-reply-parser hides all of a reply from a rule, a minus or a line that begins with "From:" on, as a signature or a header.
#
# Version:    email-reply-parser 0.5.12, mail-parser-reply 1.36
# Guess:      in a reply, "-10 C is cold" at the start of a paragraph is kept, a rule "---" is kept, a table is kept, "From: 2020 to
#             2024" within is kept, "__init__" at a line's start is kept
# Behaviour:  parse_reply() says that it gives the reply's text. A line that begins with two dashes, with a dash and a letter or digit,
#             or with "__" makes a signature of its paragraph, and a paragraph with "From:", "Sent:" or "Subject:" a header; each hides
#             itself and all that follows. Whoever answers in Markdown with a rule or a bold word, or "-5 %" first, loses the rest,
#             and nothing tells. mail-parser-reply, a newer one of the same kind, keeps all of these
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet email-reply-parser==0.5.12 mail-parser-reply==1.36 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from email_reply_parser import EmailReplyParser
from mailparser_reply import EmailReplyParser as MailReplyParser

newer = MailReplyParser(languages=["en"])
for paragraph in ["- with a blank", "-10 C is cold.", "---", "__Bold__ words.", "From: 2020 to 2024 it doubled.", "| a | b |\n|---|---|"]:
    mail = f"Please add this.\n\n{paragraph}\n\nAnd tell of costs.\n\nOn Mon, 2 Nov 2026 at 10:00, Kim <kim@example.org> wrote:\n> Done."
    print(f"{paragraph!r}\n    {EmailReplyParser.parse_reply(mail)!r}\n    {newer.parse_reply(text=mail)!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
'- with a blank'
    'Please add this.\n\n- with a blank\n\nAnd tell of costs.'
    'Please add this.\n\n- with a blank\n\nAnd tell of costs.'
'-10 C is cold.'
    'Please add this.'
    'Please add this.\n\n-10 C is cold.\n\nAnd tell of costs.'
'---'
    'Please add this.'
    'Please add this.\n\n---\n\nAnd tell of costs.'
'__Bold__ words.'
    'Please add this.'
    'Please add this.\n\n__Bold__ words.\n\nAnd tell of costs.'
'From: 2020 to 2024 it doubled.'
    'Please add this.'
    'Please add this.\n\nFrom: 2020 to 2024 it doubled.\n\nAnd tell of costs.'
'| a | b |\n|---|---|'
    'Please add this.\n\n| a | b |\n|---|---|\n\nAnd tell of costs.'
    'Please add this.\n\n| a | b |\n|---|---|\n\nAnd tell of costs.'
OUTPUT
