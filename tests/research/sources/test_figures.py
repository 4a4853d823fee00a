"""Numbers in texts: what they are worth, and whether a page has them."""

import pytest

from generator.research.sources.figures import claimed, is_among, values

PAGE = """
In 2023 the market was worth $1,187 million, or 1.2 billion; 45.3 percent of it in 12 countries.
Twenty-five million people; 一百二十 and 3万人; ١٢٣٤ users; 1.234.567 Euro; 12,5 %, half a million.
Two hundred and fifty-six. 4,321 tons on 2021-03-15. Output (in millions): 7,400. 0.38 of all.
"""


def missing(claim: str, page: str = PAGE) -> list[str]:
    found = values(page)
    return [figure.text for figure in claimed(claim) if not is_among(figure, found)]


@pytest.mark.parametrize(
    "claim",
    [
        "It was 1.2 billion in 2023, and 1,187 million to be exact.",
        "Some 45 % of it, or 45.3 per cent, in twelve countries.",
        "About 1,200 million dollars; nearly 4,300 tons.",
        "25 million people in 256 boats, 25,000,000 in all.",
        "共有120个国家，30,000 人，三万人。",
        "1,234 users paid 1,234,567 euros, up 12.5 %.",
        "There were 500,000 of them on 15 March 2021.",
        "The output was 7.4 billion, 38 % of all.",
        "In the 2020s it was three reasons, and 5 people.",
        "COVID-19, the A380, CO2 and H2O are no figures; nor is the chapter [99].",
        "2023年有12个国家。",
        "1. First\n2. Second\n10. Last",
        "It is 12 m long (about 39 ft).",
        "In 2020-21",
    ],
)
def test_figures_that_are_there(claim: str) -> None:
    page = PAGE + " 12 m, 2020"
    assert missing(claim, page) == []


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("20 % smoke, a third of the men.", "One in five adults smokes, and 33.3 percent of men."),
        ("1 in 20, nine out of ten; two thirds.", "5 % and 90 %; 66.7 %"),
        ("75 %, 33 %, 50 %, 25 %, 67 %", "three quarters, a third; half; 四分之一; zwei Drittel"),
        ("20%, 15%", "2割、1割半"),
        ("Twofold, by 100 %: a 10-fold rise", "It doubled, and rose tenfold"),
        ("1½ h; 2.5 million, 250,000", "1.5 h; two and a half million; a quarter of a million"),
        ("a quarter of a million in 1.5 h", "250,000 in one and a half hours"),
        ("5–7 million of 12", "between five and seven million of twelve"),
        ("21 Leute, 250, 32, 90, 25", "einundzwanzig, zweihundertfünfzig, treinta y dos,"
         " quatre-vingt-dix, двадцать пять"),
        ("3万5千人、1億2千万人", "35,000 people, 120 million"),
        ("35,000 and 50 million", "3만 5천 명, 5천만 명"),
        ("300,000,000 and 6.022e23", "3 × 10⁸ and 6.022 × 10²³"),
        ("10^6 cells, 10²³ of them", "a million cells"),
        ("In 1995, in the '90s, in the 19th century.", "1990–95"),
        ("On March 12, 2021; am 12.03.2021; 2021-03-12.", "12.03.2021"),
        ("On 12/03/2021 at 14:30.", "March 12th, 2021"),
        ("0.05", "p < .05"),
        ("8 Prozent, 7 por ciento", "acht Prozent und 7%"),
        ("4711 in 2020, 15 and 19", "2020,4711; 12,15,19"),
        ("We seize it and doze once; the elf had dix, quince and treize.", "nothing"),
        ("90 minutes, 48 hours, 18 months, 20 years",
         "1.5 hours; two days; a year and a half; two decades"),
        ("1.5 hours, 2 days, 3 weeks, 14 days", "90 minutes; 48 hours; 21 days; a fortnight"),
        ("In 30 minutes, 24 hours, 100 years", "half an hour, one day, a century"),
        ("1,200 MW, 2.4 GHz, 1.5 km, 250 mg", "1.2 GW; 2400 MHz; 1500 m; 0.25 g"),
        ("It is 12 hours; 36 Monate", "43,200 seconds and 720 to 730 minutes; 3 Jahre"),
        ("77 °F, 100 km, $0.05, 0.5 %", "25 °C; 62 miles; 5 cents; 50 basis points"),
        ("97 %, 66 %", "quatre-vingt-dix-sept; two-thirds"),
        ("Call +1 (212) 555-0123, 0800 123 4567; ISBN 978-3-16-148410-0.", "nothing"),
        ("20 %, 1.5 million, 7 percent; 2.5 million", "ein Fünftel, un million et demi, seven"
         " per cent, two and a half million"),
        ("1.25 million, 500,000, 1.5, 2 billion", "one and a quarter million, eine halbe Million,"
         " anderthalb; dos mil millones"),
        ("50 %, 33 %, 80 %, 0.5 %", "一半; 3분의 1; cuatro quintos; 5‰"),
        ("up 100 %, 200 %, 2.5x, 300 %", "twice as many; three times as many; 2.5-fold; vierfach"),
        ("3.2万亿元; 1,500,000,000,000 rupees", "3.2 trillion yuan, 1.5 lakh crore"),
        ("In FY2023-24 and in 2025", "fiscal 2023 and FY25"),
        ("50,000 km², 500 kPa, 10 m/s, 100 basis points", "5 million hectares; 5 bar; 36 km/h;"
         " 1 percentage point"),
        ("2.5 ha, 40,000 square metres", "25,000 m² and 4 hectares"),
        ("3 m³, 2,000 litres; 299,792 km/s", "3,000 litres; 2 cubic metres; 299 792 458 m/s"),
        ("An odds ratio of 1.45 (1·12 to 1.88)", "1·45 (95% CI 1.12–1·88); 3·10^8"),
        ("2.5 times as many; 70 %: Seven in ten", "150 % more than that, 70%"),
        ("From 1.2 to 1.4 billion, 7.4 billion", "1,187 million to 1.4 billion; in billions: 7.4"),
        ("1,011.5 in 2011", "2011,Esbjerg,1011.5\n2012,Esbjerg,1012.5"),
        ("As Figure 12, § 230, No. 15, ISO 27001, RFC 9110 and version 3.11.7 have it.", "nothing"),
        ("The Boeing 747 and the iPhone 15 with Python 3.12.", "nothing"),
    ],
)  # fmt: skip
def test_the_same_in_other_words(claim: str, page: str) -> None:
    assert missing(claim, page) == []


