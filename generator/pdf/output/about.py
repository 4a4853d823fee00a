"""What the file says about itself, twice: in the dictionary that old programs read, and in XMP.

XMP also claims PDF/UA-1 (ISO 14289-1): that programs which read aloud find all they need.
"""

import re
from datetime import date as Date
from html import escape  # xml.sax would bring HTTP and TLS
from typing import NamedTuple

from generator.pdf.output.tags import string

_PROGRAM = "Research Report Generator"
_NO_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class About(NamedTuple):
    """The report's title, topic, author, language and date, of which some may be unknown."""

    title: str
    subject: str
    author: str
    language: str
    date: Date | None

    def info(self, producer: str) -> bytes:
        """The dictionary."""
        entries = {"Title": self.title, "Author": self.author or _PROGRAM, "Subject": self.subject}
        entries |= {"Creator": _PROGRAM, "Producer": producer}
        if self.date:
            moment = f"D:{self.date:%Y%m%d}000000Z"
            entries |= {"CreationDate": moment, "ModDate": moment}
        written = "".join(f"/{name}{string(text)}" for name, text in entries.items() if text)
        return f"<<{written}>>".encode()

    def xmp(self, producer: str) -> bytes:
        """The stream."""
        author = escape(_NO_XML.sub(" ", self.author or _PROGRAM))
        moment = f"{self.date}T00:00:00Z" if self.date else ""
        properties = [
            _alternatives("dc:title", self.title),
            f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>",
            _alternatives("dc:description", self.subject),
            _element("xmp:CreatorTool", _PROGRAM),
            _element("xmp:CreateDate", moment),
            _element("xmp:ModifyDate", moment),
            _element("pdf:Producer", producer),
            _element("pdfuaid:part", "1"),
        ]
        return _PACKET.format("\n".join(filter(None, properties))).encode()


def _element(name: str, text: str) -> str:
    content = escape(_NO_XML.sub(" ", text))
    return f"<{name}>{content}</{name.split()[0]}>" if text else ""


def _alternatives(name: str, text: str) -> str:
    one = (
        f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(_NO_XML.sub(" ", text))}</rdf:li></rdf:Alt>'
    )
    return f"<{name}>{one}</{name}>" if text else ""


_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
{}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
