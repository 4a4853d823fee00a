"""The reasoning that some local models leak into their answers, in tags like <think>."""

import re

NAMES = (
    r"(?:seed:|mm:)?(?:think|thinking|thought|thoughts|reasoning|reason|reflection|longcat_think"
    r"|analysis)"
)
MARK = re.compile(
    rf"""[<◁\[](?:
      (?P<open>
          (?<=<){NAMES}(?:[ ][^<>\n]{{0,40}})?> | (?<=◁)think▷ | (?<=\[)THINK\]
        | (?<=<)\|(?:begin_of_)?(?:thought|think|thinking)\|> | (?<=<)unused94>(?:thought)?
        | (?<=<)\|channel\|>(?:analysis|commentary)<\|message\|>
      )
      | (?P<close>
          (?<=<)/{NAMES}> | (?<=◁)/think▷ | (?<=\[)/THINK\]
        | (?<=<)\|(?:end_of_|/)(?:thought|think|thinking)\|> | (?<=<)unused95>
        | (?<=<)(?:\|end\|><)?(?:\|start\|>assistant<)?\|channel\|>final<\|message\|>
      )\s*
    )""",
    re.IGNORECASE | re.VERBOSE,
)
FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})", re.MULTILINE)
ASIDE = 40  # characters between two tags in one line: a sentence about tags, no thought


def without_thoughts(text: str) -> str:
    """Remove the reasoning that some local models leak into their answers in <think> tags.

    What is not closed is still being thought. Some models leak the closing tag only. A tag in code
    is somebody's example.
    """
    marks = list(MARK.finditer(text)) if re.search(r"[<◁]|\[THINK", text) else []
    kept: list[str] = []
    place = counted = 0  # what is before `place` has been decided; fences before `counted` counted
    thinking = in_code = False
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        if thinking:
            if mark["close"]:
                thinking, place = False, mark.end()
                counted = place
            continue
        in_code ^= len(FENCE.findall(text, counted, mark.start())) % 2 == 1
        counted = mark.start()
        line = text[max(text.rfind("\n", 0, mark.start()) + 1, mark.start() - 1000) : mark.start()]
        if in_code or line.count("`") % 2:
            continue
        if mark["open"] and (not line.strip() or is_thought(text, mark, following)):
            kept.append(text[place : mark.start()])
            thinking = True
        elif mark["close"] and not kept and (not line.strip() or "\n" in mark[0]):
            place = mark.end()  # all before it was thought
    if thinking and not "".join(kept).strip():
        return ""
    return "".join(kept) + ("" if thinking else text[place:])


def is_thought(text: str, mark: re.Match[str], following: re.Match[str] | None) -> bool:
    """Whether a tag within a line opens a thought, and is no word in a sentence about such tags."""
    if not following or not following["close"]:
        return False
    thought = text[mark.end() : following.start()]
    return len(thought) > ASIDE or "\n" in thought
