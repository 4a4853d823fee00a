"""The other wires: end reasons, errors, no stream, tools and ends that never come, on each of them.

What is the same for all of them, `tests/llm/providers` has.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from support.wires.bedrock import frame
from temporalio.exceptions import ApplicationError

from generator.failures import HELD
from llm.wire.cases import Case
from llm.wire.scenarios import HALF, REPORT, SILENCE, Says, ScenarioServer, body, words
from llm.wire.test_openai import attempts

FAILED = {"message": "The server had an error", "code": "server_error"}


@dataclass
class Way:
    """A provider's way to say things: reasons are [whole, limit, filter, cut, cut]."""

    model: str
    path: str
    reasons: tuple[str, ...]

    def says(self, text: str, reason: str = "", *more: Any, tokens: int = 60) -> Says:
        raise NotImplementedError

    def error(self, kind: str, message: str) -> Says:
        return body({"error": {"type": kind, "message": message}})

    def whole(self) -> Says | None:
        return None


def sse(events: list[dict[str, Any]]) -> Says:
    return Says(
        [f"event: {e.get('type', 'x')}\ndata: {json.dumps(e)}\n\n".encode() for e in events]
    )


class Anthropic(Way):
    def says(self, text: str, reason: str = "", *more: Any, tokens: int = 60) -> Says:
        usage = {"input_tokens": 20, "output_tokens": 1}
        events: list[Any] = [{"type": "message_start", "message": {"model": "c", "usage": usage}}]
        events += [*more, {"type": "content_block_start", "content_block": {"type": "text"}}]
        for word in words(text):
            events += [{"type": "content_block_delta", "delta": {"type": "text_delta",
                        "text": word}}]  # fmt: skip
        if reason:
            events += [{"type": "message_delta", "delta": {"stop_reason": reason},
                        "usage": {"output_tokens": tokens}}, {"type": "message_stop"}]  # fmt: skip
        return sse(events)

    def error(self, kind: str, message: str) -> Says:
        return sse([{"type": "error", "error": {"type": kind, "message": message}}])

    def whole(self) -> Says:
        content = [{"type": "text", "text": REPORT}]
        usage = {"input_tokens": 20, "output_tokens": 60}
        return body({"type": "message", "role": "assistant", "model": "c", "content": content,
                     "stop_reason": "end_turn", "usage": usage})  # fmt: skip


class Gemini(Way):
    def chunk(self, text: str, **more: Any) -> dict[str, Any]:
        usage = {"promptTokenCount": 20, "candidatesTokenCount": 60}
        candidate = {"content": {"parts": [{"text": text}]}, "index": 0} | more
        return {"candidates": [candidate], "usageMetadata": usage}

    def says(self, text: str, reason: str = "", *more: Any, tokens: int = 60) -> Says:
        chunks = [*more, *[self.chunk(word) for word in words(text)]]
        return sse(chunks + [self.chunk("", finishReason=reason)] * bool(reason))

    def error(self, kind: str, message: str) -> Says:
        return sse([{"error": {"code": 400, "status": kind, "message": message}}])

    def whole(self) -> Says:
        return body([self.chunk(REPORT[:50]), self.chunk(REPORT[50:], finishReason="STOP")])


class Ollama(Way):
    def says(self, text: str, reason: str = "", *more: Any, tokens: int = 60) -> Says:
        lines = [{"message": {"content": word}, "done": False} for word in words(text)]
        last = {"message": {"content": ""}, "done": True, "done_reason": reason,
                "prompt_eval_count": 20, "eval_count": tokens}  # fmt: skip
        said = [json.dumps(x).encode() + b"\n" for x in [*more, *lines, *[last] * bool(reason)]]
        return Says(said, kind="application/x-ndjson")

    def error(self, kind: str, message: str) -> Says:
        return Says([json.dumps({"error": message}).encode() + b"\n"])

    def whole(self) -> Says:
        return body({"message": {"content": REPORT}, "done": True, "done_reason": "stop",
                     "prompt_eval_count": 20, "eval_count": 60})  # fmt: skip


class Responses(Way):
    def response(self, text: str, reason: str) -> dict[str, Any]:
        message = {"type": "message", "content": [{"type": "output_text", "text": text}]}
        status = "completed" if reason == "completed" else "incomplete"
        usage = {"input_tokens": 20, "output_tokens": 60}
        why = {"reason": reason} if status == "incomplete" else None
        return {"object": "response", "id": "r", "model": "o3-pro", "status": status,
                "output": [message], "usage": usage, "incomplete_details": why}  # fmt: skip

    def says(self, text: str, reason: str = "", *more: Any, tokens: int = 60) -> Says:
        events: list[Any] = [{"type": "response.created", "response": {}}, *more]
        events += [{"type": "response.output_text.delta", "delta": w} for w in words(text)]
        last = self.response(text, reason)
        kind = f"response.{last['status']}"
        return sse(events + [{"type": kind, "response": last}] * bool(reason))

    def error(self, kind: str, message: str) -> Says:
        return sse([{"type": "error", "code": kind, "message": message, "param": None}])

    def whole(self) -> Says:
        return body(self.response(REPORT, "completed"))


