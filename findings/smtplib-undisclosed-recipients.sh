#!/usr/bin/env bash
# smtplib sends a mail "To: undisclosed-recipients:;" to nobody as well: it asks the server to take the recipient <>.
#
# Version:    CPython 3.11 to 3.13 (smtplib), aiosmtplib 5.1.3; the server is aiosmtpd 1.4.6, which refuses <> here as RFC 5321 (3.6.3,
#             4.1.1.3) has it for RCPT
# Guess:      a group in To, "Team: b@..., c@...;": its members are the recipients. None was written down for an empty group
#             before it was first seen; taken for granted that it adds none
# Behaviour:  the first is so. Of an empty group, the usual way to say that all are in Bcc, send_message() makes one recipient
#             more, the empty address. A strict server refuses it, so that send_message() tells somebody as refused though all have
#             the mail. aiosmtplib passes over it. Give to_addrs
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet aiosmtplib==5.1.3 aiosmtpd==1.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import asyncio, smtplib, socket
from email.message import EmailMessage

import aiosmtplib
from aiosmtpd.controller import Controller

asked = []


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        asked.append(address)
        if address == "<>" or not address:
            return "501 The null path is no recipient"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        return f"250 Taken for {len(envelope.rcpt_tos)}"


with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
controller = Controller(Handler(), hostname="127.0.0.1", port=port)
controller.start()
try:
    for to in ("Team: b@example.org, c@example.org;", "undisclosed-recipients:;"):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Bcc"] = "a@example.org", to, "d@example.org"
        mail.set_content("The report is ready.\n")
        asked.clear()
        with smtplib.SMTP("127.0.0.1", port) as client:
            refused = client.send_message(mail)
        print(f"smtplib, {to} asked for {asked}, told as refused: {refused}")
        asked.clear()
        refused, _ = asyncio.run(aiosmtplib.send(mail, hostname="127.0.0.1", port=port, start_tls=False))
        print(f"aiosmtplib, {to} asked for {asked}, told as refused: {refused}")
finally:
    controller.stop()
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
smtplib, Team: b@example.org, c@example.org; asked for ['b@example.org', 'c@example.org', 'd@example.org'], told as refused: {}
aiosmtplib, Team: b@example.org, c@example.org; asked for ['b@example.org', 'c@example.org', 'd@example.org'], told as refused: {}
smtplib, undisclosed-recipients:; asked for ['<>', 'd@example.org'], told as refused: {'': (501, b'The null path is no recipient')}
aiosmtplib, undisclosed-recipients:; asked for ['d@example.org'], told as refused: {}
OUTPUT
