"""`text.tools`: calls of tools that come as text."""

import json

import pytest

from generator.llm.text.tools import ends_in_tool_call, without_tool_calls

CALL = json.dumps({"name": "web_search", "arguments": {"q": "kelp"}})
CALLS = [
    f"<tool_call>\n{CALL}\n</tool_call>\n",
    f"<|tool_call|>[{CALL}]",
    f"<function=web_search>{CALL}</function>",
    f"[TOOL_CALLS][{CALL}]",
    f"<｜tool▁calls▁begin｜>function\n{CALL}<｜tool▁calls▁end｜>",
    f"<|tool_calls_section_begin|>{CALL}<|tool_calls_section_end|>",
    '<function_calls>\n<invoke name="search">\n<q>kelp</q>\n</invoke>\n</function_calls>',
    "<|python_tag|>brave_search.call(query='kelp')",
    "```tool_code\nprint(search('kelp'))\n```",
    CALL,
    f"```json\n{CALL}\n```",
    f"[{CALL}]",
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_alone_is_no_text(call: str) -> None:
    assert without_tool_calls(call).strip() == ""
    assert ends_in_tool_call(call)


@pytest.mark.parametrize("call", CALLS[:9])
def test_a_call_beside_a_text_goes(call: str) -> None:
    assert without_tool_calls(f"# Kelp\n\nIt grows.\n\n{call}").strip() == "# Kelp\n\nIt grows."
    assert ends_in_tool_call(f"# Kelp\n\nIt grows.\n\n{call}")
    assert without_tool_calls(f"{call}\n\n# Kelp").strip() == "# Kelp"
    assert not ends_in_tool_call(f"{call}\n\n# Kelp")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Kelp", "price": 40}',
        "# Tools\n\nA `<tool_call>` is JSON.",
        "",
        "[1, 2]",
        "{}",
        "[" * 5000,
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert without_tool_calls(text) == text
    assert not ends_in_tool_call(text)
