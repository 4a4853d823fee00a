"""OpenAI's Chat Completions, which many others speak too, and Azure's place for them.

https://platform.openai.com/docs/api-reference/chat-streaming,
https://platform.openai.com/docs/guides/error-codes,
https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference
"""

import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from support.wires.wire import Failure, Message, Usage, Wire, sse, text_of, to_json


class Chat(Wire):
    name = "openai"
    routes = ("/v1/chat/completions",)

    def __init__(self, http: web.Request, body: dict[str, Any]) -> None:
        super().__init__(http, body)
        self.streamed = bool(body.get("stream"))
        self.counts = bool((body.get("stream_options") or {}).get("include_usage"))
        self.chunk: dict[str, Any] = {
            "id": f"chatcmpl-{id(self):x}",
            "object": "chat.completion.chunk" if self.streamed else "chat.completion",
            "created": int(time.time()),
            "model": self.model,
        } | ({"usage": None} if self.counts else {})

    def messages(self) -> list[Message]:
        return [
            {"role": message["role"], "content": text_of(message.get("content"))}
            for message in self.body.get("messages", [])
        ]

    def opening(self) -> bytes:
        return self.delta({"role": "assistant", "content": ""})

    def piece(self, text: str, kind: str) -> bytes:
        return self.delta({kind: text})

    def ending(self, reason: str, usage: Usage) -> bytes:
        counts = sse(self.chunk | {"choices": [], "usage": tokens(usage)}) if self.counts else b""
        return self.delta({}, reason) + counts + b"data: [DONE]\n\n"

    def delta(self, delta: dict[str, str], reason: str | None = None) -> bytes:
        return sse(
            self.chunk | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        )

    def whole(self, texts: Mapping[str, str], reason: str, usage: Usage) -> bytes:
        message = {"role": "assistant", "content": None, **texts}
        choice = {"index": 0, "message": message, "finish_reason": reason}
        completion = self.chunk | {"choices": [choice], "usage": tokens(usage)}
        return to_json(completion).encode(errors="replace")

    @classmethod
    def error(cls, status: int, message: str, code: str | None) -> Mapping[str, Any]:
        kind = "server_error" if status >= 500 else "invalid_request_error"
        if status == 429:
            kind = code = code or "rate_limit_exceeded"
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}

    @classmethod
    def failure(cls, cause: str) -> Failure | None:
        status, code, message = {
            "wrong key": (401, "invalid_api_key", "Incorrect API key provided."),
            "no permission": (403, None, "You are not allowed to sample from this model."),
            "unknown model": (404, "model_not_found", "The model `nil` does not exist."),
            "quota used up": (429, "insufficient_quota", "You exceeded your current quota."),
            "context too long": (
                400,
                "context_length_exceeded",
                "This model's maximum context length is 8192 tokens.",
            ),
            "content policy": (
                400,
                "content_policy_violation",
                "Your request was rejected as a result of our safety system.",
            ),
            "too many requests": (429, None, "Rate limit reached for requests."),
            "overloaded": (503, None, "The engine is currently overloaded."),
        }[cause]
        headers = {"Retry-After": "1"} if cause == "too many requests" else {}
        return Failure(status, cls.error(status, message, code), headers)


class Azure(Chat):
    name = "azure"
    routes = ("/openai/deployments/{model}/chat/completions",)

    @staticmethod
    def key(headers: Mapping[str, str]) -> str:
        return headers.get("api-key", "")

    def opening(self) -> bytes:
        # Before the answer comes a chunk without choices: what the filter made of the prompt.
        return (
            sse(
                self.chunk
                | {
                    "id": "",
                    "model": "",
                    "choices": [],
                    "prompt_filter_results": [
                        {
                            "prompt_index": 0,
                            "content_filter_results": {
                                "hate": {"filtered": False, "severity": "safe"}
                            },
                        }
                    ],
                }
            )
            + super().opening()
        )

    @classmethod
    def error(cls, status: int, message: str, code: str | None) -> Mapping[str, Any]:
        return {"error": {"code": code or str(status), "message": message}}

    @classmethod
    def failure(cls, cause: str) -> Failure | None:
        match cause:
            case "wrong key":
                return Failure(
                    401,
                    cls.error(
                        401,
                        "Access denied due to invalid subscription key or wrong API endpoint.",
                        None,
                    ),
                )
            case "no permission":
                message = "Public access is disabled. Please configure private endpoint."
                return Failure(403, cls.error(403, message, None))
            case "unknown model":
                message = "The API deployment for this resource does not exist."
                return Failure(404, cls.error(404, message, "DeploymentNotFound"))
            case "quota used up":
                return None  # Azure sends a bill; what it limits is the rate
            case "content policy":
                error = {
                    "message": "The response was filtered due to the prompt triggering Azure"
                    " OpenAI's content management policy.",
                    "type": None,
                    "param": "prompt",
                    "code": "content_filter",
                    "status": 400,
                    "innererror": {
                        "code": "ResponsibleAIPolicyViolation",
                        "content_filter_result": {"hate": {"filtered": True, "severity": "high"}},
                    },
                }
                return Failure(400, {"error": error})
        return super().failure(cause)


def tokens(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
    } | (
        {"completion_tokens_details": {"reasoning_tokens": usage.reasoning}}
        if usage.reasoning
        else {}
    )
