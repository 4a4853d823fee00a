"""Is what stands between dollars a formula, or a price, a shell variable, an escaped bracket?

Each case is a line of Markdown, and what in it is a formula; half of the cases have none.
"""

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from support.growth import in_proportion, seconds

from generator.pdf.markdown.dollars import dollars_plugin

FORMULAS = [
    ("Let $x$ be real.", ["x"]),
    ("$E = mc^2$", ["E = mc^2"]),
    ("The $n$th term and the $k$-means of $X$.", ["n", "k", "X"]),
    ("so $f(x) = x^2 + 1$, where $x \\in \\mathbb{R}$.", ["f(x) = x^2 + 1", "x \\in \\mathbb{R}"]),
    ("($\\alpha$) and \"$\\beta$\"", ["\\alpha", "\\beta"]),
    ("**$p < 0.05$**", ["p < 0.05"]),
    ("*$a*b*c$* it is", ["a*b*c"]),
    ("$a_1*b_2$ and $c_1*d_2$", ["a_1*b_2", "c_1*d_2"]),
    ("$x_1$, $x_2$, ..., $x_n$", ["x_1", "x_2", "x_n"]),
    ("$0$ or $1$", ["0", "1"]),
    ("about $3.14$ of them", ["3.14"]),
    ("$-1$", ["-1"]),
    ("$2n$ is even, $2n+1$ odd", ["2n", "2n+1"]),
    ("$n!$ and $|x|$ and $x'$", ["n!", "|x|", "x'"]),
    ("$O(n \\log n)$ time, $O(1)$ space, $O(n)$", ["O(n \\log n)", "O(1)", "O(n)"]),
    ("$a, b, c$", ["a, b, c"]),
    ("$x - y$ and $x / y$", ["x - y", "x / y"]),
    ("$P(A | B)$", ["P(A | B)"]),
    ("$(a, b)$ and $[0, 1]$", ["(a, b)", "[0, 1]"]),
    ("$\\sin x$, $sin x$, $\\log n$", ["\\sin x", "sin x", "\\log n"]),
    ("$ABC$ is a triangle, $dx$ a differential", ["ABC", "dx"]),
    ("CO$_2$, H$_2$O and 10$^{-5}$ m", ["_2", "_2", "^{-5}"]),
    ("90$^\\circ$ and 5$\\,$km", ["^\\circ", "\\,"]),
    ("15 $\\mu$m at 20 $^\\circ$C or 5 $\\Omega$", ["\\mu", "^\\circ", "\\Omega"]),
    ("costs $\\$5$ exactly", ["\\$5"]),
    ("$\\text{price} = \\$5 \\times n$", ["\\text{price} = \\$5 \\times n"]),
    ("设 $x$是实数，$f(x)$。则$y=1$成立", ["x", "f(x)", "y=1"]),
    ("$x$について", ["x"]),
    ("$x$을 구하라", ["x"]),
    ("$\\text{Gain} = \\text{Yield} - c$", ["\\text{Gain} = \\text{Yield} - c"]),
    ("$Profit = Revenue - Cost$", ["Profit = Revenue - Cost"]),
    ("$$\\text{the sum of \\textbf{all}}$$", ["\\text{the sum of \\textbf{all}}"]),
    ("$v = \\frac{\\text{way of it}}{t}$", ["v = \\frac{\\text{way of it}}{t}"]),
    ("$\\approx$5 to $\\sim$10, $\\Delta$G", ["\\approx", "\\sim", "\\Delta"]),
    ("($M = 3.2$, $SD = 1.1$), $2\\times$", ["M = 3.2", "SD = 1.1", "2\\times"]),
    ("$F = ma$.", ["F = ma"]),
    ("$v_{max}$; $T_{1/2}$", ["v_{max}", "T_{1/2}"]),
    ("$\\frac{1}{2}$–$\\frac{3}{4}$", ["\\frac{1}{2}", "\\frac{3}{4}"]),
    ("$\\{1, 2\\}$", ["\\{1, 2\\}"]),
    ("$\\ce{H2O}$ and $\\ce{CO2 + C -> 2CO}$", ["\\ce{H2O}", "\\ce{CO2 + C -> 2CO}"]),
    ("$5 \\times 10^6$ cells", ["5 \\times 10^6"]),
    ("$100\\%$", ["100\\%"]),
    ("$<$ and $\\le$ and $=$", ["<", "\\le", "="]),
    ("$1{,}000$", ["1{,}000"]),
    ("$a \\text{ if } b \\text{ is not } c$", ["a \\text{ if } b \\text{ is not } c"]),
    ("It cost $5, but $x$ is free.", ["x"]),
    ("\\(x\\) and \\( y \\)", ["x", "y"]),
    ("\\(-285.8\\) and \\(|y|\\)", ["-285.8", "|y|"]),
    # Without signs around them.
    ("x = \\frac{-b \\pm \\sqrt{b^2}}{2a}.", ["\\frac{-b \\pm \\sqrt{b^2}}{2a}"]),
    ("F = G\\frac{m_1}{r^2}, 2\\pi r", ["\\frac{m_1}{r^2}", "\\pi"]),
    ("If \\Delta > 0, \\alpha_{1}^2 \\times 3", ["\\Delta", "\\alpha_{1}^2", "\\times"]),
    ("\\ce{H2O} at \\SI{5}{\\kelvin}", ["\\ce{H2O}", "\\SI{5}{\\kelvin}"]),
    ("[ x = \\frac{1}{2} \\, dx ]", ["x = \\frac{1}{2} \\, dx"]),
    ("[\nx = \\frac{1}{2}\n]", ["x = \\frac{1}{2}"]),
    ("so $ x^2 + y_1 $ is ($ \\frac{1}{2} $)", ["x^2 + y_1", "\\frac{1}{2}"]),
    ("\\(a_1\\), \\(n = 3\\), \\(\\pi\\).", ["a_1", "n = 3", "\\pi"]),
    ("\\( 5 \\)", ["5"]),
    ("\\(O(n^2)\\)", ["O(n^2)"]),
    ("see \\[x^{*}\\] here", ["x^{*}"]),
    ("$$x^2$$", ["x^2"]),
    ("text $$x^2$$ text", ["x^2"]),
    ("$$ x $$", ["x"]),
    ("$$\na \\\\\n= b\n- c\n$$", ["a \\\\\n= b\n- c"]),
    ("$$\nx = 1\n\n+ 2\n$$", ["x = 1\n\n+ 2"]),
    ("\\[\nx = 1\n\\]", ["x = 1"]),
    ("- item\n\n  $$\n  x\n  $$\n", ["x"]),
    ("> $$\n> x\n> $$\n", ["x"]),
    ("1. \\[ x = 1 \\]\n2. $y$", ["x = 1", "y"]),
    ("| a | b |\n|---|---|\n| $x$ | $\\|y\\|$ |", ["x", "|y|"]),
    ("| $P(A|B)$ | $|x|$ |\n|---|---|\n| $|y|$ | 1 |", ["P(A|B)", "|x|", "|y|"]),
    ("|$x$|$|y|$|\n|---|---|\n|$5|$6|", ["x", "|y|"]),
    ("## On $\\alpha$", ["\\alpha"]),
    ("before\n$$x$$\nafter", ["x"]),
    ("\\begin{align}\na &= b \\\\\n\\end{align}", ["\\begin{align}\na &= b \\\\\n\\end{align}"]),
    (
        "\\begin{equation}\n\\begin{split}a\\end{split}\n\\end{equation}",
        ["\\begin{equation}\n\\begin{split}a\\end{split}\n\\end{equation}"],
    ),
]  # fmt: skip

