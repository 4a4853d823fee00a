"""A picture that is data is drawn; its letters are never printed."""

import base64
import io
import re
import time
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from generator.pdf import render

ONE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def data(image: Any, format: str = "PNG", **options: Any) -> str:
    file = io.BytesIO()
    image.save(file, format, **options)
    return f"data:image/{format.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def seen(markdown: str) -> tuple[list[tuple[int, int]], str]:
    """The sizes of the pictures in a PDF, and its text."""
    reader = PdfReader(io.BytesIO(render(markdown)))
    images = [image.image.size for page in reader.pages for image in page.images if image.image]
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    text = re.sub("Research Report|Page 1 of 1", "", text)
    return images, " ".join(text.split())


RED = Image.new("RGB", (40, 20), "red")


@pytest.mark.parametrize(
    "image",
    [
        RED, RED.convert("P"), RED.convert("L"), RED.convert("1"), RED.convert("RGBA"),
        Image.new("LA", (40, 20), (9, 99)), Image.new("I;16", (40, 20), 30000),
        Image.new("RGBA", (40, 20), (255, 0, 0, 60)),
    ],
    ids=lambda image: image.mode,
)  # fmt: skip
def test_png(image: Any) -> None:
    images, text = seen(f"A ![the chart]({data(image)}) in a line.")
    assert images[0] == (40, 20)
    assert "A" in text and "in a line." in text and "base64" not in text and "iVBO" not in text


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpeg(mode: str) -> None:
    assert seen(f"![]({data(RED.convert(mode), 'JPEG')})")[0] == [(40, 20)]


def test_a_photo_that_lies_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert seen(f"![]({data(RED, 'JPEG', exif=exif)})")[0] == [(20, 40)]


@pytest.mark.parametrize(
    "markdown",
    [
        f"A formula ![][image1] in a line.\n\n[image1]: <data:image/png;base64,{ONE}>",
        f"![x]( data:image/png;base64,{ONE} 'title')",
        f"<img alt='x' src='data:image/png;base64,{ONE}' width=10>",
        f"| a |\n|---|\n| ![x](data:image/png;base64,{ONE}) |",
        f"[![x](data:image/png;base64,{ONE})](https://e.com)",
        f"# ![x](data:image/png;base64,{ONE})\n\ntext",
        f"> - ![x](DATA:image/png;base64,{ONE})".replace("DATA:image", "data:image"),
        f"![x](data:image/png;charset=utf-8;base64,{ONE.rstrip('=')})",
    ],
)
def test_wherever_it_stands(markdown: str) -> None:
    images, text = seen(markdown)
    assert images == [(1, 1)]
    assert "iVBO" not in text and "base64" not in text


@pytest.mark.parametrize(
    "source",
    [
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA",  # cut off
        "data:image/png;base64,%%%%", "data:image/png;base64,", "data:image/png;base64,AAAA",
        "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=", data(RED, "GIF"), data(RED, "WEBP"),
        data(RED, "TIFF"), data(Image.new("1", (5000, 5000))),
    ],
    ids=lambda source: source[:40] + str(len(source)),
)  # fmt: skip
def test_what_is_not_drawn(source: str) -> None:
    assert seen(f"A ![]({source}) b ![some *words*]({source}) c") == (
        [],
        "A [image] b [image: some words] c",
    )


@pytest.mark.parametrize(
    "text",
    [
        f"data:image/png;base64,{ONE}",
        f"Cut off: ![x](data:image/png;base64,{ONE}",
        f"[a link](data:image/png;base64,{ONE})",
        f"[unused]: data:image/png;base64,{ONE}\n\ntext",
    ],
)
def test_letters_without_a_picture_are_never_printed(text: str) -> None:
    assert "iVBO" not in seen(text)[1]


@pytest.mark.slow
def test_all_pictures_together_are_bounded() -> None:
    """Some 100 kB unpack to half a gigabyte; a page shows what fits."""
    pictures = [data(Image.new("L", (3400, 3400), shade)) for shade in range(40)]
    started = time.process_time()
    images, _ = seen("\n\n".join(f"![]({picture})" for picture in pictures))
    assert len(images) == 3 and all(width < 1500 for width, _ in images)
    assert time.process_time() - started < 30


def test_the_same_bytes() -> None:
    text = f"![]({data(RED)}) ![]({data(RED, 'JPEG')}) ![]({data(RED)})"
    assert render(text) == render(text)
    assert len(seen(text)[0]) == 2  # the same picture is in the file once


def test_a_tall_picture_fits_its_page() -> None:
    reader = PdfReader(
        io.BytesIO(render(f"## A heading\n\n![]({data(Image.new('L', (50, 2000)))})"))
    )
    assert len(reader.pages) == 1
