"""Are formulas set as they are meant, drawn, copied as their source, and shown as it if in doubt?

`corpus/formulas.txt` holds formulas as models write them. Whether they look right, a person has to
see. This prints them all into formulas.pdf:

    PYTHONPATH=.:tests uv run python tests/pdf/text/test_formulas.py
"""

import random
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader
from support.settings import ROOT

from generator.pdf import render
from generator.pdf.text.formulas import MAX_CHARS, Formula, typeset

CORPUS = ROOT / "tests" / "corpus"
LINES = [
    line
    for line in (CORPUS / "formulas.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def latex(line: str) -> tuple[str, bool]:
    """A formula without its dollars; does it stand on a line of its own?"""
    display = line.startswith("$$")
    return (line[2:-2], True) if display else (line[1:-1], False)


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def document() -> str:
    parts = ["# Formulas"]
    for number, line in enumerate(LINES, 1):
        parts.append(f"{number}:\n\n{line}" if line.startswith("$$") else f"{number}: {line} set.")
    return "\n\n".join(parts)


# ---- The decision


def test_as_models_write_them() -> None:
    assert len(LINES) >= 200
    refused = [line for line in LINES if not typeset(*latex(line))]
    assert len(refused) <= 0.03 * len(LINES), refused


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        r"\foo{x}",
        r"\frac{a",
        r"x^",
        r"\text{قوة}",
        r"\text{बल}",
        r"\textcolor{#000001}{x}\text{能}",
        r"\begin{array}{c||c} a & b \end{array}",
        r"\begin{array}{c:c} a & b \end{array}",
        r"\frac{\begin{array}{c|c} a & b \end{array}}{2}",
        r"x^{\begin{array}{c|c} a & b \end{array}}",
        r"\begin{aligned} x &= \begin{array}{c|c} a & b \end{array} \\ y &= 1 \end{aligned}",
        r"\colorbox{yellow}{x}",
        r"\\frac{a}{b}",
        r"\includegraphics{/etc/passwd}",
        r"\input{/etc/passwd}",
        r"\href{https://e.com}{x}",
        r"\def\a{\a\a}\a",
        r"\notag",
        "x" * (MAX_CHARS + 1),
        "x" * 1600,
        r"\sqrt{" * 65 + "x" + "}" * 65,
        "{" * 900 + "x" + "}" * 900,
        "a\x01b",
        "\u200d",
        r"_'\hspace{-9em}",
        r"\chemfig{#\chemfig{",
    ],
)
def test_shown_as_source(text: str) -> None:
    assert typeset(text, True) is None and typeset(text, False) is None


def formula(text: str, display: bool = True) -> Formula:
    found = typeset(text, display)
    assert found is not None
    return found


def test_what_the_engine_gets_wrong_is_said_in_another_way() -> None:
    bold, plain = formula(r"\mathbf{0}"), formula("0")
    assert bold.drawing != plain.drawing
    assert formula(r"\mathbb{1}").drawing != formula("1").drawing
    assert formula(r"\textbf{a}").drawing != formula(r"\text{a}").drawing
    assert formula("xᵢⱼ") == formula("x_{ij}")
    assert formula(r"\R^n") == formula(r"\mathbb{R}^n")
    rows = formula(r"\begin{eqnarray} y &=& x \\ &=& xxxxxx \end{eqnarray}")
    assert rows == formula(r"\begin{align} y &= x \\ &= xxxxxx \end{align}")
    assert formula(r"\begin{dcases} a \\ b \end{dcases}").ascent < 3


@pytest.mark.parametrize(
    "text",
    [
        r"\left[\begin{array}{cc|c} 1 & 2 & 3 \\ 4 & 5 & 6 \end{array}\right]",
        r"\begin{array}{|c|c|} \hline a & \frac{1}{2} \\ \hline c & d \\ \hline \end{array}",
        r"x = \left(\begin{array}{c|c} A & B \\ \hline C & D \end{array}\right) y",
        r"\begin{array}{r|l} \displaystyle\sum_{i=1}^n & b \\ c & d \\ e & f \end{array}",
    ],
)
def test_rules_of_arrays_are_as_high_as_the_array(text: str) -> None:
    """mathra 1.5.0 hangs them under it."""
    ruled, plain = formula(text), formula(text.replace("|", ""))
    assert abs(ruled.ascent - plain.ascent) < 0.1
    assert abs(ruled.descent - plain.descent) < 0.1


