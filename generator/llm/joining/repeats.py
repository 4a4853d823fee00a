"""What a continuation says again of what it is to continue.

Texts are compared by their letters and digits alone, in lower case.
"""

import itertools
import re

from generator.llm.joining import blocks
from generator.llm.letters import UNSPACED, WORDS, Skeleton, letters_of, overlaps, tokens
from generator.llm.phrases import CONTINUED

ANCHOR = 24  # letters that are no coincidence
PROOF = 12  # nor are so many, if a word is among them that was not shown
BEGINNING = 20  # words of an answer
PLACE = 300  # characters of the places in a draft that it may resemble
SECTIONS = 60  # of a draft, whose beginnings are looked at
CONTINUATION = re.compile(rf"[\[(（](?:{CONTINUED})[\])）]", re.IGNORECASE)
NUMBERING = re.compile(r"\A\d{1,2}(?:\.\d{1,2})*[.)]?[ ]+(?=[^\W\d])")  # not of years
TABLE = re.compile(r"(\|[^\n]*)\n[ \t|:-]+\n(\|[^\n|]*\|)")  # and its first cell
STARTS = re.compile(rf"(?:\A|\n|{blocks.SENTENCE_END.pattern})[\s>*_#|-]*\Z")


def heading_name(heading: str) -> str:
    return Skeleton(NUMBERING.sub("", CONTINUATION.sub("", heading))).letters


