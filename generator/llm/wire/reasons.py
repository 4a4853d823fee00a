"""Why an answer ended, in the provider's own words, and what that means.

LiteLLM gives most of these as "stop". So they are read before it sees them, and an answer is whole
only by a word that is known to mean so.
"""

import re
from typing import Literal

Meaning = Literal["stop", "length", "content_filter", "cut"]

# As OpenAI, Anthropic, Google, AWS, Cohere, Mistral, IBM, AI21, Baidu, Hugging Face, Ollama and the
# local servers write them, without regard to case and to what stands between the words.
STOP = re.compile(
    r"(stop(ped|sequence|word|string|token|condition)?|eo[st](token|id|found)*"
    r"|end(of)?(turn|text|token|sequence|message)?"
    r"|completed?|finish(ed)?|done|normal|success|succeeded)$"
)
LENGTH = re.compile(
    r"length|max(imum)?(output|new|completion|generated|context)?(tokens?|len)|reasonmaxlen"
    r"|(output|token|context)limit|^limit|contextwindow|outoftokens|truncated?$"
)
FILTER = re.compile(
    "filter|safety|sensitive|blocklist|blocked|prohibited|spii|recitation|armor|guardrail|toxic"
    "|moderat|refus|policy|censor|violat|unsafe|inappropriate|harm|profan"
)


def meaning(reason: str) -> Meaning:
    """Return what a provider's end reason means; what nobody knows is a cut, and is gone on with.

    >>> meaning("end_turn"), meaning("FinishReason.MAX_TOKENS"), meaning("network_error")
    ('stop', 'length', 'cut')
    """
    word = re.sub(r"[^a-z]", "", reason.lower().rpartition(".")[2])
    word = re.sub("^(finish|stop)reason", "", word)  # the name of the enumeration
    if STOP.match(word):
        return "stop"
    if FILTER.search(word):
        return "content_filter"
    return "length" if LENGTH.search(word) else "cut"
