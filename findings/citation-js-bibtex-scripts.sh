#!/usr/bin/env bash
# citation-js writes BibTeX that has no letter of most scripts in it: the title is blanks, the author ", ", and Đức is another name.
#
# Version:    @citation-js/core 0.8.2, @citation-js/plugin-bibtex 0.8.2 (Node)
# Guess:      a work that is written as BibTeX and read again has its type, author, title, DOI, address, year and pages (italics perhaps
#             not); that which is lost for a Chinese author is lost in reading
# Behaviour:  it is lost in writing: the plugin writes ASCII, and what it has no command for is left out, with no error: Cyrillic,
#             Chinese, Korean, Arabic, Hindi. The entry's label begins with "undefined". Of two marks at one letter one goes: Đức is Đúc.
#             A Greek name comes in mathematics, which the plugin itself cannot read. Only a name that stands for itself (an organisation,
#             a group), set in braces, is left as it is. plugins.config.get("@bibtex").format.asciiOnly = false keeps all but the label
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @citation-js/core@0.8.2 @citation-js/plugin-bibtex@0.8.2 >/dev/null 2>&1 || exit 2
cat >works.mjs <<'PROGRAM'
import { Cite, plugins } from "@citation-js/core";
import "@citation-js/plugin-bibtex";

const works = [
  ["海带养殖", { family: "李", given: "伟" }],
  ["Морские водоросли", { family: "Иванова", given: "Анна" }],
  ["الأعشاب البحرية", { family: "حداد", given: "ليلى" }],
  ["समुद्री शैवाल", { family: "शर्मा", given: "राहुल" }],
  ["Rong biển", { family: "Nguyễn", given: "Đức" }],
  ["Φύκια", { family: "Παππάς", given: "Νίκος" }],
  ["Kelp (海带)", { literal: "世界海洋组织" }],
];
const write = (title, author) => new Cite({ type: "book", title, author: [author], issued: { "date-parts": [[2020]] } }).format("bibtex");
for (const asciiOnly of [true, false]) {
  if (!asciiOnly) plugins.config.get("@bibtex").format.asciiOnly = false;
  console.log(asciiOnly ? "as it comes:" : "asciiOnly = false:");
  for (const [title, author] of works) {
    const text = write(title, author);
    const [label, names, written] = [/\{(.*),/, /author = \{(.*)\}/, /title = \{(.*)\}/].map((pattern) => text.match(pattern)?.[1]);
    let back;
    try {
      const [read] = new Cite(text).data;
      back = `${read.author[0].given ?? "-"} ${read.author[0].family ?? "-"}: ${read.title ?? "-"}`;
    } catch {
      back = "an error";
    }
    console.log(`  ${names} | ${written}\n    ${label}, read again: ${back}`);
  }
}
PROGRAM
node works.mjs >seen || exit 2
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
as it comes:
  ,  | 
    undefined2020undefined, read again: - -: -
  ,  |  
    undefined2020undefined, read again: - -:  
  ,  |  
    undefined2020undefined, read again: - -:  
  ,  |  
    undefined2020undefined, read again: - -:  
  Nguy{\~ {\^ e}}n, \DJ{}{\' u}c | Rong bi{\^ e}n
    Nguyen2020Rong, read again: Đúc Nguyễn: Rong biên
  $\Pi$$\alpha$$\pi$$\pi$$\alpha{\' $}$\varsigma$, $\iota{\' $}$\kappa$$\varsigma$ | $\Phi$$\upsilon{\' $}$\kappa$$\iota$$\alpha$
    undefined2020undefined, read again: an error
  {世界海洋组织} | Kelp ()
    undefined2020Kelp, read again: - 世界海洋组织: Kelp ()
asciiOnly = false:
  李, 伟 | 海带养殖
    undefined2020undefined, read again: 伟 李: 海带养殖
  Иванова, Анна | Морские водоросли
    undefined2020undefined, read again: Анна Иванова: Морские водоросли
  حداد, ليلى | الأعشاب البحرية
    undefined2020undefined, read again: ليلى حداد: الأعشاب البحرية
  शर्मा, राहुल | समुद्री शैवाल
    undefined2020undefined, read again: राहुल शर्मा: समुद्री शैवाल
  Nguyễn, Đức | Rong biển
    Nguyen2020Rong, read again: Đức Nguyễn: Rong biển
  Παππάς, Νίκος | Φύκια
    undefined2020undefined, read again: Νίκος Παππάς: Φύκια
  {世界海洋组织} | Kelp (海带)
    undefined2020Kelp, read again: - 世界海洋组织: Kelp (海带)
OUTPUT
