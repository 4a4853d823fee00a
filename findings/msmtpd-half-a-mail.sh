#!/usr/bin/env bash
# A client that dies in the middle of a mail has half of it delivered by msmtpd, as if it were whole.
#
# Version:    msmtpd of msmtp-mta 1.8.23-1 (Debian 12)
# Guess:      nothing is delivered of a mail whose final dot never came, as with Postfix, Exim, OpenSMTPD, chasquid and
#             aiosmtpd; one copy after the client has sent it again
# Behaviour:  msmtpd hands what comes to its command as it comes, and the end of the connection ends that input like the final
#             dot does: the command exits with 0, and the half mail is sent on. nullmailer-smtpd 2.2 does the same. So with a relay
#             of this kind before it, a program that sends a mail again after a crash delivers two: a broken attachment, and the whole
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
server=
cd "$folder"
apt-get download msmtp-mta=1.8.23-1 >/dev/null 2>&1 && dpkg -x msmtp-mta_*.deb . || exit 2
usr/bin/msmtpd --version >/dev/null 2>&1 || exit 2
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >take.sh <<TAKE
#!/bin/sh
cat >"$folder/taking" && mv "$folder/taking" "$folder/taken-\$(ls "$folder" | grep -c taken-)"
TAKE
chmod +x take.sh
usr/bin/msmtpd --interface=127.0.0.1 --port="$port" --command="$folder/take.sh %F" &
server=$!
python3 - "$port" "$folder" <<'PROGRAM' >"$folder/seen"
import pathlib
import smtplib
import sys
import time

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
MAIL = b"Subject: report\r\n\r\n" + b"".join(b"line %d\r\n" % n for n in range(1, 9))


def connected():
    for _ in range(100):
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=30)
        except OSError:
            time.sleep(0.1)


def wait_for(number):
    deadline = time.monotonic() + 30
    while len(list(folder.glob("taken-*"))) < number and time.monotonic() < deadline:
        time.sleep(0.1)


dying = connected()
dying.ehlo("client.example.com")
dying.mail("reports@example.com")
dying.rcpt("reader@example.com")
dying.docmd("DATA")
dying.sock.sendall(MAIL[: len(MAIL) // 2])
dying.close()  # what the system does for a process that is killed
wait_for(1)
connected().sendmail("reports@example.com", ["reader@example.com"], MAIL)
wait_for(2)
for taken in sorted(folder.glob("taken-*")):
    print("delivered, last line:", taken.read_text().splitlines()[-1])
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
delivered, last line: line 3
delivered, last line: line 8
OUTPUT
