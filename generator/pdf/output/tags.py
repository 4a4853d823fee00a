"""The structure of a document for programs that read it aloud: what is a heading, a list, a table.

On the pages text is marked with numbers, and a tree of elements has these as its leaves. What is
not marked with an element is decoration. Text from right to left has no ActualText here: the
letters are on the page, and MuPDF turns round what it says.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]

_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%~"
Nesting = tuple[tuple[str, int], ...]  # the role and number of each element that is around a block


class Element:
    def __init__(
        self, role: str, parent: "Element | None", alt: str = "", language: str = ""
    ) -> None:
        self.role = role
        self.alt = alt  # a description of what is not text
        self.language = language  # where it is not the document's
        self.columns = 1  # of a table's cell
        # Elements; page and number of marked text; links.
        self.kids: list[Element | Annotation | tuple[int, int]] = []
        if parent:
            parent.kids.append(self)


class Annotation(NamedTuple):
    """An area of a page that can be clicked."""

    page: int
    area: tuple[float, float, float, float]
    target: str  # an address, or #name for a place in this document
    contents: str  # a description


class Heading(NamedTuple):
    """An entry of the outline."""

    title: str
    level: int  # 0 is the highest; at most one more than that of the heading before
    page: int
    top: float


class Tags:
    """The elements of one document."""

    def __init__(self) -> None:
        self.root = Element("Document", None)
        self.around: dict[Nesting, Element] = {(): self.root}
        self.pages: list[list[Element]] = [[]]  # of each page: whose its marked texts are
        self.links: list[tuple[Annotation, Element]] = []
        self.places: dict[str, tuple[int, float]] = {}  # pages and heights that links lead to
        self.headings: list[Heading] = []

    def at(self, path: Nesting) -> Element:
        """The innermost of the elements around a block."""
        found = self.around.get(path)
        if found is None:
            found = self.around[path] = Element(path[-1][0], self.at(path[:-1]))
        return found

    def mark(self, element: Element) -> str:
        """The operator that begins text of an element."""
        marked = self.pages[-1]
        number = len(marked)
        element.kids.append((len(self.pages) - 1, number))
        marked.append(element)
        return f"/{element.role}<</MCID {number}>>BDC"

    def link(
        self, element: Element, area: tuple[float, float, float, float], target: str, contents: str
    ) -> None:
        """Let an area of the page, on which text of the element is, lead to `target`."""
        annotation = Annotation(len(self.pages) - 1, area, target, contents)
        element.kids.append(annotation)
        self.links.append((annotation, element))

    def place(self, name: str, top: float) -> None:
        """Let links to #name lead to this height on the page."""
        self.places.setdefault(name, (len(self.pages) - 1, top))

    def heading(self, title: str, level: int, top: float) -> None:
        self.headings.append(Heading(title, level, len(self.pages) - 1, top))

    def next_page(self) -> None:
        self.pages.append([])

    def annots(self, first: int) -> dict[int, str]:
        """The entry of each page that has links; `first` is the number of the first link."""
        found: dict[int, str] = {}
        for number, (link, _) in enumerate(self.links, first):
            found[link.page] = f"{found.get(link.page, '')}{number} 0 R "
        return {page: f"/Annots[{numbers}]" for page, numbers in found.items()}

    def objects(self, pages: Sequence[int], first: int) -> tuple[bytes, list[bytes]]:
        """The root of the tree; and the links and elements, of which `first` is the number.

        `pages` are the numbers of the pages' objects.
        """
        annotated = {id(link): number for number, (link, _) in enumerate(self.links, first)}
        first += len(self.links)
        elements = [self.root]
        parents = [0]
        for number, element in enumerate(elements, first):
            kids = [kid for kid in element.kids if isinstance(kid, Element)]
            elements += kids
            parents += [number] * len(kids)
        numbers = {id(element): number for number, element in enumerate(elements, first)}
        parents[0] = first + len(elements)  # the root of the tree
        objects = [
            self._link_object(link, pages, len(pages) + number)
            for number, (link, _) in enumerate(self.links)
        ]
        for element, parent in zip(elements, parents, strict=True):
            shown, page = "", -1
            for kid in element.kids:
                if isinstance(kid, Element):
                    shown += f"{numbers[id(kid)]} 0 R "
                elif isinstance(kid, Annotation):
                    number = annotated[id(kid)]
                    shown += f"<</Type/OBJR/Pg {pages[kid.page]} 0 R/Obj {number} 0 R>> "
                elif page in (-1, kid[0]):
                    page = kid[0]
                    shown += f"{kid[1]} "
                else:  # the same element on a page further on
                    shown += f"<</Type/MCR/Pg {pages[kid[0]]} 0 R/MCID {kid[1]}>> "
            more = f"/Pg {pages[page]} 0 R" if page >= 0 else ""
            if element.alt:
                more += f"/Alt{string(element.alt)}"
            if element.language:
                more += f"/Lang({element.language})"
            if element.role == "TH" or element.columns > 1:
                scope = "/Scope/Column" * (element.role == "TH")
                columns = f"/ColSpan {element.columns}" * (element.columns > 1)
                more += f"/A<</O/Table{scope}{columns}>>"
            objects.append(f"<</S/{element.role}/P {parent} 0 R/K[{shown}]{more}>>".encode())
        rows = [
            f"{number}[{' '.join(f'{numbers[id(element)]} 0 R' for element in marked)}]"
            for number, marked in enumerate(self.pages)
        ]
        rows += [
            f"{number} {numbers[id(element)]} 0 R"
            for number, (_, element) in enumerate(self.links, len(pages))
        ]
        tree = f"<</Type/StructTreeRoot/K {first} 0 R/ParentTree<</Nums[{' '.join(rows)}]>>>>"
        return tree.encode(), objects

    def _link_object(self, link: Annotation, pages: Sequence[int], key: int) -> bytes:
        """`key` is where the parent tree has its element. Flag 4: it is there in print, too."""
        if link.target.startswith("#"):
            # A link without a place does less harm than no report.
            page, top = self.places.get(link.target[1:], (-1, A4[1]))
            leads = f"/Dest[{pages[page]} 0 R/XYZ 0 {top:.2f} null]"
        else:
            leads = f"/A<</S/URI/URI{string(quote(link.target, safe=_IN_ADDRESSES))}>>"
        area = " ".join(f"{length:.2f}" for length in link.area)
        return (
            f"<</Type/Annot/Subtype/Link/Rect[{area}]/Border[0 0 0]/F 4/P {pages[link.page]} 0 R"
            f"/StructParent {key}/Contents{string(link.contents)}{leads}>>"
        ).encode()


def string(text: str) -> str:
    """A text in a PDF."""
    if text.isascii() and text.isprintable():
        return "(" + re.sub(r"([\\\\()])", r"\\\1", text) + ")"
    return f"<feff{text.encode('utf-16-be').hex()}>"
