"""An answer while it is being written, and the checkpoint that the next attempt goes on from."""

import asyncio
import json
import logging
import math
import threading
from collections.abc import Mapping, Sequence

from generator.llm.joining.blocks import HEADING, whole
from generator.llm.joining.repeats import beginnings, starts_over, with_title_of
from generator.llm.joining.seam import join, split_at_seam
from generator.llm.letters import Skeleton
from generator.llm.text.clean import report_alone, written
from generator.llm.text.loops import LoopGuard, without_loop
from generator.llm.text.tokens import about_tokens
from generator.llm.text.whole import (
    ends_in_mid_sentence,
    ends_like_a_whole,
    has_no_more_to_say,
)
from models import Source

# Bytes of JSON, about 150 pages. Temporal warns about a checkpoint from 512 KiB on and refuses a
# result over 2 MiB, after which the answer would be paid for again on every attempt.
MAX_ANSWER = 480_000
COUNTED = ("prompt_tokens", "completion_tokens", "total_tokens", "cost", "estimated")


class Answer:
    """An answer while it is being written: the event loop adds to it, an Activity heartbeats it."""

    def __init__(
        self,
        draft: str = "",
        totals: Mapping[str, float] | None = None,
        fruitless: int = 0,
        loops: int = 0,
        unfinished: Sequence[int] = (0, 0),
        models: Sequence[str] = (),
    ) -> None:
        self.draft = draft  # what earlier attempts and requests have left
        self.totals = dict(totals or {})  # tokens and cost of the requests that have ended
        self.fruitless = fruitless  # the latest answers that were bought and brought nothing new
        self.loops = loops  # requests in which the model repeated itself without end
        self.asked, self.written = unfinished  # tokens of the running request, about
        self.models = list(models)  # whose text it has: the next attempt's worker may have another
        self.model = ""  # the one that is asked now
        self.may_cost: float | None = None  # US dollars, with what `totals` has; None: no limit
        self.least = 0  # tokens for which it is worth asking; 0: as few as make a sentence
        self.most: float = math.inf  # tokens that the running request may bring
        self.pieces: list[str] = []  # what the running request has brought so far
        self.sources: list[Source] = []  # what came beside the text, for its `[1]`, `[2]`, ...
        self.size = len(json.dumps(draft))  # bytes of JSON
        self.lock = threading.Lock()  # for text that moves from `pieces` to `draft`
        self.task: asyncio.Task[None] | None = None  # the running request
        self.stopped = self.looping = False
        self.prefilled = False  # the running request goes on in the model's own message
        self.guard, self.guard_of_thoughts = LoopGuard(), LoopGuard(long=True)

    def begin(self, task: "asyncio.Task[None] | None") -> None:
        """Note the request that `stop` is to cancel."""
        self.task = task
        self.guard, self.guard_of_thoughts = LoopGuard(), LoopGuard(long=True)
        if self.stopped:
            raise asyncio.CancelledError

    def add(self, piece: str) -> None:
        """Take the next words; hang up once there are enough."""
        if not self.has_enough():
            self.pieces.append(piece)
            if self.model not in self.models:
                self.models.append(self.model)
            self.size += len(json.dumps(piece)) - 2
            self.written += about_tokens(piece)
            self.looping = self.guard.sees_loop(piece)
        if self.has_enough() and self.task:
            self.task.cancel()

    def think(self, thought: str) -> None:
        """Take what the model thinks: it is paid for, and may go round in circles, too."""
        self.written += about_tokens(thought)
        self.looping = self.looping or self.guard_of_thoughts.sees_loop(thought)
        if (self.looping or self.is_too_dear()) and self.task:
            self.task.cancel()

    def has_enough(self) -> bool:
        return self.looping or self.is_full() or self.is_too_dear()

    def is_too_dear(self) -> bool:
        """Tell whether the provider has not stopped where it was asked to, for the cost of it."""
        return self.written > self.most

    def is_full(self) -> bool:
        return self.size > MAX_ANSWER

    def stop(self) -> None:
        """Hang up, even in silence: no more tokens are bought. Any thread may call this."""
        self.stopped = True
        if self.task:
            self.task.get_loop().call_soon_threadsafe(self.task.cancel)

    def received(self) -> str:
        """Return all that the running request has brought, as it came."""
        with self.lock:
            return "".join(self.pieces)

    def text(self, complete: bool = False) -> str:
        with self.lock:
            draft, received = self.draft, "".join(self.pieces)
        try:
            if self.looping:
                received = without_loop(received)
            return join(draft, written(received, complete), complete, self.prefilled)
        except Exception as error:  # what was bought stays, whatever is wrong with our own code
            logging.getLogger(__name__).error("cannot join an answer", exc_info=error)
            return f"{draft}\n\n{received}" if draft else received

    def end_request(self, complete: bool) -> bool:
        """Make one draft of all that there is; tell whether the request has brought anything new.

        An answer that was cut is not `complete`: its last words may be the beginning of a remark or
        of a second report.
        """
        text = self.text(complete)
        gained = len(text.strip()) > len(self.draft.strip())
        self.looping = False
        self.replace(text)
        return gained

    def replace(self, draft: str) -> None:
        """Have this draft, and nothing of the running request."""
        with self.lock:
            self.draft, self.pieces = draft, []
        self.size = len(json.dumps(draft))

    def is_confirmed(self, said: str, was_cut: bool) -> bool:
        """Tell whether the request that has ended brought nothing new because nothing is missing:
        all that it `said` had come before.

        An answer may be cut between its last word and its end, by whatever cuts it. The model is
        then shown all but the last word. It writes that once more, and ends; or it writes the last
        sentences again, or all of them. After the end of a line there is no word to write: where
        the draft `was_cut` there, and does not stop at its limit, it has no more to say.
        Small models also repeat last words that are no end: half a sentence is never whole.
        """
        if self.ends_in_mid_sentence():
            return False
        head, _ = split_at_seam(self.draft)
        unseen = self.draft[len(head) :].strip()
        if not unseen and was_cut and ends_like_a_whole(self.draft) and has_no_more_to_say(said):
            return True
        if not said or not unseen:
            return False
        if said == unseen:
            return True
        letters, again = Skeleton(self.draft).letters, Skeleton(said).letters
        return len(again) > len(Skeleton(unseen).letters) and letters.endswith(again)

    def ends_in_mid_sentence(self) -> bool:
        return ends_in_mid_sentence(report_alone(self.draft))

    def another(self, said: str) -> str | None:
        """Return the report of its own that the request which has ended `said`, if it is one.

        A draft is given up only for a text that is as long as what is whole of it, and says more;
        of its sections, only the last. Its title stays where the other text has none.
        """
        said = with_title_of(self.draft, report_alone(said).strip())
        head, _ = split_at_seam(self.draft)
        if self.prefilled or not head or ends_in_mid_sentence(said):
            return None  # whatever its end reason says
        place = starts_over(head, said)
        if place is None or (place > beginnings(head)[0] and HEADING.search(head, place + 1)):
            return None  # it goes on, or begins a section again that is not the last
        report = f"{self.draft[:place]}{said}"
        if len(report) < len(whole(self.draft)) or self.draft.startswith(report):
            return None  # of what is half-written, it says nothing
        return report

    def has_ended_before_loop(self) -> bool:
        """Tell whether all that is repeated comes after the end of the model's turn."""
        received = self.received()
        said = written(received, complete=True).strip()
        return bool(said) and said == written(without_loop(received), complete=True).strip()

    def forget_request(self) -> None:
        with self.lock:
            self.pieces = []

    def count(self, usage: Mapping[str, float | None]) -> None:
        """Add what a request has used; it has ended."""
        self.asked = self.written = 0
        self.totals = self.totals | {
            name: self.totals.get(name, 0) + (usage.get(name) or 0) for name in COUNTED
        }

    def checkpoint(self) -> tuple[str, dict[str, float], int, int, tuple[int, int], list[str]]:
        """Return what the next attempt needs, should this one be killed now."""
        unfinished = (self.asked, self.written) if self.written else (0, 0)
        return self.text(), self.totals, self.fruitless, self.loops, unfinished, [*self.models]
