"""What some reports say of themselves before they begin: YAML between `---`, or TOML between `+++`.

Only plain `key: value` lines and lists of words are understood, and nothing is ever built from
them: YAML itself can name objects, and refer to what makes it grow without end.
"""

import re
from typing import NamedTuple

_BLOCK = re.compile(
    r"\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<lines>(?:.*\n){1,100}?)"
    r"(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)"
)
_PAIR = re.compile(r"(?P<key>[A-Za-z_][\w .-]{0,40}?)\s*[:=](?:\s+(?P<value>.*)|\s*)")
_MORE = re.compile(r"(?:\s+|\s*-\s+)(?P<value>\S.*)|\s*(?:#.*)?|[\]}],?\s*")
_SPLIT = re.compile(r"\s*,\s*")


class FrontMatter(NamedTuple):
    title: str = ""
    author: str = ""
    date: str = ""
    text: str = ""  # a subtitle, an abstract: prose that is to be read


def split_front_matter(content: str) -> tuple[FrontMatter, str]:
    """Take it off `content`; what is none stays."""
    block = _BLOCK.match(content)
    if block is None:
        return FrontMatter(), content
    found: dict[str, list[str]] = {}
    key = ""
    for line in block["lines"].split("\n"):
        if pair := _PAIR.fullmatch(line.rstrip()):
            key = pair["key"].lower().strip()
            found[key] = [pair["value"]] if pair["value"] else []
        elif (more := _MORE.fullmatch(line)) and (key or not line.strip()):
            found.setdefault(key, []).extend(filter(None, [more["value"]]))
        else:
            return FrontMatter(), content  # a rule, and a heading that is underlined
    values = {key: _value(lines) for key, lines in found.items()}

    def first(*keys: str) -> str:
        return next((values[key] for key in keys if values.get(key)), "")

    title, author = first("title"), first("author", "authors", "by", "creator")
    date = first("date", "published", "created", "updated")
    date = re.sub(r"^(\d{4}-\d\d-\d\d)[T ].*", r"\1", date)
    if not (title or author or date) or not content[block.end() :].strip():
        return FrontMatter(), content
    prose = (first("subtitle"), first("abstract", "summary", "description"))
    text = "\n\n".join(filter(None, prose))
    return FrontMatter(title, author, date, text), content[block.end() :]


def _value(lines: list[str]) -> str:
    """The words of a value: without quotes, brackets, and the names of fields within it."""
    if lines and re.fullmatch(r"[|>][+-]?\d?", lines[0].strip()):
        return " ".join(line.strip() for line in lines[1:])
    items = []
    for line in lines:
        bare = re.sub(r"^-\s+", "", line.strip())
        if quoted := re.match(r"([\"'])(.*?)\1\s*(?:#.*)?,?$", bare):
            items.append(quoted[2])
            continue
        bare = re.sub(r"\s+#.*$", "", bare).strip(",")
        if bare[:1] == "[" and bare[-1:] == "]":
            items += _SPLIT.split(bare[1:-1])
        elif not re.match(r"(?:email|affiliation|orcid|url|role|id)\s*:", bare):
            items.append(re.sub(r"^(?:name|given|family)\s*:\s*", "", bare))
    return ", ".join(filter(None, (item.strip().strip("\"'").strip() for item in items)))
