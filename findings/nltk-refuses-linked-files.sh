#!/usr/bin/env bash
# LlamaIndex, installed by uv, cannot split a text: NLTK takes a word list for an attack, as uv links files from its cache.
#
# Version:    llama-index-core 0.14.25, nltk 3.10.4, uv 0.13.9; Linux, a file system that cannot clone files (ext4)
# Guess:      SentenceSplitter's pieces, joined, are the text but for white space; that it matters who installed it, nobody thought of
# Behaviour:  NLTK refuses each file that has a second hard link. uv installs by hard link where a file system cannot clone, so each
#             file of a package has one, the list of stop words that LlamaIndex brings included. The first text that is longer
#             than one piece raises PermissionError "Security Violation"; the same versions by pip, or by `uv --link-mode copy`,
#             work. So it passes on one machine and fails on another, for no difference that a lock file tells
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export UV_CACHE_DIR="$folder/cache" UV_NO_CONFIG=1
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet uv==0.13.9 || exit 2
cat >"$folder/program.py" <<'PROGRAM'
from llama_index.core import Document
from llama_index.core.node_parser import SentenceSplitter

try:
    splitter = SentenceSplitter(chunk_size=50, chunk_overlap=0)
    nodes = splitter.get_nodes_from_documents([Document(text="Giant kelp grows fast in cold water. " * 12)])
    print(len(nodes), "pieces")
except PermissionError as error:
    print("PermissionError:", str(error).partition(" '")[0])
PROGRAM
for mode in copy hardlink; do
    "$folder/venv/bin/uv" venv --quiet "$folder/$mode" || exit 2
    "$folder/venv/bin/uv" pip install --quiet --python "$folder/$mode/bin/python" --link-mode "$mode" \
        llama-index-core==0.14.25 nltk==3.10.4 || exit 2
    echo "$mode: $("$folder/$mode/bin/python" "$folder/program.py" 2>"$folder/log" || cat "$folder/log")"
done >"$folder/seen"
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
copy: 3 pieces
hardlink: PermissionError: Security Violation [pathsec.open]: refusing multiply-linked file
OUTPUT
