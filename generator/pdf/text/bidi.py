"""Which way text runs: the Unicode Bidirectional Algorithm (UAX #9).

Each character gets a level: odd ones run from right to left, and what is nested deeper turns round
inside of what surrounds it. The algorithm speaks of classes of characters, each a letter here:
L, R, A (an Arabic letter), E (a European number), N (an Arabic number), S and C (separators
between numbers), T (signs beside numbers), M (marks), B (no ink), O (other).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from generator.pdf.late import late

_RTL = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_CLASSES = {
    "L": "L", "R": "R", "AL": "A", "EN": "E", "ES": "S", "ET": "T", "AN": "N", "CS": "C",
    "NSM": "M", "BN": "B",
}  # fmt: skip
_CONTROLS = late("[\u202a-\u202e\u2066-\u2069]")
_LEFTWARD = late(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+"
)
_NEUTRAL = str.maketrans("STC", "OOO")
_DEEPEST = 125
_ADDRESS = late(r"https?://\S+|\bwww\.\S+|[\w.+-]{1,64}@[a-zA-Z\d.-]+")


def has_rtl(text: str) -> bool:
    """Is there anything for this algorithm to do?"""
    return not text.isascii() and _RTL.search(text) is not None


def is_rtl(text: str) -> bool:
    """Does this text run from right to left as a whole? By its letters, not only the first.

    A paragraph in Arabic that begins with a product's name is Arabic all the same, and so is one
    with long addresses.
    """
    if not has_rtl(text):
        return False
    text = _ADDRESS.sub("", text)
    leftward = sum(map(len, _LEFTWARD.findall(text)))
    letters = sum(map(str.isalpha, text))
    return leftward > 0.4 * letters


def is_control(char: str) -> bool:
    """Does it set a direction, and nothing else?"""
    return _CONTROLS.match(char) is not None or char in "\u061c\u200e\u200f"


@cache
def _class(char: str) -> str:
    return _CLASSES.get(unicodedata.bidirectional(char), "O")


def levels(text: str, rtl: bool) -> list[int]:
    """The level of every character of a paragraph."""
    base = int(rtl)
    if _CONTROLS.search(text):
        return _controlled(text, base)
    kinds = "".join(map(_class, text))
    if "B" not in kinds:
        return _resolve(text, kinds, base, base, base)
    inked = "".join(char for char, kind in zip(text, kinds, strict=True) if kind != "B")
    rest = iter(_resolve(inked, kinds.replace("B", ""), base, base, base))
    found = []
    for kind in kinds:  # what has no ink goes with what is before it
        base = base if kind == "B" else next(rest)
        found.append(base)
    return found


def _controlled(text: str, base: int) -> list[int]:
    """A paragraph with signs that set a direction by hand: rules X1 to X10."""
    found = [base] * len(text)
    classes = [*map(_class, text)]
    # What is open: its level, the class that is forced on all in it, and whether it is an isolate.
    stack: list[tuple[int, str, bool]] = [(base, "", False)]
    isolates = 0  # so many of them are
    lost_isolates = lost_embeddings = 0  # what was nested too deep to be opened
    partners = _isolates(text)
    for at, char in enumerate(text):
        level, forced, isolated = stack[-1]
        found[at] = level
        if "\u202a" <= char <= "\u202e" and char != "\u202c":
            classes[at] = "B"
            deeper = _next_level(level, char in "\u202b\u202e")
            if deeper <= _DEEPEST and not lost_isolates and not lost_embeddings:
                stack.append((deeper, {"\u202d": "L", "\u202e": "R"}.get(char, ""), False))
            elif not lost_isolates:
                lost_embeddings += 1
        elif "\u2066" <= char <= "\u2068":
            classes[at] = forced or "O"
            right = char == "\u2067" or (char == "\u2068" and _first_strong(text, at + 1) == "R")
            deeper = _next_level(level, right)
            if deeper <= _DEEPEST and not lost_isolates and not lost_embeddings:
                stack.append((deeper, "", True))
                isolates += 1
            else:
                lost_isolates += 1
        elif char == "\u2069":
            if lost_isolates:
                lost_isolates -= 1
            elif isolates:
                lost_embeddings = 0
                while not stack[-1][2]:
                    stack.pop()
                stack.pop()
                isolates -= 1
            found[at] = stack[-1][0]
            classes[at] = stack[-1][1] or "O"
        elif char == "\u202c":
            classes[at] = "B"
            if lost_isolates:
                pass
            elif lost_embeddings:
                lost_embeddings -= 1
            elif len(stack) > 1 and not isolated:
                stack.pop()
        elif classes[at] != "B" and forced:
            classes[at] = forced
    for sequence, before, after in _sequences(text, [*found], classes, partners, base):
        inner = "".join(text[at] for at in sequence)
        level = found[sequence[0]]
        kinds = "".join(classes[at] for at in sequence)
        sides = (max(level, before), max(level, after))
        for at, deeper in zip(sequence, _resolve(inner, kinds, level, *sides), strict=True):
            found[at] = deeper
    level = base
    for at in range(len(text)):  # what has no ink goes with what is before it
        if classes[at] == "B":
            found[at] = level
        level = found[at]
    return found


def _next_level(level: int, right: bool) -> int:
    return level + 1 + (level % 2 == int(right))


def _isolates(text: str) -> dict[int, int]:
    """Where each isolate that is closed begins and ends."""
    waiting, partners = [], {}
    for match in re.finditer("[\u2066-\u2069]", text):
        if match[0] != "\u2069":
            waiting.append(match.start())
        elif waiting:
            partners[waiting.pop()] = match.start()
    return partners


def _first_strong(text: str, start: int) -> str:
    """L or R by the first letter that has a side, isolates left out, up to the end of this one.

    It looks no further than 1,000 characters.
    """
    depth = 0
    for char in text[start : start + 1000]:
        if "\u2066" <= char <= "\u2068":
            depth += 1
        elif char == "\u2069":
            if not depth:
                break
            depth -= 1
        elif not depth and (side := _class(char)) in "LRA":
            return "R" if side == "A" else side
    return ""


def _sequences(
    text: str, found: list[int], classes: list[str], partners: dict[int, int], base: int
) -> Iterator[tuple[list[int], int, int]]:
    """Rule X10: what is resolved together, and the levels before and after it.

    Text of one level, which goes on behind an isolate that interrupts it.
    """
    inked = [at for at in range(len(text)) if classes[at] != "B"]
    runs: list[list[int]] = []
    for at in inked:
        if runs and found[runs[-1][-1]] == found[at]:
            runs[-1].append(at)
        else:
            runs.append([at])
    starting = {run[0]: run for run in runs}
    closing = set(partners.values())
    places = {at: number for number, at in enumerate(inked)}
    for run in runs:
        if text[run[0]] == "\u2069" and run[0] in closing:
            continue  # it belongs to an earlier one
        sequence = [*run]
        while sequence[-1] in partners and partners[sequence[-1]] in starting:
            sequence += starting[partners[sequence[-1]]]
        first, last = places[sequence[0]], places[sequence[-1]]
        before = found[inked[first - 1]] if first else base
        open_end = text[sequence[-1]] in "\u2066\u2067\u2068"
        after = base if open_end or last + 1 == len(inked) else found[inked[last + 1]]
        yield sequence, before, after


def _resolve(text: str, kinds: str, level: int, before: int, after: int) -> list[int]:
    """The levels of a text that nothing interrupts: rules W1 to W7, N0 to N2, I1 and I2."""
    base, start, end = ("LR"[number % 2] for number in (level, before, after))
    if "M" in kinds:  # a mark is what its letter is
        kinds = re.sub(
            "(?:^|[^M])M+", lambda m: (start if m[0][0] == "M" else m[0][0]) * len(m[0]), kinds
        )
    if "A" in kinds:
        if "E" in kinds:
            kinds = re.sub("A[^LRA]*", lambda m: m[0].replace("E", "N"), kinds)
        kinds = kinds.replace("A", "R")
    if "C" in kinds or "S" in kinds:
        kinds = re.sub("(?<=N)C(?=N)", "N", re.sub("(?<=E)[SC](?=E)", "E", kinds))
    if "T" in kinds:
        kinds = re.sub("(?<!T)T*E[ET]*", lambda m: "E" * len(m[0]), kinds)
    kinds = kinds.translate(_NEUTRAL)
    if "E" in kinds:
        after_latin = "(?:^|L)[^LR]*" if start == "L" else "L[^LR]*"
        kinds = re.sub(after_latin, lambda m: m[0].replace("E", "L"), kinds)
    if "O" in kinds:
        kinds = start + _with_brackets(text, kinds, base, start) + end
        # What both neighbours agree on; else what the whole does.
        other, sides = ("R", "REN") if base == "L" else ("L", "L")
        agreed = f"(?<=[{sides}])O+(?=[{sides}])"
        kinds = re.sub(agreed, lambda m: other * len(m[0]), kinds).replace("O", base)[1:-1]
    deeper = {"L": 1, "R": 0, "E": 1, "N": 1} if level % 2 else {"L": 0, "R": 1, "E": 2, "N": 2}
    return [level + deeper[kind] for kind in kinds]


_BRACKETS = dict(zip(")]}⟩⟧⟫〉》」』】〕）］｝〉", "([{⟨⟦⟪〈《「『【〔（［｛〈", strict=True))
_OPENING = frozenset(_BRACKETS.values())
_BRACKET = late("[" + re.escape("".join([*_BRACKETS, *_OPENING])) + "]")


def _with_brackets(text: str, kinds: str, base: str, start: str) -> str:
    """Rule N0: the two of a pair go the same way, that of the text in them or before them."""
    pairs = sorted(_pairs(text, kinds))
    if not pairs:
        return kinds
    sides = ["R" if kind in "EN" else kind for kind in kinds]
    result = [*kinds]
    for opening, closing in pairs:
        inside = set(sides[opening + 1 : closing]) - {"O"}
        if not inside:
            continue
        side = base
        if base not in inside:
            earlier = opening - 1
            while earlier >= 0 and sides[earlier] == "O":
                earlier -= 1
            side = sides[earlier] if earlier >= 0 else start
        for at in (opening, closing):
            sides[at] = result[at] = side
            while (at := at + 1) < len(text) and _class(text[at]) == "M":
                sides[at] = result[at] = side
    return "".join(result)


def _pairs(text: str, kinds: str) -> list[tuple[int, int]]:
    """Where pairs of brackets open and close. With more than 63 open at once, there are none."""
    waiting: list[tuple[str, int]] = []
    found = []
    for match in _BRACKET.finditer(text):
        bracket, at = match[0], match.start()
        if kinds[at] != "O":
            continue
        if bracket in _OPENING:
            if len(waiting) == 63:
                return []
            waiting.append((bracket, at))
            continue
        for number in reversed(range(len(waiting))):
            if waiting[number][0] == _BRACKETS[bracket]:
                found.append((waiting[number][1], at))
                del waiting[number:]
                break
    return found


def visual(levels: Sequence[int]) -> list[int]:
    """The places of what has these levels, from left to right: rule L2."""
    order = [*range(len(levels))]
    odd = [level for level in levels if level % 2]
    for limit in range(max(levels, default=0), min(odd, default=0) - 1, -1) if odd else ():
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and levels[order[end]] >= limit:
                end += 1
            order[at:end] = order[at:end][::-1]
            at = end + 1
    return order
