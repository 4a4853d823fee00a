#!/usr/bin/env bash
# smtplib.LMTP reads one reply after a mail for two people where LMTP has two, and takes the second for the next mail's.
#
# Version:    CPython 3.11 to 3.13 (smtplib), aiosmtpd 1.4.6
# Guess:      LMTP.sendmail, where the server answers once for each recipient (RFC 2033, 4.2), 250 and 452: the second is in the dict of
#             refused that comes back, and the connection is in step. aiosmtpd's LMTP: one reply for each recipient
# Behaviour:  both are wrong. smtplib returns {}: a full mailbox is nowhere told. The next sendmail() on the connection reads
#             that 452 as the answer to MAIL FROM and raises SMTPSenderRefused, for a mail that the server takes. aiosmtpd sends
#             what its handler returns, one reply if that does not join several, so that the two agree in a test and neither with
#             a server, or client, that follows the RFC. Send one recipient a mail
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet aiosmtpd==1.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import smtplib, socket, socketserver, threading

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP


class Server(socketserver.StreamRequestHandler):
    """A server as RFC 2033 has it; the second recipient's mailbox is full."""

    def handle(self):
        recipients = 0
        self.say("220 lmtp")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"RCPT":
                recipients += 1
            if word != b"DATA":
                self.say("250 OK")
                continue
            self.say("354 Go on")
            while self.rfile.readline() != b".\r\n":
                pass
            for number in range(recipients):
                self.say("452 Mailbox full" if number else "250 Taken")
            recipients = 0

    def say(self, reply):
        self.wfile.write(reply.encode() + b"\r\n")


class Handler:
    async def handle_DATA(self, server, session, envelope):
        return "250 Taken"


class LmtpController(Controller):
    def factory(self):
        return LMTP(self.handler)


def send_two(name, port):
    client = smtplib.LMTP("127.0.0.1", port)
    for number, recipients in enumerate((["b@example.org", "c@example.org"], ["b@example.org"]), 1):
        try:
            told = client.sendmail("a@example.org", recipients, "Subject: Kelp\r\n\r\nThe report.\r\n")
        except smtplib.SMTPException as error:
            told = repr(error)
        print(f"{name}, mail {number} to {len(recipients)}: {told}")
    client.close()


server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
send_two("as RFC 2033 has it", server.server_address[1])
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
controller = LmtpController(Handler(), hostname="127.0.0.1", port=port)
controller.start()
try:
    send_two("aiosmtpd", port)
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rwb") as file:
        for line in (
            *("LHLO here", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>"),
            "DATA",
        ):
            file.write(f"{line}\r\n".encode())
            file.flush()
            while not (reply := file.readline()).startswith((b"250 ", b"354 ")):
                pass
        file.write(b"Subject: Kelp\r\n\r\nThe report.\r\n.\r\nQUIT\r\n")
        file.flush()
        print("aiosmtpd, replies after the dot:", [reply[:3].decode() for reply in file.readlines()][:-1])
finally:
    controller.stop()
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
as RFC 2033 has it, mail 1 to 2: {}
as RFC 2033 has it, mail 2 to 1: SMTPSenderRefused(452, b'Mailbox full', 'a@example.org')
aiosmtpd, mail 1 to 2: {}
aiosmtpd, mail 2 to 1: {}
aiosmtpd, replies after the dot: ['250']
OUTPUT
