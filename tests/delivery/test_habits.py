"""Habits of mail servers: what comes of a mail, with copies counted, and what is said of it."""

import email
import email.policy
import socket
from pathlib import Path
from typing import Any

import pytest
from support.settings import TOPIC
from support.smtp import HANG_UP, ScriptedSMTP
from temporalio.exceptions import ApplicationError

from activities import send_email
from generator.delivery import connection
from generator.delivery.addresses import addresses
from generator.delivery.mail import Report
from generator.delivery.smtp import Delivery
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
    ({"DATA": ["550 5.7.1 Policy says no"]}, REFUSED, "or mail the PDF by hand", 0),
    ({"DATA": ["450 4.2.0 Greylisted, see http://postgrey/"]}, PASSES, "450 4.2.0 Greylisted", 0),
    ({"DATA": [gone("421 4.3.2 Service shutting down")]}, PASSES, "421 4.3.2 Service shutting", 0),
    ({"DOT": [gone("421 4.7.0 Try again later")]}, PASSES, "421 4.7.0 Try again later", 0),
    ({"DOT": [gone("")]}, PASSES, "Connection unexpectedly closed, for a@example.com", 0),
    # A reply stands, though the connection is gone after it.
    ({"DOT": [gone("554 5.7.1 This looks like spam")]}, REFUSED, "554 5.7.1 This looks", 0),
    ({"RCPT": [gone("550 No such user")]}, REFUSED, "550 No such user", 0),
    ({"RCPT": [gone("550 relay not permitted")]}, HELD, "Put SMTP_USERNAME", 0),
    ({"DOT": [gone("552 5.3.4 Message too big"), "250 Ok"]}, SENT, "without the PDF", 1),
    # One reply too many, or none that is known: nothing counts as sent.
    ({"DATA": ["250 Go on"]}, PASSES, "'250 Go on' out of turn", 0),
    ({"RCPT": ["250 OK\r\n250 OK"]}, PASSES, "'250 OK' out of turn", 0),
    ({"GREETING": ["220 one\r\n220 two"]}, PASSES, "out of turn", 0),
    ({"RCPT": ["ok fine"]}, PASSES, "out of turn", 0),
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
    # Gmail, Microsoft 365, Amazon SES, senders for hire: a limit of the account is over some day.
    ({"DOT": ["550 5.4.5 Daily user sending limit exceeded. For more information go to x"]}, HELD,
     "Wait until", 0),
    ({"DOT": ["550-5.4.5 Daily SMTP relay sending limit exceeded for this user\r\n550 5.4.5 x"]},
     HELD, "Wait until", 0),
    ({"DOT": ["550 5.1.90 Your message can't be sent because you've reached your daily limit for"
              " message recipients"]}, HELD, "Wait until", 0),
    ({"DOT": ["554 5.2.2 Submission quota exceeded"]}, HELD, "Wait until", 0),
    ({"DOT": ["550 5.7.1 Message rate limit exceeded"]}, HELD, "Wait until", 0),
    ({"DOT": ["550 Domain example.com has exceeded the max emails per hour (150/150 (100%))"
              " allowed. Message discarded."]}, HELD, "Wait until", 0),
    ({"RCPT": ["550 Domain example.com has exceeded the max defers and failures per hour (5/5)"]},
     HELD, "Wait until", 0),
    ({"MAIL": ["550 5.4.6 Unusual sending activity detected. Please try after sometime"]}, HELD,
     "Wait until", 0),
    ({"MAIL": ["550 Connection frequency limited"]}, HELD, "Wait until", 0),
    ({"MAIL": ["550 5.7.1 Maximum credits exceeded"]}, HELD, "Wait until", 0),
    ({"DOT": ["552 Message would take you over your relay quota of 500"]}, HELD, "Wait until", 0),
    ({"DATA": ["554 5.7.1 <DATA>: Data command rejected: only 10 messages per day"]}, HELD,
     "Wait until", 0),
    ({"DATA": ["554 5.7.1 <DATA>: Data command rejected: limit of 400 rcpts per 24 hours for client"
               " a@example.com reached"]}, HELD, "Wait until", 0),
    ({"DOT": ["550 User has exceeded its 24-hour sending limit. Messages to 25 of 25"]}, HELD,
     "Wait until", 0),
    ({"RCPT": ["550 send spam mail rejected: exceeded hour limit"]}, HELD, "Wait until", 0),
    ({"RCPT": ["550 User has exceeded outgoing email quota"]}, HELD, "Wait until", 0),
    ({"DOT": ["454 Throttling failure: Maximum sending rate exceeded."]}, PASSES, "454 Thr", 0),
    ({"DOT": ["454 Throttling failure: Daily message quota exceeded."]}, PASSES, "454 Thr", 0),
    ({"MAIL": ["432 4.3.2 Concurrent connections limit exceeded"]}, PASSES, "432 4.3.2", 0),
    ({"DOT": ["430 4.2.0 STOREDRV; mailbox logon failure"]}, PASSES, "430 4.2.0", 0),
    ({"MAIL": ["451 4.5.127 Excessive message rate from sender"]}, PASSES, "451 4.5.127", 0),
    ({"MAIL": ["421-4.7.0 IP not in whitelist for RCPT domain\r\n421 4.7.0 closing"]}, PASSES,
     "421 4.7.0", 0),
    ({"GREETING": ["421 4.7.0 [TSS04] Messages temporarily deferred due to complaints"]}, PASSES,
     "421 4.7.0", 0),
    ({"RCPT": ["550-5.2.1 The user you are trying to contact is receiving mail at a rate that\r\n"
               "550 5.2.1 prevents additional messages from being delivered"]}, REFUSED, "550", 0),
    # The sender is none of this account's.
    ({"DOT": ["554 Message rejected: Email address is not verified. The following identities failed"
              " the check in region EU-WEST-1: r@example.com"]}, HELD, "EMAIL_FROM in .env", 0),
    ({"DOT": ["550 The from address does not match a verified Sender Identity"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["550 5.7.60 SMTP; Client does not have permissions to send as this sender"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["554 5.2.252 SendAsDenied; r@x not allowed to send as s@x"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiException"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["551 5.7.1 Not authorised to send from this header address"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["554 5.0.0 Error: transaction failed, blame it on the weather: invalid return path"]},
     HELD, "EMAIL_FROM in .env", 0),
    ({"RCPT": ["553 Sender is not allowed to relay emails"]}, HELD, "EMAIL_FROM in .env", 0),
    ({"MAIL": ["553 Mail from must equal authorized user"]}, HELD, "EMAIL_FROM in .env", 0),
    ({"DOT": ["501 Mail from address must be same as authorization user."]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["550 5.7.0 From address is not one of your addresses"]}, HELD, "EMAIL_FROM", 0),
    ({"DOT": ["550 Rejected by header based Anti-Spoofing policy: r@example.com"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"MAIL": ["552 the from address and the authenticated user must be the same email."]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["550-From header sender domain not verified.\r\n550 Verify it"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"DOT": ["550 5.7.1 Sending from domain example.com is not allowed"]}, HELD, "EMAIL_FROM", 0),
    ({"DOT": ["450 The example.com domain is not verified"]}, HELD, "EMAIL_FROM in .env", 0),
    ({"DOT": ["550 The example.com domain is not verified"]}, HELD, "EMAIL_FROM in .env", 0),
    ({"MAIL": ["550 This domain is not associated with your account"]}, HELD, "EMAIL_FROM", 0),
    ({"RCPT": ["550-\"Your IP: 192.0.2.1 : Your domain example.com is not allowed in\r\n"
               "550 header From\""]}, HELD, "EMAIL_FROM in .env", 0),
    # The account may not send, and that is of no setting here.
    ({"DOT": ["554 5.1.8 Email Outgoing Blocked"]}, HELD, "Have the provider", 0),
    ({"DOT": ["554 5.0.0 Error: The account is not available in Bridge"]}, HELD, "Have the", 0),
    ({"RCPT": ["550 5.7.501 Access denied, spam abuse detected. The sending account has been"
               " banned due to detected spam activity"]}, HELD, "Have the provider", 0),
    ({"DOT": ["550 5.7.1 Your account is pending approval"]}, HELD, "Have the provider", 0),
    ({"RCPT": ["550 5.2.1 The email account that you tried to reach is disabled"]}, REFUSED,
     "is disabled", 0),
    # No retry mends it, though the code says so (Mailgun, Gmail; Postfix with its usual codes).
    ({"DOT": [gone("421 Domain sandbox1.example is not allowed to send: Please activate your"
                   " account.")]}, HELD, "Have the provider", 0),
    ({"DOT": ["550 You can only send testing emails to your own email address (a@example.com)"]},
     HELD, "Have the provider", 0),
    ({"DOT": ["421-4.7.26 This mail has been rate limited because it is unauthenticated. Gmail\r\n"
              "421 4.7.26 requires all senders to authenticate with either SPF or DKIM."]}, HELD,
     "EMAIL_FROM's provider", 0),
    ({"RCPT": ["450 4.1.8 <r@example.com>: Sender address rejected: Domain not found"]}, HELD,
     "EMAIL_FROM in .env", 0),
    ({"RCPT": ["450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]"]}, HELD,
     "EMAIL_FROM's provider", 0),
    ({"RCPT": ["450 4.7.1 <host.lan>: Helo command rejected: Host not found"]}, HELD,
     "EMAIL_FROM's provider", 0),
    ({"RCPT": ["450 4.1.2 <a@example.com>: Recipient address rejected: Domain not found"]}, PASSES,
     "Domain not found, for a@example.com", 0),
    ({"RCPT": ["450 4.1.7 <r@example.com>: Sender address rejected: unverified address: Address"
               " verification in progress"]}, PASSES, "in progress", 0),
    ({"RCPT": ["451 4.7.1 <r@example.com>: Sender address rejected: Greylisted"]}, PASSES,
     "Greylisted", 0),
    ({"RCPT": ["554 5.7.1 <r@example.com>: Sender address rejected: Access denied"]}, HELD,
     "SMTP_PASSWORD in .env, or correct EMAIL_FROM", 0),
    ({"GREETING": ["554 mail.example.com ESMTP not accepting connections"]}, HELD,
     "another SMTP_HOST", 0),
    # A line that smtplib gives up is read all the same.
    ({"DOT": ["250 2.0.0 " + "queued " * 2000]}, SENT, "Email sent", 1),
    ({"RCPT": ["450 4.2.0 " + "busy " * 2000]}, PASSES, "450 4.2.0 busy", 0),
    ({"RCPT": ["550-5.1.1 " + "nobody " * 2000 + "\r\n550 5.1.1 Bye"]}, REFUSED,
     "550 5.1.1 nobody", 0),
    # A log-in is wanted, or TLS, whatever the words.
    ({"RCPT": ["553 5.7.1 <r@example.com>: Sender address rejected: not logged in"]}, HELD,
     "Put SMTP_USERNAME", 0),
    ({"DOT": ["553 Relaying disallowed as r@example.com"]}, HELD, "SMTP_USERNAME", 0),
    ({"RCPT": ["501-5.7.0 Authentication required. Please authenticate with CRAM MD5 or AUTH Login."
               "\r\n501 5.7.0 See x"]}, HELD, "Put SMTP_USERNAME", 0),
    ({"DOT": ["554 Access denied: User `arn:aws:iam::1:user/x' is not authorized to perform"
              " `ses:SendRawEmail' on resource x"]}, HELD, "SMTP_USERNAME", 0),
    ({"EHLO": ["500 Error: EHLO not allowed in LMTP server"],
      "HELO": ["500 Error: HELO not allowed in LMTP server"]}, HELD, "SMTP_PORT in .env", 0),
    ({"MAIL": ["550 Unauthenticated senders not allowed"]}, HELD, "Put SMTP_USERNAME", 0),
    ({"MAIL": ["550-5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've\r\n"
               "550 5.7.1 registered"]}, HELD, "Put SMTP_USERNAME", 0),
    ({"RCPT": ["550 5.7.1 Unable to relay"]}, HELD, "Put SMTP_USERNAME", 0),
    ({"RCPT": ["550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"]}, HELD,
     "Put SMTP_USERNAME", 0),
    ({"RCPT": ["503 AUTH first (#5.5.1)"]}, HELD, "Put SMTP_USERNAME", 0),
    ({"RCPT": ["553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"]}, HELD,
     "Put SMTP_USERNAME", 0),
    ({"MAIL": ["503 5.5.1 Error: send AUTH command first"]}, HELD, "Put SMTP_USERNAME", 0),
    ({"MAIL": ["451 5.7.3 STARTTLS is required to send mail"]}, HELD, "SMTP_SECURITY=starttls", 0),
    ({"MAIL": ["550 5.7.10 Encryption needed: must issue STARTTLS"]}, HELD,
     "SMTP_SECURITY=starttls", 0),
    ({"RCPT": ["554 5.7.0 TLS is required"]}, HELD, "SMTP_SECURITY=starttls", 0),
    # The machine.
    ({"GREETING": [gone("554 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=x")]},
     HELD, "EMAIL_FROM's provider", 0),
    ({"RCPT": ["550 csi.mimecast.org Poor Reputation Sender."]}, HELD, "EMAIL_FROM's provider", 0),
    ({"RCPT": ["550 5.7.708 Service unavailable. Access denied, traffic not accepted from this"
               " IP"]},
     HELD, "EMAIL_FROM's provider", 0),
    ({"RCPT": ["504 5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname"]},
     HELD, "EMAIL_FROM's provider", 0),
    ({"GREETING": [gone("553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because"
                        " the ip is in Spamhaus's list")]}, HELD, "EMAIL_FROM's provider", 0),
    ({"DOT": ["550-5.7.1 [192.0.2.1] The IP you're using to send mail is not authorized to\r\n"
              "550 5.7.1 send email directly to our servers"]}, HELD, "EMAIL_FROM's provider", 0),
    ({"DOT": ["550 Unauthenticated mail not allowed from this range"]}, HELD,
     "EMAIL_FROM's provider", 0),
    ({"RCPT": ["554 5.7.1 Rejected because Bad IP"]}, HELD, "EMAIL_FROM's provider", 0),
    # Filters: the mail is refused in their own words.
    ({"DOT": ["554 5.7.1 Spam message rejected"]}, REFUSED, "554 5.7.1 Spam", 0),
    ({"DOT": ["451 4.7.1 Try again later"]}, PASSES, "451 4.7.1", 0),
    ({"DOT": ["550 5.7.1 virus Win.Test.EICAR_HDB-1 detected by ClamAV"]}, REFUSED, "virus", 0),
    ({"DOT": ["554 5.7.0 Reject, id=01234-01 - spam"]}, REFUSED, "Reject, id", 0),
    ({"DOT": ["554 Rejected due to security policies - MCSpamSignature"]}, REFUSED, "MCS", 0),
    ({"DOT": ["554 DT:SPM 163 smtp10,D8CowAB 请参见"]}, REFUSED, "请参见", 0),
    ({"RCPT": ["556 5.1.10 Recipient has a null MX"]}, REFUSED, "null MX", 0),
    ({"DOT": ["552 Message is too long.", "250 Ok"]}, SENT, "without the PDF", 1),
    ({"DOT": ["554 5.7.1 The attachment is too large", "250 Ok"]}, SENT, "without the PDF", 1),
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


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ({"GREETING": [gone("")]}, "Connection unexpectedly closed"),
        ({"GREETING": [gone("421 4.3.2 Too many connections")]}, "421 4.3.2 Too many"),
        ({"GREETING": [gone("554 5.7.1 You are on our blocklist")]}, "SMTP_HOST=..."),
        ({"EHLO": [gone("")]}, "Connection unexpectedly closed"),
        (None, "Connection refused"),
    ],
    ids=lambda each: repr(each)[:50],
)
def test_a_name_with_two_addresses(
    settings: pytest.MonkeyPatch, first: dict[str, list[str]] | None, told: str
) -> None:
    with ScriptedSMTP(replies=first or {}) as one, ScriptedSMTP() as other:
        ports = [int(each.settings()["SMTP_PORT"]) for each in (one, other)]
        if first is None:
            one.close()
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", each)) for each in ports]
        settings.setattr("socket.getaddrinfo", lambda *_, **__: found)
        assert outcome(settings, other) == (SENT, "Email sent to a@example.com", ["a@example.com"])
        other.close()
        kind, said, _ = outcome(settings, other)
    assert kind == (HELD if "SMTP_HOST" in told else PASSES) and one.taken == []
    assert (told if kind == HELD else "Connection refused") in said


def test_a_log_in_is_tried_at_one_address(settings: pytest.MonkeyPatch) -> None:
    refuses = {"AUTH": ["535 5.7.8 Authentication failed"]}
    with ScriptedSMTP(offers=PLAIN, replies=refuses) as server:
        here = ("127.0.0.1", int(server.settings()["SMTP_PORT"]))
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", here)] * 2
        settings.setattr("socket.getaddrinfo", lambda *_, **__: found)
        assert outcome(settings, server, **LOG_IN)[0] == HELD
    assert len(server.log_ins()) == 1


def test_a_large_mail_goes_in_blocks_each_of_which_may_take_its_time(
    settings: pytest.MonkeyPatch,
) -> None:
    """A time limit of a socket is one for all that a call sends."""
    lengths, real = [], socket.socket.sendall

    def sendall(self: socket.socket, block: bytes) -> None:
        lengths.append(len(block))
        real(self, block)

    settings.setattr(socket.socket, "sendall", sendall)
    with ScriptedSMTP() as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        large = Report(TOPIC, "", Path("t.pdf"), b"%PDF" + b"x" * 300_000)
        assert Delivery(addresses("a@example.com"), "run", {}).send(large).startswith("Email sent")
    assert max(lengths) <= 2**16 and sum(lengths) > 400_000


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        ("552 5.3.4 Message too big", REFUSED, "552 5.3.4 Message too big"),
        ("554 5.7.1 No viruses, please", REFUSED, "or mail the PDF by hand"),
        ("421 4.3.2 Shutting down", PASSES, "421 4.3.2 Shutting down"),
        ("250 Thanks", PASSES, "Broken pipe"),
        ("", PASSES, "Connection unexpectedly closed"),
    ],
)
def test_a_server_that_hangs_up_in_the_middle_of_a_mail(
    settings: pytest.MonkeyPatch, reply: str, kind: str, told: str
) -> None:
    real = socket.socket.sendall

    def sendall(self: socket.socket, block: bytes) -> None:
        if b"MIME-Version" in block:
            raise BrokenPipeError("Broken pipe")
        real(self, block)

    settings.setattr(socket.socket, "sendall", sendall)
    with ScriptedSMTP(replies={"MAIL ITSELF": [gone(reply)]}) as server:
        found = outcome(settings, server)
    assert found[0] == kind and told in found[1] and found[2] == []


@pytest.mark.parametrize("size", ["SIZE", "SIZE 0", "SIZE unlimited", "SIZE=10000000"])
def test_a_size_that_says_nothing(settings: pytest.MonkeyPatch, size: str) -> None:
    with ScriptedSMTP(offers=[size]) as server:
        assert outcome(settings, server) == (SENT, "Email sent to a@example.com", ["a@example.com"])


CORRECT, SHUT_OUT = "Correct SMTP_USERNAME", "Have the provider let this account send"


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("421 4.7.0 Too many connections", ""),
        ("451 4.3.0 Temporary lookup failure", ""),
        ("454 4.7.0 Too many login attempts", ""),
        ("454 4.7.0 Temporary authentication failure: Connection lost to authentication", ""),
        ("451 Authentication failed: Maximum credits exceeded", ""),
        ("432 4.7.12 A password transition is needed", CORRECT),
        (
            '500 5.5.1 Command unrecognized: "AHJlcG9ydHNAZXhhbXBsZS5jb20Aa29ycmVrdC1wZmVyZA=="',
            CORRECT,
        ),
        ("535 Login Fail. Please enter your authorization code to login", CORRECT),
        ("534-5.7.9 Application-specific password required.\r\n534 5.7.9 See x", "an app password"),
        ("535 5.7.0 (#AUTH005) Too many bad auth attempts.", CORRECT),  # Yahoo
        ("451 Authentication failed: Could not authenticate", CORRECT),  # SendGrid
        ("454 4.7.0 Invalid username or password", CORRECT),  # go-smtp
        ("454 4.7.0 no such user", CORRECT),  # Proton Mail Bridge
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", SHUT_OUT),
        ("535 5.7.139 Authentication unsuccessful, user is locked by your organization's security"
         " defaults policy", SHUT_OUT),
        ("535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be"
         " authenticated successfully", SHUT_OUT),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the"
         " Tenant", SHUT_OUT),
        ("550 5.7.30 Basic authentication is not supported for Client Submission", SHUT_OUT),
        ("534-5.7.14 Please log in via your web browser and\r\n534 5.7.14 try again", SHUT_OUT),
        ("535 5.7.8 Error: authentication failed: This user does not have access rights to this"
         " service", SHUT_OUT),  # Yandex
        ("550 User has no permission", SHUT_OUT),  # 163
        ("502 5.7.0 Your SMTP account is not yet activated", SHUT_OUT),  # Brevo
        ("535 IP not authorized", "Allow this machine's address"),
        ("525 5.7.1 Unauthorized IP address", "Allow this machine's address"),
        ("538 5.7.11 Encryption required for requested authentication mechanism",
         "SMTP_SECURITY=starttls"),
        ("530 5.7.7 Email sending without SSL/TLS encryption is not allowed",
         "SMTP_SECURITY=starttls"),
    ],
)  # fmt: skip
def test_a_log_in(settings: pytest.MonkeyPatch, reply: str, told: str) -> None:
    with ScriptedSMTP(offers=PLAIN, replies={"AUTH": [reply]}) as server:
        found = outcome(settings, server, **LOG_IN)
    assert found[0] == (HELD if told else PASSES) and found[2] == [], found
    assert told in found[1] and "AHJl" not in found[1]  # the password, in base64


