"""What is said to the user before a report and after it: that it follows, that more could be had.

Models of every kind do that, though they are told not to. Only whole lines go: those before the
one title of a report, where each is such a remark, a label or a rule; and the last one.
"""

import re

from generator.llm.joining.remarks import OPENER, alternatives
from generator.llm.letters import UNSPACED
from generator.llm.phrases import OFFERS

REMARK = 400  # characters before or after the whole that are said to the user
# What is said before the report. Before a heading below the title it has to end with a colon.
FOLLOWS = re.compile(
    r"sure|certainly|of course|absolutely|okay|here(?:'s|’s| is| are)|below is|the following is"
    r"|hier (?:ist|folgt)|voici|aquí|a continuación|ecco|aqui|вот|ниже|以下|下面|これ|다음|إليك",
    re.IGNORECASE,
)
SECTION_FOLLOWS = re.compile(
    rf"\A(?:{FOLLOWS.pattern})[^\n]{{0,300}}[:：…]\*{{0,2}}[ \t]*\n+(?:-{{3,}}[ \t]*\n+)?"
    r"(?=\#{2,3} \S)",
    re.IGNORECASE,
)
REPORT = re.compile(
    r"report|answer|response|output|document|thought|thinking|begin|start|cdata", re.I
)
LABEL = 5  # words
THE_TITLE = re.compile(r"^ {0,3}# +\S", re.MULTILINE)
# What is said after it: an offer, an end, a count of the words.
OFFER = re.compile(rf"(?:{alternatives(OFFERS)})", re.IGNORECASE)
THE_END = re.compile(
    r"[\[(*_=<!–—-]+\s*(?:the )?end(?: (?:of )?(?:the |this )?\w+)?\s*[\])*_=>.!–—-]+"
    r"|(?:the )?end of (?:the |this )?(?:report|document|answer)\.?"
    r"|[(*_]*(?:total |approximate )?word count\W[^\n]{0,40}"
    r"|:::|\]\]>|\"{3}|'{3}|\\end\{document\}|<!--[^\n]{0,80}-->",
    re.IGNORECASE,
)
LAST = re.compile(r"(?:\n[ \t]*(?:[-*_]{3,}[ \t]*\n\s*)?)([^\n]{1,400})\s*\Z")


def without_announcement(text: str) -> str:
    """Take off what is said before the title, or says before a section that it follows."""
    if found := SECTION_FOLLOWS.match(text.lstrip()):
        return text.lstrip()[found.end() :]
    titles = [*THE_TITLE.finditer(text)]
    before = text[: titles[0].start()].strip() if len(titles) == 1 else ""
    lines = [line.strip() for line in before.split("\n") if line.strip()]
    if len(before) > REMARK or not re.search(r"\w", before) or not all(map(is_said_beside, lines)):
        return text
    return text[titles[0].start() :].lstrip()


def is_said_beside(line: str) -> bool:
    """Whether a line before the title is none of the report: it says that one follows, or is a
    label or a rule."""
    if line[0] in "|!" or re.match(r"#{1,6} .*[^:]\Z", line):
        return False
    said = line.lstrip("*_>#[( ")
    if (
        line.rstrip("*_ ").endswith((":", "：", "…"))
        or FOLLOWS.match(said)
        or OPENER.match(said.lower())
    ):
        return True
    words = len(re.findall(r"\w+", line)) * (3 if UNSPACED.search(line) else 1)
    return not words or (words <= LABEL and bool(REPORT.search(line)))


def without_last_words(text: str) -> str:
    """Take off the last line where it offers more, or says that this was the end."""
    last = LAST.search(text.rstrip()[-REMARK - 40 :])
    if not last:
        return text
    said = last[1].strip("*_() ").replace("’", "'")
    if not (OFFER.match(said) or THE_END.fullmatch(last[1].strip())):
        return text
    return text[: len(text.rstrip()) - len(last[0].rstrip())].rstrip() + "\n"
