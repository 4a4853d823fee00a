"""`text.thoughts`: what a model thought aloud is no part of its answer."""

import pytest

from generator.llm.text.thoughts import without_thoughts


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<think>Hm.</think>\n\n# Report", "# Report"),
        ("<think>\nHm.\n\nWell.\n</think># Report", "# Report"),
        ("<think></think># Report", "# Report"),
        ("Hm, let me see.\n</think>\n\n# Report", "# Report"),
        ("<think>Hm, still th", ""),
        ("\n<think>Hm", ""),
        ("# Report\n\n<think>Hm.</think>And so on.", "# Report\n\nAnd so on."),
        ("# Report", "# Report"),
        ("# Models\n\nThey write `<think>` and `</think>` tags.", None),
        ("# Models\n\nSome write <think> and </think> around it.", None),
        ("# Models\n\n```\n<think>\nHm.\n</think>\n```\n\nSo.", None),
        ("# Models\n\nThe tag <think> opens it.", None),
        ("[THINK]Hm.[/THINK]# Report", "# Report"),
        ("[think] of it as a [reason]", None),
        ("◁think▷Hm.◁/think▷# Report", "# Report"),
        ("<thinking>\nHm.\n</thinking>\n# Report", "# Report"),
        ("<seed:think>Hm.</seed:think># Report", "# Report"),
        ('<think duration="3">Hm.</think># Report', "# Report"),
        ("<|begin_of_thought|>Hm.<|end_of_thought|># Report", "# Report"),
        (
            "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>#",
            "#",
        ),
        ("# Report\n\nText. <think>Hm.\nWell.</think> More.", "# Report\n\nText. More."),
        ("# Report\n\n<think>still th", "# Report\n\n"),
        ("# A title?\n`code`?\n</think>\n# Report", "# Report"),
        ("p < 0.05 and a <b> tag", None),
        ("", ""),
        # Other families: whatever the brackets, a word for thinking is in the name.
        ("<antThinking>Hm.</antThinking>\n# Report", "# Report"),
        ("<inner_monologue>\nHm.\n</inner_monologue>\n# Report", "# Report"),
        ("<seed:cot_budget_reflect>Hm.</seed:cot_budget_reflect># Report", "# Report"),
        ("<|START_THINKING|>Hm.<|END_THINKING|># Report", "# Report"),
        ("<|channel>thought\nI plan it all out.\n<channel|># Report", "# Report"),
        ("<|channel>thought\n<channel|># Report", "# Report"),
        ("<scratchpad>Hm.\n</scratchpad>\n\n# Report", "# Report"),
        ("<unused94>thought\nHm.<unused95># Report", "# Report"),
        ("analysisThe user asks. So.assistantfinal# Report", "# Report"),
        ("analysis: of it, assistantfinal", None),
        ("I plan it.</think># Report", "# Report"),
        (
            "<|start|>assistant<|channel|>commentary to=x<|message|>Hm.<|end|>"
            "<|start|>assistant<|channel|>final<|message|># Report",
            "# Report",
        ),
        ("See <https://example.org/reason> and <a.thought@example.org>", None),
    ],
)
def test_thoughts_are_no_part_of_the_report(said: str, kept: str | None) -> None:
    assert without_thoughts(said) == (said if kept is None else kept)


REPORT = "# Kelp\n\nIt grows.\n\n## Costs\n\nA hectare costs 40,000 dollars.\n"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"<think>\nThe user wants kelp. I plan it.\n\n{REPORT}", REPORT),
        (f"<think>A draft:\n\n{REPORT}\nNow in full.\n\n{REPORT}", REPORT),
        ("<think>\nThe user wants kelp. I plan it.\n\n# Kelp", ""),
        ("<think>\nThe user wants kelp. " * 20, ""),
        (f"<think>Hm.</think>\n{REPORT}<think>Was that right?", REPORT),
    ],
)
def test_a_report_in_a_thought_that_never_ends_is_the_answer(said: str, kept: str) -> None:
    assert without_thoughts(said, complete=True) == kept
