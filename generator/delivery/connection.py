"""A connection to the server of SMTP_HOST, with TLS and a log-in as the settings say."""

import base64
import binascii
import contextlib
import hashlib
import hmac
import io
import re
import select
import smtplib
import socket
import ssl
from collections.abc import Iterator
from typing import Any

from temporalio.exceptions import ApplicationError

from generator.delivery.replies import (
    NO_TLS_THERE,
    decoded,
    failures,
    hold_for_a_log_in,
    is_good,
    passing,
    port,
    security,
    wrong,
)
from generator.failures import HELD
from generator.settings import setting

# Seconds. RFC 5321, section 4.5.3.2: a client that gives up sooner is sent to for nothing, as many
# a server delivers what it has taken while nobody waited for its reply.
CONNECT, REPLY, DATA_BLOCK, TAKEN = 30.0, 300.0, 180.0, 600.0
SILENCE = 20.0  # before the greeting, after which it is asked whether the server waits for TLS

# What can be said of this machine to any server: Exim, for one, refuses names with an underscore.
NAME = re.compile(r"(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z\d-]*[a-z]|\[[\d.]+\]", re.I | re.A)


# One address of a machine, as socket.getaddrinfo returns it.
Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


class Lines(io.BufferedReader):
    """What a server says, each line cut to the length that smtplib takes: it ends a connection for
    a longer one, after which nobody knows whether the mail was taken."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = part = super().readline(size)
        for _ in range(100):
            if not size or len(part) < size or part.endswith(b"\n"):
                break
            part = super().readline(size)
        else:
            return line
        return line[: size - 1] if size and part is not line else line


class Connection(smtplib.SMTP):
    """A connection whose first moments are told apart: no way there, silence, or the wrong TLS."""

    def __init__(self, found: Found) -> None:
        self.found = found
        super().__init__(setting("SMTP_HOST"), port())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = reached(self.found)
        try:
            if security() == "tls":
                context = ssl.create_default_context()
                connection = context.wrap_socket(connection, server_hostname=host)
            elif not select.select([connection], [], [], SILENCE)[0] and speaks_tls(self.found):
                raise wrong(
                    f"port {port} speaks TLS from the start",
                    "Put SMTP_SECURITY=tls in .env, or the SMTP_PORT of STARTTLS",
                )
            connection.settimeout(REPLY)
        except (OSError, ApplicationError):
            connection.close()
            raise
        return connection

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock:
            self.file = Lines(self.sock.makefile("rb", buffering=0))
        return super().getreply()


def reached(found: Found) -> socket.socket:
    family, kind, protocol, _, address = found
    connection = socket.socket(family, kind, protocol)
    connection.settimeout(CONNECT)
    try:
        connection.connect(address)
    except OSError as error:
        connection.close()
        if isinstance(error, TimeoutError):
            raise passing(
                f"nothing answers on port {port()}, which a firewall or a provider may block"
            ) from None
        raise
    return connection


def speaks_tls(found: Found) -> bool:
    """Tell whether a server wants TLS before a word is said; nothing but that is asked."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            reached(found) as plain,
            context.wrap_socket(plain, server_hostname=setting("SMTP_HOST")),
        ):
            return True
    except ssl.SSLEOFError:
        return False
    except ssl.SSLError as error:  # an alert is TLS, too
        return error.reason not in NO_TLS_THERE
    except (OSError, ApplicationError):
        return False


@contextlib.contextmanager
def connected() -> Iterator[smtplib.SMTP]:
    """Have a connection on which a log-in, or a mail, can follow.

    Raises:
        ApplicationError: held if a setting is wrong for some address of the server, else retryable.
    """
    server = first_that_answers()
    try:
        yield server
        with contextlib.suppress(OSError, smtplib.SMTPException):
            limit(server, CONNECT)
            server.quit()  # once the mails are taken, no reply can change that
    finally:
        server.close()


def first_that_answers() -> smtplib.SMTP:
    """Try each address that the server's name has (RFC 5321, section 5.1), until TLS stands."""
    problem: ApplicationError | None = None
    for found in socket.getaddrinfo(setting("SMTP_HOST"), port(), type=socket.SOCK_STREAM):
        try:
            with failures():
                return opened(found)
        except ApplicationError as error:
            if not problem or problem.type != HELD:
                problem = error
    assert problem  # there is no name without an address
    raise problem


def opened(found: Found) -> smtplib.SMTP:
    server = Connection(found)
    try:
        if server.sock and not NAME.fullmatch(server.local_hostname):
            address = server.sock.getsockname()[0]
            server.local_hostname = f"[{'IPv6:' * (':' in address)}{address}]"
        if security() == "starttls":
            server.ehlo_or_helo_if_needed()
            if not server.has_extn("starttls"):
                raise wrong(
                    f"it offers no STARTTLS on port {port()}",
                    "Put SMTP_SECURITY=tls in .env, or none for a server on this machine",
                )
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


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
    known = [each for each in ("PLAIN", "LOGIN", "CRAM-MD5") if each in offered]
    if not known:
        raise wrong(
            f"it lets in by {', '.join(offered)} alone, which this program does not speak",
            "Put a server that takes a password in .env, SMTP_HOST=...",
        )
    for mechanism in known:
        code, text = decoded(shown(server, mechanism, user, password))
        if code != 504 and "mechanism" not in text:  # else it takes none of that, though it said so
            break
    for secret in (b64(f"\0{user}\0{password}"), b64(password)):
        text = text.replace(secret, "***")  # sendmail says again what it has not understood
    hold_for_a_log_in(code, text)
    if not is_good(code):
        raise smtplib.SMTPResponseException(code, text)


def shown(
    server: smtplib.SMTP, mechanism: str, user: str, password: str
) -> tuple[int, bytes | str]:
    """Show name and password in one way; return the server's last reply (RFC 4954, 4616, 2195)."""
    if mechanism == "PLAIN":
        plain = b64(f"\0{user}\0{password}")
        reply = server.docmd("AUTH", f"PLAIN {plain}")
        return server.docmd(plain) if reply[0] == 334 else reply  # it wants that on its own
    reply = server.docmd("AUTH", mechanism)
    if mechanism == "LOGIN":
        for answer in (user, password):
            reply = server.docmd(b64(answer)) if reply[0] == 334 else reply
    elif reply[0] == 334:
        challenge = binascii.a2b_base64(reply[1])
        digest = hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()
        reply = server.docmd(b64(f"{user} {digest}"))
    return reply


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
