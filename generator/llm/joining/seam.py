"""Joining the parts of an answer that was interrupted: pure functions on text.

The model is given the draft up to its seam, and told to go on exactly there. Some do; others repeat
a sentence or a heading first, reopen a code block or a table, start over, refuse, or say that they
go on. One rule for all of it: only what is proven goes on in mid-sentence. Else the draft goes back
to its last whole sentence, row, item or block, and what comes begins a paragraph.
"""

import re

from generator.llm.joining import blocks, remarks, repeats
from generator.llm.letters import letters_of

HOLD = 80  # characters, before which nobody can tell what the model does
HEAD = 250  # characters of a line before what goes on
SHORT = 20  # characters that say nothing
BLOCK_IS_OVER = re.compile(r"#{2,6} .*\n\s*\n[^\W_]")  # as the model believes
DOTS = re.compile(r"\A\s*[\[(]?(?:\.\.\.|…)[\])]?[ \t]*(?=[^\s.])")
BOLD = re.compile(r"\A[*_:]+[ \t]*(?=\n)")  # the end of a heading as some write it
CLOSED = re.compile(r"\A\s*(?:`{3,}|~{3,})[ \t]*(?=\n\s*\n)")  # the end of a code block
# A line that announces what follows, or quotes; what is put around it; and where these may end.
LEAD = re.compile(r".+[:：][*_]*|[*_]*[\[(（【<].+[\])）】>][*_]*|.+[\"”»」]")
FRAME = re.compile(r"|[\"“„«「]|-{3,}|`{3,}(?:text|markdown|md)?|<[\w-]+>")
LEAD_ENDS = re.compile(r"\n(?!\s*---)|[:：][*_]*[ \t](?![\"“„«「])|(?m:^)(?:[\"“„«「]|<[\w-]+>)")
CLOSERS = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」"}


def split_at_seam(draft: str) -> tuple[str, str]:
    """Take what is half-written off the end of a draft: a word, a link, a formula, a table row.

    Returns:
        The draft without it, and the white space that stood before it. Whether the model goes on
        with what it has not seen tells whether it goes on properly.
    """
    start = blocks.half_written(draft)
    head = draft[:start].rstrip()
    return head, draft[len(head) : start]