@pytest.mark.parametrize(
    "replies",
    [
        ["504 5.7.4 Unrecognized authentication type", "334 VXNlcm5hbWU6", "235 Welcome"],
        ["535 5.7.8 Error: authentication failed: Invalid authentication mechanism", "235 Welcome"],
        ["334 ", "235 Welcome"],  # no first response with the command, please
    ],
)
def test_a_log_in_in_another_way(settings: pytest.MonkeyPatch, replies: list[str]) -> None:
    answers = {"AUTH": replies, connection.b64(LOG_IN["SMTP_USERNAME"]): ["334 UGFzc3dvcmQ6"]}
    with ScriptedSMTP(offers=["AUTH LOGIN PLAIN"], replies=answers) as server:
        assert outcome(settings, server, **LOG_IN)[0] == SENT
    assert len([line for line in server.lines if line.startswith("AUTH")]) <= 2


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


@pytest.mark.parametrize(
    "replies",
    [
        {"MAIL": ["250 OK", gone("421 4.7.0 Too many messages on this connection"), "250 OK"]},
        {"MAIL": ["250 OK", gone(""), "250 OK"]},  # it takes one on a connection, and says nothing
        {"RCPT TO:<b@example.com>": [gone("421 4.7.0 Too many recipients"), "250 OK"]},
        {"RCPT TO:<a@example.com>": ["550 Who?"], "RSET": [gone("421 Too many errors"), "250 OK"]},
    ],
    ids=repr,
)
def test_a_server_that_takes_few_mails_on_a_connection_gets_the_others_on_new_ones(
    settings: pytest.MonkeyPatch, replies: dict[str, list[str]]
) -> None:
    to = "a@example.com, b@example.com, c@example.com"
    with ScriptedSMTP(replies=replies) as server:
        kind, told, taken = outcome(settings, server, EMAIL_TO=to)
    assert kind == SENT and "b@example.com, c@example.com" in told
    assert taken[-2:] == ["b@example.com", "c@example.com"] and len(set(taken)) == len(taken)


