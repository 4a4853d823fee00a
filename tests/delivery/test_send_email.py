"""`send_email`: a mail with the PDF, retried while that can help, and never more than a mail."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from support.llm_server import LLMServer
from support.mail import Certificate, MailServer
from support.pdf import pdf_text
from support.programs import free_port, until
from support.runs import (
    activity_result,
    event_types,
    failed_attempt,
    history_bytes,
    start_run,
)
from support.settings import SMTP_PASSWORD, TOPIC
from support.temporal import (
    running_worker,
)
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import create_pdf, send_email
from generator.failures import HELD
from models import PDFGenerationInput, SendEmailInput

REPORT = PDFGenerationInput(
    content="They are small.", filename="tardigrades.pdf", topic=TOPIC, date="2026-11-22", model="m"
)


def mailed(report: PDFGenerationInput = REPORT, **fields: str) -> SendEmailInput:
    return SendEmailInput(report=report, **fields)


def attachment(message: EmailMessage) -> tuple[str | None, bytes]:
    [part] = message.iter_attachments()
    assert part.get_content_type() == "application/pdf"
    return part.get_filename(), part.get_content()


def refused(input: SendEmailInput) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        send_email(input)
    assert SMTP_PASSWORD not in str(caught.value)
    return caught.value


def test_another_worker_goes_on_with_those_who_have_no_mail_yet(
    mail: MailServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("EMAIL_TO", "a@example.com,b@example.com")
    environment = ActivityEnvironment()
    kept = [[["a@example.com", ""]]]
    environment.info = replace(ActivityEnvironment.default_info(), heartbeat_details=kept)
    environment.run(send_email, mailed())
    assert [message["To"] for message in mail.messages] == ["b@example.com"]


# --- Not sent ------------------------------------------------------------------------------------


def test_simulates_without_a_mail_server_and_says_so(settings: pytest.MonkeyPatch) -> None:
    assert send_email() == "Email simulated, none sent: SMTP_HOST is unset"
    said = send_email(mailed(recipient="someone@example.com"))
    assert "simulated" in said and "someone@example.com" in said


@pytest.mark.parametrize("value", ["true", "True", " TRUE "])
def test_fails_on_purpose_with_the_tutorials_words(
    settings: pytest.MonkeyPatch, value: str
) -> None:
    settings.setenv("SIMULATE_EMAIL_FAILURE", value)
    error = refused(mailed())
    assert error.message == "Simulated failure: Email service temporarily unavailable"
    assert not error.non_retryable


@pytest.mark.parametrize("value", ["false", "False", ""])
def test_does_not_fail_on_purpose(settings: pytest.MonkeyPatch, value: str) -> None:
    settings.setenv("SIMULATE_EMAIL_FAILURE", value)
    assert "simulated" in send_email(mailed())


# --- Sent ----------------------------------------------------------------------------------------


def test_mails_the_pdf(mail: MailServer, reports: Path) -> None:
    path = create_pdf(REPORT)
    assert send_email(mailed(pdf_path=path)) == "Email sent to reader@example.com"
    [message], [recipients] = mail.messages, mail.recipients
    assert recipients == ["reader@example.com"]
    assert message["From"] == "reports@example.com"
    assert message["To"] == "reader@example.com"
    assert message["Subject"] == f"Research report: {TOPIC}"
    assert message["Date"] and message["Message-ID"].endswith("@example.com>")
    body = message.get_body(("plain",))
    assert body and TOPIC in body.get_content()
    assert attachment(message) == ("tardigrades.pdf", Path(path).read_bytes())


def test_mails_it_to_whom_the_run_says(mail: MailServer) -> None:
    assert "someone@example.com" in send_email(mailed(recipient="someone@example.com"))
    assert mail.recipients == [["someone@example.com"]]
    assert mail.messages[0]["To"] == "someone@example.com"


def test_renders_the_pdf_again_where_the_file_is_not(mail: MailServer) -> None:
    path = Path(create_pdf(REPORT))
    made = path.read_bytes()
    path.unlink()
    send_email(mailed(pdf_path=str(path)))
    assert attachment(mail.messages[0]) == ("tardigrades.pdf", made)


@pytest.mark.parametrize(
    "topic",
    [
        "Tough?\r\nBcc: victim@example.com\r\n\r\nBuy now!",
        "Tough?\nX-Injected: yes",
        "Tough?\rTo: victim@example.com",
        "Tough?\x0bX-Injected: yes\x85X-Injected: yes\u2028X-Injected: yes",
        "水熊虫为什么如此顽强？" * 40,
        "\x00\x1b[31mTough?",
        pytest.param("=?utf-8?q?Tough=0D=0ABcc:_victim@example.com=0D=0A=0D=0ABuy_now!?="),
        "a" * 100_000,
        "",
    ],
    ids=range(9),
)
def test_a_topic_becomes_no_header(mail: MailServer, topic: str) -> None:
    report = PDFGenerationInput(content="They are small.", filename="a.pdf", topic=topic)
    send_email(mailed(report))
    [message] = mail.messages
    names = sorted(name.lower() for name in message if not name.lower().startswith("x-"))
    assert names == sorted(
        [
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "mime-version",
            "content-type",
            "auto-submitted",
        ]
    )
    assert {name.lower() for name in message if name.lower().startswith("x-")} <= {
        "x-peer",
        "x-mailfrom",
        "x-rcptto",
    }
    assert mail.recipients == [["reader@example.com"]]
    assert "\n" not in message["Subject"] and len(message["Subject"]) < 250
    assert attachment(message)[1].startswith(b"%PDF")


@pytest.mark.parametrize(
    "recipient",
    [
        "a@example.com\r\nBcc: victim@example.com",
        "a@example.com\nX-Injected: yes",
        "=?utf-8?q?a=0D=0ABcc:_victim@example.com?= <a@example.com>",
    ],
)
def test_a_recipient_becomes_no_header(mail: MailServer, recipient: str) -> None:
    error = refused(mailed(recipient=recipient))
    assert error.non_retryable
    assert mail.messages == []


@pytest.mark.parametrize("recipient", [",", ";", "@", "no address"])
def test_what_is_no_address_is_for_good(mail: MailServer, recipient: str) -> None:
    error = refused(mailed(recipient=recipient))
    assert error.non_retryable
    assert mail.messages == []


@pytest.mark.parametrize(
    "recipient",
    [
        "a@example.com, b@example.com",
        "a@example.com; b@example.com",
        "friends: a@example.com, b@example.com;",
        "Somebody <a@example.com>",
        "a@example.com b@example.com",
    ],
)
def test_a_run_mails_to_one_address(mail: MailServer, recipient: str) -> None:
    assert refused(mailed(recipient=recipient)).non_retryable
    assert mail.messages == []


ALLOWED = {
    "someone@example.com": True,
    "Someone@Example.com": True,
    "me@elsewhere.example": True,
    "reader@example.com": True,
    "you@elsewhere.example": False,
    "someone@sub.example.com": False,
    "someone@example.com.evil.example": False,
}


@pytest.mark.parametrize("recipient", ALLOWED)
def test_a_run_mails_to_whom_the_owner_allows(
    mail: MailServer, settings: pytest.MonkeyPatch, recipient: str
) -> None:
    settings.setenv("EMAIL_ALLOW", "@example.com, me@elsewhere.example")
    if ALLOWED[recipient]:
        assert send_email(mailed(recipient=recipient)) == f"Email sent to {recipient}"
        return
    error = refused(mailed(recipient=recipient))
    assert error.non_retryable and "EMAIL_ALLOW" in error.message
    assert mail.messages == []


def test_an_address_that_only_looks_like_one_that_is_allowed(
    mail: MailServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("EMAIL_ALLOW", "@strasse.example,@bücher.example,@Example.ORG")
    for other in ("x@straße.example", "x@sub.example.org", "x@example.org.example"):
        assert "EMAIL_ALLOW" in refused(mailed(recipient=other)).message
    assert mail.messages == []
    for same in ("x@STRASSE.example", "x@xn--bcher-kva.example", "x@example.org"):
        assert send_email(mailed(recipient=same)).startswith("Email sent")


def test_whom_the_owner_mails_to_is_allowed(mail: MailServer, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("EMAIL_ALLOW", "me@elsewhere.example")
    assert send_email(mailed(recipient="reader@example.com")).startswith("Email sent")
    assert send_email(mailed()) == "Email sent to reader@example.com"


def test_the_text_of_a_mail_has_no_more_than_topic_and_day(mail: MailServer) -> None:
    for date, model in (("2026-11-22", "m"), ("See http://example.com", "Ask http://example.com")):
        report = PDFGenerationInput("They are small.", "a.pdf", topic="T", date=date, model=model)
        send_email(mailed(report))
    texts = [message.get_body(("plain",)) for message in mail.messages]
    first, second = (text.get_content().replace("\r", "") for text in texts if text)
    assert first.endswith("Topic: T\nDate: 2026-11-22\n")
    assert second.endswith("Topic: T\n")


@pytest.mark.parametrize(
    "why", ["the model did not go on", "水" * 100 + ": the model's context was full"]
)
def test_a_mail_says_that_its_report_is_incomplete_and_why(mail: MailServer, why: str) -> None:
    send_email(mailed(replace(REPORT, incomplete=f"{why}\x1b[2J")))
    body = mail.messages[0].get_body(("plain",))
    assert body and f"The report is incomplete: {why}[2J." in body.get_content().splitlines()


# --- Security ------------------------------------------------------------------------------------


@pytest.fixture
def secure_mail(settings: pytest.MonkeyPatch, certificate: Certificate) -> Iterator[MailServer]:
    """A mail server that insists on STARTTLS and a log-in; its certificate is trusted here."""
    with MailServer(certificate, log_in=True) as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        yield server


def test_mails_with_starttls_and_a_log_in(secure_mail: MailServer) -> None:
    assert send_email(mailed()) == "Email sent to reader@example.com"
    assert len(secure_mail.messages) == 1


def test_starttls_is_the_default(secure_mail: MailServer, settings: pytest.MonkeyPatch) -> None:
    settings.delenv("SMTP_SECURITY")
    send_email(mailed())
    assert len(secure_mail.messages) == 1


def test_mails_with_tls_from_the_start(
    settings: pytest.MonkeyPatch, certificate: Certificate
) -> None:
    with MailServer(certificate, tls=True) as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        send_email(mailed())
        assert len(server.messages) == 1


def is_held(error: ApplicationError) -> bool:
    """Will it be tried again, a minute from now, when a person may have corrected a setting?"""
    wait = error.next_retry_delay
    return error.type == HELD and not error.non_retryable and wait == timedelta(minutes=1)


def test_does_not_trust_a_strangers_certificate(
    secure_mail: MailServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("SMTP_HOST", "127.0.0.1")  # which is not in it
    error = refused(mailed())
    assert is_held(error) and "Put the name that is in it in .env, SMTP_HOST=" in error.message
    settings.setenv("SMTP_HOST", "localhost")
    settings.delenv("SSL_CERT_FILE")
    error = refused(mailed())
    assert is_held(error) and "put SSL_CERT_FILE=<file> in .env" in error.message
    settings.setenv("SSL_CERT_FILE", "/nowhere.pem")
    assert "Correct SSL_CERT_FILE=/nowhere.pem in .env" in refused(mailed()).message
    assert secure_mail.messages == []


def test_sends_nothing_if_the_server_offers_no_tls(
    mail: MailServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("SMTP_SECURITY", "starttls")
    error = refused(mailed())
    assert is_held(error) and "STARTTLS" in error.message and "SMTP_" in error.message
    assert mail.messages == []


def test_a_wrong_password_is_held(secure_mail: MailServer, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("SMTP_PASSWORD", f"{SMTP_PASSWORD}-wrong")
    error = refused(mailed())
    assert is_held(error)
    assert "535" in error.message and "SMTP_PASSWORD" in error.message and ".env" in error.message


def test_a_log_in_that_is_missing_is_held(
    secure_mail: MailServer, settings: pytest.MonkeyPatch
) -> None:
    settings.delenv("SMTP_USERNAME")
    settings.delenv("SMTP_PASSWORD")
    error = refused(mailed())
    assert is_held(error) and "530" in error.message


# --- Refused, and down ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "for_good"),
    [
        ("550 No such user", True),
        ("553 Not allowed", True),
        ("450 Mailbox busy", False),
        ("451 Try later", False),
    ],
)
def test_a_recipient_is_refused(mail: MailServer, reply: str, for_good: bool) -> None:
    mail.at_rcpt["reader@example.com"] = [reply]
    error = refused(mailed())
    assert error.non_retryable == for_good
    assert reply in error.message


@pytest.mark.parametrize(("reply", "for_good"), [("554 Too large", True), ("452 Disk full", False)])
def test_a_message_is_refused(mail: MailServer, reply: str, for_good: bool) -> None:
    mail.at_data["reader@example.com"] = [reply]
    error = refused(mailed())
    assert error.non_retryable == for_good
    assert reply in error.message


def test_one_of_two_recipients_is_refused(mail: MailServer, settings: pytest.MonkeyPatch) -> None:
    mail.at_rcpt["b@example.com"] = ["550 No such user"]
    settings.setenv("EMAIL_TO", "a@example.com, b@example.com")
    said = send_email(mailed())
    assert said.startswith("Email sent") and "refused for b@example.com" in said
    assert mail.recipients == [["a@example.com"]]


def test_a_server_that_is_down_is_worth_a_retry(
    mail: MailServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("SMTP_PORT", str(free_port()))
    error = refused(mailed())
    assert not error.non_retryable and "refused" in error.message.lower()
    settings.setenv("SMTP_HOST", "no-such-host.invalid")
    error = refused(mailed())
    assert not error.non_retryable and "no-such-host.invalid" in error.message


# --- In a run ------------------------------------------------------------------------------------


async def test_a_run_ends_with_the_report_mailed(
    client: Client, worker: None, model: LLMServer, mail: MailServer, reports: Path
) -> None:
    handle = await start_run(client, email="someone@example.com")
    path = Path((await handle.result()).rpartition(": ")[2])
    assert await activity_result(handle, "send_email") == "Email sent to someone@example.com"
    name, pdf = attachment(mail.messages[0])
    assert (name, pdf) == (path.name, path.read_bytes())
    assert "Finding 1 holds" in pdf_text(path)


async def test_the_report_outlives_a_mail_that_is_refused_for_good(
    client: Client, worker: None, model: LLMServer, mail: MailServer
) -> None:
    mail.at_rcpt["reader@example.com"] = ["550 No such user"]
    handle = await start_run(client)
    result = await handle.result()
    said = re.fullmatch(
        "The report was not mailed: (.*) Successfully created research report PDF: (.*)", result
    )
    assert said, result
    assert "550 No such user" in said[1] and "Correct the address" in said[1]
    assert "Finding 1 holds" in pdf_text(said[2])
    assert len(model.requests) == 1
    assert "ACTIVITY_TASK_FAILED" in await event_types(handle)


async def test_the_password_is_in_no_history(
    client: Client,
    worker: None,
    model: LLMServer,
    secure_mail: MailServer,
    settings: pytest.MonkeyPatch,
) -> None:
    settings.setenv("SMTP_PASSWORD", f"{SMTP_PASSWORD}-wrong")
    handle = await start_run(client)
    await failed_attempt(handle, "send_email")
    await handle.terminate()
    assert SMTP_PASSWORD.encode() not in await history_bytes(handle)


async def test_a_held_mail_goes_out_once_the_password_is_corrected(
    client: Client,
    model: LLMServer,
    secure_mail: MailServer,
    settings: pytest.MonkeyPatch,
) -> None:
    settings.setattr("generator.failures.SHORTEST", timedelta(seconds=0.2))
    settings.setenv("SMTP_PASSWORD", f"{SMTP_PASSWORD}-wrong")
    async with running_worker(client):
        handle = await start_run(client)
        assert "535" in await failed_attempt(handle, "send_email")
    settings.setenv("SMTP_PASSWORD", SMTP_PASSWORD)
    async with running_worker(client):
        assert (await handle.result()).startswith("Successfully created")
    assert len(secure_mail.messages) == 1 and len(model.requests) == 1


async def test_a_mail_server_down_and_up_again_gets_one_mail(
    client: Client, worker: None, model: LLMServer, mail: MailServer
) -> None:
    mail.close()
    handle = await start_run(client)
    assert "did not take the report" in await failed_attempt(handle, "send_email")
    mail.open()
    result = await handle.result()
    assert result.startswith("Successfully created research report PDF: ")
    assert len(mail.messages) == 1 and len(model.requests) == 1


async def test_the_message_id_is_the_same_on_every_attempt(
    client: Client, worker: None, model: LLMServer, mail: MailServer
) -> None:
    mail.at_data["reader@example.com"] = ["451 Try again"]
    handle = await start_run(client)
    await handle.result()
    [first], [second] = mail.refused, mail.messages
    found = re.search(rb"(?im)^Message-ID: (.*?)\r?$", first)
    assert found and found[1].decode() == second["Message-ID"]
    other = await start_run(client)
    await other.result()
    assert mail.messages[1]["Message-ID"] != second["Message-ID"]


async def test_the_failure_exercise(
    client: Client, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    """The tutorial's: the run waits in retries; set it to false, restart, and it completes."""
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    async with running_worker(client):
        handle = await start_run(client)
        assert (
            await failed_attempt(handle, "send_email", attempts=2)
            == "Simulated failure: Email service temporarily unavailable"
        )
    settings.setenv("SIMULATE_EMAIL_FAILURE", "false")
    async with running_worker(client):
        result = await handle.result()
    assert result.startswith("Successfully created research report PDF: ")
    assert len(model.requests) == 1
    assert "simulated" in json.dumps(await activity_result(handle, "send_email"))


async def test_another_machines_worker_mails_the_same_pdf(
    client: Client, model: LLMServer, mail: MailServer, settings: pytest.MonkeyPatch, reports: Path
) -> None:
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    async with running_worker(client):
        handle = await start_run(client)
        await failed_attempt(handle, "send_email")
    [file] = await until(lambda: list(reports.glob("*.pdf")))
    made = file.read_bytes()
    file.unlink()
    settings.setenv("SIMULATE_EMAIL_FAILURE", "false")
    async with running_worker(client):
        await handle.result()
    assert attachment(mail.messages[0]) == (file.name, made)


def test_old_inputs_still_read() -> None:
    """A run of an older program mails without an input, or with fewer fields."""
    old: dict[str, Any] = {"report": REPORT, "pdf_path": "x.pdf"}
    assert SendEmailInput(**old).recipient == ""
