"""References in the forms in which models write them, and what only looks like one.

Each row is a text; the sources are eight, called as in FOUND. A form that is not in any row is met
by the same rules: `forms.py` goes by what a reference is.
"""

import pytest

from generator.research.sources import check
from models import Source

FOUND = [
    Source("Tardigrade biology", "https://en.wikipedia.org/wiki/Tardigrade"),
    Source("NASA on tardigrades", "https://www.nasa.gov/tardigrades/"),
    Source("Milnesium", "https://en.wikipedia.org/wiki/Milnesium"),
    *(Source(f"Page {n}", f"https://site{n}.example/{n}") for n in range(4, 9)),
]

# Behind "They live{}." in these forms stands the first source, or the third and the first.
FIRST = [
    "[1]",
    " [1]",
    "[ 1 ]",
    "［1］",
    "【1】",
    "⟦1⟧",
    "〔1〕",
    "〚1〛",
    r"\[1\]",
    "[^1]",
    "[^1^]",
    "[[1]]",
    "([1])",
    "[#1]",
    "[1.]",
    "[Source 1]",
    "[source: 1]",
    "[SOURCE 1]",
    "[source #1]",
    "[Sources 1]",
    "[Ref. 1]",
    "[ref1]",
    "[ref-1]",
    "[ref_1]",
    "[REF:1]",
    "[cite: 1]",
    "[cite:1]",
    "[citation 1]",
    "[excerpt 1]",
    "[Excerpt #1]",
    "[web:1]",
    "[web 1]",
    "[doc 1]",
    "[doc_1]",
    "[Document 1]",
    "[memo 1]",
    "[Quelle 1]",
    "[Quelle: 1]",
    "[Beleg 1]",
    "[fuente 1]",
    "[Fonte 1]",
    "[réf. 1]",
    "[bron 1]",
    "[kilde 1]",
    "[zdroj 1]",
    "[źródło 1]",
    "[kaynak 1]",
    "[источник 1]",
    "[Источник: 1]",
    "[ссылка 1]",
    "[来源1]",
    "[来源 1]",
    "[来源：1]",
    "【来源1】",
    "【资料1】",
    "[資料1]",
    "[出典1]",
    "[출처 1]",
    "[المصدر 1]",
    "[स्रोत 1]",
    "[Tardigrade biology]",
    "[tardigrade biology]",
    "[Source: Tardigrade biology]",
    "(Source: Tardigrade biology)",
    "(source 1)",
    "(Source: 1)",
    "(cite: 1)",
    "(ref. 1)",
    "(Quelle 1)",
    "（来源1）",
    "(источник 1)",
    "(#1)",
    "{source 1}",
    "【1†source】",
    "【1†L5-L9】",
    "【1:0†pages.pdf】",
    "[1†source]",
    "[1: p. 5]",
    "[1, p. 5]",
    "[1, S. 12]",
    r"\cite{1}",
    r"~\cite{1}",
    r"\citep[p. 5]{1}",
    r"\cite{source1}",
    r"\autocite{1}",
    "¹",
    " ¹",
    "<sup>1</sup>",
    "<sup>[1]</sup>",
    "<sup> 1 </sup>",
    "<cite>1</cite>",
    "<ref>1</ref>",
    "<source>1</source>",
    '<ref name="a">1</ref>',
    "[cite_start][1]",
    "[1](https://en.wikipedia.org/wiki/Tardigrade)",
    "[Source 1](https://en.wikipedia.org/wiki/Tardigrade)",
    "[[1]](https://en.wikipedia.org/wiki/Tardigrade)",
    "([1](https://en.wikipedia.org/wiki/Tardigrade))",
    "<https://en.wikipedia.org/wiki/Tardigrade>",
    " (https://en.wikipedia.org/wiki/Tardigrade?utm_source=openai)",
    " https://www.google.com/url?q=https://en.wikipedia.org/wiki/Tardigrade&sa=U",
    "[1][1]",
    "[1, 1]",
    "〖1〗",
    "❲1❳",
    "[**1**]",
    "[¹]",
    "⁽¹⁾",
    "<sup>(1)</sup>",
    '<sup><a href="#ref1">1</a></sup>',
    "<cite>[1]</cite>",
    '<citation id="1"/>',
    "<ref id=1>",
    "<fn>1</fn>",
    "^1^",
    "^[1]",
    "^(1)",
    "$^{1}$",
    "$^1$",
    r"\textsuperscript{1}",
    r"\[source 1\]",
    "[1](#ref-1)",
    "[S1]",
    "[SRC 1]",
    "[search result 1]",
    "(search result 1)",
    "[source no. 1]",
    "[source number 1]",
    "[source_id: 1]",
    "[Source №1]",
    "[cite=1]",
    "(see source 1)",
    "(cf. source 1)",
    "(siehe Quelle 1)",
    "（见来源1）",
    "（参考1）",
    "[см. источник 1]",
    "[1 p.5]",
    "[1 (p. 5)]",
    "[1, section 2]",
    "[1, Table 2]",
    "[1, Abschnitt 3]",
    "[1: Tardigrade biology]",
    "[Source 1: Tardigrade biology]",
    "[Source 1 - a title, with a comma]",
    "(Tardigrade biology, 2020)",
    "[Source: https://en.wikipedia.org/wiki/Tardigrade]",
    "(Source: https://en.wikipedia.org/wiki/Tardigrade)",
    "{{cite web |url=https://en.wikipedia.org/wiki/Tardigrade |title=Tardigrades}}",
    "[(1)](https://en.wikipedia.org/wiki/Tardigrade)",
    " [🔗](https://en.wikipedia.org/wiki/Tardigrade)",
    "&#91;1&#93;",
    "&lsqb;1&rsqb;",
    "(מקור 1)",
    "(منبع 1)",
    "(nguồn 1)",
    "(sumber 1)",
    "[المصدر ١]",
]
TWO = [
    "[1, 3]",
    "[3,1]",
    "[1; 3]",
    "[1 & 3]",
    "[1 and 3]",
    "[1 und 3]",
    "[1、3]",
    "[1，3]",
    "[1|3]",
    "[1][3]",
    "[1], [3]",
    "[Source 1, Source 3]",
    "[Source 1, 3]",
    "[Sources 1 and 3]",
    "[source 1; source 3]",
    "[来源1、来源3]",
    "[来源1，3]",
    "[web:1, web:3]",
    "(cite: 1, 3)",
    "(sources 1 and 3)",
    "(Quellen 1 und 3)",
    "【1】【3】",
    "【1, 3】",
    "⟦1⟧⟦3⟧",
    "[^1][^3]",
    "[^1^][^3^]",
    "[^1, ^3]",
    r"\cite{1,3}",
    r"\cite{1}\cite{3}",
    "¹,³",
    "<sup>1,3</sup>",
    "<sup>1</sup><sup>3</sup>",
    "<sup>[1]</sup><sup>[3]</sup>",
    "<ref>1</ref><ref>3</ref>",
    "[Source 1: a title, Source 3: another one]",
    "[source 1; see also source 3]",
    "[1或3]",
    "¹·³",
    "$^{1,3}$",
    "[1، 3]",
    "[1]、[3]",
    "[1]، [3]",
    "^[1,3]^",
]
# The third to the fifth.
RANGE = [
    "[3–5]",
    "[3]–[5]",
    "[3] - [5]",
    "[3 to 5]",
    "[3~5]",
    "[3至5]",
    "³⁻⁵",
    "[source 3 - source 5]",
]
# What no source is.
NONE = [
    "[9]",
    "[99]",
    "[excerpt 99]",
    "[Source 12]",
    "[web:12]",
    "(cite: 88)",
    "[memo 14]",
    "[来源12]",
    "【99】",
    "⟦99⟧",
    "[^99^]",
    "[^smith]",
    "[@smith2020]",
    "[@smith2020; @jones2019]",
    r"\cite{smith2020}",
    r"\citep{a, b}",
    "⁹⁹",
    "<sup>99</sup>",
    "<ref>99</ref>",
    '<ref name="x"/>',
    '<cite index="3-1"/>',
    '<grok:render card_id="a1" type="render_inline_citation">'
    '<argument name="citation_id">3</argument></grok:render>',
    "<oaicite:3/>",
    ":contentReference[oaicite:3]{index=3}",
    "[oaicite:3]",
    "\ue200cite\ue202turn0search1\ue202turn0news3\ue201",
    "\ue200cite\ue202turn0search1\ue201",
    "citeturn0search1turn0search2",
    "turn0search1",
    "(Source: World Bank)",
    "(Sources: World Bank, IMF)",
    "[Source: https://bad.org]",
    "(Smith 2020)",
    "(Smith, 2020)",
    "(Smith & Jones, 2020)",
    "(Smith et al., 2020; Jones, 2019)",
    "[Smith 2020]",
    "[99](https://bad.org)",
    "[Source 99](https://bad.org)",
    "<https://bad.org>",
    " (doi:10.1000/182)",
    " (arXiv:2101.00001)",
    " (PMID: 12345678)",
    " (see [99], p. 4)",
    " ([99], p. 4)",
    " (ref. [99])",
    " [reference [99]]",
    " (vgl. [99])",
    " (as per [99])",
    " (adapted from [99])",
    "（参见[99]）",
    " (来源：[99])",
    " *Source: [99]*",
    "<sup>[99]</sup>",
    "^[99]^",
    " [99]–[98]",
    ": [99]",
    " : [99]",
    " — [99]",
    " [ibid.]",
    " (ibid., p. 12)",
    " (World Bank, 2020)",
    " (World Bank, n.d.)",
    " (IMF, 2023a, 2023b)",
    "{{sfn|Smith|2020}}",
]
# What stays as it is.
TEXT = [
    "It grew in [2024] and (2023).",
    "It grew by 12 [12: not found on the cited pages] in [3: a note].",
    "It has 1,234 units, or [1,234] of them.",
    "Of 10 [USD 3] and 5 [EUR 12] went away.",
    "CO₂ and [CO2] at 10 mg, [H2], [Fe3] and [NO3].",
    "See [Figure 1], (Table 2), [Table 3], (Chapter 4), [Step 5], (图1) and [图2].",
    "(1) First, (2) second, (a) third.",
    "1) First",
    "The interval [0, 1] and the set {1, 2, 3}.",
    "In the range [1, 2], an x[1] and my_list[2] = [3, 4, 5].",
    "Code: `[99]`, `\\cite{99}`, `(cite: 88)` and `a[1]`.",
    "A formula $x_1[2]$, $$E = [1]$$, \\(a[1] + b^{[2]}\\) and \\[c_{[3]}\\].",
    "An area of 5 m², 10 km², 50mW/cm², a volume of 3 m³ and R² = 0.9.",
    "模型的R²范围, SiO₄⁴⁻ and P₂O₇⁴⁻ as well as MoO₄²⁻.",
    "It says [Errno 111] Connection refused, and the [Alpha 2] team went on.",
    "It is 10⁶, 10⁻³, x², χ² and 5 miles² or 100 feet².",
    "H<sub>2</sub>O, 10<sup>6</sup>, m<sup>2</sup> and x<sup>2</sup>.",
    "《战狼2》、【中国人口已超4亿】 and 国办函〔2024〕20号.",
    "The agreement (Paris, 2015) was made in Paris by many.",
    "The games (Tokyo 2020) were held in Tokyo in 2021.",
    "In (September 2007), (since 2008), (Q3 2009) and (Fig. 3).",
    "It is (reference) or [sic], [...], [n], [TODO], [citation needed], (see 4).",
    "A ratio (n = 12), (p < 0.05), (95% CI 1-3), (1.2) and [1.2].",
    "- [ ] open\n- [x] done",
    "The sources 1 and 2 of income, source 3 of energy.",
    "Web 2.0 (web 2.0), Apollo 11 (Apollo 11), COVID (COVID 19), iPhone (iPhone 15).",
    "The (document) and the [document] say so.",
    "Level (level 3), type (Type 2), phase [Phase 2], version (Version 4).",
    "She said [he] left at [10:30].",
    "An array [[1.5, 2], [3, 4.5]] of numbers.",
    "A price of $5 [five] or $6; costs $$5 each.",
    "An e-mail to a@b.org and <b@c.org>.",
    "A <b>bold</b> word and x < 1 > y.",
    "A [2]rotaxane, [60]fullerene, (spiro[4.5]decane) and the nuclei [14]C and $^{14}$C, $^3$He.",
    "A mean 3.2 [1-5], 95% CI [1, 4] and values between [1, 5].",
    "The matrix [[1, 2], [3, 4]] is invertible.",
    "A sum (a + b)², (x)² and f(t)<sup>2</sup> of mass * velocity^2 in square metres².",
    "In [Psalm 23], [Season 2], [season 2], [Airbus 380], [Omega 3], [error 404] and [例6].",
    "The accords (Paris, 2015), (Kyoto, 1997) and (Rio, 1992); the games (Brazil, 2014).",
    'The film *2001* (Kubrick, 1968), "Animal Farm" (Orwell, 1945), *Milnesium* (Doyère, 1840).',
    "A [3,3]-sigmatropic shift, a [1,5]-hydride shift, K3[Fe(CN)6] and [Cu(NH3)4]2+.",
    "In Miller [2017] UKSC 5 and [2018] EWCA Civ 1; R v Smith [1974] AC 1.",
    "The list [3, 1, 2], a scale of [1 to 5], and it returns [4, 2].",
    "It won (Best Picture 1995) and the (World Cup 2014) on (Monday, 2020).",
]


