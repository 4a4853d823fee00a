"""Which models a run may choose, and who is given the key."""

import pytest
from support.llm_server import LLMServer
from support.settings import API_KEY, TOPIC
from temporalio.exceptions import ApplicationError

from activities import llm_call
from generator.llm.choice import access_to, key_of, problem_with_choice
from models import LLMCallInput

OTHER = "anthropic/claude-sonnet-4-5"
OTHER_KEY = "another-key-0123456789"


@pytest.fixture
def both(model: LLMServer, settings: pytest.MonkeyPatch) -> LLMServer:
    """One server that is LLM_MODEL's provider, and another provider's too."""
    settings.setenv("ANTHROPIC_API_BASE", model.url)
    settings.delenv("ANTHROPIC_API_KEY", raising=False)
    model.key = None
    return model


def refused(name: str) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        llm_call(LLMCallInput(TOPIC, model=name))
    assert caught.value.non_retryable
    return caught.value


def test_the_key_goes_to_no_other_provider(both: LLMServer) -> None:
    assert "LLM_MODELS" in refused(OTHER).message
    assert both.requests == []


def test_the_owner_may_list_another_which_has_its_own_key(
    both: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_MODELS", f"gemini/gemini-2.5-flash, {OTHER}")
    settings.setenv("ANTHROPIC_API_KEY", OTHER_KEY)
    llm_call(LLMCallInput(TOPIC, model=OTHER))
    [request] = both.requests
    assert request.wire.name == "anthropic"
    assert request.headers["x-api-key"] == OTHER_KEY
    assert API_KEY not in str(dict(request.headers))
    assert access_to("gemini/gemini-2.5-flash") == (None, None)
    assert "LLM_MODELS" in refused("anthropic/claude-opus-4-1").message


def test_another_model_of_the_same_provider_is_asked_where_it_is(model: LLMServer) -> None:
    llm_call(LLMCallInput(TOPIC, model="openai/another-model"))
    [request] = model.requests
    assert request.body["model"] == "another-model"


@pytest.mark.parametrize(
    "name",
    [
        "huggingface/http://127.0.0.1:9/x",
        "huggingface/https://example.com/x",
        "huggingface/../../x",
        "huggingface/a b",
        "huggingface//example.com",
        "huggingface/x?y=z",
        "huggingface/x#y",
        "huggingface/user@example.com/x",
        "huggingface/example.com:8000/x",
        "huggingface/x\n",
        "huggingface/" + "x" * 300,
        "bedrock/arn:aws:bedrock:example.com#:1:x/y",
        "openai/x",
    ],
)
def test_no_name_holds_an_address(settings: pytest.MonkeyPatch, name: str) -> None:
    settings.setenv("LLM_MODEL", f"{name.partition('/')[0].replace('openai', 'demo')}/a-model")
    assert problem_with_choice(name)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("openai/gpt-4o", "openai/gpt-4o-mini"),
        ("gpt-4o", "openai/gpt-4o-mini"),
        ("ollama/llama3.1", "ollama_chat/qwen2.5:7b"),
        ("openrouter/openai/gpt-4o", "openrouter/meta-llama/llama-3.1-8b-instruct:free"),
        ("bedrock/x", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("vertex_ai/x", "vertex_ai/claude-3-5-sonnet@20240620"),
        ("cloudflare/x", "cloudflare/@cf/meta/llama-2-7b-chat-int8"),
        ("openai/gpt-4o", "demo"),
    ],
)
def test_models_that_a_run_may_choose(settings: pytest.MonkeyPatch, ours: str, theirs: str) -> None:
    settings.setenv("LLM_MODEL", ours)
    assert not problem_with_choice(theirs)
    assert not problem_with_choice(ours)


def test_an_owner_may_name_an_address(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("LLM_MODEL", "huggingface/https://example.com/x")
    settings.setenv("LLM_API_KEY", "k")
    assert not problem_with_choice("huggingface/https://example.com/x")
    assert access_to("huggingface/https://example.com/x").api_key == "k"


def test_the_variable_that_has_the_key_is_named(settings: pytest.MonkeyPatch) -> None:
    bedrock = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    settings.setenv("AWS_ACCESS_KEY_ID", API_KEY)
    settings.setenv("AWS_SECRET_ACCESS_KEY", API_KEY)
    settings.setenv("GITHUB_API_KEY", API_KEY)
    settings.setenv("LLM_MODEL", bedrock)
    settings.setenv("LLM_API_KEY", "")
    assert key_of(bedrock) == "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    assert key_of("github/gpt-4o") == "GITHUB_API_KEY"
    assert key_of("groq/l") == "LLM_API_KEY"  # there is none
    settings.setenv("LLM_API_KEY", API_KEY)  # as a bearer's token, which LiteLLM prefers
    assert key_of(bedrock).startswith("LLM_API_KEY (which is used in place of AWS_ACCESS_KEY_ID")
    assert key_of("sagemaker_chat/m") == "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
