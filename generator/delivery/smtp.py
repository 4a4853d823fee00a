"""Handing mails to the server of SMTP_HOST: one for each recipient, each once.

What a reply means is decided by what it is about and not by its number alone, since servers choose
those freely: a setting of the worker's holds the run, an address is given up, anything else passes.
"""

import base64
import contextlib
import hashlib
import hmac
import re
import select
import smtplib
import socket
import ssl
from collections.abc import Iterator

from temporalio.exceptions import ApplicationError

from generator.delivery.addresses import Address
from generator.delivery.mail import Report
from generator.failures import held
from generator.settings import SMTP_PORTS, public, setting

# Seconds. RFC 5321, section 4.5.3.2: a client that gives up sooner is sent to for nothing, as many
# a server delivers what it has taken while nobody waited for its reply.
CONNECT, REPLY, DATA_BLOCK, TAKEN = 30.0, 300.0, 180.0, 600.0
SILENCE = 20.0  # before the greeting, after which it is asked whether the server waits for TLS

# Of OpenSSL: what comes is no TLS; X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH.
NO_TLS_THERE = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
OTHER_NAME = (62, 64)

NO_LOG_IN = re.compile(
    r"access denied|relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not (?:permitted|allow))"
    r"|not permitted to relay|auth(?:entication|enticate)? (?:is )?(?:required|needed|first)"
    r"|log ?in required|not authenticated|must (?:be )?authenticat",
    re.IGNORECASE,
)
NO_TLS = re.compile(r"starttls|(?:requires?|without|use) (?:tls|ssl|encryption)", re.IGNORECASE)
SENDER = re.compile(r"\bsender\b|\bmail from\b|\bfrom address\b|not owned by", re.IGNORECASE)
TOO_LARGE = re.compile(
    r"5\.3\.4|5\.2\.3|(?:message|mail|size).{0,40}(?:too (?:big|large)|exceed|limit)", re.IGNORECASE
)


class Delivery:
    """One report on its way to its recipients; what is done of it survives an attempt."""

    def __init__(self, recipients: list[Address], run_id: str, done: dict[str, str]) -> None:
        self.recipients, self.run_id = recipients, run_id
        self.done = done  # by address: "" where the server took the mail, or why it never will
        self.put_off: dict[str, str] = {}  # by address: why the server does not take it now
        self.attached = True
        self.may_want_log_in = False

    def progress(self) -> tuple[list[list[str]]]:
        """Return what the next attempt must know: a pair for each recipient that is done."""
        return ([[address, why] for address, why in self.done.items()],)

    def send(self, report: Report) -> str:
        """Send what is still to be sent; return what became of it, in one sentence.

        Raises:
            ApplicationError: retryable while a recipient, or the server, puts it off; held while a
                setting is wrong; non-retryable if no recipient can ever get it.
        """
        to_correct: ApplicationError | None = None
        open_ones = [each for each in self.recipients if str(each) not in self.done]
        if open_ones:
            with failures(), connected() as server:
                log_in(server)
                self.may_want_log_in = server.has_extn("auth") and not setting("SMTP_USERNAME")
                for recipient in open_ones:
                    try:
                        self.send_one(server, report, recipient)
                    except ApplicationError as error:  # held; the others shall have theirs
                        to_correct = to_correct or error
                        server.rset()
        if to_correct:
            raise to_correct
        if self.put_off:
            address, why = next(iter(self.put_off.items()))
            raise passing(f"{why}, for {address}")
        sent = [address for address, why in self.done.items() if not why]
        refused = [f"{address} ({why})" for address, why in self.done.items() if why]
        if not sent:
            raise ApplicationError(
                f"The mail server refused {'; '.join(refused)}. Correct the address"
                + ", or put SMTP_USERNAME and SMTP_PASSWORD in .env" * self.may_want_log_in,
                type="MailRefused",
                non_retryable=True,
            )
        outcome = f"Email sent to {', '.join(sent)}"
        if not self.attached:
            outcome += f", without the PDF, which is too large for the server: {report.file}"
        return outcome + (f", but refused for {'; '.join(refused)}" if refused else "")

    def send_one(self, server: smtplib.SMTP, report: Report, recipient: Address) -> None:
        """Send one mail in a transaction of its own, so that its reply is about it alone."""
        if not recipient.is_ascii and not server.has_extn("smtputf8"):
            self.done[str(recipient)] = "this mail server takes no such letters before the @"
            return
        number = self.recipients.index(recipient)
        message_id = f"{self.run_id}.{number}" if self.run_id and number else self.run_id
        mail = report.mail(recipient, message_id, self.attached)
        most = int(server.esmtp_features.get("size") or 0)  # bytes; 0: not said
        reply = (552, "") if 0 < most < len(mail) else transaction(server, report, recipient, mail)
        if self.attached and is_too_large(*reply):
            self.attached = False
            mail = report.mail(recipient, message_id, attached=False)
            reply = transaction(server, report, recipient, mail)
        code, text = reply
        if code == 250:
            self.done[str(recipient)] = ""
        elif 500 <= code < 600:
            self.done[str(recipient)] = said(code, text)
        else:
            self.put_off[str(recipient)] = said(code, text)


