"""The Activities: everything that touches the outside world.

Each is also a plain function that can be called directly, without Temporal. Inside Temporal each
one heartbeats, so that a worker that dies is noticed within seconds, and each raises a
non-retryable `ApplicationError` for what a retry cannot mend.
"""

import email.utils
import glob
import os
import smtplib
import ssl
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError

from generator import pdf
from generator.llm.ask import Answer, write_answer
from generator.settings import public, setting, smtp_settings
from models import LLMCallInput, PDFGenerationInput, SendEmailInput

T = TypeVar("T")

HEARTBEAT_THROTTLE = 0.1  # seconds; the SDK passes on the last of the heartbeats within them
MAX_LATEST = 200  # attempts to remember
SMTP_TIMEOUT = 30.0  # seconds


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
        spacing = min(1.0, max(HEARTBEAT_THROTTLE, 0.05 * (now - started)))
        if now - beaten >= spacing + weight / 200_000:
            kept = details()
            weight = len(kept[0]) if kept else 0
            activity.heartbeat(*kept)
            beaten = now
    if work.error:
        activity.heartbeat(*details())  # the last one before a failure still reaches Temporal
        raise work.error from None
    return cast(T, work.result)


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
    return with_heartbeats(lambda: write_answer(input, answer), answer.checkpoint, answer.stop)


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
        content = render(input)
        path.parent.mkdir(parents=True, exist_ok=True)
        for leftover in path.parent.glob(f".{glob.escape(input.filename)}.*.part"):
            leftover.unlink(missing_ok=True)  # of an attempt whose worker was killed
        # Not one name for all attempts: one that Temporal has given up may still be writing.
        part = path.with_name(f".{input.filename}.{uuid.uuid4().hex}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
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
        return pdf.render(
            report.content,
            topic=report.topic,
            date=report.date,
            model=model,
            font=setting("PDF_FONT") or None,
        )
    except pdf.UnprintableReport as error:
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
    attachment = path.read_bytes() if path.is_file() else render(report)
    message.add_attachment(
        attachment, maintype="application", subtype="pdf", filename=report.filename
    )
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
        f" {f'{code} ' if code else ''}{public(text).rstrip('.')}.{remedy}",
        type="MailRefused" if code >= 500 else "MailServerUnavailable",
        non_retryable=code >= 500,
    )
