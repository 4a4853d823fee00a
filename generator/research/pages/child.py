"""The process in which strangers' files are taken apart: HTML, PDF and Word files become text.

A file can keep its reader busy for ever, fill the memory or end the process (PDFium does, and is
not safe in threads): so it is this process that suffers, and not the worker with all its runs.
This file is run by its path, without the rest of the program. It reads requests from its standard
input and writes answers to its standard output: a line of JSON with the size of the bytes that
follow it, and those. It ends when its input does, or when nobody has asked for a while.
"""

import codecs
import contextlib
import copy
import io
import json
import os
import re
import sys
import threading
import zipfile
from html import unescape
from typing import Any

IDLE = 60.0  # seconds
MEMORY = 1_500_000_000  # bytes
# What trafilatura takes apart. Beyond, it takes seconds, and the plain text has to do.
MAX_HTML, MAX_TAGS = 2_000_000, 40_000
MAX_PDF_PAGES = 1000
MAX_CHARACTERS = 2_000_000
MAX_PAGE = 400_000  # characters of a page of the web
WRAPPINGS = re.compile(rb"</?w:(?:fldSimple|bdo|dir|ruby|rubyBase)(?:\s[^>]*)?>")
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"
# What a page tells search engines of its paywall (schema.org's isAccessibleForFree).
PAYWALL = re.compile(
    rb"isAccessibleForFree\W{1,20}(?:content\W{1,5})?(?:false|no)\b", re.IGNORECASE
)
READINGS = re.compile(rb"<w:(rt|rubyPr)(?:\s[^>]*)?>.*?</w:\1>|<w:rubyPr\s*/>", re.DOTALL)


