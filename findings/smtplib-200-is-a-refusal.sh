#!/usr/bin/env bash
# smtplib and aiosmtplib: a mail that the server has taken with a 2xx reply other than 250 is told as refused.
#
# Version:    CPython 3.11 to 3.13 (smtplib), aiosmtplib 5.1.3
# Guess:      Any 2xx is yes: RFC 5321, 4.2.1, has the client act by the first digit where it does not know the code
# Behaviour:  Both raise SMTPDataError with the server's own code, 200 here, though the mail is delivered. A program that
#             tries again on SMTPDataError sends it again and again: the copies are counted below
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet aiosmtplib==5.1.3 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
import asyncio, smtplib, socketserver, threading
import aiosmtplib

taken = []

class Server(socketserver.StreamRequestHandler):
    """Takes each mail, and says so in its own way."""
    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        say("220 here ESMTP")
        while line := self.rfile.readline():
            if line[:4].upper() == b"DATA":
                say("354 Go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                taken.append(1)
                say("200 Message accepted for delivery")
            else:
                say("250 Ok")

server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_address[1]
mail = "Subject: Hello\r\n\r\nHello\r\n"
for attempt in range(3):
    try:
        smtplib.SMTP("127.0.0.1", port).sendmail("a@example.com", "b@example.com", mail)
    except smtplib.SMTPDataError as error:
        print("smtplib:", type(error).__name__, error)
print("copies:", len(taken))

async def main():
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await client.connect()
    try:
        await client.sendmail("a@example.com", "b@example.com", mail)
    except aiosmtplib.SMTPDataError as error:
        print("aiosmtplib:", type(error).__name__, error)

asyncio.run(main())
print("copies:", len(taken))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
smtplib: SMTPDataError (200, b'Message accepted for delivery')
smtplib: SMTPDataError (200, b'Message accepted for delivery')
smtplib: SMTPDataError (200, b'Message accepted for delivery')
copies: 3
aiosmtplib: SMTPDataError (200, 'Message accepted for delivery')
copies: 4
OUTPUT
