"""Does `generator.pdf` print every word, never fail, and do nothing but print?

`lost` is the measure: what markdown-it reads in a text, less what pypdf reads in its PDF.

`corpus/commonmark-spec.json` holds the 652 examples of the CommonMark specification 0.31.2, without
their HTML: taken from the npm package `commonmark-spec`, by John MacFarlane, under the Creative
Commons licence CC-BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/
"""

import gc
import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject
from support.settings import ROOT

from generator.pdf import UnprintableReport, render
from generator.pdf.markdown.language import language_of, words
from generator.pdf.markdown.notes import notes_plugin
from generator.pdf.markdown.tables import tables_plugin
from generator.pdf.markdown.wording import clean

CORPUS = ROOT / "tests" / "corpus"
DOCUMENTS = sorted(CORPUS.glob("*.md"))
EXAMPLES: list[str] = json.loads((CORPUS / "commonmark-spec.json").read_text("utf-8"))
WORDS = "durable execution survives the crash of a process, and of the machine under it. "

# Pieces of HTML that have a meaning, and are not printed where they have their other half.
NAMES = (
    "[abipqsu]|br|img|hr|h[1-6]|su[bp]|del|em|strong|code|kbd|div|table|t[rdh]|thead|tbody|pre|[ou]l"
    "|li|d[ltd]|span|font|details|summary|center"
)
ATTRIBUTES = r"""(?=[\s/>])(?:[^<>"']|"[^"]*"|'[^']*')*"""
UNDERSTOOD = re.compile(f"(?is)</?(?:{NAMES}){ATTRIBUTES}>|<!--.*?-->")
# The signs of headings that are none by CommonMark.
LOOSE = re.compile(r"(?m)^ {0,3}(?:#{7,}(?=\s)|#{2,}(?=[^\s#!])|(?<!\n)#(?=\w))(.*?)#*[ \t]*$")
# A line of one sign is a rule.
RULE = re.compile(r"(?m)^ {0,3}(?:={5,}|⸻+)[ \t]*$")
# A label in bold that is not closed.
OPEN_LABEL = re.compile(r"\A\*\*(\w[^*]{0,99}?[:：])\s*(?:\*\*)?")
# Bold beside signs, which CommonMark does not see: so its marks may be gone.
BOLD = re.compile(r"\*{2,}")
# Variants of what they follow; marks of a chat program around its sources, which go.
INVISIBLE = re.compile("[\ufe00-\ufe0f\ue200-\ue206]")


# ---- How a PDF is compared with its text


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def normal(text: str) -> str:
    """Only what has ink, and compatible characters as one: ﬁ as fi, ² as 2."""
    text = "".join(unicodedata.normalize("NFKC", char) for char in INVISIBLE.sub("", text))
    blank = ("Cc", "Cf", "Me", "Zs", "Zl", "Zp")
    return "".join(char for char in text if unicodedata.category(char) not in blank)


def words_of(markdown: str) -> str:
    """The text that markdown-it sees in `markdown`, with no help from ours but notes and tables.

    That those lose nothing, markdown/test_notes.py and test_lists.py show.
    """
    parser = MarkdownIt("commonmark", {"html": False, "tasklists": True, "maxNesting": 100})
    found = []
    markdown = RULE.sub("", LOOSE.sub(r"\1", markdown))
    parser.enable(["table", "strikethrough"]).use(notes_plugin).use(tables_plugin)
    for token in parser.parse(markdown):
        pieces: list[Token] = []
        for part in token.children or [token]:
            pieces += part.children or [] if part.type == "image" else [part]
        found.append(OPEN_LABEL.sub(r"\1", "".join(piece.content for piece in pieces)))
    return BOLD.sub("", UNDERSTOOD.sub("", "".join(found)))


def stand_ins(text: str, printed: set[str]) -> str:
    """Spell `text` as it should be printed, where a sign in it was not printed as it is."""
    result = ""
    for char in text:
        name = f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]"
        plain = normal(char)
        result += char if char in printed else plain if set(plain) <= printed else name
    return result


