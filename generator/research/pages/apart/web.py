"""HTML as text: what trafilatura takes for the article, and what it would lose of it."""

import codecs
import contextlib
import copy
import itertools
import re
from html import unescape
from typing import Any

from generator.research.pages.apart.formulas import of_page

# What trafilatura takes apart. Beyond, it takes seconds, and the plain text has to do.
MAX_HTML, MAX_TAGS = 2_000_000, 40_000
MAX_PAGE = 400_000  # characters
# What a page tells search engines of its paywall (schema.org's isAccessibleForFree).
PAYWALL = re.compile(
    rb"isAccessibleForFree\W{1,20}(?:content\W{1,5})?(?:false|no)\b", re.IGNORECASE
)

# What makers of pages call the paragraph in large letters below a heading.
LEAD = re.compile(
    r"\b(?:lead|stand-?first|excerpt|intro|epigraph|subhead\w*|subtitle|summary|dek|deck|ingress)\b"
)
BLOCKS = ("p", "div", "h2", "h3")
TEX = re.compile(r"(?<![:\\A-Za-z])\\[A-Za-z]{2,}(?![\\.])|[_^]\{")  # \frac, x_{1}


def html(body: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the main text of a page as Markdown, all of its words, its titles and its date."""
    import trafilatura

    source = decoded(body, request["charset"])
    if isinstance(source, bytes):
        source = source if b"<html" in source[:3000].lower() else b"<html>" + source
    elif "<html" not in source[:3000].lower():  # which HTML does not demand, but trafilatura does
        source = "<html>" + source
    page: Any = source
    found: Any = None
    is_short = len(body) <= MAX_HTML and body.count(b"<") <= MAX_TAGS
    tree = trafilatura.load_html(source) if is_short else None
    if tree is not None:
        page, tree = tree, copy.deepcopy(tree)  # as it came, for what trafilatura loses
        keep_boxes(page)
    whole = trafilatura.html2txt(copy.deepcopy(page)) or ""
    if is_short:
        found = trafilatura.bare_extraction(
            page,
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
    if found and (lead := described(found.description, whole, main) or opening(tree, main)):
        main = f"{lead}\n\n{main}"
    if found and len(main) < len(whole) / 2:
        main = "\n\n".join([main, *further_boxes(tree, main)])
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


def opening(tree: Any, main: str) -> str:
    """Return the first paragraph after a page's heading, if the main text begins behind it."""
    there = letters(re.sub(r"<[^>]+>|\d", "", main))
    for heading in itertools.islice(tree.iter("h1"), 5):
        for place, element in enumerate(heading.xpath("following::*[position() < 60]")):
            if (
                element.tag not in BLOCKS
                or next(element.iterdescendants(*BLOCKS), None) is not None
            ):
                continue
            kinds = f"{element.get('class')} {element.getparent().get('class')}"
            if not (LEAD.search(kinds) or (not place and element.tag in ("h2", "p"))):
                continue
            said = " ".join(element.text_content().split())
            begin = letters(re.sub(r"\d", "", said))[:40]  # without the numbers of notes
            if begin in there and len(begin) == 40:
                break  # the text
            if len(begin) < 40 or begin in letters(heading.text_content()):
                continue
            linked = sum(len(link.text_content()) for link in element.iter("a", "button"))
            is_else = element.xpath(
                "ancestor-or-self::figure | ancestor::nav | ancestor::form | .//script | .//style"
            )
            if linked < len(said) / 2 and not is_else:
                return said
    return ""


def described(description: str | None, whole: str, main: str) -> str:
    """Return what a page says of itself, if that is one of its paragraphs."""
    lead = description or ""
    begin = letters(lead)[:50]
    return lead if begin and begin in letters(whole) and begin not in letters(main) else ""


def further_boxes(tree: Any, main: str) -> list[str]:
    """Return the paragraphs of an article that stands in several boxes, if most of it is lost.

    trafilatura takes the first box. The others have the same class.
    """
    there = {letters(line)[:60] for line in re.split(r"[\n|]", main)}
    classes: set[str] = set()
    lost: list[tuple[str, str]] = []
    for paragraph in tree.iter("p"):
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


def keep_boxes(tree: Any) -> None:
    """Change in a page what would make trafilatura lose parts of it.

    Boxes that DocBook, Asciidoctor and Sphinx call sidebars are text, and Publican's paragraphs
    are no "div". The sign beside a heading, "¶", leads to itself. What is around a table is layout.
    """
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
    show_formulas(tree)
    for around in tree.xpath("//table[.//table] | //blockquote[.//table]"):
        for element in around.xpath("self::table/*/tr/* | self::table/*/tr | self::table/* | ."):
            element.tag = "div"


def show_formulas(tree: Any) -> None:
    """Make text of the formulas, which are shown by the browser, by a script or as pictures."""
    for formula in tree.xpath("//math | //script[starts-with(@type, 'math/tex')] | //img[@alt]"):
        picture = formula.tag == "img" and not (
            "latex" in formula.get("class", "").split() or TEX.search(formula.get("alt"))
        )
        ancestors = list(formula.iterancestors())
        if tree not in ancestors:
            continue  # it stood beside another one that says the same
        around = [
            element
            for element in ancestors
            if element.tag == "mjx-container"
            or {"katex", "katex-display", "mwe-math-element"}
            & set(element.get("class", "").split())
        ]
        if picture or (around and formula.tag == "img"):
            continue
        said = of_page(formula)
        shown = around[-1] if around else formula  # which has the same again, as signs or a picture
        shown.clear(keep_tail=True)
        shown.tag, shown.text = "span", said
        if "display" in shown.getparent().get("style", ""):  # hidden, beside its picture
            del shown.getparent().attrib["style"]
        if shown.getparent().tag in ("div", "article", "section", "main", "body"):
            shown.tag = "p"


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
