"""Make the pictures of pages anew, after a change that is meant to change how pages look.

    uv run python -m tests.pictures

`docs/pictures/` is what the documentation shows. `tests/pictures/` is what `test_scripts.py`
compares pages with, so look at the former before you commit the latter.
"""

from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

from generator.pdf import render

HERE = Path(__file__).parent
SAMPLES = sorted((HERE / "scripts").glob("*.md"))
SHOWN = ("arabic", "hebrew", "hindi", "thai", "chinese", "japanese", "korean", "emoji")


def page(pdf: bytes, scale: float, number: int = 0) -> Image.Image:
    """A page as PDFium draws it; at scale 1 a point is a pixel."""
    image: Image.Image = pypdfium2.PdfDocument(pdf)[number].render(scale=scale).to_pil()
    return image.convert("RGB")


def coarse(pdf: bytes) -> Image.Image:
    """The first page as a thumbnail: what is where, but not how its edges are smoothed."""
    return page(pdf, 1).convert("L").resize((149, 210), Image.Resampling.BOX)


def shown(pdf: bytes) -> Image.Image:
    """The first page, 600 pixels wide, without the empty part below its text."""
    image = page(pdf, 1200 / 515)
    body = image.crop((0, 0, image.width, int(image.height * 0.93)))
    white = Image.new("RGB", body.size, "white")
    bounds = ImageChops.difference(body, white).getbbox()
    assert bounds
    side = (image.width - 1200) // 2
    image = image.crop((side, 90, side + 1200, min(image.height, bounds[3] + 60)))
    image = image.resize((600, image.height // 2), Image.Resampling.LANCZOS)
    return image.quantize(64, dither=Image.Dither.NONE)


def main() -> None:
    docs = HERE.parent / "docs" / "pictures"
    docs.mkdir(parents=True, exist_ok=True)
    (HERE / "pictures").mkdir(exist_ok=True)
    for sample in SAMPLES:
        pdf = render(sample.read_text("utf-8"))
        coarse(pdf).quantize(64).save(HERE / "pictures" / f"{sample.stem}.png", optimize=True)
        if sample.stem in SHOWN:
            shown(pdf).save(docs / f"{sample.stem}.png", optimize=True)
    demo = (HERE.parent / "generator" / "demo" / "report.md").read_text("utf-8")
    report = render(demo, date="2026-11-24", model="demo: the bundled sample report")
    page(report, 1.1).quantize(64).save(docs / "page.png", optimize=True)
    formulas = render((HERE / "corpus" / "formulas.md").read_text("utf-8"))
    shown(formulas).save(docs / "formulas.png", optimize=True)


if __name__ == "__main__":
    main()