def test_chinese_japanese_and_korean_words() -> None:
    """mathra sets squares for them; that the right letter is in each, a colour tells it."""
    found = formula(r"x^{\text{上}}_{\text{最大}} = \frac{\text{에너지 a}}{時}，\mathrm{カ}")
    places = {letter.char: letter for letter in found.letters}
    assert set(places) == set("上最大에너지時，カ")
    assert places["上"].y > 0 > places["大"].y and places["上"].scale == 0.7
    assert places["最"].x < places["大"].x < places["에"].x < places["지"].x < places["，"].x
    assert places["너"].y > 0 > places["時"].y
    assert formula(r"\frac{\text{功}}{\text{时间}}").linear == "(功)/(时间)"
    with_it, without = ink(render("$$\\text{能量} = 1$$")), ink(render("$$\\text{} = 1$$"))
    assert with_it > without + 50


def test_nothing_reaches_out_of_its_box() -> None:
    """What moves back, or says that it has no height, would be drawn over the words around it."""
    for text in (r"\kern-50em x", r"\smash{\frac{a}{b}}", r"\llap{x}y", r"\mkern-18mu/"):
        found = typeset(text, False)
        assert found is None or (found.width > 0.2 and found.ascent > 0.2), text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (r"x^2 + \alpha_i", "x² + αᵢ"),
        (r"x^{10} \to a_{ij}", "x¹⁰ → aᵢⱼ"),
        (r"\frac{a}{b}", "a/b"),
        (r"\ce{H2O}", "H₂O"),
        (r"\ce{SO4^2-}", "SO₄²⁻"),
        (r"10^{-5}", "10⁻⁵"),
        (r"e^{-x^2}", "e^(−x^2)"),
        (r"\mathbb{R}^n", "ℝⁿ"),
        (r"\beta", "β"),
    ],
)
def test_in_one_line_of_text(text: str, line: str) -> None:
    assert formula(text).linear == line


def test_mutants_neither_crash_nor_reach_out() -> None:
    dice = random.Random(5)
    signs = [
        *r"\{}_^&$%#~1x 中'",
        r"\frac",
        r"\left(",
        r"\\",
        r"\begin{cases}",
        "\x00",
        "\U0001f680",
    ]
    for _ in range(3000):
        text, display = latex(dice.choice(LINES))
        letters = list(text)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(letters) + 1)
            letters[at : at + dice.randint(0, 2)] = dice.choices(signs, k=dice.randint(0, 2))
        if found := typeset("".join(letters), display):
            assert found.width > 0 and found.drawing.isascii()


# ---- On the page


def test_the_source_is_what_is_copied() -> None:
    pdf = render(document())
    pages = pypdfium2.PdfDocument(pdf)
    found = {
        "pypdf": bare(read(pdf)),
        "PDFium": bare("".join(page.get_textpage().get_text_bounded() for page in pages)),
    }
    for program, text in found.items():
        missing = [line for line in LINES if bare(line) not in text]
        assert missing == [], program


def test_headings_outline_and_footer_say_it_in_one_line() -> None:
    pdf = render("# On $\\alpha^2$\n\n## The \\(x_1\\) of $\\foo$\n\ntext")
    reader = PdfReader(BytesIO(pdf))
    assert reader.metadata is not None and reader.metadata.title == "On α²"
    outline: Any = reader.outline
    assert [outline[0].title, outline[1][0].title] == ["On α²", "The x₁ of $\\foo$"]
    text = reader.pages[0].extract_text()
    assert "On α²" in text and "On $\\alpha^2$" in text


