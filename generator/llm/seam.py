"""Joining the parts of an answer that was interrupted: pure functions on text."""

import re


def split_at_seam(draft: str) -> tuple[str, str]:
    """Take the last, perhaps half-written word off a draft.

    Returns:
        The draft without it, and the white space that stood before it. The model continues more
        reliably after a whole word, and the white space says how to join what it sends.
    """
    word = re.search(r"(\s+)\S{0,40}\Z", draft[-200:])
    return (draft[: word.start() - min(len(draft), 200)], word[1]) if word else (draft, "")


def join(draft: str, tail: str, complete: bool) -> str:
    """Continue a draft, whether the model went on, repeated its last words or started over.

    While the tail is not `complete`, the result may leave some of it out until it is clear which
    of the three it is, but never loses any of the draft.
    """
    head, gap = split_at_seam(draft)
    if not tail or (not complete and len(tail) < 80):
        return draft
    if gap and head and tail.startswith(gap):
        return head + tail  # went on
    if not head:
        return tail if complete or len(tail) > len(draft) else draft
    start = tail.lstrip()
    title, opening = head.lstrip().split("\n")[0][:40], start[:40]
    if len(title) >= 8 and head.count(title) == 1 and start.startswith(title):
        return start if complete or len(start) > len(draft) else draft  # started over
    if len(opening) == 40 and head.count(opening) == 1:
        repeated = head[head.index(opening) :]
        if start.startswith(repeated):
            return head + start[len(repeated) :]
        if repeated.startswith(start):
            return head if complete else draft
    if tail[0].isspace():
        return head + tail
    for size in range(min(39, len(start)), 0, -1):  # the last few words, or the half of one?
        words, before, after = start[:size], head[:-size], start[size:]
        if not head.endswith(words) or (after and not after.startswith(gap)):
            continue
        if not re.search(r"\w", words):  # marks: of a table or of code
            again = re.search(r"(\A|\n)\Z", before)
        elif gap:
            again = re.search(r"(\A|\W)\Z", before[-1:])
        else:
            again = re.search(r"(\A|[.!?。！？]\s*|\n\s*)\Z", before[-20:])
        if again and not (before.rstrip().endswith(words) and re.search(r"\w", words)):
            return head + after
    return head + gap + tail


def without_thoughts(text: str) -> str:
    """Remove the reasoning that some local models leak into their answers in <think> tags."""
    text = re.sub(r"(?<!`)<think>.*?</think>(?!`)\s*", "", text, flags=re.DOTALL)
    if text.lstrip().startswith("<think>"):
        return ""  # still thinking
    return re.sub(r"\A[^#`]*?</think>\s*", "", text)  # some leak the closing tag only
