"""PDF as text, page by page."""

import contextlib
import math
from collections import Counter
from typing import Any

MAX_PAGES = 1000
MAX_CHARACTERS = 2_000_000
LOOKED_AT = 40  # characters of a page, to see which way they run


def pdf(body: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the text of each page, and the title that the file gives itself."""
    import pypdfium2

    document = pypdfium2.PdfDocument(body)
    has_fields = document.get_formtype() != pypdfium2.raw.FORMTYPE_NONE
    if has_fields:
        document.init_forms()
    pages: list[str] = []
    size = 0
    for number in range(min(len(document), MAX_PAGES)):
        if has_fields:
            fill_in(document[number])
        text = upright(document, number).get_text_bounded()
        pages.append(text)
        size += len(text)
        if size > MAX_CHARACTERS:
            break
    title = document.get_metadata_dict().get("Title", "")
    return {"pages": pages, "title": title, "is_cut": len(pages) < len(document)}


def fill_in(page: Any) -> None:
    """Make what somebody has filled into a form a part of the page."""
    import pypdfium2

    with contextlib.suppress(pypdfium2.PdfiumError):  # the rest of the page is there
        page.flatten()
    page.close()  # it has to be read anew


def upright(document: Any, number: int) -> Any:
    """Return the text of a page whose lines run from left to right.

    Where they run up or down, as those of wide tables do, PDFium gives them as one line.
    """
    import pypdfium2.raw as pdfium

    page = document[number]
    text = page.get_textpage()
    count = text.count_chars()
    places = range(0, count, max(1, count // LOOKED_AT))
    angles = [math.degrees(pdfium.FPDFText_GetCharAngle(text, place)) for place in places]
    [(angle, _)] = Counter(map(round, angles)).most_common(1) or [(0, 0)]
    left, bottom, right, top = page.get_bbox()
    if angle == 90:
        turn = pdfium.FS_MATRIX(0, 1, -1, 0, top, -left)
    elif angle == 270:
        turn = pdfium.FS_MATRIX(0, -1, 1, 0, -bottom, right)
    else:
        return text
    text.close()
    pdfium.FPDFPage_TransFormWithClip(page, turn, None)
    page.set_mediabox(0, 0, top - bottom, right - left)
    page.set_cropbox(0, 0, top - bottom, right - left)
    page.close()  # it has to be read anew
    return document[number].get_textpage()
