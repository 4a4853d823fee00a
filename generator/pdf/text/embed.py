"""How a font gets into a PDF: a subset of it, as a composite font whose codes are ours.

A code stands for a glyph *and* the text that it was drawn for, and a table in the PDF (ToUnicode)
has that text. So text is copied as it was written, whatever became of it on the way: ligatures,
vowels that moved before their consonant, letters that changed their form.
"""

import re
import zlib
from collections import Counter
from itertools import chain
from struct import pack, unpack
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfdoc import PDFObject  # type: ignore[import-untyped]

from generator.pdf.text.fonts import Font
from generator.pdf.text.outlines import cff

_Flags = hb.SubsetFlags
_DROPPED = (
    "GSUB", "GPOS", "GDEF", "name", "OS/2", "post", "cmap", "BASE", "STAT", "vhea", "vmtx", "VORG",
    "DSIG", "kern",
)  # fmt: skip
# Codes that are no character's own: where none are, and those of scripts whose letters change.
_FREE = (range(0x01, 0x20), range(0x7F, 0xA0), range(0x0590, 0x1E00), range(0xD800, 0xF900))


class Subset:
    """What one document needs of a font.

    A character that is drawn as the font lists it has its number in Unicode as its code, in every
    document: what is reckoned for one serves the next. What became another glyph gets a free one.
    """

    def __init__(self, font: Font, number: int) -> None:
        self.font, self.number = font, number
        self.key = f"F{number}"  # its name on the pages
        self.chars: set[str] = set()  # those that have their own code
        self.codes: dict[tuple[int, str], tuple[int, str]] = {}
        self.free = chain(*_FREE)
        self.used = False

    def code(self, glyph: int, text: str) -> str:
        """What stands for it between the ( ) of a text."""
        known = self.codes.get((glyph, text))
        if known is None:
            if self._is_own(glyph, text):
                self.chars.add(text)
                number = ord(text)
            else:
                number = next(self.free, 0)  # more than a font in a PDF can hold: nothing is drawn
            known = self.codes[glyph, text] = number, literal(pack(">H", number))
        return known[1]

    def _is_own(self, glyph: int, text: str) -> bool:
        if (
            len(text) != 1
            or text > "\uffff"
            or glyph != self.font.shaper.get_nominal_glyph(ord(text))
        ):
            return False
        return not any(ord(text) in numbers for numbers in _FREE)

    def use(self, document: Any) -> str:
        """Have it written at the end of `document`, a PDFDocument; return its name there."""
        if not self.used:
            self.used = True
            document.delayedFonts.append(self)
        return self.key

    def addObjects(self, document: Any) -> None:
        """What ReportLab calls when it writes the document."""
        font, thousandth = self.font, 1000 * self.font.unit
        texts = {ord(char): char for char in self.chars}
        order = {ord(char): font.shaper.get_nominal_glyph(ord(char)) for char in self.chars}
        for (glyph, text), (code, _) in self.codes.items():
            texts[code], order[code] = text, glyph
        order = dict(sorted(order.items()))
        prefix = "".join(chr(65 + self.number // 26**place % 26) for place in range(6))
        name = f"{prefix}+{re.sub(r'[^a-zA-Z0-9_-]', '', font.name) or 'Font'}"
        if font.truetype:
            data = bytes(_subset(font, {0, *order.values()}).blob.data)
        else:
            data = cff(font, name, order.items())
        extents = font.shaper.get_font_extents("ltr")
        box = unpack(">4h", font.face.reference_table("head").data[36:44])
        descriptor = Raw(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /ItalicAngle 0 /StemV 80"
            f" /FontBBox [{' '.join(f'{length * thousandth:.0f}' for length in box)}]"
            f" /Ascent {extents.ascender * thousandth:.0f}"
            f" /Descent {extents.descender * thousandth:.0f}"
            f" /CapHeight {extents.ascender * thousandth * 0.75:.0f}"
            f" /FontFile{2 if font.truetype else 3} ",
            document.Reference(
                Stream(data, f"/Length1 {len(data)}" if font.truetype else "/Subtype/CIDFontType0C")
            ), " >>",
        )  # fmt: skip
        parts: list[Any] = [
            f"<< /Type /Font /Subtype /CIDFontType{2 if font.truetype else 0} /BaseFont /{name}"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" {self._widths(order)} /FontDescriptor ", document.Reference(descriptor),
        ]  # fmt: skip
        if font.truetype:
            glyphs = bytearray(2 * max(order) + 2)
            for number, glyph in order.items():
                glyphs[2 * number : 2 * number + 2] = glyph.to_bytes(2, "big")
            parts += [" /CIDToGIDMap ", document.Reference(Stream(bytes(glyphs)))]
        whole = Raw(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            " /DescendantFonts [", document.Reference(Raw(*parts, " >>")),
            "] /ToUnicode ", document.Reference(Stream(_unicode(texts).encode())), " >>",
        )  # fmt: skip
        document.idToObject["BasicFonts"].dict[self.key] = document.Reference(whole)

    def _widths(self, order: dict[int, int]) -> str:
        """The commonest width, and `first [width width ...]` for each row of codes with others."""
        advances, scale = self.font.advances, 1000 * self.font.unit
        widths = {code: f"{advances[glyph] * scale:.0f}" for code, glyph in order.items()}
        [(usual, _)] = Counter(widths.values()).most_common(1)
        shown, expected = "", -1
        for code, width in widths.items():
            if width != usual:
                shown += " " if code == expected else f"{']' if shown else ''} {code} ["
                shown += width
                expected = code + 1
        return f"/DW {usual}" + f" /W [{shown}]]" * bool(shown)


def _unicode(texts: dict[int, str]) -> str:
    """The ToUnicode table: the text of each code, in rows where codes are their own characters."""
    rows: list[list[int]] = []
    others = []
    for code, text in sorted(texts.items()):
        if text != chr(code):
            others.append(f"<{code:04X}> <{text.encode('utf-16-be').hex()}>")
        elif rows and rows[-1][1] == code - 1 and code & 0xFF:
            rows[-1][1] = code
        else:
            rows.append([code, code])
    ranges = [f"<{first:04X}> <{last:04X}> <{first:04X}>" for first, last in rows]
    return _CMAP % "\n".join(
        f"{len(lines[at : at + 100])} begin{kind}\n"
        + "\n".join(lines[at : at + 100])
        + f"\nend{kind}"
        for kind, lines in (("bfrange", ranges), ("bfchar", others))
        for at in range(0, len(lines), 100)
    )


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%s
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def _subset(font: Font, glyphs: set[int]) -> hb.Face:
    """A font file with these glyphs, which keep their numbers, and nothing but their outlines."""
    wanted = hb.SubsetInput()
    wanted.flags = _Flags.RETAIN_GIDS | _Flags.NO_LAYOUT_CLOSURE | _Flags.NO_HINTING
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(glyphs)
    tags = {int.from_bytes(tag.ljust(4).encode(), "big") for tag in _DROPPED}
    wanted.drop_table_tag_set.update(tags)
    for axis, value in font.axes.items():
        wanted.pin_axis_location(font.face, axis, value)
    return wanted.subset(font.face)


class Raw(PDFObject):  # type: ignore[misc]
    """An object of the PDF, as text and references."""

    __RefOnly__ = 1

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def format(self, document: Any) -> bytes:
        parts = (p.encode() if isinstance(p, str) else p.format(document) for p in self.parts)
        return b"".join(parts)


class Stream(PDFObject):  # type: ignore[misc]
    """An object with data. Its dictionary has `entries` as well."""

    __RefOnly__ = 1

    def __init__(self, data: bytes, entries: str = "") -> None:
        self.data, self.entries = data, entries

    def format(self, document: Any = None) -> bytes:
        packed = zlib.compress(self.data, _LEVEL)
        head = f"<<{self.entries}/Filter/FlateDecode/Length {len(packed)}>>\nstream\n"
        return head.encode() + packed + b"\nendstream"


_LEVEL = 4  # of 9: half the time of the usual 6, and 1 % more bytes
_ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\", "\r": r"\r"})


def literal(codes: bytes) -> str:
    """What stands for bytes between the ( ) of a text, a character for each."""
    return codes.decode("latin-1").translate(_ESCAPES)
