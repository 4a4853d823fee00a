#!/usr/bin/env bash
# STORM's cleaning of a section takes tables apart and whole paragraphs away; its reader of Markdown forgets text before a heading.
#
# Version:    knowledge-storm 1.1.1 (its helpers for text; the modules that they import and do not use are replaced by empty ones)
# Guess:      clean_up_section leaves a finished section as it is, but for a last list item without a full stop; the Chinese full stop
#             may be unknown, so that nothing is left. parse_article_into_dict keeps the text before the first heading, takes a
#             comment in a block of code for a heading, and keeps two sections of one title
# Behaviour:  Chinese stays. Each line becomes a paragraph, so that a table is none any more. A paragraph that begins with "Overall" or
#             "In conclusion" goes, with all that it alone says, and a last line ends at its last full stop, be it that within an
#             address. When a report is read, what stands before its first heading is lost, and the first of two sections of one
#             title, so that Bergen below is forgotten; the comment does become a section. Nothing is logged
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" || exit 2
"$folder/venv/bin/pip" install --quiet --no-deps knowledge-storm==1.1.1 regex==2026.11.19 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import importlib.util, sys, types
from unittest.mock import MagicMock

found = importlib.util.find_spec("knowledge_storm").submodule_search_locations
package = types.ModuleType("knowledge_storm")
package.__path__ = list(found)  # its __init__ would load PyTorch
sys.modules["knowledge_storm"] = package
for name in ["dspy", "httpx", "toml", "tqdm", "langchain_text_splitters", "trafilatura", "knowledge_storm.lm"]:
    sys.modules[name] = MagicMock()

from knowledge_storm.utils import ArticleTextProcessing

TABLE = "Kelp grows fast [1].\n\n| place | cm a day |\n| --- | --- |\n| Monterey | 60 |"
CONCLUSION = "Kelp grows fast [1].\n\nIn conclusion, light was short that year [2]. The harvest was 605 tonnes [3]."
OVERALL = "Overall, the harvest was 605 tonnes [1]. It grew by 5 % [2]."
ADDRESS = "Kelp grows 60 cm a day [1]. The figures are kept at www.example.org"
CHINESE = "海带长得快[1]。它需要冷水[2]。"
for section in [TABLE, CONCLUSION, OVERALL, ADDRESS, CHINESE]:
    print(f"{section!r}\n  -> {ArticleTextProcessing.clean_up_section(section)!r}")

REPORT = "Kelp is an alga.\n# Kelp\n## Uses\nFood.\n## Growth\n```\n# by day\n60\n```\n# Places\n## Norway\nBergen.\n## Norway\nOslo.\n"


def show(sections, depth=1):
    for title, section in sections.items():
        print("  " * depth + f"{title}: {section['content']!r}")
        show(section["subsections"], depth + 1)


print(repr(REPORT))
show(ArticleTextProcessing.parse_article_into_dict(REPORT))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
'Kelp grows fast [1].\n\n| place | cm a day |\n| --- | --- |\n| Monterey | 60 |'
  -> 'Kelp grows fast [1].\n\n| place | cm a day |\n\n| --- | --- |\n\n| Monterey | 60 |'
'Kelp grows fast [1].\n\nIn conclusion, light was short that year [2]. The harvest was 605 tonnes [3].'
  -> 'Kelp grows fast [1].'
'Overall, the harvest was 605 tonnes [1]. It grew by 5 % [2].'
  -> ''
'Kelp grows 60 cm a day [1]. The figures are kept at www.example.org'
  -> 'Kelp grows 60 cm a day [1]. The figures are kept at www.example.'
'海带长得快[1]。它需要冷水[2]。'
  -> '海带长得快[1]。它需要冷水[2]。'
'Kelp is an alga.\n# Kelp\n## Uses\nFood.\n## Growth\n```\n# by day\n60\n```\n# Places\n## Norway\nBergen.\n## Norway\nOslo.\n'
  Kelp: ''
    Uses: 'Food.\n'
    Growth: '```\n'
  by day: '60\n```\n'
  Places: ''
    Norway: 'Oslo.\n'
OUTPUT
