#!/usr/bin/env bash
# mailparser joins the cells of a table when it makes text of a mail that is HTML only: 60 and 5 become 605.
#
# Version:    mailparser 3.14.2, the mails by nodemailer 10.6.1 (Node)
# Guess:      the text of a mail with a text part is that part; none was written down for a table before it was first seen (a space or
#             a tab between two cells would have been it)
# Behaviour:  what .text holds for an HTML mail has no space between cells, without a sign which it is; a list keeps its marks and a
#             link its address, so it looks like careful text. Figures from such a mail are other figures. A cell with a paragraph in
#             it is on a line of its own
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit mailparser@3.14.2 nodemailer@10.6.1 >/dev/null 2>&1 || exit 2
cat >read.mjs <<'PROGRAM'
import { simpleParser } from "mailparser";
import nodemailer from "nodemailer";
const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
const table = (a, b) => `<table><tr><td>${a}</td><td>${b}</td></tr></table>`;
for (const parts of [
  { html: table("60", "5") },
  { html: table("<p>60</p>", "<p>5</p>") },
  { html: '<ul><li>kelp</li></ul><a href="https://kelp.example/1">[1]</a>' },
  { text: "60 5", html: table("60", "5") },
]) {
  const sent = await transport.sendMail({ from: "a@kelp.example", to: "b@kelp.example", subject: "Kelp", ...parts });
  const mail = await simpleParser(sent.message);
  console.log(JSON.stringify(parts), "=>", JSON.stringify(mail.text));
}
PROGRAM
node read.mjs >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
{"html":"<table><tr><td>60</td><td>5</td></tr></table>"} => "605"
{"html":"<table><tr><td><p>60</p></td><td><p>5</p></td></tr></table>"} => "60\n\n5"
{"html":"<ul><li>kelp</li></ul><a href=\"https://kelp.example/1\">[1]</a>"} => " * kelp\n\n[1] [https://kelp.example/1]"
{"text":"60 5","html":"<table><tr><td>60</td><td>5</td></tr></table>"} => "60 5"
OUTPUT
