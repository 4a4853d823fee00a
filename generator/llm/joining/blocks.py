"""What Markdown a text is in the middle of: as much of it as joining two parts needs to know."""

import re
import unicodedata

WORD = 40  # characters; nothing longer counts as a half-written word, unless it is an address
ADDRESS = 400
ROW = 200  # of a table
SPAN = 120  # of a formula, a link's text, something emphasised

FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+)?(`{3,}|~{3,})[ \t]*([^`\n]*)$", re.MULTILINE)
WRAPPER = re.compile(r"\s*(`{3,}|~{3,})[ \t]*(?:markdown|md)[ \t]*\n", re.IGNORECASE)
UNSPACED = re.compile(  # scripts without spaces between words
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
)
LIST_MARK = r"(?:[-*+]|\d{1,3}[.)])"
LIST_ITEM = re.compile(rf"[ \t]*{LIST_MARK}[ \t]+")
NUMBERED = re.compile(r"([ \t]*)(\d{1,3})([.)])(?=[ \t])")
SEPARATOR = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
BLOCK = re.compile(
    r"""(?P<heading>\#{1,6}[ ]) | (?P<row>\|(?:[ ]|[^\n]*\|[ \t]*(?:\n|\Z)))
      | (?P<item>[ \t]*(?:[-*+]|\d{1,2}[.)])[ ]+\S)
      | (?P<quote>>(?:[ ]?[^\W\d]|[ ]?[*_"“]|[ \t]*\n|\Z))
      | (?P<fence>`{3}|~{3}|\$\$\n)
      | (?P<rule>(?:---+|\*\*\*+)[ ]*\n)""",
    re.VERBOSE,
)


def open_fence(text: str) -> re.Match[str] | None:
    """Return the line that opens the code block in which the text ends."""
    if "```" not in text and "~~~" not in text:
        return None
    wrapper = WRAPPER.match(text)  # around a whole report, as models like to write it: no code
    opening: re.Match[str] | None = None
    for fence in FENCE.finditer(text, wrapper.end() if wrapper else 0):
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
    """Return where the end of a draft begins that had better be written anew."""
    word = half_word(draft)
    start = draft.rfind("\n") + 1
    line = draft[start:]
    if not line.strip() or open_fence(draft) or FENCE.match(line):
        return word
    if len(line) <= ROW and re.match(r"[ \t]*(\||#{1,6}(\s|\Z))", line):
        return start + len(line) - len(line.lstrip())
    marks = re.fullmatch(rf"[\s>]*({LIST_MARK}\s+(?:\[.?\]?\s*)?\S*|[-*+>])", line)
    if marks:
        return start + marks.start(1)
    begin = min([word - start, *half_spans(line)])
    mark = re.fullmatch(rf"[\s>]*({LIST_MARK}\s+(?:\[.\]\s+)?)", line[:begin])
    return start + (mark.start(1) if mark else begin)


def half_word(draft: str) -> int:
    """Return where the last word begins; where words have no end, the last few characters."""
    word = re.search(r"\s(\S*)\Z", draft[-WORD - 1 :]) or re.search(
        r"\s(\S*?https?://\S*)\Z", draft[-ADDRESS:]
    )
    if word and not (len(word[1]) > 4 and UNSPACED.search(word[1])):
        return len(draft) - len(word[1])
    start = max(0, len(draft) - 4)
    if word:
        start = max(start, len(draft) - len(word[1]))
    while 0 < start > len(draft) - WORD and (
        re.fullmatch(r"[A-Za-z0-9.,%]{2}", draft[start - 1 : start + 1])
        or unicodedata.category(draft[start]).startswith("M")
    ):
        start -= 1
    return start


def half_spans(line: str) -> list[int]:
    """Return where in a line something begins that has not ended: code, formula, link, emphasis."""
    near = max(0, len(line) - SPAN)
    found = []
    if line.count("`") % 2:
        found.append(line.rfind("`"))
    else:
        for mark in ("$$", "**", "__", "~~"):
            if line.count(mark) % 2:
                found.append(line.rfind(mark))
        if "$$" not in line and len(re.findall(r"(?<!\\)\$", line)) % 2:
            found.append(line.rfind("$"))
        for opening, closing in (("\\(", "\\)"), ("\\[", "\\]")):
            if line.rfind(opening) > line.rfind(closing):
                found.append(line.rfind(opening))
    begins = [begin for begin in found if begin >= near]
    link = re.search(r"!?\[[^\[\]\n]{0,200}(\](\([^()\n]{0,300})?)?\Z", line[-ADDRESS:])
    if link:
        begins.append(max(0, len(line) - ADDRESS) + link.start())
    return begins