def written(form: str) -> str:
    return f"They live everywhere{form}. They dry out."


@pytest.mark.parametrize("form", FIRST)
def test_a_form_of_a_source_becomes_its_number(form: str) -> None:
    text, removed = check(written(form), FOUND, {})
    assert text.replace(" [1]", "[1]") == "They live everywhere[1]. They dry out."
    assert removed == 0


@pytest.mark.parametrize("form", TWO)
def test_a_form_of_two_sources_becomes_their_numbers(form: str) -> None:
    numbers: dict[str, int] = {}
    text, removed = check("Before [1][3]. " + written(form), FOUND, numbers)
    assert text.replace(" [", "[") == "Before[1, 2]. They live everywhere[1, 2]. They dry out."
    assert removed == 0 and len(numbers) == 2


@pytest.mark.parametrize("form", RANGE)
def test_a_range_becomes_all_that_are_in_it(form: str) -> None:
    text, removed = check(written(form), FOUND, {})
    assert text.replace(" [", "[") == "They live everywhere[1, 2, 3]. They dry out."
    assert removed == 0


@pytest.mark.parametrize("form", NONE)
def test_a_form_of_no_source_goes_and_is_counted(form: str) -> None:
    text, removed = check(written(form), FOUND, {})
    assert text == "They live everywhere. They dry out."
    assert removed >= 1


