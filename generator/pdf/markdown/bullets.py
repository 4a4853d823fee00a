"""Lists whose bullets are signs or letters that Markdown does not know, each item on a line.

• first                 ✅ done                 a) first
  – within it           ❌ not done             b) second

They become lists as Markdown has them, with the sign of each item in its `meta`. That of a list
with numbers has how many `digits` the longest of these has. Items keep the numbers that they were
given, but for a list whose items all have the same one: those are counted.
"""

from typing import Literal, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from generator.pdf.late import late

# One of the first is a list's sign wherever it begins a line, of the others where two lines do so.
_SURE = "•‣⁃∙●▪■◆◦○▫□◇"
_WITHIN = "◦○▫□◇–—"  # under another sign
SIGNS = (
    "•◦‣⁃∙●○◉◎■□▪▫◼◻◆◇❖►▶▷▸▹➢➤➔➜➡⇒→✓✔✅☑✗✘❌❎☐☒★☆✦✧✪✱※・⦿❑❏❒⬤»\u2600-\u27bf\U0001f300-\U0001faff"
)
_LETTER = r"\(?([a-hA-H])[.)]"
_ITEM = late(
    rf"([ \t]*)(\*\*|__)?([{SIGNS}]\ufe0f?|[–—]|{_LETTER})"
    r"(?:[ \t\u00a0\u3000]+(?=\S)|(?<=[•・])(?=[^•・]))"
)
_ANY = late(rf"(?m)^[ \t>*+-]*(?:__)?(?:[{SIGNS}–—]|\(?[aA][.)]\s)")


class _Item(NamedTuple):
    indent: int
    kind: str  # the sign; of a letter, how it is written
    sign: str
    lines: list[str]


def bullets_plugin(parser: MarkdownIt) -> None:
    parser.core.ruler.before("inline", "bullets", _bullets)
    parser.core.ruler.before("inline", "numbers", _numbers)


def _bullets(state: StateCore) -> None:
    if not _ANY.search(state.src):
        return
    tokens: list[Token] = []
    for token in state.tokens:
        tokens.append(token)
        if token.type != "paragraph_close" or tokens[-2].type != "inline":
            continue
        text = tokens[-2]
        above, items = _read(text.content)
        if not items:
            continue
        if above:
            text.content = "\n".join(above)
        else:
            del tokens[-3:]
        made = _list(items, token.level, text.map)
        last = tokens[-1] if tokens else token
        if last.meta.get("sign") == items[0].kind and last.level == token.level:
            tokens.pop()  # it goes on
            made.pop(0)
        tokens += made
    state.tokens = tokens


def _numbers(state: StateCore) -> None:
    opened: list[tuple[Token, list[Token]]] = []  # each open list, and its items
    for token in state.tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            opened.append((token, []))
        elif token.type == "list_item_open" and opened:
            opened[-1][1].append(token)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            ordered, items = opened.pop()
            if ordered.tag != "ol":
                continue
            if len(items) > 1 and len({item.info for item in items}) == 1:
                for number, item in enumerate(items, int(items[0].info)):
                    item.info = str(number)
            ordered.meta["digits"] = max(len(item.info) for item in items)


def _read(content: str) -> tuple[list[str], list[_Item]]:
    """The lines above the list, and its items; none if it is no list."""
    above: list[str] = []
    items: list[_Item] = []
    for line in content.split("\n"):
        if (found := _ITEM.match(line)) and _goes_on(items, found[3], found[4]):
            text = (found[2] or "") + line[found.end() :]
            kind = _kind(found[3], found[4])
            items.append(_Item(len(found[1]), kind, found[3], [text]))
        else:
            (items[-1].lines if items else above).append(line)
    sure = len(items) > 1 or any(item.sign in _SURE for item in items)
    return above, items if sure else []


def _kind(sign: str, letter: str | None) -> str:
    return sign.replace(letter, "A" if letter.isupper() else "a") if letter else sign


def _goes_on(items: list[_Item], sign: str, letter: str | None) -> bool:
    """Is it a sign, the first letter, or the one after the last? Names begin lines, too."""
    if not letter or letter in "aA":
        return True
    before = sign.replace(letter, chr(ord(letter) - 1))
    last = [item.sign for item in items if item.kind == _kind(sign, letter)][-1:]
    return last == [before]


def _list(items: list[_Item], level: int, lines: list[int] | None) -> list[Token]:
    """A list of Markdown's: an item with another sign than those open is within the last one."""
    tokens: list[Token] = []
    around: list[set[str]] = []  # the kinds of items in the open lists

    def add(kind: str, nesting: Literal[1, -1], depth: int) -> Token:
        tag = {"bullet_list": "ul", "list_item": "li", "paragraph": "p"}[kind]
        name = f"{kind}_{'open' if nesting > 0 else 'close'}"
        tokens.append(Token(name, tag, nesting, level=level + depth, block=True, map=lines))
        return tokens[-1]

    def close() -> None:
        add("list_item", -1, 2 * len(around) - 1)
        around.pop()
        add("bullet_list", -1, 2 * len(around)).meta["sign"] = items[0].kind

    indent = 0
    for item in items:
        known = any(item.kind in kinds for kinds in around)
        while known and item.kind not in around[-1]:
            close()
        deeper = around and (item.indent > indent + 1 or item.sign in _WITHIN)
        if not around or (not known and deeper and len(around) < 6):
            add("bullet_list", 1, 2 * len(around)).meta["sign"] = item.sign
            around.append(set())
        else:
            add("list_item", -1, 2 * len(around) - 1)
        around[-1].add(item.kind)
        indent = item.indent
        add("list_item", 1, 2 * len(around) - 1).meta["sign"] = item.sign
        add("paragraph", 1, 2 * len(around)).hidden = len(items) > 1
        text = Token("inline", "", 0, level=level + 2 * len(around) + 1, map=lines, children=[])
        text.content = "\n".join(item.lines).strip()
        tokens.append(text)
        add("paragraph", -1, 2 * len(around)).hidden = len(items) > 1
    while around:
        close()
    return tokens
