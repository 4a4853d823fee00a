#!/usr/bin/env bash
# A query of pyalex that is refined twice has both refinements: filter() and search() change the query that they are called on.
#
# Version:    pyalex 0.21
# Guess:      each call gives a new query, as in the ORMs whose form it has, and one that is used twice stays as it was
# Behaviour:  there is one query, and each call returns it: after open = base.filter(is_oa=True) and kelp = base.search("kelp") all three
#             ask for open works about kelp of that year. A loop that refines a query for each country asks for works of all
#             countries so far at once ("+" is "and" for OpenAlex), and finds less each time. In a chain of calls it does not
#             show. Begin anew with Works(), or use copy.deepcopy
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet pyalex==0.21 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" || exit 2
import copy
from pyalex import Works


def asked(query):
    return query.url.split("?")[1]


base = Works().filter(publication_year=2020)
print("base:", asked(base))
open_works = base.filter(is_oa=True)
kelp = base.search("kelp")
for name, query in [("base", base), ("open", open_works), ("kelp", kelp)]:
    print(f"{name} after two refinements: {asked(query)}")
base = Works().filter(publication_year=2020)
for country in ["no", "cn"]:
    print(f"in a loop, {country}: {asked(base.filter(institutions={'country_code': country}))}")
base = Works().filter(publication_year=2020)
for country in ["no", "cn"]:
    print(f"copied, {country}: {asked(copy.deepcopy(base).filter(institutions={'country_code': country}))}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
base: filter=publication_year:2020
base after two refinements: filter=publication_year:2020,is_oa:true&search=kelp
open after two refinements: filter=publication_year:2020,is_oa:true&search=kelp
kelp after two refinements: filter=publication_year:2020,is_oa:true&search=kelp
in a loop, no: filter=publication_year:2020,institutions.country_code:no
in a loop, cn: filter=publication_year:2020,institutions.country_code:no+cn
copied, no: filter=publication_year:2020,institutions.country_code:no
copied, cn: filter=publication_year:2020,institutions.country_code:cn
OUTPUT
