#!/usr/bin/env bash
# mailauth and dkimpy do not know each other's DKIM signatures when a subject in raw UTF-8 has an "à" in it, or a Russian "Р".
#
# Version:    dkimpy 1.1.8 (Python), mailauth 4.13.3 (Node)
# Guess:      what one signs the other knows, relaxed and simple, for a folded subject, an empty body, a body of blank lines, trailing
#             blanks, a header without a value, two of one name, and headers in raw UTF-8 (RFC 6532)
# Behaviour:  so it is, but for the last one: RFC 6376 makes one blank of a run of blanks and tabs; mailauth reads the header byte by
#             byte, and takes each A0 for a blank as well (it is the no-break space of Latin-1). That byte is in the UTF-8 of "à",
#             of the Russian "Р", of "砠", and of the no-break space that French sets before ":". A good mail with such a subject,
#             sender or recipient fails at a receiver with mailauth, and what mailauth signs fails everywhere else. The simple
#             form is right, and so is the body. Write such headers as encoded words, which are ASCII
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
    "folded": "How fast\r\n\tdoes  kelp grow?",
    "German": "Wie schnell wächst Seetang?",
    "French": "Le varech croît à vue d’œil",
    "no-break": "Varech\u00a0: 60 cm par jour",
    "Russian": "Рост морской капусты",
    "Chinese": "海带每天长六十厘米",
}
if sys.argv[1] == "sign":
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    open("key.pem", "wb").write(pem)
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    open("key.txt", "w").write(f"v=DKIM1; k=rsa; p={public}")
    for name, subject in SUBJECTS.items():
        mail = f"From: a@example.org\r\nTo: b@example.com\r\nSubject: {subject}\r\n\r\n{subject}\r\n".encode()
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
Chinese.relaxed, signed by dkimpy, read by mailauth: good
Chinese.simple, signed by dkimpy, read by mailauth: good
French.relaxed, signed by dkimpy, read by mailauth: bad
French.simple, signed by dkimpy, read by mailauth: good
German.relaxed, signed by dkimpy, read by mailauth: good
German.simple, signed by dkimpy, read by mailauth: good
Russian.relaxed, signed by dkimpy, read by mailauth: bad
Russian.simple, signed by dkimpy, read by mailauth: good
folded.relaxed, signed by dkimpy, read by mailauth: good
folded.simple, signed by dkimpy, read by mailauth: good
no-break.relaxed, signed by dkimpy, read by mailauth: bad
no-break.simple, signed by dkimpy, read by mailauth: good
Chinese.relaxed, signed by mailauth, read by dkimpy: good
Chinese.simple, signed by mailauth, read by dkimpy: good
French.relaxed, signed by mailauth, read by dkimpy: bad
French.simple, signed by mailauth, read by dkimpy: good
German.relaxed, signed by mailauth, read by dkimpy: good
German.simple, signed by mailauth, read by dkimpy: good
Russian.relaxed, signed by mailauth, read by dkimpy: bad
Russian.simple, signed by mailauth, read by dkimpy: good
folded.relaxed, signed by mailauth, read by dkimpy: good
folded.simple, signed by mailauth, read by dkimpy: good
no-break.relaxed, signed by mailauth, read by dkimpy: bad
no-break.simple, signed by mailauth, read by dkimpy: good
OUTPUT
