"""What a model says beside its report: that it goes on, that it is sorry, that it will not.

Chat models of all makers do it, in the language of the report. A remark is only looked for where a
continuation begins, and only whole sentences are taken off.
"""

import re
from collections.abc import Iterator

from generator.llm.letters import letters_of
from generator.llm.phrases import ANNOUNCEMENTS, GO_ON, LABELS, OPENERS, REFUSALS

REMARKS = 4000  # characters; no more is said about going on
REFUSAL = 800  # what is longer says something else beside


def alternatives(table: str) -> str:
    patterns = re.sub(r"\n +", "", table.strip()).split("\n")
    return "|".join(f"(?:{pattern})" for pattern in patterns)


OPENER = re.compile(rf"(?:{alternatives(OPENERS)})(?:[\s,;!.…，、。！،।—–-]+|\Z)")
LABEL = re.compile(alternatives(LABELS))
ANNOUNCEMENT = re.compile(alternatives(ANNOUNCEMENTS))
REFUSING = re.compile(alternatives(REFUSALS))
FIRST_SENTENCE = re.compile(
    r"""[^\n]{0,249}?(?:
        [.!?…](?=[\s*_)\]"”])[*_)\]"”]* | :(?=[\s*_])[*_]* | [。！？：।؟][*_）)\]]*
    )[ \t]* | [^\n]{0,249}(?=\n|\Z)""",
    re.VERBOSE,
)
MARKS = " \t*_#[]()（）【】—–-`"
RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})[ \t]*(?:\n|\Z)")


def without_remarks(text: str) -> str:
    """Take off what is said about going on; "" if the model refuses. `text` begins with a word."""
    near = text[:REMARKS]
    kept = place = 0  # where the report begins, and what has been read
    while place < len(near):
        place = len(near) - len(near[place:].lstrip())
        found = FIRST_SENTENCE.match(near, place)
        sentence = found[0] if found else ""
        ended = place + len(sentence)
        match kind_of_remark(sentence):
            case "refusal" if len(text) - place <= REFUSAL:
                return ""
            case "announcement":
                place = kept = ended
            case "politeness":  # goes with what follows, unless it is a line of its own
                place = ended
                if near[place : place + 1] == "\n" and sentence.rstrip(" *_")[-1:] in "!.！。":
                    kept = place
            case _:
                break
    rule = RULE.match(text, kept) if kept else None
    return text[rule.end() if rule else kept :].lstrip()


def kind_of_remark(sentence: str) -> str:
    said = re.sub(r"[’ʼ]", "'", sentence.strip().strip(MARKS)).lower()
    letters = letters_of(said.partition(" ")[2])  # "The answer was interrupted", it may say
    if len(letters) >= 12 and letters in letters_of(GO_ON):  # no coincidence
        return "announcement"  # it says again what it was told
    ways = list(without_openers(said))
    refused = any(map(REFUSING.search, ways))
    if refused and not said.endswith((":", "：")):  # "I can't, but here is:" goes on
        return "refusal"
    if refused or any(map(ANNOUNCEMENT.search, ways)) or is_label(sentence, ways[-1]):
        return "announcement"
    return "politeness" if len(ways) > 1 and not ways[-1].strip(" .!,…。！，") else ""


def without_openers(sentence: str) -> Iterator[str]:
    """A sentence, and what remains of it without one polite word after the other."""
    yield sentence
    while (opener := OPENER.match(sentence)) and opener.end():
        sentence = sentence[opener.end() :]
        yield sentence


def is_label(sentence: str, said: str) -> bool:
    """Whether it says that it goes on, and no more: as a heading, in brackets, before a colon."""
    bare = said.strip(" .:…：" + MARKS)
    marked = re.match(r"[\s*_#]*[*_#\[(（【]|.*(?:\.\.\.|[:…：\])）】])[\s*_]*\Z", sentence)
    return bool(marked and bare and LABEL.fullmatch(bare))
