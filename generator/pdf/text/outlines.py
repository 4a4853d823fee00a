"""A font file of PostScript outlines (CFF), made of what HarfBuzz draws.

HarfBuzz can cut such a font down itself, but reckons each outline of a variable font anew for each
document. Here the outlines of a process are kept, and the file around them is small: see "The
Compact Font Format Specification" and "The Type 2 Charstring Format" (Adobe, 5176 and 5177).
"""

from collections.abc import Iterable
from functools import cache
from struct import pack

from generator.pdf.text.fonts import Font

_MOST = 48  # numbers that one operator may have
_MOVE, _END = 21, 14
_LINE, _LINE_ACROSS, _LINE_UP = 5, 6, 7
_CURVE, _CURVE_ACROSS, _CURVE_UP = 8, 31, 30
# What may follow without an operator of its own: the same again, or one that begins crosswise.
_NEXT = {
    _LINE: _LINE, _LINE_ACROSS: _LINE_UP, _LINE_UP: _LINE_ACROSS,
    _CURVE: _CURVE, _CURVE_ACROSS: _CURVE_UP, _CURVE_UP: _CURVE_ACROSS,
}  # fmt: skip
_REGISTRY, _ORDERING = 391, 392  # numbers of the first two strings that are the file's own


def cff(font: Font, name: str, glyphs: Iterable[tuple[int, int]]) -> bytes:
    """A CFF font whose characters have the numbers given, in rising order, each with its glyph."""
    numbered = [(0, 0), *glyphs]
    outlines = _index([_outline(font, glyph) for _, glyph in numbered])
    charset = b"\0" + pack(f">{len(numbered) - 1}H", *(number for number, _ in numbered[1:]))
    fdselect = b"\3" + pack(">HHBH", 1, 0, 0, len(numbered))
    private = _number(0) + b"\x14" + _number(0) + b"\x15"  # all widths are in the outlines
    head = b"\1\0\4\4" + _index([name.encode()])
    strings = _index([b"Adobe", b"Identity"]) + _index([])

    parts = [(b"\x0f", charset), (b"\x0c\x25", fdselect), (b"\x11", outlines)]

    def whole(at: int) -> bytes:
        """The file, if what the top dictionary points to begins at `at`."""
        top = _number(_REGISTRY) + _number(_ORDERING) + _number(0) + b"\x0c\x1e"
        for operator, part in parts:
            top += _place(at) + operator
            at += len(part)
        inner = _index([_number(len(private)) + _place(at) + b"\x12"])
        top += _place(at + len(private)) + b"\x0c\x24"
        return head + _index([top]) + strings + body + private + inner

    body = b"".join(part for _, part in parts)
    return whole(whole(0).index(body))


def _index(items: list[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    ends = [1]
    for item in items:
        ends.append(ends[-1] + len(item))
    return pack(f">HB{len(ends)}I", len(items), 4, *ends) + b"".join(items)


def _place(offset: int) -> bytes:
    return b"\x1d" + pack(">I", offset)


@cache
def _number(value: int) -> bytes:
    if -107 <= value <= 107:
        return bytes([value + 139])
    if 108 <= value <= 1131:
        return pack(">H", value - 108 + (247 << 8))
    if -1131 <= value <= -108:
        return pack(">H", -value - 108 + (251 << 8))
    return b"\x1c" + pack(">h", max(-32768, min(value, 32767)))


def _outline(font: Font, glyph: int) -> bytes:
    if (known := font.outlines.get(glyph)) is None:
        pen = _Pen(1000 * font.unit, font.advances[glyph])
        font.shaper.draw_glyph_with_pen(glyph, pen)
        known = font.outlines[glyph] = pen.end()
    return known


class _Pen:
    """What HarfBuzz calls for each part of an outline. Lengths become thousandths of the size."""

    def __init__(self, scale: float, width: int) -> None:
        self.scale = round(scale, 9)
        self.code = [_number(round(width * scale))]
        self.x = self.y = 0
        self.waiting = self.next = 0  # the operator that its numbers wait for; what may join it
        self.room = 0

    def moveTo(self, point: tuple[float, float]) -> None:
        dx, dy = self._step(point)
        self._flush()
        self.code += _number(dx), _number(dy), bytes([_MOVE])

    def lineTo(self, point: tuple[float, float]) -> None:
        dx, dy = self._step(point)
        if dy == 0:
            self._add(_LINE_ACROSS, dx)
        elif dx == 0:
            self._add(_LINE_UP, dy)
        else:
            self._add(_LINE, dx, dy)

    def curveTo(self, *points: tuple[float, float]) -> None:
        (ax, ay), (bx, by), (cx, cy) = map(self._step, points)
        if ay == 0 and cx == 0:
            self._add(_CURVE_ACROSS, ax, bx, by, cy)
        elif ax == 0 and cy == 0:
            self._add(_CURVE_UP, ay, bx, by, cx)
        else:
            self._add(_CURVE, ax, ay, bx, by, cx, cy)

    def qCurveTo(self, *points: tuple[float, float]) -> None:
        raise NotImplementedError  # only TrueType's outlines have them

    def closePath(self) -> None:
        """Whatever comes next closes it."""

    def end(self) -> bytes:
        self._flush()
        self.code.append(bytes([_END]))
        return b"".join(self.code)

    def _step(self, point: tuple[float, float]) -> tuple[int, int]:
        x, y = point
        if self.scale != 1:
            x, y = x * self.scale, y * self.scale
        across, up = round(x), round(y)
        step = across - self.x, up - self.y
        self.x, self.y = across, up
        return step

    def _add(self, operator: int, *numbers: int) -> None:
        if operator != self.next or self.room < len(numbers):
            self._flush()
            self.waiting, self.room = operator, _MOST
        self.next = _NEXT[operator]
        self.room -= len(numbers)
        self.code += map(_number, numbers)

    def _flush(self) -> None:
        if self.waiting:
            self.code.append(bytes([self.waiting]))
        self.waiting = self.next = 0
