"""What a run stores at the Temporal Service, encrypted with PAYLOAD_KEYS by AES-GCM.

Temporal's payload codec is the place for it (https://docs.temporal.io/payload-codec): all that
leaves this process for the Service passes through it, and all that comes from there. Inputs,
results, heartbeats, failures, memos, summaries and details are unreadable there. Names, IDs, types
of failures and times stay readable: Temporal works with them.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from generator.settings import setting

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"  # the metadata that tells with which key a payload was encrypted
NONCE = 12  # bytes, as AES-GCM wants them; random for each payload (NIST SP 800-38D, 8.2.2)
NEW_KEY = "make one with: uv run worker.py --new-key"


class MissingKey(ValueError):
    """PAYLOAD_KEYS lacks the key with which something was encrypted."""


def new_key() -> str:
    """Return a new key as PAYLOAD_KEYS takes it: 32 random bytes, URL-safe Base64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def check_keys() -> list[str]:
    """Return what is wrong with PAYLOAD_KEYS, without a letter of it."""
    if not setting("PAYLOAD_KEYS"):
        return []
    try:
        _keys()
    except ValueError as error:
        return [str(error)]
    return []


def _keys() -> dict[str, bytes]:
    """Return the keys of PAYLOAD_KEYS by their ID, in their order.

    Raises:
        ValueError: there is none, or one of them is no key.
    """
    if not setting("PAYLOAD_KEYS"):
        raise ValueError(f"PAYLOAD_KEYS is unset: {NEW_KEY}")
    keys = {}
    for number, text in enumerate(setting("PAYLOAD_KEYS").split(","), 1):
        try:
            key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != 32:
            raise ValueError(
                f"PAYLOAD_KEYS is wrong, its key number {number} is not 32 bytes in Base64:"
                f" {NEW_KEY}"
            )
        # From the ID nobody can tell the key.
        keys[hashlib.sha256(b"key id" + key).hexdigest()[:8]] = key
    return keys


class Encryption(PayloadCodec):
    """Encrypts with the first key, decrypts with the one that a payload names.

    What was stored before there was a key is read as it is.
    """

    def __init__(self) -> None:
        # Only now: without PAYLOAD_KEYS nobody needs it.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.keys = {key_id: AESGCM(key) for key_id, key in _keys().items()}
        self.first = next(iter(self.keys))

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self.encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Return the payloads in clear; as it is one that was changed, or that was never made
        with the key which it names. Then its encoding is one that nobody reads: it is answered like
        any other of strangers, where to raise would stall the run for good.

        Raises:
            MissingKey
        """
        return [self.decrypt(payload) for payload in payloads]

    def encrypt(self, payload: Payload) -> Payload:
        nonce, key_id = os.urandom(NONCE), self.first.encode()
        sealed = self.keys[self.first].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: key_id}, data=nonce + sealed)

    def decrypt(self, payload: Payload) -> Payload:
        from cryptography.exceptions import InvalidTag
        from google.protobuf.message import DecodeError

        if not is_encrypted(payload):
            return payload
        key_id = payload.metadata[KEY_ID]
        key = self.keys.get(key_id.decode(errors="replace"))
        if not key:
            raise missing_key(payload)
        try:
            clear = key.decrypt(payload.data[:NONCE], payload.data[NONCE:], key_id)
            return Payload.FromString(clear)
        except (InvalidTag, DecodeError, ValueError):  # the last: it is too short
            return payload


class NoKeys(PayloadCodec):
    """Reads and writes in clear, and says which setting is missing where something is encrypted."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        for payload in payloads:
            if is_encrypted(payload):
                raise missing_key(payload)
        return list(payloads)


def is_encrypted(payload: Payload) -> bool:
    """Tell whether this may be ours: other programs may mean something else by the encoding."""
    return payload.metadata.get("encoding") == ENCODING and bool(payload.metadata.get(KEY_ID))


def missing_key(payload: Payload) -> MissingKey:
    key_id = payload.metadata[KEY_ID].decode(errors="replace")[:8]
    return MissingKey(
        f"This run is encrypted with the key {key_id}, which is not among PAYLOAD_KEYS: add the key"
        " to PAYLOAD_KEYS in .env"
    )
