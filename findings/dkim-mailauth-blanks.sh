#!/usr/bin/env bash
# mailauth and dkimpy do not know each other's DKIM signatures when a raw UTF-8 subject has a no-break or a wide blank in it.
#
# Version:    dkimpy 1.1.8 (Python), mailauth 4.13.3 (Node)
# Guess:      what one signs the other knows, relaxed and simple, for a folded subject, an empty body, a body of blank lines, trailing
#             blanks, a header without a value, two of one name, and headers in raw UTF-8 (RFC 6532)
# Behaviour:  so it is, but for the last one: RFC 6376 makes one blank of a run of blanks and tabs, mailauth of all that \s is in
#             JavaScript: U+00A0 (which French sets before "?" and ":"), U+3000 (the Chinese blank), U+2009. dkimpy keeps these, as
#             the RFC says. So a good mail fails at a receiver with mailauth, and what mailauth signs fails at the others. The
#             simple form is right. Write such subjects as encoded words, which are ASCII
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet dkimpy==1.1.8 cryptography==50.0.2 dnspython==2.9.2 || exit 2
npm install --silent --no-fund --no-audit mailauth@4.13.3 >/dev/null 2>&1 || exit 2
cat >mails.py <<'PROGRAM'
import base64, glob, sys
import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SUBJECTS = {
    "ASCII": "How fast does kelp grow?",
    "folded": "How fast\r\n\tdoes  kelp grow?",
    "UTF-8": "Wie schnell wächst Seetang?",
    "no-break": "La croissance du varech\u00a0: 60 cm par jour",
    "wide": "海带\u3000每天六十厘米",
    "thin": "60\u2009cm a day",
}
if sys.argv[1] == "sign":
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    open("key.pem", "wb").write(pem)
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    open("key.txt", "w").write(f"v=DKIM1; k=rsa; p={public}")
    for name, subject in SUBJECTS.items():
        mail = f"From: a@example.org\r\nTo: b@example.com\r\nSubject: {subject}\r\n\r\nKelp grows.\r\n".encode()
        open(f"{name}.plain", "wb").write(mail)
        for form in ["relaxed", "simple"]:
            how = (form.encode(), form.encode())
            signature = dkim.sign(mail, b"s", b"example.org", pem, canonicalize=how, include_headers=[b"from", b"to", b"subject"])
            open(f"{name}.{form}.dkimpy", "wb").write(signature + mail)
else:
    for path in sorted(glob.glob("*.mailauth")):
        good = dkim.verify(open(path, "rb").read(), dnsfunc=lambda *_, **__: open("key.txt", "rb").read())
        print(f"{path.removesuffix('.mailauth')}, signed by mailauth, read by dkimpy: {'good' if good else 'bad'}")
PROGRAM
cat >mails.mjs <<'PROGRAM'
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dkimSign } from "mailauth/lib/dkim/sign.js";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";

const files = readdirSync(".").sort();
for (const file of files.filter((name) => name.endsWith(".dkimpy"))) {
  const { results } = await dkimVerify(readFileSync(file), { resolver: async () => [[readFileSync("key.txt", "utf8")]] });
  const good = results[0].status.result === "pass";
  console.log(`${file.replace(".dkimpy", "")}, signed by dkimpy, read by mailauth: ${good ? "good" : "bad"}`);
}
for (const file of files.filter((name) => name.endsWith(".plain"))) {
  const mail = readFileSync(file);
  for (const form of ["relaxed", "simple"]) {
    const signatureData = [{ signingDomain: "example.org", selector: "s", privateKey: readFileSync("key.pem", "utf8") }];
    const { signatures } = await dkimSign(mail, { canonicalization: `${form}/${form}`, signatureData });
    writeFileSync(file.replace("plain", `${form}.mailauth`), Buffer.concat([Buffer.from(signatures), mail]));
  }
}
PROGRAM
{ venv/bin/python mails.py sign && node mails.mjs && venv/bin/python mails.py verify; } >seen || exit 2
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
ASCII.relaxed, signed by dkimpy, read by mailauth: good
ASCII.simple, signed by dkimpy, read by mailauth: good
UTF-8.relaxed, signed by dkimpy, read by mailauth: good
UTF-8.simple, signed by dkimpy, read by mailauth: good
folded.relaxed, signed by dkimpy, read by mailauth: good
folded.simple, signed by dkimpy, read by mailauth: good
no-break.relaxed, signed by dkimpy, read by mailauth: bad
no-break.simple, signed by dkimpy, read by mailauth: good
thin.relaxed, signed by dkimpy, read by mailauth: good
thin.simple, signed by dkimpy, read by mailauth: good
wide.relaxed, signed by dkimpy, read by mailauth: good
wide.simple, signed by dkimpy, read by mailauth: good
ASCII.relaxed, signed by mailauth, read by dkimpy: good
ASCII.simple, signed by mailauth, read by dkimpy: good
UTF-8.relaxed, signed by mailauth, read by dkimpy: good
UTF-8.simple, signed by mailauth, read by dkimpy: good
folded.relaxed, signed by mailauth, read by dkimpy: good
folded.simple, signed by mailauth, read by dkimpy: good
no-break.relaxed, signed by mailauth, read by dkimpy: bad
no-break.simple, signed by mailauth, read by dkimpy: good
thin.relaxed, signed by mailauth, read by dkimpy: good
thin.simple, signed by mailauth, read by dkimpy: good
wide.relaxed, signed by mailauth, read by dkimpy: good
wide.simple, signed by mailauth, read by dkimpy: good
OUTPUT
