"""What a mail server's reply, or its silence, means for a run.

That is decided by what a reply is about and not by its number alone, since servers choose those
freely: a setting of the worker's holds the run, an address is given up, anything else passes.
"""

import binascii
import contextlib
import os
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator

from temporalio.exceptions import ApplicationError

from generator.failures import held
from generator.settings import SMTP_PORTS, public, setting

# Of OpenSSL: what comes is no TLS; X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH.
NO_TLS_THERE = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
OTHER_NAME = (62, 64)
OLD_TLS = re.compile("PROTOCOL|HANDSHAKE_FAILURE|CIPHER|KEY_TOO_SMALL|TOO_WEAK")

NO_LOG_IN = re.compile(
    # Microsoft goes on after a comma, about what it has against the machine.
    r"access denied(?!,)|unable to relay|rcpthosts|unauthenticated (?:sender|user|client)"
    r"|relay(?:ing)? (?:access )?(?:is )?(?:denied|disallowed|prohibited|not (?:permitted|allow))"
    r"|not permitted to relay|log ?in required|not (?:authenticated|logged in)"
    r"|must (?:be )?authenticat|invalid credentials"
    r"|auth(?:entication|enticate)?(?: command)? (?:is )?(?:required|needed|first)",
    re.IGNORECASE,
)
NO_TLS = re.compile(
    r"starttls|(?:requires?|without|use) (?:tls|ssl|encryption)"
    r"|(?:tls|ssl|encryption) (?:is )?(?:required|needed)",
    re.IGNORECASE,
)
# The machine itself is not welcome: blocked, without a name, or not one that may send for a domain.
UNWELCOME = re.compile(
    r"blocked using|client host|\bIP\b.{0,40}(?:block|listed|reputation|not authori)|black ?list"
    r"|from this (?:IP|range)|\bbad IP"
    r"|(?:poor|bad|low) reputation|block ?list|\bPTR\b|reverse DNS|\b(?:SPF|DMARC|DKIM)\b|spamhaus"
    r"|\bdnsbl|\bhelo\b",
    re.IGNORECASE,
)
SENDER = re.compile(
    r"5\.1\.[78]\b|\bsender\b|\bmail from\b|\bfrom address\b|not owned by|return path|spoof"
    r"|header (?:address|from)|send ?as|sending from|(?:address|domain) is not verified",
    re.IGNORECASE,
)
# The log-in is right, or may be, and the provider lets nobody in by it.
SHUT_OUT = re.compile(
    r"\bdisabled\b|basic authentication|security defaults|access rights|no permission|web browser"
    r"|not (?:yet )?activated|(?:account|user)\b.{0,30}\b(?:locked|blocked|suspended)|criteria",
    re.IGNORECASE,
)
# The same, said of a mail: a recipient's account may be disabled, too.
ON_TRIAL = r"is not allowed to send|only send test|test(?:ing)? purposes|demo domain"
MAY_NOT_SEND = re.compile(
    r"outgoing (?:is )?blocked|sending account|account is not available"
    r"|\byour (?:\w+ ){0,2}account (?:is|has)|" + ON_TRIAL,
    re.IGNORECASE,
)
# No retry mends it though the code says so: Postfix has 450 for a name that is not in the DNS,
# Resend for a domain, Mailgun 421 for an account on trial, Gmail 421 for the codes of RFC 7372.
LASTING = re.compile(
    r"^4\.7\.2\d\b|(?:domain|host) not found|cannot find your|\bis not verified|" + ON_TRIAL,
    re.IGNORECASE,
)
SHUT_OUT_REMEDY = (
    "Have the provider let this account send by SMTP, or put another SMTP_HOST in .env"
)
# Of a log-in, whatever the code: go-smtp's usual one is 454, SendGrid's 451.
WRONG_LOG_IN = re.compile(
    r"(?<!temporary )authentication failed|no such user"
    r"|\b(?:incorrect|invalid|wrong|bad)\b.{0,20}\b(?:user ?name|log-?in|password|credentials?)",
    re.IGNORECASE,
)
# What the account may send in a day or an hour; neither a mail nor a mailbox has a rate.
SENT_ENOUGH = re.compile(
    r"\b(?:daily|hourly|sending|outgoing|submission|relay|rate|frequency|credits?)\b.{0,40}"
    r"(?:limit|quota|exceed)|(?:exceed|only|limit).{0,40}\b(?:minute|hour|day)|unusual sending"
    r"|too many (?:messages|e?mails)",
    re.IGNORECASE,
)
# To a log-in: the server's trouble, and not a wrong password.
PASSING = (421, 450, 451, 452, 454)
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463
FULL = re.compile(r"[45]\.2\.2\b|quota|(?:mail)?box (?:is )?full", re.IGNORECASE)
TOO_LARGE = re.compile(
    r"5\.3\.4|5\.2\.3|(?:message|mail|size|attachment).{0,40}(?:too (?:big|large)|exceed|limit)",
    re.IGNORECASE,
)


def security() -> str:
    return setting("SMTP_SECURITY").lower()


def port() -> int:
    return int(setting("SMTP_PORT") or SMTP_PORTS[security()])


