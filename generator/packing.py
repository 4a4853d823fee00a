"""Long texts made short for the Event History, where a run may have some megabytes in all."""

import base64
import zlib


def packed(content: bytes | str) -> str:
    """Return a text or bytes as a short text that JSON takes as it is."""
    if isinstance(content, str):
        content = content.encode(errors="replace")
    return base64.b85encode(zlib.compress(content, 9)).decode()


def unpacked(text: str) -> bytes:
    """Return what `packed` has made short.

    Raises:
        ValueError: it was something else.
    """
    try:
        return zlib.decompress(base64.b85decode(text)) if text else b""
    except zlib.error as error:
        raise ValueError(str(error)) from None
