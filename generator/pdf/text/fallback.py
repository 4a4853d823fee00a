"""Which font draws which character, of the many that it takes to draw them all."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from generator.pdf.text import bidi, fonts
from generator.pdf.text.fonts import UNSEEN, Font
from generator.pdf.text.look import BOX, Box, Look, Run
from generator.pdf.text.shape import Face

Found = tuple[str, Face, float]  # what to print for a text, in which face, and how far raised

CJK = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"  # not Hangul
_EAST_ASIAN = re.compile(f"[{CJK}\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]")
# Signs that Latin has too: between Chinese they are as wide as those.
_SHARED = re.compile(rf"(?<=[{CJK}])[“”‘’…—·]+|[“”‘’…—·]+(?=[{CJK}])")
_LOOKALIKES = str.maketrans({"⟨": "‹", "⟩": "›", "☐": "□"})

# What must come from one font: a letter and its marks, an emoji and what changes it, a flag.
_JOINED = (
    "\u0300-\u036f\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
)
_UNIT = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    f"|.(?:[{_JOINED}]{{1,30}}(?:(?<=\u200d)[\u2190-\u2bff\U0001f000-\U0001ffff])?){{0,10}}",
    re.S,
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001ffff⌚⌛⏩-⏬⏰⏳◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓-❕❗➕-➗➰➿⬛⬜⭐⭕]|.*\ufe0f",
    re.S,
)


_LETTER = re.compile(r"[^\W\d_]|[\u0900-\u18ff]")


class Fonts:
    """The fonts of one document. None is loaded that it does not need."""

    def __init__(self, text: str, font: str | None, language: str = "en") -> None:
        self.font, self.text, self.language = font, text, language
        self.east_asian = ""
        self.faces: dict[tuple[int, int], Face] = {}
        self.alike: dict[tuple[int, int], list[str]] = {}
        self.chains: dict[tuple[bool, ...], _Chain] = {}

    def split(self, text: str, *kind: bool) -> Iterator[Found]:
        """Cut `text` into pieces of one face. `kind` is: bold, italic, mono."""
        if not (chain := self.chains.get(kind)):
            chain = self.chains.setdefault(kind, _Chain(self, *kind))
        if chain.main.font.chars.issuperset(text):
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

    def face(self, font: Font, char: str = "") -> Face:
        """A font in this document.

        With PostScript outlines a glyph has one code, and so one text that is copied. Of characters
        that are drawn with the same glyph, as some Chinese ones are, the next gets a font anew.
        """
        copy = 0
        if not font.truetype and len(char) == 1:
            glyph = font.shaper.get_nominal_glyph(ord(char)) or 0
            alike = self.alike.setdefault((id(font), glyph), [])
            if char not in alike:
                alike.append(char)
            copy = alike.index(char)
        known = self.faces.get((id(font), copy))
        if known is None:
            # Noto Sans CJK is taken in the forms of one country: no other's are to replace them.
            language = self.language if font.truetype else self.east_asian or self.language
            known = Face(font, len(self.faces) + 1, language)
            self.faces[id(font), copy] = known
        return known

    def east_asian_font(self, bold: bool) -> Font:
        self.east_asian = self.east_asian or _country(self.text)
        return fonts.east_asian(self.east_asian, bold)


class _Chain:
    """Finds the first font that has a character, for one weight and slope."""

    def __init__(self, document: Fonts, bold: bool, italic: bool, mono: bool) -> None:
        self.document, self.bold = document, bold
        weight = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
        families = ["FiraGO", "CascadiaMono"]
        main, other = (fonts.bundled(f"{name}_{weight}") for name in families[:: -1 if mono else 1])
        self.main = document.face(main)
        self.first = [main, other]
        if document.font:
            self.first.insert(1, fonts.users(document.font, bold))
        signs = ("SansMath", "SansSymbols2", "SansSymbols", "Music")
        self.signs = [f"NotoSans_{weight}", *(f"Noto{name}_Regular" for name in signs)]
        self.known: dict[str, list[Found]] = {}

    def find(self, text: str) -> Iterator[Found]:
        at = 0
        for shared in _SHARED.finditer(text):
            yield from self._units(text[at : shared.start()])
            yield shared[0], self.document.face(self.document.east_asian_font(self.bold)), 0
            at = shared.end()
        yield from self._units(text[at:])

    def _units(self, text: str) -> Iterator[Found]:
        known, last, before = self.known, self.main, ""
        for unit in _UNIT.findall(text):
            if unit == " " and last.font.covers(unit) and _LETTER.match(before):
                yield unit, last, 0  # between words of a script it is of their font
                continue
            before = unit
            if (found := known.get(unit)) is None:
                found = known[unit] = self._find(unit)
            for piece in found:
                last = piece[1]
                yield piece

    def _find(self, unit: str) -> list[Found]:
        if font := self._font(unit):
            return [(unit, self.document.face(font, unit), 0)]
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
        east_asian = _EAST_ASIAN.match(text)
        if _EMOJI.match(text):
            yield fonts.emoji(self.bold)
        yield from self.first
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
            plain = " "
        elif category in ("Cc", "Cf", "Me", "Zl", "Zp") or char in UNSEEN:
            plain = ""
        else:
            plain = f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]"
        return plain, self.main, 0


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