def repetition(old: str, new: str, least: int, ended: bool) -> tuple[int, int]:
    """Return where the last letter of a text ends, and that same letter in one that repeats it.

    The repetition is the longest that begins with a sentence or line, or is no coincidence: few
    letters will do where the old text has not `ended`, as then a word is among them that was not
    shown. Where it has ended, with a whole word, so does the repetition. (0, 0) if there is none.
    """
    offset = max(0, len(old) - blocks.NEAR)
    draft, text = Skeleton(old[offset:]), Skeleton(new[: 2 * blocks.NEAR])
    chance = ANCHOR if ended else PROOF
    if UNSPACED.search(old[-PROOF // 2 :] + text.text[:PROOF]):
        chance, least = chance // 2, min(least, chance // 2)
    for size in overlaps(draft.letters, text.letters):
        place, end = draft.at(len(draft.letters) - size), text.after(size)
        starts = STARTS.search(draft.text[max(0, place - 12) : place])
        cut = ended and WORDS.match(text.text, end, end + 1) and not UNSPACED.match(text.text, end)
        if size >= (least if starts else max(least, chance)) and not cut:
            return offset + draft.words[-1].end(), end
    return 0, 0


def begun_again(draft: str, new: str) -> tuple[int, int] | None:
    """Return where the code, table or numbered list in which a draft is begins, and where a text
    begins it once more: with the same line, the same header and first cell, or much of item 1."""
    if fence := blocks.open_fence(draft):
        line = draft[fence.end() + 1 :].split("\n")[0]
        opened = blocks.FENCE.search(new[: blocks.NEAR])
        for start in (0, opened.end() if opened else 0):
            start += len(new[start:]) - len(new[start:].lstrip("\n"))
            if len(line) > 8 and new.startswith(f"{line}\n", start) and draft.count(line) == 1:
                return fence.end() + 1, start
        return None
    start = len(new) - len(new.lstrip())
    table = draft[draft.rfind("\n\n", -blocks.NEAR) + 2 :]
    ours, theirs = TABLE.match(table), TABLE.match(new, start)
    if ours and theirs and [*map(letters_of, ours.groups())] == [*map(letters_of, theirs.groups())]:
        return len(draft) - len(table) + ours.start(2), theirs.start(2)
    first = [*re.finditer(r"^1[.)][ \t]+(.*)", draft[-blocks.NEAR :], re.MULTILINE)][-1:]
    again = re.match(r"1[.)][ \t]+(.*)", new[start:])
    if first and again and blocks.LAST_NUMBER.search(draft[-blocks.NEAR :]):
        words = [set(tokens(item[1])) for item in (first[0], again)]
        if 2 * len(words[0] & words[1]) > min(map(len, words)) > 2:
            return max(0, len(draft) - blocks.NEAR) + first[0].start(), start
    return None


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(words, words[1:], words[2:], strict=False))


def beginnings(draft: str) -> list[int]:
    """Return where the text of a draft begins, and that of its latest sections."""
    first = blocks.first_line(draft)
    title = blocks.HEADING.match(draft, first)
    ends = [found.end() for found in blocks.HEADING.finditer(draft, first + 1)][-SECTIONS:]
    ends = [title.end() if title else first, *ends]
    return [end + len(draft[end:]) - len(draft[end:].lstrip()) for end in ends]


def with_title_of(draft: str, new: str) -> str:
    """Give a text that begins with the title of a draft, in bold or with other marks, its marks."""
    title, line = draft[blocks.first_line(draft) :].split("\n")[0], new.split("\n")[0]
    same = 8 < len(line) < PLACE and letters_of(title) == letters_of(line)
    return title + new[len(line) :] if same else new


def starts_over(draft: str, new: str, in_block: bool = False) -> int | None:
    """Return the place in a draft at which a text begins once more; None: it goes on.

    To the letter, or in other words: then it resembles the beginning of the draft or of a section,
    by runs of three words, more than the end of the draft.
    """
    first = blocks.first_line(draft)
    line = new[:PLACE].split("\n")[0]
    if len(line) > 8 and draft.startswith(line, first) and draft.count(line) == 1:
        return first
    if in_block:
        return None
    heading, title = blocks.HEADING.match(new), blocks.HEADING.match(draft, first)
    if heading and len(heading[1]) == 1 and title and len(title[1]) == 1:
        return first  # another title
    if heading:
        name = heading_name(heading[2]) if len(heading[1]) <= 2 else ""
        ours = [each for each in blocks.HEADING.finditer(draft) if len(each[1]) > 1]
        same = [each for each in ours if heading_name(each[2]) == name]
        return same[0].start() if name and len(same) == 1 else None
    old, text = Skeleton(draft), Skeleton(new[: 8 * ANCHOR])
    anchor = text.letters[:ANCHOR]
    count = old.letters.rfind(anchor)
    if count >= 0 and len(anchor) >= (ANCHOR // 2 if UNSPACED.search(anchor) else ANCHOR):
        place = old.at(count)
        pairs = zip(old.letters[count:], text.letters, strict=False)
        common, differ = next(((n, a + b) for n, (a, b) in enumerate(pairs) if a != b), (PLACE, ""))
        starts = STARTS.search(draft[max(0, place - 12) : place])
        known = common >= 3 * len(anchor) or place in beginnings(draft)  # paragraphs begin alike
        if starts and known and not any(map(str.isdigit, differ)):
            return place
    return resembled(draft, new)


def resembled(draft: str, new: str) -> int | None:
    """Return where the text of a section begins that another text resembles more than the end."""
    size = 5 * BEGINNING if UNSPACED.search(new[:BEGINNING]) else BEGINNING  # of letters
    words = tokens(new[: 12 * BEGINNING])[:size]
    theirs = runs(words)
    if len(words) < 8:
        return None
    best = (0, -1)
    for start in beginnings(draft):
        ours = tokens(draft[start : start + PLACE])
        if {word for word in words if re.search(r"\d", word)} - set(ours):
            continue  # the next of many sentences that differ in a number
        known = runs(ours)
        shared = len(theirs & known)
        end = runs(tokens(draft[max(start + PLACE, len(draft) - PLACE) :]))
        enough = 0.25 * min(len(theirs), max(8, len(known)))  # a draft may be short
        if shared >= enough and shared > len(theirs & end):
            best = max(best, (shared, start))
    return best[1] if best[0] else None


def alike(one: str, other: str) -> int:
    """Return how many words two texts begin with alike."""
    pairs = zip(tokens(one[:PLACE]), tokens(other[:PLACE]), strict=False)
    return len([*itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)])


def same_sentence(half: str, new: str) -> bool:
    """Whether a text begins with a sentence again that has not ended, or much like it."""
    end = re.compile(rf"{blocks.SENTENCE_END.pattern}|\n").search(new, len(half) // 2)
    ours = tokens(half)
    again = len(ours) > 1 and letters_of(new[: 2 * len(half)]).startswith(letters_of(half))
    if again or alike(half, new) >= max(2, min(4, len(ours) - 1)):
        return True
    wanted, theirs = runs(ours), tokens(new[: end.end() if end else 2 * len(half) + 80])
    return bool(wanted) and len(wanted & runs(theirs)) >= 0.5 * len(wanted)
