"""A look at LLM_MODEL before a worker starts: no request is made, and nobody is logged in."""

import contextlib
import importlib.util
import io
import os
from typing import NamedTuple

from generator.llm.client import import_litellm
from generator.llm.errors import PACKAGES
from generator.settings import SETTINGS, setting, wrong_settings


class Findings(NamedTuple):
    """Lines for a person, each with what to do."""

    problems: list[str]  # without a doubt: no answer will come
    warnings: list[str]  # perhaps


# Where LiteLLM sends nothing without a key. What else may let it in (a token, an identity of the
# machine) is named by the provider's own variables, which begin with these words.
NEED_A_KEY = {
    "openai": ("OPENAI_",),
    "anthropic": ("ANTHROPIC_", "CLAUDE_"),
    "gemini": ("GEMINI_", "GOOGLE_"),
}
NEED_A_MODULE = {"vertex_ai": "google.auth", "bedrock": "boto3", "sagemaker": "boto3"}
NO_KEY = ("ollama", "ollama_chat", "bedrock", "sagemaker", "vertex_ai", "lm_studio", "hosted_vllm")


def check_model(model: str = "") -> Findings:
    """Say what is wrong with a model, LLM_MODEL if none is named, and with the key for it.

    Imports LiteLLM, unless the model is `demo`.
    """
    model = model or setting("LLM_MODEL")
    if model == "demo":
        return Findings([], [])
    if problems := wrong_settings(["LLM_API_BASE", "LLM_API_KEY"]):
        return Findings(problems, [])
    provider = provider_of(model)
    if not provider:
        return Findings(
            [
                f"LLM_MODEL={model} names no provider that LiteLLM knows: put"
                " LLM_MODEL=provider/model in .env, for example"
                f" LLM_MODEL={SETTINGS['LLM_MODEL'].default}, or LLM_MODEL=demo"
            ],
            [],
        )
    module = NEED_A_MODULE.get(provider.removesuffix("_beta"), "")
    if module and not importlib.util.find_spec(module):
        package = PACKAGES.get(module.partition(".")[0], module)
        return Findings(
            [f"LLM_MODEL={model} needs the Python package {package}: uv add {package}"], []
        )
    if provider in logging_in():
        return Findings([], [f"{provider} may want you to log in: watch what the worker prints"])
    if setting("LLM_API_KEY") or provider in NO_KEY:
        return Findings([], [])
    if provider in NEED_A_KEY:
        if any(
            value and name.startswith(NEED_A_KEY[provider]) for name, value in os.environ.items()
        ):
            return Findings([], [])
        return Findings(
            [
                f"No key for {provider}: put LLM_API_KEY=... (or {NEED_A_KEY[provider][0]}API_KEY)"
                " in .env, or LLM_MODEL=demo to try the program without one"
            ],
            [],
        )
    if missing := missing_variables(model):
        return Findings(
            [],
            [
                f"No key for {provider} was found. If it needs one, put LLM_API_KEY=... (or"
                f" {', '.join(missing)}) in .env"
            ],
        )
    return Findings([], [])


def provider_of(model: str) -> str:
    """Return the provider that LiteLLM will ask, "" if it knows none."""
    litellm = import_litellm()
    prefix = model.partition("/")[0]
    if "/" in model and prefix in {str(getattr(p, "value", p)) for p in litellm.provider_list}:
        return prefix
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # LiteLLM prints a list of its providers
            return str(litellm.get_llm_provider(model, api_base=setting("LLM_API_BASE") or None)[1])
    except litellm.BadRequestError:
        return ""


def logging_in() -> frozenset[str]:
    """Return the providers of which LiteLLM cannot even be asked without a log-in."""
    from litellm.constants import PROVIDERS_THAT_AUTHENTICATE_ON_PROVIDER_INFO

    return frozenset(PROVIDERS_THAT_AUTHENTICATE_ON_PROVIDER_INFO)


def missing_variables(model: str) -> list[str]:
    """Return the variables that LiteLLM looks for and that are not there, but for addresses."""
    with contextlib.redirect_stdout(io.StringIO()):
        missing = import_litellm().validate_environment(model)["missing_keys"]
    return [name for name in missing if not name.endswith(("_API_BASE", "_BASE_URL"))]
