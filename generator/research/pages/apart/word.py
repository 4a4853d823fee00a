"""Word files (DOCX) as text."""

import copy
import io
import re
import zipfile
from typing import Any

from generator.research.pages.apart.formulas import MATHS, of_word

WRAPPINGS = re.compile(rb"</?w:(?:fldSimple|bdo|dir|ruby|rubyBase)(?:\s[^>]*)?>")
READINGS = re.compile(rb"<w:(rt|rubyPr)(?:\s[^>]*)?>.*?</w:\1>|<w:rubyPr\s*/>", re.DOTALL)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the text as Markdown, without its pictures."""
    import mammoth
    from markdownify import markdownify

    if body.startswith(b"\xd0\xcf\x11\xe0"):  # Word's own wrapping of what it has encrypted
        raise ValueError("a password is needed")
    no_picture = mammoth.images.img_element(lambda _: {"src": ""})
    made = mammoth.convert_to_html(io.BytesIO(with_all_text(body)), convert_image=no_picture)
    page = with_full_rows(made.value)
    text = markdownify(page, heading_style="ATX", escape_underscores=False)
    return {"main": re.sub(r"!\[[^\]]*\]\(\)", "", text)}


def with_all_text(body: bytes) -> bytes:
    """Return a Word file without the elements that mammoth drops together with the text in them.

    These are fields like the number in "Table 3", words that run the other way, formulas, and words
    with their reading above them, of which the reading goes.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if not name.endswith((".xml", ".rels")):
                continue  # a picture
            data = old.read(name)
            if name.startswith("word/") and name.endswith(".xml"):
                data = WRAPPINGS.sub(b"", READINGS.sub(b"", data))
                data = with_formulas_in_text(data) if b":oMath" in data else data
            new.writestr(name, data)
    return made.getvalue()


def with_formulas_in_text(part: bytes) -> bytes:
    """Return a part of a Word file with its formulas (ECMA-376, 22.1) as runs of TeX."""
    from lxml import etree

    tree = etree.fromstring(part, etree.XMLParser(resolve_entities=False))
    for formula in list(tree.iter(f"{{{MATHS}}}oMath")):
        run = etree.Element(f"{{{WORD}}}r")
        etree.SubElement(run, f"{{{WORD}}}t").text = f"${of_word(formula).strip()}$"
        is_display = formula.getparent().tag == f"{{{MATHS}}}oMathPara"
        (formula.getparent() if is_display else formula).addprevious(run)
        formula.getparent().remove(formula)
    return bytes(etree.tostring(tree))


def with_full_rows(page: str) -> str:
    """Return HTML with tables as Markdown can have them.

    A cell of several rows stands in each of them, and of a table in a cell the words stay.
    """
    from lxml import html as lxml_html  # which trafilatura brings

    if "rowspan" not in page and page.count("<table") < 2:
        return page
    tree = lxml_html.fromstring(f"<div>{page}</div>")
    for inner in tree.xpath("//td//table | //th//table"):
        inner.tail = " ".join([*inner.itertext(), inner.tail or ""])
        inner.drop_tree()
    for cell in list(tree.iter("td", "th")):
        row = cell.getparent()
        place = sum(int(before.get("colspan", 1)) for before in cell.itersiblings(preceding=True))
        for below in list(row.itersiblings())[: int(cell.attrib.pop("rowspan", 1)) - 1]:
            at, column = 0, 0
            for other in below:
                if column >= place:
                    break
                at, column = at + 1, column + int(other.get("colspan", 1))
            below.insert(at, copy.deepcopy(cell))
    return str(lxml_html.tostring(tree, encoding="unicode"))
