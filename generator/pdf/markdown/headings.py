"""Headings as models write them: `##Heading`, without its space, and more than six signs.

A single `#` without a space is a heading in the first line alone: elsewhere it is #3, or a #tag.
A sentence with `---` right below it is no heading: the line was meant as a rule. A heading without
text goes. The name that Pandoc lets a heading have, `# Heading {#name .class}`, is the `id` in its
`meta`.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.heading import heading
from markdown_it.rules_block.lheading import lheading

from generator.pdf.late import late

_LOOSE = re.compile(r"(#{2,})(?=[^\s#!])|(#{7,})\s|(#)(?=[^\W\d_])")
_ATTRIBUTES = re.compile(r"\s*\{:?(?=[#.])(?:#([\w:.-]{1,80}))?[^{}]{0,80}\}\s*$")
_SENTENCE = late(r"\n|[.!;,。！；，…।۔]\W{0,3}$|.{120}")


def headings_plugin(parser: MarkdownIt) -> None:
    parser.block.ruler.at("lheading", _underlined)
    parser.block.ruler.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at : at + 1] != "#":
        return False
    if not heading(state, start, end, silent) and not _loose(state, start, at, silent):
        return False
    if not silent and not state.tokens[-2].content:
        del state.tokens[-3:]  # it would leave a hole in the page
    elif not silent and state.tokens[-2].content.endswith("}"):
        text = state.tokens[-2]
        if found := _ATTRIBUTES.search(text.content):
            text.content = text.content[: found.start()]
            text.meta["id"] = (found[1] or "").lower()
    return True


def _loose(state: StateBlock, start: int, at: int, silent: bool) -> bool:
    found = _LOOSE.match(state.src, at, state.eMarks[start])
    if found is None or state.is_code_block(start):
        return False
    if found[3] and state.src[: state.bMarks[start]].strip():
        return False
    if silent:
        return True
    tag = f"h{min(6, found.end() - at)}"
    state.line = start + 1
    state.push("heading_open", tag, 1).map = [start, state.line]
    text = state.push("inline", "", 0)
    text.content = state.src[found.end() : state.eMarks[start]].strip().rstrip("#").rstrip()
    text.map, text.children = [start, state.line], []
    state.push("heading_close", tag, -1)
    return True


def _underlined(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not lheading(state, start, end, silent):
        return False
    opening, text, closing = state.tokens[-3:]
    if opening.markup == "-" and _SENTENCE.search(text.content):
        opening.type, closing.type = "paragraph_open", "paragraph_close"
        opening.tag = closing.tag = "p"
        state.push("hr", "hr", 0)
    return True
