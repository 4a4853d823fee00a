"""What providers answer in place of an answer, and what a person is told to do about it.

One table: the status (0: none, as within a stream), what the provider says, what becomes of the run
and a pattern in the sentence shown. It needs no server: `tests/llm/wire` has the ways there.
"""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from generator.failures import HELD, retry_after
from generator.llm.errors import UNFINISHED, explain
from generator.llm.wire.failure import reply_of


def says(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message} | more}


def openrouter(raw: Any, code: int) -> dict[str, Any]:
    told = raw if isinstance(raw, str) else json.dumps(raw)
    return says("Provider returned error", code=code, metadata={"raw": told, "provider_name": "P"})


def minimax(code: int, message: str) -> dict[str, Any]:
    return {"base_resp": {"status_code": code, "status_msg": message}}


def page(title: str) -> str:
    return f"<html>\r\n<head><title>{title}</title></head>\r\n<body><hr>nginx</body></html>"


TOO_LONG = says("prompt is too long: 210000 tokens > 200000 maximum", type="invalid_request_error")
CASES: list[tuple[int, Any, str, str]] = [
    # Accounts that are used up, of a day, a month or for good.
    (403, says("Key limit exceeded (total limit)", code=403), "held", "Add credit"),
    (403, says("The free tier of the model has been exhausted.",
               code="AllocationQuota.FreeTierOnly"), "held", "Add credit"),
    (403, {"errors": [{"code": "token_quota_reached", "message": "quota reached"}]},
     "held", "Add credit"),
    (429, {"message": "A Trial key is limited to 1000 API calls / month."}, "held", "Add credit"),
    (429, {"errors": [{"message": "you have used up your daily free allocation of 10,000 neurons",
                       "code": 4006}], "success": False}, "held", "Add credit"),
    (400, says("Budget has been exceeded! Max budget: 10.0", type="budget_exceeded"),
     "held", "Add credit"),
    (429, says("Crossed spend within team", type="budget_exceeded"), "held", "Add credit"),
    (429, says("Your account has reached its usage limit.", type="usage_limit_reached"),
     "held", "Add credit"),
    (429, says("Weekly usage limit reached. Resets in 6hr 29min."), "held", "Add credit"),
    (400, says("You're out of extra usage.", type="invalid_request_error"), "held", "Add credit"),
    (429, says("已达到 5 小时的使用上限。", code="1308"), "held", "Add credit"),
    *[(403, says(words), "held", "Add credit") for words in (
        "Saldo insuficiente", "Недостаточно средств на балансе", "Das Guthaben ist aufgebraucht",
        "クレジット残高が不足しています", "크레딧이 부족합니다", "Crédits insuffisants")],
    (403, says("this model requires a subscription, upgrade for access: ollama.com/upgrade"),
     "held", "Add credit"),
    (400, {"error": "Model requires a Pro subscription"}, "held", "Add credit"),
    (403, {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in"
           " 02:13:00."}, "held", "Add credit"),
    # What has to be changed at the provider.
    (400, says("This organization has been disabled."), "held", "Change at the provider"),
    (400, says("Organization has been restricted.", code="organization_restricted"),
     "held", "Change at the provider"),
    (404, {"message": "Model use case details have not been submitted for this account."},
     "held", "Change at the provider"),
    (404, says("Your account has not activated the model m.", code="ModelNotOpen"),
     "held", "Change at the provider"),
    (429, says("Your account has reached the set inference limit, and the model service has been"
               " paused.", code="SetLimitExceeded"), "held", "Change at the provider"),
    (400, {"__type": "ServiceQuotaExceededException", "message": "Over the service quota"},
     "held", "Change at the provider"),
    (401, says("Your account has been deactivated", code="account_deactivated"),
     "held", "Change at the provider"),
    (412, says("Account suspended.", code="PRECONDITION_FAILED"), "held", "Change at the provider"),
    (404, says("Your organization must be verified to use the model `m`.", code="model_not_found"),
     "held", "Change at the provider"),
    (400, {"success": False, "error": [{"code": 2001, "message": "Please configure AI Gateway"}]},
     "held", "Change at the provider"),
    (451, says("Unavailable for legal reasons"), "held", "Change at the provider"),
    # Models and keys.
    (400, says("模型不存在，请检查模型代码。", code="1211"), "held", "Correct LLM_MODEL"),
    (400, {"errors": [{"message": "AiError: No such model @cf/m or task", "code": 5007}]},
     "held", "Correct LLM_MODEL"),
    (401, page("401 Authorization Required"), "held", "Correct LLM_API_KEY"),
    (403, "", "held", r"403\): Forbidden. Give the key"),
    (407, page("407 Proxy Authentication Required"), "held", "Correct the proxy in HTTPS_PROXY"),
    (503, says("No available channel for model m under group default (distributor)",
               type="new_api_error", code="model_not_found"), "held", "Correct LLM_MODEL"),
    (503, says("当前分组 default 下对于模型 m 无可用渠道", type="one_api_error"),
     "held", "Correct LLM_MODEL"),
    *[(status, said, "held", "Correct LLM_MODEL") for status, said in (
        (400, {"detail": "Model m is not supported. Supported models are ['a']"}),
        (400, says("Unsupported model: m")),
        (400, says("The model `m` has been deprecated.")),
        (410, {"title": "Gone", "status": 410, "detail": "It has reached its end of life"}),
        (412, {"error": "the model requires a newer version of Ollama than is installed"}),
        (400, {"error": 'Failed to load model "m". Error: insufficient system resources.'}),
        (500, {"error": "unable to load model: blobs/sha256-1"}),
        (500, says("could not load model: rpc error", code=500)),
        (400, {"object": "error", "code": 40301, "message": "Only a&&b allowed now, your model m"}),
        (500, {"detail": "m is not a local folder and is not a valid model identifier listed on"
               " 'https://huggingface.co/models'"}),
    )],
    (403, {"message": "Missing Authentication Token"}, "held", "Correct LLM_API_BASE"),
    (401, says("You have insufficient permissions for this operation. Missing scopes:"
               " model.request."), "held", "Give the key the right"),
    # Filters.
    *[(status, said, "failed", "Ask in other words") for status, said in (
        (400, says("Content Exists Risk")),
        (400, says("Input data may contain inappropriate content.", code="data_inspection_failed")),
        (400, says("系统检测到输入内容可能包含敏感内容", code="1301")),
        (0, minimax(1026, "input new_sensitive")),
        (400, says("The input text may contain sensitive information.",
                   code="InputTextSensitiveContentDetected")),
        (403, {"code": "The caller does not have permission",
               "error": "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"}),
        (424, {"success": False, "error": [{"code": 2016, "message": "Prompt blocked"}]}),
        (400, says("Violated guardrail policy")),
        (446, says("The guardrail checks defined in the config failed.", type="hooks_failed")),
    )],
    # Questions that are too long.
    *[(status, said, "failed", "Shorten the topic") for status, said in (
        (429, says("Request too large for m on tokens per min (TPM): Limit 30000, Requested 31000."
                   " The input or output tokens must be reduced", code="rate_limit_exceeded")),
        (400, says("Prompt 超长", code="1261")),
        (400, says("Range of input length should be [1, 129024]")),
        (422, {"error": "`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 and 0"}),
        (400, says("input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000")),
        (422, {"error": "`inputs` must have less than 4096 tokens. Given: 9000"}),
        (400, says("The decoder prompt (length 9000) is longer than the maximum model length")),
        (400, {"message": "too many tokens: total number of tokens in the prompt cannot exceed 4"}),
        (400, says("This model's maximum prompt length is 131072")),
        (400, {"code": 20015, "message": "length of prompt_tokens (35) must be less than 32."}),
        (413, page("413 Request Entity Too Large")),
        (400, says("tokens in request more than max tokens allowed", code="1210")),
        (400, says("total tokens exceeds the model's maximum limit of 4096")),
        (400, says("input exceeds the maximum number of tokens")),
        (500, says("the request exceeds the available context size. try increasing it", code=500)),
        (424, {"OriginalStatusCode": 400, "OriginalMessage": "",
               "Message": "Received client error (400): `inputs` must have less than 1024 tokens"}),
        (400, openrouter(TOO_LONG, 400)),
    )],
    # The reason of the provider behind another one.
    (400, openrouter(says("Budget 0 is invalid."), 400), "failed", "Budget 0 is invalid"),
    (429, openrouter("m is temporarily rate-limited upstream", 429), "again", "m is temporarily"),
    (502, openrouter(page("502 Bad Gateway"), 502), "again", "a web page, '502 Bad Gateway'"),
    # The same within a gateway's message: as JSON, and as clients in Python show their exceptions.
    (429, says('Error from provider(p,m: 429): {"error": {"message": "Limit reached.", "code":'
               ' "insufficient_quota"}}Error: Error from provider(p,m: 429): {"error": 1} at nt'),
     "held", r"429\): Limit reached\. Add credit"),
    (400, says('Upstream: {"error": {"message": "Bad question", "metadata": {}}}'),
     "failed", r"400\): Bad question\. Correct"),
    *[(status, said, "held", "Correct LLM_API_KEY") for status, said in (
        (500, {"detail": "Error code: 401 - {'error': {'message': 'Wrong', 'code': None}}"}),
        (0, says("{'message': 'Error code: 401 - Incorrect key.', 'type': 'AuthenticationError'}",
                 type="dict")),
        (500, {"detail": "API error occurred: Status 401. Body: {\"detail\": \"No\"}"}),
        (500, {"detail": "headers: None, status_code: 401, body: {'message': 'invalid token'}"}),
        (502, "Client error '401 Unauthorized' for url 'https://api.example.com/v1/chat'"),
    )],
    (500, {"detail": "Error code: 503 - {'error': {'message': 'Overloaded', 'code': None}}"},
     "again", r"503\): Overloaded$"),
    (500, {"detail": "404 NOT_FOUND. {'error': {'code': 404, 'message': 'models/m is not found'}}"},
     "held", "Correct LLM_MODEL"),
    # Something is to be changed, and then tried again.
    (400, {"message": "Malformed input request: subject must not be valid against schema, please"
           " reformat your input and try again."}, "failed", "try again"),
    (400, {"message": "Remove s3Uri and try again."}, "failed", "try again"),
    # An answer that its server could not read.
    *[(status, said, "three times", "") for status, said in (
        (400, says("Tool choice is none, but model called a tool", code="tool_use_failed")),
        (400, says("Parsing failed.", code="output_parse_failed")),
        (500, says("The model produced output that does not match the expected peg-native format")),
        (500, says("Failed to parse input at pos 0: <|channel|>final", type="server_error")),
    )],
    # What a LiteLLM proxy adds.
    (400, says("litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException -"
               " request (3031 tokens) exceeds the available context size (1024 tokens), try"
               " increasing it\nmodel=smol. context_window_fallbacks=None. fallbacks=None.\n\nSet"
               " 'context_window_fallback'\n\nLiteLLM: model group 'smol' failed with the error"
               " above. No fallback was attempted."), "failed", r"increasing it\. Shorten"),
    (408, says("litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out."
               "\n\nDeployment Info: request_timeout: None\ntimeout: 3.0", code="408"),
     "again", r"408\): Request timed out$"),
    (500, says("litellm.InternalServerError: InternalServerError: OpenAIException - Connection"
               " error... Received Model Group=dead\nAvailable Model Group Fallbacks=None",
               code="500"), "again", r"500\): Connection error$"),
    # What passes, in words that are like those above.
    (400, {"error": "The model has crashed without additional information."}, "again", ""),
    (400, {"error": "Model unloaded."}, "again", ""),
    (499, says("The operation was cancelled.", status="CANCELLED"), "again", ""),
    (429, {"message": "A Trial key is limited to 20 API calls / minute."}, "again", ""),
    (429, {"message": "Too many tokens, please wait before trying again."}, "again", ""),
    (429, {"message": "Tokens per minute limit exceeded - too many tokens processed.",
           "code": "token_quota_exceeded"}, "again", ""),
    (400, says("Upstream error: Request rate increased too quickly."), "again", ""),
    (400, says("An unexpected error occurred. Please try again."), "again", ""),
    (400, says("The server had a hiccup, please wait and try again later"), "again", ""),
    (0, says("The model is temporarily not available"), "again", ""),
    (503, says("The model is not available right now"), "again", ""),
    (429, says("当前分组上游负载已饱和，请稍后再试"), "again", ""),
    # A day's limit that frees itself in minutes needs no credit.
    (429, says("Rate limit reached for m on requests per day (RPD): Limit 200, Used 200, Requested"
               " 1. Please try again in 7m12s."), "again", ""),
    (0, minimax(1039, "token limit exceeded(TPM)"), "again", ""),
    *[(500, said, "again", "Internal Server Error, and no cause.* LLM_MODEL may be wrong")
      for said in ("", "Internal Server Error", {"detail": "Internal Server Error"})],
    (402, says("You've reached the free limit. Please try again in 5 minutes."), "again", ""),
]  # fmt: skip


