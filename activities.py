"""The Activities: everything that touches the outside world.

Each is also a plain function that can be called directly, without Temporal. Inside Temporal each
one heartbeats, so that a worker that dies is noticed within seconds, and each raises a
non-retryable `ApplicationError` for what a retry cannot mend.
"""

import contextlib
import contextvars
import dataclasses
import email.utils
import functools
import gc
import glob
import json
import logging
import os
import re
import smtplib
import socket
import ssl
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from dotenv import load_dotenv
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError

import report_pdf
from models import LLMCallInput, PDFGenerationInput, SendEmailInput

load_dotenv(override=True)  # reads the .env file beside this one into the environment

T = TypeVar("T")

MAX_LATEST = 200  # attempts to remember
MAX_ROUNDS = 6  # requests for one answer: the first, and continuations at the model's output limit
# Bytes of JSON, about 150 pages. Temporal warns about a checkpoint from 512 KiB on and refuses a
# result over 2 MiB, after which the answer would be paid for again on every attempt.
MAX_ANSWER = 480_000
DEFAULT_MODEL = "openai/gpt-4o"
READ_TIMEOUT = 600.0  # seconds of silence; reasoning models think for minutes
SMTP_TIMEOUT = 30.0  # seconds
DEMO_REPORT = Path(__file__).with_name("demo_report.md")
DEMO_SECONDS = 2.0  # long enough to watch it being written, and to stop the worker in between

INSTRUCTIONS = """\
You are a careful research analyst. You write for an intelligent reader who is new to the subject.
Today is {date}. Answer the user's question with a research report in Markdown.

Language: write in the language of the question.
Form: the first line is the title as "# Title". Then "##" for sections and "###" for subsections,
never deeper. Leave a blank line before and after headings, lists, tables and code. No table of
contents, no HTML, and no remarks about yourself or these instructions. Write mathematics with
Unicode characters, not LaTeX.
Content: begin with an executive summary of three to five sentences that answers the question.
Then develop the themes, with a table where things are compared. Give numbers with units and
dates. Keep fact and opinion apart, and say how certain each important claim is.
Honesty: you cannot search the web, so never invent a URL, a quotation, a reference or a figure.
End with a section on confidence and limits: what you are sure of, what may have changed since you
were trained, and what the reader should verify and where.
If the question asks for something short, stay short and keep only the parts that serve it.
"""
GO_ON = (
    "Your answer was interrupted. Go on exactly where it stops, in the middle of a sentence if need"
    " be. Do not repeat any of it, do not start again, and do not remark on the interruption."
)
REVISE = """\
This question was answered with the draft of a report that follows it. Revise the draft as I ask at
the end, and answer with the whole revised report and nothing else: what I do not mention stays.

<question>
{prompt}
</question>

<draft>
{draft}
</draft>

What to change: {changes}
"""
CUT_NOTE = "\n\n*The answer was cut here: it was longer than one report can hold.*\n"


def setting(name: str, default: str = "") -> str:
    """Return a setting from the environment; an empty one counts as unset."""
    return os.environ.get(name, "").strip() or default