def lost(markdown: str, pdf: bytes, ordered: bool = True) -> str:
    """The characters of `markdown` that `pdf` lacks; if none, the first that is out of order."""
    markdown = clean(markdown)
    printed = normal(read(pdf))
    pages = len(PdfReader(BytesIO(pdf)).pages)
    added = words(language_of(markdown))
    furniture = added.report + "".join(added.page.format(n + 1, pages) for n in range(pages))
    # Notes and the definitions that no link uses are moved to the end.
    moved = re.search(r"(?m)^ {0,3}\[[^\]]+\]:", markdown)
    expected = normal(stand_ins(INVISIBLE.sub("", words_of(markdown)), set(printed)))
    missing = Counter(expected) - (Counter(printed) - Counter(normal(furniture)))
    right_to_left = re.search("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]", expected)
    if missing or right_to_left or moved or not ordered:  # pypdf turns right-to-left text round
        return "".join(missing.elements())
    rest = iter(printed)
    return next((char for char in expected if char not in rest), "")


def test_lost_finds_what_is_lost() -> None:
    pdf = render("one two three", topic="1")
    assert lost("one two three", pdf) == ""
    assert lost("one two three h", pdf) == "h"
    assert lost("one two three w", pdf) == "w"
    assert lost("three two one", pdf) != ""


# ---- Documents as models write them


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_document(path: Path) -> None:
    markdown = path.read_text("utf-8")
    pdf = render(markdown, topic="A question", date="2026-11-22", model="openai/gpt-4o")
    assert lost(markdown, pdf) == ""
    text = read(pdf)
    pages = len(PdfReader(BytesIO(pdf)).pages)
    assert "Research Report" in text
    assert "22 November 2026" in text
    assert "openai/gpt-4o" in text
    numbers = re.findall(r"Page (\d+) of (\d+)", text)
    assert numbers == [(str(n + 1), str(pages)) for n in range(pages)]


def long_report() -> str:
    """About 50 pages: the documents one after the other, four times."""
    parts = ["# A long report"]
    for number in range(4):
        for path in DOCUMENTS:
            parts.append(re.sub("(?m)^(#+ )", r"#\1", path.read_text("utf-8")))
            parts.append(f"{WORDS * 40}\n\n{WORDS * 25}Round {number}.")
    return "\n\n".join(parts)


@pytest.mark.slow
def test_long_report() -> None:
    markdown = long_report()
    pdf = render(markdown, topic="long")
    assert 40 <= len(PdfReader(BytesIO(pdf)).pages) <= 60
    assert lost(markdown, pdf) == ""


def test_headings_are_not_left_behind() -> None:
    """No heading, and no "as follows:", is the last thing on its page."""
    for offset in range(0, 60, 3):
        text = "## Alpha\n\n### Beta\n\nAs follows:\n\n- " + WORDS * 9
        pdf = render("x  \n" * offset + "\n\n" + text, topic="t")
        for page in PdfReader(BytesIO(pdf)).pages:
            ink = [line for line in page.extract_text().splitlines() if line.strip()]
            assert ink[-1].split()[0] not in ("Alpha", "Beta", "As"), offset


def test_title_and_properties() -> None:
    reader = PdfReader(BytesIO(render("# *Own* title\n\n## A\n\n#### B\n\n## C", topic="asked")))
    assert reader.metadata is not None
    assert reader.metadata.title == "Own title"
    assert reader.metadata.subject == "asked"
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "und"  # nothing tells
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    text = reader.pages[0].extract_text()
    assert text.count("Own title") == 2  # once as the title, once in the footer
    assert "asked" not in text
    outline: Any = reader.outline
    assert outline[0].title == "Own title"
    assert [entry.title for entry in outline[1] if not isinstance(entry, list)] == ["A", "C"]
    assert outline[1][1][0].title == "B"


