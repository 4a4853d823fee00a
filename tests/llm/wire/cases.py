"""What servers say on OpenAI's wire: one table of what comes, what must become of it, and with how
many requests at most."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llm.wire.scenarios import (
    COUNTS,
    DONE,
    HALF,
    REPORT,
    SILENCE,
    STREAMS,
    USAGE,
    Asked,
    Says,
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

# An event that breaks off where the next one begins, as GLM 5.1 sends them at times.
DAMAGED = event(chunk({"content": "lost"}))[:60] + event(chunk({"content": "lost"}))


@dataclass
class Case:
    """What a server says, and what must become of it."""

    name: str
    script: Script
    becomes: str  # whole; held, failed, incomplete
    requests: int = 1
    says: str = ""  # a pattern in what the person reads
    tokens: int = 0  # if they are known
    cost: float = 0.0


def wholes() -> Iterator[Case]:
    """Streams that are an answer, however they are made."""
    for reason in ("stop", "eos", "eos_token", "end_turn", "stop_sequence", "STOP", "COMPLETE"):
        yield Case(f"reason-{reason}", [stream(REPORT, reason=reason)], "whole")
    pieces = words(REPORT)
    for name, says in {
        "stop-in-each": stream(*[chunk({"content": w}, "stop") for w in pieces]),
        "empty-reasons": stream(*[chunk({"content": w}, "") for w in pieces], reason="stop"),
        "stop-before-text": stream(chunk({"reasoning": "Hm."}, "stop"), REPORT, reason="stop"),
        "data-keepalive": stream(b"data: : keepalive\n\n", REPORT, reason="stop"),
        "keepalive-within": stream(REPORT[:50], event(": OPENROUTER"), REPORT[50:], reason="stop"),
        "empty-data": stream(b"data:\n\n", REPORT, b"data: \n\n", reason="stop"),
        "not-json": stream(event("ping"), REPORT, event("{truncated"), reason="stop"),
        "damaged-thought": stream(
            chunk({"reasoning": "Hm."}), DAMAGED, chunk({"reasoning": "So."}), REPORT, reason="stop"
        ),
        "damaged-count": stream(REPORT, chunk(reason="stop"), DAMAGED, counts=USAGE),
        "json-null": stream(event("null"), event("[]"), event("{}"), REPORT, reason="stop"),
        "pings": stream(b'event: ping\ndata: {"type": "ping"}\n\n', REPORT, reason="stop"),
        "ids": stream(*[b"id: 7\n" + t + b": ping\n\n" for t in text(REPORT)], reason="stop"),
        "retry-lines": stream(*[b"retry: 10\n\n" + t for t in text(REPORT)], reason="stop"),
        "no-blank-lines": stream(*[t[:-1] for t in text(REPORT)], reason="stop"),
        "lines-of-one-event": stream(
            b"data: "
            + json.dumps(chunk({"content": REPORT}), indent=1).encode().replace(b"\n", b"\ndata: ")
            + b"\n\n",
            reason="stop",
        ),
        "byte-order-mark": stream(b"\xef\xbb\xbf", REPORT, reason="stop"),
        "null-delta": stream(
            chunk() | {"choices": [{"index": 0, "delta": None}]}, REPORT, reason="stop"
        ),
        "null-choices": stream(chunk(choices=None), REPORT, reason="stop"),
        "status-first": stream(
            {"type": "status", "status": "queued", "object": "chat.completion.chunk"},
            REPORT,
            reason="stop",
        ),
        "choice-1": stream(
            *[chunk(choices=[{"index": 1, "delta": {"content": w}}]) for w in pieces],
            chunk(choices=[{"index": 1, "delta": {}, "finish_reason": "stop"}]),
        ),
        "two-choices": stream(
            *[
                chunk(
                    choices=[
                        {"index": 0, "delta": {"content": w}},
                        {"index": 1, "delta": {"content": "x"}},
                    ]
                )
                for w in pieces
            ],
            reason="stop",
        ),
        "strange-ids": stream(
            *[
                chunk({"content": w}, id=None, created="now", model=None, object=None)
                for w in pieces
            ],
            reason="stop",
        ),
        "prompt-filter-first": stream(
            chunk(choices=[], prompt_filter_results=[]), REPORT, reason="stop"
        ),
        "parts": stream(
            *[chunk({"content": [{"type": "text", "text": w}]}) for w in pieces], reason="stop"
        ),
        "parts-with-thoughts": stream(
            chunk(
                {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]}
            ),
            REPORT,
            reason="stop",
        ),
        "tool-call-within": stream(
            chunk(
                {"tool_calls": [{"index": 0, "function": {"name": "search", "arguments": "{}"}}]}
            ),
            REPORT,
            reason="stop",
        ),
        "halves-of-characters": stream(
            REPORT[:-1], chunk({"content": "\ud83c"}), chunk({"content": "\udf0a\n"}), reason="stop"
        ),
        "done-in-the-text": stream(
            *[chunk({"content": w}) for w in words(STREAMS, 60)], reason="stop"
        ),
        "completions": stream(
            *[chunk(choices=[{"index": 0, "text": w}]) for w in pieces], reason="stop"
        ),
        "message-for-delta": stream(whole()),
        "message-at-the-end": stream(REPORT, whole()),
        "all-again": stream(REPORT, chunk({"content": REPORT}, "stop")),
        "all-so-far": stream(
            *[chunk({"content": REPORT[:n]}) for n in range(40, 240, 40)],
            chunk({"content": REPORT}),
            reason="stop",
        ),
        "error-after-the-end": Says(
            [
                *text(REPORT),
                event(chunk(reason="stop")),
                event({"error": {"code": 500, "message": "x"}}),
            ]
        ),
        "no-done": Says([*text(REPORT), event(chunk(reason="stop"))]),
        "whole-json": body(whole()),
        "whole-json-pretty": body(json.dumps(whole(), indent=2)),
        "whole-json-as-stream": Says([json.dumps(whole()).encode()]),
        "whole-in-parts": body(whole([{"type": "text", "text": REPORT}])),
        "json-lines": Says(
            [
                json.dumps(c).encode() + b"\n"
                for c in [*[chunk({"content": w}) for w in pieces], chunk(reason="stop")]
            ],
            kind="application/x-ndjson",
        ),
        "json-list": body([*[chunk({"content": w}) for w in pieces], chunk(reason="stop")]),
        "text-plain": Says(stream(REPORT, reason="stop").body, kind="text/plain"),
        "no-kind": Says(stream(REPORT, reason="stop").body, kind=""),
        "crlf": Says([t.replace(b"\n", b"\r\n") for t in stream(REPORT, reason="stop").body]),
        "byte-by-byte": Says(
            [bytes([b]) for b in b"".join(text("# A\n\nB ü."))] + [event(chunk(reason="stop"))]
        ),
    }.items():
        yield Case(name, [says], "whole")
    for name, ending in {
        "open-after-the-end": [event(chunk(reason="stop")), COUNTS, SILENCE],
        "open-after-done": [event(chunk(reason="stop")), DONE, SILENCE],
        "open-without-usage": [event(chunk(reason="stop")), SILENCE],
    }.items():
        yield Case(name, [Says([*text(REPORT), *ending])], "whole")


def counts() -> Iterator[Case]:
    """Usage and prices of any shape: the report is made, and what is known is counted."""
    for name, usage, tokens, cost in (
        ("cost-object", USAGE | {"cost": {"total_cost": 0.008, "request_cost": 0.005}}, 80, 0.008),
        ("cost-parts", USAGE | {"cost": {"input": 0.001, "output": 0.002}}, 80, 0.003),
        ("cost-list", USAGE | {"cost": [0.001, 0.002]}, 80, 0.003),
        ("cost-text", USAGE | {"cost": "$0.0012"}, 80, 0.0012),
        ("cost-word", USAGE | {"cost": "free"}, 80, 0),
        ("usage-list", [USAGE], 80, 0),
        ("usage-text", "80 tokens", 0, 0),
        ("usage-strings", {"prompt_tokens": "20", "completion_tokens": 60.0}, 80, 0),
        ("usage-nulls", dict.fromkeys(USAGE), 0, 0),
        ("usage-zeros", dict.fromkeys(USAGE, 0), 0, 0),
        ("usage-words", dict.fromkeys(USAGE, "n/a"), 0, 0),
        ("usage-negative", dict.fromkeys(USAGE, -1), 0, 0),
        ("usage-nan", dict.fromkeys(USAGE, float("nan")), 0, 0),
        ("usage-details", USAGE | {"completion_tokens_details": [], "prompt_tokens_details": "?",
                                   "sources": 3}, 80, 0),
        ("usage-null-details", USAGE | {"prompt_tokens_details": {"cached_tokens": None}}, 80, 0),
    ):  # fmt: skip
        yield Case(f"{name}", [stream(REPORT, reason="stop", counts=usage)], "whole", 1, "",
                   tokens, cost)  # fmt: skip
    twice = [event(chunk(reason="stop", usage=USAGE)), COUNTS, DONE]
    yield Case("usage-twice", [Says([*text(REPORT), *twice])], "whole", tokens=80)
    first = chunk({"content": ""}, usage={"prompt_tokens": 20, "completion_tokens": 0})
    yield Case("usage-first", [stream(first, REPORT, reason="stop", counts=USAGE)], "whole", 1,
               "", 80)  # fmt: skip
    groq = chunk(reason="stop", x_groq={"id": "r", "usage": USAGE})
    yield Case("usage-groq", [stream(REPORT, groq)], "whole", tokens=80)
    within = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop", "usage": USAGE}])
    yield Case("usage-in-choice", [stream(REPORT, within)], "whole", tokens=80)


def cuts() -> Iterator[Case]:
    """Answers that are not whole: gone on with, and only as often as it brings something."""
    for reason in ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "token_limit"):
        yield Case(f"limit-{reason}", [stream(HALF, reason=reason), good], "whole", 2)
    for reason in ("abort", "error", "network_error", "insufficient_system_resource", "unload",
                   "repetition", "time_limit", "cancelled", "something_new"):  # fmt: skip
        yield Case(f"cut-{reason}", [stream(HALF, reason=reason), good], "whole", 2)
        yield Case(f"nothing-{reason}", [stream(reason=reason), good], "whole", 2)
    for reason in ("content_filter", "sensitive", "safety"):
        yield Case(f"filter-{reason}", [stream(HALF, reason=reason)], "incomplete", 1, "filter")
    broken = {"error": {"code": 502, "message": "Provider disconnected"}}
    pieces = text(REPORT)
    for name, half in {
        "damaged": Says([*pieces[:9], DAMAGED, *pieces[11:], event(chunk(reason="stop")), DONE]),
        "done-without-reason": stream(HALF),
        "just-ends": Says(text(HALF)),
        "stop-then-more-then-cut": Says([event(chunk({"content": "# "}, "stop")), *text(HALF[2:])]),
        "error-in-chunk": stream(HALF, chunk({"content": ""}, "error", **broken)),
        "error-in-choice": stream(HALF, chunk(choices=[{"index": 0, "delta": {}, **broken}])),
        "error-event": stream(HALF, broken),
        "error-then-stop": stream(HALF, broken, chunk(reason="stop")),
        "error-string": stream(HALF, {"error": "llama runner process has terminated"}),
        "error-object": stream(HALF, {"object": "error", "message": "EngineCore.", "code": 500}),
        "error-groq": stream(HALF, chunk(x_groq={"error": "over capacity"})),
        "error-named": Says([*text(HALF), b"event: error\ndata: upstream reset\n\n"]),
        "native-limit": stream(HALF, chunk(choices=[{
            "delta": {}, "finish_reason": "stop", "native_finish_reason": "max_tokens"}])),
    }.items():  # fmt: skip
        yield Case(name, [half, good], "whole", 2)
    for name, start in {
        "overloaded-200": body({"detail": "Model overloaded, try again"}),
        "rate-limit-200": stream({"base_resp": {"status_code": 1002, "status_msg": "RPM"}}),
        "error-choices-empty": stream(chunk(choices=[], error={"code": 502, "message": "limit"})),
        "gateway-page": body("<html><title>502 Bad Gateway</title></html>", 502, "text/html"),
        "busy": body({"error": {"message": "Server busy"}}, 503),
    }.items():
        yield Case(name, [start, good], "whole", 2)


def failures() -> Iterator[Case]:
    """What only a person can mend, and what is wrong with the question."""
    fastchat = stream(
        chunk({"role": "assistant"}), {"text": "**HIGH TRAFFIC**", "error_code": 50002}
    )
    yield Case("fastchat", [fastchat], "failed", 3, "HIGH TRAFFIC")
    for name, says in {
        "quota-in-stream": stream({"error": {"message": "Insufficient balance, please top up",
                                             "code": "insufficient_quota"}}),
        "payment-200": body({"error": {"message": "Your account balance is not enough",
                                       "type": "billing", "code": 402}}),
        "minimax-balance": body({"choices": None, "base_resp": {"status_code": 1008,
                                                                "status_msg": "insufficient"}}),
        "moonshot-balance": body({"error": {"message": "suspended due to insufficient balance,"
                                            " please recharge", "type":
                                            "exceeded_current_quota_error"}}, 429),
        "zhipu-balance": body({"error": {"code": "1113", "message": "余额不足,请充值"}}, 429),
        "openrouter-a-day": body({"error": {"message": "Rate limit exceeded: free-models-per-day."
                                            " Add 10 credits", "code": 429}}, 429),
        "dashscope-arrears": body({"error": {"code": "Arrearage", "message": "Access denied, make"
                                             " sure your account is in good standing."}}, 400),
        "credits-403": body({"error": "Your team doesn't have any credits yet."}, 403),
    }.items():  # fmt: skip
        yield Case(name, [says], "held", 1, "Add credit")
    for name, says in {
        "key-in-stream": stream({"error": {"message": "Invalid API key", "code": 401}}),
        "key-by-type": stream({"error": {"message": "no", "type": "authentication_error"}}),
        "key-by-400": body({"error": "Incorrect API key provided: ***"}, 400),
        "key-after-half": stream(HALF, {"error": {"message": "Expired", "code": 401}}),
    }.items():
        yield Case(name, [says], "held", 1, "LLM_API_KEY")
    for name, says in {
        "a-page": body("<!doctype html><title>Sign in</title>", kind="text/html"),
        "cloudflare": body("<html><title>Just a moment...</title></html>", 403, "text/html"),
        "ngrok": body("<!DOCTYPE html><body>offline</body>", 404, "text/html"),
    }.items():
        yield Case(name, [says], "held", 1, r"LLM_API_BASE")
    yield Case("context-in-stream", [stream({"error": {
        "message": "exceeds the model's maximum context length of 8192 tokens", "code": 400}})],
        "failed", 1, "Shorten")  # fmt: skip
    yield Case("flagged-403", [body({"error": {"message": "requires moderation", "code": 403}},
                                    403)], "failed", 1, "other words")  # fmt: skip
    yield Case("unreadable-question", [body({"error": {"message": "No."}}, 400)], "failed")


def refusals() -> Iterator[Case]:
    """Servers that refuse something beside the question: asked again without, and remembered."""

    def without(wants: Any, status: int, said: Any) -> Script:
        return [lambda asked: body(said, status) if wants(asked) else good_as_asked(asked)]

    def good_as_asked(asked: Asked) -> Says:
        return good(asked) if asked.get("stream") else body(whole())

    def counts(asked: Asked) -> bool:
        return "stream_options" in asked

    def has_system(asked: Asked) -> bool:
        return any(message["role"] == "system" for message in asked["messages"])

    def streams(asked: Asked) -> bool:
        return bool(asked.get("stream"))

    yield Case(
        "no-options",
        without(
            counts,
            400,
            {"error": {"message": "Unrecognized request argument supplied: stream_options"}},
        ),
        "whole",
        2,
    )
    yield Case("no-options-422", without(counts, 422, {"detail": [{
        "type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra"}]}),
        "whole", 2)  # fmt: skip
    for name, status, said in (
        ("no-system", 400, "System role not supported"),
        ("no-system-500", 500, "null at row 1: System role not supported"),
        ("no-system-o1", 400, "'messages[0].role' does not support 'system' with this model."),
        ("no-system-gemma", 400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    ):
        yield Case(name, without(has_system, status, {"error": {"message": said}}), "whole", 2)
    yield Case("no-stream", without(streams, 400, {"error": {"message":
               "Your organization must be verified to stream this model.", "param": "stream"}}),
               "whole", 2)  # fmt: skip


CASES = [*wholes(), *counts(), *cuts(), *failures(), *refusals()]
