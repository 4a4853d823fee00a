"""Ollama's /api/chat, a line of JSON for each piece: https://docs.ollama.com/api/chat."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from support.wires.wire import Failure, Message, Usage, Wire, to_json


class Ollama(Wire):
    name = "ollama"
    routes = ("/api/chat",)
    content_type = "application/x-ndjson"

    def messages(self) -> list[Message]:
        return [
            {"role": message["role"], "content": message.get("content") or ""}
            for message in self.body["messages"]
        ]

    def piece(self, text: str, kind: str) -> bytes:
        if kind == "reasoning_content":
            return self.line({"content": "", "thinking": text})
        return self.line({"content": text})

    def ending(self, reason: str, usage: Usage) -> bytes:
        return self.line(
            {"content": ""},
            done=True,
            done_reason="length" if reason == "length" else "stop",  # nothing is filtered at home
            total_duration=4_883_583_458,
            load_duration=1_334_875,
            prompt_eval_count=usage.prompt,
            prompt_eval_duration=342_546_000,
            eval_count=usage.completion,
            eval_duration=4_535_599_000,
        )

    def line(self, message: dict[str, str], done: bool = False, **more: Any) -> bytes:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        said = {"model": self.model, "created_at": now, "message": {"role": "assistant"} | message}
        return (to_json(said | {"done": done} | more) + "\n").encode(errors="replace")

    @classmethod
    def error(cls, status: int, message: str, code: str | None) -> Mapping[str, Any]:
        return {"error": message}

    def error_event(self, status: int, message: str, code: str | None) -> bytes:
        return (to_json({"error": message}) + "\n").encode()

    @classmethod
    def failure(cls, cause: str) -> Failure | None:
        match cause:
            case "unknown model":
                return Failure(404, {"error": "model 'nil' not found"})
            case "overloaded":
                message = "server busy, please try again.  maximum pending requests exceeded"
                return Failure(503, {"error": message})
        return None
