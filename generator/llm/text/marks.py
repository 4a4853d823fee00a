"""The marks of a model's chat template that a server has left in the text, and what they mean.

A mark tells turns apart: where one ends, and who speaks in the next. A model that does not stop at
the end of its turn goes on with the user's next question and its own answer to that: none of it
belongs to the report. New models have new marks, so they are known by their pattern.
"""

import re
from dataclasses import dataclass, field

from generator.llm.text.thoughts import FENCE

MARK = re.compile(
    r"""
      <[|｜]/?[^\W\d][\w▁:./-]{0,40}[|｜]?>       # <|im_end|>, <｜end▁of▁sentence｜>, <|turn>
    | <[^\W\d][\w▁]{0,30}[|｜]>                   # <turn|>
    | \[[|｜]/?[^\W\d][\w▁]{0,40}[|｜]\]          # [|endofturn|]
    | <\[?(?:EOS|BOS|PAD)_\w{1,60}\]?>           # <[EOS_never_used_51bc]>
    | </?(?:\w{2,12}:)?(?:s|eo[a-z]|bos|pad|unk|sop|sep|end)(?:_token)?>   # </s>, <eos>
    | \[(?:END(?:\ FINAL\ RESPONSE)?|STOP|DONE|EOT|/s)\](?=\s*\Z) | \[e~\[(?=\s*\Z)
    | <(?:start|begin|end)[_▁]?of[_▁]?\w{1,30}>   # <end_of_turn>
    | <(?:im|eot|eom|start|end)_(?:id|start|end|header)(?:_id)?>
    | <(?:unused|reserved|extra_id|special)_?(?:token_?)?\d{1,4}>
    | <<?/?SYS>>? | \[/?INST\](?!\() | \[(?:gMASK|EOS|BOS)\] | <0x[0-9A-F]{2}>
    | ^\#{2,3}\ (?:Human|User|Instruction):[ \t]*$
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
HALF = re.compile(r"<[|｜/]?[\w▁|｜]{0,30}\Z")  # of a mark, where the text was cut
END = re.compile(
    r"/s|end|eo[a-z]|eo[a-z]_?(id|token)|im_end|\w*end_?of_?(text|turn|sentence|doc\w*"
    r"|message|msg|response|seq\w*|utterance|dialog\w*|assistant|answer|output|generation|stream)"
    r"(_token)?|message_sep|(\w+:)?eos\w*|return|stop|turn|end(response|message|answer|turn)|end_(response|message|answer)"
)
START = re.compile(r"turn|extra_id_\d+|\w*(?:start|begin)\w*")
SPEAKERS = {
    "assistant": re.compile(r"assistant|model|bot|ai|gpt|chatbot|answer|response|/inst"),
    "": re.compile(r"user|human|system|developer|tool|observation|instruction|inst|sys|question"),
}
SPEAKER = re.compile(r"\s*([A-Za-z]{2,12})(?:[ \t]*:|[ \t]*\n|(?=[<#])|\Z)")
ENOUGH = 200  # characters of a report


@dataclass
class Turn:
    """What somebody says; `speaker` is "assistant", or "" for anybody else."""

    speaker: str
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts)


def without_marks(text: str, complete: bool = True) -> str:
    """Take the marks off, and keep one turn of the model: the first that looks like a report.

    A mark in code, or as a word in a sentence, is what the text is about. While the text is not
    `complete`, a half-written mark at its end goes, too.
    """
    if not complete:
        text = HALF.sub("", text)
    if not re.search(r"[<\[]|^##+ (?:Human|User|Instruction):", text, re.MULTILINE):
        return text
    turns = [Turn("assistant")]
    place = counted = 0
    in_code = False
    for mark in MARK.finditer(text):
        if mark.start() < place:
            continue
        in_code ^= len(FENCE.findall(text, counted, mark.start())) % 2 == 1
        counted = mark.start()
        if in_code or is_a_word(text, mark):
            continue
        turns[-1].parts.append(text[place : mark.start()])
        place = take(text, mark, turns)
    turns[-1].parts.append(text[place:])
    if len(turns) == 1:
        return turns[0].text
    said = [turn.text for turn in turns if turn.speaker and turn.text.strip()]
    whole = [each for each in said if len(each) >= ENOUGH or each.lstrip().startswith("#")]
    return (whole or sorted(said, key=len, reverse=True) or [""])[0]


def take(text: str, mark: re.Match[str], turns: list[Turn]) -> int:
    """Note what a mark says of the turns; return where the text goes on after it."""
    name = re.sub(r"[<>|｜\[\]#: ]", "", mark[0]).replace("▁", "_").lower()
    is_closed = mark[0].endswith(("|>", "｜>")) and not mark[0].startswith(("<|", "<｜"))
    end = mark.end()
    if START.fullmatch(name) and not is_closed:
        word = SPEAKER.match(text, end)
        if word and (speaker := speaker_of(word[1])) is not None:
            name, end = word[1], word.end()
    if (speaker := speaker_of(name)) is not None:
        turns.append(Turn(speaker))
    elif END.fullmatch(name) and turns[-1].text.strip():
        turns.append(Turn(""))  # until somebody else is named, nobody knows whose words they are
    return end


def speaker_of(name: str) -> str | None:
    """Return whose turn a name begins, None if it is no name of a speaker."""
    word = name.lower().removesuffix("_token")
    return next((each for each, names in SPEAKERS.items() if names.fullmatch(word)), None)


def is_a_word(text: str, mark: re.Match[str]) -> bool:
    """Whether a mark is what a sentence is about: in code, or with words on both sides of it."""
    begin = max(text.rfind("\n", 0, mark.start()) + 1, mark.start() - 1000)
    before, after = text[begin : mark.start()], text[mark.end() : mark.end() + 20].split("\n")[0]
    if before.count("`") % 2 or (mark[0].lower() == "</s>" and "<s>" in before.lower()):
        return True
    if mark[0].lower() == "<s>" and before.strip():
        return True  # struck out, in HTML
    spoken = re.match(r"[\"'”’)]*[,;:.]?\s+[^\s<\[|｜]|[\"'”’),;:.]", after)
    return bool(re.search(r"\w[,;:]?\s+[\"'“‘(]*\Z", before) and spoken)