def join(draft: str, tail: str, complete: bool, prefilled: bool = False) -> str:
    """Continue a draft, whether the model went on, repeated its last words or started over.

    While the tail is not `complete`, the result may leave some of it out until it is clear which
    of these it is. It is never shorter than the draft. `prefilled`: the model's own message went on
    after the seam, so that it could do nothing else; llama.cpp's server does that.
    """
    head, gap = split_at_seam(draft)
    unseen = draft[len(head) :]
    if not tail or unseen.startswith(tail):
        return draft
    if not head:  # nothing was there to go on with: the model was asked afresh
        return longer(draft, without_talk(draft, tail) if draft else tail)
    if prefilled:
        return longer(draft, head + tail)
    start = tail.lstrip()
    if tail.startswith(unseen) and (unseen.strip() or not tail.strip()):
        # The hidden word may also be the first one of a sentence that is said again.
        if not complete and start.rstrip() in draft:
            return draft
        place, end = repeats.repetition(draft, tail, repeats.ANCHOR, ended=False)
        twice = end and (head + tail).count(start[: HOLD // 2]) == 2
        return draft[:place] + tail[end:] if twice else head + tail
    if not complete and len(start) < len(start[:HEAD].split("\n")[0]) + HOLD:
        return draft  # the first line may be a remark
    said = without_talk(draft, tail)
    if not said.strip() or (not complete and said != tail and len(said) < HOLD):
        return draft
    if said == tail and tail.startswith(unseen):  # after a line that has ended
        same_table = start[0] == "|" and unseen == "\n" == blocks.between(head, start)
        return head + ("\n" + tail.lstrip("\n") if same_table else tail)
    return longer(draft, joined(draft, head, gap, said, complete))


def longer(draft: str, new: str) -> str:
    ours, theirs = draft.rstrip(), new.rstrip()
    return new if len(theirs) > len(ours) or (theirs == ours and len(new) > len(draft)) else draft


def without_talk(draft: str, tail: str) -> str:
    """Take off what is said to the user, and what is put around all of it."""
    start, fence = tail.lstrip(), blocks.open_fence(draft)
    again = any(repeats.repetition(draft, start, repeats.PROOF, ended=False))
    for end in LEAD_ENDS.finditer(start[:HEAD]):
        lead, rest = start[: end.end()], start[end.end() :].lstrip()
        if start[:SHORT] in draft or (again and letters_of(lead)):
            break  # it is the report's own
        if is_proven(draft, lead, rest):  # whatever it says, in whatever language
            if "```" in lead:  # it is taken for one that says that it is around Markdown
                return blocks.without_wrapper(f"```md\n{rest}", draft, fence)
            return rest.rstrip().removesuffix(CLOSERS[lead[-1]]) if lead[-1] in CLOSERS else rest
    said = remarks.without_remarks(start)
    return blocks.without_wrapper(tail if said == start else said, draft, fence)


def is_proven(draft: str, lead: str, new: str) -> bool:
    """Whether what comes after a lead goes on with a draft, or begins it: to the letter."""
    said = [line for line in map(str.strip, lead.split("\n")) if not FRAME.fullmatch(line)]
    leads = len(said) < 2 and all(map(LEAD.fullmatch, said))
    title = draft[: blocks.NEAR].split("\n")[0]
    again = letters_of(new[: 2 * HEAD]).startswith(letters_of(title))
    if again and (len(letters_of(title)) >= repeats.PROOF or new.startswith(f"{title}\n")):
        return leads or (len(said) == 1 and lead[-1] == "\n" and title not in lead)
    unseen = draft[blocks.half_written(draft) :].strip()
    block = "```" in lead and len(blocks.FENCE.findall(new)) % 2 and new.rstrip()[-1] != "`"
    if (unseen and lead.startswith(unseen)) or blocks.open_fence(draft) or block:
        return False  # a block of code that text follows is the report's
    goes_on = bool(unseen) and new.startswith(unseen)
    if goes_on and lead.endswith("\n\n") and len(said) == 1 and unseen[0].islower():
        return True  # no paragraph begins with a small letter
    if lead[-1] in " \t" and (len(lead) > HOLD // 2 or len(unseen) < 4 or lead[0].islower()):
        return False
    return leads and (goes_on or any(repeats.repetition(draft, new, repeats.PROOF, not unseen)))


def joined(draft: str, head: str, gap: str, said: str, complete: bool) -> str:
    """Join what does not go on letter by letter after the seam."""
    fence = blocks.open_fence(draft)
    if fence and "\n" not in draft[fence.end() :]:
        fence = None  # the line that opens it is half-written itself
    word = draft[len(head + gap) :].rstrip()
    if begun := repeats.begun_again(draft, said):
        return started_over(draft, begun[0], said[begun[1] :], complete)
    said = blocks.without_fence(said, complete) if fence else without_frame(draft, said)
    start = repeats.with_title_of(draft, said.lstrip())
    kind = blocks.kind_of(start)
    base = blocks.whole(draft, kind)
    if (repeated := after_repetition(draft, base, word, start, bool(fence))) is not None:
        return repeated
    again = repeats.starts_over(head, start, bool(fence) or kind in ("row", "item"))
    # The word that it was not shown; marks of a table or of code prove nothing, nor do three dots.
    proof = word.strip("|`~") and word.removesuffix("...").removesuffix("…")
    by_chance = again is not None and not fence and draft.startswith(proof, again)
    if proof and start.startswith(proof) and not by_chance:
        return head + gap + start
    half = draft[len(base) :]
    before = repeats.alike(draft[again:], start) if again is not None else 0
    same = half.strip() and kind != "heading" and repeats.same_sentence(half, start)
    if same and before <= max(6, repeats.alike(half, start)):
        return base + half[: len(half) - len(half.lstrip())] + blocks.renumbered(start, base)
    if again is not None:
        return started_over(draft, again, start, complete)
    return in_code(base, half, said) if fence else paragraph(draft, base, half, said, complete)


def without_frame(draft: str, said: str) -> str:
    """Take off what stands around a continuation once more: marks, a heading, a table's header."""
    base = blocks.whole(draft)
    if blocks.FENCE.match(blocks.last_line(base)):
        said = CLOSED.sub("", said)
    said = section_heading(base, blocks.continued_row(said, base))
    if blocks.last_line(draft).startswith(">") and re.match(r"> ?[^\W\dA-Z]", said):
        said = said[1:]
    return DOTS.sub("", said)


def after_repetition(draft: str, base: str, word: str, start: str, in_code: bool) -> str | None:
    """Go on where a text has repeated the end of the draft; or that of its last whole sentence."""
    least = 8 if in_code else 4
    ways = [(base, least)]
    if draft[len(base) :].strip():
        ways.insert(0, (draft, max(least, len(letters_of(word)) + 1)))
    for old, size in ways:
        place, end = repeats.repetition(old, start, size, ended=old is base)
        if end:
            ends_heading = blocks.HEADING.match(blocks.last_line(old))
            return old[:place] + (BOLD.sub("", start[end:]) if ends_heading else start[end:])
    return None


def in_code(base: str, half: str, said: str) -> str:
    """Go on in a block of code, with a whole line."""
    if BLOCK_IS_OVER.match(said.lstrip()) and len(blocks.FENCE.findall(said)) % 2 == 0:
        return base + "\n```\n\n" + said.lstrip()
    white = half if half.isspace() and said[:1].strip() else "\n"
    return base + white + said.lstrip("\n")


def paragraph(draft: str, base: str, half: str, said: str, complete: bool) -> str:
    """Begin a block after the last one that is whole."""
    start = blocks.renumbered(said.lstrip(), base)
    if not blocks.kind_of(start) and len(start) < (HOLD if half.strip() else SHORT):
        return draft  # it says too little to take the place of half a sentence
    white = half if half.isspace() and "\n\n" in half else blocks.between(base, start)
    new = base + white + start if base else start
    if complete and longer(draft, new) == draft:  # it is shorter than half a sentence
        return draft.rstrip() + blocks.between(draft.rstrip(), start) + start
    return new


def section_heading(base: str, said: str) -> str:
    """Take off the heading of the draft's section, or one of the model's own above what it has."""
    start = said.lstrip()
    heading, last = blocks.HEADING.match(start), [*blocks.HEADING.finditer(base)][-1:]
    if not heading:
        return said
    rest = start[heading.end() :].lstrip()
    names = [repeats.heading_name(each[2]) for each in (heading, *last)]
    same = len(names) == 2 and names[0] == names[1] and len(last[0][1]) > 1
    if len(heading[1]) > 1 and blocks.HEADING.match(rest):
        same = same or repeats.starts_over(base, rest) is not None
    return rest if same or any(repeats.repetition(base, rest, repeats.ANCHOR, ended=True)) else said


def started_over(draft: str, place: int, new: str, complete: bool) -> str:
    """Return the longer one of two texts that begin alike; or both, as far as a heading of both."""
    if len(new) > len(draft) - place:
        return draft[:place] + new
    ours = list(blocks.HEADING.finditer(draft, place + 1))
    if complete and ours and len(ours[-1][1]) > 1:
        name = repeats.heading_name(ours[-1][2])
        for theirs in blocks.HEADING.finditer(new):
            if repeats.heading_name(theirs[2]) == name:
                return longer(draft, draft[: ours[-1].start()] + new[theirs.start() :])
    return draft
