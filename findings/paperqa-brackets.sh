#!/usr/bin/env bash
# paper-qa takes "(about 1200 kg)" out of its evidence as if it were a citation, and scores "9 out of 10" as 10.
#
# Version:    paper-qa 2026.8.12 (its helpers for text, without the libraries of which it makes its other parts)
# Guess:      strip_citations takes "(Smith 2020)" and "(GDP of 2019)" out and leaves "(about 1200 kg)"; extract_score reads 9 of "9 out
#             of 10", 8 of "8/10" and 7 of "7.5"; a document's short name is its first author's family name and the year of issue
# Behaviour:  each passage in brackets that has a letter and then four digits goes from the evidence that the answer is written from:
#             figures with their units, "(n = 1024)", the year that a value holds for; "(1200 kg)" stays. "9 out of 10" is 10, so that
#             a model that writes it gives all passages the best score. "Müller, Anna. "Kelp of 1987" ... 2021" is Anna1987, and 李伟
#             with 2019 is 20192019. Ask for scores as a number alone or as JSON, and give `docname` yourself
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet httpx==0.28.1 pybtex==0.26.1 tenacity==9.2.1 || exit 2
"$folder/venv/bin/pip" install --quiet --no-deps paper-qa==2026.8.12 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import importlib.util, sys, types
from unittest.mock import MagicMock

package = types.ModuleType("paperqa")
package.__path__ = list(importlib.util.find_spec("paperqa").submodule_search_locations)  # its __init__ would load all of it
sys.modules |= {"paperqa": package, "lmi": MagicMock()}
from paperqa.utils import citation_to_docname, extract_score, strip_citations

for text in [
    "Kelp grows (Smith 2020).",
    "The harvest (about 1200 kg) was weighed.",
    "The harvest (1200 kg) was weighed.",
    "It grew faster (p < 0.05, n = 1024) in the cold.",
    "The price (in dollars of 2019) fell.",
]:
    print(f"{text} -> {strip_citations(text)}")
for score in ["9", "8/10", "Score: 7.5", "9 out of 10", "3 out of 10"]:
    print(f"{score} -> {extract_score('Kelp grows.' + chr(10) * 2 + score)}")
for text in ["Doe, Jane. Kelp. 2019.", 'Müller, Anna. "Kelp of 1987." Sea, 2021.', "Li, Wei. Kelp. Pages 1024-1030. 2019.", "李伟. 海带. 2019."]:
    print(f"{text} -> {citation_to_docname(text)}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Kelp grows (Smith 2020). -> Kelp grows .
The harvest (about 1200 kg) was weighed. -> The harvest  was weighed.
The harvest (1200 kg) was weighed. -> The harvest (1200 kg) was weighed.
It grew faster (p < 0.05, n = 1024) in the cold. -> It grew faster  in the cold.
The price (in dollars of 2019) fell. -> The price  fell.
9 -> 9
8/10 -> 8
Score: 7.5 -> 7
9 out of 10 -> 10
3 out of 10 -> 10
Doe, Jane. Kelp. 2019. -> Doe2019
Müller, Anna. "Kelp of 1987." Sea, 2021. -> Anna1987
Li, Wei. Kelp. Pages 1024-1030. 2019. -> Li1024
李伟. 海带. 2019. -> 20192019
OUTPUT
