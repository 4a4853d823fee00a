"""Which models a run may choose, and where the key goes: who may start runs chooses no address."""

import contextlib
import io
import os
from typing import NamedTuple

from generator.llm.check import logging_in, provider_of
from generator.llm.client import import_litellm
from generator.received import problem_with_model
from generator.settings import listed, setting


class Access(NamedTuple):
    """What LiteLLM is given beside the name of a model; None: what the provider's own variables
    say."""

    api_key: str | None = None
    api_base: str | None = None


def problem_with_choice(model: str) -> str:
    """Return why a run may not ask this model, "" if it may: LLM_MODEL, one of LLM_MODELS, or
    another model of LLM_MODEL's provider whose name holds no address."""
    if model in ("demo", setting("LLM_MODEL"), *listed("LLM_MODELS")):
        return ""
    if problem := problem_with_model(model):
        return problem
    if _is_ours(model):
        return ""
    return (
        f"This worker may not ask {model}: it asks models of the provider of LLM_MODEL, and those"
        " that its setting LLM_MODELS lists"
    )


def access_to(model: str) -> Access:
    """Return key and address for a model: those of LLM_API_KEY and LLM_API_BASE for models of
    LLM_MODEL's provider, none for others."""
    if model == setting("LLM_MODEL") or _is_ours(model):
        return Access(setting("LLM_API_KEY") or None, setting("LLM_API_BASE") or None)
    return Access()


# What lets a worker in beside a plain key, by how the variables' names begin.
OTHER_KEYS = {
    "bedrock": ("AWS_ACCESS", "AWS_SECRET", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_BEARER"),
    "vertex_ai": ("GOOGLE_APPLICATION_CREDENTIALS", "VERTEXAI_CREDENTIALS"),
    "watsonx": ("WATSONX_API", "WATSONX_TOKEN", "WATSONX_ZENAPIKEY"),
}
OTHER_KEYS["sagemaker"] = OTHER_KEYS["sagemaker_chat"] = OTHER_KEYS["bedrock"]


def key_of(model: str) -> str:
    """Return the names of the variables that have the key for a model, as they are to be corrected:
    LLM_API_KEY, where it is asked with that; else those of its provider's own that are set."""
    provider = provider_of(model).removesuffix("_beta")
    begin = OTHER_KEYS.get(provider, (f"{provider.upper()}_API_KEY",))
    own = [name for name in sorted(os.environ) if name.startswith(begin) and os.environ[name]]
    if not own or provider.startswith("sagemaker") or not access_to(model).api_key:
        return " and ".join(own) or "LLM_API_KEY"  # SageMaker takes no other than AWS's
    if provider in OTHER_KEYS:
        return f"LLM_API_KEY (which is used in place of {' and '.join(own)})"
    return "LLM_API_KEY"


def label(model: str) -> str:
    """Return the name of a model for counters: "other" for one that nobody has listed, as whoever
    may start runs could make up new names without end."""
    if model in ("demo", setting("LLM_MODEL"), *listed("LLM_MODELS")):
        return model
    known = import_litellm().model_cost
    return model if model in known or model.partition("/")[2] in known else "other"


def _is_ours(model: str) -> bool:
    provider = asked_provider(model)
    return provider != "" and provider == asked_provider(setting("LLM_MODEL"))


def asked_provider(model: str) -> str:
    """Return whom LiteLLM will ask, "" if nobody: for some names not whom they begin with."""
    if model == "demo":
        return ""
    litellm, provider = import_litellm(), provider_of(model)
    if provider not in logging_in():
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # LiteLLM prints a list
                base = setting("LLM_API_BASE") or None
                provider = str(litellm.get_llm_provider(model, api_base=base)[1])
        except litellm.BadRequestError:
            return ""
    return {"ollama": "ollama_chat"}.get(provider, provider)  # one server, asked as a chat
