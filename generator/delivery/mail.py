"""A report as a mail: who gets it, what it says, and what is wrong with the settings for it."""

import email.utils
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from temporalio.exceptions import ApplicationError

from generator.delivery.addresses import (
    Address,
    addresses,
    mailbox_key,
    wrong_recipients,
    wrong_sender,
)
from generator.harmless import printable, without_login
from generator.pdf.markdown.wording import shorten
from generator.received import is_one_address
from generator.settings import listed, public, setting, wrong_settings
from generator.wording import is_incomplete

READABLE = Charset("utf-8")
READABLE.body_encoding = QP


def check_mail() -> list[str]:
    """Return what is wrong with the mail settings: a line each, with what to put in `.env`."""
    if not setting("SMTP_HOST"):
        return []
    problems = wrong_settings(["SMTP_HOST", "SMTP_SECURITY", "SMTP_PORT", "EMAIL_ALLOW"])
    for name, value, wrong in (
        ("EMAIL_FROM", _sender(), wrong_sender),
        ("EMAIL_TO", setting("EMAIL_TO"), wrong_recipients),
    ):
        if not value or (not setting(name) and "@" not in value):
            problems.append(
                f"{name} is unset, but SMTP_HOST is set: put {name}=you@example.com in .env"
            )
        elif problem := wrong(value):
            problems.append(f"{name}={value} {problem}: put {name}=you@example.com in .env")
    if bool(setting("SMTP_USERNAME")) != bool(setting("SMTP_PASSWORD")):
        problems.append("SMTP_USERNAME and SMTP_PASSWORD go together: put both in .env, or neither")
    return problems


def _sender() -> str:
    return setting("EMAIL_FROM") or setting("SMTP_USERNAME")


def recipients(chosen: str) -> list[Address]:
    """Return whom a run's report goes to: the one that it has chosen, or else EMAIL_TO.

    Raises:
        ApplicationError: non-retryable, as that is no one address, or EMAIL_ALLOW does not allow
            it.
    """
    problem = ""
    if chosen and not is_one_address(chosen):
        problem = f"{public(chosen)!r} is not one mail address"
    elif chosen and (allowed := listed("EMAIL_ALLOW")):
        known = {mailbox_key(each) for each in [*allowed, *map(str, _parsed(setting("EMAIL_TO")))]}
        if not {mailbox_key(chosen), mailbox_key("@" + chosen.rpartition("@")[2])} & known:
            problem = f"EMAIL_ALLOW of this worker does not name {chosen}"
    if problem:
        raise ApplicationError(problem, type="MailRefused", non_retryable=True)
    found = _parsed(chosen or setting("EMAIL_TO"))
    return list({mailbox_key(str(address)): address for address in found}.values())


def _parsed(text: str) -> list[Address]:
    try:
        return addresses(text)
    except ValueError as error:
        raise ApplicationError(str(error), type="MailRefused", non_retryable=True) from None


@dataclass(frozen=True)
class Report:
    """What goes into a mail."""

    topic: str
    date: str  # YYYY-MM-DD; anything else is left out
    file: Path  # where the PDF is; its name is that of the attachment
    content: bytes  # the PDF
    incomplete: str = ""  # why the report is, "" if it is whole

    @property
    def title(self) -> str:
        # "=?" would begin an encoded word, which can hold a line break.
        return " ".join(self.topic.split())[:150].replace("=?", "= ?")

    @property
    def sender(self) -> Address:
        return _parsed(_sender())[0]

    def mail(self, recipient: Address, run_id: str, attached: bool = True) -> bytes:
        """Return the mail to one recipient; without the attachment it says where the file is.

        A mail server may take a message and die before it says so. The retry then sends it again;
        mail programs show two messages of one Message-ID once, so it is made of the run's ID and
        of the mailbox, wherever that stands in EMAIL_TO by then.
        """
        domain = self.sender.on_the_wire.rpartition("@")[2]
        number = (
            f"<{run_id}.{mailbox_hash(recipient)}@{domain}>"
            if run_id
            else email.utils.make_msgid(domain=domain)
        )
        # By hand: an address with other letters than ASCII's goes as it is (RFC 6532).
        own = f"From: {_mailbox(self.sender)}\r\nTo: {_mailbox(recipient)}\r\n"
        own += f"Message-ID: {number}\r\n"
        return own.encode() + (self.with_pdf if attached else self.without_pdf)

    @cached_property
    def with_pdf(self) -> bytes:
        """What all recipients get: ten megabytes take half a second to write."""
        text = self.text("Here is the research report you asked for, as a PDF.")
        return self.written(MIMEMultipart(_subparts=[text, self.attachment()]))

    @cached_property
    def without_pdf(self) -> bytes:
        return self.written(
            self.text(
                "The research report you asked for is made. Its PDF is too large for this mail"
                f" server: it is {self.file} where the worker runs."
            )
        )

    def written(self, message: MIMEBase) -> bytes:
        """Return a message with the headers that are not one recipient's.

        This is `email`'s older interface: the newer one, of CPython before 3.13, loses the space
        between two encoded words of a long subject.
        """
        subject = f"Research report: {self.title}".encode(errors="replace").decode()
        message["Subject"] = (
            subject
            if subject.isascii()
            else Header(subject, "utf-8", header_name="Subject").encode()
        )
        message["Date"] = email.utils.formatdate(localtime=True)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notices, please
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))

    def text(self, what: str) -> MIMENonMultipart:
        dated = f"Date: {self.date}\n" if re.fullmatch(r"\d{4}-\d\d-\d\d", self.date, re.A) else ""
        text = f"{what}\n\nTopic: {self.title}\n{dated}"
        if self.incomplete:
            why = printable(without_login(shorten(self.incomplete, 300)))
            text += f"\n{is_incomplete(why)}.\n"
        # Filters dislike plain text in base64, and a multipart/mixed of one part.
        body = MIMENonMultipart("text", "plain")
        body.set_payload(text.encode(errors="replace").decode(), READABLE)
        return body

    def attachment(self) -> MIMEApplication:
        part = MIMEApplication(self.content, "pdf")
        # RFC 2231's name with all letters, and in the other header one that every program can read:
        # beside each other some take the plain one, and some make one name of both.
        name, plain = self.file.name, plain_name(self.file.name)
        full = f"filename*=utf-8''{quote(name, safe='')}"
        part.set_param("name", plain)
        named = f'filename="{plain}"' if name == plain else full
        part["Content-Disposition"] = f"attachment; {named}"
        return part


def mailbox_hash(address: Address) -> str:
    return hashlib.sha256(mailbox_key(str(address)).encode()).hexdigest()[:8]


def _mailbox(address: Address) -> str:
    name = email.utils.formataddr((address.name, "x")).removesuffix("<x>") if address.name else ""
    return f"{name}<{address.on_the_wire}>" if name else address.on_the_wire


def plain_name(name: str) -> str:
    """Return a file name in ASCII: letters without their accents, and none of other scripts.

    What stays of `café-水-1a2b3c4d.pdf` is `cafe-1a2b3c4d.pdf`.
    """
    stem = unicodedata.normalize("NFKD", name[:-4]).encode("ascii", "ignore").decode()
    words = re.sub(r'[^\w.() -]|["\\]', "", stem, flags=re.ASCII).strip("-_. ")
    words = re.sub(r"([-_ ])[-_ ]+", r"\1", words)
    named = re.search("[A-Za-z]{3}", re.sub(r"[0-9a-f]{8}$", "", words))  # not by a run's ID alone
    return f"{words if named else f'report-{words}'.strip('-')}.pdf"
