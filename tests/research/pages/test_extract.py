"""The text of pages and documents, taken apart in a process of its own."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from support.web import article, pdf

from generator.research.pages import extract as extracting
from generator.research.pages.apart.formulas import MATHS
from generator.research.pages.body import HTML, MARKDOWN, PDF, TEXT
from generator.research.pages.extract import DOCX, Text, Unreadable, extract


def made(pages: list[list[str]], title: str = "", password: str = "") -> bytes:
    file = io.BytesIO()
    pdf(file, pages, title, password)
    return file.getvalue()


def test_html_gives_its_text_its_title_and_every_word() -> None:
    fact = "In 2024 it was <b>117 GW</b>, as those count who build it.<sup>[3]</sup>"
    body = article("wind power", fact)
    text = extract(body.encode(), HTML)
    assert text.title == "wind power" and "In 2024 it was **117 GW**, as" in text.main
    assert "Home" not in text.main and "Imprint" not in text.main and "[3]" not in text.main
    assert "117 GW" in text.whole


def test_signs_stand_as_the_page_has_them() -> None:
    said = ["If p < .05, ~5 % of them `x`, a_b and [1,234] # 5.", "1990. It began.", "- 5 degrees"]
    body = article("wind").replace("</article>", f"<p>{'<p>'.join(said)}</article>")
    main = extract(body.encode(), HTML).main
    assert all(line in main for line in said) and "\\" not in main


def test_the_heading_of_a_menu_is_no_title() -> None:
    menu = "<h2 class='help-title'>Keyboard shortcuts</h2><h1 class='menu-title'>A book</h1>"
    page = article("wind").replace("<body>", f"<body><div>{menu}</div>")
    assert extract(page.encode(), HTML).title == "About wind"


@pytest.mark.parametrize(
    "box",
    [
        "<div class='sidebar'><div class='titlepage'>Note</div><div class='para'>{}</div></div>",
        "<div class='sidebarblock'><div class='content'><p>{}</p></div></div>",
        "<aside class='sidebar'><p class='sidebar-title'>Note</p><p>{}</p></aside>",
    ],
    ids=["DocBook", "Asciidoctor", "Sphinx"],
)
def test_boxes_of_manuals_and_what_follows_are_text(box: str) -> None:
    paragraphs = "".join(
        f"<div class='para'>Step {n} of the plan is told here.</div>" for n in "789"
    )
    heading = "<h2>Plans<a class='headerlink' href='#plans'>¶</a></h2>"
    added = f"{box.format('The box says 117 GW.')}{heading}{paragraphs}</article>"
    main = extract(article("wind").replace("</article>", added).encode(), HTML).main
    assert "The box says 117 GW." in main and "Step 9 of" in main and "## Plans\n" in main
    menu = "<div class='sidebar'><ul><li>More of the site</li></ul></div></article>"
    page = article("wind").replace("</article>", menu)
    assert "More of" not in extract(page.encode(), HTML).main


def test_a_table_stays_one() -> None:
    rows = "".join(f"<tr><td>Plant {n}</td><td>{n}.5 MW</td></tr>" for n in range(30))
    body = article("plants").replace("</article>", f"<table>{rows}</table></article>")
    assert "| Plant 7 | 7.5 MW |" in extract(body.encode(), HTML).main


@pytest.mark.parametrize(
    "added, said",
    [
        ("<blockquote><table><tr><td><table><tr><th>Plant<th>MW<tr><td>A<td>7.5</table><td><table>"
         "<tr><th>Place<th>MW<tr><td>B<td>8.5</table></table></blockquote>", "| B | 8.5 |"),
        ("<p>It is <span style='display: none;'><math alttext='{\\displaystyle E=mc^{2}}'><mi>E"
         "</mi></math></span><img alt='x' src='x.svg'>, they say.", "It is $E=mc^{2}$, they say."),
        ("<p>And <math><mi>a</mi><mo>=</mo><mn>17</mn></math> is it.", "And a = 17 is it."),
        ("<p>So <math><msup><mn>10</mn><mn>6</mn></msup><mo>&lt;</mo><mfrac><mi>a</mi><msqrt><mi>b"
         "</mi></msqrt></mfrac></math>.", r"So $10^{6}<\frac{a}{\sqrt{b}}$."),
        ("<p>Of <script type='math/tex'>x_1</script> and <script type='math/tex; mode=display'>y"
         "</script>.", "Of $x_1$ and $y$."),
        ("<p>Of <span class='katex'><span class='katex-mathml'><math><semantics><mi>G</mi>"
         "<annotation encoding='application/x-tex'>G=S_n</annotation></semantics></math></span>"
         "<span class='katex-html'>G=Sn</span></span>, too.", "Of $G=S_n$, too."),
        ("<p>If <img class='latex' alt='AB' src='x'> or <img alt='\\frac{1}{2}' src='y'>, <img "
         "alt='A picture in C:\\pictures' src='z'>so.", r"If $AB$ or $\frac{1}{2}$, so."),
        ("<div><mjx-container><svg></svg><mjx-assistive-mml><math><msub><mi>r</mi><mn>7</mn></msub>"
         "</math></mjx-assistive-mml></mjx-container></div>", "$r_{7}$"),
    ],
    ids=["table in a table", "formula with a picture", "formula", "MathML", "MathJax 2", "KaTeX",
         "pictures", "MathJax 3"],
)  # fmt: skip
def test_what_trafilatura_would_drop_is_text(added: str, said: str) -> None:
    text = extract(article("wind").replace("</article>", f"{added}</article>").encode(), HTML)
    assert said in text.main


def test_the_paragraph_that_news_begin_with_is_text() -> None:
    lead = "Turbines made 117 GW at sea in 2024, more than ever before."
    page = article("wind").replace("<head>", f'<head><meta name="description" content="{lead}">')
    assert lead not in extract(page.encode(), HTML).main  # else it is for search engines only
    page = page.replace("<article>", f"<div class='teaser'>{lead}</div><article>")
    text = extract(page.encode(), HTML)
    assert text.main.startswith(lead) and text.main.count(lead) == 1 and not text.is_cut


@pytest.mark.parametrize(
    "below, is_text",
    [
        ("<h2>{}</h2>", True),
        ("<div class='byline'>By J. Doe</div><div><p class='article-lead'>{}</p></div>", True),
        ("<p>By J. Doe</p><div class='post-excerpt'><span>{}</span></div>", True),
        ("<figure><p class='summary'>{}</p></figure>", False),
        ("<p><a href='/x'>{}</a></p>", False),
        ("<div class='leaderboard'>{}</div>", False),
    ],
)
def test_what_stands_in_large_letters_below_the_heading_is_text(below: str, is_text: bool) -> None:
    lead = "Turbines made 117 GW at sea in 2024, more than they ever did before."
    header = f"<header><h1>About wind</h1>{below.format(lead)}</header><article>"
    text = extract(article("wind").replace("<article>", header).encode(), HTML)
    assert text.main.startswith(lead) == is_text and text.main.count(lead) == is_text


def test_an_article_in_several_boxes_is_whole() -> None:
    def box(about: str, kind: str = "post-text") -> str:
        said = [
            f"<p>Of {about}, number {n}: what is told here goes on for a while, so that it counts"
            " as a paragraph.</p>"
            for n in range(9)
        ]
        return f"<div class='module'><div class='{kind}'>{''.join(said)}</div></div>"

    boxes = box("wind") + box("waves") + box("tides") + box("other articles", "teaser")
    page = f"<html><head><title>The sea</title></head><body><div>{boxes}</div></body></html>"
    main = extract(page.encode(), HTML).main
    assert "Of wind, number 8" in main and main.count("Of tides, number 8") == 1
    assert "other articles" not in main


@pytest.mark.parametrize("said", ['"isAccessibleForFree": "False"', '"isAccessibleForFree":false'])
def test_of_a_page_that_is_not_free_only_a_part_was_read(said: str) -> None:
    script = f'<script type="application/ld+json">{{{said}, "@type": "NewsArticle"}}</script>'
    assert extract(article("wind").replace("<head>", f"<head>{script}").encode(), HTML).is_cut
    free = script.replace("False", "True").replace("false", "true")
    assert not extract(article("wind").replace("<head>", f"<head>{free}").encode(), HTML).is_cut


def test_what_the_header_says_of_the_charset_goes_first() -> None:
    body = article("Größe").encode("latin-1")
    assert "Größe" in extract(body, HTML, charset="iso-8859-1").main
    assert "Größe" in extract(body, HTML, charset="no-such-thing").main


def test_bytes_are_not_what_they_are_said_to_be() -> None:
    text, russian = article("Größe über Maß"), article("Ветер и море", "Много слов о ветре")
    assert "Größe" in extract(text.encode("latin-1"), HTML, charset="utf-8").main
    assert "Größe" in extract(text.encode(), HTML, charset="iso-8859-1").main
    said = russian.replace("<head>", "<head><meta charset='windows-1251'>")
    assert "слов о ветре" in extract(said.encode("cp1251"), HTML, charset="utf-8").main
    assert "Größe" in extract(text.encode("utf-16"), HTML).main
    assert "Größe" in extract(text.encode()[:-600] + b"\xc3", HTML).main


@pytest.mark.parametrize(
    "title, body",
    [
        ("Page not found | Example", "<p>Sorry." + "<p><a href='/x'>Read this instead</a>" * 90),
        ("404", "<p>The page you are looking for does not exist."),
        ("Example", "<h1>Just a moment...</h1><p>Checking your browser before you proceed."),
        ("Example", "<p>Please enable JavaScript and cookies to continue."),
        ("Access denied", "<p>You do not have permission. Reference 18.2f."),
        ("Example", "<p>Verify you are human by completing the action below." + "<br>x" * 9),
        ("Fehler", "<p>Die Seite wurde leider nicht gefunden."),
        ("错误", "<p>您访问的页面不存在"),
        ("App", "<div id=root></div><script>start()</script>"),
        ("404 | Example", "<p>Read our other stories of this week, and do sign up." * 40),
        ("Ошибка 404", "<p>Такой страницы нет на нашем сайте, попробуйте поискать её." * 9),
        ("Sayfa bulunamadı", "<p>Aradığınız sayfa mevcut değil, ana sayfaya dönün lütfen." * 9),
        ("Sidan kunde inte hittas", "<p>Gå till startsidan eller sök efter något annat." * 9),
        ("Nie znaleziono strony", "<p>Przepraszamy, wróć do strony głównej naszego serwisu." * 9),
        ("x.example is for sale", "<p>This domain is for sale. Related: loans, cars, homes." * 9),
        ("Avis", "<p>Nos partenaires et nous utilisons des cookies. Continuer sans accepter." * 9),
        ("Before you continue", "<p>Cookies help us and others to show what you may like." * 9),
        ("x.example", "<p>We and our 842 partners store information on a device." * 9),
        ("x.example", "<p>It needs to review the security of your connection first." * 9),
        ("Oh", "<p>The requested URL was rejected. Your support ID is: 1234567890." * 9),
        ("Sign in - Accounts", "<p>Email or phone. Not your computer? Use a guest window." * 9),
        ("Sorry", "<p>Unavailable due to legal reasons: your country is one of the EEA." * 9),
        ("Shop", "<p>You must be 18 or older to enter. By entering you accept our terms." * 9),
        ("Oh", "<p>This account has been suspended. Contact your hosting provider." * 9),
        ("It works", "<p>If you see this page, the nginx web server is successfully running." * 9),
        ("Queue", "<p>You are now in line. Your estimated wait time is 5 minutes." * 9),
        ("Too many requests", "<p>Please wait a few minutes before you try this again." * 9),
        ("Oh", "<p><b>Fatal error</b>: Uncaught Error: Call to undefined function f()." * 9),
        ("Oh", "<p>This content isn't available right now. The owner may have changed it." * 9),
        ("Oh", "<p>Your browser is out of date. Please take a modern one to see this." * 9),
        ("A paper", "<p>To read the full story, subscribe now. It costs a dollar a week." * 9),
        ("Zeitung", "<p>Dieser Artikel ist nur für Abonnenten. Schon ab 1 € im Monat dabei." * 9),
        (
            "Journal",
            "<p>Cet article est réservé aux abonnés. Un euro le premier mois, puis six." * 9,
        ),
        ("Diario", "<p>Suscríbete para seguir leyendo. El primer mes te cuesta un solo euro." * 9),
        ("新聞", "<p>この記事は会員限定です。登録すると、すべての記事をご覧いただけます。" * 9),
        ("网站", "<p>当前环境异常，请点击下方按钮，继续访问本网站的所有内容，谢谢。" * 9),
        ("Zeitung", "<p>Wir und unsere 182 Partner möchten Cookies auf Ihrem Gerät speichern." * 9),
        ("Laden", "<p>Unsere Website wird gerade gewartet. Bitte versuchen Sie es später." * 9),
    ],
)
def test_pages_that_are_none(title: str, body: str) -> None:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
    with pytest.raises(Unreadable):
        extract(page.encode(), HTML)


@pytest.mark.parametrize(
    "subject",
    [
        "HTTP 404",
        "CAPTCHA",
        "Error 404: a history",
        "Not found: a novel",
        "Too many requests: how to wait",
    ],
)
def test_articles_about_such_pages_are_pages(subject: str) -> None:
    body = article(subject, "A page that is not found is answered with status 404.")
    assert "status 404" in extract(body.encode(), HTML).main


def test_a_pdf_gives_its_pages_and_its_paragraphs() -> None:
    body = made(
        [["The first page says what the others are about,", "in lines that are one sentence."],
         ["The second one has the figure: 1,234 million", "dollars were spent on it in 2023."],
         ["Of COVID-", "19, the U-", "Boot and what was impor-", "tant, in a MAN-", "UAL."]],
        title="Annual report",
    )  # fmt: skip
    text = extract(body, PDF)
    assert text.title == "Annual report" and len(text.pages) == 3
    assert "are about, in lines" in text.pages[0] and "1,234 million" in text.pages[1]
    assert extract(made([["Nitric oxide is measured. "] * 9], "sag-39-3:sag-0"), PDF).title == ""
    assert text.pages[2] == "Of COVID-19, the U-Boot and what was important, in a MANUAL."


@pytest.mark.parametrize("turn", [90, -90])
def test_rows_of_a_table_that_is_turned_stay_apart(turn: int) -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    canvas.translate(*((595, 0) if turn > 0 else (0, 842)))
    canvas.rotate(turn)
    for row in range(5):
        for column in range(9):
            canvas.drawString(72 + 70 * column, 500 - 20 * row, f"{row}{column}.5")
    canvas.save()
    assert "\n10.5 11.5" in extract(file.getvalue(), PDF).main


def test_what_is_filled_into_a_form_is_text() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(72, 700, "Output of the wind farm in the year, in MWh, as the owner says:")
    canvas.acroForm.textfield(name="out", x=72, y=650, width=200, height=24, value="117345")
    canvas.save()
    assert "117345" in extract(file.getvalue(), PDF).main


def test_pdfs_that_have_no_text_to_give(tmp_path: Path) -> None:
    lines = ["Nobody reads this without the word that opens it, long as it is."]
    for body, why in [
        (made([[], [], []]), "scan"),
        (made([lines], password="word"), "password"),
        (b"%PDF-1.4 and nothing else", "broken"),
    ]:
        with pytest.raises(Unreadable, match=why):
            extract(body, PDF)


def test_a_pdf_with_scans_among_its_pages_was_read_in_part() -> None:
    page = ["Each of these pages has a sentence that is long enough to be one."]
    text = extract(made([page, [], []]), PDF)
    assert text.is_cut and "long enough" in text.main
    assert not extract(made([page, page, []]), PDF).is_cut


def test_word_markdown_and_text() -> None:
    notes = "# Our notes\n\nGrößer als 5 %."
    assert extract(notes.encode(), MARKDOWN) == Text(notes, notes, title="Our notes")
    assert extract(
        "日本語のテキストです。長い文章です。".encode("shift_jis"), TEXT
    ).main.startswith("日本")
    assert extract("A planta\xadtion".encode(), TEXT).main == "A plantation"
    assert extract("研 究 发 现".encode("utf-16"), TEXT).main == "研究发现"
    with pytest.raises(Unreadable, match="broken"):
        extract(b"PK\3\4 no Word file", DOCX)
    with pytest.raises(Unreadable, match="password"):
        extract(b"\xd0\xcf\x11\xe0 and what is encrypted", DOCX)
    with pytest.raises(Unreadable, match="no text"):
        extract(b" \n ", TEXT)


def word(body: str) -> bytes:
    """A Word file, as small as one can be."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr(
            "[Content_Types].xml",
            f"<Types xmlns='{package}/content-types'><Override PartName='/word/document.xml' "
            f"ContentType='{office}'/></Types>",
        )
        parts.writestr(
            "_rels/.rels",
            f"<Relationships xmlns='{package}/relationships'><Relationship Id='a' "
            f"Target='word/document.xml' Type='{relation}'/></Relationships>",
        )
        parts.writestr(
            "word/document.xml",
            f"<w:document xmlns:w='{space}' xmlns:m='{MATHS}'><w:body>{body}</w:body></w:document>",
        )
    return file.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def test_word_text_in_fields_other_directions_and_under_readings() -> None:
    inside = [
        "<w:fldSimple w:instr=' SEQ Table '>" + run("3") + "</w:fldSimple>",
        "<w:bdo w:val='ltr'>" + run(" 12.4 ") + "</w:bdo>",
        "<w:r><w:ruby><w:rubyPr><w:lid w:val='ja'/></w:rubyPr><w:rt>" + run("konbu") + "</w:rt>",
        "<w:rubyBase>" + run("昆布") + "</w:rubyBase></w:ruby></w:r>",
    ]
    text = extract(word(f"<w:p>{run('see Table ')}{''.join(inside)}</w:p>"), DOCX)
    assert text.main == "see Table 3 12.4 昆布"


