"""Other members of the kinds that the other tables have: what no report has shown yet.

Spellings of end reasons, errors with status 200, heartbeats, counts of tokens, parts of a text and
bodies that are no streams, on several wires.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.llm.extras import limits, refused
from llm.wire.cases import Case
from llm.wire.scenarios import (
    DONE,
    HALF,
    REPORT,
    USAGE,
    Asked,
    Says,
    ScenarioServer,
    Script,
    body,
    chunk,
    event,
    good,
    stream,
    text,
    whole,
    words,
)
from llm.wire.test_others import WAYS, Way, ask, check, sse

OPENAI = Way("openai/m", "/v1", ())
ANTHROPIC, GEMINI, OLLAMA, RESPONSES, BEDROCK, COHERE = WAYS
PIECES = words(REPORT)


def named(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def ends() -> Iterator[tuple[Way, Case]]:
    for reason in ("FINISH_REASON_STOP", "end-of-sequence", "EndTurn", "finished", "StopToken",
                   "STOP_REASON_END_TURN", "eos_found"):  # fmt: skip
        yield OPENAI, Case(f"whole-{reason}", [stream(REPORT, reason=reason)], "whole")
    for reason in ("MaxTokens", "max-length", "model_length", "FINISH_REASON_MAX_TOKENS",
                   "token_limit_exceeded", "output_truncated", "LENGTH_LIMIT"):  # fmt: skip
        yield OPENAI, Case(f"limit-{reason}", [stream(HALF, reason=reason), good], "whole", 2)
    for reason in ("unsafe_content", "CONTENT_FILTERED", "inappropriate", "FINISH_REASON_SAFETY"):
        case = Case(f"filter-{reason}", [stream(HALF, reason=reason)], "incomplete", 1, "filter")
        yield OPENAI, case
    strange: dict[str, Any] = {"object": {"type": "stop"}, "list": ["stop"]}
    for name, given in strange.items():
        yield OPENAI, Case(f"reason-{name}", [stream(REPORT, reason=given)], "whole")
    details = chunk(choices=[{"index": 0, "delta": {}, "finish_details": {"type": "stop"}}])
    yield OPENAI, Case("finish-details", [stream(REPORT, details)], "whole")
    after = Says([*text(REPORT), event(chunk(reason="stop")) + DONE + text("More.")[0]])
    yield OPENAI, Case("more-after-done", [after], "whole")
    never = Case("never-a-reason", [stream(REPORT)], "whole", 2)
    yield OPENAI, never
    yield OPENAI, Case("never-an-end", [Says(text(REPORT))], "whole", 2)
    yield GEMINI, Case("number-stop", [GEMINI.says(REPORT, 1)], "whole")  # type: ignore[arg-type]
    limit = [GEMINI.says(HALF, 2), GEMINI.says(REPORT, "STOP")]  # type: ignore[arg-type]
    yield GEMINI, Case("number-limit", limit, "whole", 2)
    yield GEMINI, Case("prefix", [GEMINI.says(REPORT, "FINISH_REASON_STOP")], "whole")
    end = sse([{"type": "response.done", "response": RESPONSES.response(REPORT, "completed")}])  # type: ignore[attr-defined]
    yield RESPONSES, Case("done", [Says([*RESPONSES.says(REPORT).body, *end.body])], "whole")
    yield RESPONSES, Case("never", [RESPONSES.says(REPORT)], "whole", 2)
    azure = chunk(reason="content_filter", content_filter_result={"error": {"code": "timeout"}})
    yield OPENAI, Case("filter-that-did-not-run", [stream(REPORT, azure)], "whole", 2)
    apology = BEDROCK.says(f"{HALF}Sorry, the model cannot answer this question.",
                           "guardrail_intervened")  # fmt: skip
    yield BEDROCK, Case("apology", [apology], "incomplete", 1, r"\A(?!.*Sorry)(?s:.*)filter")
    v1: list[dict[str, Any]] = [{"event_type": "text-generation", "text": w} for w in PIECES]
    v1 += [{"event_type": "stream-end", "finish_reason": "COMPLETE", "response": None}]
    yield COHERE, Case("version-1", [Says([json.dumps(e).encode() + b"\n" for e in v1])], "whole")
    yield ANTHROPIC, Case("no-names", [Says([event(json.loads(p.split(b"data: ")[1]))
        for p in ANTHROPIC.says(REPORT, "end_turn").body])], "whole")  # fmt: skip


def errors() -> Iterator[tuple[Way, Case]]:
    for name, said, becomes, says in (
        ("cloudflare", {"result": None, "success": False, "errors": [
            {"code": 10000, "message": "Authentication error"}]}, "held", "LLM_API_KEY"),
        ("dashscope", {"code": "InvalidApiKey", "message": "Invalid API-key provided.",
                       "request_id": "1"}, "held", "LLM_API_KEY"),
        ("baidu", {"error_code": 17, "error_msg": "Open api daily request limit reached"},
         "held", "credit"),
        ("tencent", {"Response": {"Error": {"Code": "AuthFailure.SecretIdNotFound",
            "Message": "The SecretId is not found."}, "RequestId": "1"}}, "held", "LLM_API_KEY"),
        ("ark", {"error": {"code": "AccountOverdueError", "message":
            "The request failed because your account has an overdue balance."}}, "held", "credit"),
        ("problem-json", {"type": "about:blank", "title": "Unauthorized", "status": 401,
                          "detail": "The token has expired"}, "held", "LLM_API_KEY"),
        ("capital", {"Message": "User: x is not authorized to perform: y"}, "held", "LLM_"),
        ("error-true", {"error": True, "message": "Invalid API key"}, "held", "LLM_API_KEY"),
        ("status-error", {"status": "error", "message": "Insufficient credits"}, "held", "credit"),
        ("fireworks", {"error": {"object": "error", "type": "invalid_request_error", "code":
            "PAYMENT_REQUIRED", "message": "Account is suspended"}}, "held", "credit"),
        ("together", {"error": {"message": "Credit limit exceeded, please add credits",
                                "type": "credit_limit"}}, "held", "credit"),
        ("model", {"error": {"message": "The model `m` does not exist", "type":
            "NotFoundError", "code": 404}}, "held", "LLM_MODEL"),
        ("context", {"detail": "Input length 9000 exceeds the maximum context length 4096"},
         "failed", "Shorten"),
    ):  # fmt: skip
        yield OPENAI, Case(f"error-body-{name}", [body(said)], becomes, 1, says)
        yield OPENAI, Case(f"error-stream-{name}", [stream(said)], becomes, 1, says)
    told = {"error": {"message": json.dumps({"error": {"message": "Invalid API key",
            "code": 401}}), "code": "upstream"}}  # fmt: skip
    yield OPENAI, Case("error-told-on", [stream(told)], "held", 1, "LLM_API_KEY")
    quoted = event(json.dumps(json.dumps({"error": {"message": "Invalid API key", "code": 401}})))
    yield OPENAI, Case("error-quoted", [Says([quoted])], "held", 1, "LLM_API_KEY")
    for name, half in {
        "plain": Says([*text(HALF), event("upstream connect error or disconnect")]),
        "named": Says([*text(HALF), named("error", {"detail": "worker died"})]),
        "cerebras": stream(HALF, {"message": "Too many requests", "type":
                                  "too_many_requests_error", "code": "request_quota_exceeded"}),
    }.items():  # fmt: skip
        yield OPENAI, Case(f"broken-{name}", [half, good], "whole", 2)
    cancelled = sse([{"error": {"code": 499, "message": "Cancelled.", "status": "CANCELLED"}}])
    cancelled.body = [*GEMINI.says(HALF).body, *cancelled.body]
    yield GEMINI, Case("broken-499", [cancelled, GEMINI.says(REPORT, "STOP")], "whole", 2)
    listed = sse([])
    listed.body = [json.dumps([{"error": {"code": 503, "status": "UNAVAILABLE", "message":
                   "The model is overloaded."}}]).encode()]  # fmt: skip
    yield GEMINI, Case("error-list", [listed, GEMINI.says(REPORT, "STOP")], "whole", 2)
    for name, answer in {
        "queued": body({"object": "response", "status": "queued", "background": True}),
        "starting": body({"id": "p", "status": "starting", "urls": {"get": "x"}}),
        "accepted": body({"requestId": "1"}, 202),
    }.items():
        yield OPENAI, Case(f"put-off-{name}", [answer], "failed", 1, "put the answer off")
    hung_up = Says([b": PROCESSING\n\n"] * 3)
    yield OPENAI, Case("hung-up", [hung_up], "failed", 3, "hung up before it began")


def heartbeats() -> Iterator[tuple[Way, Case]]:
    for name, beat in {
        "object": event({"object": "heartbeat"}),
        "number": event({"ping": 1790000000}),
        "event": event({"event": "ping"}),
        "null": b"event: keep-alive\ndata: null\n\n",
        "time": named("ping", {"time": "2026-11-28T00:00:00Z"}),
        "choices": event(chunk(choices=[], heartbeat=True)),
        "status": event({"status": "processing"}),
        "progress": event({"type": "progress", "queue_position": 3}),
        "dots": b":\n\n:\n\n.\n\n",
    }.items():
        says = Says([beat, *text(REPORT[:40]), beat, *text(REPORT[40:]), beat,
                     event(chunk(reason="stop")), DONE])  # fmt: skip
        yield OPENAI, Case(f"beat-{name}", [says], "whole")


def counts() -> Iterator[tuple[Way, Case]]:
    for name, usage in {
        "anthropic": {"input_tokens": 20, "output_tokens": 60},
        "camel": {"promptTokens": 20, "completionTokens": 60, "totalTokens": 80},
        "total-null": {"prompt_tokens": 20, "completion_tokens": 60, "total_tokens": None},
        "commas": {"prompt_tokens": "20", "completion_tokens": "60", "total_tokens": "80"},
        "gemini": {"promptTokenCount": 20, "candidatesTokenCount": 60, "totalTokenCount": 80},
    }.items():
        counted = stream(REPORT, reason="stop", counts=usage)
        yield OPENAI, Case(f"usage-{name}", [counted], "whole", tokens=80)
    within = chunk({"content": "", "usage": USAGE}, "stop")
    yield OPENAI, Case("usage-in-delta", [stream(REPORT, within)], "whole")


def parts() -> Iterator[tuple[Way, Case]]:
    shapes: dict[str, Callable[[str], Any]] = {
        "object": lambda w: {"type": "text", "text": w},
        "strings": lambda w: [w],
        "output": lambda w: [{"type": "output_text", "text": w}],
        "value": lambda w: [{"type": "text", "text": {"value": w, "annotations": []}}],
        "untyped": lambda w: [{"text": w}],
    }
    for name, content in shapes.items():
        said = [chunk({"content": content(w)}) for w in PIECES]
        yield OPENAI, Case(f"part-{name}", [stream(*said, reason="stop")], "whole")
    texts = stream(*[chunk({"text": w}) for w in PIECES], reason="stop")
    yield OPENAI, Case("delta-text", [texts], "whole")
    string = stream(*[chunk(w) for w in PIECES], reason="stop")
    yield OPENAI, Case("delta-string", [string], "whole")


def bodies() -> Iterator[tuple[Way, Case]]:
    for name, said in {
        "list-of-one": [whole()],
        "data": {"code": 0, "msg": "success", "data": whole()},
        "result": {"success": True, "result": whole()},
        "output": {"output": whole(), "request_id": "1"},
        "response": {"response": whole()},
        "text": {"choices": [{"text": REPORT, "finish_reason": "stop"}]},
        "no-reason": whole(reason=""),
    }.items():
        yield OPENAI, Case(f"body-{name}", [body(said)], "whole")
    yield OPENAI, Case("body-indented", [body("\n\n" + json.dumps(whole(), indent=4))], "whole")
    quoted = Says([json.dumps(json.dumps(whole())).encode()], kind="application/json")
    yield OPENAI, Case("body-quoted", [quoted], "whole")
    limit: Script = [body(whole(HALF, "length")), good]
    yield OPENAI, Case("body-limit", limit, "whole", 2)


def extras() -> Iterator[tuple[Way, Case]]:
    def too_many(asked: Asked) -> Says:
        if asked["max_tokens"] <= 4096:
            return ANTHROPIC.says(REPORT, "end_turn")
        return body({"type": "error", "error": {"type": "invalid_request_error", "message":
            f"max_tokens: {asked['max_tokens']} > 4096, which is the maximum allowed number of"
            " output tokens for claude-sonnet-4-5"}}, 400)  # fmt: skip

    yield ANTHROPIC, Case("output-limit", [too_many], "whole", 2)


def read_by_litellm() -> Iterator[tuple[Way, Case]]:
    """What LiteLLM would have read before the bytes are asked, and what it cannot read at all."""
    for name in ("xai/responses/grok-4", "hosted_vllm/responses/m"):
        way = Way(name, "/v1", ())
        yield way, Case("chat-cut", [stream(HALF), good], "whole", 2)
        yield way, Case("chat-ends", [Says(text(HALF)), good], "whole", 2)
        yield way, Case("chat-error", [stream(HALF, {"error": "runner died"}), good], "whole", 2)
    for name in ("amazon_nova/nova-2-lite-v1", "maritalk/sabia-3", "nlp_cloud/dolphin",
                 "text-completion-openai/gpt-3.5-turbo-instruct"):  # fmt: skip
        case = Case("unreadable", [good], "failed", 1, f"cannot read the answers of {name}")
        yield Way(name, "/v1", ()), case


CASES = [
    *ends(),
    *errors(),
    *heartbeats(),
    *counts(),
    *parts(),
    *bodies(),
    *extras(),
    *read_by_litellm(),
]
NAMES = [f"{way.model.partition('/')[0]}-{case.name}" for way, case in CASES]


@pytest.mark.parametrize(("way", "case"), CASES, ids=NAMES)
def test_another_of_a_kind_is_taken_for_what_it_is(
    way: Way, case: Case, server: ScenarioServer, settings: pytest.MonkeyPatch
) -> None:
    ask(way, server, settings)
    refused.clear()
    limits.clear()
    check(case, server)
