"""Letters that no font has: which scripts are they of, and what is to be done."""

from collections.abc import Iterable

from generator.pdf.late import late

# What the fonts that come with this program have: nothing else needs a look, or a font loaded.
_USUAL = late(
    "[\t\n\r -~\u00a0-\u02af\u0370-\u0373\u0386-\u03ce\u0400-\u045f\u2010-\u2027\u2030-\u203a"
    "\u20ac\u2122"
    "\u2190-\u2193\u2200-\u2265\u3000-\u3002\u3041-\u3093\u30a1-\u30fc\u4e00-\u9fa5\uac00-\ud7a3"
    "\uff01-\uff5e\U0001f300-\U0001f5ff]"
)


def missing_scripts(text: str, font: str | None) -> list[str]:
    """Return the names of the scripts of which `render` cannot draw letters that `text` has.

    Signs of no script count as "other signs". `font` is that of `render`. Raises UnusableFont.
    """
    unusual = "".join(sorted(set(_USUAL.sub("", text))))
    if not unusual:
        return []
    from generator.pdf.text.fallback import Fonts

    fonts = Fonts(text, font)
    for char in unusual:
        for _ in fonts.split(char, False, False, False):
            pass
    return sorted(fonts.missing)


def advice(scripts: Iterable[str]) -> str:
    """What to tell a person of them."""
    return (
        f"No font here has letters of: {', '.join(scripts)}. Their names are printed in brackets."
        " Set PDF_FONT in .env to the path of a font with them (.ttf, .otf, .ttc)."
    )
