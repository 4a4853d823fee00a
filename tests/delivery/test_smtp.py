"""Mail servers as they really behave: what is held, what is tried again, and what goes out once."""

import asyncio
import contextlib
import email
import email.policy
import socket
import threading
from pathlib import Path

import pytest
from support.mail import Certificate
from support.programs import until
from support.runs import failed_attempt, start_run
from support.settings import TOPIC
from support.smtp import ScriptedSMTP
from support.temporal import running_worker
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    ResetActivityRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities import send_email
from generator.delivery import connection, smtp
from generator.delivery.addresses import addresses
from generator.delivery.mail import check_mail, plain_name
from generator.failures import HELD
from models import PDFGenerationInput, SendEmailInput

REPORT = PDFGenerationInput(content="They are small.", filename="t.pdf", topic=TOPIC)
LOG_IN = {"SMTP_USERNAME": "reports@example.com", "SMTP_PASSWORD": "korrekt-pferd-ä水"}


def use(settings: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        settings.setenv(name, value)


def send(**fields: str) -> str:
    return send_email(SendEmailInput(report=REPORT, **fields))


def failure() -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        send()
    text = str(caught.value)
    assert LOG_IN["SMTP_PASSWORD"] not in text and "Traceback" not in text and "codec" not in text
    return caught.value


# ---- Held, with the line to correct -------------------------------------------------------------

NO_LOG_IN = [
    {"RCPT": ["554 5.7.1 <a@example.com>: Recipient address rejected: Access denied"]},
    {"RCPT": ["554 5.7.1 <a@example.com>: Relay access denied"]},
    {"RCPT": ["454 4.7.1 <a@example.com>: Relay access denied"]},
    {"RCPT": ["550 relay not permitted"]},
    {"RCPT": ["550 5.7.1 Relaying denied. Proper authentication required"]},
    {"RCPT": ["550-Please turn on SMTP Authentication in your mail client.\r\n550 not permitted"
              " to relay through this server without authentication"]},
    {"MAIL": ["530 5.7.0 Authentication required"]},
    {"MAIL": ["530 5.7.57 Client not authenticated to send mail"]},
    {"MAIL": ["553 Sorry, that domain isn't in my list: authentication is required"]},
]  # fmt: skip


@pytest.mark.parametrize("replies", NO_LOG_IN, ids=lambda each: str(each)[:60])
def test_a_log_in_that_is_wanted_is_asked_for(
    settings: pytest.MonkeyPatch, replies: dict[str, list[str]]
) -> None:
    with ScriptedSMTP(replies=replies) as server:
        use(settings, server.settings())
        error = failure()
    assert error.type == HELD and "SMTP_USERNAME and SMTP_PASSWORD in .env" in error.message


@pytest.mark.parametrize(
    ("replies", "remedy"),
    [
        ({"MAIL": ["550 5.1.8 Sender address rejected: Domain not found"]}, "EMAIL_FROM"),
        ({"MAIL": ["501 5.1.7 Bad sender address syntax"]}, "EMAIL_FROM"),
        ({"RCPT": ["550 Sender verify failed"]}, "EMAIL_FROM"),
        (
            {"RCPT": ["553 5.7.1 <r@example.com>: Sender address rejected: not owned by user"]},
            "EMAIL_FROM",
        ),
        ({"MAIL": ["530 5.7.0 Must issue a STARTTLS command first"]}, "SMTP_SECURITY=starttls"),
        ({"GREETING": ["554 No SMTP service here"]}, "SMTP_"),
    ],
)  # fmt: skip
def test_a_setting_at_fault_is_called_that(
    settings: pytest.MonkeyPatch, replies: dict[str, list[str]], remedy: str
) -> None:
    with ScriptedSMTP(replies=replies) as server:
        use(settings, server.settings())
        error = failure()
    assert error.type == HELD and remedy in error.message, error.message


def test_an_address_at_fault_is_called_that_though_the_words_are_those_of_a_log_in(
    settings: pytest.MonkeyPatch,
) -> None:
    denied = "550 5.4.1 Recipient address rejected: Access denied. [exchange]"
    with ScriptedSMTP(replies={"RCPT": [denied]}) as server:
        use(settings, server.settings())
        error = failure()
    assert error.non_retryable and "refused a@example.com (550 5.4.1" in error.message


@pytest.mark.parametrize(
    ("offers", "remedy"),
    [
        ([], "offers no log-in on this connection. Correct SMTP_SECURITY"),
        (["STARTTLS"], "offers no log-in on this connection. Put SMTP_SECURITY=starttls in .env"),
        (["AUTH XOAUTH2 OAUTHBEARER"], "lets in by XOAUTH2, OAUTHBEARER alone"),
        (["AUTH GSSAPI NTLM"], "lets in by GSSAPI, NTLM alone"),
    ],
)
def test_no_way_to_log_in_is_said(
    settings: pytest.MonkeyPatch, offers: list[str], remedy: str
) -> None:
    with ScriptedSMTP(offers=offers) as server:
        use(settings, server.settings(**LOG_IN))
        error = failure()
    assert error.type == HELD and remedy in error.message and server.log_ins() == []


def test_one_wrong_password_is_one_failed_log_in(settings: pytest.MonkeyPatch) -> None:
    refuses = {"AUTH": ["535 5.7.8 Authentication failed"]}
    with ScriptedSMTP(offers=["AUTH CRAM-MD5 PLAIN LOGIN"], replies=refuses) as server:
        use(settings, server.settings(**LOG_IN))
        error = failure()
    assert error.type == HELD and "Correct SMTP_USERNAME and SMTP_PASSWORD" in error.message
    # UTF-8, by RFC 4616.
    assert server.log_ins() == [f"\0{LOG_IN['SMTP_USERNAME']}\0{LOG_IN['SMTP_PASSWORD']}"]
    assert sum(line.startswith("AUTH") for line in server.lines) == 1


def test_starttls_that_is_not_offered(settings: pytest.MonkeyPatch) -> None:
    with ScriptedSMTP() as server:
        use(settings, server.settings(SMTP_SECURITY="starttls"))
        error = failure()
    assert error.type == HELD and "offers no STARTTLS" in error.message


def test_tls_on_a_port_without(settings: pytest.MonkeyPatch) -> None:
    with ScriptedSMTP() as server:
        use(settings, server.settings(SMTP_SECURITY="tls"))
        error = failure()
    assert error.type == HELD and "SMTP_SECURITY=starttls" in error.message


@pytest.mark.parametrize("broken", [False, True])
def test_a_port_that_wants_tls_at_once(
    settings: pytest.MonkeyPatch, certificate: Certificate, broken: bool
) -> None:
    settings.setattr(connection, "SILENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening, ScriptedSMTP() as server:

        def shake_hands(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                if broken:  # as OpenSMTPD 6.8 on OpenSSL 3 was seen to do
                    connection.recv(5000)
                    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x50")  # alert: internal error
                    return
                certificate.context.wrap_socket(connection, server_side=True).close()

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=shake_hands, args=listening.accept()[:1]).start()

        threading.Thread(target=serve, daemon=True).start()
        use(settings, server.settings(SMTP_PORT=str(listening.getsockname()[1])))
        error = failure()
    assert error.type == HELD and "SMTP_SECURITY=tls" in error.message


@pytest.mark.parametrize("host", ["no-such-machine.invalid", "a..b", "x" * 70])
def test_a_host_that_cannot_be(settings: pytest.MonkeyPatch, host: str) -> None:
    with ScriptedSMTP() as server:
        use(settings, server.settings(SMTP_HOST=host))
        error = failure()
    assert error.type == HELD and "no machine of this name" in error.message


@pytest.mark.parametrize("host", ["smtp://mail.example.com", "mail.example.com:587", "a b"])
def test_a_host_that_is_none_is_found_at_the_start(settings: pytest.MonkeyPatch, host: str) -> None:
    use(settings, {"SMTP_HOST": host, "EMAIL_FROM": "a@b.c", "EMAIL_TO": "a@b.c"})
    assert check_mail() == [
        f"SMTP_HOST={host} is not the name of a machine: put SMTP_HOST=smtp.example.com in .env"
    ]


@pytest.mark.parametrize("offers", [[], ["AUTH PLAIN"]])
def test_a_server_that_may_mean_the_log_in_when_it_refuses_an_address(
    settings: pytest.MonkeyPatch, offers: list[str]
) -> None:
    """OpenSMTPD says of each address that is not its own: 550 Invalid recipient."""
    replies = {"RCPT": ["550 Invalid recipient: <a@example.com>"]}
    with ScriptedSMTP(offers=offers, replies=replies) as server:
        use(settings, server.settings())
        error = failure()
    assert error.non_retryable and "Correct the address" in error.message
    assert ("SMTP_USERNAME" in error.message) == bool(offers)


# ---- Sizes, recipients, addresses ---------------------------------------------------------------


@pytest.mark.parametrize(
    "habits",
    [
        {"offers": ["SIZE 2000"]},
        {"replies": {"DOT": ["552 5.3.4 Message size exceeds fixed limit", "250 Taken"]}},
        {"replies": {"MAIL": ["552 5.3.4 Message too big", "250 OK"]}},
        {"replies": {"DATA": ["554 5.3.4 Message too large", "354 Go on"]}},
    ],
    ids=lambda each: str(each)[:50],
)
def test_a_mail_that_is_too_large_goes_without_the_pdf(
    settings: pytest.MonkeyPatch, reports: Path, habits: dict[str, object]
) -> None:
    with ScriptedSMTP(**habits) as server:
        use(settings, server.settings())
        outcome = send()
    [(_, mail)] = server.taken
    message = email.message_from_bytes(mail, policy=email.policy.default)
    body = message.get_body()
    assert body and str(reports / "t.pdf") in body.get_content()
    assert message.get_content_type() == "text/plain"  # filters dislike a mixture of one
    assert "without the PDF, which is too large" in outcome


def test_each_of_several_recipients_gets_one_mail_and_keeps_it(
    settings: pytest.MonkeyPatch,
) -> None:
    to = 'a@example.com; "Doe, Jane" <b@example.com>, c@example.com,d@example.com, A@example.com'
    replies = {
        "RCPT TO:<c@example.com>": ["550 5.1.1 No such user"],
        "RCPT TO:<d@example.com>": ["450 4.2.0 Greylisted", "250 OK"],
    }
    with ScriptedSMTP(replies=replies) as server:
        use(settings, server.settings(EMAIL_TO=to))
        delivery = smtp.Delivery(addresses(to)[:4], "run", {})
        from generator.delivery.mail import Report

        report = Report(TOPIC, "", Path("t.pdf"), b"%PDF")
        with pytest.raises(ApplicationError, match=r"450 4\.2\.0 Greylisted, for d@example\.com"):
            delivery.send(report)
        [kept] = delivery.progress()
        again = smtp.Delivery(addresses(to)[:4], "run", dict(kept))
        outcome = again.send(report)
    assert [recipient for recipient, _ in server.taken] == [
        "a@example.com", "b@example.com", "d@example.com"
    ]  # fmt: skip
    assert outcome == (
        "Email sent to a@example.com, b@example.com, d@example.com, but refused for c@example.com"
        " (550 5.1.1 No such user)"
    )
    assert b'To: "Doe, Jane" <b@example.com>' in server.taken[1][1]
    assert server.lines.count("quit") == 2


def test_other_letters_in_addresses(settings: pytest.MonkeyPatch) -> None:
    to = "leser@straße.example, josé@example.com"
    with ScriptedSMTP() as server:
        use(settings, server.settings(EMAIL_TO=to))
        outcome = send()
    assert [recipient for recipient, _ in server.taken] == ["leser@xn--strae-oqa.example"]
    assert "refused for josé@example.com (this mail server takes no such letters" in outcome
    with ScriptedSMTP(offers=["SMTPUTF8", "8BITMIME"]) as server:
        use(settings, server.settings(EMAIL_TO=to))
        send()
    assert [recipient for recipient, _ in server.taken][1] == "josé@example.com"
    assert "To: josé@example.com".encode() in server.taken[1][1]
    assert not any("BODY=8BITMIME" in line for line in server.lines)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_FROM", "a@example.com, b@example.com"),
        ("EMAIL_FROM", "Smith, John <r@example.com>"),
        ("EMAIL_FROM", "reports"),
        ("EMAIL_TO", "a@example.com b@example.com"),
        ("EMAIL_TO", "a@example.com,, no address"),
        ("EMAIL_TO", "a@exa..mple.com, ü@..com"),
        ("EMAIL_TO", "Team: a@example.com, b@example.com;"),
    ],
)
def test_wrong_addresses_are_found_at_the_start(
    settings: pytest.MonkeyPatch, name: str, value: str
) -> None:
    use(settings, {"SMTP_HOST": "m", "EMAIL_FROM": "a@b.c", "EMAIL_TO": "a@b.c"} | {name: value})
    [problem] = check_mail()
    assert problem.startswith(f"{name}={value} ") and problem.endswith("in .env")


