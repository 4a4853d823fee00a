"""The report's text before it is parsed, and the few words that are added to it."""

import re
from datetime import date as calendar_date

# Of two letters at least, or what is left of a formula would count.
_COMMON = {
    "en": "the and of is", "de": "der und die ist", "fr": "le et les des", "es": "el los las del",
    "it": "il di che non", "pt": "os do da não", "nl": "de het een van", "ru": "и в не на",
}  # fmt: skip
_NO_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\$[^$\n]*\$|\\[a-zA-Z]+|(?<!\S)\S+[/@]\S+", re.S)
# Letters that are one language's own, or mostly so.
_LETTERS = {
    "ja": "\u3040-\u30ff", "ko": "\uac00-\ud7a3", "zh": "\u4e00-\u9fff", "he": "\u05d0-\u05ea",
    "ur": "\u0679\u0688\u0691\u06ba\u06be\u06d2", "fa": "\u067e\u0686\u0698\u06a9\u06af\u06cc",
    "ar": "\u0621-\u064a", "hi": "\u0900-\u097f", "bn": "\u0980-\u09ff", "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff", "or": "\u0b00-\u0b7f", "ta": "\u0b80-\u0bff", "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff", "ml": "\u0d00-\u0d7f", "si": "\u0d80-\u0dff", "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff", "my": "\u1000-\u109f", "ka": "\u10a0-\u10ff", "am": "\u1200-\u137f",
    "km": "\u1780-\u17ff", "hy": "\u0530-\u058f", "el": "\u0370-\u03ff",
}  # fmt: skip
HEADINGS_OF_NOTES = {
    "de": "Anmerkungen", "fr": "Notes", "es": "Notas", "it": "Note", "pt": "Notas",
    "nl": "Noten", "ru": "Примечания", "ja": "注", "ko": "주석", "zh": "注释", "ar": "ملاحظات",
    "he": "הערות", "hi": "टिप्पणियाँ", "el": "Σημειώσεις",
}  # fmt: skip
HEADINGS_OF_REFERENCES = {
    "de": "Quellen", "fr": "Références", "es": "Referencias", "it": "Riferimenti",
    "pt": "Referências", "nl": "Referenties", "ru": "Источники", "ja": "参考文献",
    "ko": "참고문헌", "zh": "参考文献", "ar": "المراجع", "he": "מקורות", "hi": "संदर्भ",
    "el": "Παραπομπές",
}  # fmt: skip


def clean(text: str) -> str:
    """NUL and lone surrogates, which no PDF can hold, become U+FFFD; line ends, line feeds."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"\r\n?", "\n", text).replace("\0", "\ufffd")


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut after a word where there is one to cut after."""
    text = " ".join(text[: 20 * limit].split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head).rstrip(" ,.;:") + "…"


def same_letters(one: str, other: str) -> bool:
    """Do two texts differ in spaces, signs and capitals at most?"""
    plain, plain_other = ("".join(filter(str.isalnum, text.lower())) for text in (one, other))
    return plain == plain_other


def iso_date(text: str) -> calendar_date | None:
    """The day that `2026-11-22` means; None for any other text."""
    try:
        return calendar_date.fromisoformat(text)
    except ValueError:
        return None


def long_date(text: str) -> str:
    """`2026-11-22` as 22 November 2026; any other text as it is."""
    if not (day := iso_date(text)):
        return shorten(text, 100)
    # strftime("%B") would follow the worker's locale, and the bytes with it.
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def language_of(text: str) -> str:
    """A guess, for screen readers: by script where that tells, else by the commonest words."""
    text = _NO_PROSE.sub(" ", text)
    latin = len(re.findall("[A-Za-z]", text))
    for code, letters in ({} if text.isascii() else _LETTERS).items():
        # A Chinese word has two letters where an English one has five; names may be Latin anyway.
        if (count := len(re.findall(f"[{letters}]", text))) > len(text) / 20 and 3 * count > latin:
            return code
    words = re.findall(r"\w+", text.lower())
    return max(_COMMON, key=lambda code: sum(map(words.count, _COMMON[code].split())))