@pytest.mark.parametrize(
    ("markdown", "language"),
    [
        ("Der Hund und die Katze: das ist die Frage der Zeit.", "de"),
        ("Le chat et les chiens; le temps des cerises", "fr"),
        ("人工智能正在改变研究报告的写作方式", "zh"),
        ("これは日本語の文章です", "ja"),
        ("한국어 문장입니다", "ko"),
        ("Это не вопрос, а ответ на него, и в нём", "ru"),
    ],
)
def test_language(markdown: str, language: str) -> None:
    root: Any = PdfReader(BytesIO(render(markdown))).trailer["/Root"]
    assert root["/Lang"] == language


def test_topic_is_the_title_when_the_text_has_none() -> None:
    chapters = "# One\n\ntext\n\n# Two\n\ntext"
    assert read(render(chapters, topic="The topic")).count("The topic") == 2
    assert lost(chapters, render(chapters, topic="The topic")) == ""


@pytest.mark.parametrize(
    "topic",
    [
        "word " * 20_000,
        "研究报告" * 25_000,
        "two\nlines\x00 and\ta tab",
        "\ud800 half",
        "<b>&amp; </para>",
    ],
    ids=["long", "chinese", "lines", "surrogate", "markup"],
)
def test_any_topic(topic: str) -> None:
    reader = PdfReader(BytesIO(render("text", topic=topic)))
    assert reader.metadata is not None
    title = reader.metadata.title or ""
    assert 0 < len(title) <= 140 and "\n" not in title
    assert len(reader.pages) == 1
    start = normal(topic.replace("\ud800", ""))[:4]
    assert start in normal(reader.pages[0].extract_text())


def test_date_that_is_not_iso() -> None:
    assert "autumn <2026>" in read(render("text", date="autumn <2026>"))


# ---- Constructs