WAITS: list[tuple[str, float]] = [
    ("Rate limit reached for m (TPM): Limit 3. Please try again in 20s. Visit", 20),
    ("Please try again in 1m30.5s.", 90.5),
    ("Please try again in 320ms", 0.32),
    ("exceeded token rate limit. Please retry after 26 seconds. Please go here", 26),
    ("No deployments available for selected model, Try again in 5 seconds.", 5),
    ("try again in 1 hour, 2 minutes", 3720),
    ("Usage limit reached, available in 42 mins", 2520),
    ("Resets in 0hr 29min.", 1740),
    ("try again in 400 days", 0),
    ("try again in a moment, retry in 3 models", 0),
]


@pytest.mark.parametrize(("said", "seconds"), WAITS)
def test_a_wait_that_only_the_words_name(said: str, seconds: float) -> None:
    reply = reply_of(429, {}, json.dumps(says(said)))
    failure = explain(None, sent=True, bought=False, reply=reply)
    assert (failure.next_retry_delay or timedelta()) == timedelta(seconds=seconds)
    asked = reply_of(429, {"retry-after": "7"}, json.dumps(says(said)))  # the header is finer
    assert retry_after(asked.headers) == timedelta(seconds=7)


@pytest.mark.parametrize(("status", "said", "becomes", "shown"), CASES)
def test_what_a_person_is_told(status: int, said: Any, becomes: str, shown: str) -> None:
    body = said if isinstance(said, str) or not status else json.dumps(said, ensure_ascii=False)
    failure = explain(None, sent=True, bought=False, reply=reply_of(status, {}, body))
    became = "failed" if failure.non_retryable else "again"
    became = {HELD: "held", UNFINISHED: "three times"}.get(str(failure.type), became)
    assert became == becomes, failure.message
    assert re.search(shown, failure.message)
    assert not re.search(r"<\w|\{|Provider returned", failure.message), "no words of machines"
