"""OpenAI's wire as servers really speak it: `cases.py` is the table."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from generator.failures import HELD
from generator.llm import Answer, write_answer
from generator.llm.extras import refused
from llm.wire.cases import CASES, Case
from llm.wire.scenarios import REPORT, STREAMS, ScenarioServer
from models import LLMCallInput

ATTEMPTS = 6  # after which nobody believes that there is an end


@pytest.fixture(scope="module")
def server() -> Iterator[ScenarioServer]:
    with ScenarioServer() as server:
        server.scripts = {case.name: case.script for case in CASES}
        yield server


def attempts(case: Case) -> dict[str, Any]:
    """What a run's attempts come to, each with the checkpoint of the one before it, as JSON."""
    details: list[Any] = []
    for _ in range(ATTEMPTS):
        answer = Answer(*details)
        try:
            return write_answer(LLMCallInput(prompt=f"<{case.name}>"), answer)
        except ApplicationError as error:
            if error.non_retryable or error.type == HELD:
                raise
            details = json.loads(json.dumps(answer.checkpoint()))
    raise AssertionError("it is tried without limit")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_what_a_server_says_is_taken_for_what_it_is(
    case: Case, server: ScenarioServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_MODEL", "openai/m")
    settings.setenv("LLM_API_KEY", "test-key-0123456789abcdef")
    settings.setenv("LLM_API_BASE", f"{server.url}/v1")
    settings.setattr("generator.llm.wire.transport.GRACE", 0.1)
    server.asked.pop(case.name, None)
    refused.clear()
    if case.becomes in ("held", "failed"):
        with pytest.raises(ApplicationError) as caught:
            attempts(case)
        assert (caught.value.type == HELD) == (case.becomes == "held")
        assert caught.value.non_retryable == (case.becomes == "failed")
        said = caught.value.message
        assert not re.search(r"<\w|Traceback|litellm\.|Error\b", said), "no words of machines"
    else:
        response = attempts(case)
        said = response["choices"][0]["message"]["content"]
        if case.becomes == "whole":
            assert is_report(said, case.name), said
        assert bool(response.get("incomplete")) == (case.becomes == "incomplete")
        usage = response["usage"]
        assert usage["total_tokens"] == case.tokens if case.tokens else usage["total_tokens"] > 0
        assert bool(usage.get("estimated")) == (case.tokens == 0 and usage["total_tokens"] != 80)
        assert response.get("response_cost", 0) == pytest.approx(case.cost)
    assert re.search(case.says, said)
    assert len(server.asked[case.name]) <= case.requests


def is_report(said: str, name: str) -> bool:
    expected = {
        "halves-of-characters": REPORT.strip() + "\U0001f30a",
        "done-in-the-text": STREAMS,
        "byte-by-byte": "# A\n\nB ü.",
    }
    return said.strip() == expected.get(name, REPORT).strip()


def test_what_a_model_refuses_is_remembered(
    server: ScenarioServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_MODEL", "openai/m")
    settings.setenv("LLM_API_KEY", "test-key-0123456789abcdef")
    settings.setenv("LLM_API_BASE", f"{server.url}/v1")
    refused.clear()
    case = next(case for case in CASES if case.name == "no-system")
    server.asked.pop(case.name, None)
    for _ in range(3):
        attempts(case)
    assert len(server.asked[case.name]) == 4
    assert "research analyst" in server.asked[case.name][-1]["messages"][0]["content"]
