"""A question in, a model's answer out, through LiteLLM: one request at a time, kept at every word.

It knows nothing of Temporal but how to fail: retries, heartbeats and cancellation are its caller's.

In order: the answer as it grows, asking for it, joining the parts of one that was interrupted, and
what went wrong.
"""

import contextlib
import contextvars
import dataclasses
import functools
import gc
import itertools
import json
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
from temporalio.exceptions import ApplicationError

from generator.llm.errors import explain
from generator.llm.prompts import CUT_NOTE, GO_ON, INSTRUCTIONS, REVISE
from generator.llm.seam import join, split_at_seam, without_thoughts
from generator.settings import setting
from models import LLMCallInput

MAX_ROUNDS = 6  # requests for one answer: the first, and continuations at the model's output limit
# Bytes of JSON, about 150 pages. Temporal warns about a checkpoint from 512 KiB on and refuses a
# result over 2 MiB, after which the answer would be paid for again on every attempt.
MAX_ANSWER = 480_000
HOLD = 0.25  # seconds
MAX_HELD = 4000  # characters
READ_TIMEOUT = 600.0  # seconds of silence; reasoning models think for minutes
DEMO_REPORT = Path(__file__).parents[1] / "demo" / "report.md"
DEMO_SECONDS = 2.0  # long enough to watch it being written, and to stop the worker in between


class Answer:
    """An answer while it is being written: one thread adds to it, another heartbeats it."""

    def __init__(self, draft: str = "", totals: dict[str, float] | None = None) -> None:
        self.draft = draft  # what earlier attempts and rounds have left
        self.totals = totals or {}  # tokens and cost of the finished rounds
        self.pieces: list[str] = []  # what this round has brought so far
        self.held: list[str] = []  # what has been received beyond that
        self.lock = threading.Lock()  # for text that moves from `held` to `pieces`
        self.size = len(json.dumps(draft))  # bytes of JSON
        self.connection: Any = None  # the running request's
        self.stopped = False

    def hold(self, texts: list[str]) -> None:
        with self.lock:
            self.held += texts

    def add(self, piece: str) -> None:
        with self.lock:
            self.pieces.append(piece)
            self.held.clear()
        self.size += len(json.dumps(piece)) - 2

    def text(self, complete: bool = False) -> str:
        with self.lock:
            received = "".join(self.pieces + self.held)
        return join(self.draft, without_thoughts(received), complete)

    def end_round(self) -> None:
        self.draft, self.pieces, self.held = self.text(complete=True), [], []

    def checkpoint(self) -> tuple[str, dict[str, float]]:
        return self.text(), self.totals

    def stop(self) -> None:
        """Hang up, even while the other thread waits in a read: no more tokens are bought."""
        self.stopped = self.connection is None  # then the other thread hangs up when it next can
        if self.connection:
            with contextlib.suppress(OSError):
                self.connection.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


writing: contextvars.ContextVar[Answer] = contextvars.ContextVar("writing")


