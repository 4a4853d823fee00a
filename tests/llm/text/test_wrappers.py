"""`text.wrappers`: what models put around the whole of an answer."""

import json
import textwrap
from collections.abc import Callable

import pytest

from generator.llm.text.clean import report_alone
from generator.llm.text.wrappers import without_wrappers

PLAIN = (
    "# Kelp farming\n\nKelp farms grow quickly in cold water. They need no feed.\n\n## Costs\n\n"
    "A hectare costs about 40,000 dollars to set up.\n\n## Limits\n\nStorms tear lines away, and"
    " buyers are few. The last word is sargassum.\n"
)
WITH_CODE = f"{PLAIN}\n```python\nprint(1)\n```\n\nMore.\n\n```\nplain\n```\n\nEnd.\n"
WRAP: dict[str, Callable[[str], str]] = {
    "fence": lambda r: f"```markdown\n{r}```",
    "fence, capital": lambda r: f"```Markdown\n{r}\n```",
    "fence, open": lambda r: f"```markdown\n{r}",
    "four marks": lambda r: f"````markdown\n{r}````",
    "nine marks": lambda r: f"`````````md\n{r}`````````",
    "closed in the last line": lambda r: f"```markdown\n{r.rstrip()}```",
    "opened in the first line": lambda r: f"Here is the report: ```markdown\n{r}```",
    "after a sentence, open": lambda r: f"Here is the report:\n\n```markdown\n{r}",
    "with attributes": lambda r: f'```{{.markdown title="x"}}\n{r}```',
    "tildes": lambda r: f"~~~md\n{r}~~~",
    "no language": lambda r: f"```\n{r}```",
    "after a sentence": lambda r: (
        f"Here is the report:\n\n```markdown\n{r}```\n\nLet me know if you need more!"
    ),
    "answer": lambda r: f"<answer>\n{r}\n</answer>",
    "report": lambda r: f"<report title='x'>{r}</report>",
    "any other tag": lambda r: f"<final_output>{r}</final_output>",
    "tag, open": lambda r: f"<answer>\n{r}",
    "tag, its second half": lambda r: f"{r}\n</answer>",
    "tag after a sentence": lambda r: f"Sure!\n\n<report>\n{r}</report>\nHope this helps.",
    "square": lambda r: f"[REPORT]\n{r}[/REPORT]",
    "four spaces": lambda r: textwrap.indent(r, "    "),
    "four spaces, stripped": lambda r: textwrap.indent(r, "    ").strip(),
    "tab": lambda r: textwrap.indent(r, "\t"),
    "front matter": lambda r: f'---\ntitle: "X: y"\ndate: 2026-01-01\ntags:\n  - a\n---\n\n{r}',
    "front matter, TOML": lambda r: f"+++\ntitle = 'X'\n+++\n{r}",
    "front matter in a fence": lambda r: f"```markdown\n---\ntitle: x\n---\n{r}```",
    "fence in a tag": lambda r: f"<answer>\n```markdown\n{r}```\n</answer>",
    "JSON": lambda r: json.dumps({"report": r}),
    "JSON in a fence": lambda r: f"```json\n{json.dumps({'title': 'x', 'report': r})}\n```",
    "a sentence": lambda r: f"Here is your report:\n\n{r}",
    "a sentence and a rule": lambda r: f"Sure, below is the report:\n\n---\n\n{r}",
    "quotation": lambda r: textwrap.indent(r, "> ", lambda line: True),
    "a plan before it": lambda r: f"<planning>\nI plan.\n</planning>\n\n{r}",
    "three quotes": lambda r: f'"""markdown\n{r}"""',
    "quotes": lambda r: f'"{r}"',
    "box": lambda r: f"\\boxed{{{r}}}",
    "two spaces": lambda r: textwrap.indent(r, "  "),
    "YAML": lambda r: "report: |\n" + textwrap.indent(r, "  "),
    "HTML": lambda r: f"<!-- report begins -->\n{r}\n<!-- report ends -->",
    "CDATA": lambda r: f"<report><![CDATA[\n{r}]]></report>",
    "Python": lambda r: f'report = """\n{r}"""',
    "deep JSON": lambda r: json.dumps([{"output": {"type": "text", "text": r}}]),
    "half of JSON": lambda r: json.dumps({"report": r})[:-2],
    "nothing": lambda r: r,
}


@pytest.mark.parametrize("wrap", WRAP.values(), ids=WRAP)
@pytest.mark.parametrize("report", [PLAIN, WITH_CODE], ids=["plain", "with code"])
def test_what_is_around_a_report_goes(report: str, wrap: Callable[[str], str]) -> None:
    assert without_wrappers(wrap(report)).strip() == report.strip()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("```markdown\nKelp grows [1].\n\n### Numbers\n\n| A |\n|---|\n| x |\n```\n", None),
        (f"```markdown\n{PLAIN}```\n\n## More\n\nText.", f"{PLAIN.rstrip()}\n\n## More\n\nText."),
        (
            f"```markdown\n{PLAIN}```\n\n```markdown\n## More\n\nText.\n```",
            f"{PLAIN.rstrip()}\n\n## More\n\nText.",
        ),
        (
            f"```markdown\n{PLAIN}```\n\n## More\n\n```\nx = 1\n```\n",
            f"{PLAIN.rstrip()}\n\n## More\n\n```\nx = 1\n```",
        ),
        ("---\ntitle: Kelp\n---\n\nText.\n", "# Kelp\n\nText."),
        ("Here is the summary:\n\n## Summary\n\nText.", "## Summary\n\nText."),
    ],
)
def test_parts_of_a_report(said: str, kept: str | None) -> None:
    expected = said.removeprefix("```markdown\n").removesuffix("```\n") if kept is None else kept
    assert without_wrappers(said).strip() == expected.strip()


@pytest.mark.parametrize(
    "report",
    [
        f"# On Markdown\n\nWrite:\n\n```markdown\n# Title\n\ntext\n```\n\n{'That is it. ' * 10}",
        "```python\nprint(1)\n```",
        "---\n\n# Title\n\nText\n\n---\n\nmore",
        "# T\n\nUse:\n\n    a = 1\n    b = 2\n",
        "# T\n\n<div>x</div>\n",
        '# T\n\n> "So he said."\n',
        '{"a": 1}',
        '{"a": ' * 5000,
        '{"a": "C:\\q',
        "Two things matter:\n\n## First\n\nText.",
    ],
)
def test_examples_in_a_report_stay(report: str) -> None:
    assert without_wrappers(report) == report


def test_what_is_in_a_wrapper_is_cleaned_too() -> None:
    said = f"```markdown\n<think>\nHm.\n</think>\n{PLAIN}<|im_end|>\n```"
    assert report_alone(said).strip() == PLAIN.strip()


def test_front_matter_that_never_ends_costs_no_time() -> None:
    text = "---\n" + "  a: b\n" * 5000
    assert without_wrappers(text)
