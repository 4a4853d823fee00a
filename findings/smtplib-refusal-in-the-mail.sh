#!/usr/bin/env bash
# smtplib throws a server's refusal away if the server hangs up before it has the whole mail.
#
# Version:    CPython 3.11.7 (smtplib), Linux
# Guess:      none was written down; SMTPDataError with the server's 552 was expected
# Behaviour:  A server may refuse a mail that is too large for it while that still comes in, and close. The reply waits
#             in the client's socket, as the second client here shows. `sendmail` raises "Server not connected" without
#             code or text: its `send` closes the connection on any OSError. So a program that sorts failures by code takes
#             a refusal that is for good for a broken connection, and sends the same mail again and again.
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
command -v python3 >/dev/null || exit 2
python3 - <<'PROGRAM' >"$folder/seen"
import smtplib
import socket
import threading

MAIL = b"Subject: large\r\n\r\n" + (b"x" * 70 + b"\r\n") * 400_000


def serve(listening):
    while True:
        connection = listening.accept()[0]
        connection.sendall(b"220 test\r\n")
        lines = connection.makefile("rb")
        for line in lines:
            if line.upper().startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
                lines.read(100_000)
                connection.sendall(b"552 5.3.4 Message too big\r\n")
                break
            connection.sendall(b"250 OK\r\n")
        lines.close()
        connection.close()


listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=[listening], daemon=True).start()
port = listening.getsockname()[1]
try:
    smtplib.SMTP("127.0.0.1", port, timeout=30).sendmail("a@example.com", "b@example.com", MAIL)
except smtplib.SMTPException as error:
    print("sendmail:", type(error).__name__, error)

client = smtplib.SMTP("127.0.0.1", port, timeout=30)
client.ehlo()
client.mail("a@example.com")
client.rcpt("b@example.com")
client.docmd("DATA")
try:
    client.sock.sendall(MAIL + b"\r\n.\r\n")
except ConnectionError:
    print("in the socket:", *client.getreply())
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
sendmail: SMTPServerDisconnected Server not connected
in the socket: 552 b'5.3.4 Message too big'
OUTPUT
