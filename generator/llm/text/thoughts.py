"""The reasoning that some models leak into their answers, in tags like <think>.

The tags of a new model are not known in advance. So what counts is the pattern: a tag, in whatever
brackets, whose name has a word for thinking in it.
"""

import re

WORD = (
    r"(?:think|thought|reason|reflect|analysis|analyz|analys|scratch_?pad|ponder|deliberat"
    r"|monolog|brainstorm|self_?talk|cot(?![a-z]))"
)
NAME = rf"(?P<name>(?:[\w.:▁-]{{0,30}}[_:.▁-]|inner|ant|my|pre)?{WORD}[\w.:▁-]{{0,30}})"
MARK = re.compile(
    rf"""(?:
        [<◁＜](?P<shut>/)?[|｜]?(?P<shut2>/)?{NAME}(?:[ ][^<>\n]{{0,60}})?[|｜]?[>▷＞]
      | (?-i:\[(?P<shut3>/)?(?P<name2>THINK(?:ING)?)\])
      | <(?P<unused>unused9(?:4>(?:thought)?|5>))
      | <\|channel\|?>\s{{0,2}}(?P<inner>analysis|commentary|think\w*|thought\w*|reason\w*)
            \b[^<>\n]{{0,80}}(?:<\|message\|>)?
      | (?P<final>(?:<\|end\|>)?(?:<\|start\|>assistant)?<\|channel\|?>\s{{0,2}}final
            \b[^<>\n]{{0,80}}(?:<\|message\|>)? | <channel\|>)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
CLOSING = re.compile(r"^(?:end|stop|close)|[_▁](?:end|stop|close)$", re.IGNORECASE)
# Harmony's channels, after somebody has dropped the marks around their names.
BARE_CHANNELS = re.compile(r"\A\s*analysis(?=[^\s:,.]).{0,200000}?assistant\s?final", re.DOTALL)
SPACE = re.compile(r"\s*")
FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})", re.MULTILINE)
HEADING = re.compile(r"^(#{1,3}) +(\S.*)$", re.MULTILINE)
ASIDE = 40  # characters between two tags in one line: a sentence about tags, no thought
ENOUGH = 200  # characters of a report, without any section


def without_thoughts(text: str, complete: bool = False) -> str:
    """Remove the reasoning that some models leak into their answers in <think> tags.

    What is not closed is still being thought; once the answer is `complete`, what looks like a
    report in it is taken for one. Some models leak the closing tag only. A tag in code is an
    example.
    """
    if bare := BARE_CHANNELS.match(text):
        return text[bare.end() :].lstrip()
    marks = list(MARK.finditer(text)) if re.search(r"[<◁＜]|\[/?THINK", text) else []
    kept: list[str] = []
    place = counted = 0  # what is before `place` has been decided; fences before `counted` counted
    thinking = in_code = False
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        opens = not closes(mark)
        end = mark.end() if opens else after_space(text, mark.end())
        if thinking:
            if not opens:
                thinking, place = False, end
                counted = place
            continue
        in_code ^= len(FENCE.findall(text, counted, mark.start())) % 2 == 1
        counted = mark.start()
        line = text[max(text.rfind("\n", 0, mark.start()) + 1, mark.start() - 1000) : mark.start()]
        if in_code or line.count("`") % 2:
            continue
        if opens and (not line.strip() or is_thought(text, mark, following)):
            kept.append(text[place : mark.start()])
            thinking, place = True, mark.end()
        elif (
            not opens
            and not kept
            and (not line.strip() or "\n" in text[mark.end() : end] or text.startswith("#", end))
        ):
            place = end  # all before it was thought
    if not thinking:
        return "".join(kept) + text[place:]
    if "".join(kept).strip():
        return "".join(kept)
    return report_in(text[place:]) if complete else ""


def after_space(text: str, place: int) -> int:
    return SPACE.match(text, place).end()  # type: ignore[union-attr]


def closes(mark: re.Match[str]) -> bool:
    if mark["final"] or mark["shut"] or mark["shut2"] or mark["shut3"]:
        return True
    return (mark["unused"] or "").startswith("unused95") or bool(CLOSING.search(mark["name"] or ""))


def is_thought(text: str, mark: re.Match[str], following: re.Match[str] | None) -> bool:
    """Whether a tag within a line opens a thought, and is no word in a sentence about such tags."""
    if not following or not closes(following):
        return False
    thought = text[mark.end() : following.start()]
    return len(thought) > ASIDE or "\n" in thought


def report_in(thoughts: str) -> str:
    """Return the report that a model has written while it thought, "" if it only thought.

    It begins with a title; where the same title comes twice, the first was a draft.
    """
    headings = list(HEADING.finditer(thoughts))
    titles = [heading for heading in headings if heading[1] == "#"] or headings[:1]
    first = next(iter(titles), None)
    same = [title for title in titles if first and title[2] == first[2]]
    for title in reversed(same):
        report = thoughts[title.start() :]
        if len(report) >= ENOUGH or "\n## " in report:
            return report
    return ""