class Bedrock(Way):
    def frame(self, kind: str, data: Any, name: str = "event") -> bytes:
        headers = {f":{name}-type": kind, ":message-type": name}
        return frame(headers, json.dumps(data).encode())

    def says(self, text: str, reason: str = "", *more: Any, tokens: int = 60) -> Says:
        usage = {"inputTokens": 20, "outputTokens": tokens}
        said = [self.frame("messageStart", {"role": "assistant"}), *more]
        said += [self.frame("contentBlockDelta", {"delta": {"text": w}}) for w in words(text)]
        if reason:
            said += [self.frame("messageStop", {"stopReason": reason})]
            said += [self.frame("metadata", {"usage": usage})]
        return Says(said, kind="application/vnd.amazon.eventstream")

    def error(self, kind: str, message: str) -> Says:
        said = [self.frame(kind, {"message": message}, "exception")]
        return Says(said, kind="application/vnd.amazon.eventstream")


class Cohere(Way):
    def says(self, text: str, reason: str = "", *more: Any, tokens: int = 60) -> Says:
        events: list[Any] = [{"type": "message-start", "delta": {"message": {}}}, *more]
        events += [{"type": "content-delta", "delta": {"message": {"content": {"text": w}}}}
                   for w in words(text)]  # fmt: skip
        usage = {"tokens": {"input_tokens": 20, "output_tokens": tokens}}
        last = {"type": "message-end", "delta": {"finish_reason": reason, "usage": usage}}
        return sse(events + [last] * bool(reason))


WAYS: list[Way] = [
    Anthropic("anthropic/claude-sonnet-4-5", "", (
        "end_turn", "max_tokens", "refusal", "pause_turn", "something_new")),
    Gemini("gemini/gemini-2.5-flash", "/v1beta", (
        "STOP", "MAX_TOKENS", "MODEL_ARMOR", "MALFORMED_FUNCTION_CALL", "SOMETHING_NEW")),
    Ollama("ollama_chat/m", "", ("stop", "length", "", "unload", "load")),
    Responses("openai/o3-pro", "/v1", (
        "completed", "max_output_tokens", "content_filter", "max_tool_calls", "something_new")),
    Bedrock("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "", (
        "end_turn", "max_tokens", "guardrail_intervened", "malformed_model_output", "tool_use")),
    Cohere("cohere_chat/command-a", "", (
        "COMPLETE", "MAX_TOKENS", "ERROR_TOXIC", "TIMEOUT", "SOMETHING_NEW")),
]  # fmt: skip


def cases() -> Iterator[tuple[Way, Case]]:
    for way in WAYS:
        good, limit, blocked, *cut = way.reasons
        rest = way.says(REPORT, good)
        yield way, Case("whole", [way.says(REPORT, good)], "whole", tokens=80)
        ending = Says([*way.says(REPORT, good).body, SILENCE], kind=rest.kind)
        yield way, Case("open-after-the-end", [ending], "whole", tokens=80)
        yield way, Case("limit", [way.says(HALF, limit), rest], "whole", 2, tokens=160)
        for reason in cut:
            yield way, Case(f"cut-{reason}", [way.says(HALF, reason), rest], "whole", 2)
        yield way, Case("no-end", [way.says(HALF), rest], "whole", 2)
        if blocked:
            yield way, Case("filter", [way.says(HALF, blocked)], "incomplete", 1, "filter")
        if whole := way.whole():
            yield way, Case("no-stream", [whole], "whole", tokens=80)
        page = body("<title>nginx</title>", kind="text/html")
        yield way, Case("a-page", [page], "held", 1, "LLM_API_BASE")
        for kind, message, becomes, says in (
            ("authentication_error", "Unauthorized", "held", "LLM_API_KEY"),
            ("invalid_request_error", "Your credit balance is too low", "held", "Add credit"),
            ("validationException", "prompt is too long: 9 tokens > 8", "failed", "Shorten"),
            ("accessDeniedException", "requires moderation", "failed", "other words"),
        ):
            name = f"error-{kind}-{message[:5]}".replace(" ", "-")
            yield way, Case(name, [way.error(kind, message)], becomes, 1, says)
        passing = way.error("overloaded_error", "Overloaded")
        yield way, Case("overloaded", [passing, rest], "whole", 2)