def test_addresses_with_names() -> None:
    [one, two] = addresses(' "Smith, John" <r@example.com> ;Jörg Ü <j@example.com>')
    assert (one.name, str(one)) == ("Smith, John", "r@example.com")
    assert (two.name, str(two)) == ("Jörg Ü", "j@example.com")


SUBJECTS = [
    "لماذا تعد بطيئات المشية قاسية جدا وكيف تبقى على قيد الحياة في الفراغ والبرد الشديد؟",
    "למה דובוני המים כל כך עמידים ואיך הם שורדים בוואקום של החלל ובקור העז?",
    "완보동물은 왜 그렇게 강인하며 진공과 극한의 추위 속에서 어떻게 살아남는가?",
    "Tại sao gấu nước lại bền bỉ đến vậy và chúng sống sót trong chân không như thế nào?",
    "Почему тихоходки так выносливы и как они переживают вакуум и сильный холод космоса?",
    "A plain and rather long question, with commas: why are tardigrades so tough, and how long?",
]


@pytest.mark.parametrize("topic", SUBJECTS, ids=lambda topic: topic[:12])
def test_a_subject_is_whole_in_every_language(settings: pytest.MonkeyPatch, topic: str) -> None:
    report = PDFGenerationInput(content="Small.", filename="水熊-é-12345678.pdf", topic=topic)
    with ScriptedSMTP() as server:
        use(settings, server.settings())
        send_email(SendEmailInput(report=report))
    [(_, mail)] = server.taken
    message = email.message_from_bytes(mail, policy=email.policy.default)
    assert message["Subject"] == f"Research report: {topic}"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_body()
    assert body and body["Content-Transfer-Encoding"] == "quoted-printable"  # and text in base64
    assert f"Topic: {topic}" in body.get_content().splitlines()
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "水熊-é-12345678.pdf"
    # Some programs that find two names in one header make one of both.
    assert b'; name="report-e-12345678.pdf"' in mail and b'filename="' not in mail
    assert max(map(len, mail.split(b"\r\n"))) < 998