TEXT = [
    "C:\\alpha, C:\\Users\\beta\\new and \\\\server\\times",
    "\\d+\\n and \\alphabet, \\frac{ and \\textbf{a}",
    "[ see \\frac and the words of a note ]",
    "[ x = 2 ]",
    "It costs $5.",
    "It costs $5 or $6.",
    "From $5 to $10",
    "$5-$10",
    "$5–$10",
    "between $1,000 and $2,000.50",
    "US$5 and A$7",
    "5$ and 6$",
    "5$, 6$ and 7$",
    "$5M$",
    "$5bn to $6bn",
    "$$5 and $$6",
    "$$ to $$$ restaurants",
    "$$-$$$",
    "rated $$ or $$$$",
    "$1.2 billion in 2023 vs. $900 million (in US$)",
    "$5 + tax (US$)",
    "$5 (five) and 6 (US$).",
    "$5\\% of all revenue in (US$) is",
    "$$ Total Cost = Fixed Cost $$",
    "**$12.5B** (2023) → **$20B** (2030)",
    "from $10 to €20 (20$).",
    "($AAPL/$TSLA) $AAPL,$TSLA",
    "cost ($5), price ($6)",
    "cost: $5; price: $6",
    "**$5** and **$6**",
    "*$5* or *$6*",
    "\\$5 and \\$6",
    "\\$5 and $6",
    "a $5 million, $6 million and $7 million round",
    "$100/month, or $1,000/year",
    "$20/hour*$8",
    "$HOME",
    "$HOME/bin:$PATH",
    "$HOME and $PATH",
    "$FOO_BAR and $BAZ_QUX",
    "${A}_${B}",
    "${HOME}/x_${USER}",
    "$(date) = $(whoami)",
    '"$FOO_BAR" "$BAZ"',
    "$1_$2",
    "$a$b",
    "$a+$b",
    "PHP: $foo = $bar;",
    "$foo=$bar;",
    "$_ = $1",
    "$_[0]=$_[1]",
    "$a['x'] = $b['y']",
    "kill $$ and $$",
    "$? and $! and $#",
    "`$x$` and `$$x$$`",
    "`$a` and `$b`",
    "$a `code` b$",
    "```\n$x$\n```",
    "    $x$",
    "dear $name$, your $order$",
    "make: $(CC) -o $@ $<",
    "$HOME/My\\ Docs:$PATH",
    "$env:USERPROFILE\\docs;$env:PATH",
    "ends in $ and begins with $",
    "$ x $",
    "$x",
    "x$",
    "$",
    "$$",
    "$$$",
    "$$$$",
    "$\nx$",
    "a\\$b\\$c",
    "\\[1\\] and \\[2\\]",
    "\\[note\\] and \\(note\\)",
    "\\(see below\\)",
    "\\(1\\) first, \\(2\\) second",
    "\\[link\\](https://e.com)",
    "\\[",
    "\\( x",
    "\\\\(x\\\\)",
    "\\begin{itemize}\n\\item x\n\\end{itemize}",
    "\\begin{align} and no end",
    "$$ a\n\nb",
    "$$$ x $$$",
    "price$list$",
    "$5 a day keeps $6 away",
    "A 10$ bill and x^2 and 20$ bill",
    "C:\\$Recycle.Bin\\$x",
    "an R formula: df$col_a + df$col_b",
    "Swiss Fr. 5.-, $5.-",
    "costs $ 5 and $ 6, or $ 5 = $ 6",
    "a 10 $ bill, x^2 and a 20 $ bill",
    "from $ the _big_ one $ on",
]


