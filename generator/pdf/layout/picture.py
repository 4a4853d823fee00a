"""Pictures that are in the text itself, as `data:image/png;base64,...`.

Nothing is opened but these bytes, as PNG or JPEG and no other of the many formats that Pillow
knows, and only where they unpack to a picture of a size that a page can show.
"""

import re
from base64 import b64decode
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from generator.pdf.text.look import WIDTH, Box

_DATA = re.compile(r"data:image/[\w.+-]{1,40}(?:;[\w.=+-]{1,60}){0,3};base64,", re.I)
_PIXELS, _PIXELS_IN_ALL = 12_000_000, 40_000_000
_POINTS = 0.75  # a pixel, as on a screen
_MOST = round(WIDTH / 72 * 220)  # pixels across; what has more is made smaller


class Pictures:
    """Those of one document."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}  # readers of ReportLab, or None, by their data
        self.left = _PIXELS_IN_ALL

    def box(self, source: str, description: str, width: float, height: float) -> Box | None:
        """What draws the picture, within a width and a height; None if it is none, or too large."""
        if source not in self.known:
            self.known[source] = self._read(source)
        if (found := self.known[source]) is None:
            return None
        reader, across, down = found
        scale = min(_POINTS, width / across, height / down)
        across, down = across * scale, down * scale

        def draw(canvas: Any, x: float, y: float) -> None:
            canvas.drawImage(reader, x, y, across, down, mask="auto")

        return Box(across, down, 0, description or "a picture, not described", draw, role="Figure")

    def _read(self, source: str) -> tuple[Any, int, int] | None:
        from PIL import Image, ImageOps
        from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]

        header = _DATA.match(source)
        if header is None:
            return None
        letters = re.sub(r"\s", "", unquote(source[header.end() :])).rstrip("=")
        try:
            data = b64decode(letters + "=" * (-len(letters) % 4), validate=True)
            image: Any = Image.open(BytesIO(data), formats=["PNG", "JPEG"])
            width, height = image.size
            if not 0 < width * height <= min(_PIXELS, self.left):
                return None
            self.left -= width * height
            turned = image.getexif().get(0x0112, 1) != 1
            image.load()
            if image.format == "JPEG" and image.mode in ("L", "RGB") and not turned:
                return ImageReader(BytesIO(data)), width, height
            if turned:
                image = ImageOps.exif_transpose(image)
                width, height = image.size
            image = _plain(image)
            if width > _MOST:
                image = image.resize((_MOST, max(1, height * _MOST // width)))
            return ImageReader(image), width, height
        except Exception:  # whatever it is that a decoder raises over the data of strangers
            return None


def _plain(image: Any) -> Any:
    """In grey or RGB, with transparency if it has some."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    transparent = image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info
    if transparent:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
