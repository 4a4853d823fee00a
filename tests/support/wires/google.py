"""Gemini, as Google serves it by key and, on Vertex AI, by OAuth token.

https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/troubleshooting,
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from support.wires.wire import Failure, Message, Usage, Wire, sse, text_of

REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Gemini(Wire):
    """Every chunk is a whole response; the last one carries the finish reason, with or without
    text, and nothing comes after it."""

    name = "gemini"
    routes: ClassVar[tuple[str, ...]] = (
        "/v1beta/models/{model}:streamGenerateContent",
        "/v1alpha/models/{model}:streamGenerateContent",
    )

    failures: ClassVar[Mapping[str, tuple[int, str, str | None]]] = {
        "wrong key": (400, "API key not valid. Please pass a valid API key.", None),
        "no permission": (403, "Permission denied: Consumer has been suspended.", None),
        "unknown model": (404, "models/nil is not found for API version v1beta.", None),
        "quota used up": (429, "You exceeded your current quota, please check your plan.", None),
        "context too long": (
            400,
            "The input token count (1200000) exceeds the maximum number of tokens allowed"
            " (1048576).",
            None,
        ),
        "too many requests": (429, "Resource has been exhausted (e.g. check quota).", None),
        "overloaded": (503, "The model is overloaded. Please try again later.", None),
    }

    @staticmethod
    def key(headers: Mapping[str, str]) -> str:
        return headers.get("x-goog-api-key", "")

    def messages(self) -> list[Message]:
        system = self.body.get("systemInstruction") or self.body.get("system_instruction") or {}
        told = text_of(system.get("parts"))
        roles = {"model": "assistant"}
        return [{"role": "system", "content": told}] * bool(told) + [
            {"role": roles.get(said["role"], said["role"]), "content": text_of(said["parts"])}
            for said in self.body["contents"]
        ]

    def piece(self, text: str, kind: str) -> bytes:
        part: dict[str, Any] = {"text": text}
        if kind == "reasoning_content":
            part["thought"] = True
        return self.chunk({"content": {"parts": [part], "role": "model"}, "index": 0})

    def ending(self, reason: str, usage: Usage) -> bytes:
        # With thoughts, their tokens are counted beside those of the candidates, not among them.
        counts = {
            "promptTokenCount": usage.prompt,
            "candidatesTokenCount": usage.completion - usage.reasoning,
            "totalTokenCount": usage.prompt + usage.completion,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.prompt}],
        } | ({"thoughtsTokenCount": usage.reasoning} if usage.reasoning else {})
        candidate: dict[str, Any] = {
            "content": {"parts": [{"text": ""}], "role": "model"},
            "finishReason": REASONS[reason],
            "index": 0,
        }
        if reason == "content_filter":
            del candidate["content"]
            candidate["safetyRatings"] = [
                {
                    "category": "HARM_CATEGORY_DANGEROUS_CONTENT",
                    "probability": "HIGH",
                    "blocked": True,
                }
            ]
        return self.chunk(candidate, counts)

    def chunk(self, candidate: dict[str, Any], usage: dict[str, Any] | None = None) -> bytes:
        return sse(
            {
                "candidates": [candidate],
                "usageMetadata": usage or {"promptTokenCount": 1, "totalTokenCount": 1},
                "modelVersion": self.model,
                "responseId": f"{id(self):x}",
            }
        )

    @classmethod
    def error(cls, status: int, message: str, code: str | None) -> Mapping[str, Any]:
        name = code or STATUSES.get(status, "UNKNOWN")
        return {"error": {"code": status, "message": message, "status": name}}

    @classmethod
    def failure(cls, cause: str) -> Failure | None:
        if cause == "content policy":  # a stream without candidates
            blocked = {
                "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
                "usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 9},
            }
            return Failure(200, sse(blocked).decode())
        failure = super().failure(cause)
        if failure is None or not isinstance(failure.body, dict):
            return failure
        error = failure.body["error"]
        if cause == "wrong key":
            error["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "API_KEY_INVALID",
                    "domain": "googleapis.com",
                }
            ]
        elif cause == "quota used up":
            error["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                    "violations": [
                        {
                            "quotaMetric": "generativelanguage.googleapis.com/"
                            "generate_content_free_tier_requests",
                            "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
                            "quotaValue": "20",
                        }
                    ],
                },
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"},
            ]
        return replace(failure, headers={})


class Vertex(Gemini):
    name = "vertex_ai"
    routes = (
        "/{version:v1|v1beta1}/projects/{project}/locations/{location}/publishers/google/models/"
        "{model}:streamGenerateContent",
    )

    @staticmethod
    def key(headers: Mapping[str, str]) -> str:
        return headers.get("Authorization", "").removeprefix("Bearer ")

    @classmethod
    def failure(cls, cause: str) -> Failure | None:
        match cause:
            case "wrong key":
                message = "Request had invalid authentication credentials."
                return Failure(401, cls.error(401, message, None))
            case "no permission":
                message = "Permission 'aiplatform.endpoints.predict' denied on resource."
                return Failure(403, cls.error(403, message, None))
            case "unknown model":
                message = "Publisher Model `models/nil` was not found or your project does not have"
                return Failure(404, cls.error(404, f"{message} access to it.", None))
            case "quota used up":
                message = "This API method requires billing to be enabled."
                return Failure(403, cls.error(403, message, None))
        return super().failure(cause)
