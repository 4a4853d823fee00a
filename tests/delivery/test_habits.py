"""Habits of mail servers: what comes of a mail, with copies counted, and what is said of it."""

import email
import email.policy
from typing import Any

import pytest
from support.settings import TOPIC
from support.smtp import HANG_UP, ScriptedSMTP
from temporalio.exceptions import ApplicationError

from activities import send_email
from generator.delivery import connection
from generator.failures import HELD
from models import PDFGenerationInput, SendEmailInput

REPORT = PDFGenerationInput(content="They are small.", filename="t.pdf", topic=TOPIC)
SENT, PASSES, REFUSED = "", "MailServerUnavailable", "MailRefused"
LOG_IN = {"SMTP_USERNAME": "reports@example.com", "SMTP_PASSWORD": "korrekt-pferd"}
PLAIN = ["SIZE 10000000", "AUTH PLAIN"]


def outcome(
    settings: pytest.MonkeyPatch, server: ScriptedSMTP, **more: str
) -> tuple[str, str, list[str]]:
    """Send, and return the kind of failure, what is said, and to whom a copy went."""
    for name, value in server.settings(**more).items():
        settings.setenv(name, value)
    try:
        kind, told = SENT, send_email(SendEmailInput(report=REPORT))
    except ApplicationError as error:
        kind, told = error.type or "", error.message
    return kind, told, [recipient for recipient, _ in server.taken]


def gone(reply: str) -> str:
    return reply + HANG_UP


HABITS: list[tuple[dict[str, Any], str, str, int]] = [
    # What a server says, the kind of failure, what of it is told, copies
    ({"DOT": ["200 ok"]}, SENT, "Email sent", 1),
    ({"DOT": ["250"]}, SENT, "Email sent", 1),
    ({"DOT": ["250-2.0.0 Ok\r\n250 2.6.0 <7@x> [InternalId=1] Queued mail for delivery"]}, SENT,
     "Email sent", 1),
    ({"RCPT": ["252 2.1.5 Cannot verify, but will take it"]}, SENT, "Email sent", 1),
    ({"EHLO": ["502 Command not implemented"]}, SENT, "Email sent", 1),
    ({"QUIT": [gone("")]}, SENT, "Email sent", 1),
    ({"RCPT": ["550-5.1.1 The account that you tried to reach\r\n550 5.1.1 does not exist. k3si"]},
     REFUSED, "550 5.1.1 The account that you tried to reach 5.1.1 does not exist", 0),
    ({"DATA": ["450 4.2.0 Greylisted, see http://postgrey/"]}, PASSES, "450 4.2.0 Greylisted", 0),
    ({"DATA": [gone("421 4.3.2 Service shutting down")]}, PASSES, "421 4.3.2 Service shutting", 0),
    ({"DOT": [gone("421 4.7.0 Try again later")]}, PASSES, "421 4.7.0 Try again later", 0),
    ({"DOT": [gone("")]}, PASSES, "Connection unexpectedly closed, for a@example.com", 0),
    # A reply stands, though the connection is gone after it.
    ({"DOT": [gone("554 5.7.1 This looks like spam")]}, REFUSED, "554 5.7.1 This looks", 0),
    ({"RCPT": [gone("550 No such user")]}, REFUSED, "550 No such user", 0),
    ({"RCPT": [gone("550 relay not permitted")]}, HELD, "Put SMTP_USERNAME", 0),
    ({"DOT": [gone("552 5.3.4 Message too big"), "250 Ok"]}, SENT, "without the PDF", 1),
    # Full is not large, and not all that 552 says is about either.
    ({"RCPT": ["552 5.2.2 Mailbox full"]}, REFUSED, "552 5.2.2 Mailbox full", 0),
    ({"RCPT": ["452 4.2.2 Over quota"]}, PASSES, "452 4.2.2 Over quota", 0),
    ({"DOT": ["552 5.7.0 Blocked because of its content"]}, REFUSED, "552 5.7.0 Blocked", 0),
    ({"DOT": ["552 Requested mail action aborted", "250 Ok"]}, SENT, "without the PDF", 1),
    ({"MAIL": ["554 5.3.4 Message size exceeds limit", "250 Ok"]}, SENT, "without the PDF", 1),
    # The mail is not welcome; the machine is not.
    ({"DOT": ["554 5.7.1 Message blocked by content filter"]}, REFUSED, "554 5.7.1 Message", 0),
    ({"RCPT": ["554 5.7.1 Client host [192.0.2.1] blocked using zen.example"]}, HELD,
     "EMAIL_FROM's provider in .env, SMTP_HOST", 0),
    ({"DOT": ["550-5.7.26 Unauthenticated email is not accepted due to the domain's DMARC\r\n"
              "550 5.7.26 policy"]}, HELD, "EMAIL_FROM's provider in .env, SMTP_HOST", 0),
    ({"GREETING": [gone("554 5.7.1 You are on our blocklist")]}, HELD, "SMTP_HOST=...", 0),
    ({"GREETING": [gone("421 4.3.2 Too many connections")]}, PASSES, "421 4.3.2 Too many", 0),
    ({"GREETING": ["SSH-2.0-OpenSSH_9.2"]}, HELD, "no mail server", 0),
    ({"GREETING": ["* OK IMAP4rev1 ready"]}, HELD, "Correct SMTP_PORT in .env", 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("replies", "kind", "told", "copies"), HABITS, ids=lambda each: repr(each)[:50]
)
def test_a_habit(
    settings: pytest.MonkeyPatch, replies: dict[str, list[str]], kind: str, told: str, copies: int
) -> None:
    with ScriptedSMTP(replies=replies) as server:
        found = outcome(settings, server)
    assert found[0] == kind and told in found[1], found
    assert len(found[2]) == copies


@pytest.mark.parametrize("size", ["SIZE", "SIZE 0", "SIZE unlimited", "SIZE=10000000"])
def test_a_size_that_says_nothing(settings: pytest.MonkeyPatch, size: str) -> None:
    with ScriptedSMTP(offers=[size]) as server:
        assert outcome(settings, server) == (SENT, "Email sent to a@example.com", ["a@example.com"])


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("421 4.7.0 Too many connections", PASSES),
        ("451 4.3.0 Temporary lookup failure", PASSES),
        ("454 4.7.0 Too many login attempts", PASSES),
        ("432 4.7.12 A password transition is needed", HELD),
        (
            '500 5.5.1 Command unrecognized: "AHJlcG9ydHNAZXhhbXBsZS5jb20Aa29ycmVrdC1wZmVyZA=="',
            HELD,
        ),
        ("534-5.7.9 Application-specific password required.\r\n534 5.7.9 See x", HELD),
    ],
)
def test_a_log_in(settings: pytest.MonkeyPatch, reply: str, kind: str) -> None:
    with ScriptedSMTP(offers=PLAIN, replies={"AUTH": [reply]}) as server:
        found = outcome(settings, server, **LOG_IN)
    assert found[0] == kind and found[2] == []
    assert ("Correct SMTP_USERNAME" in found[1]) == (kind == HELD)
    assert "AHJl" not in found[1]  # the password, in base64


