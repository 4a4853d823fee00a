"""What a PDF says."""

from pathlib import Path

from pypdf import PdfReader

PAGES_LEFT_OUT = "(pages left out)"


def pdf_text(path: Path | str, most: int | None = None) -> str:
    """The text of a PDF, on one line; of one with more than `most` pages the first and last three.

    Reading takes many times as long as writing.
    """
    pages = list(PdfReader(path).pages)
    if most is not None and len(pages) > most:
        texts = [page.extract_text() for page in pages[:3]]
        texts += [PAGES_LEFT_OUT, *[page.extract_text() for page in pages[-3:]]]
    else:
        texts = [page.extract_text() for page in pages]
    return " ".join(" ".join(texts).split())
