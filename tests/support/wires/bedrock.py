"""Amazon Bedrock's ConverseStream, in binary frames with checksums.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html,
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from support.wires.wire import ContentBlocks, Failure, Usage, to_json

REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "content_filtered"}
KINDS = {
    400: "ValidationException",
    402: "AccessDeniedException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}


class Bedrock(ContentBlocks):
    name = "bedrock"
    routes = ("/model/{model}/converse-stream",)
    content_type = "application/vnd.amazon.eventstream"
    failures: ClassVar[Mapping[str, tuple[int, str, str | None]]] = {  # by policy guardrails answer
        "wrong key": (
            403,
            "The security token included in the request is invalid.",
            "UnrecognizedClientException",
        ),
        "no permission": (
            403,
            "You don't have access to the model with the specified model ID.",
            "AccessDeniedException",
        ),
        "unknown model": (
            400,
            "The provided model identifier is invalid.",
            "ValidationException",
        ),
        "quota used up": (
            429,
            "Too many tokens per day, please wait before trying again.",
            "ThrottlingException",
        ),
        "context too long": (400, "Input is too long for requested model.", "ValidationException"),
        "too many requests": (
            429,
            "Too many requests, please wait before trying again.",
            "ThrottlingException",
        ),
        "overloaded": (
            503,
            "Bedrock is unable to process your request.",
            "ServiceUnavailableException",
        ),
    }

    @staticmethod
    def key(headers: Mapping[str, str]) -> str:
        """Of a signed request, the ID of the access key: nobody here knows the secret."""
        shown = headers.get("Authorization", "")
        signed = re.search(r"Credential=([^/]+)/", shown)
        return signed[1] if signed else shown.removeprefix("Bearer ")

    def opening(self) -> bytes:
        return event("messageStart", {"role": "assistant"})

    def piece(self, text: str, kind: str) -> bytes:
        events = b""
        if self.block != kind:
            events = self.next_block(kind)
        delta: dict[str, Any] = {"text": text}
        if kind == "reasoning_content":
            delta = {"reasoningContent": {"text": text}}
        where = {"contentBlockIndex": self.index}
        return events + event("contentBlockDelta", {"delta": delta} | where)

    def close_block(self) -> bytes:
        where = {"contentBlockIndex": self.index}
        return event("contentBlockStop", where) if self.block else b""

    def ending(self, reason: str, usage: Usage) -> bytes:
        counts = {
            "inputTokens": usage.prompt,
            "outputTokens": usage.completion,
            "totalTokens": usage.prompt + usage.completion,
        }
        return (
            self.close_block()
            + event("messageStop", {"stopReason": REASONS[reason]})
            + event("metadata", {"usage": counts, "metrics": {"latencyMs": 1275}})
        )

    @classmethod
    def error(cls, status: int, message: str, code: str | None) -> Mapping[str, Any]:
        return {"message": message}

    def error_event(self, status: int, message: str, code: str | None) -> bytes:
        kind = code or KINDS.get(status, "InternalServerException")
        headers = {
            ":exception-type": kind[0].lower() + kind[1:],
            ":content-type": "application/json",
            ":message-type": "exception",
        }
        return frame(headers, to_json({"message": message}).encode())

    @classmethod
    def failure(cls, cause: str) -> Failure | None:
        failure = super().failure(cause)
        kind = {"X-Amzn-ErrorType": cls.failures[cause][2] or ""} if failure else {}
        return failure and replace(failure, headers=kind)


def event(kind: str, payload: Mapping[str, Any]) -> bytes:
    headers = {
        ":event-type": kind,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return frame(headers, to_json(payload).encode(errors="replace"))


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """A message of Amazon's event streams: lengths, checksum, headers, payload, checksum."""
    named = b""
    for name, value in headers.items():
        text = value.encode()
        named += struct.pack(">B", len(name)) + name.encode()
        named += struct.pack(">BH", 7, len(text)) + text  # 7: a string
    prelude = struct.pack(">II", 12 + len(named) + len(payload) + 4, len(named))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    message = prelude + named + payload
    return message + struct.pack(">I", zlib.crc32(message))
