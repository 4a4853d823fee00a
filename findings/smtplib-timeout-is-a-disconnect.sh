#!/usr/bin/env bash
# smtplib: a reply that takes longer than `timeout` is told as a lost connection, not as TimeoutError; aiosmtplib has the latter.
#
# Version:    CPython 3.11 to 3.13 (smtplib), aiosmtplib 5.1.3
# Guess:      TimeoutError from both: smtplib's page says "If the timeout expires, TimeoutError is raised"
# Behaviour:  That holds for connecting alone. Once connected, smtplib raises SMTPServerDisconnected("Connection unexpectedly
#             closed: timed out"), which is no TimeoutError, and closes the socket; aiosmtplib's SMTPReadTimeoutError is one. A
#             program that tells a slow server, which may deliver the mail yet, from a dead one by the class of the error gets
#             it wrong after the final dot, where a second attempt is a second mail. Only __context__ still has the TimeoutError
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet aiosmtplib==5.1.3 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen"
import asyncio, smtplib, socketserver, threading, time
import aiosmtplib

class Slow(socketserver.StreamRequestHandler):
    """Takes everything, and three seconds for its reply to a mail."""
    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        say("220 slow ESMTP")
        while line := self.rfile.readline():
            if line[:4].upper() == b"DATA":
                say("354 Go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                time.sleep(3)
            try:
                say("250 Ok")
            except OSError:
                return

server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_address[1]
mail = "Subject: Hello\r\n\r\nHello\r\n"
try:
    smtplib.SMTP("127.0.0.1", port, timeout=1).sendmail("a@example.com", "b@example.com", mail)
except Exception as error:
    print("smtplib:", type(error).__name__, isinstance(error, TimeoutError), error)
    print("  behind it:", type(error.__context__).__name__)

async def main():
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, timeout=1, start_tls=False)
    await client.connect()
    try:
        await client.sendmail("a@example.com", "b@example.com", mail)
    except Exception as error:
        print("aiosmtplib:", type(error).__name__, isinstance(error, TimeoutError), error)

asyncio.run(main())
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
smtplib: SMTPServerDisconnected False Connection unexpectedly closed: timed out
  behind it: TimeoutError
aiosmtplib: SMTPReadTimeoutError True Timed out waiting for server response
OUTPUT
