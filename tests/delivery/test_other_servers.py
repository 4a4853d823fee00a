"""Mail that goes to real Exim, OpenSMTPD and Dovecot: copies counted, mails opened by others.

OpenSMTPD has no TLS here: Debian's 6.8 breaks off every handshake on OpenSSL 3.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.mail import Certificate
from support.mail_servers import PASSWORD, USER, Dovecot, Exim, OpenSMTPD
from support.postfix import Mailbox, Postfix
from support.settings import ROOT, TOPIC
from temporalio.exceptions import ApplicationError

from activities import send_email
from generator.delivery import connection
from generator.failures import HELD
from models import PDFGenerationInput, SendEmailInput

pytestmark = [pytest.mark.real, pytest.mark.slow]

REPORT = PDFGenerationInput(content="They are small.", filename="t-水.pdf", topic=TOPIC)
LOG_IN = {"SMTP_USERNAME": USER, "SMTP_PASSWORD": PASSWORD}
SENDING = """
from activities import send_email
from models import PDFGenerationInput, SendEmailInput
print(send_email(SendEmailInput(PDFGenerationInput("They are small."))))
"""
LISTEN = "listen on 127.0.0.1 port <port>"


def send(settings: pytest.MonkeyPatch, server: Mailbox, **more: str) -> str:
    for name, value in server.settings(**more).items():
        settings.setenv(name, value)
    return send_email(SendEmailInput(report=REPORT))


def held(settings: pytest.MonkeyPatch, server: Mailbox, **more: str) -> str:
    """Send, and return why that is held; the password is no part of it."""
    with pytest.raises(ApplicationError) as caught:
        send(settings, server, **more)
    assert caught.value.type == HELD and PASSWORD[:-1] not in str(caught.value)
    return caught.value.message


def arrived(server: Mailbox, number: int) -> list[bytes]:
    deadline = time.monotonic() + 100
    while len(server.mails()) < number and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)  # for one too many
    return server.mails()


@pytest.mark.parametrize("kind", ["exim", "opensmtpd"])
def test_each_recipient_has_one_copy(settings: pytest.MonkeyPatch, kind: str) -> None:
    more = {"EMAIL_TO": "c@else.example; a@example.com, b@example.com"}
    with Exim() if kind == "exim" else OpenSMTPD(LISTEN) as server:
        if kind == "exim":
            assert "relay not permitted. Put SMTP_USERNAME" in held(settings, server, **more)
        else:  # which says of each address that it does not know what it says of this one
            outcome = send(settings, server, **more)
            assert "refused for c@else.example (550 Invalid recipient: <c@else" in outcome
        mails = arrived(server, 2)
    for mail, name in zip(sorted(mails, key=lambda each: b"To: b@" in each), "ab", strict=True):
        assert f"To: {name}@example.com".encode() in mail


def test_servers_that_take_long_after_the_final_dot_deliver_one_copy(tmp_path: Path) -> None:
    """Postfix delivers each attempt that is given up, and Exim none of them."""
    slow_exim = "acl_smtp_data = ${run{/bin/sleep 31}{accept}{accept}}"
    with Exim(slow_exim) as exim, Postfix("smtpd_end_of_data_restrictions = sleep 31") as postfix:
        servers: list[Mailbox] = [exim, postfix]
        sending = []
        for server in servers:
            environment = os.environ | server.settings(REPORTS_DIR=str(tmp_path))
            environment["PYTHON_DOTENV_DISABLED"] = "1"
            sending.append(
                subprocess.Popen(
                    [sys.executable, "-c", SENDING], cwd=ROOT, env=environment,
                    stdout=subprocess.PIPE, text=True,
                )
            )  # fmt: skip
        for server, process in zip(servers, sending, strict=True):
            assert process.communicate(timeout=120)[0] == "Email sent to a@example.com\n"
            assert len(arrived(server, 1)) == 1


# ---- Log-ins, by Dovecot's SASL -----------------------------------------------------------------


def with_dovecot(server: Dovecot) -> Postfix:
    return Postfix(
        "smtpd_sasl_auth_enable = yes",
        "smtpd_sasl_type = dovecot",
        f"smtpd_sasl_path = inet:127.0.0.1:{server.port}",
        "smtpd_relay_restrictions = permit_sasl_authenticated, reject",
    )


def test_a_wrong_password_is_one_failed_log_in(settings: pytest.MonkeyPatch) -> None:
    with Dovecot("cram-md5 plain login") as log_ins, with_dovecot(log_ins) as server:
        refused = held(settings, server, **LOG_IN | {"SMTP_PASSWORD": PASSWORD[:-1]})
        assert "535 5.7.8" in refused and "Correct SMTP_USERNAME and SMTP_PASSWORD" in refused
        assert log_ins.log().count("Password mismatch") == 1
        assert send(settings, server, **LOG_IN) == "Email sent to a@example.com"
        assert len(arrived(server, 1)) == 1


def test_a_server_that_takes_no_password(settings: pytest.MonkeyPatch) -> None:
    with Dovecot("xoauth2 oauthbearer scram-sha-256") as log_ins, with_dovecot(log_ins) as server:
        message = held(settings, server, **LOG_IN)
        assert "lets in by" in message and "XOAUTH2" in message and "SCRAM-SHA-256" in message
        settings.delenv("SMTP_USERNAME")
        settings.delenv("SMTP_PASSWORD")
        assert "Access denied. Put SMTP_USERNAME" in held(settings, server)
        assert server.mails() == []


# ---- TLS ----------------------------------------------------------------------------------------


def with_tls(kind: str, security: str, certificate: Certificate) -> Exim | Postfix:
    if kind == "exim":
        lines = "tls_advertise_hosts = *\ntls_certificate = <folder>/chain"
        wrapped = "\ntls_on_connect_ports = <port>" * (security == "tls")
        return Exim(f"{lines}\ntls_privatekey = <folder>/key{wrapped}", certificate)
    return Postfix(
        f"smtpd_tls_cert_file = {certificate.chain}",
        f"smtpd_tls_key_file = {certificate.key}",
        "smtpd_tls_wrappermode = yes" if security == "tls" else "smtpd_tls_security_level = may",
    )


@pytest.mark.parametrize(
    ("kind", "security"), [("exim", "tls"), ("exim", "starttls"), ("postfix", "starttls")]
)
def test_tls(
    settings: pytest.MonkeyPatch, certificate: Certificate, kind: str, security: str
) -> None:
    settings.setattr(connection, "SILENCE", 1.0)
    with with_tls(kind, security, certificate) as server:
        right = {"SMTP_HOST": "localhost", "SMTP_SECURITY": security}
        assert "put SSL_CERT_FILE=<file> in .env" in held(settings, server, **right)
        settings.setenv("SSL_CERT_FILE", str(certificate.chain))
        assert "SMTP_HOST=..." in held(settings, server, **right | {"SMTP_HOST": "127.0.0.1"})
        other = "starttls" if security == "tls" else "tls"
        wrong_mode = held(settings, server, **right | {"SMTP_SECURITY": other})
        assert f"SMTP_SECURITY={security}" in wrong_mode
        assert server.mails() == []
        assert send(settings, server, **right) == "Email sent to a@example.com"
        assert len(arrived(server, 1)) == 1


# ---- Opened by other programs -------------------------------------------------------------------

SUBJECTS = [
    "水熊虫为什么如此顽强，它们如何在太空的真空和极寒中存活下来，又能沉睡多少年之久？",
    "لماذا تعد بطيئات المشية قاسية جدا وكيف تبقى على قيد الحياة في الفراغ والبرد الشديد؟",
    "Why are tardigrades so tough, " + "and how long, " * 8,
]
DECODE = (
    "use Encode; local $/; <STDIN> =~ /^Subject: (.*?)\\r?\\n(?=\\S)/ms; $_ = $1; s/\\r?\\n//g;"
)
DECODE += " print encode('UTF-8', decode('MIME-Header', $_))"


@pytest.mark.parametrize("topic", SUBJECTS, ids=lambda topic: topic[:6])
def test_other_programs_open_the_mail(
    settings: pytest.MonkeyPatch, tmp_path: Path, topic: str
) -> None:
    if not all(map(shutil.which, ("munpack", "perl", "pdftotext"))):
        pytest.skip("needs Debian's packages mpack, perl and poppler-utils")
    with Exim() as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        report = PDFGenerationInput("They are small.", "tough-café-水-1a2b3c4d.pdf", topic)
        send_email(SendEmailInput(report))
        [mail] = arrived(server, 1)
    subject = subprocess.run(["perl", "-e", DECODE], input=mail, capture_output=True).stdout
    assert subject.decode() == f"Research report: {topic[:150].strip()}"
    subprocess.run(["munpack", "-q"], input=mail, cwd=tmp_path, check=True, capture_output=True)
    pdf = tmp_path / "tough-cafe-1a2b3c4d.pdf"
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True).stdout
    assert "They are small." in text
