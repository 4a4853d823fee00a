"""What a filter puts in place of the rest of an answer: it is no part of the report.

Amazon's guardrails write a sentence of their own at the place where they stop the model, in the
same block and without a space: "about 40,Sorry, the model cannot answer this question."
"""

import re

APOLOGY = re.compile(
    r"(sorry,|i'm sorry|i am sorry|i apologi[sz]e|i can(no|')t|unfortunately,"
    r"|(the|this|your) (model|system|assistant|response|content|request|question|input|output)"
    r" (cannot|can't|could not|was|is|has been|violates)\b[^\n]{0,100}"
    r"(answer|assist|block|filter|flag|help|polic|process|respon|allow))[^\n]{0,300}\Z",
    re.IGNORECASE,
)
BEGINNING = re.compile(r"(?<![A-Za-z ])\s*\Z|(?<=[a-z])\Z|[.!?]\s+\Z")  # or glued to a word


def without_apology(text: str) -> str:
    """Return an answer that a filter has stopped without the filter's last sentence.

    >>> without_apology("It costs about 40,Sorry, the model cannot answer this question.")
    'It costs about 40,'
    """
    text = text.rstrip()
    last = text.rfind("\n") + 1
    for match in APOLOGY.finditer(text, last):
        start = match.start()
        if text[start].isupper() and BEGINNING.search(text, last, start):
            return text[:start].rstrip(" ")
    return text
