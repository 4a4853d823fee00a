"""What a continuation says again of what it is to continue, and the report without that.

Texts are compared by their letters and digits alone, in lower case: `Skeleton`.
"""

import bisect
import collections
import difflib
import itertools
import re

from generator.llm.joining.blocks import WRAPPER, kind_of

# Characters at the end of a draft in which a repetition is looked for: of an answer that is
# complete, and at each checkpoint before.
WINDOW, NEAR = 20_000, 4000
TITLES = 20_000  # characters at the beginning of a draft in which a second title is looked for
ANCHOR = 24  # letters that are no coincidence
WORDS = re.compile(  # all but white space, punctuation and symbols; with the marks of a letter
    r"[^\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    r"\u060c\u061b\u061f\u066a-\u066c\u06d4\u0964\u0965"
    r"\u2000-\u206f\u2190-\u2bff\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)
HEADING = re.compile(r"^(#{1,6}) +(.+?)[ #]*$", re.MULTILINE)
CONTINUED = re.compile(
    r"\s*[\[(（](?:cont(?:inued|inuation|['’]?d|\.)?|fortsetzung|suite|cont(?:inuación)?|"
    r"continuação|segue|continua|продолжение|续|續|続き|계속|تابع|تتمة|जारी)[\])）]",
    re.IGNORECASE,
)
STARTS = re.compile(r"(?:\A|\n)[ \t>]*|[.!?…]['\"”’)*_]*\s+|[。！？।؟]\s*")
LINE_MARKS = re.compile(r"\A[\s>]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?[*_]*")
ENDS = ".,;:!?…。，、；：！？*_`)]\"'”’»」|।؟"


class Skeleton:
    """The letters and digits of a text, and where they stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = list(WORDS.finditer(text))
        parts = [lowered(word[0]) for word in self.words]
        self.letters = "".join(parts)
        self.ends = list(itertools.accumulate(map(len, parts)))

    def after(self, count: int) -> int:
        """Return where the text goes on after so many letters."""
        word = bisect.bisect_left(self.ends, count)
        return self.words[word].end() - (self.ends[word] - count) if count else 0

    def before(self, offset: int) -> int:
        """Return how many letters stand before a place in the text."""
        word = bisect.bisect_right(self.words, offset, key=lambda match: match.start()) - 1
        if word < 0:
            return 0
        return self.ends[word] - max(0, self.words[word].end() - offset)


def lowered(word: str) -> str:
    lower = word.lower()
    return lower if len(lower) == len(word) else word


def heading_text(heading: str) -> str:
    return Skeleton(CONTINUED.sub("", heading)).letters


def without_repeats(
    head: str, gap: str, unseen: str, said: str, in_code: bool, complete: bool
) -> str | None:
    """Return the report if the model goes back in it; the head alone if that is all it does."""
    start = said.lstrip()
    if starts_over(head, start, in_code):
        return started_over(head, gap, unseen, start, complete)
    window = WINDOW if complete else NEAR
    again = caught_up(head, gap, unseen[len(gap) :], start, in_code, window)
    if again is None and not in_code:
        again = section_again(head, gap, unseen, start)
    return last_words_again(head, gap, start) if again is None else again


def starts_over(head: str, start: str, in_code: bool) -> bool:
    """Whether the model begins with a title: that of the draft, or another in place of it."""
    titles = [match for match in HEADING.finditer(head[:TITLES]) if len(match[1]) == 1]
    first = re.sub(r"\A\s*(`{3,}|~{3,})[ \t]*(markdown|md)?[ \t]*\n", "", head).lstrip()
    line, title = start.split("\n")[0], first.split("\n")[0]
    if in_code and not line.startswith("# "):
        return False
    if len(title) >= 8 and line.startswith(title[:60]) and not title.startswith(("`", "~", "|")):
        return head.count(title) == 1
    indented = re.match(r"    |\t", head[head.rfind("\n") + 1 :])  # code, too
    if in_code or indented or not line.startswith("# ") or not first.startswith("# "):
        return False
    return len(titles) == 1


def started_over(head: str, gap: str, unseen: str, start: str, complete: bool) -> str:
    """Join a report with another one of the same question: at the last place that both have."""
    if wrapper := WRAPPER.match(head):
        inside = started_over(head[wrapper.end() :], gap, unseen, start, complete)
        return head[: wrapper.end()] + inside
    first = len(head) - len(head.lstrip())
    if start.startswith(head[first:]):
        return head + start[len(head) - first :]
    if head.startswith(start, first):
        return head
    if complete or len(start) < WINDOW:  # else it would cost too much at each checkpoint
        met = met_again(Skeleton(head), Skeleton(start), 0)
        if met is None:
            met = same_section(head, gap, unseen, start, 0)
        if met is not None:
            return met
    return start if len(start) > len(head) + len(unseen) else head


def same_section(head: str, gap: str, unseen: str, start: str, first: int) -> str | None:
    """Go on from the last heading of the draft that the model has come to again."""
    theirs = {heading_text(match[2]): match for match in HEADING.finditer(start)}
    ours = [match for match in HEADING.finditer(head, first) if len(match[1]) > 1]
    names = [heading_text(match[2]) for match in ours]
    counts = collections.Counter(names)
    for name, heading in reversed(list(zip(names, ours, strict=True))):
        if name in theirs and counts[name] == 1:
            return section_joined(head, gap, unseen, heading, start[theirs[name].start() :])
    return None


def section_again(head: str, gap: str, unseen: str, start: str) -> str | None:
    """Join where the model begins with a heading that the draft has already."""
    heading = HEADING.match(start)
    if not heading:
        return None
    name = heading_text(heading[2])
    found = list(HEADING.finditer(head))
    same = [match for match in found if heading_text(match[2]) == name]
    if not same or not (same[-1] is found[-1] or (len(same) == 1 and len(heading[1]) <= 2)):
        return None
    if same[-1] is not found[-1]:
        later = same_section(head, gap, unseen, start[heading.end() :], same[-1].end())
        if later is not None:
            return later
    return section_joined(head, gap, unseen, same[-1], start)


def section_joined(
    head: str, gap: str, unseen: str, heading: re.Match[str], start: str
) -> str | None:
    """Join a draft with a text that begins with one of its headings."""
    met = met_again(Skeleton(head[heading.start() :]), Skeleton(start), 0)
    if met is not None:
        return head[: heading.start()] + met
    again, last = HEADING.match(start), not HEADING.search(head, heading.end())
    body = start[again.end() :].lstrip() if again else start
    word = unseen[len(gap) :]
    in_sentence = "\n" not in gap and not re.search(r"[.!?…。！？।|:：]\W*\Z", head + unseen)
    if last and (head[heading.end() :].strip() == "" or body[:1].islower() or not in_sentence):
        if "\n" not in gap and not in_sentence and not (word and body.startswith(word)):
            return head + unseen.rstrip() + "\n\n" + body
        repeated = caught_up(head, gap, word, body, False, NEAR)
        glue = "\n\n" if gap.count("\n") == 1 else gap
        return head + glue + body if repeated is None else repeated
    following = HEADING.search(body)
    draft, new = head + unseen, following.start() if following else len(body)
    if len(start) - len(body) + new > len(draft) - heading.start():
        return head[: heading.end()] + (start[again.end() :] if again else start)
    return draft.rstrip() + "\n\n" + body[new:] if following and last else head


def caught_up(head: str, gap: str, word: str, start: str, in_code: bool, window: int) -> str | None:
    """Join where the model begins with sentences or lines that the draft ends with."""
    offset = max(0, len(head) - window)
    draft, new = Skeleton(head[offset:]), Skeleton(start[: 2 * window])
    least = 8 if in_code else 1
    for place in STARTS.finditer(draft.text):
        count = draft.before(place.end())
        repeated = draft.letters[count:]
        if len(repeated) < least or not same_kind(draft.text[place.end() :], start):
            continue
        if new.letters.startswith(repeated) and (
            len(repeated) >= ANCHOR or same_text(draft.text[place.end() :], start, word)
        ):
            joined = goes_on(draft.text, new.text, new.after(len(repeated)), gap)
            if joined is not None:
                return head[:offset] + joined + start[2 * window :]
        elif len(new.letters) >= 12 and repeated.startswith(new.letters):
            return head
    if is_proper(word, start):
        return None  # it goes on with the word that it has not seen
    redone = None if "\n" in gap else sentence_redone(draft, new)
    if redone is not None:
        return head[:offset] + redone + start[2 * window :]
    anchored = met_again(draft, new, None)
    if anchored is not None:
        return head[:offset] + anchored + start[2 * window :]
    return None


def is_proper(word: str, new: str) -> bool:
    """Whether the model goes on with the half word that it has not seen: that is no coincidence."""
    return new.startswith(word) and len(Skeleton(word).letters) > 2


def same_text(old: str, new: str, word: str) -> bool:
    """Whether a few words are really said again: with their marks, and not as the next ones."""
    if kind_of(new) == "row":
        return True
    said = LINE_MARKS.sub("", old).rstrip(ENDS + " ").lower()
    return not is_proper(word, new) and LINE_MARKS.sub("", new).lower().startswith(said)


def sentence_redone(draft: Skeleton, new: Skeleton) -> str | None:
    """Join where the model goes back a little, and then writes the last sentence in other words.

    Returns the draft as long as the new sentence is the shorter one.
    """
    for place in STARTS.finditer(draft.text, max(0, len(draft.text) - 4000)):
        count = draft.before(place.end())
        common = common_letters(draft.letters[count:], new.letters)
        if common < ANCHOR or not same_kind(draft.text[place.end() :], new.text):
            continue
        old = draft.text[draft.after(count + common) :]
        fresh = new.text[new.after(common) :]
        if not re.search(r"\S\s*\n|[.!?…]\s|[。！？।؟]", old.strip(ENDS + " \n")):
            longer = len(fresh) > len(old)
            return draft.text[: len(draft.text) - len(old)] + fresh if longer else draft.text
    return None


def common_letters(old: str, new: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0) or (
        min(len(old), len(new)) if old[:1] == new[:1] else 0
    )


def same_kind(old: str, new: str) -> bool:
    return kind_of(old) == kind_of(new) or not kind_of(new)


def goes_on(old: str, new: str, end: int, gap: str) -> str | None:
    """Put what follows a repetition after what was repeated; None if it was none."""
    ended = [match.end() for match in WORDS.finditer(old[-200:])]
    marks = old[-200:][ended[-1] :] if ended else ""
    rest = new[end:]
    whole = rest[:1] == "" or not WORDS.match(rest) or ord(rest[0]) > 0x0E00
    if not whole:
        return None
    rest = rest[len(marks) :] if rest.startswith(marks) else rest.lstrip(ENDS if marks else "")
    white = rest[: len(rest) - len(rest.lstrip())]
    if "\n" in gap and rest and "\n" not in white:
        return None
    return old + rest


def met_again(draft: Skeleton, new: Skeleton, begin: int | None) -> str | None:
    """Join where the model, after some other words, says what the draft ends with.

    `begin` is where it began in the draft, in letters; None: nobody knows, a few words back.
    """
    last = draft.letters[-ANCHOR:]
    if len(last) < ANCHOR or draft.letters.count(last) > 1:
        return None
    found = new.letters.find(last)
    if found < 0:
        return None
    end = found + ANCHOR
    if begin is None:
        old = draft.letters[-end:]
        if end > 4000 or not alike(old, new.letters[:end]):
            return None
    elif not 0.5 < end / len(draft.letters) < 2:
        return None
    return goes_on(draft.text, new.text, new.after(end), "")


def alike(old: str, new: str) -> bool:
    digits = ["".join(filter(str.isdigit, letters)) for letters in (old, new)]
    if not digits[0].endswith(digits[1]):
        return False  # the next of many sentences that differ in a number
    if old[:ANCHOR] == new[:ANCHOR]:
        return True
    return difflib.SequenceMatcher(None, old[-400:], new[-400:], autojunk=False).ratio() > 0.6


def last_words_again(head: str, gap: str, start: str) -> str | None:
    """Join where the model repeats the last few words, or the marks of a line."""
    for size in range(min(39, len(start)), 0, -1):
        words, before, after = start[:size], head[:-size], start[size:]
        if not head.endswith(words) or (after and not after.startswith(gap)):
            continue
        if not re.search(r"\w", words):  # marks: of a table or of code
            again = re.search(r"(\A|\n)[ \t]*\Z", before[-80:])
        elif gap:
            again = re.search(r"(\A|\W)\Z", before[-1:])
        else:
            again = re.search(r"(\A|[.!?。！？]\s*|\n\s*)\Z", before[-20:])
        if again and not (before.rstrip().endswith(words) and re.search(r"\w", words)):
            return head + after
    return None
