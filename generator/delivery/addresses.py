"""Mail addresses, as settings have them and as mail servers take them."""

import re
from typing import NamedTuple

import idna

from generator.received import is_one_address

# Between commas and semicolons; those within quotes belong to a name.
PARTS = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",;])+')
NAMED = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^"<>@]*?))\s*<([^<>]*)>\s*')


class Address(NamedTuple):
    """One mailbox: `Name <local@domain>`."""

    name: str
    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Whether every mail server takes it: no other letters before the @."""
        return self.local.isascii()

    @property
    def on_the_wire(self) -> str:
        """The address with its domain as the DNS has it (RFC 5890): every mail server takes that.

        Raises:
            ValueError: there can be no such domain.
        """
        if self.domain.isascii():
            return str(self)
        return f"{self.local}@{idna.encode(self.domain, uts46=True).decode()}"


def addresses(text: str) -> list[Address]:
    """Return the addresses of a list with commas or semicolons.

    Raises:
        ValueError: something in it is no address.
    """
    return [_address(part) for part in PARTS.findall(text) if part.strip()]


def _address(text: str) -> Address:
    named = NAMED.fullmatch(text)
    name, plain = ("", text.strip()) if not named else (named[1] or named[2], named[3].strip())
    if not is_one_address(plain):
        raise ValueError(
            f"{text.strip()[:100]!r} is not a mail address"
            + " (a name with a comma goes into quotes)" * ("@" not in text)
        )
    local, _, domain = plain.rpartition("@")
    address = Address(re.sub(r"\\(.)", r"\1", " ".join(name.split())), local, domain)
    try:
        if not all(address.on_the_wire.rpartition("@")[2].split(".")):
            raise ValueError("an empty label")
    except ValueError:  # idna's errors are some
        raise ValueError(f"{plain[:100]!r} is not a mail address: no such domain") from None
    return address


def mailbox_key(text: str) -> str:
    """Return what two spellings of an address, or of an `@domain`, have in common.

    That is how it goes to the mail server: by `casefold`, straße.example would be
    strasse.example, which is another domain.
    """
    local, _, domain = text.rpartition("@")
    try:
        return Address("", local, domain).on_the_wire.lower()
    except ValueError:  # there can be no such domain
        return text


def wrong_sender(text: str) -> str:
    """Return what is wrong with EMAIL_FROM, "" if nothing."""
    try:
        found = addresses(text)
    except ValueError as error:
        return f"is wrong: {error}"
    return "" if len(found) == 1 else "is not one mail address"


def wrong_recipients(text: str) -> str:
    """Return what is wrong with EMAIL_TO, "" if nothing."""
    try:
        return "" if addresses(text) else "has no mail address"
    except ValueError as error:
        return f"is wrong: {error}"
