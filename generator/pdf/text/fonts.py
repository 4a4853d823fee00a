"""Font files: those that come with this program, and those that a person may add.

All are read by HarfBuzz: TrueType, OpenType, collections of them, and variable fonts at a weight.
They come from three packages of fonts, so that every worker draws with the same.
"""

import operator
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from struct import error as StructError
from struct import unpack_from
from threading import Lock
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped]

from generator.pdf.errors import UnusableFont
from generator.pdf.late import late

# Drawn as nothing, or as part of what is beside them, whether or not a font knows of them.
UNSEEN = frozenset(
    "\xad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
)

# Tried with all groups of three: tests/pdf/text/test_shape.py.
LATIN = re.compile(r"[A-Za-z0-9À-ÿ.,;:!?()'\"%/&\[$+=*_#@<>’“”–—•… -]+")
IDEOGRAPHS = late(r"[\u4e00-\u9fff、。，．：；！？（）「」『』《》【】\u3041-\u3094\u30a1-\u30fa]+")

_OUTLINES = {"glyf", "CFF ", "CFF2"}


class Font:
    """A font file at one weight, read once; any number of threads may use it."""

    refused: frozenset[str] = frozenset()  # what it has, but draws badly

    def __init__(
        self, data: hb.Blob, index: int = 0, weight: int = 400, mono: bool = False
    ) -> None:
        self.face = hb.Face(data, index)
        self.shaper = hb.Font(self.face)
        # A variable font is used at one place on each of its axes.
        self.axes = {axis.tag: axis.default_value for axis in self.face.axis_infos}
        if "wght" in self.axes:
            self.axes["wght"] = float(weight)
        self.shaper.set_variations(self.axes)
        self.truetype = "glyf" in self.face.table_tags
        self.unit = 1 / self.face.upem  # of the font's own lengths, as a share of the size
        self.name = (self.face.get_name(6) or "Font") + (f"-{weight}" if self.axes else "")
        # In code, signs stay apart: != is two of them.
        self.features = {"liga": False, "calt": False, "dlig": False} if mono else {}
        self.advances = _Advances(self.shaper.get_glyph_h_advance)
        # Words in which what becomes of a character depends on nothing beyond the next one, or on
        # nothing at all if it is even: each character is as wide as the size. See shape.
        self.simple: re.Pattern[str] | None = None
        self.even = False
        # Kept for the next document: see outlines, shape, and fallback.
        self.outlines: dict[int, bytes] = {}
        self.parts: dict[str, Any] = {}
        self.met: set[str] = set()  # some of what it covers

    @cached_property
    def style(self) -> tuple[bool, bool]:
        """Is it bold, and is it slanted?"""
        value = self.shaper.get_style_value
        slanted = value(hb.StyleTag.ITALIC) > 0 or value(hb.StyleTag.SLANT_ANGLE) != 0
        return value(hb.StyleTag.WEIGHT) >= 600, slanted

    @cached_property
    def chars(self) -> frozenset[str]:
        """What it can draw. U+00AD, a soft hyphen, is not printed."""
        return frozenset(map(chr, self.face.unicodes)) - self.refused - {"\xad"}

    def covers(self, text: str) -> bool:
        find = self.shaper.get_nominal_glyph
        if not self.refused.isdisjoint(text):
            return False
        return all(char in UNSEEN or find(ord(char)) for char in text)


class _Advances(dict[int, int]):
    """How far each glyph moves on, if nothing is beside it."""

    def __init__(self, find: Callable[[int], int]) -> None:
        self.find = find

    def __missing__(self, glyph: int) -> int:
        self[glyph] = self.find(glyph)
        return self[glyph]


# ---- Those that are here -------------------------------------------------------------------------

# A document that met two copies of a font would embed both, so no font is read twice.
_lock = Lock()
_known: dict[Any, Font | None] = {}


def _once(key: Any, read: Callable[[], Font | None]) -> Font | None:
    if key not in _known:
        with _lock:
            if key not in _known:
                _known[key] = read()
    return _known[key]


def _must(font: Font | None) -> Font:
    assert font is not None
    return font


def bundled(name: str) -> Font:
    """A font of pymupdf-fonts, which has one file for each weight."""

    def read() -> Font:
        font = Font(_unpacked(name), mono="Mono_" in name)
        if name.startswith(("FiraGO", "Cascadia")):
            font.simple = LATIN
        if name.startswith("FiraGO"):  # tone marks of Thai stand beside their letters, or in them
            font.refused = frozenset(map(chr, range(0x0E00, 0x0E80)))
        return font

    return _must(_once(name, read))


