"""Handing mails to the server of SMTP_HOST: one for each recipient, each once."""

import contextlib
import re
import smtplib

from temporalio.exceptions import ApplicationError

from generator.delivery.addresses import Address
from generator.delivery.connection import DATA_BLOCK, REPLY, TAKEN, connected, limit, log_in
from generator.delivery.mail import Report
from generator.delivery.replies import (
    broken_off,
    decoded,
    failures,
    hold_for_a_setting,
    is_good,
    is_too_large,
    passing,
    said,
    wrong,
)
from generator.settings import setting

WITHOUT_PDF = "without the PDF"  # of a recipient that is done, in place of why it was refused


class Delivery:
    """One report on its way to its recipients; what is done of it survives an attempt."""

    def __init__(self, recipients: list[Address], run_id: str, done: dict[str, str]) -> None:
        self.recipients, self.run_id = recipients, run_id
        self.done = done  # by address: "" or WITHOUT_PDF once taken, or why it never will be
        self.put_off: dict[str, str] = {}  # by address: why the server does not take it now
        self.to_correct: dict[str, ApplicationError] = {}  # by address: held, for a setting
        self.bare: list[str] = []  # addresses whose mail goes without the PDF
        self.may_want_log_in = False

    @property
    def looked_at(self) -> set[str]:
        """Addresses for which this attempt can do no more."""
        return {*self.done, *self.put_off, *self.to_correct}

    def progress(self) -> tuple[list[list[str]]]:
        """Return what the next attempt must know: a pair for each recipient that is done."""
        return ([[address, why] for address, why in list(self.done.items())],)  # at one moment

    def send(self, report: Report) -> str:
        """Send what is still to be sent; return what became of it, in one sentence.

        Raises:
            ApplicationError: retryable while a recipient, or the server, puts it off; held while a
                setting is wrong; non-retryable if no recipient can ever get it.
        """
        while waiting := [each for each in self.recipients if str(each) not in self.looked_at]:
            with failures(), connected() as server:
                log_in(server)
                self.may_want_log_in = server.has_extn("auth") and not setting("SMTP_USERNAME")
                for recipient in waiting:
                    self.send_one(server, report, recipient)
                    if not server.sock:  # it hung up; the others shall have theirs
                        break
        if self.to_correct:
            raise next(iter(self.to_correct.values()))
        if self.put_off:
            address, why = next(iter(self.put_off.items()))
            raise passing(f"{why}, for {address}")
        sent = [address for address, why in self.done.items() if why in ("", WITHOUT_PDF)]
        refused = [f"{each} ({why})" for each, why in self.done.items() if each not in sent]
        if not sent:
            raise ApplicationError(
                f"The mail server refused {'; '.join(refused)}. Correct the address"
                + ", or put SMTP_USERNAME and SMTP_PASSWORD in .env" * self.may_want_log_in,
                type="MailRefused",
                non_retryable=True,
            )
        outcome = f"Email sent to {', '.join(sent)}"
        if bare := [address for address in sent if self.done[address] == WITHOUT_PDF]:
            of_some = f" for {', '.join(bare)}" if len(bare) < len(sent) else ""
            outcome += f", {WITHOUT_PDF}{of_some}, which is too large for the server:"
            outcome += f" {report.file}"
        return outcome + (f", but refused for {'; '.join(refused)}" if refused else "")

    def send_one(self, server: smtplib.SMTP, report: Report, recipient: Address) -> None:
        """Send one mail in a transaction of its own, so that its reply is about it alone."""
        if not recipient.is_ascii and not server.has_extn("smtputf8"):
            self.done[str(recipient)] = "this mail server takes no such letters before the @"
            return
        address = str(recipient)
        mail = report.mail(recipient, self.run_id, attached=address not in self.bare)
        most = re.search(r"\d+", server.esmtp_features.get("size", ""))  # bytes; 0: not said
        try:
            if most and 0 < int(most[0]) < len(mail):
                code, text = 552, ""
            else:
                code, text = transaction(server, report, recipient, mail)
        except ApplicationError as error:
            self.to_correct[address] = error
        except (smtplib.SMTPServerDisconnected, ConnectionError) as error:
            self.put_off[address] = broken_off(error)
            server.close()
        else:
            if is_good(code):
                self.done[address] = WITHOUT_PDF if address in self.bare else ""
            elif is_too_large(code, text) and address not in self.bare:
                self.bare.append(address)
                if server.sock:  # else on the next connection
                    self.send_one(server, report, recipient)
            elif 500 <= code < 600:
                self.done[address] = said(code, text)
            else:
                self.put_off[address] = said(code, text)


def transaction(
    server: smtplib.SMTP, report: Report, recipient: Address, mail: bytes
) -> tuple[int, str]:
    """Offer one mail; return the reply that decides on it.

    Raises:
        ApplicationError: held, as what the server dislikes is a setting and not this mail.
    """
    sender = report.sender
    options = [f"SIZE={len(mail)}"] * server.has_extn("size")
    if not (recipient.is_ascii and sender.is_ascii):
        if not server.has_extn("smtputf8"):
            raise wrong("it takes ASCII alone before the @", "Correct EMAIL_FROM in .env")
        options += ["SMTPUTF8"]
    limit(server, REPLY)
    code, text = decoded(server.mail(sender.on_the_wire, options))
    if is_good(code):
        code, text = decoded(server.rcpt(recipient.on_the_wire))
    elif not is_too_large(code, text):
        hold_for_a_setting(code, text, of_the_sender=code >= 500)
    if is_good(code):
        code, text = decoded(server.docmd("DATA"))
    if code == 354:
        limit(server, DATA_BLOCK)
        server.send(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
        limit(server, TAKEN)
        code, text = decoded(server.getreply())
    limit(server, REPLY)
    if not is_good(code):
        # What it has said stands, though some hang up on those whom they refuse.
        with contextlib.suppress(smtplib.SMTPServerDisconnected, ConnectionError):
            server.rset()
        hold_for_a_setting(code, text)
    return code, text
