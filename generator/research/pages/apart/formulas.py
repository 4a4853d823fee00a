"""Formulas as TeX: those of Word (OMML, ECMA-376, 22.1) and those of pages (MathML)."""

import contextlib
import re
from typing import Any

MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"
# Elements of MathML with the parts that they have, as TeX.
_FORMS = {
    "mfrac": r"\frac{{{}}}{{{}}}",
    "mroot": r"\sqrt[{1}]{{{0}}}",
    "msub": "{}_{{{}}}",
    "munder": "{}_{{{}}}",
    "msup": "{}^{{{}}}",
    "mover": "{}^{{{}}}",
    "msubsup": "{}_{{{}}}^{{{}}}",
    "munderover": "{}_{{{}}}^{{{}}}",
}


def of_page(element: Any) -> str:
    """Return a formula of a page as TeX between dollars, or as it reads if it is a line of signs.

    It is MathML, a picture with its TeX beside it, or a script of MathJax.
    """
    tex = element.get("alttext") or element.get("alt") or element.findtext(".//annotation")
    if element.tag == "script":
        tex = element.text
    if not tex:
        tex = _of_mathml(element)
        if not re.search(r"[\\_^]", tex):
            return " ".join(" ".join(element.itertext()).split())
    tex = re.sub(r"^\{\\(?:display|text)style (.*)\}$", r"\1", " ".join(tex.split()))
    return f"${tex}$" if tex else ""


def _of_mathml(element: Any) -> str:
    parts = [_of_mathml(child) for child in element if isinstance(child.tag, str)]
    name = element.tag.rpartition("}")[2]
    with contextlib.suppress(KeyError, IndexError):  # of a broken one its signs have to do
        return _FORMS[name].format(*parts)
    if name == "msqrt":
        return rf"\sqrt{{{''.join(parts)}}}"
    return "".join([*(element.text or "").split(), *parts])


def of_word(element: Any) -> str:
    """Return a formula of Word, or a part of one, as TeX."""

    def part(name: str) -> str:
        found = element.find(f"{{{MATHS}}}{name}")
        return "" if found is None else of_word(found)

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
    inner = [of_word(child) for child in element]
    if name == "d":
        between = sign("dPr/sepChr", "|").join(filter(None, inner))
        return f"{sign('dPr/begChr', '(')}{between}{sign('dPr/endChr', ')')}"
    return (" " if name in ("func", "mr") else "").join(inner)