def parse(markdown: str) -> list[Token]:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(dollars_plugin)
    tokens = [part for token in parser.parse(markdown) for part in [token, *(token.children or [])]]
    return [token for token in tokens if token.type in ("formula", "formula_block")]


def test_enough_cases() -> None:
    assert len(FORMULAS) >= 60 and len(TEXT) >= 60


@pytest.mark.parametrize(("markdown", "formulas"), FORMULAS)
def test_formulas(markdown: str, formulas: list[str]) -> None:
    assert [token.meta["latex"] for token in parse(markdown)] == [text.strip() for text in formulas]


@pytest.mark.parametrize("markdown", TEXT)
def test_text(markdown: str) -> None:
    assert [token.content for token in parse(markdown)] == []


@pytest.mark.parametrize(
    ("markdown", "latex", "tag"),
    [
        ("$$x$$ (7)", "x", "(7)"),
        ("$$x$$(3.1a).", "x.", "(3.1a)"),
        ("$$\nx\n$$ (7)", "x", "(7)"),
        ("\\[ x = 1 \\] (7)", "x = 1", "(7)"),
        ("$$x \\tag{7}$$", "x", "(7)"),
        ("$$x \\tag*{A}$$", "x", "A"),
        ("$$x$$ {#eq-one}", "x", ""),
        ("$$x = 1$$,", "x = 1,", ""),
        (
            "\\begin{align}a \\tag{1} \\\\ b\\end{align}",
            "\\begin{align}a \\tag{1} \\\\ b\\end{align}",
            "",
        ),
    ],
)
def test_numbers_of_formulas(markdown: str, latex: str, tag: str) -> None:
    [token] = parse(markdown)
    assert token.type == "formula_block" and token.content == markdown.strip()
    assert (token.meta["latex"], token.meta["tag"]) == (latex, tag)


@pytest.mark.parametrize(
    "markdown",
    ["$a " * 6_000, "$a_1" * 6_000, "\\(" * 10_000, "\\[x" * 6_000, "$$a" * 6_000,
     "$$ a\n\n" * 3000, "\\begin{align}\n" * 3000, "$\\" * 6_000, "$" * 60_000,
     "$" + "a b, " * 6_000 + "$", "\\(" + "{" * 60_000 + "\\)", "$5." * 6_000, "$ a_" * 6_000,
     "| `a" * 6_000],
)  # fmt: skip
def test_time_is_linear(markdown: str) -> None:
    assert in_proportion(lambda times: seconds(parse, markdown * times), 1, 2, 3.5, 0.5)


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| `a|b` | c |", ["`a|b`", "c"]),
        ("| ``|`` | `(x|y)` |", ["``|``", "`(x|y)`"]),
        ("| `a \\| b` | c |", ["`a | b`", "c"]),
        ("| $P(A|B)$ | `|` |", ["$P(A|B)$", "`|`"]),
        ("| a ` b | c ` d |", ["a ` b", "c ` d"]),
    ],
)
def test_bars_in_code_and_formulas_divide_no_cells(row: str, cells: list[str]) -> None:
    parser = MarkdownIt("commonmark").enable("table").use(dollars_plugin)
    tokens = parser.parse(f"| A | B |\n|---|---|\n{row}")
    assert [token.content for token in tokens if token.type == "inline"][2:] == cells


def test_bars_outside_of_tables_stay() -> None:
    text = "```\n| $P(A|B)$ |\n```\n\n    $|x|$\n\n$|y|$ `$|z|$` [a]($|b|$ '$|c|$')\n\n"
    text += "$$\n|a| $|b|$\n$$\n\n[d]: /$|d|$\n\n[d] ![$|e|$](/$|f|$)"
    parser = MarkdownIt("commonmark").enable("table").use(dollars_plugin)
    tokens = [part for token in parser.parse(text) for part in [token, *(token.children or [])]]
    printed = [token.content + str(token.attrs) + str(token.meta) for token in tokens]
    assert "\ue07c" not in "".join(printed) and "%EE" not in "".join(printed)
    assert "| $P(A|B)$ |" in "".join(printed)