def html(body: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the main text of a page as Markdown, all of its words, its titles and its date."""
    import trafilatura

    source = decoded(body, request["charset"])
    if isinstance(source, bytes):
        source = source if b"<html" in source[:3000].lower() else b"<html>" + source
    elif "<html" not in source[:3000].lower():  # which HTML does not demand, but trafilatura does
        source = "<html>" + source
    whole = trafilatura.html2txt(source) or ""
    found: Any = None
    if len(body) <= MAX_HTML and body.count(b"<") <= MAX_TAGS:
        found = trafilatura.bare_extraction(
            with_boxes(source),
            url=request["url"] or None,
            with_metadata=True,
            # Else it takes a year in the text for the date of the page.
            date_extraction_params={"original_date": True, "extensive_search": False},
            include_formatting=True,  # as Markdown; the format of that name has no text here
        )
    start = source if isinstance(source, str) else source.decode("utf-8", "replace")
    match = re.search(r"(?is)<title[^>]*>(.{1,500}?)</title", start[:100_000])
    head = unescape(match[1]) if match else ""
    title = (found and found.title) or head
    if head and not set(re.findall(r"\w+", title.lower())) & set(re.findall(r"\w+", head.lower())):
        title = head  # it took the heading of a menu: "Keyboard shortcuts" on all pages of mdBook
    main = "\n\n".join(filter(None, [found.text, found.comments])) if found else whole
    # The paragraph in large letters that news begin with is often taken for no part of them.
    lead = (found and found.description) or ""
    opening = letters(lead)[:50]
    if opening and opening in letters(whole) and opening not in letters(main):
        main = f"{lead}\n\n{main}"
    if found and len(main) < len(whole) / 2:
        main = "\n\n".join([main, *further_boxes(source, main)])
    return {
        "main": main[:MAX_PAGE],
        "whole": whole[:MAX_PAGE],
        "title": title,
        "head": head,  # what its tab shows, which may be something else
        "date": (found and found.date) or "",
        "is_cut": max(len(main), len(whole)) > MAX_PAGE or bool(PAYWALL.search(body)),
    }


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def further_boxes(source: str | bytes, main: str) -> list[str]:
    """Return the paragraphs of an article that stands in several boxes, if most of it is lost.

    trafilatura takes the first box. The others have the same class.
    """
    import trafilatura

    tree = trafilatura.load_html(source)
    there = {letters(line)[:60] for line in re.split(r"[\n|]", main)}
    classes: set[str] = set()
    lost: list[tuple[str, str]] = []
    for paragraph in [] if tree is None else tree.iter("p"):
        said = " ".join(paragraph.text_content().split())
        box = paragraph.getparent().get("class", "")
        if len(said) < 80 or not box:
            continue
        linked = sum(len(link.text_content()) for link in paragraph.iter("a"))
        if letters(said)[:60] in there:
            classes.add(box)
        elif linked < len(said) / 2:
            lost.append((box, said))
    further = [said for box, said in lost if box in classes]
    return further if sum(map(len, further)) > len(main) / 2 else []


def with_boxes(source: str | bytes) -> Any:
    """Return a page as a tree, without what would make trafilatura lose parts of it.

    Boxes that DocBook, Asciidoctor and Sphinx call sidebars are text, and Publican's paragraphs
    are no "div". The sign beside a heading, "¶", leads to itself. What is around a table is layout.
    Formulas, which are shown by the browser or as pictures, become text.
    """
    import trafilatura

    tree = trafilatura.load_html(source)
    if tree is None:
        return source
    for element in list(tree.iter("div", "aside", "a")):
        classes = element.get("class", "").split()
        if element.tag == "a":
            is_sign = element.text_content().strip() in ("¶", "#", "§")
            if is_sign and element.get("href", "").startswith("#"):
                element.drop_tree()
        elif "para" in classes:
            element.tag = "p"
        elif "sidebarblock" in classes or (
            "sidebar" in classes
            and element.xpath("*[@class='titlepage' or contains(@class, 'sidebar-title')]")
        ):
            element.tag = "div"
            del element.attrib["class"]
    for around in tree.xpath("//table[.//table] | //blockquote[.//table]"):
        for element in around.xpath("self::table/*/tr/* | self::table/*/tr | self::table/* | ."):
            element.tag = "div"
    for formula in list(tree.iter("math")):
        tex = formula.get("alttext") or formula.findtext(".//annotation")
        tex = tex and re.sub(r"^\{\\(?:display|text)style (.*)\}$", r"\1", tex.strip())
        said = f"${tex}$" if tex else " ".join(" ".join(formula.itertext()).split())
        formula.clear(keep_tail=True)
        formula.tag, formula.text = "span", said
        if "display" in formula.getparent().get("style", ""):  # hidden, beside its picture
            del formula.getparent().attrib["style"]
    return tree


def decoded(body: bytes, charset: str) -> str | bytes:
    """Return a page as text, or as it is where only the page itself can say its encoding.

    UTF-8 goes before what the header says, and that before what the page says of itself; but where
    the bytes are not what somebody says they are, they are not.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    if b"\0" not in body[:1000] and not body.isascii():
        with contextlib.suppress(UnicodeDecodeError):  # its last character may be cut
            return codecs.getincrementaldecoder("utf-8-sig")().decode(body)
    with contextlib.suppress(LookupError, UnicodeDecodeError):
        if charset:
            return codecs.getincrementaldecoder(charset)().decode(body)
    return body


def pdf(body: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the text of each page, and the title that the file gives itself."""
    import pypdfium2

    document = pypdfium2.PdfDocument(body)
    pages: list[str] = []
    size = 0
    for number in range(min(len(document), MAX_PDF_PAGES)):
        text = document[number].get_textpage().get_text_bounded()
        pages.append(text)
        size += len(text)
        if size > MAX_CHARACTERS:
            break
    title = document.get_metadata_dict().get("Title", "")
    return {"pages": pages, "title": title, "is_cut": len(pages) < len(document)}


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
        etree.SubElement(run, f"{{{WORD}}}t").text = f"${tex(formula).strip()}$"
        is_display = formula.getparent().tag == f"{{{MATHS}}}oMathPara"
        (formula.getparent() if is_display else formula).addprevious(run)
        formula.getparent().remove(formula)
    return bytes(etree.tostring(tree))


def tex(element: Any) -> str:
    """Return a formula of Word, or a part of one, as TeX."""

    def part(name: str) -> str:
        found = element.find(f"{{{MATHS}}}{name}")
        return "" if found is None else tex(found)

    def sign(path: str, usual: str) -> str:
        found = element.find("/".join(f"{{{MATHS}}}{step}" for step in path.split("/")))
        return usual if found is None else str(found.get(f"{{{MATHS}}}val") or "")

    name = str(element.tag).rpartition("}")[2]
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    if name == "f":
        return rf"\frac{{{part('num')}}}{{{part('den')}}}"
    if name == "rad":
        degree = part("deg")
        return rf"\sqrt{f'[{degree}]' if degree else ''}{{{part('e')}}}"
    if name in ("sSub", "sSup", "sSubSup", "limLow", "limUpp", "nary"):
        below, above = part("sub"), part("sup")
        below, above = (part("lim"), "") if name == "limLow" else (below, above)
        above = part("lim") if name == "limUpp" else above
        scripts = f"{f'_{{{below}}}' if below else ''}{f'^{{{above}}}' if above else ''}"
        is_sum = name == "nary"
        return f"{sign('naryPr/chr', '∫')}{scripts} {part('e')}" if is_sum else part("e") + scripts
    inner = [tex(child) for child in element]
    if name == "d":
        between = sign("dPr/sepChr", "|").join(filter(None, inner))
        return f"{sign('dPr/begChr', '(')}{between}{sign('dPr/endChr', ')')}"
    return (" " if name in ("func", "mr") else "").join(inner)


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


KINDS = {"html": html, "pdf": pdf, "docx": docx}


def main() -> None:
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # no library's remark may come between the answers
    try:
        import resource
    except ImportError:  # Windows
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import trafilatura  # noqa: F401  # while the first page is being fetched

    while True:
        idle = threading.Timer(IDLE, os._exit, (0,))
        idle.daemon = True
        idle.start()
        head = requests.readline()
        idle.cancel()
        if not head:
            return
        request = json.loads(head)
        body = requests.read(request["size"])
        try:
            answer = KINDS[request["kind"]](body, request)
        except Exception as error:  # of libraries that read what strangers made: any
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        content = json.dumps(answer).encode()
        answers.write(b"%d\n" % len(content) + content)
        answers.flush()


if __name__ == "__main__":
    main()