def test_formulas_of_word() -> None:
    def m(name: str, *inner: str) -> str:
        return f"<m:{name}>{''.join(inner)}</m:{name}>"

    def sign(text: str) -> str:
        return m("r", m("t", text))

    fraction = m("f", m("fPr"), m("num", sign("a")), m("den", sign("b")))
    bracket = m("d", m("dPr", "<m:endChr m:val=']'/>"), m("e", sign("x")))
    terms = [
        m("sSup", m("e", sign("c")), m("sup", sign("2"))),
        m("sSub", m("e", bracket), m("sub", sign("i"))),
        m("rad", m("deg", sign("3")), m("e", fraction)),
        m("nary", m("naryPr", "<m:chr m:val='∑'/>"), m("sub", sign("1")), m("e", sign("n"))),
        m("limLow", m("e", m("func", m("fName", sign("lim")), m("e", sign("y")))),
          m("lim", sign("0"))),
    ]  # fmt: skip
    inline = m("oMath", sign("E="), *terms)
    display = m("oMathPara", m("oMath", sign("p=0.05")))
    text = extract(word(f"<w:p>{run('So ')}{inline}</w:p><w:p>{display}</w:p>"), DOCX)
    assert text.main.split("\n\n") == [
        r"So $E=c^{2}(x]_{i}\sqrt[3]{\frac{a}{b}}∑_{1} nlim y_{0}$",
        "$p=0.05$",
    ]