def between() -> Iterator[tuple[Way, Case]]:
    """What stands between two texts, and other things that only one wire has."""
    anthropic, gemini, _, responses, bedrock, cohere = WAYS
    tool = {"type": "content_block_start", "content_block": {"type": "server_tool_use"}}
    said = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "I search."}}
    both = anthropic.says(REPORT, "end_turn", said, tool)
    yield anthropic, Case("a-tool-between", [both], "paragraphs")
    commentary = {"type": "response.output_text.delta", "delta": "I search."}
    item = {"type": "response.output_item.added", "item": {"type": "message"}}
    yield responses, Case("two-messages", [responses.says(REPORT, "completed", commentary, item)],
                          "paragraphs")  # fmt: skip
    aside = {
        "type": "response.output_item.added",
        "item": {"type": "message", "phase": "commentary"},
    }
    final = aside | {"item": {"type": "message", "phase": "final_answer"}}
    yield responses, Case("commentary", [
        responses.says(REPORT, "completed", aside, commentary, final)], "whole")  # fmt: skip
    null = {"candidates": [{"content": {"parts": None}}, {"content": None}]}
    yield gemini, Case("null-parts", [gemini.says(REPORT, "STOP", null)], "whole")
    thought = {"candidates": [{"content": {"parts": [{"text": "Hm.", "thought": True}]}}]}
    yield gemini, Case("thoughts", [gemini.says(REPORT, "STOP", thought)], "whole")
    blocked = sse([{"promptFeedback": {"blockReason": "OTHER"}}])
    yield gemini, Case("blocked-question", [blocked], "failed", 1, "content filter")
    thinks = {"type": "content-delta", "delta": {"message": {"content": {"thinking": "Hm."}}}}
    yield cohere, Case("thoughts", [cohere.says(REPORT, "COMPLETE", thinks)], "whole")
    assert isinstance(bedrock, Bedrock)
    broken = bedrock.says(HALF)
    broken.body = [*broken.body, b"\x00" * 40]
    yield bedrock, Case("broken-frame", [broken, bedrock.says(REPORT, "end_turn")], "whole", 2)
    inner = b"".join(json.dumps(e).encode() for e in [said])
    wrapped = bedrock.frame("chunk", {"bytes": base64.b64encode(inner).decode()})
    yield bedrock, Case("wrapped", [bedrock.says(REPORT, "end_turn", wrapped)], "whole")


CASES = [*cases(), *between()]
NAMES = [f"{way.model.partition('/')[0]}-{case.name}" for way, case in CASES]


@pytest.mark.parametrize(("way", "case"), CASES, ids=NAMES)
def test_what_a_provider_says_is_taken_for_what_it_is(
    way: Way, case: Case, server: ScenarioServer, settings: pytest.MonkeyPatch
) -> None:
    ask(way, server, settings)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        settings.setenv(name, "test-key-0123456789abcdef")
    check(case, server)


def ask(way: Way, server: ScenarioServer, settings: pytest.MonkeyPatch) -> None:
    """Have the model of this way asked, on the server of the scenarios."""
    settings.setenv("LLM_MODEL", way.model)
    settings.setenv("LLM_API_KEY", "test-key-0123456789abcdef")
    settings.setenv("LLM_API_BASE", f"{server.url}{way.path}")
    settings.setenv("AWS_REGION_NAME", "us-east-1")
    settings.setattr("generator.llm.wire.transport.GRACE", 0.1)


def check(case: Case, server: ScenarioServer, report: str = REPORT) -> None:
    """Ask until there is an end, and compare it with what must become of the case."""
    server.scripts = {case.name: case.script}
    server.asked.clear()
    if case.becomes in ("held", "failed"):
        with pytest.raises(ApplicationError) as caught:
            attempts(case)
        assert (caught.value.type == HELD) == (case.becomes == "held")
        said = caught.value.message
        assert not re.search(r"<\w|Traceback|litellm\.|Error\b", said), "no words of machines"
    else:
        response = attempts(case)
        said = response["choices"][0]["message"]["content"]
        if case.becomes == "whole":
            assert said.strip().endswith(report.strip()), said
        if case.becomes == "paragraphs":
            assert f"\n\n{REPORT.strip()}" in f"\n\n{said}"
        assert bool(response.get("incomplete")) == (case.becomes == "incomplete")
        assert case.tokens in (0, response["usage"]["total_tokens"])
    assert re.search(case.says, said)
    assert len(server.asked[case.name]) <= case.requests
