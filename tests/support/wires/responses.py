"""OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses-streaming."""

import itertools
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from support.wires.openai import Chat
from support.wires.wire import Message, Usage, sse, text_of, to_json


class Responses(Chat):
    """A message after a reasoning item; a refusal is a content part of its own kind."""

    name = "responses"
    routes = ("/v1/responses",)

    def __init__(self, http: web.Request, body: dict[str, Any]) -> None:
        super().__init__(http, body)
        self.numbers = itertools.count()
        self.texts: dict[str, str] = {}
        self.opened: list[str] = []  # the kinds of item begun
        self.response: dict[str, Any] = {
            "id": f"resp_{id(self):x}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "in_progress",
            "error": None,
            "incomplete_details": None,
            "instructions": body.get("instructions"),
            "model": self.model,
            "output": [],
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "max_output_tokens": body.get("max_output_tokens"),
            "usage": None,
        }

    def messages(self) -> list[Message]:
        given = self.body.get("input", [])
        if isinstance(given, str):
            given = [{"role": "user", "content": given}]
        said = [{"role": m["role"], "content": text_of(m.get("content"))} for m in given]
        instructions = self.body.get("instructions")
        return [{"role": "system", "content": instructions}] * bool(instructions) + said

    def event(self, kind: str, **fields: Any) -> bytes:
        return sse({"type": kind, "sequence_number": next(self.numbers)} | fields, kind)

    def opening(self) -> bytes:
        return self.event("response.created", response=self.response) + self.event(
            "response.in_progress", response=self.response
        )

    def piece(self, text: str, kind: str) -> bytes:
        event = b""
        place = {"item_id": f"{kind}_1", "output_index": len(self.opened)}
        if kind not in self.opened:
            event = self.event(
                "response.output_item.added",
                output_index=len(self.opened),
                item=self.item(kind, "in_progress", ""),
            )
            if kind != "reasoning_content":
                event += self.event(
                    "response.content_part.added", content_index=0, part=part(kind, ""), **place
                )
            self.opened.append(kind)
        place["output_index"] = self.opened.index(kind)
        self.texts[kind] = self.texts.get(kind, "") + text
        if kind == "reasoning_content":
            return event + self.event(
                "response.reasoning_summary_text.delta", summary_index=0, delta=text, **place
            )
        name = "refusal" if kind == "refusal" else "output_text"
        return event + self.event(f"response.{name}.delta", content_index=0, delta=text, **place)

    def ending(self, reason: str, usage: Usage) -> bytes:
        events = b""
        for index, kind in enumerate(self.opened):
            item = self.item(kind, "completed", self.texts[kind])
            events += self.event("response.output_item.done", output_index=index, item=item)
        done = self.done(self.texts, reason, usage)
        return events + self.event(f"response.{done['status']}", response=done)

    def whole(self, texts: Mapping[str, str], reason: str, usage: Usage) -> bytes:
        return to_json(self.done(texts, reason, usage)).encode(errors="replace")

    def done(self, texts: Mapping[str, str], reason: str, usage: Usage) -> dict[str, Any]:
        why = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(reason)
        return self.response | {
            "status": "incomplete" if why else "completed",
            "incomplete_details": {"reason": why} if why else None,
            "output": [self.item(kind, "completed", text) for kind, text in texts.items()],
            "usage": {
                "input_tokens": usage.prompt,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": usage.completion,
                "output_tokens_details": {"reasoning_tokens": usage.reasoning},
                "total_tokens": usage.prompt + usage.completion,
            },
        }

    def item(self, kind: str, status: str, text: str) -> dict[str, Any]:
        if kind == "reasoning_content":
            summary = [{"type": "summary_text", "text": text}] if text else []
            return {"id": f"{kind}_1", "type": "reasoning", "summary": summary}
        return {
            "id": f"{kind}_1",
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": [part(kind, text)] if text else [],
        }

    def error_event(self, status: int, message: str, code: str | None) -> bytes:
        error = {"code": code or "server_error", "message": message}
        failed = self.response | {"status": "failed", "error": error}
        return self.event("response.failed", response=failed)


def part(kind: str, text: str) -> dict[str, Any]:
    if kind == "refusal":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": []}
