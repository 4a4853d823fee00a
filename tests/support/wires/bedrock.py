"""Amazon Bedrock's ConverseStream, in binary frames with checksums.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html,
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import re
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from support.wires.wire import Failure, Message, Usage, Wire, text_of, to_json

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


class Bedrock(Wire):
    name = "bedrock"
    routes = ("/model/{model}/converse-stream",)
    content_type = "application/vnd.amazon.eventstream"
    block = ""
    index = -1

    @staticmethod
    def key(headers: Mapping[str, str]) -> str:
        """Of a signed request, the ID of the access key: nobody here knows the secret."""
        shown = headers.get("Authorization", "")
        signed = re.search(r"Credential=([^/]+)/", shown)
        return signed[1] if signed else shown.removeprefix("Bearer ")

    def messages(self) -> list[Message]:
        system = text_of(self.body.get("system"))
        return [{"role": "system", "content": system}] * bool(system) + [
            {"role": message["role"], "content": text_of(message["content"])}
            for message in self.body["messages"]
        ]

    def opening(self) -> bytes:
        return event("messageStart", {"role": "assistant"})

    def piece(self, text: str, kind: str) -> bytes:
        events = b""
        if self.block != kind:
            events = self.close_block()
            self.block, self.index = kind, self.index + 1
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
        if cause == "content policy":
            return None  # guardrails answer, and end with `guardrail_intervened`
        status, kind, message = {
            "wrong key": (
                403,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            "no permission": (
                403,
                "AccessDeniedException",
                "You don't have access to the model with the specified model ID.",
            ),
            "unknown model": (
                400,
                "ValidationException",
                "The provided model identifier is invalid.",
            ),
            "quota used up": (
                429,
                "ThrottlingException",
                "Too many tokens per day, please wait before trying again.",
            ),
            "context too long": (
                400,
                "ValidationException",
                "Input is too long for requested model.",
            ),
            "too many requests": (
                429,
                "ThrottlingException",
                "Too many requests, please wait before trying again.",
            ),
            "overloaded": (
                503,
                "ServiceUnavailableException",
                "Bedrock is unable to process your request.",
            ),
        }[cause]
        return Failure(status, {"message": message}, {"x-amzn-ErrorType": kind})


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