def without_wrapper(said: str, head: str, fence: re.Match[str] | None) -> str:
    """Take the code block off that is put around a continuation as a whole."""
    start = said.lstrip()
    wrapper = WRAPPER.match(start) or (
        None if fence else re.match(r"(`{3,})(?:text)?[ \t]*\n(?=#{2,6} [^\W\d_])", start)
    )
    if not wrapper or (fence and WRAPPER.match(fence[0] + "\n")):
        return said
    said = start[wrapper.end() :]
    if WRAPPER.match(head):
        return said  # it ends the block that is around the draft
    fences = list(FENCE.finditer(said))
    last = fences[-1] if fences else None
    closes = len(fences) % 2 != (fence is not None) and last is not None and not last[2].strip()
    if last and closes and len(said) - last.end() < 400:  # what follows is said to the user
        return said[: last.start()].rstrip("\n") + "\n"
    return said


def without_fence(said: str, fence: re.Match[str], complete: bool) -> str:
    """Take the line off that opens a code block once more in which the draft is already."""
    again = FENCE.match(said.lstrip("\n"))
    if not again or again[1][0] != fence[1][0] or len(again[1]) < len(fence[1]):
        return said
    rest = said.lstrip("\n")[again.end() + 1 :]
    reopens = bool(again[2].strip()) or (
        complete and re.match(r"[ \t]*\S", rest) and len(FENCE.findall(said)) % 2 == 0
    )
    return rest if reopens else said


def continued_row(said: str, head: str) -> str:
    """Take the header off that is put above the further rows of a table."""
    rows = re.match(r"\s*(\|.*)\n([ \t]*\|?[ \t]*:?-.*)(?:\n|\Z)", said)
    table = re.search(r"(?:\A|\n)((?:[ \t]*\|.*(?:\n|\Z))+)\Z", head[-20_000:])
    if table and SEPARATOR.match(last_line(head)) and SEPARATOR.match(said.split("\n")[0]):
        return said[said.find("\n") + 1 :]
    if not rows or not table or not SEPARATOR.match(rows[2]):
        return said
    header, *others = table[1].split("\n")
    if letters_of(header) != letters_of(rows[1]):
        return said
    return said[rows.end() if others else rows.start(2) :]


