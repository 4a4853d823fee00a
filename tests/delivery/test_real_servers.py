"""Mail that goes to real servers: Postfix and postgrey, as Debian has them."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.postfix import Postfix
from support.programs import free_port, tcp_answers
from support.settings import TOPIC
from temporalio.exceptions import ApplicationError

from activities import send_email
from generator.failures import HELD
from models import PDFGenerationInput, SendEmailInput

pytestmark = [pytest.mark.real, pytest.mark.slow]

REPORT = PDFGenerationInput(content="They are small.", filename="t-水.pdf", topic=TOPIC)


def send(settings: pytest.MonkeyPatch, server: Postfix, **more: str) -> str:
    for name, value in server.settings(**more).items():
        settings.setenv(name, value)
    return send_email(SendEmailInput(report=REPORT))


def arrived(server: Postfix, number: int) -> list[bytes]:
    deadline = time.monotonic() + 100
    while len(server.mails()) < number and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)  # for one too many
    return server.mails()


def test_each_recipient_has_one_copy(settings: pytest.MonkeyPatch) -> None:
    with Postfix() as server:
        with pytest.raises(ApplicationError, match="Relay access denied"):
            send(settings, server, EMAIL_TO="c@else.example; a@example.com, b@example.com")
        mails = arrived(server, 2)
    assert [b"Delivered-To: a@" in mail for mail in mails].count(True) == 1
    assert [b"Delivered-To: b@" in mail for mail in mails].count(True) == 1


def test_relaying_without_a_log_in_is_held(settings: pytest.MonkeyPatch) -> None:
    with Postfix() as server, pytest.raises(ApplicationError) as caught:
        send(settings, server, EMAIL_TO="a@elsewhere.example")
    assert caught.value.type == HELD
    assert "Relay access denied. Put SMTP_USERNAME" in caught.value.message


def test_a_machine_without_a_name_is_held_though_postfix_says_450(
    settings: pytest.MonkeyPatch,
) -> None:
    nameless = "smtpd_client_restrictions = reject_unknown_client_hostname"
    with (
        Postfix(nameless, "smtpd_peername_lookup = no") as server,
        pytest.raises(ApplicationError, match="cannot find your hostname") as caught,
    ):
        send(settings, server)
    assert caught.value.type == HELD and "EMAIL_FROM's provider" in caught.value.message


def test_after_too_many_errors_the_others_go_on_a_new_connection(
    settings: pytest.MonkeyPatch,
) -> None:
    known = "virtual_mailbox_maps = inline:{a@example.com=inbox/}"
    limits = ["smtpd_soft_error_limit = 1", "smtpd_hard_error_limit = 2"]
    with Postfix(known, "smtpd_error_sleep_time = 0", *limits) as server:
        to = "x@example.com, y@example.com, z@example.com, a@example.com"
        told = send(settings, server, EMAIL_TO=to)
        assert told.startswith("Email sent to a@example.com, but refused for x@example.com")
        assert len(arrived(server, 1)) == 1


def test_a_mail_that_is_too_large_goes_without_the_pdf(settings: pytest.MonkeyPatch) -> None:
    with Postfix("message_size_limit = 2500") as server:
        assert "without the PDF" in send(settings, server)
        [mail] = arrived(server, 1)
    assert b"application/pdf" not in mail


@contextmanager
def postgrey(delay: int) -> Iterator[int]:
    """Debian's greylisting service, on a port of its own."""
    if not shutil.which("postgrey"):
        pytest.skip("needs Debian's package postgrey")
    folder, port = Path(tempfile.mkdtemp(prefix="postgrey-")), free_port()
    folder.chmod(0o777)
    command = ["postgrey", f"--inet=127.0.0.1:{port}", f"--dbdir={folder}", f"--delay={delay}"]
    with subprocess.Popen(
        [*command, "--auto-whitelist-clients=0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            deadline = time.monotonic() + 100
            while not tcp_answers(port):
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            shutil.rmtree(folder, ignore_errors=True)


def test_a_greylisted_mail_arrives_once(settings: pytest.MonkeyPatch) -> None:
    with (
        postgrey(delay=2) as port,
        Postfix(f"smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{port}") as it,
    ):
        with pytest.raises(ApplicationError) as caught:
            send(settings, it)
        assert not caught.value.non_retryable and caught.value.type == "MailServerUnavailable"
        assert "450 4.2.0" in caught.value.message and "a@example.com" in caught.value.message
        time.sleep(3)
        assert send(settings, it) == "Email sent to a@example.com"
        assert len(arrived(it, 1)) == 1
