"""Lists of references that a writer made on its own, and its notes."""

import re

from markdown_it.token import Token

from generator.research.sources.names import LIST

LIST_NAME = re.compile(LIST, re.I)
LIST_TITLE = re.compile(rf"^[\W_]*{LIST}[\W_]*$", re.I)
_ENTRY = re.compile(
    # "[^1]: a note", "- [1] A page", "[1]: https://a.org", "【1】 A page"
    r"\s*(?:[-*+]\s+)?(?:\\?\[\^[^\]\s]+\\?\]:|\\?\[\^?\d{1,3}\\?\]:?\s+\S|【\d+】\s*\S)"
)


def own_lists(text: str, tokens: list[Token]) -> list[tuple[int, int]]:
    """Return the lines of such lists: below a heading that says so, or entries at the very end."""
    lines = text.split("\n")
    tops = [
        (token, tokens[position + 1] if position + 1 < len(tokens) else token)
        for position, token in enumerate(tokens)
        if token.level == 0 and token.map and not token.type.endswith("_close")
    ]
    gone: list[tuple[int, int]] = []
    since: int | None = None  # the line where a list of references began
    rank = 0
    for token, inline in tops:
        assert token.map
        is_heading = token.type == "heading_open"
        content = inline.content if inline.type == "inline" else ""
        is_bold = bool(re.fullmatch(r"(\*\*|__)[^*_]+(\*\*|__):?|[^.\n]{1,40}:", content))
        level = int(token.tag[1]) if is_heading else 7
        if since is not None and (is_heading or is_bold) and level <= rank:
            gone.append((since, token.map[0]))
            since = None
        if since is None and LIST_TITLE.match(content):
            since, rank = token.map[0], level
    if since is not None:
        gone.append((since, len(lines)))
    end = gone[-1][0] if since is not None else len(lines)
    gone += _entries_at_the_end(
        [token for token, _ in tops if token.map and token.map[0] < end], lines
    )
    for token, inline in tops:
        assert token.map
        first, last = token.map
        if token.type == "paragraph_open":
            # Notes stand where the writer put them, and are no text of the report anywhere.
            head, *entries = inline.content.split("\n")
            if re.match(r"\s*\\?\[\^[^\]\s]+\\?\]:", head) or (
                entries and LIST_TITLE.match(head) and all(map(_ENTRY.match, entries))
            ):
                gone.append((first, last))
    return gone


def _entries_at_the_end(tops: list[Token], lines: list[str]) -> list[tuple[int, int]]:
    """Return the blocks at the end that hold nothing but entries, and a rule above them."""
    found: list[tuple[int, int]] = []
    for token in reversed(tops):
        assert token.map
        block = (token.map[0], token.map[1])
        if token.type == "hr" and found:
            return [*found, block]
        filled = [line for line in lines[slice(*block)] if line.strip()]
        if token.type not in ("paragraph_open", "bullet_list_open") or not all(
            _ENTRY.match(line) and len(re.findall(r"\[\^?\d{1,3}\\?\]", line)) < 2
            for line in filled
        ):
            return found
        found.append(block)
    return []  # there is no text that they could belong to
