"""A mail server that keeps what it takes, and does recipient by recipient what its scripts say."""

import asyncio
import email
import email.policy
import logging
import re
import shutil
import ssl
import subprocess
import threading
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from support.llm import Latch
from support.programs import free_port
from support.settings import SMTP_PASSWORD, SMTP_USERNAME

logging.getLogger("mail.log").setLevel(logging.ERROR)  # what aiosmtpd finds deprecated in itself


@dataclass
class Hold:
    """A mail whose reply waits: the mail is taken at once, or only when the latch is set."""

    latch: Latch = field(default_factory=Latch)
    taken: bool = False


VANISH = "the mail is taken, and the connection gone"


@dataclass(frozen=True)
class Certificate:
    """That of a server that calls itself localhost, signed by itself."""

    chain: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain, self.key)
        return context


def make_certificate(folder: Path) -> Certificate | None:
    """Have openssl make one, where there is such a command."""
    if not shutil.which("openssl"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "localhost.crt", folder / "localhost.key")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(made.key), "-out", str(made.chain)]
    subprocess.run(command, check=True, capture_output=True)
    return made


class MailServer:
    """Listens in a thread of its own; its latches may be set from any other.

    With a certificate it insists on TLS: by STARTTLS, or, with `tls`, from the start. With `log_in`
    it insists on that too.
    """

    def __init__(
        self,
        certificate: Certificate | None = None,
        *,
        tls: bool = False,
        log_in: bool = False,
        folder: Path | None = None,
    ) -> None:
        self.port = free_port()
        self.certificate = certificate
        self.tls = tls
        self.log_in = log_in
        self.password = SMTP_PASSWORD
        self.folder = folder  # where it keeps each mail that it has taken in a file
        self.at_rcpt: dict[str, list[str]] = {}  # recipient -> replies to the next of its mails
        self.at_data: dict[str, list[str | Hold]] = {}
        self.taken: list[tuple[list[str], bytes]] = []  # recipients of the envelope, and the mail
        self.refused: list[bytes] = []  # at DATA
        self.holding: list[str] = []  # recipients whose mail is held

    @property
    def messages(self) -> list[EmailMessage]:
        return [parsed(content) for _, content in self.taken]

    @property
    def recipients(self) -> list[list[str]]:
        return [recipients for recipients, _ in self.taken]

    def mails(self, recipient: str) -> list[bytes]:
        return [content for recipients, content in list(self.taken) if recipient in recipients]

    def message_ids(self, recipient: str) -> list[bytes]:
        return re.findall(rb"(?im)^Message-ID:\s*(\S+)", b"\n".join(self.mails(recipient)))

    def settings(self, **more: str) -> dict[str, str]:
        """The settings of a worker that is to mail here."""
        security = "none" if not self.certificate else "tls" if self.tls else "starttls"
        settings = {
            "SMTP_HOST": "localhost" if self.certificate else "127.0.0.1",
            "SMTP_PORT": str(self.port),
            "SMTP_SECURITY": security,
            "EMAIL_FROM": "reports@example.com",
            "EMAIL_TO": "reader@example.com",
        }
        if self.certificate:
            settings["SSL_CERT_FILE"] = str(self.certificate.chain)
        if self.log_in:
            settings |= {"SMTP_USERNAME": SMTP_USERNAME, "SMTP_PASSWORD": SMTP_PASSWORD}
        return settings | more

    # --- Listening

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self) -> None:
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def close(self) -> None:
        """Refuse connections; those that exist go on."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)

    async def _open(self) -> None:
        context = self.certificate.context if self.certificate else None
        by_command = None if self.tls else context
        self._server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(
                self,
                tls_context=by_command,
                require_starttls=bool(by_command),
                authenticator=self._authenticate,
                auth_required=self.log_in,
                auth_require_tls=bool(by_command),
                enable_SMTPUTF8=True,
            ),
            "127.0.0.1",
            self.port,
            ssl=context if self.tls else None,
        )

    async def _close(self) -> None:
        self._server.close()

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- What aiosmtpd calls

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = LoginPassword(SMTP_USERNAME.encode(), self.password.encode())
        return AuthResult(success=data == known, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.at_rcpt.get(address):
            return self.at_rcpt[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        script = self.at_data.get(recipient)
        action = script.pop(0) if script else "250 Taken"
        if isinstance(action, Hold):
            if action.taken:
                self._take(envelope)
            self.holding.append(recipient)
            try:
                await action.latch.passed()
            finally:
                self.holding.remove(recipient)
            if not action.taken:
                self._take(envelope)
            return "250 Taken"
        if action == VANISH:
            self._take(envelope)
            cast(asyncio.Transport, server.transport).abort()
        elif action.startswith("2"):
            self._take(envelope)
        else:
            self.refused.append(content_of(envelope))
        return action

    def _take(self, envelope: Envelope) -> None:
        content = content_of(envelope)
        self.taken.append(([*envelope.rcpt_tos], content))
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{uuid.uuid4().hex[:8]}.eml").write_bytes(content)


def content_of(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, EmailMessage, policy=email.policy.default)
