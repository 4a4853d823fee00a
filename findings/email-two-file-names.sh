#!/usr/bin/env bash
# An attachment with a name for all programs and one with all letters has both as one name, or loses the second.
#
# Version:    flanker 0.9.11 (Python), eml-parse-js 1.1.15 (Node), fast-mail-parser 0.10.0 and mail-parser 4.8.0 (Python)
# Guess:      none was written down; the name of filename*= was expected, as browsers and CPython's `email` take it
# Behaviour:  Web servers are told to send filename= beside filename*= (RFC 6266), and mails are written like that, too. The first two
#             take both for pieces of one name and join them, "….pdf" within it. The other two take the plain one. All four read
#             filename*= where it stands alone, with the plain name as name= in Content-Type for simple programs: so it is the way for mails
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet setuptools flanker==0.9.11 fast-mail-parser==0.10.0 mail-parser==4.8.0 || exit 2
npm install --silent --no-fund --no-audit eml-parse-js@1.1.15 >/dev/null 2>&1 || exit 2
cat >read.cjs <<'PROGRAM'
const { readFileSync } = require("fs");
const { readEml } = require("eml-parse-js");
for (const kind of ["both", "alone"])
  console.log(`${kind}: eml-parse-js`, readEml(readFileSync(`${kind}.eml`, "utf8")).attachments[0].name);
PROGRAM
venv/bin/python -W ignore - <<'PROGRAM' >seen 2>errors || { cat errors >&2; exit 2; }
import email
import email.policy
import pathlib

import fast_mail_parser
import mailparser
from flanker import mime

for kind, plain in (("both", '; filename="report.pdf"'), ("alone", "")):
    lines = [
        "From: reports@example.com", "Subject: report", "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"', "",
        "--b", "Content-Type: text/plain", "", "Here it is.",
        "--b", 'Content-Type: application/pdf; name="report.pdf"',
        f"Content-Disposition: attachment; filename*=utf-8''%E6%B0%B4.pdf{plain}",
        "Content-Transfer-Encoding: base64", "", "JVBERg==", "--b--", "",
    ]  # fmt: skip
    mail = "\r\n".join(lines).encode()
    pathlib.Path(f"{kind}.eml").write_bytes(mail)
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    print(f"{kind}: email", next(parsed.iter_attachments()).get_filename())
    print(f"{kind}: flanker", mime.from_string(mail).parts[1].detected_file_name)
    print(f"{kind}: fast-mail-parser", fast_mail_parser.parse_email(mail).attachments[0].filename)
    print(f"{kind}: mail-parser", mailparser.parse_from_bytes(mail).attachments[0]["filename"])
PROGRAM
node read.cjs >>seen
cat seen
diff - seen <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
both: email 水.pdf
both: flanker 水.pdfreport.pdf
both: fast-mail-parser report.pdf
both: mail-parser report.pdf
alone: email 水.pdf
alone: flanker 水.pdf
alone: fast-mail-parser 水.pdf
alone: mail-parser 水.pdf
both: eml-parse-js 水.pdfreport.pdf
alone: eml-parse-js 水.pdf
OUTPUT
