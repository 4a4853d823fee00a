"""HTML that stands for Markdown is read as that; tags that mean nothing here stay text.

And two constructs that the parser's plugins know: alerts and definition lists.
"""

import re

import pytest
from support.growth import grows_with_the_square

from generator.pdf.markdown.parse import parser


def shown(markdown: str) -> str:
    """The blocks, with a sign for each construct."""
    signs = {
        "strong": "*", "em": "/", "s": "~", "link": "_", "th": "#", "td": "|", "heading": "=",
        "list_item": "-", "blockquote": ">", "dt": "?", "dd": ":", "tr": "\n",
    }  # fmt: skip
    text = ""
    for token in parser(markdown).parse(markdown):
        for part in token.children or [token] if token.type == "inline" else [token]:
            name, _, side = part.type.rpartition("_")
            if side == "open":
                text += signs.get(name, "")
            elif name in ("strong", "em", "s", "link", "heading") and side == "close":
                text += signs[name]
            elif part.type == "paragraph_close" and not part.hidden:
                text += "¶"
            elif part.type == "image":
                text += f"!{part.content}!"
            elif part.type in ("hr", "fence", "code_inline"):
                text += f"`{part.info}{part.content}`"
            elif part.type in ("text", "softbreak", "hardbreak"):
                text += {"softbreak": " ", "hardbreak": "\n"}.get(part.type, part.content)
    return text.strip("¶\n")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("<code>a<br>b</code> <ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "a\nb 漢(かん)"),
        ("A sentence that ends.\n---\nB", "A sentence that ends.¶``B"),
        ("A heading\n---\nB", "=A heading=B"),
        ("a <b>bold</b>, <i>slanted</i>, <u>plain</u>", "a *bold*, /slanted/, plain"),
        ("<strong>b **c** <em>d</em></strong>", "*b *c* /d/*"),
        ('<a href="https://e.org/_a_/b_c">x</a>', "_x_"),
        ('<a href="https://e.org"><img src="i.png" alt="An icon"></a>', "_!An icon!_"),
        ("<kbd>Ctrl</kbd>+<kbd>C</kbd>", "`Ctrl`+`C`"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("a <!-- *not* shown --> b", "a b"),
        ("<!-- not shown --> b", "b"),
        ("<!-- over\n\n\nlines -->\n\na", "a"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ('<p align="center">\n  **one**\n</p>', "*one*"),
        ('<h1 align="center">A <b>b</b></h1>\n\nc', "=A *b*=c"),
        ("<hr>\n\na", "``a"),
        ("<ul>\n<li>a</li>\n<li>b\n<ol><li>c</li></ol></li>\n</ul>", "• a\n• b\n1. c"),
        ('<ol start="3"><li><p>c</p></li><li>d</li></ol>', "3. c\n4. d"),
        ("x<sub>*i*</sub> y<sup>2</sup>", "x/<sub>i</sub>/ y<sup>2</sup>"),
        ('a<sup><a href="https://e.org">1</a></sup>', "a_<sup>1</sup>_"),
        ("<details>\n<summary>More</summary>\n\n- a\n\n</details>", "*More*¶-a"),
        ("<details><summary>More</summary>text</details>", "*More*\ntext"),
        ("- <details><summary>a</summary>\n\n  b\n\n  </details>", "-*a*¶b"),
        ('<pre><code class="language-c">\na &lt; b\n\n c;\n</code></pre>', "`ca < b\n\n c;\n`"),
        ("| a |\n|---|\n| <ul><li>b</li><li>c</li></ul> |", "#a\n|• b\n• c"),
        # What is no HTML, or has no other half.
        *[(text, text) for text in (
            "List<int> and Map<String, b>", "Press <Enter>", "a <b>bold", "the <div> of a page",
            "x < y > z", "ends </b> here", "<!-- never closed", "<table> is an element", "a --> b",
        )],
        ("`<b>a</b>` \\<b>c\\</b>", "`<b>a</b>` <b>c</b>"),
        ("```\n<table>\n```", "`<table>\n`"),
    ],
)  # fmt: skip
def test_html(markdown: str, expected: str) -> None:
    assert shown(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "#a#b\n|1|2"),
        ("<table>\n\n  <tr>\n\n    <td>**a**</td>\n\n  </tr>\n</table>\n\nb", "#*a*b"),
        ("<table><tr><td>a<td>b<tr><td>c &amp; d<td>$5</table>", "#a#b\n|c & d|$5"),
        (
            "<table><tr><th rowspan=2>a<th colspan=2>b</tr><tr><td>c<td>d</tr><tr><td>e</table>",
            "#a#b#\n||c|d\n|e||",
        ),
        ("<table><caption>Title</caption><tr><td>a</table>", "Title¶\n#a"),
        ("<table><tr><td>a<table><tr><td>b<td>c</table></table>", "#a \n b c"),
        ("> <table>\n> <tr><td>a</td></tr>\n> </table>\n>\n> b", ">\n#ab"),
        ("<table><tr><td>a</td></tr>\n\n# Not closed", "<table><tr><td>a</td></tr>¶=Not closed="),
        ("<table>\n</table>\n\na", "a"),
        ("<table><tr><td colspan=100>a</tr><tr><td>b</table>", "#a\n|b"),
    ],
)
def test_tables_of_html(markdown: str, expected: str) -> None:
    assert re.sub(" +", " ", shown(markdown)) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("> [!NOTE]\n> Text.", ">Note¶Text."),
        ("> [!warning]- My title\n> - a", ">My title¶-a"),
        ("> [!TIP]\n>\n> Text.", ">Tip¶Text."),
        ('!!! note "My title"\n    a **b**\n\n    c\n\nd', ">My title¶a *b*¶c¶d"),
        ("a\n??? question\n    - b\nd", "a¶>Question¶-bd"),
        (":::tip Use it\na\n\n- b\n:::\nd", ">Use it¶a¶-bd"),
        ("!!! no", "!!! no"),
        (":::tip\nnever closed", ":::tip never closed"),
        ("> [!1] and [!a b]", ">[!1] and [!a b]"),
        ("Term\n: one\n: two\n\nOther\n\n: three", "?Term:one:two?Other:three¶"),
        ("It took\n~ 5 hours", "It took ~ 5 hours"),
        ("a\nb\n: c", "a b : c"),
    ],
)
def test_alerts_and_definitions(markdown: str, expected: str) -> None:
    assert shown(markdown).rstrip("¶") == expected.rstrip("¶")


@pytest.mark.parametrize(
    "text",
    [
        "<table>\n\n",
        "<b>",
        "<!-- ",
        "<ul><li>",
        "<div>\n",
        "</div>\n\n",
        "a\n\n: b\n\n",
        ":::tip\n",
        "!!! note\n  ",
    ],
)
def test_html_takes_linear_time(text: str) -> None:
    assert not grows_with_the_square(lambda text: parser(text).parse(text), text, 20_000)
