"""Long texts made short for the Event History, where a run may have some megabytes in all."""

import base64
import zlib

MOST = 8_000_000  # bytes; the facts of the longest page take a hundredth of it


def packed(content: bytes | str) -> str:
    """Return a text or bytes as a short text that JSON takes as it is."""
    if isinstance(content, str):
        content = content.encode(errors="replace")
    return base64.b85encode(zlib.compress(content, 9)).decode()


def unpacked(text: str) -> bytes:
    """Return what `packed` has made short.

    Raises:
        ValueError: it was something else, or unpacks to more than any page has.
    """
    if not text:
        return b""
    packer = zlib.decompressobj()
    try:
        content = packer.decompress(base64.b85decode(text), MOST)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not packer.eof:
        raise ValueError("it is cut off, or too long")
    return content
