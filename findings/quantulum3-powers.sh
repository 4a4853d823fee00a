#!/usr/bin/env bash
# quantulum3 reads "10^6 tonnes" as 10 and six tonnes, and "1,5 kg" as 1 and five kilograms; with a factor before it, the power is right.
#
# Version:    quantulum3 0.10.0, without its optional classifier; CPython 3.11
# Guess:      "1,200 km" 1200; "1.2 million people" 1200000; "3-5 %" 4 with an uncertainty; "10^-3 m" 0.001; "60 cm a day" 60 centimetres;
#             "1,5 kg" 1.5; "1.5×10⁻³ m" 0.0015
# Behaviour:  the first three are so, "2×10^-3 m" too. A power that stands alone becomes two quantities, of which the second has the
#             unit, and often a sign; a written-out small one ("10⁻³ m") is 10 without a unit, and "1.5×10⁻³ m" nothing. A decimal
#             comma makes two of one. "60 cm a day" is 60 centimetres and one day, no rate; "3 a.m." is three years. Nothing
#             tells such a quantity from a right one: who compares figures with a page should look at `surface`
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet quantulum3==0.10.0 setuptools==80.9.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from quantulum3 import parser

for text in [
    "2×10^-3 m",
    "10^-3 m",
    "10^6 tonnes",
    "10⁻³ m",
    "1.5×10⁻³ m",
    "1,200 km",
    "1,5 kg",
    "60 cm a day",
    "at 3 a.m.",
    "1.2 million people",
    "3-5 %",
]:
    print(f"{text}: " + "; ".join(f"{found.value} {found.unit.name}, from {found.surface!r}" for found in parser.parse(text)))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
2×10^-3 m: 0.002 metre, from '2×10^-3 m'
10^-3 m: 10.0 dimensionless, from '10'; -3.0 metre, from '-3 m'
10^6 tonnes: 10.0 dimensionless, from '10'; 6.0 tonne, from '6 tonnes'
10⁻³ m: 10.0 dimensionless, from '10'
1.5×10⁻³ m: 
1,200 km: 1200.0 kilometre, from '1,200 km'
1,5 kg: 1.0 dimensionless, from '1'; 5.0 kilogram, from '5 kg'
60 cm a day: 60.0 centimetre, from '60 cm'; 1.0 day, from 'a day'
at 3 a.m.: 3.0 year, from '3 a'
1.2 million people: 1200000.0 dimensionless, from '1.2 million'
3-5 %: 4.0 percentage, from '3-5 %'
OUTPUT
