"""The outline of a document, which readers show beside its pages: its headings, as a tree."""

from collections.abc import Sequence
from itertools import pairwise

from generator.pdf.output.tags import Heading, string


def outline_objects(
    headings: Sequence[Heading], pages: Sequence[int], root: int, first: int
) -> tuple[bytes, list[bytes]]:
    """The outline, and its entries, of which `first` is the number; `root` is the outline's.

    `pages` are the numbers of the pages' objects.
    """
    above = [0]  # of each entry, which it is below; 0 is the outline itself
    below: list[list[int]] = [[]]  # of each, the entries directly below it
    opened = [0]
    for entry, heading in enumerate(headings, 1):
        del opened[heading.level + 1 :]
        above.append(opened[-1])
        below[opened[-1]].append(entry)
        below.append([])
        opened.append(entry)
    counts = [0] * len(below)  # of all entries below it
    for entry in range(len(headings), 0, -1):
        counts[above[entry]] += 1 + counts[entry]

    numbers = [root, *range(first, first + len(headings))]
    beside = [""] * len(below)
    for row in below:
        for one, other in pairwise(row):
            beside[one] += f"/Next {numbers[other]} 0 R"
            beside[other] += f"/Prev {numbers[one]} 0 R"
    objects = []
    for entry, row in enumerate(below):
        shown = "/Type/Outlines"
        if entry:
            title, _, page, top = headings[entry - 1]
            shown = f"/Title{string(title)}/Parent {numbers[above[entry]]} 0 R{beside[entry]}"
            shown += f"/Dest[{pages[page]} 0 R/XYZ 0 {top:.2f} null]"
        if row:
            shown += (
                f"/First {numbers[row[0]]} 0 R/Last {numbers[row[-1]]} 0 R/Count {counts[entry]}"
            )
        objects.append(f"<<{shown}>>".encode())
    return objects[0], objects[1:]
