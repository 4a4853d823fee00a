#!/usr/bin/env bash
# Defuddle drops short sentences with a date in an article's first paragraphs, and lists of figures or terms near its ends.
#
# Version:    defuddle 0.19.4, jsdom 29.1.1 (Node)
# Guess:      of an article with headings, a table, lists and references all is kept. After the first list was lost: any list of short
#             items is taken for navigation, unless it has figures or full stops; short paragraphs are kept
# Behaviour:  lists are kept in the middle. Near the beginning and at the end one without full stops goes, and so do its figures, and
#             terms with their explanations; a table stays. A paragraph of one or two lines with a day, month and year in it goes as
#             a byline in a news item's first paragraphs, just where it says what happened when ("In March 2021" is kept), and the
#             text of <time> at the end, too. The <header> of a section goes anywhere, and who said a quotation. Nothing tells of it
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit defuddle@0.19.4 jsdom@29.1.1 >/dev/null 2>&1 || exit 2
cat >pages.mjs <<'PROGRAM'
import { JSDOM } from "jsdom";
import { Defuddle } from "defuddle/node";

const paragraph =
  "<p>Giant kelp is one of the fastest growing organisms of the sea and covers much of the coast, as the survey found. It needs cold, " +
  "clear water and much light, and grows best where an upwelling brings nutrients to the surface, as farms have seen for years.</p>";
const parts = {
  "steps": "<ol><li>Seed the ropes</li><li>Harvest</li></ol>",
  "figures": "<ul><li>Monterey: 60 cm</li><li>Bergen: 14.5 cm</li></ul>",
  "sentences": "<ul><li>It was cold.</li><li>It was dark.</li></ul>",
  "terms": "<dl><dt>Monterey</dt><dd>60 cm</dd></dl>",
  "table": "<table><tr><td>Monterey</td><td>60 cm</td></tr></table>",
  "month": "<p>In March 2021 the harvest was 605 tonnes.</p>",
  "date": "<p>On 5 March 2021 the harvest at Bergen was 605 tonnes, the highest ever, and it was 55 the year before.</p>",
  "<time>": '<p>On <time datetime="2021-03-05">5 March 2021</time> the harvest was 605 tonnes.</p>',
  "section's <header>": "<section><header><h2>Harvest</h2><p>It was 605 tonnes.</p></header></section>",
  "quotation's <footer>": "<blockquote><p>It grows.</p><footer>A farmer</footer></blockquote>",
};
const text = (html) => new JSDOM(html).window.document.body.textContent;
for (const [place, [before, after]] of Object.entries({ "after one paragraph": [1, 5], "after four": [4, 2], "at the end": [6, 0] }))
  for (const [name, part] of Object.entries(parts)) {
    const body = `<article><h1>Kelp</h1>${paragraph.repeat(before)}${part}${paragraph.repeat(after)}</article>`;
    const page = new JSDOM(`<!doctype html><title>Kelp</title>${body}`, { url: "https://example.org/kelp" });
    const kept = text((await Defuddle(page, "https://example.org/kelp")).content);
    const lost = text(part.replaceAll("<", " <")).split(/\s+/).filter((word) => word && !kept.includes(word));
    if (lost.length) console.log(`${place}, ${name}: ${lost.join(" ")}`);
  }
PROGRAM
node pages.mjs >seen || exit 2
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
after one paragraph, steps: Seed ropes Harvest
after one paragraph, figures: Monterey: 60 cm Bergen: 14.5 cm
after one paragraph, terms: Monterey 60 cm
after one paragraph, date: On 5 March 2021 harvest Bergen was 605 tonnes, highest ever, it was 55 before.
after one paragraph, <time>: On 5 March 2021 harvest was 605 tonnes.
after one paragraph, section's <header>: Harvest was 605 tonnes.
after one paragraph, quotation's <footer>: A farmer
after four, section's <header>: Harvest was 605 tonnes.
after four, quotation's <footer>: A farmer
at the end, steps: Seed ropes Harvest
at the end, figures: Monterey: 60 cm Bergen: 14.5 cm
at the end, terms: Monterey 60 cm
at the end, <time>: March 2021
at the end, section's <header>: Harvest was 605 tonnes.
at the end, quotation's <footer>: A farmer
OUTPUT