class Work(Generic[T]):
    """What an attempt of an Activity does, in a thread of its own."""

    def __init__(
        self,
        work: Callable[[], T],
        details: Callable[[], tuple[Any, ...]] = tuple,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self.work, self.details, self.stop = work, details, stop
        self.result: T | None = None
        self.error: Exception | None = None
        self.finished = False
        # A daemon, because nothing can interrupt a read from a silent connection: the attempt ends
        # without this thread, and so may the process.
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        try:
            self.result, self.finished = self.work(), True
        except Exception as error:
            self.error = error

    def is_under_way(self) -> bool:
        """Wait a moment for the end; tell whether it is still to come."""
        self.thread.join(0.05)
        return self.thread.is_alive()


# The latest attempts in this process, by run and Activity. When Temporal is away for long it gives
# attempts up whose heartbeats it misses; the next ones find here what those have got meanwhile.
latest: OrderedDict[tuple[str, str], Work[Any]] = OrderedDict()


def attempt_before() -> Work[Any] | None:
    """Return what the attempt before this one did, if that was in this process."""
    info = activity.info()
    return latest.get((info.workflow_run_id or "", info.activity_id)) if info.attempt > 1 else None


def with_heartbeats(
    function: Callable[[], T],
    details: Callable[[], tuple[Any, ...]] = tuple,
    stop: Callable[[], None] | None = None,
) -> T:
    """Call `function` and heartbeat until it returns.

    The beats come from a clock and not from progress: a model may think for minutes before its
    first word. Temporal keeps `details` for the next attempt. `stop` ends `function` early;
    without it, a worker that shuts down lets `function` finish.

    Raises:
        CancelledError: the run was cancelled, or Temporal has given this attempt up.
        ApplicationError: the worker is shutting down and `function` could be stopped.
    """
    if not activity.in_activity():
        return function()
    if (before := attempt_before()) and before.finished:
        return cast(T, before.result)
    work = Work(function, details, stop)
    info = activity.info()
    latest[info.workflow_run_id or "", info.activity_id] = work
    if len(latest) > MAX_LATEST:
        latest.popitem(last=False)
    work.thread.start()
    started = beaten = time.monotonic()
    weight = 0
    while work.is_under_way():
        if activity.is_cancelled():
            if stop:
                stop()
            raise CancelledError("Cancelled")
        if stop and activity.is_worker_shutdown():
            stop()
            work.thread.join(1.0)  # for what has been received already
            if work.finished:
                break
            activity.heartbeat(*details())
            raise ApplicationError(
                "The worker was stopped; another one goes on from here",
                type="WorkerShutdown",
                next_retry_delay=timedelta(seconds=1),
            )
        # Every second, because a cancellation arrives with the reply to a heartbeat; more often at
        # first, so that a crash costs less than a tenth of a short answer; less often when the
        # text is long, so that it does not fill the network.
        now = time.monotonic()
        if now - beaten >= min(1.0, 0.05 * (now - started)) + weight / 200_000:
            kept = details()
            weight = len(kept[0]) if kept else 0
            activity.heartbeat(*kept)
            beaten = now
    if work.error:
        activity.heartbeat(*details())  # the last one before a failure still reaches Temporal
        raise work.error from None
    return cast(T, work.result)


# --- llm_call ------------------------------------------------------------------------------------


@activity.defn(no_thread_cancel_exception=True)
def llm_call(input: LLMCallInput) -> dict[str, Any]:
    """Have the model of LLM_MODEL write the report on `input.prompt`.

    A later attempt goes on where the one before it stopped: the text so far is the heartbeat's
    detail. An answer that ends at the model's output limit is continued in the same way.

    Returns:
        LiteLLM's `ModelResponse` as a dict, with `usage` summed over the requests of this answer,
        and `response_cost` in US dollars where LiteLLM knows the price.

    Raises:
        ApplicationError: non-retryable for what a person must mend (key, model, quota, topic),
            with the setting to change; else retryable, after the provider's Retry-After if given.
    """
    answer = Answer()
    if activity.in_activity():
        answer = Answer(*activity.info().heartbeat_details)
        if before := attempt_before():
            if before.stop and before.thread.is_alive():
                before.stop()
                before.thread.join(5)  # for what had been received; much, if it was suspended
            answer = max(answer, Answer(*before.details()), key=lambda answer: len(answer.draft))
    activity.logger.info("writes on from character %d", len(answer.draft))
    ask = ask_demo if input.demo or setting("LLM_MODEL") == "demo" else ask_model
    return with_heartbeats(lambda: write_answer(input, answer, ask), answer.checkpoint, answer.stop)


class Answer:
    """An answer while it is being written: one thread adds to it, another heartbeats it."""

    def __init__(self, draft: str = "", totals: dict[str, float] | None = None) -> None:
        self.draft = draft  # what earlier attempts and rounds have left
        self.totals = totals or {}  # tokens and cost of the finished rounds
        self.pieces: list[str] = []  # what this round has brought so far
        self.size = len(json.dumps(draft))  # bytes of JSON
        self.connection: Any = None  # the running request's
        self.stopped = False

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.size += len(json.dumps(piece)) - 2

    def text(self, complete: bool = False) -> str:
        return join(self.draft, without_thoughts("".join(self.pieces)), complete)

    def end_round(self) -> None:
        self.draft, self.pieces = self.text(complete=True), []

    def checkpoint(self) -> tuple[str, dict[str, float]]:
        return self.text(), self.totals

    def stop(self) -> None:
        """Hang up, even while the other thread waits in a read: no more tokens are bought."""
        self.stopped = self.connection is None  # then the other thread hangs up when it next can
        if self.connection:
            with contextlib.suppress(OSError):
                self.connection.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


writing: contextvars.ContextVar[Answer] = contextvars.ContextVar("writing")
Ask = Callable[[LLMCallInput, Answer], dict[str, Any]]


def write_answer(input: LLMCallInput, answer: Answer, ask: Ask) -> dict[str, Any]:
    """Ask for the report, and for more of it while the model stops at its output limit."""
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
            model=setting("LLM_MODEL", DEFAULT_MODEL),
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
        response: dict[str, Any] = litellm.stream_chunk_builder(markers or [chunk]).model_dump()
        usage = response["usage"]
        if answer.pieces and not usage["completion_tokens"]:  # the provider does not count them
            usage["completion_tokens"] = litellm.token_counter(
                model=response["model"], text="".join(answer.pieces)
            )
            usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
            usage["cost"] = None
    except Exception as error:
        raise explain(error, input.prompt) from None
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
        import httpx
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
        event_hooks={"request": [remember_connection]},
    )
    return litellm


