"""Marks that other systems leave in a text: codes that only their own pages turn into something.

Those that name a source by its number, `【4†source】` or `[citation:4]`, become `【4†】`: see
citations.py, which links it or drops it. The rest goes, and so does what asks other programs for a
page or a table of contents: readers have the outline. Code stays as it is, and HTML with a
picture that is data becomes a picture of Markdown.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from generator.pdf.late import late

# One look at the whole text, then at each paragraph: most have none of these.
_ANY = late(
    "[\ue200-\ue206†‡]|oaicite|(?:grok|xai):|</?(?:[a-z]{1,10}:)?cit|<ref>|<source>|</?co:"
    r"|\((?:start|end)_span\)|\[cit|cite_|turn\d+[a-z]|\[\^\d[\d,; ]{0,20}\^\]"
    r"|[\[【](?:web|page|webpage|file|doc|source|ref):|<img",
    re.I,
)
# That is slow, as it tries so much at each letter: it is done where one of these is there.
_NAMES = ("web", "page", "file", "doc", "source", "ref")
_COMMANDS = [
    "[toc]", "[[toc]]", "[[_toc_]]", "\\newpage", "\\pagebreak", "\\clearpage", "\\tableofcontents",
]  # fmt: skip
_RARE = [
    "oaicite", "grok:", "xai:", "<cit", "</cit", ":cit", "[cit", "cite_", "<ref>", "<source>",
    "<co:", "</co:", "_span)", "^]", "<img", *"†‡\ue200\ue201\ue202\ue203\ue204\ue205\ue206",
    *_COMMANDS,
    *(bracket + name for bracket in "[【" for name in _NAMES),
]  # fmt: skip
_TURNS = re.compile(r"turn\d")
_TURN = r"turn\d+[a-z_]+\d+"
_NUMBERS = r"\d{1,3}(?:\s?[,;、–-]\s?\d{1,3}){0,30}"
_GONE = [
    "\ue200[^\ue200\ue201]{0,2000}\ue201|[\ue200-\ue206]",  # ChatGPT
    f"(?:file|nav)?cite(?:[\ue202 ]?{_TURN})+",
    rf"[\[【(]\s?(?:cite:\s?)?{_TURN}(?:[\s,;、|†]+{_TURN}){{0,30}}\s?[\]】)]",
    r":{0,2}(?:contentReference|citation)?[\[【(]oaicite:[^\]】)\n]{0,80}[\]】)](?:\{[^{}\n]{0,80}\})?",
    r"<(?P<tag>(?:grok|xai):[\w-]{1,40})\b[^<>]{0,600}>(?s:.{0,600}?)</(?P=tag)>",  # Grok
    r"</?(?:grok|xai):[^<>]{0,600}>",
    r"</?(?:[a-z]{1,10}:)?(?:cite|citations?)(?:\s[^<>]{0,600})?/?>",  # Claude
    r"</?co:[\s\d,:-]{0,40}>",  # Cohere
    r"\[cite_(?:start|end)\]|\[cite:[\s\d,;–-]{1,200}\]",  # Gemini
    r"\[span_\d{1,4}\]\((?:start|end)_span\)",
    r"<\|[\w/]{0,30}cit[\w/]{0,30}\|>",
]
_MARK = late(
    r"(?P<code>(?P<ticks>`+)(?!`)(?s:.{1,2000}?)(?<!`)(?P=ticks)(?!`))"
    # The name of a thing, and the label of a link, are meant to be read.
    '|\ue200entity\ue202\\["[^"\ue201]{0,100}","(?P<name>[^"\ue201]{0,200})"[^\ue201]{0,400}\ue201'
    "|\ue200url\ue202(?P<label>[^\ue201\ue202]{0,300})(?:\ue202[^\ue201]{0,2000})?\ue201"
    r"|\[oai_citation(?:_attribution)?:\d+[‡†](?P<source>[^\]\n]{0,300})\]"
    rf"|(?:[\[【](?:citation|web|page|webpage|file|doc|source|ref):\s?(?P<n1>{_NUMBERS})[\]】]"
    rf"|<(?P<element>citation|ref|source)>\s?\[?(?P<n2>{_NUMBERS})\]?\s?</(?P=element)>"
    rf"|【(?P<n3>{_NUMBERS})(?::\d{{1,3}})?†[^【】]{{0,300}}】"
    rf"|\[(?P<n4>{_NUMBERS})†[^\[\]]{{0,300}}\]"
    rf"|\[\^(?P<n5>{_NUMBERS})\^\])"
    rf"|(?P<gone>{'|'.join(_GONE)})"
    r"|<img\b(?P<first>[^<>]{0,600}?)\ssrc\s*=\s*[\"']?(?P<data>data:[^\"'<>\s]+)(?P<rest>[^<>]{0,600})>",
    re.I,
)
_HOLE = "\ue2ff"
# A run of them as a whole, with the spaces around: to try each part of one would take its square.
_HOLES = late(rf"(?<![ \t\u200b])[ \t\u200b]*{_HOLE}(?P<rest>[ \t\u200b{_HOLE}]*+)")
_STAYS_CLOSE = " .,;:!?)\n。，；：！？）"  # to the word before it
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)


def marks_plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.after("block", "marks", _marks)


def _marks(state: StateCore) -> None:
    source = state.src.lower()
    if not any(map(source.__contains__, _RARE)) and not _TURNS.search(source):
        return
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "inline" and _ANY.search(token.content):
            token.content = without_marks(token.content)
        if token.type == "inline" and token.content.lower() in _COMMANDS:
            token.content = ""
        tokens.append(token)
        if token.type == "paragraph_close" and not tokens[-2].content.strip():
            del tokens[-3:]
    state.tokens = tokens


def without_marks(text: str) -> str:
    text = _MARK.sub(_stand_in, text)
    return _HOLES.sub(_closed, text).replace(_HOLE, "").strip() if _HOLE in text else text


def _closed(holes: re.Match[str]) -> str:
    """Return the space that is to stay where marks have gone."""
    if holes.string[holes.end() : holes.end() + 1] in _STAYS_CLOSE:  # or it is the end
        return ""
    place = holes["rest"].rfind(" ")
    return holes["rest"][place:] if place >= 0 else holes[0]


def _stand_in(mark: re.Match[str]) -> str:
    if mark["gone"]:
        return _HOLE
    if number := next(filter(None, map(mark.group, ("n1", "n2", "n3", "n4", "n5"))), None):
        return f"【{number}†】"
    if mark["data"]:
        alt = _ALT.search(mark["first"] + mark["rest"])
        return f"![{alt[1] or alt[2] or '' if alt else ''}](<{mark['data']}>)"
    if mark["source"] is not None:
        return f"[{mark['source']}]"
    return str(mark["name"] or mark["label"] or mark["code"] or "")
