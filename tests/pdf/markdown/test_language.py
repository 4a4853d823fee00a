"""Is the language known, or not claimed; and do the few words that are added speak it?"""

import pytest

from generator.pdf.markdown.language import UNKNOWN, language_of, long_date, words

TEXTS = {
    "en": "The model writes each section from what it found, "
    "and the report says where a figure comes from.",
    "de": "Das Modell schreibt jeden Abschnitt aus dem, was es "
    "gefunden hat, und der Bericht sagt, woher eine Zahl kommt.",
    "fr": "Le modèle écrit chaque section à partir de ce qu'il "
    "a trouvé, et le rapport indique d'où vient un chiffre.",
    "es": "El modelo escribe cada sección a partir de lo que "
    "encontró, y el informe dice de dónde viene una cifra.",
    "pt": "O modelo escreve cada seção a partir do que "
    "encontrou, e o relatório diz de onde vem um número.",
    "it": "Il modello scrive ogni sezione a partire da ciò che "
    "ha trovato, e il rapporto dice da dove viene una cifra.",
    "nl": "Het model schrijft elk hoofdstuk op basis van wat het "
    "heeft gevonden, en het rapport zegt waar een cijfer vandaan komt.",
    "pl": "Model pisze każdą część na podstawie tego, co "
    "znalazł, a raport mówi, skąd pochodzi dana liczba.",
    "cs": "Model píše každou část podle toho, co našel, a zpráva říká, odkud číslo pochází.",
    "sk": "Model píše každú časť podľa toho, čo našiel, a správa hovorí, odkiaľ číslo pochádza.",
    "sv": "Modellen skriver varje avsnitt utifrån vad den har "
    "hittat, och rapporten säger varifrån en siffra kommer.",
    "da": "Modellen skriver hvert afsnit ud fra det, den har "
    "fundet, og rapporten siger, hvor et tal kommer fra.",
    "nb": "Modellen skriver hvert avsnitt ut fra det den har "
    "funnet, og rapporten sier hvor et tall kommer fra.",
    "fi": "Malli kirjoittaa jokaisen osan sen perusteella, mitä se "
    "löysi, ja raportti kertoo, mistä luku on peräisin.",
    "hu": "A modell minden fejezetet abból ír meg, amit "
    "talált, és a jelentés megmondja, honnan származik egy szám.",
    "ro": "Modelul scrie fiecare secțiune pornind de la ceea ce "
    "a găsit, iar raportul spune de unde provine o cifră.",
    "tr": "Model her bölümü bulduklarından yola çıkarak yazar "
    "ve rapor bir sayının nereden geldiğini söyler.",
    "vi": "Mô hình viết từng phần dựa trên những gì nó tìm "
    "thấy, và báo cáo cho biết con số đến từ đâu.",
    "id": "Model menulis setiap bagian berdasarkan apa yang ditemukannya, "
    "dan laporan menyebutkan dari mana sebuah angka berasal.",
    "ca": "El model escriu cada secció a partir del que "
    "ha trobat, i l'informe diu d'on ve una xifra.",
    "ru": "Модель пишет каждый раздел по тому, что "
    "нашла, а в отчёте сказано, откуда взялась цифра.",
    "uk": "Модель пише кожен розділ на основі того, що "
    "знайшла, а у звіті сказано, звідки взялася цифра.",
    "bg": "Моделът пише всеки раздел въз основа на това, което "
    "е намерил, а докладът казва откъде идва дадено число.",
    "sr": "Модел пише сваки одељак на основу онога што "
    "је нашао, а извештај каже одакле потиче неки број.",
    "ar": "يكتب النموذج كل قسم مما وجده، ويذكر التقرير مصدر كل رقم.",
    "fa": "مدل هر بخش را بر پایهٔ آنچه یافته است می‌نویسد و گزارش می‌گوید که هر عدد از کجا آمده است.",
    "ur": "ماڈل ہر حصہ اس کی بنیاد پر لکھتا ہے جو اسے "
    "ملا، اور رپورٹ بتاتی ہے کہ کوئی عدد کہاں سے آیا ہے۔",
    "he": "המודל כותב כל פרק לפי מה שמצא, והדוח אומר מאין בא כל מספר.",
    "hi": "मॉडल हर खंड उसी से लिखता है जो उसने पाया, और रिपोर्ट बताती है कि कोई आँकड़ा कहाँ से आया है।",
    "mr": "मॉडेल प्रत्येक विभाग त्याला जे सापडले त्यावरून लिहिते, आणि अहवाल सांगतो की आकडा कुठून आला आहे.",
    "ne": "मोडेलले आफूले भेटेका कुराका आधारमा प्रत्येक खण्ड लेख्छ, र प्रतिवेदनले कुनै अङ्क कहाँबाट आयो भन्छ।",
    "bn": "মডেলটি যা খুঁজে পেয়েছে তা থেকে প্রতিটি অংশ লেখে, এবং প্রতিবেদনে বলা থাকে সংখ্যাটি কোথা থেকে এসেছে।",
    "ta": "மாதிரி தான் கண்டறிந்தவற்றிலிருந்து ஒவ்வொரு பகுதியையும் எழுதுகிறது, "
    "ஓர் எண் எங்கிருந்து வந்தது என்று அறிக்கை சொல்கிறது.",
    "th": "แบบจำลองเขียนแต่ละส่วนจากสิ่งที่พบ และรายงานบอกว่าตัวเลขมาจากไหน",
    "el": "Το μοντέλο γράφει κάθε ενότητα από όσα βρήκε, "
    "και η έκθεση λέει από πού προέρχεται ένας αριθμός.",
    "ja": "モデルは見つけたものをもとに各節を書き、報告書は数字の出所を示します。",
    "ko": "모델은 찾은 것을 바탕으로 각 절을 쓰고, 보고서는 숫자가 어디에서 왔는지 말합니다.",
    "zh": "模型根据找到的内容撰写每一节，报告说明数字的来源。",
    "sw": "Modeli huandika kila sehemu kutokana na kile "
    "ilichopata, na ripoti husema takwimu inatoka wapi.",
    "zh-Hant": "模型根據找到的內容撰寫每一節，報告說明數字的來源。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_language_of_a_sentence(language: str) -> None:
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize("language", TEXTS)
def test_language_of_a_report(language: str) -> None:
    """With what every report has: addresses, names, code and formulas."""
    foreign = "\n\n```python\nfor each in the_list: print(each)\n```\n\n[1] https://example.com/the-page\n"
    text = f"# Temporal\n\n{(TEXTS[language] + ' (OpenAI, $E = mc^2$). ') * 3}{foreign}"
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12.4 % – 9.8 %",
        "Python API JSON HTTP",
        "`the` and `of`",
        "# Title\n\nShort.",
        "x " * 50,
    ],
)
def test_what_tells_nothing_is_not_claimed(text: str) -> None:
    assert language_of(text) == UNKNOWN


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "28 November 2026"),
        (UNKNOWN, "28 November 2026"),
        ("de", "28. November 2026"),
        ("fr", "28 novembre 2026"),
        ("cs", "28. listopadu 2026"),
        ("zh", "2026年11月28日"),
        ("fa", "۲۸ نوامبر ۲۰۲۶"),
    ],
)
def test_dates(language: str, date: str) -> None:
    assert long_date("2026-11-28", language) == date


def test_a_date_that_is_none_stays_as_it_is() -> None:
    assert long_date("in autumn", "de") == "in autumn"


@pytest.mark.parametrize("language", TEXTS)
def test_words(language: str) -> None:
    found = words(language)
    assert found.page.format(2, 5) != found.page
    assert all(found)
