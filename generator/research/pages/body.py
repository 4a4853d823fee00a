"""What a server sends of a page: its status, what kind of text it is, and its bytes, unpacked."""

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import httpcore
import httpx

from generator.failures import retry_after
from generator.harmless import encoding
from generator.research.pages.guard import Refused

MAX_TEXT, MAX_PDF = 5_000_000, 20_000_000  # bytes, without their compression
HTML, PDF, MARKDOWN, TEXT = "html", "pdf", "markdown", "text"
KINDS = {
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "application/pdf": PDF,
    "application/x-pdf": PDF,
    "text/markdown": MARKDOWN,
    "text/x-markdown": MARKDOWN,
    "text/plain": TEXT,
    "text/csv": TEXT,
}
# For programs, and not for readers. Of all other kinds the first bytes must say what they are.
NO_TEXT = ("text/css", "text/javascript", "text/calendar", "text/vcard", "text/xml")
FIRST = 2000  # bytes
_BLANK = b"\xef\xbb\xbf \t\r\n\0"  # what scripts print before a PDF
_LOOKS_LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*|<!--.{0,500}?-->\s*){0,3}"
    rb"<(?:!doctype html|html)",
    re.IGNORECASE | re.DOTALL,
)


class Status(Exception):
    """The server answered with an error: its status, and the seconds to wait if it said so."""

    def __init__(self, status: int, retry_after: float = 0) -> None:
        super().__init__(f"the server answered with status {status}")
        self.status, self.retry_after = status, retry_after


class CutOff(Exception):
    """What was compressed ended before its end."""


class Fetched(NamedTuple):
    """A page, decompressed."""

    url: str  # where it was in the end
    kind: str  # HTML, PDF, MARKDOWN or TEXT
    charset: str  # as the header says it, "" if it does not
    body: bytes
    is_cut: bool  # there was more


def received(response: httpx.Response, robots: bool) -> Fetched:
    """Read the body, as far as it may go and as it comes: one that ends too early is cut."""
    if response.status_code not in (200, 203):
        wait = retry_after(response.headers)
        raise Status(response.status_code, wait.total_seconds() if wait else 0)
    said = re.split("[;,: ]", response.headers.get("content-type", ""))[0].strip().lower()
    kind = KINDS.get(said, "")
    if robots or (not kind and said.startswith("text/") and said not in NO_TEXT):
        kind = TEXT
    body, most, is_cut = bytearray(), MAX_TEXT // 10 if robots else MAX_TEXT, False
    try:
        for piece in unpacked(response):
            body += piece
            if not robots and bytes(body[:100]).lstrip(_BLANK).startswith(b"%PDF-"):
                kind, most = PDF, MAX_PDF
            elif kind in ("", TEXT, PDF) and not robots and _LOOKS_LIKE_HTML.match(body[:FIRST]):
                kind = HTML
            if len(body) > (most if kind else FIRST):
                break
    except (CutOff, httpcore.RemoteProtocolError):
        if robots or not body:
            raise
        is_cut = True
    if not kind:
        raise Refused(f"it is no text: {said[:60] or 'it does not say what it is'}")
    if kind == PDF and len(body) > most:
        raise Refused(f"it is a PDF of more than {most // 1_000_000} MB")
    charset = encoding(response.charset_encoding)
    return Fetched(str(response.url), kind, charset, bytes(body[:most]), is_cut or len(body) > most)


def unpacked(response: httpx.Response) -> Iterator[bytes]:
    """Yield the body without its compression, in small pieces.

    httpx would decompress all that one read brings at once, which can be a thousand times as much.

    Raises:
        Refused: it is compressed in a way that nobody asked for, or is broken.
        CutOff: there was to be more.
    """
    coding = response.headers.get("content-encoding", "").strip().lower()
    if re.search(r"br|zst|compress|dc[bz]|,", coding):
        raise Refused(f"it is compressed with {coding[:20]}, which was not asked for")
    if coding not in ("gzip", "x-gzip", "deflate"):  # or "utf-8", as some servers say
        yield from response.iter_raw()
        return
    packer, packed = None, b""
    for piece in response.iter_raw():  # each as it comes: what came before a failure counts
        packed += piece
        if packer is None:
            if len(packed) < 2:
                continue
            # RFC 9110 8.4.1.2: deflate comes in a zlib wrapper, but some send it bare.
            is_bare = coding == "deflate" and int.from_bytes(packed[:2], "big") % 31 != 0
            packer = zlib.decompressobj(-zlib.MAX_WBITS if is_bare else zlib.MAX_WBITS | 32)
        while packed:
            if packer.eof and packed.startswith(b"\x1f\x8b"):  # RFC 1952 2.2: several in a row
                packer = zlib.decompressobj(zlib.MAX_WBITS | 32)
            elif packer.eof:
                return  # blanks, or what somebody has added
            try:
                yield packer.decompress(packed, 65_536)
            except zlib.error:
                raise Refused("its compression is broken") from None
            packed = packer.unused_data if packer.eof else packer.unconsumed_tail
    if packer and not packer.eof:
        raise CutOff
