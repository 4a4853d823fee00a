#!/usr/bin/env bash
# Where a reference mark stands behind the full stop, three sentence splitters give it to three different sentences.
#
# Version:    pysbd 0.3.4, syntok 1.4.4, blingfire 0.1.8 (with numpy 2.4.6)
# Guess:      "Kelp grows fast.[1] It is an alga.[2][3] ... "It grows." [4] Next ...": the marks stay with the sentence before them in all
#             three; the sentences, joined, give the text (no guess was written down for small raised figures)
# Behaviour:  the text is whole. "fast.[1] It" is no end for syntok, so that one sentence has both sources; "alga.[2][3] It" is none for
#             blingfire. `"It grows." [4] Next` is one sentence for pysbd, for syntok [4] begins the next one, to which a check of
#             claims then compares its source. Small raised figures ("fast.1 It") are an end for pysbd alone. Take marks out, with
#             their places, before splitting, and set them back
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet pysbd==0.3.4 syntok==1.4.4 blingfire==0.1.8 numpy==2.4.6 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import blingfire
import pysbd
from syntok import segmenter


def by_syntok(text):
    for paragraph in segmenter.process(text):
        for sentence in paragraph:
            yield "".join(token.spacing + token.value for token in sentence)


SPLITTERS = {
    "pysbd": pysbd.Segmenter(language="en", clean=False).segment,
    "syntok": by_syntok,
    "blingfire": lambda text: blingfire.text_to_sentences(text).split("\n"),
}
for text in [
    "Kelp grows fast.[1] It is an alga.",
    "It is an alga.[2][3] It lives in the sea.",
    'They say: "It grows." [4] Next it rests.',
    "Kelp grows fast.1 It is an alga.2,3 It rests.",
    "Kelp grows fast [1]. It is an alga [2].",
]:
    print(text)
    for name, split in SPLITTERS.items():
        print(f"    {name}: {' | '.join(sentence.strip() for sentence in split(text))}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Kelp grows fast.[1] It is an alga.
    pysbd: Kelp grows fast.[1] | It is an alga.
    syntok: Kelp grows fast.[1] It is an alga.
    blingfire: Kelp grows fast.[1] | It is an alga.
It is an alga.[2][3] It lives in the sea.
    pysbd: It is an alga.[2][3] | It lives in the sea.
    syntok: It is an alga.[2][3] | It lives in the sea.
    blingfire: It is an alga.[2][3] It lives in the sea.
They say: "It grows." [4] Next it rests.
    pysbd: They say: "It grows." [4] Next it rests.
    syntok: They say: "It grows." | [4] Next it rests.
    blingfire: They say: "It grows." [4] | Next it rests.
Kelp grows fast.1 It is an alga.2,3 It rests.
    pysbd: Kelp grows fast.1 | It is an alga.2,3 It rests.
    syntok: Kelp grows fast.1 It is an alga.2,3 It rests.
    blingfire: Kelp grows fast.1 It is an alga.2,3 It rests.
Kelp grows fast [1]. It is an alga [2].
    pysbd: Kelp grows fast [1]. | It is an alga [2].
    syntok: Kelp grows fast [1]. | It is an alga [2].
    blingfire: Kelp grows fast [1]. | It is an alga [2].
OUTPUT
