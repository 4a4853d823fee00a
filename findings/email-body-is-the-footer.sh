#!/usr/bin/env bash
# Python's get_body() takes a mailing list's footer for the body of an HTML mail, and mail-parser takes an attached mail for part of it.
#
# Version:    email of CPython 3.11, mail-parser 4.8.0; postal-mime 4.0.0 and mailparser 3.14.2 (Node)
# Guess:      an HTML mail with a text part after it: get_body() and all others give the first; a mail with an attached mail: its text
#             alone, in all
# Behaviour:  a list that adds its footer as a part of its own makes multipart/mixed of HTML and plain text. get_body(("plain", "html")),
#             as its page shows it, looks for "plain" among all parts first: the body is the footer, and the answer of whoever wrote
#             in HTML only is nowhere. The two for Node give both, in their order; mail-parser the footer first. With an attached
#             mail, mail-parser's body has that one's text, too, as if the sender had written it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet mail-parser==4.8.0 || exit 2
npm install --silent --no-fund --no-audit postal-mime@4.0.0 mailparser@3.14.2 >/dev/null 2>&1 || exit 2
cat >read.py <<'PROGRAM'
import email
from email.message import EmailMessage
from email.policy import SMTP

import mailparser


def write(name, *parts):
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "kim@example.org", "list@example.org", "Kelp"
    mail["Content-Type"] = 'multipart/mixed; boundary="part"'
    for part in parts:
        mail.attach(part)
    data = mail.as_bytes()
    with open(name, "wb") as file:
        file.write(data)
    body = email.message_from_bytes(data, policy=SMTP).get_body(("plain", "html"))
    print(f"{name}, get_body(): {body.get_content().strip()!r}")
    print(f"{name}, mail-parser: {mailparser.parse_from_bytes(data).body!r}")


def part(text, subtype="plain"):
    message = EmailMessage(policy=SMTP)
    message.set_content(text, subtype=subtype)
    return message


inner = part("I have not agreed.")
inner["Subject"] = "Kelp, before"
attached = EmailMessage(policy=SMTP)
attached.set_content(inner)
attached["Content-Disposition"] = "attachment"
write("footer", part("<p>Yes, in May.</p>", "html"), part("To leave the list, write to leave@example.org"))
write("attached", part("I agree."), attached)
PROGRAM
cat >read.mjs <<'PROGRAM'
import fs from "node:fs";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";

for (const name of ["footer", "attached"]) {
  const data = fs.readFileSync(name);
  console.log(`${name}, postal-mime: ${JSON.stringify((await PostalMime.parse(data)).text)}`);
  console.log(`${name}, mailparser: ${JSON.stringify((await simpleParser(data)).text)}`);
}
PROGRAM
{ venv/bin/python read.py && node read.mjs; } >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
footer, get_body(): 'To leave the list, write to leave@example.org'
footer, mail-parser: 'To leave the list, write to leave@example.org\r\n\n--- mail_boundary ---\n<p>Yes, in May.</p>\r\n'
attached, get_body(): 'I agree.'
attached, mail-parser: 'I agree.\r\n\n--- mail_boundary ---\nI have not agreed.\r\n'
footer, postal-mime: "\nYes, in May.\n\nTo leave the list, write to leave@example.org\n\n"
footer, mailparser: "Yes, in May.\nTo leave the list, write to leave@example.org\n"
attached, postal-mime: "I agree.\n\n"
attached, mailparser: "I agree.\n"
OUTPUT