def _unpacked(name: str) -> hb.Blob:
    """A font of pymupdf-fonts, which has them compressed: each takes 13 ms, and a page has four.

    What was unpacked is kept for the next process, where Python keeps what it has compiled.
    """
    source = Path(import_module("pymupdf_fonts").__path__[0]) / f"{name}.py"
    kept = Path(cache_from_source(str(source))).with_suffix(".ttf")
    with suppress(OSError, ValueError, StructError, hb.HarfBuzzError):
        if kept.stat().st_mtime >= source.stat().st_mtime:
            with kept.open("rb") as file:
                _check_tables(file.read(1000), kept.stat().st_size)
            return hb.Blob.from_file_path(str(kept))
    data = bytes(import_module(f"pymupdf_fonts.{name}").fontbuffer)
    if not sys.dont_write_bytecode:
        part = kept.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            try:
                part.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(data)
                part.replace(kept)
            finally:
                part.unlink(missing_ok=True)
    return hb.Blob(data)


_SCRIPTS = {
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi",
    "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil",
    "Telugu", "Thai",
}  # fmt: skip


def of_script(script: str, bold: bool) -> Font | None:
    """Noto Sans for one script, by its name in Unicode."""
    if script not in _SCRIPTS:
        return None
    return _packaged("manimgx_fonts", f"NotoSans{script}[wght].ttf", weight=700 if bold else 400)


def emoji(bold: bool) -> Font:
    return _packaged("manimgx_fonts", "NotoEmoji[wght].ttf", weight=700 if bold else 400)


EAST_ASIAN = ("ja", "ko", "zh", "zh-TW")  # in the order of the file


def east_asian(language: str, bold: bool) -> Font:
    """Noto Sans CJK: the countries share characters, and each draws some of them its own way."""
    name, weight = "NotoSansCJK-VF.otf.ttc", 700 if bold else 400
    font = _packaged("manimgx_fonts_cjk", name, EAST_ASIAN.index(language), weight)
    font.simple, font.even = IDEOGRAPHS, True
    return font


def _packaged(package: str, name: str, index: int = 0, weight: int = 400) -> Font:
    def read() -> Font:
        path = Path(import_module(package).__path__[0]) / name
        return Font(hb.Blob.from_file_path(str(path)), index, weight)

    return _must(_once((name, index, weight), read))


# ---- Those that a person may add -----------------------------------------------------------------


def users(paths: str | None, bold: bool = False, italic: bool = False) -> list[Font]:
    """The fonts of PDF_FONT, those first that are as bold and as slanted as is wanted.

    `paths` has the system's separator between them. A font with an axis for its weight is taken
    as bold as is wanted. Raises UnusableFont.
    """
    found = [_users(path, bold) for path in (paths or "").split(os.pathsep) if path.strip()]
    wanted = (bold, italic)
    return sorted(found, key=lambda font: sum(map(operator.ne, font.style, wanted)))


def _users(path: str, bold: bool) -> Font:
    weight = 700 if bold else 400
    try:
        status = os.stat(path)
        key = (path, status.st_mtime_ns, status.st_size)
        font = _must(_once(key, lambda: _checked(Path(path).read_bytes(), 400)))
        if bold and "wght" in font.axes:
            font = _must(_once((*key, weight), lambda: _checked(Path(path).read_bytes(), weight)))
        return font
    except (OSError, ValueError, hb.HarfBuzzError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnusableFont(
            f"PDF_FONT={path} cannot be used: {reason}. "
            "Set it to the path of a TrueType or OpenType font (.ttf, .otf, .ttc), or to several "
            f"with {os.pathsep!r} between them, or remove the line from .env."
        ) from error


def _checked(data: bytes, weight: int) -> Font:
    """HarfBuzz opens whatever it is given, and draws nothing from a file that was cut short."""
    try:
        _check_tables(data, len(data))
    except StructError as error:
        raise ValueError("the file is damaged: it ends too early") from error
    font = Font(hb.Blob(data), weight=weight)
    font.name = f"PDF_FONT-{font.name}"
    if not _OUTLINES & set(font.face.table_tags):
        raise ValueError("it has no outlines, only pictures of letters")
    seen = sorted(char for char in font.chars if char.isprintable() and not char.isspace())
    glyphs = [font.shaper.get_nominal_glyph(ord(char)) or 0 for char in seen]
    sample = glyphs[:: len(glyphs) // 200 + 1]
    drawn = [glyph for glyph in sample if glyph and _has_ink(font, glyph)]
    if len(drawn) <= len(sample) / 2:
        raise ValueError("it draws too few of the characters that it lists")
    return font


def _has_ink(font: Font, glyph: int) -> bool:
    extents = font.shaper.get_glyph_extents(glyph)
    return extents is not None and extents.width != 0 and extents.height != 0


def _check_tables(data: bytes, size: int) -> None:
    """Does every table that the file promises lie in it? `data` may be the first 1,000 bytes."""
    start = unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    if data[start : start + 4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise ValueError("it is not a TrueType or OpenType font")
    (count,) = unpack_from(">H", data, start + 4)
    tables = set()
    for number in range(count):
        tag, _, offset, length = unpack_from(">4sIII", data, start + 12 + 16 * number)
        if offset + length > size:
            raise ValueError("the file is damaged: it ends too early")
        tables.add(tag)
    if missing := {b"cmap", b"head", b"hhea", b"hmtx", b"maxp"} - tables:
        raise ValueError(f"the file is damaged: it has no table {min(missing).decode()}")