def test_plain_names() -> None:
    names = {"café-水-1a2b3c4d.pdf": "cafe-1a2b3c4d.pdf", "水-1a2b3c4d.pdf": "report-1a2b3c4d.pdf"}
    names |= {"tough-1a2b3c4d.pdf": "tough-1a2b3c4d.pdf", "水.pdf": "report.pdf"}
    names |= {"水-bedcaa24.pdf": "report-bedcaa24.pdf", "facts.pdf": "facts.pdf"}
    assert {name: plain_name(name) for name in names} == names


# ---- Once ---------------------------------------------------------------------------------------


def test_a_slow_server_is_waited_for_as_long_as_rfc_5321_says() -> None:
    assert (connection.REPLY, connection.TAKEN) == (300, 600)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["the attempt", "the run"])
async def test_what_was_reset_while_the_server_has_the_mail_is_not_overtaken(
    client: Client, settings: pytest.MonkeyPatch, what: str
) -> None:
    held = threading.Event()
    with ScriptedSMTP(held=held) as server:
        use(settings, server.settings())
        async with running_worker(client):
            handle = await start_run(client)
            await until(lambda: "DATA" in server.lines)
            execution = WorkflowExecution(workflow_id=handle.id)
            if what == "the attempt":
                await client.workflow_service.reset_activity(
                    ResetActivityRequest(namespace=client.namespace, execution=execution, id="3")
                )
            else:
                await client.workflow_service.reset_workflow_execution(
                    ResetWorkflowExecutionRequest(
                        namespace=client.namespace,
                        workflow_execution=execution,
                        workflow_task_finish_event_id=16,
                        request_id="1",
                    )
                )
            await asyncio.sleep(2)  # for another attempt to come
            held.set()
            result = await client.get_workflow_handle(handle.id).result()
    assert result.startswith("Successfully")
    assert len(server.taken) == 1 and server.lines.count("DATA") == 1


async def test_a_run_goes_on_with_the_mail_once_the_log_in_is_there(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    with ScriptedSMTP(replies={"RCPT": ["550 relay not permitted", "250 OK"]}) as server:
        use(settings, server.settings())
        async with running_worker(client):
            handle = await start_run(client)
            assert "SMTP_USERNAME" in await failed_attempt(handle, "send_email")
            assert server.taken == []
