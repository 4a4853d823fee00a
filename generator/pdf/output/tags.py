"""The structure of a document for programs that read it aloud: what is a heading, a list, a table.

On the pages text is marked with numbers, and a tree of elements has these as its leaves. What is
not marked with an element is decoration.
"""

from collections.abc import Sequence

Nesting = tuple[tuple[str, int], ...]  # the role and number of each element that is around a block


class Element:
    def __init__(self, role: str, parent: "Element | None", alt: str = "", text: str = "") -> None:
        self.role, self.parent = role, parent
        self.alt = alt  # a description of what is not text
        self.text = text  # as it is written, where the marked text runs from right to left
        self.kids: list[Element | tuple[int, int]] = []  # elements; page and number of marked text
        if parent:
            parent.kids.append(self)


class Tags:
    """The elements of one document."""

    def __init__(self) -> None:
        self.root = Element("Document", None)
        self.around: dict[Nesting, Element] = {(): self.root}
        self.pages: list[list[Element]] = [[]]  # of each page: whose its marked texts are

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

    def next_page(self) -> None:
        self.pages.append([])

    def objects(self, pages: Sequence[int], first: int) -> tuple[bytes, list[bytes]]:
        """The root of the tree, and its elements as objects of which `first` is the number.

        `pages` are the numbers of the pages' objects.
        """
        elements = [self.root]
        for element in elements:
            elements += [kid for kid in element.kids if isinstance(kid, Element)]
        numbers = {id(element): number for number, element in enumerate(elements, first)}
        root = first + len(elements)
        objects = []
        for element in elements:
            parent = numbers[id(element.parent)] if element.parent else root
            kids, page = "", -1
            for kid in element.kids:
                if isinstance(kid, Element):
                    kids += f"{numbers[id(kid)]} 0 R "
                elif page in (-1, kid[0]):
                    page = kid[0]
                    kids += f"{kid[1]} "
                else:  # the same element on a page further on
                    kids += f"<</Type/MCR/Pg {pages[kid[0]]} 0 R/MCID {kid[1]}>> "
            more = f"/Pg {pages[page]} 0 R" if page >= 0 else ""
            for name, text in (("Alt", element.alt), ("ActualText", element.text)):
                if text:
                    more += f"/{name}<feff{text.encode('utf-16-be').hex()}>"
            objects.append(f"<</S/{element.role}/P {parent} 0 R/K[{kids}]{more}>>".encode())
        rows = (
            f"{number}[{' '.join(f'{numbers[id(element)]} 0 R' for element in marked)}]"
            for number, marked in enumerate(self.pages)
        )
        tree = f"<</Type/StructTreeRoot/K {first} 0 R/ParentTree<</Nums[{' '.join(rows)}]>>>>"
        return tree.encode(), objects
