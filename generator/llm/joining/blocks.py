"""What Markdown a text is in the middle of: as much of it as joining two parts needs to know."""

import functools
import itertools
import re
import unicodedata

from generator.llm.letters import UNSPACED, letters_of

WORD = 40  # characters; nothing longer counts as a half-written word, unless it is an address
ADDRESS = 400
ROW = 200  # of a table
SPAN = 120  # of a formula, a link's text, something emphasised
NEAR = 4000  # characters before a place, in which its paragraph, list or table is looked at

FENCE = re.compile(r"^[ \t>]{0,20}(?:[-*+][ \t]{1,4})?(`{3,}|~{3,})[ \t]*([^`\n]*)$", re.MULTILINE)
WRAPPER = re.compile(r"\s*(`{3,}|~{3,})[ \t]*(?:markdown|md)[ \t]*\n", re.IGNORECASE)
HEADING = re.compile(r"^(#{1,6}) +(\S[^\n]*)$", re.MULTILINE)
LAST_NUMBER = re.compile(r"^(\d{1,3})[.)][ \t][^\n]*(?:\n[ \t]+\S[^\n]*)*\Z", re.MULTILINE)
NUMBER = re.compile(r"^\d{1,3}([.)])", re.MULTILINE)
ITEMS = re.compile(r"(?:(?:\d{1,3}[.)][ \t]|[ \t]+\S)[^\n]*(?:\n|\Z)|\n)+")  # with what is in them
MARKS = re.compile(r"[\s>]*([-*+]|\d{1,3}[.)])([ \t]+(?:\[.?\]?[ \t]*)?|\Z)")  # of a list item
BLOCK = re.compile(
    r"""(?P<heading>\#{1,6}[ ]) | (?P<row>\|(?:[ ]|[^\n]*\|[ \t]*(?:\n|\Z)))
      | (?P<item>[ \t]*(?:[-*+]|\d{1,2}[.)])[ ]+\S)
      | (?P<quote>>(?:[ ]?[^\W\d]|[ ]?[*_"“]|[ \t]*\n|\Z))
      | (?P<fence>`{3}|~{3}|\$\$\n)
      | (?P<rule>(?:---+|\*\*\*+)[ ]*\n)""",
    re.VERBOSE,
)
CLOSERS = r"[\"'”’»」』)*_\]`]*"
CITED = r"(?:[ ]?\[\^?\d[\d,; ^–-]*\])*"  # its sources, after the full stop: "It grows.[3]"
SENTENCE_END = re.compile(rf"[.!?…]{CLOSERS}{CITED}(?=\s|\Z)|[。！？।؟]{CLOSERS}[」』）]*{CITED}")
COLON = re.compile(rf"[:：]{CITED}\Z")
ABBREVIATION = re.compile(  # what ends with a full stop, and ends no sentence
    r"(?:(?<!°)\b[^\W_]|\b\d\d?|\b(?:Dr|Mrs?|Ms|Prof|St|No|Nos|vs|cf|ca|Fig|Nr|bzw|approx|incl|etc))\Z"
)


def first_line(text: str) -> int:
    """Return where a report begins, around which models like to put a block of code."""
    wrapper = WRAPPER.match(text)
    return wrapper.end() if wrapper else 0


def open_fence(text: str) -> re.Match[str] | None:
    """Return the line that opens the code block in which the text ends."""
    opening: re.Match[str] | None = None
    for fence in FENCE.finditer(text, first_line(text)):
        if opening is None:
            opening = fence
        elif fence[1].startswith(opening[1]) and not fence[2].strip():
            opening = None
    return opening


def kind_of(text: str) -> str:
    """Return what a text begins with: the name of a group of BLOCK, "" for plain words."""
    block = BLOCK.match(text)
    return block.lastgroup or "" if block else ""


def last_line(text: str) -> str:
    return text[text.rfind("\n") + 1 :]


