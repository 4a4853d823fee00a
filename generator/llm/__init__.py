"""One answer of any model of any provider.

In the order in which they are used: `prompts` (what is asked), `ask` (as many requests as it
takes), `request` (one of them), `client` (LiteLLM and its event loop), `answer` (the text so far),
`seam` (joining what was interrupted), `errors` and `remedies` (what went wrong, and what a person
can do about it). `check` looks at LLM_MODEL before a worker starts, `choice` says which models a
run may name and where the key goes, and `demo` stands in for a model.
"""

from generator.llm.answer import Answer
from generator.llm.ask import stopped_answer, write_answer
from generator.llm.check import check_model
from generator.llm.choice import label, problem_with_choice
from generator.llm.client import import_litellm

__all__ = [
    "Answer",
    "check_model",
    "import_litellm",
    "label",
    "problem_with_choice",
    "stopped_answer",
    "write_answer",
]
