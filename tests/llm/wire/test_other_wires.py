"""Providers that speak OpenAI's wire each in their own way, and SageMaker, which wraps it.

LiteLLM has a reader for each of them, and some make a good end of `[DONE]`. One table of what
comes, what must become of it, and with how many requests at most.
"""

import json
from collections.abc import Iterator

import pytest
from support.wires.bedrock import frame

from llm.wire.cases import CASES, Case
from llm.wire.scenarios import (
    DONE,
    HALF,
    REPORT,
    STREAMS,
    Says,
    ScenarioServer,
    body,
    good,
    stream,
    words,
)
from llm.wire.test_others import check

KEY = "test-key-0123456789abcdef"
MODELS = (
    "azure/gpt-4o", "cerebras/m", "dashscope/m", "databricks/m", "deepseek/deepseek-chat",
    "fireworks_ai/m", "github/gpt-4o", "groq/m", "hosted_vllm/m", "huggingface/x/y", "llamafile/m",
    "lm_studio/m", "minimax/m", "mistral/mistral-large-latest", "moonshot/m", "nvidia_nim/m",
    "openrouter/x/y", "perplexity/sonar", "together_ai/m", "watsonx/ibm/granite-3-8b-instruct",
    "xai/m", "zai/m",
)  # fmt: skip
ON_ALL = ("done-without-reason", "done-in-the-text", "error-object", "key-after-half")


def google(violation: str, message: str) -> Says:
    """Google's way to say that a limit is reached: with a wait, however long it really takes."""
    details = [{"violations": [{"quotaId": violation}]}, {"retryDelay": "38s"}]
    said = {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": message, "details": details}
    return body({"error": said}, 429)


def of_one() -> Iterator[tuple[str, Case]]:
    """What only one of them says, or says in its own words."""
    for model, name, half in (
        ("xai/m", "depleted", stream(HALF, reason="REASON_MAX_LEN")),
        ("mistral/m", "model-length", stream(HALF, reason="model_length")),
        ("watsonx/ibm/granite-3-8b-instruct", "time-limit", stream(HALF, reason="time_limit")),
        ("hosted_vllm/m", "repetition", stream(HALF, reason="repetition")),
        ("deepseek/m", "resources", stream(HALF, reason="insufficient_system_resource")),
        ("databricks/m", "error-code", stream(HALF, {"error_code": "INTERNAL", "message": "No."})),
        ("llamafile/m", "error-line", stream(HALF, b'error: {"code": 500, "message": "No."}\n\n')),
    ):
        yield model, Case(name, [half, good], "whole", 2)
    for model, name, says, remedy in (
        ("xai/m", "credits-by-code-of-access", body({
            "code": "The caller does not have permission to execute the operation",
            "error": "Your team doesn't have any credits yet."}, 403), "Add credit"),
        ("gemini/gemini-2.5-flash", "a-day", google(
            "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "Quota exceeded"), "Add credit"),
        ("github/m", "a-day", body({"error": {
            "code": "RateLimitReached", "message": "Rate limit of 50 per 86400s exceeded"}}, 429,
            retry_after="80000"), "Add credit"),
        ("gemini/gemini-2.5-flash", "location", body({"error": {
            "code": 400, "message": "User location is not supported"}}, 400), "at the provider"),
        ("azure/m", "network", body({"error": {
            "code": "403", "message": "Public access is disabled."}}, 403), "at the provider"),
        ("databricks/m", "switched-off", body({
            "error_code": "PERMISSION_DENIED", "message": "a rate limit of 0"}, 403),
            "at the provider"),
    ):  # fmt: skip
        yield model, Case(name, [says], "held", 1, remedy)
    a_minute = google("GenerateRequestsPerMinutePerProject", "Quota exceeded, per minute")
    rest = body(
        {"candidates": [{"content": {"parts": [{"text": REPORT}]}, "finishReason": "STOP"}]}
    )
    yield "gemini/gemini-2.5-flash", Case("a-minute", [a_minute, rest], "whole", 2)
    pieces = [{"candidates": [{"content": {"parts": [{"text": word}]}}]} for word in words(HALF)]
    cut = body(json.dumps(pieces)[:-9])
    yield (
        "gemini/gemini-2.5-flash",
        Case("a-list-that-is-cut", [cut], "incomplete", 3, "Kelp farms"),
    )


def sagemaker() -> Iterator[tuple[str, Case]]:
    def frames(*parts: bytes, fails: str = "") -> Says:
        said = [frame({":event-type": "PayloadPart", ":message-type": "event"}, p) for p in parts]
        if fails:
            kind = {":exception-type": fails, ":message-type": "exception"}
            said.append(frame(kind, b'{"Message": "Model exited"}'))
        return Says(said, kind="application/vnd.amazon.eventstream")

    answer = b"".join(stream(REPORT, reason="stop").body)
    half = b"".join(part for part in stream(HALF).body if part != DONE)
    thirds = [answer[:40], answer[40:45], answer[45:]]  # an event may begin in one frame
    for name, script, requests in (
        ("whole", [frames(answer)], 1),
        ("in-pieces", [frames(*thirds)], 1),
        ("model-fails", [frames(half, fails="ModelStreamError"), frames(answer)], 2),
        ("just-ends", [frames(half), frames(answer)], 2),
    ):
        yield "sagemaker_chat/endpoint", Case(name, script, "whole", requests)


BY_NAME = {case.name: case for case in CASES}
ON_EACH = [(model, BY_NAME[name]) for model in MODELS for name in ON_ALL]
OWN = [*of_one(), *sagemaker()]
TABLE = [
    pytest.param(model, case, id=f"{model.partition('/')[0]}-{case.name}", marks=marks)
    for rows, marks in ((OWN, ()), (ON_EACH, pytest.mark.slow))
    for model, case in rows
]


@pytest.mark.parametrize(("model", "case"), TABLE)
def test_each_provider_s_own_words_are_read(
    model: str, case: Case, server: ScenarioServer, settings: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "LLM_MODEL": model,
        "LLM_API_KEY": KEY,
        "LLM_API_BASE": f"{server.url}/v1",
        "AZURE_API_VERSION": "2024-10-21",
        "WATSONX_TOKEN": KEY,
        "WATSONX_PROJECT_ID": "p",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_REGION_NAME": "us-east-1",
    }.items():
        settings.setenv(name, value)
    settings.setattr("generator.llm.wire.transport.GRACE", 0.1)
    check(case, server, STREAMS if case.name == "done-in-the-text" else REPORT)
