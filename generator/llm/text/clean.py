"""All that is taken off an answer, in one place."""

from generator.llm.text.marks import without_marks
from generator.llm.text.repeaters import without_second
from generator.llm.text.thoughts import without_thoughts
from generator.llm.text.tools import without_tool_calls
from generator.llm.text.wrappers import without_wrappers


def written(received: str, complete: bool = False) -> str:
    """Return what a request has brought to the report: no thoughts, no marks, no calls of tools.

    While it is not `complete`, what may become one of these is left out.
    """
    return without_tool_calls_and_marks(without_thoughts(received, complete), complete)


def without_tool_calls_and_marks(text: str, complete: bool) -> str:
    return without_marks(without_tool_calls(text), complete)


def report_alone(text: str) -> str:
    """Return a whole answer without what is put around it, and not twice."""
    for _ in range(4):
        before = text
        text = without_wrappers(without_second(text))
        if text == before:
            break
        text = written(text, complete=True)  # what was in a block of code before
    return text
