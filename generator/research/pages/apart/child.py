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

from generator.research.pages.apart.pdf import pdf
from generator.research.pages.apart.web import html
from generator.research.pages.apart.word import docx

IDLE = 60.0  # seconds
MEMORY = 1_500_000_000  # bytes
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
