"""The look at LLM_MODEL before a worker starts."""

import importlib.util
import os
import socket
from typing import Any

import pytest

from generator.llm import check_model

OPEN = {  # set-ups that LiteLLM accepts -> their settings
    "openai/gpt-4o": {"LLM_API_KEY": "k"},
    "gpt-4o": {"OPENAI_API_KEY": "k"},
    "anthropic/claude-sonnet-4-5": {"ANTHROPIC_AUTH_TOKEN": "t"},
    "gemini/gemini-2.5-pro": {"GOOGLE_API_KEY": "k"},
    "ollama/llama3.1": {},
    "ollama_chat/llama3.1": {"LLM_API_BASE": "http://gpu:11434"},
    "bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0": {},  # an instance role, or ~/.aws
    "vertex_ai/gemini-2.5-pro": {},  # credentials of the machine
    "hosted_vllm/any": {"LLM_API_BASE": "http://gpu:8000/v1"},
    "litellm_proxy/any": {"LLM_API_BASE": "http://gpu:4000", "LLM_API_KEY": "k"},
    "openai/o3-pro": {"LLM_API_KEY": "k"},
    "demo": {},
}
DOUBTFUL: dict[str, dict[str, str]] = {  # it may work, and it may not
    "mistral/mistral-large-latest": {},
    "azure/my-deployment": {"LLM_API_BASE": "https://me.openai.azure.com"},
    "openrouter/openai/gpt-4o": {},
    "github_copilot/gpt-4o": {},
    "chatgpt/gpt-5": {},
}
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "openai/gpt-4o": ({}, "No key for openai: put LLM_API_KEY=... (or OPENAI_API_KEY) in .env"),
    "anthropic/claude-sonnet-4-5": ({}, "No key for anthropic"),
    "gemini/gemini-2.5-pro": ({}, "No key for gemini"),
    "gpt4o": ({"LLM_API_KEY": "k"}, "names no provider that LiteLLM knows"),
    "nonsense/gpt-4o": ({"LLM_API_KEY": "k"}, "names no provider that LiteLLM knows"),
    "openai/x": ({"LLM_API_KEY": "k", "LLM_API_BASE": "localhost:80"}, "is not a URL"),
}


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, and none of this machine's own settings."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the check uses the network")

    for name in os.environ:
        if name.startswith(("OPENAI", "ANTHROPIC", "CLAUDE", "GEMINI", "GOOGLE", "AWS", "AZURE")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def enter(monkeypatch: pytest.MonkeyPatch, model: str, settings: dict[str, str]) -> None:
    for name, value in ({"LLM_MODEL": model} | settings).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("model", OPEN)
def test_says_nothing_of_what_litellm_accepts(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    enter(monkeypatch, model, OPEN[model])
    assert check_model() == ([], [])


@pytest.mark.parametrize("model", DOUBTFUL)
def test_warns_where_it_cannot_know(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: str
) -> None:
    enter(monkeypatch, model, DOUBTFUL[model])
    problems, [warning] = check_model()
    assert problems == [] and model.partition("/")[0] in warning
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("model", WRONG)
def test_refuses_what_cannot_work(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    settings, says = WRONG[model]
    enter(monkeypatch, model, settings)
    [problem], warnings = check_model()
    assert says in problem and warnings == []


def test_names_the_package_that_a_model_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, "vertex_ai/gemini-2.5-pro", {})
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "google.auth" else found(name)
    )
    [problem], _ = check_model()
    assert "uv add google-auth" in problem
