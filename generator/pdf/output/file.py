"""The file itself: ReportLab's objects, and those of the structure, which are small and many.

What is small is packed together and compressed, as PDF 1.5 can, or the structure would take more
room than the text. Pages, fonts and the catalogue are left as they are.
"""

from struct import pack
from typing import Any

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfdoc import (  # type: ignore[import-untyped]
    BasicFonts,
    PDFDictionary,
    PDFName,
    PDFObjectReference,
    PDFPage,
    PDFStream,
    format,
)

from generator.pdf.output.about import About
from generator.pdf.output.outline import outline_objects
from generator.pdf.output.tags import Tags
from generator.pdf.text.embed import Raw, Stream

_TOGETHER = 200  # small objects in a stream


def assemble(document: Any, tags: Tags, about: About) -> bytes:
    """The bytes of a ReportLab document: what its own `format` returns, with a structure."""
    catalog = document.Catalog
    # Their places in the file; what is there comes at the end.
    tree, contents = document.Reference(Raw("")), document.Reference(Raw(""))
    catalog.StructTreeRoot, catalog.Outlines = tree, contents if tags.headings else None
    catalog.MarkInfo = PDFDictionary({"Marked": "true"})
    catalog.Metadata = document.Reference(_metadata(about.xmp(document.info.producer)))
    root, info = document.Reference(catalog), document.Reference(document.info)

    def number_of(reference: PDFObjectReference) -> int:
        return int(document.idToObjectNumberAndVersion[reference.name][0])

    file = _File()
    small: list[tuple[int, bytes]] = []
    pages: list[tuple[int, bytes]] = []
    number = 1
    while name := document.numberToId.get(number):  # writing one brings up others
        thing = document.idToObject[name]
        if type(thing) is PDFDictionary:
            small.append((number, format(thing, document)))
        elif thing is document.info:
            small.append((number, about.info(thing.producer)))
        elif isinstance(thing, PDFPage):
            pages.append((number, _page(thing, document)))
        elif name not in (tree.name, contents.name):
            file.add(number, thing.format(document))
        number += 1
    annots = tags.annots(number)
    for key, (place, body) in enumerate(pages):
        entries = f"/Tabs/S/StructParents {key}{annots.get(key, '')}>>"
        file.add(place, body + entries.encode())
    places = [place for place, _ in pages]
    top, objects = tags.objects(places, number)
    start = number + len(objects)
    outline, headings = outline_objects(tags.headings, places, number_of(contents), start)
    small += [(number_of(tree), top), (number_of(contents), outline)]
    small += enumerate(objects + headings, number)
    file.pack(small, start + len(headings))
    return file.end(format(root, document), format(info, document), document.ID())


def _page(page: Any, document: Any) -> bytes:
    """A page's dictionary, but for what `tags` knows. ReportLab's own takes ten times as long."""
    parent, contents = (
        format(document.Reference(thing), document) for thing in (document.Pages, page.Contents)
    )
    fonts = format(PDFObjectReference(BasicFonts), document)
    pictures = b"/XObject " + format(page.XObjects, document) if page.XObjects else b""
    size = b"%.4f %.4f" % A4
    entries = b"<</Type /Page/Parent %b/MediaBox[0 0 %b]/Contents %b/Resources<</Font %b%b>>"
    return entries % (parent, size, contents, fonts, pictures)


def _metadata(xmp: bytes) -> PDFStream:
    """Not compressed, so that programs find it which know nothing of PDF."""
    stream = PDFStream(content=xmp)
    stream.dictionary["Type"], stream.dictionary["Subtype"] = PDFName("Metadata"), PDFName("XML")
    return stream


class _File:
    def __init__(self) -> None:
        self.data = bytearray(b"%PDF-1.5\n%\x93\x8c\x8b\x9e\n")
        # Where each object is: (1, offset, 0), or (2, the number of a stream, place in it).
        self.places: dict[int, tuple[int, int, int]] = {0: (0, 0, 0xFFFF)}

    def add(self, number: int, body: bytes) -> None:
        self.places[number] = (1, len(self.data), 0)
        self.data += b"%d 0 obj\n%b\nendobj\n" % (number, body)

    def pack(self, objects: list[tuple[int, bytes]], number: int) -> None:
        """Add small objects, in streams whose numbers start with `number`."""
        for at in range(0, len(objects), _TOGETHER):
            starts, bodies = "", b""
            for place, (name, body) in enumerate(objects[at : at + _TOGETHER]):
                starts += f"{name} {len(bodies)} "
                bodies += body + b"\n"
                self.places[name] = (2, number, place)
            entries = f"/Type/ObjStm/N {place + 1}/First {len(starts)}"
            self.add(number, Stream(starts.encode() + bodies, entries).format())
            number += 1

    def end(self, root: bytes, info: bytes, identity: bytes) -> bytes:
        """Add the table of what is where; return the file."""
        start, number = len(self.data), len(self.places)
        self.places[number] = (1, start, 0)
        table = b"".join(pack(">BIH", *self.places[place]) for place in range(number + 1))
        entries = b"/Type/XRef/W[1 4 2]/Size %d/Root %s/Info %s/ID " % (number + 1, root, info)
        self.add(number, Stream(table, (entries + identity).decode()).format())
        return bytes(self.data + b"startxref\n%d\n%%%%EOF\n" % start)
