#!/usr/bin/env bash
# Who tells Typst that a phrase is Hebrew gets U+202C between its letters, and PDFium reads a word of it backwards.
#
# Version:    typst 0.15.0 (Python), its own fonts; read with pypdfium2 5.15.2 and PyMuPDF 2.0
# Guess:      text and order come out right, and text(lang: "he") is in the file as /Lang. After U+202C was seen in the words: it stands
#             only where text() changes the direction within a line, MuPDF gives it, too, and PDFium does not find the word
# Behaviour:  the second guess holds. Without text(lang: ...) each word in an English line is whole in both readers, though PDFium has the
#             two words in the other order. With it, as people write who care for screen readers, Typst sets marks of direction
#             around the phrase, and the mark at its end is part of a letter's text in the file: MuPDF has it within a word,
#             PDFium reads the other word from its end, and the words of the whole line, too. The page looks right. On a line of
#             its own the phrase is right
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet typst==0.15.0 pypdfium2==5.15.2 pymupdf==2.0 || exit 2
venv/bin/python - <<'PROGRAM' >"$folder/seen" || exit 2
import pymupdf
import pypdfium2
import typst

LINES = {
    "Hebrew in English": ("Kelp is אצה גדלה here.", "אצה גדלה"),
    "with its language": ('Kelp is #text(lang: "he")[אצה גדלה] here.', "אצה גדלה"),
    "with its direction": ("Kelp is #text(dir: rtl)[אצה גדלה] here.", "אצה גדלה"),
    "on its own line": ('Kelp is \\\n#text(lang: "he")[אצה גדלה]', "אצה גדלה"),
    "English in Hebrew": ('#set text(lang: "he")\nאצה Kelp grows גדלה', "Kelp grows"),
    "English with its language": ('#set text(lang: "he")\nאצה #text(lang: "en")[Kelp grows] גדלה', "Kelp grows"),
}
for name, (source, phrase) in LINES.items():
    with open("line.typ", "w") as file:
        file.write(source)
    pdf = typst.compile("line.typ", ignore_system_fonts=True)
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    for reader, text in [("PDFium", page.get_text_range()), ("MuPDF", pymupdf.open(stream=pdf)[0].get_text())]:
        words = [ascii(word) if "\u202c" in word else word for word in text.split()]
        print(f"{name}, {reader}: {' | '.join(words)}; the phrase is {'' if phrase in text else 'not '}in it")
    print(f"  searched for by PDFium: {page.search(phrase).get_next()}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Hebrew in English, PDFium: Kelp | is | גדלה | אצה | here.; the phrase is not in it
Hebrew in English, MuPDF: Kelp | is | אצה | גדלה | here.; the phrase is in it
  searched for by PDFium: None
with its language, PDFium: .here | הצא | '\u05d2\u05d3\u05dc\u202c\u05d4' | is | Kelp; the phrase is not in it
with its language, MuPDF: Kelp | is | אצה | '\u05d2\u05d3\u05dc\u202c\u05d4' | here.; the phrase is not in it
  searched for by PDFium: None
with its direction, PDFium: Kelp | is | '\u05d4\u202c\u05d2\u05d3\u05dc' | הצא | here.; the phrase is not in it
with its direction, MuPDF: Kelp | is | אצה | '\u05d2\u05d3\u05dc\u202c\u05d4' | here.; the phrase is not in it
  searched for by PDFium: None
on its own line, PDFium: is | Kelp | אצה | גדלה; the phrase is in it
on its own line, MuPDF: Kelp | is | אצה | גדלה; the phrase is in it
  searched for by PDFium: (9, 8)
English in Hebrew, PDFium: אצה | grows | Kelp | גדלה; the phrase is not in it
English in Hebrew, MuPDF: אצהKelp | grows | גדלה; the phrase is in it
  searched for by PDFium: None
English with its language, PDFium: אצה | '\u202cgrows' | Kelp | גדלה; the phrase is not in it
English with its language, MuPDF: אצהKelp | 'grows\u202c' | גדלה; the phrase is in it
  searched for by PDFium: None
OUTPUT
