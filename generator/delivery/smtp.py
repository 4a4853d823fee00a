"""Handing mails to the server of SMTP_HOST: one for each recipient, each once."""

import contextlib
import re
import smtplib

from temporalio.exceptions import ApplicationError

from generator.delivery.addresses import Address, mailbox_key
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

BLOCK = 2**16  # bytes
WITHOUT_PDF = "without the PDF"  # of a recipient that is done, in place of why it was refused


class Delivery:
    """One report on its way to its recipients; what is done of it survives an attempt."""

    def __init__(self, recipients: list[Address], run_id: str, done: dict[str, str]) -> None:
        self.recipients, self.run_id = recipients, run_id
        spelled = {mailbox_key(str(each)): str(each) for each in recipients}
        # By address: "" or WITHOUT_PDF once taken, or why it never will be.
        self.done = {spelled.get(mailbox_key(each), each): why for each, why in done.items()}
        self.put_off: dict[str, str] = {}  # by address: why the server does not take it now
        self.to_correct: dict[str, ApplicationError] = {}  # by address: held, for a setting
        self.bare: list[str] = []  # addresses whose mail goes without the PDF
        self.may_want_log_in = False
        self.dislikes_the_mail = False  # no address is at fault

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
                    self.send_one(server, report, recipient, fresh=recipient is waiting[0])
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
            remedy = "Put another SMTP_HOST in .env, or mail the PDF by hand"
            if not self.dislikes_the_mail:
                remedy = "Correct the address"
                remedy += ", or put SMTP_USERNAME and SMTP_PASSWORD in .env" * self.may_want_log_in
            raise ApplicationError(
                f"The mail server refused {'; '.join(refused)}. {remedy}",
                type="MailRefused",
                non_retryable=True,
            )
        outcome = f"Email sent to {', '.join(sent)}"
        if bare := [address for address in sent if self.done[address] == WITHOUT_PDF]:
            of_some = f" for {', '.join(bare)}" if len(bare) < len(sent) else ""
            outcome += f", {WITHOUT_PDF}{of_some}, which is too large for the server:"
            outcome += f" {report.file}"
        return outcome + (f", but refused for {'; '.join(refused)}" if refused else "")

    def send_one(
        self, server: smtplib.SMTP, report: Report, recipient: Address, fresh: bool
    ) -> None:
        """Send one mail in a transaction of its own, so that its reply is about it alone.

        Servers limit what they take on a connection, and some leave without a word. So a mail that
        is not the first on its own, and is not handed over yet, has another try on a `fresh` one.
        """
        if not recipient.is_ascii and not server.has_extn("smtputf8"):
            self.done[str(recipient)] = "this mail server takes no such letters before the @"
            return
        address = str(recipient)
        mail = report.mail(recipient, self.run_id, attached=address not in self.bare)
        most = re.search(r"\d+", server.esmtp_features.get("size", ""))  # bytes; 0: not said
        known = read = False  # whether the address is taken, and whether the content was asked for
        try:
            if most and 0 < int(most[0]) < len(mail):
                code, text, known = 552, f"it takes {most[0]} bytes at most", True
            else:
                code, text = offered(server, report, recipient, len(mail))
                if known := is_good(code):
                    code, text = fitting(server.docmd("DATA"), wanted=354)
                if read := code == 354:
                    code, text = handed_over(server, mail)
                settle(server, code, text)
        except ApplicationError as error:
            self.to_correct[address] = error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if fresh or read:
                self.put_off[address] = broken_off(error)
            server.close()
        else:
            if is_good(code):
                self.done[address] = WITHOUT_PDF if address in self.bare else ""
            elif is_too_large(code, text) and address not in self.bare:
                self.bare.append(address)
                if server.sock:  # else on the next connection
                    self.send_one(server, report, recipient, fresh)
            elif 500 <= code < 600:
                self.done[address] = said(code, text)
                self.dislikes_the_mail |= known or is_too_large(code, text)
            elif code == 421 and not fresh and not read:
                server.close()
            else:
                self.put_off[address] = said(code, text)


def offered(server: smtplib.SMTP, report: Report, recipient: Address, size: int) -> tuple[int, str]:
    """Offer a mail of `size` bytes; return whether the server takes mail for that address.

    Raises:
        ApplicationError: held, as what the server dislikes is a setting and not this mail.
    """
    sender = report.sender
    options = [f"SIZE={size}"] * server.has_extn("size")
    if not (recipient.is_ascii and sender.is_ascii):
        if not server.has_extn("smtputf8"):
            raise wrong("it takes ASCII alone before the @", "Correct EMAIL_FROM in .env")
        options += ["SMTPUTF8"]
    limit(server, REPLY)
    code, text = fitting(server.mail(sender.on_the_wire, options))
    if is_good(code):
        code, text = fitting(server.rcpt(recipient.on_the_wire))
    elif not is_too_large(code, text):
        hold_for_a_setting(code, text, of_the_sender=code >= 500)
    return code, text


def settle(server: smtplib.SMTP, code: int, text: str) -> None:
    """Leave a transaction that was not good, so that another one can begin.

    Raises:
        ApplicationError: held, as what the server dislikes is a setting and not this mail.
    """
    limit(server, REPLY)
    if is_good(code):
        return
    # What it has said stands, though some hang up on those whom they refuse.
    with contextlib.suppress(smtplib.SMTPServerDisconnected, ConnectionError):
        if not is_good(server.rset()[0]):
            server.close()
    hold_for_a_setting(code, text)


def handed_over(server: smtplib.SMTP, mail: bytes) -> tuple[int, str]:
    """Send the mail itself; return what the server says to that, or in the middle of it.

    Some hang up on a mail that is too large, or not to their taste, before they have it all.
    """
    limit(server, DATA_BLOCK)
    assert server.sock
    content = re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n"
    try:
        # A time limit is one for all that a call sends, however much that is.
        for start in range(0, len(content), BLOCK):
            server.sock.sendall(content[start : start + BLOCK])
    except TimeoutError:
        raise
    except OSError as error:
        code, text = fitting(server.getreply())
        if is_good(code):
            raise smtplib.SMTPServerDisconnected(str(error)) from None
        return code, text
    limit(server, TAKEN)
    return fitting(server.getreply())


def fitting(reply: tuple[int, bytes | str], wanted: int = 250) -> tuple[int, str]:
    """Return a reply that says yes or no to what was asked.

    Raises:
        SMTPServerDisconnected: it says neither, as after one too many: the next replies would be
            taken for those to other commands, and a mail for sent that is not.
    """
    code, text = decoded(reply)
    if code // 100 not in (wanted // 100, 4, 5):
        raise smtplib.SMTPServerDisconnected(f"it replied {said(code, text)!r} out of turn")
    return code, text
