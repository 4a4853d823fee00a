"""What stands in a line: tokens of markdown-it become runs of text, one method per construct."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from markdown_it.token import Token

from generator.harmless import without_login
from generator.pdf.layout.picture import Pictures
from generator.pdf.markdown.parse import plain
from generator.pdf.text.fallback import Fonts
from generator.pdf.text.look import BLUE, GREY, HEIGHT, WIDTH, Box, Look, Run, Style

BODY = Style(10, 15, 8, 8)

_TAG = re.compile(r"<br\s*/?>|<(su[bp])>([^<>]+)</\1>", re.I)
_URL = re.compile(
    r"(?:https?://|(?<![\w@/.-])www\.(?=\w))[^\s<>\"`]*[^\s<>\"`.,;:!?)\]}'*_，。；：！？）」]",
    re.I,
)
# A picture in no syntax, or one that was cut off: its letters say nothing to anyone.
_DATA = re.compile(
    r"(?:!\[[^\]]{0,200}\]\(<?)?data:[\w/.+;=-]{1,100};base64,[A-Za-z0-9+/=%\\]*(?:>?\))?"
)
_NOTE = re.compile(r"\[[^\]]{1,40}\]:")  # the start of a note that stayed in the text
SMALLEST = 0.6  # a formula that must be smaller to fit is not readable: its source is
_LARGER = 1.06  # STIX's letters are lower than FiraGO's at the same size


class Inline:
    """Gathers the runs of the block that is open."""

    runs: list[Run]

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.style = BODY
        self.pictures = Pictures()
        self.start_runs()

    def start_runs(self) -> list[Run]:
        """Begin a new run of inline text; return the last one."""
        runs = getattr(self, "runs", [])
        self.runs = []
        self.bold = self.italic = self.strike = 0
        self.link = self.target = self.anchor = ""
        return runs

    def room(self) -> float:
        """How wide a line may be."""
        return float(WIDTH)

    def write(self, tokens: Iterable[Token]) -> None:
        """In a flat loop: text can nest deeper than Python recurses."""
        for token in tokens:
            construct: Callable[[Token], None] | None = getattr(self, token.type, None)
            if construct:
                construct(token)
            elif not token.type.endswith("_close"):
                self.add(token.content)  # something new in markdown-it is still not lost

    # Text

    def add(self, text: str, rise: float = 0, mono: bool = False, color: Any = None) -> None:
        """Append text, set as is the order now. `rise` is how far it is raised, in sizes."""
        style, code = self.style, mono and not self.style.mono
        color = color or (BLUE if self.link else style.color)
        bold, link, strike = style.bold or self.bold > 0, self.link, self.strike > 0
        for piece, face, shift in self.fonts.split(text, bold, self.italic > 0, mono or style.mono):
            shift = shift or rise
            size = style.size * (0.7 if shift else 0.92 if code else 1)
            raised = shift * style.size
            look = Look(face, size, color, raised, link, strike, code, self.anchor)
            self.runs.append((piece, look))
            if piece.strip("\n"):  # a line end has no place of its own
                self.anchor = ""

    def text(self, token: Token) -> None:
        at = 0
        if self.runs and self.runs[-1][0] == " " and _NOTE.match(token.content):
            self.runs[-1] = ("\n", self.runs[-1][1])  # notes on lines of their own stay there
        for tag in _TAG.finditer(token.content) if "<" in token.content else ():
            self.prose(token.content[at : tag.start()])
            if tag[1]:
                self.add(tag[2], rise=0.35 if tag[1].lower() == "sup" else -0.15)
            else:
                self.add("\n")
            at = tag.end()
        self.prose(token.content[at:])

    def prose(self, text: str) -> None:
        """Append text, with its addresses as links."""
        if ";base64," in text:
            text = _DATA.sub("[image]", text)
        at = 0
        has_any = not self.link and ("://" in text or "www." in text)
        for url in _URL.finditer(text) if has_any else ():
            self.add(text[at : url.start()])
            address = url[0] if "://" in url[0][:8] else f"http://{url[0]}"
            self.link = quote(address, safe=":/?#[]@!$&'()*+,;=%~") if is_web(address) else ""
            self.add(url[0])
            self.link, at = "", url.end()
        self.add(text[at:])

    def softbreak(self, token: Token) -> None:
        if "joined" not in token.meta:
            self.add(" ")

    def hardbreak(self, token: Token) -> None:
        self.add("\n")

    def code_inline(self, token: Token) -> None:
        self.add(token.content, mono=True)

    def strong_open(self, token: Token) -> None:
        self.bold += token.nesting

    def em_open(self, token: Token) -> None:
        self.italic += token.nesting

    def s_open(self, token: Token) -> None:
        self.strike += token.nesting

    strong_close, em_close, s_close = strong_open, em_open, s_open

    # Formulas

    def formula(self, token: Token) -> None:
        if not self.add_formula(token.meta, self.room(), HEIGHT / 2):
            self.code_inline(token)

    def add_formula(self, meta: dict[str, Any], width: float, height: float) -> bool:
        """Append a formula; False if it cannot be set so small, and its source is to be shown."""
        from generator.pdf.text import foreign
        from generator.pdf.text.formulas import SPOKEN, typeset

        size = self.style.size * _LARGER
        language = self.fonts.language[:2]
        spoken_in = language if language in SPOKEN else "en"
        formula = typeset(meta["latex"], meta["display"], spoken_in)
        if formula is None:
            return False
        ascent, descent = formula.ascent * size, formula.descent * size
        scale = min(1, width / (formula.width * size))
        if scale < SMALLEST or (ascent + descent) * scale > height:
            return False

        drawing = formula.drawing
        for letter in formula.letters:
            (_, face, _), *_ = self.fonts.split(letter.char, False, False, False)
            if not face.font.covers(letter.char):
                return False
            drawing += "\n" + foreign.drawing(letter, face.font)

        def draw(canvas: Any, x: float, y: float) -> None:
            unit = size / 1000
            canvas.addLiteral(f"{unit:g} 0 0 {unit:g} {x:.2f} {y:.2f} cm {drawing}")

        source = " ".join(meta["source"].split())
        other = spoken_in if spoken_in != language else ""
        self.add_box(
            Box(
                formula.width * size, ascent, descent, source, draw,
                spoken=formula.spoken, language=other,
            )
        )  # fmt: skip
        return True

    def add_box(self, box: Box) -> None:
        """Append what is no text."""
        face = next(self.fonts.split(" ", False, False, False))[1]
        color = BLUE if self.link else self.style.color
        look = Look(face, self.style.size, color, 0, self.link, self.strike > 0, False, self.anchor)
        self.runs.append(self.fonts.box(box, look))
        self.anchor = ""

    # Links

    def link_open(self, token: Token) -> None:
        href = str(token.attrs.get("href", ""))
        if is_web(href):
            self.link = without_login(href)
        elif href.startswith("#"):
            self.link = f"#{token.meta['name']}" if "name" in token.meta else ""
        elif not is_data(href) and token.markup != "autolink":
            self.target = href  # nothing to click on, but the reader may want to know it

    def link_close(self, token: Token) -> None:
        self.link = ""
        if self.target:
            self.add(f" ({self.target})", color=GREY)
        self.target = ""

    def image(self, token: Token) -> None:
        """Never opened or fetched: its description stands for it, linked to a source on the web.

        A picture that is there, as data, is drawn.
        """
        link, source = self.link, str(token.attrs.get("src", ""))
        data = is_data(source)
        if data and (box := self.pictures.box(source, plain(token), self.room(), 0.75 * HEIGHT)):
            self.add_box(box)
            return
        if not link and is_web(source):
            self.link = without_login(source)
        self.italic += 1
        self.add("[image: " if token.content or not data else "[image")
        self.write(token.children or [])
        self.link = self.link or link
        self.add("]" if token.content or data else f"{source}]")
        self.italic -= 1
        self.link = link

    # Notes and references

    def note_ref(self, token: Token) -> None:
        number, reference = token.meta["number"], token.meta["reference"]
        if self.runs and self.runs[-1][1].link.startswith("#note-"):
            self.add(",", rise=0.35)  # 1,2 is not 12
        link, self.link = self.link, f"#note-{number}"
        self.place(f"note-{number}-{reference}")
        self.add(str(number), rise=0.35)
        self.link = link

    def entry(self, token: Token) -> None:
        self.place(token.meta["name"])

    def place(self, name: str) -> None:
        """What comes next is what links to #name lead to."""
        if self.anchor:  # a run can have but one
            self.add(" ")
        self.anchor = name

    def citation_open(self, token: Token) -> None:
        self.link = f"#{token.meta['name']}"

    def citation_close(self, token: Token) -> None:
        self.link = ""


def is_data(url: str) -> bool:
    return url[:11].lower() == "data:image/"


def is_web(url: str) -> bool:
    """May it be clicked? ReportLab makes opening a file of `pdf:`; browsers take 2,000 letters."""
    return url.lower().startswith(("http://", "https://", "mailto:")) and len(url) <= 2000