def half_written(draft: str) -> int:
    """Return where the end of a draft begins that the model is not shown, and is to write."""
    word = last_word(draft)
    start = draft.rfind("\n") + 1
    line = draft[start:]
    if not line.strip() or open_fence(draft) or FENCE.match(line):
        return word
    if len(line) <= ROW and re.match(r"[ \t]*(\||#{1,6}(\s|\Z))", line):
        return start + len(line) - len(line.lstrip())
    marks = MARKS.match(line)
    if marks and word <= start + marks.end():  # an item of half a word
        return start + marks.start(1)
    return start + min([word - start, *half_spans(line)])


def last_word(draft: str) -> int:
    """Return where the last word begins that can prove something: no digit, no lone capital."""
    start = word_before(draft, len(draft))
    for _ in range(3):
        word = draft[start:]
        size, small = len(letters_of(word)), word.isalpha() and word.islower()
        if small or (size > 1 and len(word) > 2) or "\n" in word:
            break
        before = draft[:start].rstrip(" \t")
        if not before or before[-1] == "\n":
            break
        start = word_before(before, len(before))
    return start


def word_before(draft: str, end: int) -> int:
    """Return where the word begins that ends there; where words have no end, the last letters."""
    word = re.search(r"\s(\S*)\Z", draft[max(0, end - WORD - 1) : end]) or re.search(
        r"\s([^\s:]{0,20}https?://\S*)\Z", draft[max(0, end - ADDRESS) : end]
    )
    if word and not (len(word[1]) > 4 and UNSPACED.search(word[1])):
        return end - len(word[1])
    start = max(0, end - 4)
    while 0 < start > end - WORD and (
        re.fullmatch(r"[A-Za-z0-9.,%]{2}", draft[start - 1 : start + 1])
        or unicodedata.category(draft[start]).startswith("M")
    ):
        start -= 1
    return start


def half_spans(line: str) -> list[int]:
    """Return where in a line something begins that has not ended: code, formula, link, emphasis."""
    near = max(0, len(line) - SPAN)
    if line.count("`") % 2:
        found = [line.rfind("`")]
    else:
        pairs = (("\\(", "\\)"), ("\\[", "\\]"))
        found = [line.rfind(mark) for mark in ("$$", "**", "__", "~~") if line.count(mark) % 2]
        found += [line.rfind(mark) for mark, end in pairs if line.rfind(mark) > line.rfind(end)]
        if "$$" not in line and len(re.findall(r"(?<!\\)\$", line)) % 2:
            found.append(line.rfind("$"))
    begins = [begin for begin in found if begin >= near]
    end = line[-ADDRESS:]
    link = re.match(r"\[[^\[\]\n]{0,200}(\](\([^()\n]{0,300})?)?\Z", end[end.rfind("[") :])
    if link and "[" in end:
        begins.append(len(line) - len(link[0]) - (end[-len(link[0]) - 1 : -len(link[0])] == "!"))
    return begins


def whole(draft: str, kind: str = "") -> str:
    """Return a draft up to its last whole sentence, row, item, line of code or block.

    `kind` is what follows: before a list, a table or code, a line that announces it is whole.
    """
    text = draft.rstrip()
    fence = open_fence(draft)
    if fence:
        lines = draft[: draft.rfind("\n") + 1].rstrip()
        return lines if len(lines) >= fence.end() else draft[: fence.start()].rstrip()
    start = text.rfind("\n") + 1
    line = text[start:]
    if not line.strip() or FENCE.match(line) or ("\n" in draft[len(text) :] and kind_of(line)):
        return text  # a line that has ended; of a paragraph, it may not be all
    if "\n\n" in draft[len(text) :] or (COLON.search(line) and kind and line[0] != "|"):
        return text
    if line.lstrip().startswith("|") and line.endswith("|") and len(line) > 1:
        above = last_line(text[: start - 1]) if start else ""
        if line.count("|") >= above.count("|"):
            return text
    if re.match(r"[ \t]*(\||#{1,6}(\s|\Z))", line):
        return text[:start].rstrip()
    block = max(text.rfind("\n\n", -NEAR) + 2 if "\n\n" in text[-NEAR:] else 0, len(text) - NEAR)
    if MARKS.match(line) or re.match(r"\[\^?\d+\]", line):  # an item, a reference
        block = start
    ends = [end.end() for end in SENTENCE_END.finditer(text, block) if ends_sentence(text, end)]
    for end in reversed(ends[-20:]):
        if not any(text[block:end].count(mark) % 2 for mark in ("`", "**", "$$")):
            return text[:end]
    last = start if start > block else len(text)  # of many lines, or one, that no mark ends
    return text[: block if block > len(text) - NEAR else last].rstrip()


