"""What a report lacks, and why, as far as that is known: said wherever the report is spoken of."""

from typing import Any

from generator.wording import literal
from models import Task

NOTE = "*This report is incomplete: {why}.*"


class Gaps:
    """Why the answers that a report is made of are incomplete, by what they were asked for."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        self.settled = False  # a person has written the report anew

    def take(self, task: Task, part: str, answer: dict[str, Any]) -> None:
        """Note what an answer says of itself; what it takes the place of is gone."""
        if task == Task.OUTLINE:
            return  # none of it is in the report
        if task == Task.REPORT:
            self.reasons.clear()
        self.reasons.pop(part, None)
        if isinstance(why := answer.get("incomplete"), str) and why:
            self.reasons[part] = why

    def in_words(self, missing: list[str] | None) -> str:
        """Return why the report is incomplete, "" if it is whole.

        `missing` has the parts that a long report lacks altogether; None: it has no parts.
        """
        if self.settled:
            return ""
        reasons = [f"{part}: {why}" for part, why in self.reasons.items()]
        if missing is None:
            reasons = list(self.reasons.values())
        return "; ".join(reason.rstrip(". ") for reason in [*reasons, *(missing or [])])

    def settle(self, own: str) -> None:
        """Take a person's own version as whole, unless it says itself that it is not."""
        self.settled = bool(own) and "is incomplete: " not in own


def with_note(draft: str, why: str) -> str:
    """Return a report that says at its end that it is incomplete, and why."""
    note = NOTE.format(why=literal(why))
    return draft if not why or note in draft[-2 * len(note) :] else f"{draft.rstrip()}\n\n{note}\n"
