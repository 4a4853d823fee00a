"""What comes in the text of an answer, and what becomes of it: a row for each kind.

Each row is one report asked for from a real server on OpenAI's wire, attempt after attempt as
Temporal makes them: what the server says, request by request; the most requests that this may take;
and the report, or the failure.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.llm_server import (
    Answer,
    Behaviour,
    ContentFilter,
    Cut,
    Exchange,
    Fail,
    Length,
    LLMServer,
    Reset,
)
from temporalio.exceptions import ApplicationError

from generator.llm import Answer as RunningAnswer
from generator.llm import write_answer
from models import LLMCallInput, Task

R = (
    "# Kelp farming\n\nKelp farms grow quickly in cold water. They need no feed.\n\n## Costs\n\n"
    "A hectare costs about 40,000 dollars to set up.\n\n## Limits\n\nStorms tear lines away, and"
    " buyers are few. The last word is sargassum."
)
LIMITS = "Storms tear lines away, and buyers are very few there."
COSTS = (
    "A hectare costs about 40,000 dollars to set up."
    " It costs as much again for new lines, after ten years or so."
)
HALF = R[:110]
BEFORE_COSTS = R[: R.index("\n\nA hectare")]  # what is left of a text that was cut in that sentence
TO = R.index("to set up") + 2  # cut there, it ends in mid-sentence with a whole word
CODE = f"{R}\n\n```python\nkelp(sea)\nkelp("
CALL = '<tool_call>\n{"name": "web_search", "arguments": {"q": "kelp"}}\n</tool_call>\n'
SENTENCE, ROW = "It is a part of the culture of the coast. ", "| Norway | 2020 | 40 |\n"
CONTEXT = Fail(400, None, "request (5000 tokens) exceeds the available context size (4096 tokens)")


@dataclass(frozen=True)
class Cumulative:
    """Each piece holds all the text so far."""

    size: int = 7

    async def play(self, exchange: Exchange) -> None:
        exchange.llm.chunk_size = 10_000
        for end in range(self.size, len(R) + self.size, self.size):
            await exchange.say(R[:end])
        await exchange.finish("stop")


@dataclass(frozen=True)
class Cited:
    """The addresses come beside the text."""

    text: str

    async def play(self, exchange: Exchange) -> None:
        await exchange.open()
        event: dict[str, Any] = {
            "citations": ["https://example.org/kelp", "https://example.net/sea"]
        }
        choice: dict[str, Any] = {"index": 0, "delta": {"content": self.text}}
        for reason in (None, "stop"):
            choice["finish_reason"] = reason
            event |= {"object": "chat.completion.chunk", "choices": [choice]}
            await exchange.send(b"data: " + json.dumps(event).encode() + b"\n\n")
            choice = {"index": 0, "delta": {}}


@dataclass
class Row:
    name: str
    says: tuple[Behaviour, ...]  # the last one again and again
    requests: int = 1
    report: str = R  # the beginning of what comes of it, before the note
    incomplete: str = ""  # why, as the report says
    failure: str = ""
    task: Task = field(default=Task.REPORT)


def says(text: str, reason: str = "stop", **more: str) -> Answer:
    return Answer(text=text, finish_reason=reason, **more)  # type: ignore[arg-type]


ROWS = [
    # Around the whole
    Row("a block of code", (says(f"```markdown\n{R}\n```"),)),
    Row("after a sentence", (says(f"Here it is:\n\n~~~md\n{R}\n~~~\n\nAnything else?"),)),
    Row("a tag", (says(f"<think>Hm.</think>\n<answer>\n{R}\n</answer>"),)),
    Row("front matter", (says(f"---\ntitle: Kelp\n---\n\n{R}"),)),
    Row(
        "a wrapper in two requests",
        (
            Length(text=f"<report>\n{R}\n</report>", after=130),
            Answer(text=f"<report>\n{R}\n</report>"),
        ),
        2,
    ),
    Row(
        "a section in a block of code",
        (says("```markdown\nKelp grows.\n\n### Numbers\n\nTen.\n```"),),
        report="Kelp grows.\n\n### Numbers\n\nTen.",
        task=Task.SECTION,
    ),
    # Marks and thoughts
    Row("a mark at the end", (says(f"{R}<|im_end|>"),)),
    Row(
        "a run-on turn", (says(f"{R}</s>\n<|user|>And mussels?<|assistant|>" + "They are. " * 50),)
    ),
    Row("a family nobody knows", (says(f"<|turn_begin|>{R}<|eosx|><|turn_begin|>user: more?"),)),
    Row("a thought that never ends", (says(f"<think>\nI plan it.\n\n{R}"),)),
    Row("a report in the reasoning alone", (Answer(text="", reasoning=R),)),
    Row(
        "only thoughts",
        (Answer(text="", reasoning="Hm, kelp. I think that"),),
        3,
        failure="The model only thought",
    ),
    Row("a call of a tool", (says(CALL),), 3, failure="The model called a tool"),
    Row("a call, and the report", (says(f"{CALL}\n{R}"),)),
    Row("a call in mid-report", (says(f"{HALF}\n{CALL}"), Answer(text=R)), 2),
    # Repeaters and loops
    Row("all the text so far", (Cumulative(),)),
    Row("all the text so far, in large pieces", (Cumulative(60),)),
    Row(
        "the text twice",
        (says(f"{R}\n\n## More\n\n{'It grows well. ' * 9}\n\n" * 2),),
        report=f"{R}\n\n## More",
    ),
    Row(
        "a loop of sentences",
        (says(f"{R}\n\n{SENTENCE * 300}"),),
        2,
        f"{R}\n\n{SENTENCE.strip()}",
        "the model began to repeat itself",
    ),
    Row(
        "a loop of rows",
        (says(f"{R}\n\n| A | B | C |\n|---|---|---|\n{ROW * 300}"),),
        2,
        f"{R}\n\n| A | B | C |\n|---|---|---|\n{ROW.strip()}",
        "the model began to repeat itself",
    ),
    Row(
        "a loop once, and then the end",
        (says(f"{R}\n\n{SENTENCE * 300}"), Answer(text=f"{R}\n\n{SENTENCE}So it is.")),
        2,
        f"{R}\n\n{SENTENCE}So it is.",
    ),
    Row(
        "a loop, and then nothing new",
        (says(f"{R}\n\n{SENTENCE * 300}"), says("")),
        2,
        f"{R}\n\n{SENTENCE.strip()}",
        "the model began to repeat itself",
    ),
    Row(
        "thoughts that go round",
        (Answer(text=R, reasoning="I should think of kelp and of the sea. " * 3000),),
        2,
        failure="repeats itself",
    ),
    Row("nothing but a loop", (says("kelp and more kelp " * 300),), 2, failure="repeats itself"),
    Row(
        "a rule, zeros and code",
        (
            says(
                f"{R}\n\n{'-' * 900}\n\n"
                + "| 0 | 0 |\n" * 99
                + "\n```\n"
                + "kelp(sea)\n" * 99
                + "```"
            ),
        ),
        report=f"{R}\n\n{'-' * 900}",
    ),
    # A full context
    Row(
        "a continuation that is refused",
        (Length(text=R, after=130), CONTEXT),
        2,
        BEFORE_COSTS,
        "the model's context was full",
    ),
    Row(
        "a continuation of two tokens",
        (Length(text=R, after=130), Length(text=R, after=5)),
        2,
        BEFORE_COSTS,
        "the model's context was full",
    ),
    Row(
        "a stub in a full context",
        (Length(text=R, after=10), Length(text=R, after=3)),
        2,
        failure="no room to answer",
    ),
    # Whole the second time
    Row("cut after the last word", (Cut(text=R, after=len(R)), Answer(text=R)), 2),
    Row("after a line", (Cut(text=f"{R}\n", after=len(R) + 1), says("")), 2),
    Row("after a line, said", (Cut(text=f"{R}\n", after=len(R) + 1), says("All is complete.")), 2),
    Row(
        "after a table",
        (Cut(text=f"{R}\n\n| A |\n|---|\n| 1 |\n", after=len(R) + 21), says("")),
        2,
        f"{R}\n\n| A |\n|---|\n| 1 |",
    ),
    Row(
        "after a heading",
        (Cut(text=f"{R[:70]}\n\n## Costs\n", after=81), says("")),
        4,
        R[:70],
        "the model did not go on",
    ),
    Row(
        "after a line, and refused",
        (Cut(text=f"{R}\n", after=len(R) + 1), says("I'm sorry, I cannot continue.")),
        4,
        R,
        "the model did not go on",
    ),
    Row("and started over", (Cut(text=R, after=len(R)), Answer(text=R, mode="start_over")), 2),
    Row(
        "and in other words",
        (Cut(text=R, after=len(R)), says(R.replace("buyers", "people"))),
        2,
        R.replace("buyers", "people"),
    ),
    Row(
        "in other words, without the title",
        (Cut(text=R, after=len(R)), says(R.replace("buyers", "people").partition("\n\n")[2])),
        2,
        R.replace("buyers", "people"),
    ),
    Row(
        "in other words, with the title in bold",
        (
            Cut(text=R, after=len(R)),
            says(re.sub(r"# (.*)", r"**\1**", R.replace("buyers", "people"), count=1)),
        ),
        2,
        R.replace("buyers", "people"),
    ),
    Row(
        "in other words, and only half",
        (Cut(text=R, after=len(R) - 30), says(R.replace("buyers", "people")[:-70])),
        4,
        R[: R.index("\n\nStorms")],
        "the model did not go on",
    ),
    Row(
        "in other words, and shorter than what is whole",
        (
            Cut(text=R, after=len(R) - 5),
            says(R[: R.index("\n\n## Limits")].replace("quickly", "well")),
        ),
        4,
        R[: R.index(" The last")],
        "the model did not go on",
    ),
    Row(
        "its last section, in other words",
        (Cut(text=R, after=len(R) - 5), says(f"## Limits\n\n{LIMITS}")),
        2,
        R[: R.index("Storms")] + LIMITS,
    ),
    Row(
        "a section that is not its last, and longer",
        (Cut(text=R, after=len(R) - 5), says(f"## Costs\n\n{COSTS}")),
        4,
        R[: R.index(" The last")],
        "the model did not go on",
    ),
    Row(
        "what is whole of it again, and no more",
        (
            Cut(text=f"{R}\n\n| Sea | Kel", after=len(R) + 13),
            says(R[R.index("## Limits") :]),
        ),
        4,
        R,
        "the model did not go on",
    ),
    # Half a sentence is never whole
    Row(
        "the last word again, in mid-sentence",
        (Cut(text=R, after=TO), says("to")),
        4,
        BEFORE_COSTS,
        "the model did not go on",
    ),
    Row(
        "half a sentence again, after a limit",
        (Length(text=R, after=TO), says("A hectare costs about 40,000 dollars to")),
        4,
        BEFORE_COSTS,
        "the model did not go on",
    ),
    Row(
        "one word more, and then the rest",
        (Length(text=R, after=TO), says("to set"), Answer(text=R)),
        3,
    ),
    Row(
        "items without full stops",
        (Cut(text=f"{R}\n\n- Kelp\n- Red dulse", after=len(R) + 20), says("- Red dulse")),
        2,
        f"{R}\n\n- Kelp\n- Red dulse",
    ),
    Row(
        "code that does not end",
        (ContentFilter(text=CODE, after=len(CODE)),),
        1,
        f"{R}\n\n```python\nkelp(sea)\n```",
        "the provider's content filter stopped it",
    ),
    # Honesty
    Row(
        "a filter after half",
        (ContentFilter(text=R, after=110),),
        1,
        BEFORE_COSTS,
        "the provider's content filter stopped it",
    ),
    Row("no end reason, ever", (Cut(text=R, after=130),), 4),
    Row("half, ever", (Cut(text=R[:130], after=130),), 4, R[:80], "the model did not go on"),
    Row("broken off, and whole", (Reset(text=R, after=120), Answer(text=R)), 2),
    # Beside the text
    Row(
        "citations",
        (Cited(f"{R} It grows [2]. So it is [7]."),),
        report=(
            f"{R} It grows [2]. So it is.\n\n## References\n\n1. example.org. <https://example.org/kelp>"
            "\n2. example.net. <https://example.net/sea>"
        ),
    ),
    Row(
        "citations of a section",
        (Cited("It grows well [1], and fast."),),
        report="It grows well, and fast.",
        task=Task.SECTION,
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_text(model: LLMServer, row: Row) -> None:
    model.script(*row.says[:-1])
    model.default, model.chunk_size = row.says[-1], 9
    details: list[Any] = []
    response, failure = None, ""
    for _ in range(8):
        answer = RunningAnswer(*details)
        try:
            response = write_answer(LLMCallInput(prompt="Kelp?", task=row.task), answer)
            break
        except ApplicationError as error:
            failure = error.message
            if error.non_retryable:
                break
            details = json.loads(json.dumps(answer.checkpoint()))
    assert len(model.requests) <= row.requests
    if row.failure:
        assert response is None and row.failure in failure
        return
    assert response, failure
    text = response["choices"][0]["message"]["content"]
    assert response.get("incomplete", "").startswith(row.incomplete)
    assert bool(row.incomplete) == ("incomplete" in response) == ("is incomplete: " in text)
    said = text.partition("\n\n*This report is incomplete")[0]
    assert said.startswith(row.report)
    if row.report in (R, BEFORE_COSTS) or row.incomplete == "the model began to repeat itself":
        assert said.rstrip() == row.report
