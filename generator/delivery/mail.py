"""A report as a mail: composing it, delivering it, and what the mail server answers."""

import email.utils
import re
import smtplib
import ssl
from email.message import EmailMessage

from temporalio.exceptions import ApplicationError

from generator.failures import held
from generator.received import is_one_address
from generator.settings import SMTP_PORTS, listed, public, setting, wrong_settings

TIMEOUT = 30.0  # seconds
LOG_IN_REFUSED = (530, 534, 535, 538)  # RFC 4954, section 6


def check_mail() -> list[str]:
    """Return what is wrong with the mail settings: a line each, with what to put in `.env`."""
    if not setting("SMTP_HOST"):
        return []
    problems = wrong_settings(
        ["SMTP_SECURITY", "SMTP_PORT", "EMAIL_FROM", "EMAIL_TO", "EMAIL_ALLOW"]
    )
    for name, value in {"EMAIL_FROM": _sender(), "EMAIL_TO": setting("EMAIL_TO")}.items():
        if "@" not in value and not setting(name):
            problems.append(
                f"{name} is unset, but SMTP_HOST is set: put {name}=you@example.com in .env"
            )
    if bool(setting("SMTP_USERNAME")) != bool(setting("SMTP_PASSWORD")):
        problems.append("SMTP_USERNAME and SMTP_PASSWORD go together: put both in .env, or neither")
    return problems


def check_recipient(chosen: str) -> None:
    """Raise unless a run may mail to whom it has chosen: one address, which EMAIL_ALLOW allows.

    Raises:
        ApplicationError: non-retryable.
    """
    problem = ""
    if chosen and not is_one_address(chosen):
        problem = f"{public(chosen)!r} is not one mail address"
    elif chosen and (allowed := listed("EMAIL_ALLOW")):
        domain = "@" + chosen.rpartition("@")[2]
        known = {each.casefold() for each in [*allowed, *listed("EMAIL_TO")]}
        if not {chosen.casefold(), domain.casefold()} & known:
            problem = f"EMAIL_ALLOW of this worker does not name {chosen}"
    if problem:
        raise ApplicationError(problem, type="MailRefused", non_retryable=True)


def _sender() -> str:
    return setting("EMAIL_FROM") or setting("SMTP_USERNAME")


def compose(
    recipient: str, topic: str, date: str, attachments: dict[str, bytes], run_id: str = ""
) -> EmailMessage:
    """Write the mail: `attachments` are PDFs by file name; a date that is none is left out.

    A mail server may take a message and die before it says so. The retry then sends it again; mail
    programs show two messages of one Message-ID once, so it is made of the run's ID.

    Raises:
        ApplicationError: non-retryable, as an address is none.
    """
    # "=?" would begin an encoded word, which can hold a line break.
    title = " ".join(topic.split())[:150].replace("=?", "= ?")
    sender = _sender()
    domain = sender.rpartition("@")[2].strip(" >") or "localhost"
    message = EmailMessage()
    try:
        message["From"], message["To"] = sender, recipient
        message["Subject"] = f"Research report: {title}"
        addresses = message["To"].addresses
        if not addresses or not all(address.username and address.domain for address in addresses):
            raise ValueError(f"{recipient!r} is no address")
    except ValueError as error:
        raise refused(501, str(error)) from None
    message["Date"] = email.utils.localtime()
    message["Message-ID"] = (
        f"<{run_id}@{domain}>" if run_id else email.utils.make_msgid(domain=domain)
    )
    dated = f"Date: {date}\n" if re.fullmatch(r"\d{4}-\d\d-\d\d", date, re.ASCII) else ""
    message.set_content(
        f"Here is the research report you asked for, as a PDF.\n\nTopic: {title}\n{dated}"
    )
    for name, content in attachments.items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message


def deliver(message: EmailMessage) -> list[str]:
    """Hand a message to the mail server of SMTP_HOST; return the recipients it refused.

    Raises:
        ApplicationError: retryable while the mail server is down; held if it does not let this
            program in; non-retryable if it refuses every recipient, or the message, for good.
    """
    try:
        return _send(message)
    except smtplib.SMTPRecipientsRefused as error:
        worst = min(error.recipients.values())  # one that may be taken later is worth a retry
        raise refused(*worst) from None
    except smtplib.SMTPResponseException as error:
        raise refused(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
        raise held(_sentence(0, str(error)) + REMEDY) from None
    except (OSError, smtplib.SMTPException) as error:
        raise refused(0, str(error) or type(error).__name__) from None


def _send(message: EmailMessage) -> list[str]:
    host, security = setting("SMTP_HOST"), setting("SMTP_SECURITY").lower()
    port = int(setting("SMTP_PORT") or SMTP_PORTS[security])
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if setting("SMTP_USERNAME"):
            server.login(setting("SMTP_USERNAME"), setting("SMTP_PASSWORD"))
        return list(server.send_message(message))
    finally:
        server.close()  # without QUIT: once the message is taken, no reply can change that


REMEDY = (
    ". Correct the SMTP_* settings in .env and restart the worker: the run goes on with the mail"
)


def refused(code: int, reason: bytes | str) -> ApplicationError:
    """Return the failure for an SMTP reply; 0 if there was none.

    By RFC 5321, section 4.2.1, codes from 500 on are permanent.
    """
    said = _sentence(code, reason)
    if code in LOG_IN_REFUSED:
        return held(said + REMEDY)
    if code >= 500:
        return ApplicationError(
            f"{said}. Correct the address, or the EMAIL_* settings in .env",
            type="MailRefused",
            non_retryable=True,
        )
    return ApplicationError(said, type="MailServerUnavailable")


def _sentence(code: int, reason: bytes | str) -> str:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    number = f"{code} " if code else ""
    host = setting("SMTP_HOST")
    return f"The mail server {host} did not take the report: {number}{public(text).rstrip('.')}"