def ends_sentence(text: str, end: re.Match[str]) -> bool:
    if end[0][0] != ".":
        return True
    before, after = text[max(0, end.start() - 12) : end.start()], text[end.end() : end.end() + 2]
    line = text[max(text.rfind("\n", 0, end.start()) + 1, end.start() - 8) : end.end()]
    return not (ABBREVIATION.search(before) or after.lstrip()[:1].islower() or MARKS.match(line))


def without_wrapper(said: str, head: str, fence: re.Match[str] | None) -> str:
    """Take the code block off that is put around a continuation as a whole."""
    start = said.lstrip()
    wrapper = WRAPPER.match(start) or (
        None if fence else re.match(r"(`{3,})(?:text)?[ \t]*\n(?=#{2,6} [^\W\d_])", start)
    )
    if not wrapper:
        return said
    said = start[wrapper.end() :]
    if WRAPPER.match(head):
        return said  # it ends the block that is around the draft
    fences = [*FENCE.finditer(said)]
    closed = bool(fences) and len(fences) % 2 != (fence is not None)
    if closed and not fences[-1][2].strip() and len(said) - fences[-1].end() < 400:
        return said[: fences[-1].start()].rstrip("\n") + "\n"  # the rest is said to the user
    return re.sub(r"\n`+\Z", "\n", said)  # the end is half-written, too


def without_fence(said: str, complete: bool) -> str:
    """Take the line off that opens a code block once more in which the draft is already."""
    again = FENCE.match(said.lstrip("\n"))
    rest = said.lstrip("\n")[again.end() + 1 :] if again else ""
    closes = complete and rest[:1].strip() and len(FENCE.findall(said)) % 2 == 0
    return rest if again and (again[2].strip() or closes) else said


def is_separator(line: str) -> bool:
    return "-" in line and not line.strip(" \t|:-")


def continued_row(said: str, base: str) -> str:
    """Take the header off that is put above the further rows of a table."""
    rows = said.lstrip().split("\n", 2)
    if is_separator(rows[0]) and is_separator(last_line(base)):
        return "\n".join(rows[1:])
    table = base[base.rfind("\n\n", -5 * NEAR) + 1 :].lstrip().split("\n")
    if len(rows) < 2 or not rows[0].startswith("|") or not is_separator(rows[1]):
        return said
    header = next((line for line in table if line.startswith("|")), "")
    if not header or letters_of(header) != letters_of(rows[0]):
        return said
    return "\n".join(rows[2:] if any(map(is_separator, table)) else rows[1:])


def renumbered(said: str, base: str) -> str:
    """Let a list that begins with 1 again go on counting."""
    last = LAST_NUMBER.search(base[-NEAR:])
    if not last or not re.match(r"1[.)][ \t]", said):
        return said
    count = itertools.count(int(last[1]) + 1)
    counted = functools.partial(NUMBER.sub, lambda number: f"{next(count)}{number[1]}")
    return ITEMS.sub(lambda items: counted(items[0]), said, count=1)


def between(base: str, new: str) -> str:
    """Return what separates a block from the one before it."""
    kind, line = kind_of(new), last_line(base)
    other = kind == "row" and is_separator([*new.split("\n", 2), ""][1])  # another table
    same = kind in ("row", "item", "quote") and kind_of(line.lstrip()) == kind
    return "\n" if same and not other else "\n\n"