@pytest.mark.parametrize(
    ("markdown", "printed"),
    [
        ("Press <Enter> & List<int> a<b <b>bold", "Press<Enter>&List<int>a<b<b>bold"),
        ("x<br>y H<sub>2</sub>O", "xyH2O"),
        ("x[^1] and\n[^1]: note", "x1andNotes1.note"),
        ("> x[^1]\n>\n> [^1]: two words", "x[^1][^1]:twowords"),
        ("![a *chart*](https://e.com/x.png)", "[image:achart]"),
        ("![](x.png)", "[image:x.png]"),
        ("[text](../other.md)", "text(../other.md)"),
        ("a\n\n[2]: https://e.com/unused 'Title'", "[2]:https://e.com/unused'Title'"),
        ("$a_b*c*d$ costs $5 or $6", "$a_b*c*d$costs$5or$6"),
        ("\\(a_1\\) \\[x^{*}\\]", "\\(a_1\\)\\[x^{*}\\]"),
        ("$$\na \\\\\n= b\n- c\n$$", "$$a\\\\=b-c$$"),
        ("\\begin{align}\na &= b \\\\\n\\end{align}", "\\begin{align}a&=b\\\\\\end{align}"),
        ("- [x] done\n- [ ] open", "✓done□open"),
        ("9. nine\n10. ten", "9.nine10.ten"),
        ("1.\n2. two", "1.2.two"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 *x* | 4 |", "ab12|3*x*|4"),
        ("> | a | b |\n> |---|---|\n> | 1 | 2 | 3 |", "ab12|3"),
        ("🚀 🇩🇪 👍🏽 ✅ 👩\u200d💻", "🚀🇩🇪👍🏽✅👩\u200d💻"),
        ("ℝⁿ xᵢ 𝑓(𝑥)", "ℝⁿxᵢ𝑓(𝑥)"),
        ("\U00013000 \U00016a0c", "[egyptianhieroglypha001][bamumletterphase-friee]"),
        ("∀x∈A ⇒ ∅ ★ ①", "∀x∈A⇒∅★①"),
        ("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 नमस्ते გმადლობთ", "สวัสดีनमस्तेგმადლობთ"),
        ("简体，繁體。日本語カナ 한국어", "简体，繁體。日本語カナ한국어"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphenzerowidth"),
    ],
)
def test_printed_as(markdown: str, printed: str) -> None:
    assert printed in re.sub(r"\s", "", read(render(markdown)).replace("\u200b", ""))


def test_code_keeps_its_spaces() -> None:
    text = read(render("```python\ndef f():\n    if x:\n\treturn  2\n```"))
    assert [line.rstrip() for line in text.splitlines()][1:5] == [
        "python", "def f():", "    if x:", "    return  2",
    ]  # fmt: skip


def test_copied_lines_do_not_run_together() -> None:
    assert " ".join(WORDS.split()) in " ".join(read(render(WORDS * 5)).split())
    assert "one two" in read(render("one\ntwo"))


def test_table_repeats_its_header() -> None:
    rows = "".join(f"| row {n} | value |\n" for n in range(100))
    reader = PdfReader(BytesIO(render(f"| Heading | B |\n|---|--:|\n{rows}")))
    assert len(reader.pages) > 2
    assert all("Heading" in page.extract_text() for page in reader.pages)


def test_what_is_raised_ends_with_its_text() -> None:
    """It would go on in the next table cell."""
    pdf = render(
        "| H<sub>2</sub> | **汉字** |\n|---|---|\n| x<sup>2</sup> | y |\n\n**漢**\n\nplain"
    )
    contents = PdfReader(BytesIO(pdf)).pages[0].get_contents()
    assert contents is not None
    texts = re.findall(rb"(?:(\S+) Ts|EMC)\s", contents.get_data())
    assert [value for value in texts if value] == [b"-1.35", b"0", b"3.15", b"0"]
    assert texts.index(b"0") + 1 == texts.index(b"", texts.index(b"0"))  # before the cell's end


def test_wide_table_stays_readable() -> None:
    header = "|" + "".join(f" name{n} |" for n in range(30))
    pdf = render(f"{header}\n|{'---|' * 30}\n|{'value |' * 30}")
    assert "name29: value" in read(pdf)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("\ufeff# Title\n\ntext", ["Title", "text"]),
        ("    # Title\n\n    Some **bold** text\n\n    - an item", ["Some bold text", "• an item"]),
        ("1. [ ] open\n2. [x] done", ["1. □ open", "2. ✓ done"]),
        ("```math\nx + y\n```", ["x + y"]),
        ("1. a:\n   ```\n   code\n   ``` [21][2]\n\n**bold**", ["code [21][2] bold"]),
    ],
    ids=["byte order mark", "indented", "tasks with numbers", "formula in a fence", "cited code"],
)
def test_habits(markdown: str, expected: list[str]) -> None:
    text = " ".join(read(render(markdown)).split())
    assert all(line in text for line in expected)
    assert not re.search(r"[#*`]|math", text)


# ---- The 652 examples, and what nobody would think of


@pytest.mark.timeout(300)
def test_commonmark_examples() -> None:
    assert len(EXAMPLES) == 652
    failed = {}
    for number, markdown in enumerate(EXAMPLES, 1):
        try:
            pdf = render(markdown)
        except UnprintableReport:
            assert not normal(markdown)
            continue
        if missing := lost(markdown, pdf):
            failed[number] = missing
    assert failed == {}


