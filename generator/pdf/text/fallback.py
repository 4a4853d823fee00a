"""Which font draws which character, of the many that it takes to draw them all."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from weakref import proxy

from generator.pdf.late import late
from generator.pdf.text import bidi, fonts
from generator.pdf.text.fonts import UNSEEN, Font
from generator.pdf.text.look import BOX, Box, Look, Run
from generator.pdf.text.shape import Face, script_of

Found = tuple[str, Face, float]  # what to print for a text, in which face, and how far raised

CJK = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"  # not Hangul
_EAST_ASIAN = late(f"[{CJK}\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]")
# Signs that Latin has too: between Chinese they are as wide as those.
_QUOTES = frozenset("“”‘’…—·")
_SHARED = late(rf"(?<=[{CJK}])[“”‘’…—·]+|[“”‘’…—·]+(?=[{CJK}])")
_LOOKALIKES = str.maketrans({"⟨": "‹", "⟩": "›", "☐": "□"})

# What must come from one font: a letter and its marks, letters that become one syllable, an emoji
# and what changes it, a flag. No mark is \w; with those of South Asia go its signs, at no harm.
_JOINED = (
    "[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
    "\U000e0020-\U000e007f]|(?![\\w\\s])[\u0900-\u1cff\ua800-\uabff]"
)
_JOINERS = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2\u1a60\u1b44\u1baa"
    "\u200d"
)
# Rows of what one font has for sure, as many as are not changed by what follows.
_ROWS = (
    "[!-~][ -~]*"
    "|[\u3001\u3002\u3008-\u3011\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff，．：；！？（）]+"
)
_ROW = late(_ROWS)
_UNIT = late(
    rf"(?:{_ROWS})(?!{_JOINED})"
    "|[\U0001f1e6-\U0001f1ff]{2}"
    "|[\u1100-\u115f\ua960-\ua97c]{1,3}[\u1160-\u11a7\ud7b0-\ud7c6]{1,3}[\u11a8-\u11ff\ud7cb-\ud7fb]{0,3}"
    f"|.(?:(?:{_JOINED}){{1,30}}"
    f"(?:(?<=\u200d)[\u2190-\u2bff\U0001f000-\U0001ffff]|(?<=[{_JOINERS}])[\u0900-\u1cff])?"
    "){0,10}",
    re.S,
)
_EMOJI = late(
    "[\U0001f000-\U0001ffff⌚⌛⏩-⏬⏰⏳◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓-❕❗➕-➗➰➿⬛⬜⭐⭕]|.*\ufe0f",
    re.S,
)
_LETTER = re.compile(r"[^\W\d_]|[\u0900-\u18ff]")
_NARROW = "\u2009\u202f"  # spaces within numbers: no line ends there
_NAMES = re.compile(r"(.+?) (?:LETTER|CAPITAL|SMALL|SYLLABLE|HIEROGLYPH|SIGN|VOWEL|DIGIT|MARK)\b")


class Fonts:
    """The fonts of one document. None is loaded that it does not need."""

    def __init__(self, text: str, font: str | None, language: str = "en") -> None:
        self.font, self.text, self.language = font, text, language
        self.missing: dict[str, set[str]] = {}  # the letters that no font has, by their script
        self.east_asian = ""
        self.faces: dict[int, Face] = {}
        self.chains: dict[tuple[bool, ...], _Chain] = {}

    def split(self, text: str, *kind: bool) -> Iterator[Found]:
        """Cut `text` into pieces of one face. `kind` is: bold, italic, mono."""
        if not (chain := self.chains.get(kind)):
            chain = self.chains.setdefault(kind, _Chain(self, *kind))
        if chain.mains.issuperset(text):
            if text:
                yield text, chain.main, 0
            return
        for (face, rise), group in groupby(chain.find(text), key=itemgetter(1, 2)):
            yield "".join(map(itemgetter(0), group)), face, rise

    def box(self, box: Box, look: Look) -> Run:
        """A run of text that shows `box`."""
        text = " ".join(box.text.split())
        box.hidden = [(piece, face) for piece, face, _ in self.split(text, False, False, False)]
        return BOX, look._replace(box=box)

    def face(self, font: Font) -> Face:
        """A font in this document."""
        known = self.faces.get(id(font))
        if known is None:
            # Noto Sans CJK is taken in the forms of one country: no other's are to replace them.
            language = self.language if font.truetype else self.east_asian or self.language
            known = self.faces[id(font)] = Face(font, len(self.faces) + 1, language)
        return known

    def east_asian_font(self, bold: bool) -> Font:
        self.east_asian = self.east_asian or _country(self.text)
        return fonts.east_asian(self.east_asian, bold)


class _Chain:
    """Finds the first font that has a character, for one weight and slope."""

    def __init__(self, document: Fonts, bold: bool, italic: bool, mono: bool) -> None:
        self.document = proxy(document)  # which leads here, and is freed at once if alone in that
        self.bold = bold
        weight = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
        families = [f"FiraGO_{weight}", f"CascadiaMono_{weight}"]
        name, self.other = families[:: -1 if mono else 1]
        main = fonts.bundled(name)
        self.main = document.face(main)
        self.named = fonts.users(document.font, bold, italic)
        self.before = {} if mono else _scripts(self.named, main)
        self.mains = main.chars  # what it may draw without a look at another font
        if self.before:
            self.mains = frozenset(c for c in main.chars if script_of(c) not in self.before)
        signs = ("SansMath", "SansSymbols2", "SansSymbols", "Music")
        self.signs = [f"NotoSans_{weight}", *(f"Noto{name}_Regular" for name in signs)]
        self.known: dict[str, list[Found]] = {}
        self.east_asian: Face | None = None  # of rows, which have no other font before it

    def find(self, text: str) -> Iterator[Found]:
        at = 0
        for shared in () if _QUOTES.isdisjoint(text) else _SHARED.finditer(text):
            yield from self._units(text[at : shared.start()])
            yield shared[0], self.document.face(self.document.east_asian_font(self.bold)), 0
            at = shared.end()
        yield from self._units(text[at:])

    def _units(self, text: str) -> Iterator[Found]:
        known, last, before = self.known, self.main, ""
        for unit, face in self._rows(text):
            if face:
                yield unit, face, 0
                last, before = face, unit[-1]
                continue
            if unit == " " and last.font.covers(unit) and _LETTER.match(before):
                yield unit, last, 0  # between words of a script it is of their font
                continue
            before = unit
            if (found := known.get(unit)) is None:
                found = known[unit] = self._find(unit)
            for piece in found:
                last = piece[1]
                yield piece

    def _rows(self, text: str) -> Iterator[tuple[str, Face | None]]:
        """What must come from one font; and rows of characters whose face is known, with that."""
        for unit in _UNIT.findall(text):
            if len(unit) == 1 or not _ROW.fullmatch(unit):
                yield unit, None
            elif face := self._face_of_all(unit):
                yield unit, face
            else:
                yield from ((char, None) for char in unit)

    def _face_of_all(self, row: str) -> Face | None:
        """The face of a row of characters, where none of them needs a look of its own."""
        if row.isascii():
            return self.main if self.mains.issuperset(row) else None
        if self.named:
            return None
        if not (face := self.east_asian):
            found: Face = self.document.face(self.document.east_asian_font(self.bold))
            face = self.east_asian = found
        met = face.font.met
        if not met.issuperset(row):
            met.update(filter(face.font.covers, set(row) - met))
        return face if met.issuperset(row) else None

    def _find(self, unit: str) -> list[Found]:
        if font := self._font(unit):
            return [(unit, self.document.face(font), 0)]
        if len(unit) == 1:
            return [self._stand_in(unit)]
        if font := self._font(composed := unicodedata.normalize("NFC", unit)):
            return [(composed, self.document.face(font), 0)]
        return [found for char in unit for found in self._find(char)]

    def _font(self, text: str) -> Font | None:
        """The first font that has all of `text`."""
        if UNSEEN.issuperset(text):
            return None
        return next((font for font in self._candidates(text) if font and font.covers(text)), None)

    def _candidates(self, text: str) -> Iterator[Font | None]:
        east_asian = text >= "\u1100" and _EAST_ASIAN.match(text)
        if _EMOJI.match(text):
            yield fonts.emoji(self.bold)
        if self.before:
            yield from self.before.get(script_of(text[0]), ())
        yield self.main.font
        yield from self.named
        yield fonts.bundled(self.other)
        if east_asian:
            yield self.document.east_asian_font(self.bold)
        yield fonts.of_script(unicodedata.name(text[0], "?").split()[0].title(), self.bold)
        for name in self.signs:
            yield fonts.bundled(name)
        yield fonts.emoji(self.bold)
        if not east_asian:
            yield self.document.east_asian_font(self.bold)

    def _stand_in(self, char: str) -> Found:
        """For what no font has: a plain letter, nothing if invisible, or its name."""
        kind, *_ = unicodedata.decomposition(char).split() or [""]
        plain = char.translate(_LOOKALIKES)
        if kind not in ("<circle>", "<square>"):
            plain = unicodedata.normalize("NFKC", plain)
        if plain != char and (font := self._font(plain)):
            rise = {"<sub>": -0.15, "<super>": 0.35}.get(kind, 0)
            return plain, self.document.face(font), rise
        category = unicodedata.category(char)
        if char == "\n" or bidi.is_control(char):
            plain = char
        elif char == "\t" or category == "Zs":
            plain = "\u00a0" if char in _NARROW else " "
        elif category in ("Cc", "Cf", "Me", "Zl", "Zp") or char in UNSEEN:
            plain = ""
        else:
            name = unicodedata.name(char, f"U+{ord(char):04X}")
            self.document.missing.setdefault(_script(char, name), set()).add(char)
            plain = f"[{name.lower()}]"
        return plain, self.main, 0


def _scripts(named: Sequence[Font], main: Font) -> dict[str, list[Font]]:
    """The scripts that fonts which a person named draw in the place of `main`, and which fonts.

    They are to have most of its letters. Of Latin nearly all: a font of another script has a few
    Latin letters beside, without a bold or an italic, and they are not what it was named for.
    """
    if not named:
        return {}
    bundled = Counter(script_of(char) for char in main.chars if char.isalpha())
    found: dict[str, list[Font]] = {}
    for font in named:
        for script, count in Counter(
            script_of(char) for char in font.chars if char.isalpha()
        ).items():
            if script and count >= bundled[script] * (0.9 if script == "Latn" else 0.5):
                found.setdefault(script, []).append(font)
    return found


def _script(char: str, name: str) -> str:
    """The name of a script, for a person to look for a font."""
    if not script_of(char):
        return "other signs"
    return (match[1] if (match := _NAMES.match(name)) else name.split()[0]).title()


def _country(text: str) -> str:
    """Whose forms of the characters are meant? Only Chinese and Japanese need to be told apart."""
    text = text[:200_000]
    kana, hangul = (
        len(re.findall("[\u3040-\u30ff]", text)),
        len(re.findall("[\uac00-\ud7a3]", text)),
    )
    han = re.findall("[\u4e00-\u9fff]", text)
    if kana > len(han) / 10:
        return "ja"
    if hangul > len(han):
        return "ko"
    simple = len("".join(han).encode("gb2312", "ignore")) / 2
    traditional = len("".join(han).encode("big5", "ignore")) / 2
    return "zh-TW" if traditional > simple else "zh"