def test_a_server_that_is_busy_at_each_connection_is_not_asked_again_at_once(
    settings: pytest.MonkeyPatch,
) -> None:
    with ScriptedSMTP(replies={"MAIL": ["250 OK", gone("421 4.7.0 Busy")]}) as server:
        kind, _, taken = outcome(settings, server, EMAIL_TO="a@example.com, b@example.com")
    assert kind == PASSES and taken == ["a@example.com"]
    assert len([line for line in server.lines if line.lower().startswith("mail")]) == 3


def test_a_retry_says_that_an_earlier_attempt_sent_a_mail_without_its_pdf(
    settings: pytest.MonkeyPatch,
) -> None:
    to, report = (
        addresses("a@example.com, b@example.com"),
        Report(TOPIC, "", Path("t.pdf"), b"%PDF"),
    )
    replies = {
        "RCPT TO:<a@example.com>": ["552 5.3.4 Too large", "250 Ok"],
        "RCPT TO:<b@example.com>": ["450 4.2.0 Greylisted", "250 Ok"],
    }
    with ScriptedSMTP(replies=replies) as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        first = Delivery(to, "run", {})
        with pytest.raises(ApplicationError, match="Greylisted"):
            first.send(report)
        told = Delivery(to, "run", dict(*first.progress())).send(report)
    assert "sent to a@example.com, b@example.com, without the PDF for a@example.com, which" in told
    assert "refused" not in told and len(server.taken) == 2


