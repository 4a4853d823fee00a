"""PDF/UA-1, by two checkers: `outloud`, and `pdfua`, which is stricter about a few things."""

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import outloud
import pdfua
import pytest
from pictures import SAMPLES
from pypdf import PdfReader

from generator.pdf import render

EVERYTHING = """# Durable execution

See [the docs](https://docs.temporal.io/a?b=(c)) and <https://example.com/ä>. A note[^1]; as shown
in [1] and [2], and in **[a bold link](https://e.com) beside another**[.](https://e.com/2)

## Formulas

The energy $E = mc^2$ is known; in a [link, $a^2$](https://e.com), and

$$\\int_0^1 x^2\\,dx = \\frac{1}{3} \\tag{7}$$

### A table

| Step | Attempts | Note |
|:--|--:|--|
| Research | 1.03 | $x_1$ and `code` |
| Delivery | 1.2 | [link](https://a.example/b) ~~gone~~ |

- one
  1. nested
     - deep

       ```python
       def f(x):
           return x  # comment
       ```
  2. two
- [ ] task
- [x] done

> a quote
>
> - with a list

---

## References

1. Smith, https://example.org/smith
2. Jones, https://example.org/jones

![A red square][square]

[square]: data:image/png;base64,SQUARE

[^1]: The note's text.
"""
SQUARE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP8"
    "z4APMOGVHbHSAEAsAQ88ZBA3AAAAAElFTkSuQmCC"
)
EVERYTHING = EVERYTHING.replace("SQUARE", SQUARE)
LONG = "[A link that is broken between pages](https://e.com) " * 150
TABLE = "| [a](https://e.com) | $b$ |\n|---|---|\n" + "| c | d[^1] |\n" * 100 + "\n[^1]: note"
RTL = """# التنفيذ الدائم

راجع [الوثائق](https://docs.temporal.io) و API في 2026، والنص $E=mc^2$ هنا.

| الخطوة | [عدد](https://e.com) |
|--|--|
| بحث | 12.4 |

1. واحد
   - اثنان
"""
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
AS_MODELS_WRITE = f"""---
title: A report
author: Jane Roe
abstract: What it says.
---

See [Findings](#findings).

## Findings

A claim【1】, another <sup>2</sup> and a third[^3], with a picture ![of a point]({PICTURE}) in it.

![]({PICTURE})

| a | b | c |
|---|---|
| 1 | 2 | 3 |

The points:
• first
• second

Sources: [1] https://a.example/1 [2] https://b.example/2 [3] https://c.example/3
"""
HTML = """# Water bears

> [!NOTE]
> Text.
>
> - a

Term
: one
: two

Other

: - a list

<!-- gone -->

<table><caption>Title</caption>
<tr><th rowspan=2>a<th colspan=2>b</tr><tr><td>c<td><a href="https://e.org">d</a></tr>
<tr><td colspan=3>e</table>

<details><summary>More</summary>

<p align="center"><img src="https://e.org/i.png" alt="An icon"> <b>bold <i>both</i></b></p>

</details>

<h2 id="x">Heading</h2>

See <a href="#x">there</a>.
"""
DOCUMENTS = {sample.stem: sample.read_text("utf-8") for sample in SAMPLES}
DOCUMENTS |= {"everything": EVERYTHING, "long": LONG, "table": TABLE, "from the right": RTL}
DOCUMENTS["html"] = HTML
DOCUMENTS["as models write"] = AS_MODELS_WRITE
DOCUMENTS["pictures in text"] = (
    f"Text ![a point]({PICTURE}) in it. " * 6 + f"\n\n![]({PICTURE})" * 6
)

# Letters of these scripts have many forms, and each form is text: outloud warns from five on.
MANY_FORMS = {"arabic", "bengali", "hindi", "persian", "tamil", "from the right"}


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_two_checkers_find_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(render(DOCUMENTS[name], topic="A topic (1)", date="2026-11-28", model="m"))
    result = outloud.check(str(path), skip=["TXT-004"] if name in MANY_FORMS else None)
    assert not result.error
    assert [(each.rule, each.message) for each in result.findings] == []
    assert [(each.rule_id, each.message) for each in pdfua.validate(str(path)).findings] == []


def xmp(reader: PdfReader) -> dict[str, str]:
    root: Any = reader.trailer["/Root"]
    tree = ElementTree.fromstring(root["/Metadata"].get_data().strip())
    return {
        each.tag.split("}")[1]: " ".join("".join(each.itertext()).split())
        for description in tree.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
        for each in description
    }


def test_the_file_says_the_same_of_itself_twice(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    title = "A & B <c> (d) – é"
    path.write_bytes(render(f"# {title}\n\ntext", topic="Why? \x0b(x", date="2026-11-28"))
    reader = PdfReader(path)
    info: Any = reader.metadata
    found = xmp(reader)
    assert found["part"] == "1"
    assert info["/Title"] == found["title"] == "A & B <c> (d) – é"
    assert info["/Subject"].split() == found["description"].split() == ["Why?", "(x"]
    assert info["/CreationDate"] == "D:20261128000000Z"
    assert found["CreateDate"] == "2026-11-28T00:00:00Z"


def test_a_date_that_is_none_is_not_claimed() -> None:
    reader = PdfReader(BytesIO(render("text", date="in autumn")))
    assert reader.metadata and "/CreationDate" not in reader.metadata
    assert "CreateDate" not in xmp(reader)


def test_the_foot_is_read_last() -> None:
    page = PdfReader(BytesIO(render("# Title\n\nlast words"))).pages[0]
    assert page.extract_text().rstrip().endswith("Page 1 of 1")


def test_a_link_leads_to_its_element_and_back() -> None:
    reader = PdfReader(BytesIO(render("[a](https://e.com/(b) and [1]\n\n## Sources\n\n[1] c")))
    root: Any = reader.trailer["/Root"]
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = dict(zip(numbers[::2], numbers[1::2], strict=True))
    annotations: Any = reader.pages[0]["/Annots"]
    assert len(annotations) == 2
    for annotation in annotations:
        link = annotation.get_object()
        element = parents[link["/StructParent"]].get_object()
        assert element["/S"] == "/Link" and link["/F"] == 4
        objects = [kid.get("/Obj") for kid in element["/K"] if not isinstance(kid, int)]
        assert annotation in objects
    assert [link.get_object()["/Contents"] for link in annotations] == ["https://e.com/(b", "[1]"]