def transaction(
    server: smtplib.SMTP, report: Report, recipient: Address, mail: bytes
) -> tuple[int, str]:
    """Offer one mail; return the reply that decides on it.

    Raises:
        ApplicationError: held, as what the server dislikes is a setting and not this mail.
    """
    sender = report.sender
    options = [f"SIZE={len(mail)}"] * server.has_extn("size")
    options += ["SMTPUTF8"] * (not (recipient.is_ascii and sender.is_ascii))
    limit(server, REPLY)
    code, text = decoded(server.mail(sender.on_the_wire, options))
    if code == 250:
        code, text = decoded(server.rcpt(recipient.on_the_wire))
    elif not is_too_large(code, text):
        hold_for_a_setting(code, text, of_the_sender=code >= 500)
    if code in (250, 251):
        code, text = decoded(server.docmd("DATA"))
    if code == 354:
        limit(server, DATA_BLOCK)
        server.send(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
        limit(server, TAKEN)
        code, text = decoded(server.getreply())
    limit(server, REPLY)
    if code != 250:
        hold_for_a_setting(code, text)
        server.rset()
    return code, text


# ---- The connection -----------------------------------------------------------------------------


class Connection(smtplib.SMTP):
    """A connection whose first moments are told apart: no way there, silence, or the wrong TLS."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), CONNECT)
        if security() == "tls":
            context = ssl.create_default_context()
            connection = context.wrap_socket(connection, server_hostname=host)
        elif not select.select([connection], [], [], SILENCE)[0] and speaks_tls(host, port):
            raise wrong(
                f"port {port} speaks TLS from the start",
                "Put SMTP_SECURITY=tls in .env, or the SMTP_PORT of STARTTLS",
            )
        connection.settimeout(REPLY)
        return connection


def security() -> str:
    return setting("SMTP_SECURITY").lower()


def port() -> int:
    return int(setting("SMTP_PORT") or SMTP_PORTS[security()])


def speaks_tls(host: str, port: int) -> bool:
    """Tell whether a server wants TLS before a word is said; nothing but that is asked."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), CONNECT) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except ssl.SSLEOFError:
        return False
    except ssl.SSLError as error:  # an alert is TLS, too
        return error.reason not in NO_TLS_THERE
    except OSError:
        return False


@contextlib.contextmanager
def connected() -> Iterator[smtplib.SMTP]:
    server = Connection(setting("SMTP_HOST"), port())
    try:
        if security() == "starttls":
            server.ehlo_or_helo_if_needed()
            if not server.has_extn("starttls"):
                raise wrong(
                    f"it offers no STARTTLS on port {port()}",
                    "Put SMTP_SECURITY=tls in .env, or none for a server on this machine",
                )
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        yield server
        with contextlib.suppress(OSError, smtplib.SMTPException):
            limit(server, CONNECT)
            server.quit()  # once the mails are taken, no reply can change that
    finally:
        server.close()


def limit(server: smtplib.SMTP, seconds: float) -> None:
    """Limit how long the server may take over what comes next."""
    if server.sock:
        server.sock.settimeout(seconds)


def log_in(server: smtplib.SMTP) -> None:
    """Log in once, if SMTP_USERNAME is set: a second try is a second failure at the server.

    Names and passwords go as UTF-8 (RFC 4616); smtplib takes ASCII alone.

    Raises:
        ApplicationError: held, as it is not possible.
        SMTPResponseException: it cannot be told now.
    """
    user, password = setting("SMTP_USERNAME"), setting("SMTP_PASSWORD")
    if not user:
        return
    offered = server.esmtp_features.get("auth", "").upper().split()
    if not offered:
        security = (
            "Put SMTP_SECURITY=starttls" if server.has_extn("starttls") else "Correct SMTP_SECURITY"
        )
        raise wrong(
            "it offers no log-in on this connection",
            f"{security} in .env, or take SMTP_USERNAME and SMTP_PASSWORD out",
        )
    known = next((each for each in ("PLAIN", "LOGIN", "CRAM-MD5") if each in offered), "")
    match known:
        case "PLAIN":
            reply = server.docmd("AUTH", f"PLAIN {b64(f'{chr(0)}{user}{chr(0)}{password}')}")
        case "LOGIN":
            reply = server.docmd("AUTH", "LOGIN")
            for answer in (user, password):
                reply = server.docmd(b64(answer)) if reply[0] == 334 else reply
        case "CRAM-MD5":
            reply = server.docmd("AUTH", "CRAM-MD5")
            if reply[0] == 334:
                challenge = base64.b64decode(reply[1])
                digest = hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()
                reply = server.docmd(b64(f"{user} {digest}"))
        case _:
            raise wrong(
                f"it lets in by {', '.join(offered)} alone, which this program does not speak",
                "Put a server that takes a password in .env, SMTP_HOST=...",
            )
    code, text = decoded(reply)
    if (400 <= code < 500 and code != 454) or code >= 500:
        raise wrong(
            f"it did not accept the log-in, {said(code, text)}",
            "Correct SMTP_USERNAME and SMTP_PASSWORD in .env",
        )
    if code != 235:
        raise smtplib.SMTPResponseException(code, text)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# ---- What went wrong ----------------------------------------------------------------------------


@contextlib.contextmanager
def failures() -> Iterator[None]:
    """Raise what goes wrong with a connection as an ApplicationError: held, or worth a retry."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        code, text = decoded((error.smtp_code, error.smtp_error))
        hold_for_a_setting(code, text)
        if code >= 500:
            raise wrong(said(code, text), "Correct the SMTP_* settings in .env") from None
        raise passing(said(code, text)) from None
    except ssl.SSLCertVerificationError as error:
        raise wrong(
            f"its certificate is not trusted ({error.verify_message})",
            "Put the name that is in it in .env, SMTP_HOST=..."
            if error.verify_code in OTHER_NAME
            else "Renew it at the server, or for an authority of your own put SSL_CERT_FILE=<file>"
            " in .env",
        ) from None
    except ssl.SSLError as error:
        if error.reason in NO_TLS_THERE:
            raise wrong(
                f"port {port()} does not begin with TLS", "Put SMTP_SECURITY=starttls in .env"
            ) from None
        raise passing(str(error.reason or error)) from None
    except (socket.gaierror, UnicodeError) as error:
        unknown = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        if isinstance(error, UnicodeError) or error.errno in unknown:
            raise wrong("there is no machine of this name", "Correct SMTP_HOST in .env") from None
        raise passing(str(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise passing(str(error) or type(error).__name__) from None


def hold_for_a_setting(code: int, text: str, of_the_sender: bool = False) -> None:
    """Raise a held failure if a reply says that a setting of the worker's is wrong."""
    if code < 400:
        return
    reply = said(code, text)
    if code == 530 and NO_TLS.search(text):
        raise wrong(reply, "Put SMTP_SECURITY=starttls in .env")
    # 5.1.x and 5.4.1 are about the recipient, whatever the words: Exchange says "Access denied".
    about_recipient = re.match(r"[45]\.(?:1\.[0-6]|4\.1)\b", text)
    if code in (530, 534, 535, 538) or (NO_LOG_IN.search(text) and not about_recipient):
        if setting("SMTP_USERNAME"):
            remedy = "Correct SMTP_USERNAME, SMTP_PASSWORD or EMAIL_FROM in .env"
        else:
            remedy = "Put SMTP_USERNAME and SMTP_PASSWORD in .env"
        raise wrong(reply, remedy)
    if of_the_sender or (code >= 500 and SENDER.search(text)):
        raise wrong(reply, "Correct EMAIL_FROM in .env")


def is_too_large(code: int, text: str) -> bool:
    return code in (523, 552) or (code >= 500 and bool(TOO_LARGE.search(text)))


def wrong(what: str, remedy: str) -> ApplicationError:
    """Return the failure that holds a run until a setting is corrected."""
    return held(f"{not_taken()}: {what.rstrip('.')}. {remedy} and restart the worker")


def passing(what: str) -> ApplicationError:
    return ApplicationError(
        f"{not_taken()}: {public(what).rstrip('.')}", type="MailServerUnavailable"
    )


def not_taken() -> str:
    return f"The mail server {setting('SMTP_HOST')} did not take the report"


def decoded(reply: tuple[int, bytes | str]) -> tuple[int, str]:
    code, text = reply
    return code, text.decode(errors="replace") if isinstance(text, bytes) else text


def said(code: int, text: str) -> str:
    """Return a reply in the server's words, on one line and without secrets."""
    return f"{code} {public(text).rstrip('.')}"
