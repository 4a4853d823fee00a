"""Whether a text that was cut may be whole, by its end and by what the model says to it."""

import re

from generator.llm.joining.blocks import open_fence

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
