"""Joining the parts of an answer that was interrupted: pure functions on text.

The model is given the draft up to its seam, and told to go on exactly there. Chat models do that,
or repeat a sentence or a heading first, reopen a code block or a table, say that they go on, start
over, or refuse. What stays is one report: none of the draft lost but the half-written end that the
model writes anew, and nothing twice.

Beside this: `blocks` knows what Markdown a text is in the middle of, `repeats` finds what is said
again, `remarks` what is said beside the report.
"""

import re

from generator.llm.joining.blocks import (
    attached,
    continued_row,
    half_written,
    in_formula,
    open_fence,
    renumbered,
    without_dots,
    without_fence,
    without_mark,
    without_wrapper,
)
from generator.llm.joining.remarks import first_sentence_is_open, without_remarks
from generator.llm.joining.repeats import without_repeats

HOLD = 80  # characters, before which nobody can tell what the model does
QUOTES = [("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"), ("『", "』")]


def split_at_seam(draft: str) -> tuple[str, str]:
    """Take what is half-written off the end of a draft: a word, a link, a formula, a table row.

    Returns:
        The draft without it, and the white space that stood before it. The model continues more
        reliably after something whole, and whether it goes on with what it has not seen tells
        whether it goes on properly.
    """
    start = half_written(draft)
    head = draft[:start].rstrip()
    return head, draft[len(head) : start]


def join(draft: str, tail: str, complete: bool) -> str:
    """Continue a draft, whether the model went on, repeated its last words or started over.

    While the tail is not `complete`, the result may leave some of it out until it is clear which
    of these it is, but is never less than the draft. Where the model started over with other words,
    the longer of the two reports is the one that stays.
    """
    head, gap = split_at_seam(draft)
    unseen = draft[len(head) :]
    if not tail or unseen.startswith(tail):
        return draft
    if not head:  # nothing was there to go on with: the model was asked afresh
        return tail if complete or len(tail) > len(draft) else draft
    if tail.startswith(unseen) and not (unseen.isspace() and has_remarks(draft, tail)):
        return head + tail
    if not complete and (len(tail) < HOLD or first_sentence_is_open(tail)):
        return draft
    joined = joined_loosely(draft, head, gap, tail, complete)
    return joined if complete or len(joined) >= len(draft) else draft


def has_remarks(draft: str, tail: str) -> bool:
    said = tail.lstrip()
    return not in_quotation(draft) and without_remarks(said) != said


def in_quotation(draft: str) -> bool:
    """Whether somebody is being quoted: then a remark is theirs."""
    line = draft[draft.rfind("\n") + 1 :][-2000:]
    if line.lstrip().startswith(">") or line.count('"') % 2:
        return True
    return any(line.rfind(opening) > line.rfind(closing) for opening, closing in QUOTES)


def joined_loosely(draft: str, head: str, gap: str, tail: str, complete: bool) -> str:
    """Join what does not go on letter by letter."""
    word, fence = draft[len(head + gap) :], open_fence(head)
    said = without_talk(draft, head, tail, fence)
    if not said.strip() or (not complete and said != tail and len(said) < HOLD):
        return draft
    if fence:
        new = without_fence(said, fence, complete)
    else:
        new = without_mark(without_dots(continued_row(said, head), word), head, gap)
    in_code = fence is not None or in_formula(head)
    again = without_repeats(head, gap, gap + word, new, in_code, complete)
    if again is not None:
        return draft if again == head else again
    reopened = fence is not None and new != said
    if reopened and "\n" not in gap and not (word and new.lstrip().startswith(word)):
        return draft + "\n" + new  # a code block that is opened again begins with a whole line
    return attached(draft, head, gap, new if fence else renumbered(new, head), in_code)


def without_talk(draft: str, head: str, tail: str, fence: re.Match[str] | None) -> str:
    """Take off what is said to the user, and the code block around all of it."""
    said = tail
    for _ in range(2):  # a remark may stand before the wrapper, or in it
        if has_remarks(draft, said):
            said = without_remarks(said.lstrip())
        said = without_wrapper(said, head, fence)
    return said
