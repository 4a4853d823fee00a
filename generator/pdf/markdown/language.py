"""The language of a report, where it can be known, and the few words that are added to it in that.

Letters tell where they are one language's own. Else CLD3 does, Google's small network of letter
groups, by Chrome's developers: it is asked only about prose, and believed only where it is sure.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from generator.pdf.markdown.wording import iso_date, shorten

UNKNOWN = "und"  # as BCP 47 has it
_NO_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\$[^$\n]*\$|\\[a-zA-Z]+|(?<!\S)\S+[/@]\S+", re.S)
_LETTERS = {
    "ja": "\u3040-\u30ff", "ko": "\uac00-\ud7a3", "zh": "\u4e00-\u9fff", "he": "\u05d0-\u05ea",
    "bn": "\u0980-\u09ff", "pa": "\u0a00-\u0a7f", "gu": "\u0a80-\u0aff", "or": "\u0b00-\u0b7f",
    "ta": "\u0b80-\u0bff", "te": "\u0c00-\u0c7f", "kn": "\u0c80-\u0cff", "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff", "th": "\u0e00-\u0e7f", "lo": "\u0e80-\u0eff", "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff", "am": "\u1200-\u137f", "km": "\u1780-\u17ff", "hy": "\u0530-\u058f",
    "el": "\u0370-\u03ff",
}  # fmt: skip
_NAMES = {"iw": "he", "no": "nb"}  # CLD3's own
_ENOUGH = 2000  # characters
_FEW = 6  # different words; of fewer the network is as sure as of more, and wrong


class Words(NamedTuple):
    """What is added to a report in its language."""

    report: str
    page: str
    notes: str
    references: str


_ENGLISH = Words("Research Report", "Page {} of {}", "Notes", "References")
_WORDS = {
    "ar": Words("تقرير بحثي", "صفحة {} من {}", "ملاحظات", "المراجع"),
    "bn": Words("গবেষণা প্রতিবেদন", "পৃষ্ঠা {} / {}", "টীকা", "তথ্যসূত্র"),
    "ca": Words("Informe de recerca", "Pàgina {} de {}", "Notes", "Referències"),
    "cs": Words("Výzkumná zpráva", "Strana {} z {}", "Poznámky", "Zdroje"),
    "da": Words("Forskningsrapport", "Side {} af {}", "Noter", "Kilder"),
    "de": Words("Recherchebericht", "Seite {} von {}", "Anmerkungen", "Quellen"),
    "el": Words("Ερευνητική έκθεση", "Σελίδα {} από {}", "Σημειώσεις", "Παραπομπές"),
    "es": Words("Informe de investigación", "Página {} de {}", "Notas", "Referencias"),
    "fa": Words("گزارش پژوهشی", "صفحه {} از {}", "یادداشت‌ها", "منابع"),
    "fi": Words("Tutkimusraportti", "Sivu {} / {}", "Huomautukset", "Lähteet"),
    "fr": Words("Rapport de recherche", "Page {} sur {}", "Notes", "Références"),
    "he": Words("דוח מחקר", "עמוד {} מתוך {}", "הערות", "מקורות"),
    "hi": Words("शोध रिपोर्ट", "पृष्ठ {} / {}", "टिप्पणियाँ", "संदर्भ"),
    "hu": Words("Kutatási jelentés", "{}. oldal / {}", "Jegyzetek", "Források"),
    "id": Words("Laporan riset", "Halaman {} dari {}", "Catatan", "Referensi"),
    "it": Words("Rapporto di ricerca", "Pagina {} di {}", "Note", "Riferimenti"),
    "ja": Words("調査レポート", "{} / {} ページ", "注", "参考文献"),
    "ko": Words("연구 보고서", "{} / {}쪽", "주석", "참고문헌"),
    "mr": Words("संशोधन अहवाल", "पृष्ठ {} / {}", "टिपा", "संदर्भ"),
    "nb": Words("Forskningsrapport", "Side {} av {}", "Noter", "Kilder"),
    "ne": Words("अनुसन्धान प्रतिवेदन", "पृष्ठ {} / {}", "टिप्पणीहरू", "सन्दर्भ"),
    "nl": Words("Onderzoeksrapport", "Pagina {} van {}", "Noten", "Referenties"),
    "pl": Words("Raport badawczy", "Strona {} z {}", "Przypisy", "Źródła"),
    "pt": Words("Relatório de pesquisa", "Página {} de {}", "Notas", "Referências"),
    "ro": Words("Raport de cercetare", "Pagina {} din {}", "Note", "Referințe"),
    "ru": Words("Исследовательский отчёт", "Страница {} из {}", "Примечания", "Источники"),
    "sk": Words("Výskumná správa", "Strana {} z {}", "Poznámky", "Zdroje"),
    "sv": Words("Forskningsrapport", "Sida {} av {}", "Noter", "Källor"),
    "th": Words("รายงานการวิจัย", "หน้า {} จาก {}", "หมายเหตุ", "เอกสารอ้างอิง"),
    "tr": Words("Araştırma raporu", "Sayfa {} / {}", "Notlar", "Kaynaklar"),
    "uk": Words("Дослідницький звіт", "Сторінка {} з {}", "Примітки", "Джерела"),
    "vi": Words("Báo cáo nghiên cứu", "Trang {} / {}", "Ghi chú", "Tài liệu tham khảo"),
    "zh": Words("研究报告", "第 {} 页，共 {} 页", "注释", "参考文献"),
    "zh-Hant": Words("研究報告", "第 {} 頁，共 {} 頁", "註釋", "參考文獻"),
}


def words(language: str) -> Words:
    """English where we have no others."""
    return _WORDS.get(language, _ENGLISH)


def language_of(text: str) -> str:
    """The language of a Markdown text as BCP 47 names it, UNKNOWN where nothing tells."""
    text = _NO_PROSE.sub(" ", text[: 2 * _ENOUGH])[:_ENOUGH]
    latin = len(re.findall("[A-Za-z]", text))
    other = "".join(char for char in text if "\u0370" <= char <= "\ud7a3")
    for code, letters in _LETTERS.items() if len(other) > len(text) / 20 else ():
        # A Chinese word has two letters where an English one has five; names may be Latin anyway.
        found = re.findall(f"[{letters}]", other)
        if len(found) > len(text) / 20 and 3 * len(found) > latin:
            return _chinese("".join(found)) if code == "zh" else code
    if 3 * len(other) > latin:  # names in Latin letters would only mislead
        text = re.sub("[A-Za-z]+", " ", text)
    if len({*re.findall(r"[^\W\d_]{2,}", text)}) < _FEW:
        return UNKNOWN
    found_out = _detector().FindLanguage(text=" ".join(text.split()))
    language = str(found_out.language)
    # What has "-Latn" is what another script's words would be in Latin letters: mostly, it is none.
    if not found_out.is_reliable or found_out.probability < 0.8 or "-" in language:
        return UNKNOWN
    return _NAMES.get(language, language)


@lru_cache(1)
def _detector() -> Any:
    import gcld3

    return gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=_ENOUGH)


def _chinese(han: str) -> str:
    """Simplified, or traditional? By which of the two old encodings has more of the characters."""
    simple, traditional = (len(han.encode(name, "ignore")) for name in ("gb2312", "big5"))
    return "zh-Hant" if traditional > simple else "zh"


def long_date(text: str, language: str) -> str:
    """`2026-11-22` as 22 November 2026, in the language if it is known; any other text as it is."""
    if not (day := iso_date(text)):
        return shorten(text, 100)
    if language not in _WORDS:  # strftime("%B") would follow the worker's locale, and the bytes it
        months = (
            "January February March April May June July August September October November December"
        )
        return f"{day.day} {months.split()[day.month - 1]} {day.year}"
    from icu4py.messageformat import MessageFormat  # 20 ms

    # Of our own calendar, as in the text. A date without a time is of no time zone.
    return str(MessageFormat("{day, date, long}", f"{language}-u-ca-gregory").format({"day": day}))
