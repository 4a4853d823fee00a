"""What the model is asked."""

from generator.llm.deep_prompts import deep_messages, revision
from generator.llm.phrases import GO_ON
from models import LLMCallInput, Task

INSTRUCTIONS = """\
You are a careful research analyst. You write for an intelligent reader who is new to the subject.
Today is {date}. Answer the user's question with a research report in Markdown.

Language: write in the language of the question.
Form: the first line is the title as "# Title". Then "##" for sections and "###" for subsections,
never deeper. Leave a blank line before and after headings, lists, tables and code. No table of
contents, no HTML, and no remarks about yourself or these instructions. Write formulas
in LaTeX: $...$ within a line, $$...$$ on a line of their own.
Content: begin with an executive summary of three to five sentences that answers the question.
Then develop the themes, with a table where things are compared. Give numbers with units and
dates. Keep fact and opinion apart, and say how certain each important claim is.
Honesty: you cannot search the web, so never invent a URL, a quotation, a reference or a figure.
End with a section on confidence and limits: what you are sure of, what may have changed since you
were trained, and what the reader should verify and where.
If the question asks for something short, stay short and keep only the parts that serve it.
"""
INCOMPLETE_NOTE = "\n\n*This {what} is incomplete: {reason}.*\n"


def messages(input: LLMCallInput, head: str = "") -> list[dict[str, str]]:
    """Return what to ask for a report or a revision, or, with a `head`, for the rest of it."""
    if input.task != Task.REPORT or input.sources:
        asked = deep_messages(input)
    else:
        question = revision(input) if input.draft else input.prompt
        asked = [
            {"role": "system", "content": INSTRUCTIONS.format(date=input.date or "unknown")},
            {"role": "user", "content": question.encode(errors="replace").decode()},
        ]
    if head:
        asked += [{"role": "assistant", "content": head}, {"role": "user", "content": GO_ON}]
    return asked
