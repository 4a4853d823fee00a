"""An answer while it is being written, and the checkpoint that the next attempt goes on from."""

import asyncio
import json
import threading
from collections.abc import Mapping

from generator.llm.joining.seam import join, split_at_seam
from generator.llm.text.thoughts import without_thoughts

# Bytes of JSON, about 150 pages. Temporal warns about a checkpoint from 512 KiB on and refuses a
# result over 2 MiB, after which the answer would be paid for again on every attempt.
MAX_ANSWER = 480_000
COUNTED = ("prompt_tokens", "completion_tokens", "total_tokens", "cost")


class Answer:
    """An answer while it is being written: the event loop adds to it, an Activity heartbeats it."""

    def __init__(
        self, draft: str = "", totals: Mapping[str, float] | None = None, fruitless: int = 0
    ) -> None:
        self.draft = draft  # what earlier attempts and requests have left
        self.totals = dict(totals or {})  # tokens and cost of the requests that were completed
        self.fruitless = fruitless  # the latest answers that were bought and brought nothing new
        self.pieces: list[str] = []  # what the running request has brought so far
        self.size = len(json.dumps(draft))  # bytes of JSON
        self.lock = threading.Lock()  # for text that moves from `pieces` to `draft`
        self.task: asyncio.Task[None] | None = None  # the running request
        self.stopped = False

    def begin(self, task: "asyncio.Task[None] | None") -> None:
        """Note the request that `stop` is to cancel."""
        self.task = task
        if self.stopped:
            raise asyncio.CancelledError

    def add(self, piece: str) -> None:
        if not self.is_full():
            self.pieces.append(piece)
            self.size += len(json.dumps(piece)) - 2
        if self.is_full() and self.task:
            self.task.cancel()

    def is_full(self) -> bool:
        return self.size > MAX_ANSWER

    def stop(self) -> None:
        """Hang up, even in silence: no more tokens are bought. Any thread may call this."""
        self.stopped = True
        if self.task:
            self.task.get_loop().call_soon_threadsafe(self.task.cancel)

    def text(self, complete: bool = False) -> str:
        with self.lock:
            draft, received = self.draft, "".join(self.pieces)
        return join(draft, without_thoughts(received), complete)

    def end_request(self, complete: bool) -> bool:
        """Make one draft of all that there is; tell whether the request has brought anything new.

        An answer that was cut is not `complete`: its last words may be the beginning of a remark or
        of a second report.
        """
        text = self.text(complete)
        gained = len(text.strip()) > len(self.draft.strip())
        with self.lock:
            self.draft, self.pieces = text, []
        self.size = len(json.dumps(text))
        return gained

    def is_confirmed(self) -> bool:
        """Tell whether the request that has ended brought nothing new because nothing is missing.

        The worker may have gone down between an answer's last word and its end. The model is then
        shown all but the last word; it writes that once more, and ends.
        """
        head, _ = split_at_seam(self.draft)
        unseen = self.draft[len(head) :].strip()
        return unseen != "" and without_thoughts("".join(self.pieces)).strip() == unseen

    def forget_request(self) -> None:
        with self.lock:
            self.pieces = []

    def forget_last(self, length: int) -> None:
        """Drop so many characters of what the running request has brought."""
        with self.lock:
            self.pieces = ["".join(self.pieces)[:-length]]

    def count(self, usage: Mapping[str, float | None]) -> None:
        self.totals = self.totals | {
            name: self.totals.get(name, 0) + (usage.get(name) or 0) for name in COUNTED
        }

    def checkpoint(self) -> tuple[str, dict[str, float], int]:
        return self.text(), self.totals, self.fruitless
