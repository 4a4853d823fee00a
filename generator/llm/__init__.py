"""One answer of any model of any provider.

In the order in which they are used: `ask` (as many requests as it takes), `prompts` and
`deep_prompts` (what is asked), `spending` (what the limit of cost leaves for it), `request` (one of
them), with `extras` (what it has beside the question), `prefill` (whether the model can go on in
its own message) and `client` (LiteLLM and its event loop). `wire/` reads the bytes that come,
`answer` has the text so far, `text/` takes out what is not the report, `joining/` makes one text of
what was interrupted, with `letters` and `phrases`; `usage` counts. `errors` and `remedies` say what
went wrong, and what a person can do about it. `check` looks at LLM_MODEL before a worker starts,
`choice` says which models a run may name and where the key goes, `demo` stands in for a model.
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
