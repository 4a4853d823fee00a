"""One request to a model and what has come back: the record that the bytes are read into.

A wire (`openai.py` and the others) reads events and calls `add`, `think`, `end` and `count`; the
transport feeds it the bytes; `generator/llm/request.py` asks it what became of the request.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Protocol

from generator.llm.text.repeaters import Pieces
from generator.llm.wire.events import DAMAGED, MAX_REST, Event, Events
from generator.llm.wire.failure import Reply, error_in, json_in, reply_of

PUT_OFF = {"queued", "in_progress", "pending", "starting", "processing", "accepted"}
HEARTBEATS = {"ping", "heartbeat", "keepalive", "keep-alive", "keep_alive"}

Wire = Callable[[Event, "Exchange"], bool]  # reads an event; tells whether it is one of its own


class Body(Protocol):
    """What a server sends, as the transport has it."""

    async def is_understood(self) -> bool: ...

    async def read(self, add: Callable[[str], None]) -> None: ...


class Exchange:
    """What is known so far of a request, an answer, and the way in which it ended."""

    def __init__(self) -> None:
        self.address = ""  # of the server: scheme, host and port
        self.asked = b""  # the body of the request
        self.misled_to = ""  # the address to which the server would have sent it on
        self.body: Body | None = None  # what the server sends
        self.status = 0  # HTTP's, 0 while nothing has come
        self.headers: Mapping[str, str] = {}
        self.begin()

    def begin(
        self,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        events: Events | None = None,
        wires: Sequence[Wire] = (),
    ) -> None:
        """A response begins. One that came before it was not the answer: a log-in, a redirect."""
        self.status, self.headers = status, headers or {}
        self.events = events or Events()
        self.wires = wires
        self.wire: Wire | None = None  # known once one of them has understood an event
        self.raw = b""  # the beginning, while no wire is known
        self.strange = 0  # events that no wire understood
        self.heard = 0  # events that are no heartbeats
        self.error: dict[str, Any] | None = None  # the provider's words, where it sent an error
        self.reason = ""  # why the answer ended, in the provider's own words
        self.premature = False  # an end reason came, and then more of the answer
        self.usage: dict[str, Any] = {}  # in OpenAI's words
        self.model = self.id = ""
        self.choice: Any = None  # the index of the answer, among several
        self.refusal = ""
        self.thoughts: list[str] = []
        self.beside: dict[str, list[Any]] = {}  # citations, annotations and the like
        self.aside = False  # what comes is beside the answer
        self.has_text = False
        self.ended = False  # the body has
        self._pieces: list[str] = []
        self._new = Pieces()
        self._half = ""  # of a character that comes in two
        self._border = False
        self._ending = ""  # the last letter that came

    # ---- what a wire says

    def add(self, text: str) -> None:
        """A piece of the answer's text."""
        if text and not text.isascii():
            text = self._whole_characters(text)
        self.has_text = self.has_text or bool(text.strip())
        self._add(self._new.new(text))

    def _add(self, text: str) -> None:
        if not text.strip():
            self._pieces.append(text)
            return
        if self._border:
            # A sentence may go on after a tool: only what has ended is a paragraph.
            if self._ending in ".!?:…。！？\n" or text.lstrip().startswith("#"):
                text = "\n\n" + text.lstrip()
            self._border = False
        self._ending = text.rstrip(" ")[-1:]
        self._pieces.append(text)
        if self.reason:
            self.reason, self.premature = "", True

    def _whole_characters(self, text: str) -> str:
        """Join the halves of characters (UTF-16 surrogates) that came in two pieces."""
        text, self._half = self._half + text, ""
        if "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text

    def think(self, text: str) -> None:
        if text:
            self.thoughts.append(text)

    def begin_block(self) -> None:
        """What comes now is another block of text than what came: a paragraph of its own."""
        self._add(self._new.rest())
        self._border = self.has_text

    def end(self, reason: str) -> None:
        """The answer has ended, as the provider says."""
        self._add(self._new.rest())
        self.reason = reason

    def count(self, usage: Any) -> None:
        """What the provider has counted, in OpenAI's words; later counts replace earlier ones."""
        for part in usage if isinstance(usage, list) else [usage]:
            if isinstance(part, dict):
                known = {name: value for name, value in part.items() if value is not None}
                self.usage |= known

    # ---- what the transport says

    def feed(self, block: bytes) -> None:
        """Read a part of the body."""
        if not self.wire and len(self.raw) < MAX_REST:
            self.raw += block[:MAX_REST]
        if not self.events.done:
            self.read(self.events.feed(block))

    def finish(self) -> None:
        """The body has ended."""
        if not self.ended:
            self.ended = True
            self.read(self.events.end())
            self._add(self._new.rest())

    def read(self, events: list[Event]) -> None:
        for event in events:
            if is_heartbeat(event):
                continue
            if event is DAMAGED and self.thoughts and not self.has_text:
                continue  # it was a thought, most likely
            self.heard += 1
            if not self.reason and (error := error_in(event)):
                self.error = self.error or error
            if event is DAMAGED:
                self.events.done = True  # what comes after it would leave a gap
                break
            for wire in [self.wire] if self.wire else self.wires:
                if wire(event, self):
                    self.wire = wire
                    break
            else:
                self.strange += 1
            if self.error is not None and not self.reason:
                self.events.done = True  # some gateways give a good end reason after an error
                break

    # ---- what the request asks

    @property
    def bought(self) -> bool:
        """Whether the model has begun to write or to think."""
        return self.has_text or bool(self.thoughts)

    def take(self, last: bool = False) -> str:
        """Return the text that has come since the last call; the `last` one is for the end."""
        if last:
            self._add(self._new.rest())
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def failure(self) -> Reply | None:
        """Return the error that the provider answered, as a status or within the answer, or None.

        Where the answer is there as a whole, an error that follows changes nothing.
        """
        if self.status >= 400:
            return reply_of(self.status, self.headers, self.raw.decode(errors="replace"))
        return reply_of(0, self.headers, self.error) if self.error is not None else None

    def is_put_off(self) -> bool:
        """Tell whether the provider has only taken the question, and would have the answer later:
        OpenAI's background mode, NVIDIA's and Replicate's queues."""
        body = json_in(self.raw.decode(errors="replace")) if not self.bought else None
        status = body.get("status") if isinstance(body, dict) else None
        return not self.bought and (self.status == 202 or str(status).lower() in PUT_OFF)

    def is_web_page(self) -> bool:
        """Tell whether what came is a page for a browser, as a wrong address gives it."""
        kind = self.headers.get("content-type", "")
        return not self.wire and (
            "html" in kind or self.raw[:500].lstrip().lower().startswith(b"<")
        )


# The exchange that the running task's requests belong to. Connections, which are kept for the next
# requests, keep the context in which they were opened: so it does not hold the exchange itself.
current: ContextVar[Callable[[], Exchange | None]] = ContextVar("exchange", default=lambda: None)


def dict_in(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return an object within another one, {} where something else stands in its place."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def is_heartbeat(event: Event) -> bool:
    """Tell whether an event says only that the connection is alive."""
    kind = event.data.get("type") or event.name
    return not event.data or (isinstance(kind, str) and kind.lower() in HEARTBEATS)
