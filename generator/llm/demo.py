"""The model of `--demo` and LLM_MODEL=demo: bundled samples, written as a model would."""

import re
import time
from pathlib import Path
from typing import Any

from generator.llm.answer import Answer
from generator.llm.joining.seam import split_at_seam
from models import LLMCallInput, Task

SAMPLES = Path(__file__).parents[1] / "demo"
DEMO_REPORT = SAMPLES / "report.md"
DEMO_SECONDS = 2.0  # long enough to watch it being written, and to stop the worker in between


def ask_demo(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Write the bundled sample into `answer`, at the pace of a quick model."""
    report = sample(input)
    if input.changes:
        report += f"\n\n## What you asked to change\n\n{input.changes}\n\n*A model would have.*\n"
    seconds = DEMO_SECONDS if input.task == Task.REPORT else DEMO_SECONDS / 3
    for word in re.findall(r"\s*\S+", report[len(split_at_seam(answer.draft)[0]) :]):
        if answer.stopped:
            break
        answer.add(word)
        time.sleep(seconds * len(word) / len(report))
    message = {"role": "assistant", "content": ""}
    return {
        "id": "demo",
        "model": "demo",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def sample(input: LLMCallInput) -> str:
    """Return the sample of what is asked for; a section of one report suits every other."""
    if input.task == Task.REPORT:
        return input.draft or DEMO_REPORT.read_text(encoding="utf-8")
    name = f"section-{(input.section - 1) % 4 + 1}" if input.task == Task.SECTION else input.task
    return (SAMPLES / "deep" / f"{name}.md").read_text(encoding="utf-8")