SYNTAX = [
    *("# ", "## ", "\n", "\n\n", "- ", "1. ", "> ", "    ", "```\n", "---\n", "===\n", "|", ":--:"),
    *(
        "|---|---|\n",
        "*",
        "**",
        "~~",
        "`",
        "``",
        "[",
        "](",
        ")",
        "![",
        "]: ",
        "[^1]",
        "<",
        ">",
        "&",
    ),
    *("&amp;", "\\", "$", "$$", "\\[", "\\]", "\\(", "<br>", "<sub>", "</sub>", "- [x] ", "\t"),
    *("  \n", "https://e.com/a?b=c", "word "),
    *(
        "\n[^1]: ",
        "\n\n[^a]: ",
        "[^a]",
        "$x_1$",
        "$$x^2$$",
        "\n\n$$\n",
        "\\frac{1}{2}",
        "\\(a_1\\)",
    ),
    *(
        "```python\n",
        "def f(x):\n",
        "[1]",
        "[1, 2]",
        "\n\n## References\n\n",
        "\n[1] ",
        "\n[2]: x\n",
    ),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ANYTHING = st.text(st.characters(), max_size=12)  # with lone surrogates
MARKDOWN = st.lists(st.one_of(st.sampled_from(SYNTAX), TEXT, ANYTHING), max_size=60)


@pytest.mark.timeout(300)
@pytest.mark.slow
@settings(max_examples=500, deadline=None, derandomize=True)
@given(parts=MARKDOWN)
def test_fuzz(parts: list[str]) -> None:
    markdown = "".join(parts)
    try:
        pdf = render(markdown)  # without a topic, which would print the text a second time
    except UnprintableReport:
        assert not any(char.isprintable() and char not in " \ufffd" for char in markdown)
        return
    assert lost(markdown, pdf) == ""
    assert render("x", topic=markdown, date=markdown, model=markdown)


PATHOLOGICAL = {
    "nested brackets": "[" * 10_000 + "x" + "]" * 10_000,
    "one word": "x" * 200_000,
    "one address": "https://example.com/" + "x" * 200_000,
    "one Chinese word": "汉" * 20_000,
    "table of 5,000 rows": "| a | b | c |\n|---|---|---|\n" + "| row | two words | 1 |\n" * 5000,
    "row longer than a page": f"| a | b |\n|---|---|\n| x | {WORDS * 300} |\n| y | z |",
    "header longer than a page": f"| a | {WORDS * 150} |\n|---|---|\n| x | y |",
    "table of 300 columns": f"|{' c |' * 300}\n|{'---|' * 300}\n|{' v |' * 300}",
    "1,000 list levels": "".join("  " * level + f"- {level}\n" for level in range(1000)),
    "1,000 list levels in a line": "- " * 1000 + "x",
    "10,000 quotes": ">" * 10_000 + " x",
    "paragraph of 60,000 words": "word " * 60_000,
    "2,000 headings": "# heading\n" * 2000,
    "dollars": "$a " * 20_000,
    "unclosed formulas": "$$ a\n\n" * 2000 + "\\(" * 10_000,
    "stars": "*a **b " * 5000,
    "backticks": "".join("`" * n + " " for n in range(200)),
    "tags": "<sub>" * 10_000,
    "marks on one letter": "a" + "\u0301" * 10_000,
    "emoji": "🚀" * 3000,
    "references to one note": "x[^1] " * 5000 + "\n\n[^1]: note",
    "3,000 notes": "x\n\n" + "".join(f"[^{n}]: note\n" for n in range(3000)),
    "notes that are not closed": "[^" * 5_000 + "\n\n[^1]: note",
    "citations": "a [1, 2] " * 5000 + "\n\n## References\n\n1. e\n2. f",
    "500 formulas": " ".join(f"$x_{{{n}}}$" for n in range(500)),
    "long formulas": "\n\n".join(f"$${'x+' * 400}{n}$$" for n in range(50)),
    "100 blocks of code": "```python\ndef f(x):\n    return x  # why\n```\n\n" * 100,
    "spaces": "x" + " " * 200_000 + "y",
    "60,000 words of Arabic": "كلمة " * 60_000,
    "20,000 different words of Arabic": " ".join(
        "ك" + chr(0x627 + n % 26) + chr(0x641 + n // 26 % 9) + chr(0x627 + n // 234 % 20)
        for n in range(20_000)
    ),
    "one word of Arabic": "ك" * 200_000,
    "Hebrew and Latin": "מילה word (a) " * 5000,
    "Hebrew and bold": "**א** a " * 5000,
    "brackets from right to left": "א" + "(" * 10_000 + ")" * 10_000,
    "signs from right to left": "א" + "%" * 100_000,
    "isolates": "\u2067א\u2069" * 5000,
    "embeddings": "\u202b" * 50_000 + "א",
    "marks of Arabic": "ب" + "\u064e" * 20_000,
    "one word of Thai": "ภาษาไทย" * 3000,
    "6,000 words of Hindi": "नमस्ते " * 6000,
    "one syllable of Hindi": "क्" * 10_000,
    "joined emoji": "👩\u200d" * 5000,
    "8,000 characters of Chinese": "".join(map(chr, range(0x4E00, 0x4E00 + 8000))),
}


@pytest.mark.slow
@pytest.mark.parametrize("markdown", PATHOLOGICAL.values(), ids=PATHOLOGICAL.keys())
def test_pathological(markdown: str) -> None:
    pdf = render(markdown)
    # What does not fit as a table becomes "header: value" lines.
    assert lost(markdown, pdf, ordered=not markdown.startswith("| c | c |")) == ""


def test_nothing_deep_is_dropped() -> None:
    """Where markdown-it gives up, text is still there, and so is what comes after it."""
    nested = "".join("  " * level + f"- level{level}x\n" for level in range(300))
    text = read(render(f"{nested}\nThe end."))
    assert all(f"level{level}x" in text for level in range(300))
    assert "The end." in text


# ---- Same input, same bytes


def digest(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


def test_same_bytes_in_every_process_and_thread() -> None:
    texts = [path.read_text("utf-8") for path in DOCUMENTS]
    program = (
        "import sys, hashlib, pathlib; from generator.pdf import render\n"
        "for path in sys.argv[1:]:\n"
        "    pdf = render(pathlib.Path(path).read_text('utf-8'), topic='t', date='2026-11-22')\n"
        "    print(hashlib.sha256(pdf).hexdigest())"
    )
    runs: list[list[str]] = []
    for seed, order in (("1", DOCUMENTS), ("2", DOCUMENTS[::-1])):  # fonts load in another order
        command = [sys.executable, "-c", program, *map(str, order)]
        environment = {"PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}", "PATH": ""}
        output = subprocess.check_output(command, text=True, cwd=ROOT, env=environment).split()
        runs.append(output if order is DOCUMENTS else output[::-1])
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads get in each other's way as often as they can
    try:
        with ThreadPoolExecutor(8) as pool:
            pdfs = pool.map(lambda text: render(text, topic="t", date="2026-11-22"), texts * 6)
            digests = list(map(digest, pdfs))
    finally:
        sys.setswitchinterval(interval)
    runs += [digests[n : n + len(texts)] for n in range(0, len(digests), len(texts))]
    assert {tuple(run) for run in runs} == {tuple(runs[0])}
    assert len(set(runs[0])) == len(texts)


# ---- Nothing but printing

watched: list[str] = []
watching = False


def watch(event: str, args: tuple[Any, ...]) -> None:
    if watching and re.match(r"open$|socket|subprocess|urllib|os\.(system|exec|spawn|list)", event):
        watched.append(f"{event} {args[:1]}")


sys.addaudithook(watch)

HOSTILE = """
<img src="/etc/passwd"> <img src="http://127.0.0.1:9/x.png"/> <a href="pdf:/etc/passwd">x</a>
![image](/etc/passwd) ![image](file:///etc/passwd) ![image](http://127.0.0.1:9/x.png)
[a](javascript:alert(1)) [b](file:///etc/passwd) [c](pdf:/etc/passwd) [d](document:top) [e](#top)
[f](vbscript:x) [g](data:text/html,x) [h](ftp://example.com/) [i](/etc/passwd) <pdf:/etc/passwd>
<para><onDraw name="x"/></para> <font name="/etc/passwd">x</font> {{x}} %s &lt;b>
[ok](https://example.com/(a)?q=1) <https://example.com/\\)> <mailto:a@example.com> https://example.com/漢

| <img src="/etc/passwd"> | [x](JAVASCRIPT:x) |
|---|---|
| ![x](/dev/zero) | [x](PDF:/etc/passwd) |

```
<img src="/dev/zero">
```
"""


def dictionaries(value: Any, seen: set[int]) -> Iterator[DictionaryObject]:
    if isinstance(value, IndirectObject):
        if value.idnum in seen:
            return
        seen.add(value.idnum)
        value = value.get_object()
    if isinstance(value, DictionaryObject):
        yield value
    inner = value.values() if isinstance(value, DictionaryObject) else value
    if isinstance(value, DictionaryObject | ArrayObject):
        for part in inner:
            yield from dictionaries(part, seen)


def test_text_cannot_open_fetch_or_do_anything() -> None:
    global watching
    render(HOSTILE, topic=HOSTILE)  # loads the fonts
    watched.clear()
    watching = True
    try:
        tag = "<img src='/etc/passwd'/>"
        pdf = render(HOSTILE, topic=HOSTILE, date=tag, model=tag)
    finally:
        watching = False
    assert watched == []

    found = list(dictionaries(PdfReader(BytesIO(pdf)).trailer, set()))
    for dictionary in found:
        if dictionary.get("/Subtype") == "/Link":
            assert isinstance(dictionary.pop("/F"), int)  # flags, and not a file
    actions = {str(d["/S"]) for d in found if d.get("/Type") == "/Action" or "/URI" in d}
    assert actions == {"/URI"}
    forbidden = {"/JS", "/JavaScript", "/Launch", "/GoToR", "/OpenAction", "/AA", "/F", "/Image"}
    assert not {key for d in found for key in [*d.keys(), *map(str, d.values())]} & forbidden
    links = {str(d["/URI"]) for d in found if "/URI" in d}
    assert links == {
        "http://127.0.0.1:9/x.png",
        "https://example.com/(a)?q=1",
        "https://example.com/%5C)",
        "mailto:a@example.com",
        "https://example.com/%E6%BC%A2",
    }
    assert lost(HOSTILE, pdf) == ""


def test_the_watch_sees_a_file_being_opened() -> None:
    global watching
    watched.clear()
    watching = True
    Path(__file__).read_bytes()
    watching = False
    assert watched


# ---- Bad input


@pytest.mark.parametrize(
    "content", ["", " \n\t\r\n", "\x00\x01\x1b\ud800", "\u200b\ufeff", "\u3000"]
)
def test_nothing_to_print(content: str) -> None:
    with pytest.raises(UnprintableReport, match=r"(?i)empty.*again"):
        render(content)


def test_too_long() -> None:
    with pytest.raises(UnprintableReport, match=r"20,000,000 characters.*2,000,000.*shorter"):
        render("x" * 20_000_000)


def test_control_characters_and_lone_surrogates() -> None:
    everything = "".join(map(chr, range(32))) + "\x7f\x80\ud800\udfff and \ud83d\ude80"
    made = render(f"# {everything}\n\na{everything}z &#27;[31m &#155;", topic=everything)
    text = read(made)
    assert "and 🚀z" in text
    # Whoever prints the text, or the title, would have them steer the terminal.
    about = "".join(map(str, PdfReader(BytesIO(made)).metadata.values()))  # type: ignore[union-attr]
    assert not re.search("[\x01-\x08\x0e-\x1f\x7f-\x9f]", text + about)


def test_the_garbage_collector_is_as_before() -> None:
    """It stands still while a document is made, and goes on after the last or a failure."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(render, ["# One", "# Two", "# Three", "# Four"]))
    assert gc.isenabled()
    with pytest.raises(UnprintableReport):
        render("")
    assert gc.isenabled()
