#!/usr/bin/env bash
# WeasyPrint's PDF/UA has an image with alt="" as a figure that nobody describes, and neither a cell's scope nor a phrase's language.
#
# Version:    weasyprint 70.0, read with pikepdf 10.18.0
# Guess:      with pdf_variant="pdf/ua-1", <th scope> is a TH with /Scope, and the lang of a <span> is /Lang (no guess was written down for
#             an image with alt="" and for <em>)
# Behaviour:  neither is so. The image that says it is decoration is a /Figure without /Alt, which PDF/UA forbids, and which a
#             screen reader announces as a picture. A header cell has an ID, and the cells below it name it, but it has no
#             /Scope. Nothing is left of the language of a quotation and of <em> but the look. No warning is given
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet weasyprint==70.0 pikepdf==10.18.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import io
import pikepdf
import weasyprint

IMAGE = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
PAGE = f"""<html lang="en"><title>Kelp</title><h1>Kelp</h1>
<p>Kelp <em>grows</em>. <span lang="de">Seetang wächst.</span></p>
<p><img alt="Kelp at 5 m" src="{IMAGE}"></p>
<p><img alt="" src="{IMAGE}"></p>
<table><tr><th scope="col">Place<th scope="col">cm<tr><th scope="row">Bergen<td>60</table>"""
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=PAGE).write_pdf(pdf_variant="pdf/ua-1")))


def show(node, depth=0):
    for kid in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            told = [f"{key} {kid[key]}" for key in ["/Alt", "/Lang"] if key in kid]
            layout = kid.get("/A", {})
            told += [f"{key}" for key in ["/Scope", "/Headers"] if key in layout]
            print("  " * depth + f"{kid['/S']} {' '.join(told)}".rstrip())
            if "/K" in kid:
                show(kid["/K"], depth + 1)


show(pdf.Root.StructTreeRoot["/K"])
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
/Document
  /H1
    /Span
  /P
    /Span
    /NonStruct
      /Span
    /Span
    /Span
      /Span
  /P
    /Figure /Alt Kelp at 5 m
  /P
    /Figure
  /Table
    /TBody
      /TR
        /TH
          /Span
        /TH
          /Span
      /TR
        /TH
          /Span
        /TD /Headers
          /Span
OUTPUT
