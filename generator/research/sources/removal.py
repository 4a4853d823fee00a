"""What goes with a reference that is none: its brackets, words that lead to it or that follow it.

In order: what encloses it, what leads to it or follows from it, and the change that takes all out.
"""

import re

from generator.research.sources.names import AHEAD, SOURCE

NEARBY = 100  # characters around a reference that may go with it
OPENING = re.compile(
    # of "(see [99])", "(Source: [99])", "“[99]”", "*[99]*"
    rf"(?:[(\[（*_]\s*(?:(?:{AHEAD}){{0,2}}(?:{SOURCE}\.?\s?[:：]?\s?)?|data:\s)|[\"'“„«‘*_]|[{{])$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"(?:,\s(?:pp?|S|ch|fig)\.\s?\d[\d\s–-]{0,12})?\s*[)\]}）](?![(:])|[\"'”“»’*_]", re.IGNORECASE
)

# What would lead to nothing, with its commas in the midst of a sentence.
_LED = re.compile(
    r"(?<![^\W_])(?:according to|as per|(?<![^,.;!?\n]\s)as \w{4,12} (?:in|by)|laut|selon"
    r"|(?-i:In|Per|From|Following|Based on)"
    r"|d['’]après|según|secondo|segundo|volgens|согласно|według|根据|根據"
    rf"|[据據](?={SOURCE}))\s{{0,2}}(?:(?:the|la|le|die|der|de|el)\s)?(?:{SOURCE}\s?)?$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"[,，:]?\s*([^\W\d_])")
# Where a sentence or a clause begins, and what one says that begins with a reference.
_BEGINS = re.compile(r"(?:^|\n|[.!?]\s+|[。！？])$")
_BEGINS_CLAUSE = re.compile(
    r"(?:,|\b(?:and|but|yet|while|whereas|meanwhile|aber|mais|pero|(?-i:As)))\s+$",
    re.IGNORECASE,
)
_SAY = (
    r"(?:say|state|show|report|find|note|claim|argue|suggest|confirm|estimate|write|indicate|reveal"
    r"|conclude|point\sout|add|warn|agree|observe|explain|demonstrate|predict|project|expect)"
)
_SAYS_THAT = re.compile(
    rf"\s+(?:also\s)?{_SAY}s?\sthat\s+([^\W_])"
    r"|\s+[^\W\d_]{4,14},?\s(?:que|che|что)\s+([^\W_])"
    r"|(?:指出|表明|认为|認為|显示|顯示|报道|報道|报告)称?[，,：:]?([^\W_])"
    r"|(?:によると|によれば)、?([^\W_])|에\s?따르면,?\s?([^\W_])"
)
# What else has a reference for its subject, or for a word: "[9] has it", "the data of [9] is old".
_SPEAKS = re.compile(
    rf"\s+(?:also\s)?(?:(?P<many>{_SAY}|disagree|describe|give|put|list|are|have|were)"
    rf"|{_SAY}(?:s|ed|d)|disagrees|describe[sd]|gives|gave|puts?|lists|found|showed|wrote|is|has|was|had)(?=[\s,.;])"
)
_WORD_OF_IT = re.compile(r"\b(?:of|from|by|than|per|unlike|between)\s$")
_WORD_FOR_IT = re.compile(rf"(?<!\w){SOURCE}(?:\s|(?<=[\u3000-\u9fff]))$", re.IGNORECASE)
_SEE = re.compile(
    r"(?:\b(?:See(?: also)?|Siehe(?: auch)?|Voir|Véase)"
    r"|(?P<by>[,;] (?:see(?: also)?|siehe(?: auch)?|voir|véase)))\s$"
)
_SEEN = re.compile(r"(?:\sfor\s[\w ]{1,30})?\.")


def removal(text: str, near: int, start: int, end: int, inventions: int) -> tuple[int, int, str]:
    """Return the change that takes out what refers to nothing, with the words that led to it."""
    before, after = text[near:start], text[end : end + NEARBY]
    if led := _LED.search(before):  # "According to [99], they live."
        start = near + led.start()
        if after[:1] in (",", "，") and (comma := re.search(r"[,，]\s?$", text[near:start])):
            return near + comma.start(), end + 1, ""
        before = text[near:start]
        if _BEGINS.search(before) and (goes_on := _GOES_ON.match(after)):
            return start, end + goes_on.end(), goes_on[1].upper()
    opens_line = not before.rpartition("\n")[2].strip()
    if word := _WORD_FOR_IT.search(before):  # "Source [99] says"
        before = before[: word.start()]
    if (see := _SEE.search(before)) and (seen := _SEEN.match(after)):  # "See [99]."
        end += 0 if see["by"] else seen.end()
        return near + len(before[: see.start()].rstrip(" \t")), end, ""
    begins = _BEGINS.search(before)
    if begins or _BEGINS_CLAUSE.search(before):
        first = near + len(before)
        if says := _SAYS_THAT.match(after):
            letter = next(filter(None, says.groups()))
            return first, end + says.end(), letter.upper() if begins else letter
        if speaks := _SPEAKS.match(after):
            who = "sources" if speaks["many"] or inventions > 1 else "a source"
            return first, end, who.capitalize() if begins else who
        if begins and after[:1] in (",", "，") and (goes_on := _GOES_ON.match(after)):
            return first, end + goes_on.end(), goes_on[1].upper()
    if re.match("['’]s ", after) and re.search(r"(?:^|\s)$", before):  # "[9]'s data"
        return start, end, "A source" if begins else "a source"
    if _WORD_OF_IT.search(before) and re.match(r"\s[a-z]", after):
        return start, end, "a source" if inventions == 1 else "sources"
    if opens_line:
        end += len(after) - len(after.lstrip(" \t"))
    elif re.match(r"$|[\s.,;:!?)\]|*_\\。，、।،؟]", after):
        bare = before.rstrip(" \t")
        if after[:1] == ",":  # "However, [99], they live."
            bare = bare.removesuffix(",")
        if re.match(r"\s*[.!?]", after):  # "They live: [99]." has nothing to announce any more
            bare = re.sub(r"(?:\s[–—-]|[:;,])$", "", bare).rstrip(" \t")
        start = near + len(bare)
    return start, end, ""