def test_a_challenge_that_is_none(settings: pytest.MonkeyPatch) -> None:
    with ScriptedSMTP(offers=["AUTH CRAM-MD5"], replies={"AUTH": ["334 PDEyM"]}) as server:
        assert outcome(settings, server, **LOG_IN)[0] == PASSES


def test_those_after_one_with_whom_the_server_hangs_up_have_theirs(
    settings: pytest.MonkeyPatch,
) -> None:
    to = ", ".join(f"{name}@example.com" for name in "abcde")
    replies = {
        "RCPT TO:<a@example.com>": [gone("")],
        "RCPT TO:<b@example.com>": [gone("550 No such user")],
        "RCPT TO:<c@example.com>": ["552 5.3.4 Too large for this mailbox", "250 Ok"],
        "RCPT TO:<d@example.com>": ["552 5.2.2 Mailbox full"],
    }
    with ScriptedSMTP(replies=replies) as server:
        kind, told, taken = outcome(settings, server, EMAIL_TO=to)
    assert kind == PASSES and "for a@example.com" in told
    assert taken == ["c@example.com", "e@example.com"]
    bare, whole = (
        email.message_from_bytes(mail, policy=email.policy.default) for _, mail in server.taken
    )
    assert not list(bare.iter_attachments()) and len(list(whole.iter_attachments())) == 1


def test_a_sender_that_no_server_without_smtputf8_takes_is_held(
    settings: pytest.MonkeyPatch,
) -> None:
    with ScriptedSMTP() as server:
        found = outcome(settings, server, EMAIL_FROM="josé@example.com")
    assert found[0] == HELD and "Correct EMAIL_FROM" in found[1] and found[2] == []


@pytest.mark.parametrize("name", ["my_machine.example.com", "bücher.example", "-.example", "a"])
def test_a_machine_with_a_name_that_servers_refuse_says_its_address(
    settings: pytest.MonkeyPatch, name: str
) -> None:
    settings.setattr("socket.getfqdn", lambda *_: name)
    settings.setattr("socket.gethostbyname", lambda *_: "127.0.0.1")
    with ScriptedSMTP() as server:
        assert outcome(settings, server)[0] == SENT
    assert server.lines[0].lower() == "ehlo [127.0.0.1]"


def test_a_silence_is_called_that(settings: pytest.MonkeyPatch) -> None:
    settings.setattr("generator.delivery.smtp.TAKEN", 0.2)
    with ScriptedSMTP(after_dot=0.6) as server:
        kind, told, _ = outcome(settings, server)
    assert kind == PASSES and "it said nothing for too long, for a@example.com" in told


def test_a_greeting_that_takes_its_time_is_waited_for(settings: pytest.MonkeyPatch) -> None:
    settings.setattr(connection, "SILENCE", 0.2)
    settings.setattr(connection, "CONNECT", 1.0)
    with ScriptedSMTP(before_greeting=0.8) as server:
        assert outcome(settings, server)[2] == ["a@example.com"]
