#!/usr/bin/env bash
# smtplib's send_message() sets ">" before "From" at a line's start in the text, if all addresses are plain ASCII.
#
# Version:    CPython 3.11 to 3.13 (smtplib), aiosmtplib 5.1.3; the server is aiosmtpd 1.4.6
# Guess:      a line "From here on ..." in the text: not changed by as_bytes() (the policies email.policy.default and SMTP have
#             mangle_from_ False), and so not by send_message()
# Behaviour:  as_bytes() keeps it. send_message() writes the mail without the message's policy, whose place a generator's own
#             rule of mailbox files takes: people read ">From here on". With an address that needs SMTPUTF8 the policy is used, and
#             the line is whole. What was signed before, or is compared after, differs. aiosmtplib does not do it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet aiosmtplib==5.1.3 aiosmtpd==1.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import asyncio, smtplib, socket
from email import policy
from email.message import EmailMessage

import aiosmtplib
from aiosmtpd.controller import Controller

taken = []


class Handler:
    async def handle_DATA(self, server, session, envelope):
        taken.append(envelope.content)
        return "250 OK"


def line(content):
    return next(line for line in content.decode().splitlines() if "here on" in line)


with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
controller = Controller(Handler(), hostname="127.0.0.1", port=port)
controller.start()
try:
    for to in ("b@example.org", "j\u00f6rg@example.org"):
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"] = "a@example.org", to
        mail.set_content("Kelp grows in the north.\nFrom here on it is farmed.\n")
        print(f"{to!a}, as_bytes: {line(mail.as_bytes(policy=mail.policy.clone(utf8=True)))}")
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(mail)
        print(f"{to!a}, smtplib: {line(taken[-1])}")
        asyncio.run(aiosmtplib.send(mail, hostname="127.0.0.1", port=port, start_tls=False))
        print(f"{to!a}, aiosmtplib: {line(taken[-1])}")
finally:
    controller.stop()
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
'b@example.org', as_bytes: From here on it is farmed.
'b@example.org', smtplib: >From here on it is farmed.
'b@example.org', aiosmtplib: From here on it is farmed.
'j\xf6rg@example.org', as_bytes: From here on it is farmed.
'j\xf6rg@example.org', smtplib: From here on it is farmed.
'j\xf6rg@example.org', aiosmtplib: From here on it is farmed.
OUTPUT