@pytest.mark.parametrize(
    "claim, figures",
    [
        ("It was 9.7 billion in 2024.", ["9.7 billion", "2024"]),
        ("Some 61 % in forty-one countries.", ["61 %", "forty-one"]),
        ("By 4,300 tons, as 4,321 were too many.", ["4,300"]),
        ("共有九千七百人。", ["九千七百"]),
        ("٩٨٧٦ users", ["9876"]),
        ("987,000 of them", ["987,000"]),
        ("12,7 % davon, 3 Mrd. Euro", ["12,7 %", "3 Mrd"]),
        ("It cost $8 and 9 GW, or 6 percent.", ["8", "9", "6 percent"]),
        ("8 Prozent, 8 pour cent, 8 por ciento, 8 процентов", ["8", "8", "8", "8"]),
        ("On 12.03.2017, the GDP 77 bn, in Germany 87 million.", ["2017", "77 bn", "87 million"]),
        ("77% (95% CI 66–88), ±7.7 %", ["77%", "95%", "66", "88", "7.7 %"]),
        ("It takes 80 minutes, 47 hours, 1.9 km.", ["80", "47", "1.9"]),
        ("3万6千人 and thirty-one, half a billion", ["3万6千", "thirty-one", "half a billion"]),
    ],
)
def test_figures_that_are_not(claim: str, figures: list[str]) -> None:
    assert missing(claim) == figures


@pytest.mark.parametrize(
    "claim, page",
    [
        ("4.1 billion", "4.1 million"),
        ("4.1 million", "some 4.1 billion, or 4100 million"),
        ("1.2 trillion", "1.2 billion"),
        ("12亿人", "1200万人"),
    ],
)
def test_a_word_for_another_scale_is_another_number(claim: str, page: str) -> None:
    assert missing(claim, page) == [claim.removesuffix("人")]


def test_one_number_as_several_countries_write_it() -> None:
    for written in ("1,234,567", "1.234.567", "1 234 567", "1\u202f234\u202f567", "1'234'567"):
        assert 1234567.0 in values(f"Es sind {written} Stück")
        assert missing("1234567 of them", written) == []
    for written in (
        "1,2 Milliarden",
        "1.2 billion",
        "1.200 Mio",
        "1,2 млрд",
        "12亿",
        "1200 million",
    ):
        assert missing("1.2 billion dollars", written) == [], written


def test_a_long_table_takes_no_time() -> None:
    assert len(values(" ".join(f"{n}.5" for n in range(20_000)))) >= 20_000


def test_signs_of_scale_without_end_are_no_number() -> None:
    assert values("一" + "亿" * 500) and values("9" * 500 + "亿")
