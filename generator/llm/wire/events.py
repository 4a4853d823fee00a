"""The bytes of an answer, taken apart into events: whatever the framing, whatever comes between.

Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), a JSON value a
line, a JSON value as a whole, or a list of them. What is none of it (heartbeats of any spelling,
comments, ids) is passed over.
"""

import json
import re
from typing import Any, NamedTuple

DONE = "[DONE]"
FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":", b"error:")  # the last is llama.cpp's
OPENING = re.compile(r"[\[,\s]*\{")  # of an object in a list
ALIKE = 6  # characters with which all events of a stream begin, as in `{"id":`
MAX_REST = 64_000  # bytes to keep of what is no event


class Event(NamedTuple):
    """One thing that a provider says."""

    data: dict[str, Any]
    name: str = ""  # of a server-sent event


# What stands for an event that began like the one before it and is no JSON: a piece may be lost.
# Seen of GLM 5.1 and of vLLM: the next event begins in the middle of one.
DAMAGED = Event({"error": {"message": "A part of the answer came damaged"}}, "damaged")


class Events:
    """Splits a body while it comes; a read may end anywhere, inside a character, too."""

    def __init__(self) -> None:
        self.line = bytearray()  # the last one, which is not complete yet
        self.data = ""  # of an event of several lines
        self.name = ""
        self.body = ""  # lines that are no server-sent events
        self.rest = ""  # what turned out to be no JSON
        self.opening = ""  # of the last event
        self.done = False  # the provider has said [DONE]

    def feed(self, block: bytes) -> list[Event]:
        """Return the events that are complete now."""
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        self.line += block[:end]
        found: list[Event] = []
        if end:
            for line in bytes(self.line).splitlines():
                self._take(line, found)
            self.line.clear()
        self.line += block[end:]
        return found

    def end(self) -> list[Event]:
        """Return what the body had left when it ended."""
        self.opening = ""  # what breaks off is not damaged
        found: list[Event] = []
        self._take(bytes(self.line), found)
        self._take(b"", found)
        self.line.clear()
        if self.body:
            self._add(self.body, found)
            self.body = ""
        return found

    def _take(self, line: bytes, found: list[Event]) -> None:
        if line.startswith(b"data:"):
            self._take_data(line[5:].decode(errors="replace").strip(), found)
            return
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not line:
            if self.data:
                self._add(self.data, found)
            self.data = self.name = ""
        elif line.startswith(FIELDS):
            if line.startswith(b"event:"):
                self.name = line[6:].decode(errors="replace").strip()
            elif line.startswith(b"error:"):
                self.name = "error"
                self._take_data(line[6:].decode(errors="replace").strip(), found)
            elif line.startswith(b"data:"):  # after a byte order mark, or indented
                self._take_data(line[5:].decode(errors="replace").strip(), found)
        elif self.body or not self._add_line(line.decode(errors="replace"), found):
            self.body += line.decode(errors="replace") + "\n"

    def _take_data(self, data: str, found: list[Event]) -> None:
        if self.done:
            return
        if data.startswith(DONE):
            self.done = True
        elif self.data or (value := parse(data)) is None:
            self.data += data + "\n"
        else:
            self._add_value(value, found, data)  # some leave the empty line out

    def _add_line(self, line: str, found: list[Event]) -> bool:
        """Take a line for an event; tell whether it is one, or would have been."""
        if (value := parse(line)) is not None:
            self._add_value(value, found, line)
        elif self.opening and line.startswith(self.opening):
            found.append(DAMAGED)
        else:
            return False
        return True

    def _add(self, text: str, found: list[Event]) -> None:
        if (value := parse(text)) is not None:
            self._add_value(value, found, text)
            return
        lines = [self._add_line(line, found) for line in text.splitlines()]
        values = [] if any(lines) else list_before_cut(text)
        for value in values:
            self._add_value(value, found)
        if any(lines) or values:
            return
        if len(self.rest) < MAX_REST:
            self.rest += text[:MAX_REST]
        if self.name == "error":
            found.append(Event({"error": {"message": text.strip()}}, self.name))

    def _add_value(self, value: Any, found: list[Event], text: str = "") -> None:
        self.opening = text[:ALIKE]
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                found.append(Event(part, self.name))


def list_before_cut(text: str) -> list[Any]:
    """Return the objects of a JSON list that breaks off, up to the one that does."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while (match := OPENING.match(text, place)) and (place or text.startswith("[")):
        try:
            value, place = decoder.raw_decode(text, match.end() - 1)
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found


def parse(text: str) -> Any:
    """Return the JSON list or object in a text, None if it is none."""
    if not text.startswith(("{", "[", '"{')):
        return None
    try:
        value = json.loads(text)
        return json.loads(value) if isinstance(value, str) else value  # some write it twice
    except (ValueError, RecursionError):
        return None
