"""LaTeX formulas as shapes. `typeset` decides: a formula, or None, and then the source is printed.

The engine is mathra: a Rust extension that writes SVG with the outlines of STIX Two Math. It
repairs broken LaTeX and goes on, or draws a box for a letter that it lacks: a reader could not
tell that from the author's formula, so whatever it complains about is None here. So are the few
things that it gets wrong without a word; they are found by their names.

In order: the decision, the SVG's shapes as PDF operators, a formula as one line of plain text.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

from generator.pdf.text.foreign import MAX_LETTERS, Letter, spell, squares

# The languages in which mathra says a formula aloud, and its names of them.
SPOKEN = {
    "en": "en", "pt": "pt-BR", "es": "es", "fr": "fr", "de": "de", "it": "it", "ru": "ru",
    "zh": "zh", "ja": "ja", "ko": "ko", "hi": "hi", "ar": "ar", "id": "id", "tr": "tr", "nl": "nl",
    "pl": "pl",
}  # fmt: skip
MAX_CHARS, MAX_GLYPHS = 2000, 1500  # more than fits on a page; keeps hostile input cheap


class Formula(NamedTuple):
    """Lengths are shares of the font size; the origin is on the base line, at the left."""

    width: float
    ascent: float
    descent: float  # below the base line, as a positive number
    drawing: str  # PDF operators, in thousandths of the font size; colours are left as they are
    linear: str  # what the formula says on one line of plain text: x² + α
    letters: tuple[Letter, ...]  # to be drawn from another font: see foreign
    spoken: str  # as it is read aloud, in the language asked for


# Set wrongly and without a word by mathra 1.5.0: columns of an array parted by dashes or two rules.
# The ground of a coloured box is not drawn here, but part of what the author meant. Structures of
# molecules, where they are not closed, are what makes it panic.
_WRONG = re.compile(
    r"\\begin\{(?:array|tabular)\}[^&\\]*(?:\|\||[:@!])|\\f?colorbox|\\chem|\\scheme"
)
_COLUMNS = re.compile(r"\\begin\{array\}\s*(?:\[\w\])?\s*\{([^{}]*)\}")
# Backslashes that were doubled on their way here: a new line and the letters of a command.
_DOUBLED = re.compile(r"\\\\[a-zA-Z]{2}")
# And what it gets right when the same is said in another way.
_BOLD_DIGITS = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
_REPAIRS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    # The rows of dcases overlap; in cases only the fractions are smaller.
    (re.compile(r"(\\(?:begin|end)\{)dcases(\*?\})"), r"\1cases\2"),
    # Digits come out neither bold nor hollow; text is bold only inside another text.
    (
        re.compile(r"\\(?:mathbf|boldsymbol|bm)\{([0-9]+)\}"),
        lambda match: f"{{{match[1].translate(_BOLD_DIGITS)}}}",
    ),
    (re.compile(r"\\mathbb\{1\}"), "{𝟙}"),
    (re.compile(r"\\textbf\{([^{}$\\]*)\}"), r"\\text{\\textbf{\1}}"),
    # STIX has lowered digits, but no letters. R, N and Z have commands of their own in KaTeX.
    (
        re.compile("[ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ]+"),
        lambda match: f"_{{{unicodedata.normalize('NFKC', match[0])}}}",
    ),
    (re.compile(r"\\([RNZ])(?![a-zA-Z])"), r"\\mathbb{\1}"),
    # eqnarray's right-hand sides would end, not begin, one above the other.
    (
        re.compile(r"\\begin\{eqnarray(\*?)\}(.*?)\\end\{eqnarray\*?\}", re.S),
        lambda match: (
            f"\\begin{{align{match[1]}}}"
            + re.sub(r"&((?:[^&\\]|\\[a-zA-Z]+)*)&", r"&\1 ", match[2])
            + f"\\end{{align{match[1]}}}"
        ),
    ),
]


@lru_cache(1000)
def typeset(latex: str, display: bool, language: str = "en") -> Formula | None:
    """Set `latex`, without its dollars; `display` is the style of a formula on a line of its own.

    `language` is one of SPOKEN.

    None if any part of it could not be set as the author meant it, or mathra is not installed,
    which has no wheel for some platforms.
    """
    if len(latex) > MAX_CHARS or _WRONG.search(latex):
        return None
    if "\\begin" not in latex and _DOUBLED.search(latex):
        return None
    try:
        import mathra  # 4 ms, and only for a text with formulas
    except ImportError:
        return None
    colored = "color" in latex
    latex, letters = squares(latex)
    if letters and (colored or len(letters) > MAX_LETTERS):
        return None
    for pattern, repaired in _REPAIRS:
        latex = pattern.sub(repaired, latex)
    rules = sum(columns.count("|") for columns in _COLUMNS.findall(latex))
    try:
        svg = mathra.tex_to_svg(latex, display=display, strict=True, locale=SPOKEN[language])
        return _from_svg(svg, rules, letters)
    except (ValueError, LookupError, ElementTree.ParseError):
        return None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of Rust, which is no Exception
            raise
        return None


# ---- SVG to PDF ----------------------------------------------------------------------------------

_SVG = "{http://www.w3.org/2000/svg}"
_METADATA = re.compile("<metadata>.*?</metadata>", re.S)  # what a screen reader says, in a tree
_NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")
_PDF_OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}
Box = tuple[float, float, float, float]  # left, bottom, right, top


def _from_svg(svg: str, rules: int, letters: str) -> Formula | None:
    """mathra's SVG: definitions of outlines; a group of uses of them, bars and lines; a text.

    `rules` is how many vertical rules its arrays have; `letters` stand where its squares are.
    """
    root = ElementTree.fromstring(_METADATA.sub("", svg, count=1))
    _, top, width, height = map(float, root.attrib["viewBox"].split())
    outlines = {f"#{path.attrib['id']}": path.attrib["d"] for path in root.iter(f"{_SVG}path")}
    boxes: list[Box] = [(0, -top - height, width, -top)]
    drawing = ["1 J"]
    bars: list[Box] = []
    placed: list[Letter] = []
    glyphs = 0
    for shape in root.iterfind(f"{_SVG}g/*"):
        at, kind = shape.attrib, shape.tag.removeprefix(_SVG)
        if kind == "use":
            x, y, scale = at.get("x", "0"), at.get("y", "0"), "1"
            if "transform" in at:
                x, y, scale = _NUMBER.findall(at["transform"])
            path, box = _glyph(outlines[at["href"]])
            if letters and "fill" in at:
                number = int(at["fill"].removeprefix("#"), 16) - 1
                placed.append(Letter(letters[number], float(x), float(y), float(scale)))
            else:
                drawing.append(f"q {scale} 0 0 {scale} {x} {y} cm {path}f Q")
            boxes.append(_moved(box, float(x), float(y), float(scale)))
            glyphs += 1
        elif kind == "rect" and "fill" not in at:
            left, bottom, wide, high = (float(at[key]) for key in ("x", "y", "width", "height"))
            bars.append((left, bottom, left + wide, bottom + high))
        elif kind == "line" and "stroke-dasharray" not in at:
            ends = at["x1"], at["y1"], at["x2"], at["y2"]
            drawing.append("{} w {} {} m {} {} l S".format(at["stroke-width"], *ends))
            x1, y1, x2, y2 = map(float, ends)
            boxes.append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
        else:
            return None
    if rules and _straighten(bars) != rules:
        return None
    for left, bottom, right, over in bars:
        drawing.append(f"{left:.8g} {bottom:.8g} {right - left:.8g} {over - bottom:.8g} re f")
    boxes += bars
    operators = "\n".join(drawing)
    if not 0 < glyphs <= MAX_GLYPHS or "e-" in operators:  # PDF does not know 1e-05
        return None
    # Negative space and \smash lead out of the view box; in a line, that would be over its words.
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    left = min(lefts) if min(lefts) < -250 else 0.0
    width = max(width, max(rights) - 250) - left
    if width < 50:
        return None
    return Formula(
        width=width / 1000,
        ascent=max(tops) / 1000,
        descent=-min(bottoms) / 1000,
        drawing=f"1 0 0 1 {-left:.3f} 0 cm " * (left < 0) + operators,
        linear=spell(_linear(root.findtext(f"{_SVG}text") or ""), letters),
        letters=tuple(placed),
        spoken=spell(root.findtext(f"{_SVG}title") or "", letters),
    )


_AXIS, _RULE = 258, 40  # of STIX Two Math: the middle of a fraction's bar; the width of a rule


def _straighten(bars: list[Box]) -> int:
    """Put the vertical rules of arrays where they belong; return how many there are.

    A rule is a bar for each row. mathra 1.5.0 begins to count them at the base line instead of the
    array's top, and counts every row above twice. Of an array that does not stand on the base line
    nothing tells where it belongs: its rules do not begin at 0, so they are not counted.
    """
    rules = 0
    for left in {bar[0] for bar in bars}:
        rows = [n for n, bar in enumerate(bars) if bar[0] == left and bar[2] - left == _RULE]
        heights = [bars[n][3] - bars[n][1] for n in rows]
        tops = [-2 * sum(heights[:n]) for n in range(len(rows))]
        if not rows or any(abs(bars[n][3] - top) > 1 for n, top in zip(rows, tops, strict=True)):
            continue
        rules += 1
        top = _AXIS + sum(heights) / 2
        for n, height in zip(rows, heights, strict=True):
            bars[n] = (left, top - height, left + _RULE, top)
            top -= height
    return rules


def _moved(box: Box, x: float, y: float, scale: float) -> Box:
    left, bottom, right, top = box
    return x + left * scale, y + bottom * scale, x + right * scale, y + top * scale


@lru_cache(2000)
def _glyph(outline: str) -> tuple[str, Box]:
    """SVG path data, which are M, L, C and Z only, as PDF operators, and the box around them."""
    path = re.sub(
        "([MLCZ])([^MLCZ]*)", lambda part: f"{part[2].strip()} {_PDF_OPERATORS[part[1]]} ", outline
    )
    numbers = [float(number) for number in _NUMBER.findall(outline)] or [0.0, 0.0]
    xs, ys = numbers[::2], numbers[1::2]
    return path, (min(xs), min(ys), max(xs), max(ys))


# ---- One line of plain text ----------------------------------------------------------------------

_RAISED = str.maketrans("0123456789+−=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣ")
_LOWERED = str.maketrans("0123456789+−=()aeoxhklmnpstijruv", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ")
_SCRIPT = re.compile(r"([_^])(?:\(([^()]*)\)|([−-]?\d+(?:[+−-](?!\w))?|[^\W\d]|[+−-]))")


def _linear(text: str) -> str:
    """mathra's own line, `x^2 + α_(ij)`, with the raised and lowered signs that Unicode has."""

    def script(match: re.Match[str]) -> str:
        signs = _RAISED if match[1] == "^" else _LOWERED
        inner = (match[2] or match[3] or "").replace(" ", "").replace("-", "−")
        return inner.translate(signs) if {*map(ord, inner)} <= signs.keys() else match[0]

    return " ".join(_SCRIPT.sub(script, text).split())
