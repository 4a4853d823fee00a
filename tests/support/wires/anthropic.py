"""Anthropic's Messages: https://docs.claude.com/en/api/messages-streaming, .../en/api/errors."""

from collections.abc import Mapping
from typing import Any, ClassVar

from support.wires.wire import ContentBlocks, Usage, sse

REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class Anthropic(ContentBlocks):
    name = "anthropic"
    routes = ("/v1/messages",)
    failures: ClassVar[Mapping[str, tuple[int, str, str | None]]] = {  # by policy: in the answer
        "wrong key": (401, "invalid x-api-key", None),
        "no permission": (403, "Your API key does not have permission to use this resource.", None),
        "unknown model": (404, "model: nil", None),
        "quota used up": (
            400,
            "Your credit balance is too low to access the Anthropic API. Please go to Plans &"
            " Billing to upgrade or purchase credits.",
            None,
        ),
        "context too long": (400, "prompt is too long: 210000 tokens > 200000 maximum", None),
        "too many requests": (429, "This request would exceed your rate limit.", None),
        "overloaded": (529, "Overloaded", None),
    }

    @staticmethod
    def key(headers: Mapping[str, str]) -> str:
        return headers.get("x-api-key", "")

    def opening(self) -> bytes:
        message: dict[str, Any] = {
            "id": f"msg_{id(self):x}",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": self.model,
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": self.prompt_tokens(), "output_tokens": 1},
        }
        return event("message_start", message=message) + event("ping")

    def prompt_tokens(self) -> int:
        # Told at the start already: what is paid for a request that is broken off.
        return sum(len(message["content"].split()) for message in self.messages())

    def piece(self, text: str, kind: str) -> bytes:
        events = b""
        thinking = kind == "reasoning_content"
        if self.block != kind:
            events = self.next_block(kind)
            start = {"type": "thinking", "thinking": "", "signature": ""}
            events += event(
                "content_block_start",
                index=self.index,
                content_block=start if thinking else {"type": "text", "text": ""},
            )
        delta = {"type": "text_delta", "text": text}
        if thinking:
            delta = {"type": "thinking_delta", "thinking": text}
        return events + event("content_block_delta", index=self.index, delta=delta)

    def close_block(self) -> bytes:
        events = b""
        if self.block == "reasoning_content":
            delta = {"type": "signature_delta", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"}
            events = event("content_block_delta", index=self.index, delta=delta)
        return events + event("content_block_stop", index=self.index) if self.block else b""

    def ending(self, reason: str, usage: Usage) -> bytes:
        if self.block == "refusal":
            reason = "content_filter"
        return (
            self.close_block()
            + event(
                "message_delta",
                delta={"stop_reason": REASONS[reason], "stop_sequence": None},
                usage={"output_tokens": usage.completion},
            )
            + event("message_stop")
        )

    @classmethod
    def error(cls, status: int, message: str, code: str | None) -> Mapping[str, Any]:
        error = {"type": code or KINDS.get(status, "api_error"), "message": message}
        return {"type": "error", "error": error, "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy"}

    def error_event(self, status: int, message: str, code: str | None) -> bytes:
        return sse(self.error(status, message, code), "error")


def event(kind: str, **fields: Any) -> bytes:
    return sse({"type": kind} | fields, kind)