@contextlib.contextmanager
def failures() -> Iterator[None]:
    """Raise what goes wrong with a connection as an ApplicationError: held, or worth a retry."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        code, text = decoded((error.smtp_code, error.smtp_error))
        if isinstance(error, smtplib.SMTPConnectError) and code < 200:
            raise wrong(
                f"what answers on port {port()} is no mail server ({public(text)[:60]})",
                "Correct SMTP_PORT in .env",
            ) from None
        if isinstance(error, smtplib.SMTPHeloError) and code in (500, 502):  # of LMTP, for one
            raise wrong(said(code, text), "Correct SMTP_PORT in .env") from None
        hold_for_a_setting(code, text)
        if code >= 500 and isinstance(error, smtplib.SMTPConnectError):  # its greeting
            raise wrong(said(code, text), "If it stays so, put another SMTP_HOST in .env") from None
        if code >= 500:
            raise wrong(said(code, text), "Correct the SMTP_* settings in .env") from None
        raise passing(said(code, text)) from None
    except ssl.SSLCertVerificationError as error:
        raise wrong(
            f"its certificate is not trusted ({error.verify_message})",
            "Put the name that is in it in .env, SMTP_HOST=..."
            if error.verify_code in OTHER_NAME
            else wrong_authorities()
            or "Renew it at the server, or for an authority of your own put SSL_CERT_FILE=<file>"
            " in .env",
        ) from None
    except ssl.SSLError as error:
        if error.reason in NO_TLS_THERE:
            raise wrong(
                f"port {port()} does not begin with TLS", "Put SMTP_SECURITY=starttls in .env"
            ) from None
        if OLD_TLS.search(error.reason or ""):
            raise wrong(
                f"its TLS and this machine's have nothing in common ({error.reason})",
                "Renew it at the server, or put another SMTP_HOST in .env",
            ) from None
        if isinstance(error, ssl.SSLEOFError):
            raise passing("it hung up while TLS began") from None
        raise passing(str(error.reason or error)) from None
    except (socket.gaierror, UnicodeError) as error:
        unknown = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        if isinstance(error, UnicodeError) or error.errno in unknown:
            raise wrong("there is no machine of this name", "Correct SMTP_HOST in .env") from None
        raise passing(str(error)) from None
    except (OSError, smtplib.SMTPException, binascii.Error) as error:
        raise passing(broken_off(error)) from None


def wrong_authorities() -> str:
    """Return what to correct if SSL_CERT_FILE is set and is of no use: OpenSSL passes over that."""
    file = os.environ.get("SSL_CERT_FILE", "")
    try:
        if file:
            ssl.create_default_context(cafile=file)
    except OSError:
        return f"Correct SSL_CERT_FILE={file} in .env, which is no file of PEM certificates"
    return ""


def broken_off(error: Exception) -> str:
    """Return how a connection ended; smtplib calls a time limit a lost connection."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "it said nothing for too long"
    return str(error) or type(error).__name__


def hold_for_a_setting(code: int, text: str, of_the_sender: bool = False) -> None:
    """Raise a held failure if a reply says that a setting of the worker's is wrong."""
    if code < 400:
        return
    reply = said(code, text)
    hold_for_tls(code, text)
    if code >= 500 and SENT_ENOUGH.search(text):
        raise wrong(reply, "Wait until its limit is over, or put another SMTP_HOST in .env")
    lasts = code >= 500 or bool(LASTING.search(text))
    if lasts and MAY_NOT_SEND.search(text):
        raise wrong(reply, SHUT_OUT_REMEDY)
    # 5.1.x and 5.4.1 are about the recipient, whatever the words: Exchange says "Access denied".
    about_recipient = re.match(r"[45]\.(?:1\.[0-6]|4\.1)\b", text)
    if code in (530, 534, 535, 538) or (NO_LOG_IN.search(text) and not about_recipient):
        if setting("SMTP_USERNAME"):
            remedy = "Correct SMTP_USERNAME, SMTP_PASSWORD or EMAIL_FROM in .env"
        else:
            remedy = "Put SMTP_USERNAME and SMTP_PASSWORD in .env"
            remedy += ", or correct EMAIL_FROM" * ("sender address rejected" in text.lower())
        raise wrong(reply, remedy)
    if lasts and UNWELCOME.search(text):
        raise wrong(reply, "Put the mail server of EMAIL_FROM's provider in .env, SMTP_HOST=...")
    if of_the_sender or (lasts and SENDER.search(text)):
        raise wrong(reply, "Correct EMAIL_FROM in .env")


def hold_for_tls(code: int, text: str) -> None:
    """Raise a held failure if a reply, to a log-in too, asks for TLS and there is none."""
    if code >= 400 and security() == "none" and NO_TLS.search(text):
        raise wrong(said(code, text), "Put SMTP_SECURITY=starttls in .env")


def hold_for_a_log_in(code: int, text: str) -> None:
    """Raise a held failure if a reply to a log-in is more than the server's own trouble.

    Raises:
        ApplicationError: held, with what to correct: each try is a failed log-in at the server.
    """
    hold_for_tls(code, text)
    if code < 400 or SENT_ENOUGH.search(text):
        return
    if code in PASSING and not WRONG_LOG_IN.search(text):
        return
    remedy = "Correct SMTP_USERNAME and SMTP_PASSWORD in .env (many providers want an app password)"
    if re.search(r"\bIP\b", text):  # Brevo's 525
        remedy = "Allow this machine's address at the provider, or put another SMTP_HOST in .env"
    elif SHUT_OUT.search(text):
        remedy = SHUT_OUT_REMEDY
    raise wrong(f"it did not accept the log-in, {said(code, text)}", remedy)


def is_good(code: int) -> bool:
    """RFC 5321, 4.2.1: the first digit decides; a second mail is what more would bring."""
    return 200 <= code < 300


def is_too_large(code: int, text: str) -> bool:
    """Tell whether a reply is about the size of a mail, and not about a full mailbox.

    552 is both, and Gmail's for attachments that it dislikes.
    """
    if code < 500 or FULL.search(text) or SENT_ENOUGH.search(text):
        return False
    return bool(TOO_LARGE.search(text)) or (code in (523, 552) and not ENHANCED.match(text))


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
    number = f"{code} " if code > 0 else ""  # smtplib's -1 is none
    return f"{number}{public(text).rstrip('.')}"