@pytest.mark.parametrize("form", FIRST + TWO)
def test_without_sources_each_form_goes(form: str) -> None:
    text, removed = check(written(form), [], {})
    is_name = "biology" in form and "ource" not in form
    assert removed or is_name
    assert is_name or text == "They live everywhere. They dry out."


@pytest.mark.parametrize("text", TEXT)
def test_what_only_looks_like_a_reference_stays(text: str) -> None:
    assert check(text, FOUND, {}) == (text, 0)


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("It costs $$5 [99] and $$6 [1].", "It costs $$5 and $$6 [1]."),
        ("An open $$ x [99] that never ends [1].", "An open $$ x that never ends [1]."),
        ("$$\na = [1]\n$$ and [99]", "$$\na = [1]\n$$ and"),
        ("An open \\( [99] and [1].", "An open \\( [1]."),
        ("Open ``code [99] and [1].", "Open ``code [1]."),
    ],
)
def test_what_is_left_open_hides_nothing(text: str, becomes: str) -> None:
    assert check(text, FOUND, {}).text == becomes


@pytest.mark.parametrize(
    "text, becomes",
    [
        ("According to [99], they live.", "They live."),
        ("They are small. Laut [99] leben sie.", "They are small. Leben sie."),
        ("They live, according to [99].", "They live."),
        ("They, according to [99], live.", "They live."),
        ("根据[99]，它们活着。", "它们活着。"),
        ("- Selon [99], oui\n- Согласно [99], да", "- Oui\n- Да"),
        ("According to [99] and [1], yes.", "According to [1], yes."),
        ("As reported in [99], they live. In [99], too.", "They live. Too."),
        ("They live. See [99] for more details.", "They live."),
        ("They live [1]; see [99].", "They live [1]."),
        ("[99] says that they live. [98] also shows that they sing.", "They live. They sing."),
        ("However, source [99] says that they live.", "However, they live."),
        ("However, [99], they live. [98], they sing.", "However, they live. They sing."),
        ("They were as described in [99].", "They were as described in."),
        ("[99] reports a rise. [98] and [99] agree.", "A source reports a rise. Sources agree."),
        (
            "In contrast, [99] found none. Source [98] is old.",
            "In contrast, a source found none. A source is old.",
        ),
        (
            "[99]'s data shows it, as the authors of [98] did.",
            "A source's data shows it, as the authors of a source did.",
        ),
        (
            "By [Jo](https://bad.org)'s count; in [The Documents](https://bad.org) of it.",
            "By Jo's count; in The Documents of it.",
        ),
        ("According to the source [99], yes. Per [99], no.", "Yes. No."),
        ("来源[99]指出，它们活着。据来源[99]，它们活着。", "它们活着。它们活着。"),
        ("[99]によると、生きている。", "生きている。"),
        ("[99] señala que viven.", "Viven."),
        ("它们活着（见[1]和[99]）。", "它们活着（见[1]）。"),
        ("They live in that range [1], of a list [99].", "They live in that range [1], of a list."),
    ],
)
def test_what_leads_to_a_reference_that_is_none_goes_with_it(text: str, becomes: str) -> None:
    assert check(text, FOUND, {}).text == becomes