def test_numbers_of_formulas() -> None:
    text = read(render("$$x \\tag{7}$$\n\n$$y$$ (8)\n\n$$z \\tag*{A}$$"))
    lines = [bare(line) for line in text.splitlines()]
    assert "(7)" in text and text.count("(8)") == 1
    assert any("$$y$$" in line and "(8)" in line for line in lines) or "(8)" in lines


def test_what_is_too_wide_is_drawn_smaller_or_shown_as_source() -> None:
    wide, widest = "$$" + "+".join("abcdefgh" * 4) + "$$", "$$" + "+".join("abcdefgh" * 9) + "$$"
    assert b"/Span" in contents(render(wide)) and b"/Span" not in contents(render(widest))
    assert bare(widest) in bare(read(render(widest)))
    rows = "$$\\begin{aligned}" + "x &= 1 \\\\" * 80 + "\\end{aligned}$$"
    assert b"/Span" not in contents(render(rows))


def contents(pdf: bytes) -> bytes:
    found = PdfReader(BytesIO(pdf)).pages[0].get_contents()
    assert found is not None
    return found.get_data()


@pytest.mark.parametrize(
    "markdown",
    [
        "| a | b |\n|---|---|\n| $x$ | $\\frac{1}{2}$ |",
        "# Title $x$\n\n## Heading $\\frac{1}{2}$",
        "- item $x$\n\n  $$\\frac{1}{2}$$",
        "> quote $x$\n>\n> $$\\frac{1}{2}$$",
        "**bold $x$** ~~struck $\\frac{1}{2}$~~",
        "[link $x$](https://e.com) $\\frac{1}{2}$",
        "text[^1]\n\n[^1]: $x$ $\\frac{1}{2}$",
        "|" + " $x$ |" * 20 + "\n|" + "---|" * 20 + "\n|" + " $\\frac{1}{2}$ |" * 20,
        "| a | b |\n|---|---|\n| $" + "+".join("abcdefgh" * 3) + "$ | $x \\frac{1}{2}$ |",
    ],
)
def test_anywhere(markdown: str) -> None:
    text = bare(read(render(markdown)))
    for source in re.findall(r"\$\$?[^$]+\$?\$", markdown):
        assert bare(source) in text


def test_every_formula_leaves_ink() -> None:
    """In PDFium; each is alone on a page, and what is not formula is not there."""
    for line in LINES[::4]:
        with_it = ink(render(f"x\n\n$${latex(line)[0]}$$"))
        assert with_it > ink(render("x")) + 20, line


def test_among_words_from_right_to_left() -> None:
    pdf = render("שלום $x$ עולם\n\n$$\\frac{1}{2} \\tag{7}$$")
    page = pypdfium2.PdfDocument(pdf)[0]
    text = bare(page.get_textpage().get_text_bounded())
    assert "$x$" in text and "$$\\frac{1}{2}\\tag{7}$$" in text


def ink(pdf: bytes) -> int:
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2, grayscale=True).to_pil()
    return sum(picture.histogram()[:200])


def test_the_engine_is_loaded_only_where_there_are_formulas() -> None:
    program = (
        "import sys; from generator.pdf import render\n"
        "render('costs $5 or $6')\n"
        "print('mathra' in sys.modules, 'pygments.lexers' in sys.modules)\n"
        "render('$x$'); print('mathra' in sys.modules)"
    )
    output = subprocess.check_output([sys.executable, "-c", program], text=True, cwd=ROOT)
    assert output.split() == ["False", "False", "True"]


def test_a_panic_of_the_engine_fails_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """What Rust's panics are in Python."""

    def panic(*_: Any, **__: Any) -> None:
        raise PanicException

    monkeypatch.setattr("mathra.tex_to_svg", panic)
    assert typeset("x + \\mathrm{panic}", True) is None
    typeset.cache_clear()


def test_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no wheel for some platforms."""
    typeset.cache_clear()
    monkeypatch.setitem(sys.modules, "mathra", None)
    try:
        assert typeset("x", True) is None
        assert "$x^2$" in read(render("# $x^2$\n\n$x^2$"))
    finally:
        typeset.cache_clear()


if __name__ == "__main__":
    Path("formulas.pdf").write_bytes(render(document()))