def letters_of(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def without_mark(said: str, head: str, gap: str) -> str:
    """Take a mark off that the line which is being continued has already."""
    line = last_line(head)
    if "\n" in gap or not re.search(r"\w", line):
        return said
    if line.lstrip().startswith(">") and re.match(r"> ?\w", said):
        return said[1:].lstrip()
    if line.count("**") % 2 and re.match(r"\*\*\w", said):
        return said[2:]
    return said


def without_dots(said: str, word: str) -> str:
    if word and said.lstrip().startswith(word):
        return said
    return re.sub(r"\A\s*[\[(]?(\.\.\.|…+)[\])]?[ \t]*(?=[\w*])", "", said)


def renumbered(said: str, head: str) -> str:
    """Let a list that begins with 1 again go on counting."""
    first = NUMBERED.match(said.lstrip("\n"))
    if not first or int(first[2]) != 1:
        return said
    last: re.Match[str] | None = None
    for line in reversed(head[-4000:].split("\n")):
        last = NUMBERED.match(line)
        if last and len(last[1]) == len(first[1]):
            break
        last = None
        if re.match(r"[^\s]", line):  # the list has ended
            return said
    if not last:
        return said
    lines, number = said.split("\n"), int(last[2])
    for place, line in enumerate(lines):
        item = NUMBERED.match(line)
        if item and item[1] == first[1]:
            number += 1
            lines[place] = f"{item[1]}{number}{item[3]}{line[item.end() :]}"
        elif re.match(r"\S", line):
            break
    return "\n".join(lines)


def attached(draft: str, head: str, gap: str, said: str, in_code: bool) -> str:
    """Put what the model says where it belongs: in the same line, the next, or a new block."""
    start = said.lstrip()
    indented = said[: len(said) - len(start)]
    word = draft[len(head + gap) :]
    if in_code:
        if "\n" in gap and indented and "\n" not in indented:
            return head + gap[: gap.rfind("\n") + 1] + said
        if indented:
            return (
                (head if "\n" in gap else draft.rstrip()) + said
                if "\n" in indented
                else (head + said)
            )
        if re.match(r"#{2,6} .*\n\s*\n[^\W_]", said) and len(FENCE.findall(said)) % 2 == 0:
            return draft.rstrip() + "\n```\n\n" + said  # the model believes that the block is over
        return head + gap + said
    opening = re.match(r"[\"“„«「『（(]+", word)
    if opening and not start.startswith(opening[0]):
        return head + gap + opening[0] + start
    kind, line = kind_of(start), last_line(head)
    if kind == "row" and SEPARATOR.match([*start.split("\n", 2), ""][1]) and "|" in line:
        line = ""  # another table
    if kind == "item":
        items = [row for row in head[head.rfind("\n\n") :].split("\n") if LIST_ITEM.match(row)]
        line = items[-1] if items else line
    if word.startswith("|") and "\n" in gap and not (kind == "row" and same_row(word, start)):
        return draft.rstrip() + between(kind, word) + start
    if kind == "row" and "\n" not in gap and row_is_open(head, start):
        return head + gap + start
    if (
        word
        and start.startswith(word)
        and (word[0] not in "#|" or ("\n" not in gap and re.match(r"\|+(\s*\n|\Z)|\|\w", start)))
    ):
        return head + gap + start
    if "\n" in indented:
        return (head if "\n" in gap else draft.rstrip()) + said
    if kind == "item" and "\n" not in gap and not re.search(r"[.:;!?。：；！？]\W*\Z", draft):
        mark = LIST_ITEM.match(line)  # else it is a minus, or a number
        kind = kind if mark and start[0].isdigit() == mark[0].strip()[0].isdigit() else ""
    if kind and "\n" not in gap:  # it leaves the sentence as it is
        return draft.rstrip() + between(kind, line) + start
    if gap == "\n" and between(kind, line) == "\n\n" and (kind or not wraps_lines(head)):
        return head + "\n\n" + start
    if "\n" in gap and indented:
        return head + gap[: gap.rfind("\n") + 1] + said
    if word.isalpha() and start[: len(word)].lower() == word.lower():
        return draft + start[len(word) :]
    return head + (indented if indented and "\n" not in gap else gap) + start


def same_row(old: str, new: str) -> bool:
    """Whether one row of a table is another one written anew: half of it, or of the same name."""
    name = letters_of(old[1:].split("|")[0])
    return not old.rstrip().endswith("|") or letters_of(new[1:]).startswith(name)


def row_is_open(head: str, start: str) -> bool:
    """Whether a row of a table ends in mid-row, and what follows is the rest of it, no new one."""
    before, line = ["", *head[-8000:].split("\n")][-2:]
    rest = start.split("\n")[0]
    if not line.lstrip().startswith("|"):
        return False
    return line.count("|") + rest.count("|") <= max(before.count("|"), line.count("|") + 1)


def wraps_lines(head: str) -> bool:
    """Whether the lines of a paragraph are broken in the source."""
    return re.search(r"[^\s|]\n[^\W\d][^\n|]*\Z", head[-4000:]) is not None or (
        re.search(r"^[^|#\n][^\n]*[^\s|]\n[ ]*[^\W\d]", head[-4000:], re.MULTILINE) is not None
    )


def between(kind: str, line: str) -> str:
    """Return what separates a block from the line before it."""
    same = kind in ("row", "item", "quote") and (kind_of(line.lstrip()) == kind)
    return "\n" if same else "\n\n"


def in_formula(head: str) -> bool:
    """Whether a formula that is a block of its own has begun and not ended."""
    near = head[-4000:]
    return (
        near.rfind("\\[") > near.rfind("\\]")
        or near.rfind("\\begin{") > near.rfind("\\end{")
        or near[near.rfind("\n\n") + 1 :].count("$$") % 2 == 1
    )