@pytest.mark.parametrize(
    "title",
    ["## VII. References", "## Sources used", "## Notes and references", "## מקורות", "References",
     "REFERENCES:", "**Tài liệu tham khảo**", "## Kaynakça", "## Źródła", "## 参考リンク",
     "Works Cited"],
)  # fmt: skip
def test_a_list_of_references_goes_whatever_it_is_called(title: str) -> None:
    text = check(f"They live [1].\n\n{title}\n\n1. NASA\n2. Others", FOUND, {}).text
    assert text == "They live [1]."
    kept = "They live [1].\n\n## Sources of energy\n\nCoal is one."
    assert check(kept, FOUND, {}).text == kept


def test_an_author_is_told_from_a_place_by_the_text_around() -> None:
    assert check("It was so (Smith, 2020).", FOUND, {}).removed == 1
    assert check("Smith was there (Smith, 2020).", FOUND, {}).removed == 0
    assert check("Smith et al. (2019) and (Smith, 2020).", FOUND, {}).removed == 2
    assert check('They are "very small" (Smith, 2020), *so.* (Jones, 2020)', FOUND, {}).removed == 2


def test_digits_raised_side_by_side_are_sources_where_their_number_is_none() -> None:
    assert check("They live¹².", FOUND[:3], {}) == ("They live[1, 2].", 0)
    assert check("They live¹⁹.", FOUND[:3], {}) == ("They live.", 1)
