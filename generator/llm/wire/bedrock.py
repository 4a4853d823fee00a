"""Amazon Bedrock's Converse, in binary frames; and the frames in which AWS wraps other wires.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html,
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import base64
import binascii
import json
import struct
import zlib
from typing import Any

from generator.llm.wire.events import Event, Events
from generator.llm.wire.exchange import Exchange, dict_in

KINDS = {"messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop"}
LAST = {"messageStop", "metadata"}
PRELUDE, CHECKSUM = 12, 4  # bytes
STRING = 7  # the type of a header's value


class Frames(Events):
    """Splits a body of AWS's frames into events; a frame may hold a piece of another wire."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Events()
        self.is_text = self.is_broken = False

    def feed(self, block: bytes) -> list[Event]:
        if not self.line and block.lstrip()[:1] in (b"{", b"<"):
            self.is_text = True  # a failure, in spite of the content type
        if self.is_text:
            return super().feed(block)
        self.line += block
        found: list[Event] = []
        while not self.is_broken and len(self.line) >= PRELUDE:
            length, headers = struct.unpack(">II", self.line[:8])
            if not headers + PRELUDE + CHECKSUM <= length < 2**25:
                self.is_broken = True
            if len(self.line) < length or self.is_broken:
                break
            frame = bytes(self.line[:length])
            del self.line[:length]
            if zlib.crc32(frame[:-CHECKSUM]) != struct.unpack(">I", frame[-CHECKSUM:])[0]:
                self.is_broken = True
                break
            names = headers_in(frame[PRELUDE : PRELUDE + headers])
            found += self.events_in(names, frame[PRELUDE + headers : -CHECKSUM])
        return found

    def end(self) -> list[Event]:
        return super().end() if self.is_text else self.inner.end()

    def events_in(self, names: dict[str, str], payload: bytes) -> list[Event]:
        try:
            data = json.loads(payload)
        except (ValueError, RecursionError):
            data = None
        if kind := names.get(":exception-type") or names.get(":error-code"):
            told = data if isinstance(data, dict) else {"message": names.get(":error-message", "")}
            return [Event({"error": told | {"code": kind}}, "error")]
        if not isinstance(data, dict):  # SageMaker's
            return self.inner.feed(payload)
        if isinstance(wrapped := data.get("bytes"), str):  # Bedrock's older interface
            try:
                return Events().feed(base64.b64decode(wrapped) + b"\n")
            except binascii.Error:
                return []
        return [Event(data, names.get(":event-type", ""))]


def headers_in(block: bytes) -> dict[str, str]:
    """Return the headers of a frame, up to one that is no string."""
    found: dict[str, str] = {}
    while block:
        end = 1 + block[0]
        name, kind = block[1:end].decode(errors="replace"), block[end : end + 1]
        if kind != bytes([STRING]):
            break
        (size,) = struct.unpack(">H", block[end + 1 : end + 3])
        found[name] = block[end + 3 : end + 3 + size].decode(errors="replace")
        block = block[end + 3 + size :]
    return found


def read(event: Event, exchange: Exchange) -> bool:
    data = event.data
    if event.name == "contentBlockDelta":
        delta = dict_in(data, "delta")
        exchange.add(str(delta.get("text") or ""))
        exchange.think(str(dict_in(delta, "reasoningContent").get("text") or ""))
    elif event.name == "contentBlockStart" and dict_in(data, "start"):
        exchange.begin_block()  # a tool
    elif event.name == "messageStop":
        exchange.end(str(data.get("stopReason") or ""))
    elif event.name == "metadata":
        count(dict_in(data, "usage"), exchange)
        exchange.events.done = bool(exchange.reason)
    elif "stopReason" in data and isinstance(output := data.get("output"), dict):
        read_whole(dict_in(output, "message"), exchange)
        count(dict_in(data, "usage"), exchange)
        exchange.end(str(data["stopReason"]))
    return event.name in KINDS | LAST or "stopReason" in data


def read_whole(message: dict[str, Any], exchange: Exchange) -> None:
    content = message.get("content")
    for part in content if isinstance(content, list) else []:
        if isinstance(part, dict):
            exchange.add(str(part.get("text") or ""))


def count(usage: dict[str, Any], exchange: Exchange) -> None:
    """What is read from a cache, or written to one, is counted beside the prompt's other tokens."""
    given = {name: value for name, value in usage.items() if isinstance(value, int)}
    read, written = given.get("cacheReadInputTokens", 0), given.get("cacheWriteInputTokens", 0)
    counts: dict[str, Any] = {"completion_tokens": given.get("outputTokens")}
    if "inputTokens" in given:
        counts["prompt_tokens"] = given["inputTokens"] + read + written
    if read or written:
        counts |= {"cache_read_input_tokens": read, "cache_creation_input_tokens": written}
        counts["prompt_tokens_details"] = {"cached_tokens": read}
    exchange.count(counts)