def test_another_spelling_of_an_address_is_the_same_mailbox(settings: pytest.MonkeyPatch) -> None:
    to = addresses("A@Example.com, b@BÜCHER.example, c@example.com")
    done = {"a@example.com": "", "b@xn--bcher-kva.example": "550 No such user"}
    with ScriptedSMTP() as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        told = Delivery(to, "run", done).send(Report(TOPIC, "", Path("t.pdf"), b"%PDF"))
    assert [recipient for recipient, _ in server.taken] == ["c@example.com"]
    assert told == (
        "Email sent to A@Example.com, c@example.com, but refused for b@BÜCHER.example"
        " (550 No such user)"
    )


def test_a_mailbox_has_its_message_id_wherever_it_stands_in_email_to(
    settings: pytest.MonkeyPatch,
) -> None:
    report = Report(TOPIC, "", Path("t.pdf"), b"%PDF")
    with ScriptedSMTP() as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        for to in ("a@example.com, b@example.com", "c@example.com, B@example.com, a@example.com"):
            Delivery(addresses(to), "run", {}).send(report)
    found = [
        (recipient.lower(), email.message_from_bytes(mail)["Message-ID"])
        for recipient, mail in server.taken
    ]
    assert len(found) == 5 and len(set(found)) == len({each for _, each in found}) == 3


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
