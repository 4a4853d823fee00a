#!/usr/bin/env bash
# Python's email package writes a long reference to another mail, or a link to unsubscribe, so that no mail program finds it.
#
# Version:    standard library of CPython 3.11.7, 3.12.1 and 3.13.0
# Guess:      List-Unsubscribe: <https://long ...> over 78: not encoded as =?utf-8?; policy.SMTP with long unbroken header
#             (Message-ID/References of 200 chars): folded at spaces, not broken
# Behaviour:  Message-ID is kept whole since bpo-35805. In all other headers a word of more than 77 characters, plain ASCII, becomes
#             encoded words, also where RFC 2047 (5) allows none: In-Reply-To and References then name no mail, so an answer stands
#             alone, and List-Unsubscribe has no address in angle brackets. IDs made of a run's ID are that long. A policy with
#             max_line_length=998 for these mails keeps them
# Seen:       2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from email import policy
from email.message import EmailMessage

mail_id = f"<generate-research-report-workflow-{'0123456789' * 5}@mail.example.org>"
HEADERS = {
    "Message-ID": mail_id,
    "In-Reply-To": mail_id,
    "References": f"<short@example.org> {mail_id}",
    "List-Unsubscribe": f"<https://example.org/unsubscribe/{'0123456789' * 5}>",
}
for length in (78, 998):
    for name, value in HEADERS.items():
        mail = EmailMessage(policy=policy.SMTP.clone(max_line_length=length))
        mail[name] = value
        line = mail.as_bytes().decode().strip().replace("\r\n", "")
        print(length, name, "whole" if value in line.replace("  ", " ") else line[:75])
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
78 Message-ID whole
78 In-Reply-To In-Reply-To: =?utf-8?q?=3Cgenerate-research-report-workflow-012345678901234
78 References References: <short@example.org> =?utf-8?q?=3Cgenerate-research-report-workf
78 List-Unsubscribe List-Unsubscribe: =?utf-8?q?=3Chttps=3A//example=2Eorg/unsubscribe/01234567
998 Message-ID whole
998 In-Reply-To whole
998 References whole
998 List-Unsubscribe whole
OUTPUT
