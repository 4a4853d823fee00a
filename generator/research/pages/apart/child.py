"""The process in which strangers' files are taken apart: HTML, PDF and Word files become text.

A file can keep its reader busy for ever, fill the memory or end the process (PDFium does, and is
not safe in threads): so it is this process that suffers, and not the worker with all its runs. It
has no keys and knows no settings. It reads requests from its standard input and writes answers to
its standard output: a line of JSON with the size of the bytes that follow it, and those. It ends
when its input does, or when nobody has asked for a while.
"""

import json
import os
import sys
import threading
from typing import Any

from generator.research.pages.apart.web import html
from generator.research.pages.apart.word import docx

IDLE = 60.0  # seconds
MEMORY = 1_500_000_000  # bytes
MAX_PDF_PAGES = 1000
MAX_CHARACTERS = 2_000_000  # of a PDF


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