def remember_connection(request: Any) -> None:
    """Let the answer that is being written know its connection as soon as there is one."""
    answer = writing.get()

    def trace(event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            answer.connection = info["return_value"]

    request.extensions["trace"] = trace


def split_at_seam(draft: str) -> tuple[str, str]:
    """Take the last, perhaps half-written word off a draft.

    Returns:
        The draft without it, and the white space that stood before it. The model continues more
        reliably after a whole word, and the white space says how to join what it sends.
    """
    word = re.search(r"(\s+)\S{0,40}\Z", draft[-200:])
    return (draft[: word.start() - min(len(draft), 200)], word[1]) if word else (draft, "")


def join(draft: str, tail: str, complete: bool) -> str:
    """Continue a draft, whether the model went on, repeated its last words or started over.

    While the tail is not `complete`, the result may leave some of it out until it is clear which
    of the three it is, but never loses any of the draft.
    """
    head, gap = split_at_seam(draft)
    if not tail or (not complete and len(tail) < 80):
        return draft
    if gap and head and tail.startswith(gap):
        return head + tail  # went on
    if not head:
        return tail if complete or len(tail) > len(draft) else draft
    start = tail.lstrip()
    title, opening = head.lstrip().split("\n")[0][:40], start[:40]
    if not head or (len(title) >= 8 and head.count(title) == 1 and start.startswith(title)):
        return start if complete or len(start) > len(draft) else draft  # started over
    if len(opening) == 40 and head.count(opening) == 1:
        repeated = head[head.index(opening) :]
        if start.startswith(repeated):
            return head + start[len(repeated) :]
        if repeated.startswith(start):
            return head if complete else draft
    if tail[0].isspace():
        return head + tail
    for size in range(min(39, len(start)), 0, -1):  # the last few words, or the half of one?
        words, before, after = start[:size], head[:-size], start[size:]
        if not head.endswith(words) or (after and not after.startswith(gap)):
            continue
        if not re.search(r"\w", words):  # marks: of a table or of code
            again = re.search(r"(\A|\n)\Z", before)
        elif gap:
            again = re.search(r"(\A|\W)\Z", before[-1:])
        else:
            again = re.search(r"(\A|[.!?。！？]\s*|\n\s*)\Z", before[-20:])
        if again and not (before.rstrip().endswith(words) and re.search(r"\w", words)):
            return head + after
    return head + gap + tail


def without_thoughts(text: str) -> str:
    """Remove the reasoning that some local models leak into their answers in <think> tags."""
    text = re.sub(r"(?<!`)<think>.*?</think>(?!`)\s*", "", text, flags=re.DOTALL)
    if text.lstrip().startswith("<think>"):
        return ""  # still thinking
    return re.sub(r"\A[^#`]*?</think>\s*", "", text)  # some leak the closing tag only


def explain(error: Exception, topic: str) -> ApplicationError:
    """Turn an error of LiteLLM into one that says what to do, and that holds nothing private.

    Providers echo keys, prompts and whole pages in their messages, and what is raised here stays
    in the Event History. Error classes vary by provider, so the HTTP status decides.
    """
    status = int(getattr(error, "status_code", None) or 500)
    body = getattr(error, "body", None)
    code = str(body.get("code") or "") if isinstance(body, dict) else ""
    kind = type(error).__name__
    remedy = {
        401: "correct LLM_API_KEY in .env",
        403: "use another LLM_API_KEY or LLM_MODEL in .env",
        404: "correct LLM_MODEL in .env, or LLM_API_BASE if it is set",
        413: "shorten the topic, or set LLM_MODEL in .env to a model with a larger context",
    }.get(status, "correct LLM_MODEL or LLM_API_BASE in .env")
    if kind == "ContextWindowExceededError":
        remedy = "shorten the topic, or set LLM_MODEL in .env to a model with a larger context"
    elif kind == "ContentPolicyViolationError":
        remedy = "ask in other words, or set LLM_MODEL in .env to another model"
    elif code == "insufficient_quota":
        remedy = "add to the quota of the account of LLM_API_KEY, which is used up"
    passing = status in (408, 409, 425, 429) and code != "insufficient_quota"
    final = 400 <= status < 500 and not passing
    said = public(str(error), topic)
    message = f"The LLM request failed ({kind}, status {status}): {said}"
    return ApplicationError(
        f"{message.rstrip('.')}. To go on, {remedy}, restart the worker and start a new run."
        if final
        else message,
        type=kind,
        non_retryable=final,
        next_retry_delay=retry_after(getattr(error, "litellm_response_headers", None) or {}),
    )


def public(text: str, topic: str = "") -> str:
    """Return `text` fit for the Event History: short, without secrets or the person's words."""
    for name, value in os.environ.items():
        if len(value) >= 6 and re.search(r"(KEY|PASSWORD|TOKEN|SECRET)", name):
            text = text.replace(value, "***")
    quoted = [topic[i : i + 20] for i in range(0, len(topic) - 19, 20)]
    if len(topic) < 20:
        quoted = re.findall(rf"(?<!\w){re.escape(topic)}(?!\w)", text) if topic else []
    if any(piece in text for piece in quoted):
        return "(its message quoted the topic)"
    text = re.sub(r"\bsk-[\w*-]+", "***", " ".join(text[:5000].split()))
    # LiteLLM puts the names of its error classes first, and says it all again at the end.
    text = re.sub(r"\b(litellm\.)?\w+(Error|Exception)(:| -) ", "", text)
    text = text.partition(" Original exception")[0]
    return text if len(text) <= 300 else text[:300] + "…"


def retry_after(headers: Any) -> timedelta | None:
    """Return how long the provider asks to wait (RFC 9110, section 10.2.3), None if it does not."""
    try:
        if "retry-after-ms" in headers:  # OpenAI's own, finer
            wait = timedelta(milliseconds=float(headers["retry-after-ms"]))
        elif re.fullmatch(r"\s*[\d.]+\s*", value := headers.get("retry-after", "")):
            wait = timedelta(seconds=float(value))
        else:
            wait = email.utils.parsedate_to_datetime(value) - datetime.now(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return wait if wait > timedelta(0) else None


@activity.defn(no_thread_cancel_exception=True)
def create_pdf(input: PDFGenerationInput) -> str:
    """Write the report to `input.filename` in REPORTS_DIR, replacing the file as a whole.

    Returns:
        The path of the file, as REPORTS_DIR gives it: relative if that is.

    Raises:
        ApplicationError: non-retryable if the report cannot be printed or the name is not a plain
            file name; retryable if the disk does not take it.
    """
    if input.filename != Path(input.filename).name or input.filename in ("", ".", ".."):
        raise ApplicationError("The file name must not hold a path", non_retryable=True)
    path = Path(setting("REPORTS_DIR", "reports"), input.filename)

    def write() -> None:
        pdf = render(input)
        path.parent.mkdir(parents=True, exist_ok=True)
        for leftover in path.parent.glob(f".{glob.escape(input.filename)}.*.part"):
            leftover.unlink(missing_ok=True)  # of an attempt whose worker was killed
        # Not one name for all attempts: one that Temporal has given up may still be writing.
        part = path.with_name(f".{input.filename}.{uuid.uuid4().hex}.part")
        try:
            with part.open("xb") as file:
                file.write(pdf)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    try:
        with_heartbeats(write)
    except OSError as error:
        raise ApplicationError(
            f"Cannot write {path}: {error.strerror}. Make room or mend the folder, or set"
            " REPORTS_DIR in .env to another one and restart the worker",
            type=type(error).__name__,
        ) from None
    activity.logger.info("wrote %s", path)
    return str(path)


def render(report: PDFGenerationInput) -> bytes:
    model = report.model
    if model == "demo":
        model = "demo: the bundled sample report, no LLM was asked"
    try:
        return report_pdf.render(
            report.content,
            topic=report.topic,
            date=report.date,
            model=model,
            font=setting("PDF_FONT") or None,
        )
    except report_pdf.UnprintableReport as error:
        raise ApplicationError(str(error), type="UnprintableReport", non_retryable=True) from None


@activity.defn(no_thread_cancel_exception=True)
def send_email(input: SendEmailInput = SendEmailInput()) -> str:
    """Mail the PDF; without SMTP_HOST, only say so.

    Returns:
        What happened, in one sentence.

    Raises:
        ApplicationError: retryable while the mail server is down; non-retryable if it refuses the
            log-in, the sender, every recipient or the message for good.
    """
    if setting("SIMULATE_EMAIL_FAILURE").lower() == "true":
        raise ApplicationError("Simulated failure: Email service temporarily unavailable")
    recipient = input.recipient or setting("EMAIL_TO")
    if not setting("SMTP_HOST"):
        return (
            f"Email simulated, none sent{f' to {recipient}' * bool(recipient)}: SMTP_HOST is unset"
        )
    message = compose(input, recipient)
    try:
        refused = with_heartbeats(lambda: deliver(message))
    except smtplib.SMTPRecipientsRefused as error:
        worst = min(error.recipients.values())  # one that may be taken later is worth a retry
        raise mail_error(*worst) from None
    except smtplib.SMTPResponseException as error:
        raise mail_error(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
        raise mail_error(500, str(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise mail_error(0, str(error) or type(error).__name__) from None
    outcome = f"Email sent to {recipient}"
    if refused:
        outcome += f", but refused for {', '.join(refused)}"
    activity.logger.info(outcome)
    return outcome


def compose(input: SendEmailInput, recipient: str) -> EmailMessage:
    """Write the mail. Its Message-ID is that of the run, so that a second copy can be told as one.

    A mail server may take a message and die before it says so. The retry then sends it again;
    mail programs show two messages of one Message-ID once.
    """
    report = input.report
    # "=?" would begin an encoded word, which can hold a line break.
    title = " ".join(report.topic.split())[:150].replace("=?", "= ?")
    sender = setting("EMAIL_FROM") or setting("SMTP_USERNAME")
    domain = sender.rpartition("@")[2].strip(" >") or "localhost"
    message = EmailMessage()
    try:
        message["From"], message["To"] = sender, recipient
        message["Subject"] = f"Research report: {title}"
        addresses = message["To"].addresses
        if not addresses or not all(address.username and address.domain for address in addresses):
            raise ValueError(f"{recipient!r} is no address")
    except ValueError as error:
        raise mail_error(501, str(error)) from None
    message["Date"] = email.utils.localtime()
    message["Message-ID"] = (
        f"<{activity.info().workflow_run_id}@{domain}>"
        if activity.in_activity()
        else email.utils.make_msgid(domain=domain)
    )
    message.set_content(
        f"Here is the research report you asked for, as a PDF.\n\nTopic: {title}\n"
        f"Date: {report.date}\nModel: {report.model}\n"
    )
    path = Path(input.pdf_path)
    # No file: another machine's worker made it. The same report gives the same bytes here.
    pdf = path.read_bytes() if path.is_file() else render(report)
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=report.filename)
    return message


def deliver(message: EmailMessage) -> list[str]:
    """Hand a message to the mail server of SMTP_HOST; return the recipients it refused."""
    host, port, security = smtp_settings()
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=SMTP_TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=SMTP_TIMEOUT)
    try:
        if security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if setting("SMTP_USERNAME"):
            server.login(setting("SMTP_USERNAME"), setting("SMTP_PASSWORD"))
        return list(server.send_message(message))
    finally:
        server.close()  # without QUIT: once the message is taken, no reply can change that


def mail_error(code: int, reason: bytes | str) -> ApplicationError:
    """Return the failure for an SMTP reply; by RFC 5321, codes from 500 on are for good."""
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    remedy = " Correct the SMTP_* and EMAIL_* settings in .env" if code >= 500 else ""
    return ApplicationError(
        f"The mail server {setting('SMTP_HOST')} did not take the report:"
        f" {f'{code} ' if code else ''}{public(text)}.{remedy}",
        type="MailRefused" if code >= 500 else "MailServerUnavailable",
        non_retryable=code >= 500,
    )


def smtp_settings() -> tuple[str, int, str]:
    """Return host, port and security (`starttls`, `tls` or `none`) of the mail server."""
    security = setting("SMTP_SECURITY", "starttls").lower()
    default_port = {"starttls": 587, "tls": 465, "none": 25}[security]
    return setting("SMTP_HOST"), int(setting("SMTP_PORT") or default_port), security
