"""Footnotes and endnotes: `[^1]` in the text, `[^1]: ...` anywhere, all of them printed at the end.

The two constructs are read by mdit-py-plugins. Its last step is not used: it would drop the notes
that nothing refers to, and all but one of those with the same label. Here every note is kept.

Tokens: `note_ref` in a line, whose `meta` has the note's `number` and which `reference` to it this
is, from 1; `notes_open`, whose `meta` says if the text has a `heading` for them; and around each
note `note_open`, whose `meta` has its `number` and how many `references` there are, and
`note_close`.
"""

import re
from collections import defaultdict

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def, footnote_ref


def notes_plugin(parser: MarkdownIt) -> None:
    """Read notes, and move them to the end of the tokens."""
    parser.block.ruler.before(
        "reference", "note", _note, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.inline.ruler.after("image", "note_ref", _reference)
    parser.core.ruler.after("inline", "notes", _move)


def _note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # A note in a quote, a list or a note stays where it is, as text: the plugin mixes them up.
    # `silent` asks if a paragraph ends here; in a list it does where the line stands outside.
    outside = state.level == 0 or (silent and state.sCount[start] < state.blkIndent)
    return outside and footnote_def(state, start, end, silent)


_REFERENCE = re.compile(r"\[\^[^\s\]]{1,200}\]")


def _reference(state: StateInline, silent: bool) -> bool:
    # The plugin would look for the end of each, however far, in the text of 10,000.
    found = _REFERENCE.match(state.src, state.pos, state.posMax)
    return found is not None and footnote_ref(state, silent)


def _move(state: StateCore) -> None:
    """Number the notes in the order in which they are referred to, then those that never are."""
    found: defaultdict[str, list[list[Token]]] = defaultdict(list)
    text: list[Token] = []
    into = text
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            into = []
            found[token.meta["label"]].append(into)
        elif token.type == "footnote_reference_close":
            into = text
        else:
            into.append(token)
        for part in token.children or []:
            _rename(part)
    if not found:
        return
    # Of several notes with one label, it is the first that is referred to.
    referred = state.env["footnotes"]["list"].values()
    notes = [(found[note["label"]].pop(0), note["count"]) for note in referred]
    notes += [(tokens, 0) for tokens_of_label in found.values() for tokens in tokens_of_label]
    has_heading = bool(text) and text[-1].type == "heading_close"
    text.append(Token("notes_open", "", 1, meta={"heading": has_heading}))
    for number, (tokens, references) in enumerate(notes, 1):
        meta = {"number": number, "references": references}
        text += [Token("note_open", "", 1, meta=meta), *tokens, Token("note_close", "", -1)]
    state.tokens = [*text, Token("notes_close", "", -1)]


def _rename(token: Token) -> None:
    if token.type == "footnote_ref":
        token.type = "note_ref"
        token.meta = {"number": token.meta["id"] + 1, "reference": token.meta["subId"] + 1}
    for part in token.children or []:  # of an image
        _rename(part)
