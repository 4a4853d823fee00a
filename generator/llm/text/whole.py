"""Whether a text that was cut may be whole, by its end and by what the model says to it."""

import re
import unicodedata

from generator.llm.joining.blocks import (
    CITED,
    CLOSERS,
    MARKS,
    NEAR,
    kind_of,
    last_line,
    open_fence,
    whole,
)

# A line after which nothing need come: a sentence, a row, an item, a formula, the end of a block.
LAST_LINE = re.compile(r"[.!?…。！？।؟|)\]\"'”’»」*_`$~]\s*\Z|\A\s*(?:[-*+]|\d{1,3}[.)])\s+\S+ \S")
HEADING = re.compile(r"#{1,6} ")
# What models answer who are asked to go on, and have no more to say.
COMPLETE = re.compile(
    r"\b(complete|completed|finished|done|concluded?s?|nothing (more|else|left|further)|no (more|"
    r"further))\b|vollständig|abgeschlossen|fertig|complet\b|terminée?|achevé|completo|terminado"
    r"|finalizado|concluído|completato|завершён|завершен|закончен|完整|完成|完了|以上です|結束|结束"
    r"|완료|완성|끝|مكتمل|اكتمل|पूर्ण|पूरी",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(incomplete|un\w*|not|n't|can't|cannot|sorry|nicht|pas)\b|不|未", re.I)
LONGEST = 300  # characters of such an answer
ENDED = re.compile(rf"[.!?…:。！？：।؟]{CLOSERS}{CITED}\s*\Z")  # a line that ends as sentences do
ADDRESS = re.compile(r"(?<!\()https?://[^/\s]+\.\w{2}[^\n]*\Z")  # in its last line
NEIGHBOURS = 6  # lines of its kind before it
OPEN = (",", ";", ":", "(", "[", "{", "–", "—", "-", "…", "...")  # they end no sentence
SENTENCE = 500  # characters; what is longer is no half sentence
WORDS = re.compile(r"^[ \t]*[^#\s]", re.MULTILINE)  # a line that is no heading


def ends_in_mid_sentence(draft: str) -> bool:
    """Whether a text ends in the middle of a sentence, a row, a heading, a formula or code.

    An end without a mark is one only if most lines just before it, of its kind, have one: they have
    none in Thai, and in many lists. Of a line with an address, as in a list of references, nobody
    can tell.
    """
    half = draft[len(whole(draft)) :].strip()
    line = last_line(draft.rstrip()).lstrip()
    kind = kind_of(line)
    if open_fence(draft) or (half and kind in ("row", "heading")):
        return True
    if not half or ADDRESS.search(line):
        return False
    if MARKS.fullmatch(half) or not half.strip("#>|*_~`- "):
        return True  # marks of a line that has not begun
    if any(half.count(mark) % 2 for mark in ("`", "**", "$$")):
        return True
    if not (unicodedata.category(half[-1])[0] in "LMN" or half.endswith(OPEN)):
        return False
    lines = draft.rstrip()[-NEAR:].split("\n")[:-1]
    others = [line for line in lines if line.strip() and kind_of(line.lstrip()) == kind]
    near = others[-NEIGHBOURS:]
    return 2 * sum(bool(ENDED.search(line)) for line in near) >= len(near)


def without_half_sentence(draft: str) -> str:
    """Return a text that has been cut up to its last whole sentence, row or item, and with the end
    of its block of code; as it is where no more than headings would be left, or more than half a
    sentence would be lost."""
    kept = whole(draft) if ends_in_mid_sentence(draft) else draft
    before, _, last = kept.rpartition("\n")
    if last.lstrip(" \t").startswith("|") and not before.rpartition("\n")[2].strip():
        kept = before.rstrip()  # a table's first line, and no other
    if not WORDS.search(kept) or len(draft) - len(kept) > SENTENCE:
        kept = draft
    fence = open_fence(kept)
    if not fence:
        return kept
    if not kept[fence.end() :].strip():
        return kept[: fence.start()].rstrip()
    before = fence[0].partition(fence[1])[0]
    return f"{kept.rstrip()}\n{re.sub('[-*+]', ' ', before)}{fence[1]}"


def ends_like_a_whole(draft: str) -> bool:
    """Whether a text ends with a line that is whole, and after which nothing has to come."""
    if not re.search(r"\n[ \t]*\Z", draft) or open_fence(draft):
        return False
    line = draft.rstrip().rpartition("\n")[2]
    return bool(LAST_LINE.search(line)) and not HEADING.match(line)


def has_no_more_to_say(said: str) -> bool:
    """Whether a model that was asked to go on says nothing, or that all has been said."""
    said = said.strip()
    if not said:
        return True
    return len(said) <= LONGEST and bool(COMPLETE.search(said)) and not DENIED.search(said)
