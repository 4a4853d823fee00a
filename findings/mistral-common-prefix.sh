#!/usr/bin/env bash
# Mistral's own tokenizer takes the blank from the end of an answer that is to go on, and moves the system message into each new question.
#
# Version:    mistral-common 1.13.1 with the tokenizers that it brings, sentencepiece 0.2.3
# Guess:      the system message goes to the beginning of the prompt; two user messages are joined by an empty line; the blank at the end
#             of an assistant's prefix is kept
# Behaviour:  the second is so. "Kelp grows " with prefix=True, an answer that was cut off behind a blank, is "Kelp grows" in the prompt, so
#             that what comes back begins with a blank of its own, or a word is begun anew: joined, there are two blanks. A blank at the
#             beginning and a line break at the end stay. With the tokenizers up to v3 the system message stands in the last user message, so
#             that it moves at each turn and no cached beginning of a conversation fits any more; with v7 it is at the beginning
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet mistral-common==1.13.1 sentencepiece==0.2.3 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from mistral_common.protocol.instruct.messages import AssistantMessage, SystemMessage, UserMessage
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

TALK = [SystemMessage(content="Be brief."), UserMessage(content="Kelp?"), AssistantMessage(content="An alga."), UserMessage(content="And now?")]
for name, tokenizer in {
    "v2": MistralTokenizer.v2(),
    "v3": MistralTokenizer.v3(is_tekken=True),
    "v7": MistralTokenizer.v7(),
}.items():
    print(name)
    for messages in (
        TALK,
        *([UserMessage(content="Kelp?"), AssistantMessage(content=begun, prefix=True)] for begun in ("Kelp grows ", "- one\n- two\n", " Kelp")),
    ):
        text = tokenizer.encode_chat_completion(ChatCompletionRequest(messages=messages)).text
        print("   ", repr(text.replace("▁", " ").replace("<0x0A>", "\n")))
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
v2
    '<s>[INST] Kelp?[/INST] An alga.</s>[INST] Be brief.\n\nAnd now?[/INST]'
    '<s>[INST] Kelp?[/INST] Kelp grows'
    '<s>[INST] Kelp?[/INST] - one\n- two\n'
    '<s>[INST] Kelp?[/INST]  Kelp'
v3
    '<s>[INST]Kelp?[/INST]An alga.</s>[INST]Be brief.\n\nAnd now?[/INST]'
    '<s>[INST]Kelp?[/INST]Kelp grows'
    '<s>[INST]Kelp?[/INST]- one\n- two\n'
    '<s>[INST]Kelp?[/INST] Kelp'
v7
    '<s>[SYSTEM_PROMPT] Be brief.[/SYSTEM_PROMPT][INST] Kelp?[/INST] An alga.</s>[INST] And now?[/INST]'
    '<s>[INST] Kelp?[/INST] Kelp grows'
    '<s>[INST] Kelp?[/INST] - one\n- two\n'
    '<s>[INST] Kelp?[/INST]  Kelp'
OUTPUT