def write_answer(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Ask for the report, and for more of it while the model stops at its output limit.

    Returns and raises what `llm_call` does.
    """
    ask = ask_demo if input.demo or setting("LLM_MODEL") == "demo" else ask_model
    for _ in range(MAX_ROUNDS):
        before = len(answer.draft)
        response = ask(input, answer)
        choice = response["choices"][0]
        answer.end_round()
        for name in ("prompt_tokens", "completion_tokens", "total_tokens", "cost"):
            answer.totals[name] = answer.totals.get(name, 0) + (response["usage"].get(name) or 0)
        if choice["finish_reason"] != "length" or answer.size > MAX_ANSWER:
            break
        if len(answer.draft) <= before:
            raise ApplicationError(
                "The model used up its output limit without writing anything:"
                " set LLM_MODEL in .env to one with a larger limit",
                type="EmptyAnswer",
                non_retryable=True,
            )
    text = answer.draft.strip()
    if choice["finish_reason"] == "content_filter":
        raise ApplicationError(
            "The provider's content filter blocked the answer: ask in other words, or set LLM_MODEL"
            " in .env to another model",
            type="ContentFilter",
            non_retryable=True,
        )
    if not text:
        raise ApplicationError(
            "The model answered nothing, or refused: ask in other words, or set LLM_MODEL in .env"
            " to another model",
            type="EmptyAnswer",
            non_retryable=True,
        )
    choice["message"]["content"] = text + CUT_NOTE * (choice["finish_reason"] == "length")
    response["usage"] |= answer.totals
    cost = response["usage"].pop("cost")
    return response | ({"response_cost": cost} if cost else {})


def ask_model(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Stream one completion into `answer`: exactly one request, because Temporal owns retries."""
    litellm = import_litellm()
    messages = [
        {"role": "system", "content": INSTRUCTIONS.format(date=input.date or "unknown")},
        {"role": "user", "content": input.prompt.encode(errors="replace").decode()},
    ]
    if input.draft:
        messages[1:] = [{"role": "user", "content": REVISE.format(**dataclasses.asdict(input))}]
    if head := split_at_seam(answer.draft)[0]:
        messages += [{"role": "assistant", "content": head}, {"role": "user", "content": GO_ON}]
    try:
        writing.set(answer)
        stream = litellm.completion(
            model=setting("LLM_MODEL"),
            api_key=setting("LLM_API_KEY") or None,
            api_base=setting("LLM_API_BASE") or None,
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
            timeout=READ_TIMEOUT,
            num_retries=0,
            max_retries=0,
            drop_params=True,
        )
        markers = []  # the chunks that carry more than text: finish reason, usage
        for chunk in stream:
            text = chunk.choices[0].delta.content if chunk.choices else None
            if text:
                answer.add(text)
                # LiteLLM keeps all chunks, to put them together again at the end: 15 ms for 100.
                stream.chunks.clear()
            if not text or chunk.choices[0].finish_reason:
                markers.append(chunk)
            if answer.stopped or answer.size > MAX_ANSWER:
                stream.completion_stream.close()
                break
        else:
            answer.held.clear()  # the rest was an end mark or the like, which LiteLLM removes
        response: dict[str, Any] = litellm.stream_chunk_builder(markers or [chunk]).model_dump()
        usage = response["usage"]
        if answer.pieces and not usage["completion_tokens"]:  # the provider does not count them
            usage["completion_tokens"] = litellm.token_counter(
                model=response["model"], text="".join(answer.pieces)
            )
            usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
            usage["cost"] = None
    except Exception as error:
        raise explain(error) from None
    finally:
        answer.connection = None
    if answer.size > MAX_ANSWER:
        response["choices"][0]["finish_reason"] = "length"
    elif stream.received_finish_reason is None:  # LiteLLM makes up a "stop" here
        raise ApplicationError(
            "The answer broke off before its end"
            if answer.pieces
            else "What came back is not a model's answer: if this goes on, correct LLM_API_BASE",
            type="BrokenAnswer",
        )
    return response


def ask_demo(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Write the bundled report into `answer`, at the pace of a quick model."""
    report = input.draft or DEMO_REPORT.read_text(encoding="utf-8")
    if input.changes:
        report += f"\n\n## What you asked to change\n\n{input.changes}\n\n*A model would have.*\n"
    for word in re.findall(r"\s*\S+", report[len(split_at_seam(answer.draft)[0]) :]):
        if answer.stopped:
            break
        answer.add(word)
        time.sleep(DEMO_SECONDS * len(word) / len(report))
    message = {"role": "assistant", "content": ""}
    return {
        "id": "demo",
        "model": "demo",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


@functools.cache
def import_litellm() -> Any:
    """Import LiteLLM, which takes seconds, and leave retries, logs and settings to this program."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no price list from the network
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # .env has been read
    gc.disable()
    try:
        import litellm
    finally:
        # LiteLLM is 300,000 objects for good. To walk them again and again while they are made
        # is a quarter of the import, and later on half the time of many a call.
        gc.freeze()
        gc.enable()

    logging.getLogger("LiteLLM").setLevel(logging.WARNING)
    litellm.suppress_debug_info = True
    litellm.disable_streaming_logging = True  # half the time spent on each chunk
    litellm.disable_hf_tokenizer_download = True
    litellm.client_session = httpx.Client(
        # No connection is used twice, so that hanging up on one answer breaks off no other.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        event_hooks={"request": [remember_connection], "response": [hold_back_text]},
    )
    return litellm


def remember_connection(request: httpx.Request) -> None:
    """Let the answer that is being written know its connection as soon as there is one."""
    answer = writing.get()

    def trace(event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            answer.connection = info["return_value"]

    request.extensions["trace"] = trace


def hold_back_text(response: httpx.Response) -> None:
    """Let the text of a streamed answer come in larger pieces than the model sends."""
    kind, coding = (response.headers.get(f"content-{name}", "") for name in ("type", "encoding"))
    if kind.startswith("text/event-stream") and not coding:
        response.stream = HeldBack(cast(httpx.SyncByteStream, response.stream), writing.get())


class HeldBack(httpx.SyncByteStream):
    """A stream of events that makes one of those that bring nothing but text, for HOLD seconds.

    LiteLLM takes a quarter of a millisecond for an event. Models send one for each token, and forty
    answers at a time would be more than one processor can follow. A checkpoint does not wait: the
    answer has the text as soon as it is received.
    """

    def __init__(self, stream: httpx.SyncByteStream, answer: Answer) -> None:
        self.stream, self.answer = stream, answer

    def __iter__(self) -> Iterator[bytes]:
        held: list[tuple[bytes, str | None]] = []  # events, and the text of each
        rest, size, due = b"", 0, 0.0
        for received in self.stream:
            *events, rest = re.split(rb"\r\n\r\n|\n\n|\r\r", rest + received)
            new = [(event, text_of(event)) for event in events]
            texts = [text for _, text in new if text is not None]
            self.answer.hold(texts)
            held += new
            size += sum(map(len, texts))
            if len(texts) < len(new) or time.monotonic() > due or size > MAX_HELD:
                yield b"".join(merged(held))
                held, size, due = [], 0, time.monotonic() + HOLD
        yield b"".join(merged(held)) + rest

    def close(self) -> None:
        self.stream.close()


def merged(events: list[tuple[bytes, str | None]]) -> Iterator[bytes]:
    """Make one event of neighbours that bring nothing but text."""
    for is_text, group in itertools.groupby(events, key=lambda event: event[1] is not None):
        neighbours = list(group)
        event, _ = neighbours[-1]
        if is_text:
            chunk = json.loads(event[5:])
            chunk["choices"][0]["delta"]["content"] = "".join(text or "" for _, text in neighbours)
            yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
        else:
            yield from (event + b"\n\n" for event, _ in neighbours)


def text_of(event: bytes) -> str | None:
    """Return what an event of a chat completion adds to the text, None if it brings more."""
    try:
        chunk = json.loads(event[5:]) if event.startswith(b"data:") else None
    except ValueError:
        return None
    match chunk:
        case {"choices": [{"delta": {"content": str(text), **delta}, **choice}], **rest}:
            brings = delta | choice | {"usage": rest.get("usage")}
            usual = {"role", "index", "content_filter_results"}
            return text if {name for name in brings if brings[name]} <= usual else None
    return None