def test_word_cells_of_several_rows_and_tables_in_cells() -> None:
    def row(*cells: str) -> str:
        parts = []
        for cell in cells:
            merge = {"+": "<w:vMerge w:val='restart'/>", "^": "<w:vMerge/>"}.get(cell[:1], "")
            text = run(cell.strip("+^"))
            parts.append(f"<w:tc><w:tcPr>{merge}</w:tcPr><w:p>{text}</w:p></w:tc>")
        return f"<w:tr>{''.join(parts)}</w:tr>"

    rows = row("+Chile", "2024", "40") + row("^", "2025", "+55") + row("^", "2026", "^")
    main = extract(word(f"<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>"), DOCX).main
    assert main.splitlines()[-3:] == [
        "| Chile | 2024 | 40 |",
        "| Chile | 2025 | 55 |",
        "| Chile | 2026 | 55 |",
    ]
    inner = f"<w:tbl><w:tblPr/><w:tblGrid/>{row('7', '8')}</w:tbl>"
    cell = f"<w:tc><w:p>{run('Of these')}</w:p>{inner}<w:p>{run('MW')}</w:p></w:tc>"
    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl>"
    assert extract(word(table), DOCX).main.splitlines()[-1] == "| Of these 7 8 MW |"


def test_what_takes_too_long_is_given_up_and_the_next_page_is_read() -> None:
    body = b"<p>word word word</p>" * 18_000
    with pytest.raises(Unreadable, match="too long"):
        extract(body, HTML, seconds=0.1)
    assert extract(article("wind").encode(), HTML).title == "wind"


def test_a_process_that_ended_is_started_again() -> None:
    extract(article("wind").encode(), HTML)
    for child in extracting._children:
        if child.process:
            child.process.kill()
            child.process.wait()
    assert extract(article("sun").encode(), HTML).title == "sun"


def test_the_process_sees_no_key(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("LLM_API_KEY", "sk-secret-of-the-worker")
    for child in extracting._children:
        if child.process:
            child.process.kill()
            child.process.wait()
    extract(article("wind").encode(), HTML)
    [running] = [c.process for c in extracting._children if c.process and c.process.poll() is None]
    if os.path.exists(f"/proc/{running.pid}/environ"):
        assert b"sk-secret" not in Path(f"/proc/{running.pid}/environ").read_bytes()
