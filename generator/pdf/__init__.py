"""Markdown in, PDF bytes out. Knows nothing of the rest of this program.

Importing this costs nothing: ReportLab and HarfBuzz are loaded by the first report. Read `document`
first (the whole way), then the rooms: `markdown/` (what a text says), `text/` (letters), `layout/`
(blocks and pages), `output/` (the file). `errors` has what can be wrong, `missing` tells of letters
that no font has, and `late` compiles patterns when they are first used.
"""

from generator.pdf.errors import UnprintableReport as UnprintableReport
from generator.pdf.errors import UnusableFont as UnusableFont
from generator.pdf.missing import advice as advice
from generator.pdf.missing import missing_scripts as missing_scripts


def render(
    content: str, *, topic: str = "", date: str = "", model: str = "", font: str | None = None
) -> bytes:
    """Return `content`, a Markdown text, as a PDF. The same arguments always give the same bytes.

    `topic` is the title, unless the text brings its own. `date` is ISO ("2026-11-22") or any text;
    `model` is named beside it. `font` is the path of a TrueType or OpenType file (.ttf, .otf,
    .ttc), or several with `os.pathsep` between them: for what the fonts that come with this program
    cannot draw, and for the scripts that they are made for.
    Raises UnprintableReport when there is nothing to print, or far too much, and UnusableFont.
    Any number of threads may call this at once.
    """
    from generator.collector import collector_paused
    from generator.pdf.document import render

    with collector_paused():
        return render(content, topic=topic, date=date, model=model, font=font)


def check_font(font: str) -> None:
    """Raise UnusableFont if `render` could not use a font file that `font` names."""
    from generator.pdf.text.fonts import users

    users(font)
