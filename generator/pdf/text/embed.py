"""How a font gets into a PDF: a subset of it, as a composite font whose codes are ours.

A code stands for a glyph *and* the text that it was drawn for, and a table in the PDF (ToUnicode)
has that text. So text is copied as it was written, whatever became of it on the way: ligatures,
vowels that moved before their consonant, letters that changed their form.
"""

import re
from struct import pack, unpack
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfdoc import (  # type: ignore[import-untyped]
    PDFName,
    PDFObject,
    PDFStream,
    PDFZCompress,
)

from generator.pdf.text.fonts import Font

_Flags = hb.SubsetFlags
_DROPPED = (
    "GSUB", "GPOS", "GDEF", "name", "OS/2", "post", "cmap", "BASE", "STAT", "vhea", "vmtx", "VORG",
    "DSIG", "kern",
)  # fmt: skip


class Subset:
    """What one document needs of a font."""

    def __init__(self, font: Font, number: int) -> None:
        self.font, self.number = font, number
        self.key = f"F{number}"  # its name on the pages
        self.codes: dict[tuple[int, str], str] = {}
        self.document: Any = None

    def code(self, glyph: int, text: str) -> str:
        """Four hexadecimal digits."""
        known = self.codes.get((glyph, text))
        if known is None:
            # A font of PostScript outlines can give a glyph one code only; here it is its number.
            number = len(self.codes) + 1 if self.font.truetype else glyph
            known = self.codes[glyph, text] = f"{number:04X}"
        return known

    def use(self, document: Any) -> str:
        """Have it written at the end of `document`, a PDFDocument; return its name there."""
        if self.document is None:
            self.document = document
            document.delayedFonts.append(self)
        return self.key

    def addObjects(self, document: Any) -> None:
        """What ReportLab calls when it writes the document."""
        font, thousandth = self.font, 1000 * self.font.unit
        order = {int(code, 16): glyph for (glyph, _), code in self.codes.items()}
        prefix = "".join(chr(65 + self.number // 26**place % 26) for place in range(6))
        name = f"/{prefix}+{re.sub(r'[^a-zA-Z0-9_-]', '', font.name) or 'Font'}"
        data = _cut(font, {0, *order.values()})
        extents = font.shaper.get_font_extents("ltr")
        box = unpack(">4h", font.face.reference_table("head").data[36:44])
        descriptor = Raw(
            f"<< /Type /FontDescriptor /FontName {name} /Flags 4 /ItalicAngle 0 /StemV 80"
            f" /FontBBox [{' '.join(f'{length * thousandth:.0f}' for length in box)}]"
            f" /Ascent {extents.ascender * thousandth:.0f}"
            f" /Descent {extents.descender * thousandth:.0f}"
            f" /CapHeight {extents.ascender * thousandth * 0.75:.0f}"
            f" /FontFile{2 if font.truetype else 3} ",
            document.Reference(_stream(data, font.truetype)), " >>",
        )  # fmt: skip
        parts: list[Any] = [
            f"<< /Type /Font /Subtype /CIDFontType{2 if font.truetype else 0} /BaseFont {name}"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /DW 0 /W [{self._widths(order)}] /FontDescriptor ", document.Reference(descriptor),
        ]  # fmt: skip
        if font.truetype:
            glyphs = pack(f">{len(order) + 1}H", 0, *order.values())
            parts += [" /CIDToGIDMap ", document.Reference(_stream(glyphs))]
        whole = Raw(
            f"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H"
            " /DescendantFonts [", document.Reference(Raw(*parts, " >>")),
            "] /ToUnicode ", document.Reference(_stream(self._texts().encode())), " >>",
        )  # fmt: skip
        document.idToObject["BasicFonts"].dict[self.key] = document.Reference(whole)

    def _widths(self, order: dict[int, int]) -> str:
        """`first [width width ...]` for each row of codes that follow each other."""
        shown, expected = "", -1
        for code, glyph in sorted(order.items()):
            shown += " " if code == expected else f"{']' if shown else ''} {code} ["
            shown += f"{self.font.advances[glyph] * 1000 * self.font.unit:.0f}"
            expected = code + 1
        return shown + "]"

    def _texts(self) -> str:
        """The ToUnicode table. Of two texts for one code the first counts."""
        texts: dict[str, str] = {}
        for (_, text), code in self.codes.items():
            texts.setdefault(code, text)
        lines = [f"<{code}> <{texts[code].encode('utf-16-be').hex()}>" for code in sorted(texts)]
        chunks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
        return _CMAP % "\n".join(
            f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks
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


def _cut(font: Font, glyphs: set[int]) -> bytes:
    """A font file with these glyphs, which keep their numbers, and nothing but their outlines."""
    if font.truetype:
        return bytes(_subset(font, glyphs, _Flags.RETAIN_GIDS).blob.data)
    flags = _Flags.DESUBROUTINIZE | _Flags.DOWNGRADE_CFF2 | _Flags.CFF_IDENTITY_CHARSET
    cff = bytes(_subset(font, glyphs, flags).reference_table("CFF ").data)
    if (numbered := _renumber(cff, sorted(glyphs))) is None:
        flags |= _Flags.RETAIN_GIDS
        return bytes(_subset(font, glyphs, flags).reference_table("CFF ").data)
    return numbered


def _subset(font: Font, glyphs: set[int], flags: hb.SubsetFlags) -> hb.Face:
    wanted = hb.SubsetInput()
    wanted.flags = flags | _Flags.NO_LAYOUT_CLOSURE | _Flags.NO_HINTING
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(glyphs)
    tags = {int.from_bytes(tag.ljust(4).encode(), "big") for tag in _DROPPED}
    wanted.drop_table_tag_set.update(tags)
    for axis, value in font.axes.items():
        wanted.pin_axis_location(font.face, axis, value)
    return wanted.subset(font.face)


def _renumber(cff: bytes, glyphs: list[int]) -> bytes | None:
    """Give the glyphs of a CFF font the numbers that they had before it was cut.

    The only other way to keep them is to keep a place for every glyph, which takes three times the
    room for Chinese. The numbers are a table of the font; a new one is put at the end, and the top
    dictionary changed to point there. None if the font has names for its glyphs instead.
    """
    at = cff[2]  # the length of the header
    for _ in range(2):  # the index of names, then that of top dictionaries
        count, width = int.from_bytes(cff[at : at + 2], "big"), cff[at + 2]
        ends = at + 3 + (count + 1) * width
        start = ends
        at = ends - 1 + int.from_bytes(cff[ends - width : ends], "big")
    operand, numbered = start, False
    while start < at:
        byte = cff[start]
        if byte <= 21:  # an operator
            numbered |= cff[start : start + 2] == b"\x0c\x1e"
            if numbered and byte == 15 and cff[operand] == 29:
                where = b"\x1d" + len(cff).to_bytes(4, "big")
                table = b"\0" + pack(f">{len(glyphs) - 1}H", *glyphs[1:])
                return cff[:operand] + where + cff[operand + 5 :] + table
            start += 2 if byte == 12 else 1
            operand = start
        elif byte == 30:  # a real number, up to a nibble of 15
            while cff[start + 1] & 15 != 15:
                start += 1
            start += 2
        else:
            start += {28: 3, 29: 5}.get(byte, 1 if byte < 247 else 2)
    return None


def _stream(data: bytes, truetype: bool = True) -> Any:
    stream = PDFStream(content=data, filters=[PDFZCompress])
    if truetype:
        stream.dictionary["Length1"] = len(data)
    else:
        stream.dictionary["Subtype"] = PDFName("CIDFontType0C")
    return stream


class Raw(PDFObject):  # type: ignore[misc]
    """An object of the PDF, as text and references."""

    __RefOnly__ = 1

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def format(self, document: Any) -> bytes:
        parts = (p.encode() if isinstance(p, str) else p.format(document) for p in self.parts)
        return b"".join(parts)
