"""What a page or a document says: bytes in, text out.

In order: what comes out, the process that takes files apart (`apart/`), and each kind of file.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

from generator.research.pages.body import HTML, MARKDOWN, PDF
from generator.research.pages.walls import LEAST, problem_of_page, problem_of_pdf, with_text

PROCESSES = 2
# -I: of the environment it sees nothing, and no folder but this program's.
PROGRAM = f"import sys; sys.path.append({str(Path(__file__).parents[3])!r})"
PROGRAM += "; from generator.research.pages.apart import child; child.main()"
DOCX = "docx"


# [[3]](#footnote-2), [↑](#footnote-ref-2): a writer would take it for one of its own references.
_NOTE_LINK = re.compile(r"\[(?:\[\d+\]|↑)\]\(#(?:foot|end)note-[\w-]*\)")


class Unreadable(Exception):
    """There is no text to be had of this."""


class Text(NamedTuple):
    """What a page or a document says."""

    main: str  # Markdown, for a reader
    whole: str  # every word of it: a number in a caption counts
    title: str = ""
    date: str = ""  # YYYY-MM-DD, "" if it does not say
    is_cut: bool = False  # there is more
    pages: tuple[str, ...] = ()  # of a PDF: `main`, page by page


# ---- The process ---------------------------------------------------------------------------------


class _Child:
    """A process that takes one file apart at a time. It is started when it is first needed."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-c", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
            )
        return self.process

    def ask(self, request: dict[str, Any], body: bytes, seconds: float) -> dict[str, Any] | None:
        """Return the answer, None if the process has ended over it.

        Raises:
            Unreadable: it takes too long.
        """
        process, until = self.start(), time.monotonic() + seconds
        assert process.stdin and process.stdout
        limit = threading.Timer(seconds, process.kill)
        limit.start()
        try:
            process.stdin.write(json.dumps(request | {"size": len(body)}).encode() + b"\n" + body)
            process.stdin.flush()
            size = int(process.stdout.readline() or 0)
            answer = process.stdout.read(size)
        except OSError:
            answer = b""
        finally:
            limit.cancel()
        if answer and len(answer) == size:
            return dict(json.loads(answer))
        process.kill()
        process.wait()
        process.stdout.close()
        with contextlib.suppress(OSError):  # what was not written is lost
            process.stdin.close()
        if time.monotonic() >= until:
            raise Unreadable("it takes too long to be taken apart")
        return None


_children = [_Child() for _ in range(PROCESSES)]
_free = threading.Semaphore(PROCESSES)
_lock = threading.Lock()


def get_ready() -> None:
    """Start a process that will be needed soon: it takes half a second to be ready."""
    with _lock:
        if _children and all(child.process is None for child in _children):
            _children[-1].start()


def _taken_apart(body: bytes, seconds: float, **request: Any) -> dict[str, Any]:
    if not _free.acquire(timeout=seconds):
        raise Unreadable("other pages took too long to be taken apart")
    with _lock:
        child = _children.pop()
    try:
        # Once more, as it may have ended of having nothing to do.
        answer = child.ask(request, body, seconds) or child.ask(request, body, seconds)
    finally:
        with _lock:
            _children.append(child)
        _free.release()
    if answer is None:
        raise Unreadable("the program that takes it apart ends over it")
    if error := answer.get("error"):
        if "password" in error.lower():
            raise Unreadable("it is locked with a password")
        raise Unreadable("it is broken, or not what it says it is")
    return answer


# ---- Each kind -----------------------------------------------------------------------------------


def extract(body: bytes, kind: str, charset: str = "", url: str = "", seconds: float = 20) -> Text:
    """Return what a page or a document says.

    Raises:
        Unreadable: nothing that could be used.
    """
    if kind == HTML:
        found = _taken_apart(body, seconds, kind=HTML, charset=charset, url=url)
        main, whole = _without_marks(found["main"]), tidy(found["whole"])
        title = " ".join(found["title"].split())
        if problem := problem_of_page(f"{title} | {found['head']}", main, whole):
            raise Unreadable(problem)
        # A page of nothing but a list or a table may have no main text.
        main = main if len(main) >= LEAST else whole
        return Text(main, whole, title, found["date"], found["is_cut"])
    if kind == PDF:
        found = _taken_apart(body, seconds, kind=PDF)
        if problem := problem_of_pdf(found["pages"]):
            raise Unreadable(problem)
        pages = tuple(map(_paragraphs, found["pages"]))
        text = "\n\n".join(pages)
        is_cut = found["is_cut"] or 2 * with_text(found["pages"]) < len(pages)
        return Text(text, text, _title(found["title"]), is_cut=is_cut, pages=pages)
    if kind == DOCX:
        text = _NOTE_LINK.sub("", tidy(_taken_apart(body, seconds, kind=DOCX)["main"]))
    else:
        text = tidy(decoded(body, charset))
    if not re.search(r"\w", text):
        raise Unreadable("it has no text")
    heading = re.search(r"^#{1,3} +(.+)", text, re.M) if kind in (MARKDOWN, DOCX) else None
    return Text(text, text, _title(heading[1]) if heading else "")


def decoded(body: bytes, charset: str = "") -> str:
    """Return a text whose encoding is said by its header, by its first bytes, or not at all."""
    for encoding in filter(None, ("utf-8-sig", charset)):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    from charset_normalizer import from_bytes  # trafilatura and httpx bring it

    best = from_bytes(body[:200_000]).best()
    return body.decode(best.encoding if best else "cp1252", "replace")


def tidy(text: str) -> str:
    """Return a text without what only its file needed: odd line ends, spaces between Han."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\xad\n?|[\0\x02\ufffe]", "", text)  # "\xad": where a word may be divided
    text = re.sub(r"(?<=[\u3040-\u9fff])[ \u3000]+(?=[\u3040-\u9fff])", "", text)
    # Line by line: a pattern for blanks at a line's end takes the square of a long row of them.
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _without_marks(text: str) -> str:
    """Return a page's Markdown without its own references and without needless backslashes."""
    text = re.sub(r"<sup>\s*\\?\[[^\]]{1,12}\\?\]\s*</sup>|\\?\[(?:edit|source)\\?\]", "", text)
    text = re.sub(r"(?m)^( {0,3}(?:\d{1,9})?)\\(?=[-+>.)])", r"\1", text)
    return tidy(re.sub(r"\\([\[\]_*#|<~`])", r"\1", text))


def _paragraphs(page: str) -> str:
    """Return the text of a PDF's page with the lines of a paragraph made one."""
    # PDFium's mark of a hyphen at a line's end. One before a digit, or a capital with small letters
    # after it, is the word's own, as no syllable begins so: COVID-19, U-Boot.
    text = re.sub(
        r"[\x02\ufffe](?:\r?\n)?(\w{0,2})",
        lambda mark: ("-" if mark[1].istitle() or mark[1][:1].isdigit() else "") + mark[1],
        page,
    )
    text = tidy(text)
    text = re.sub(r"(?<=[^\W\d_])-\n(?=[a-zà-ÿ])", "", text)
    return re.sub(r"(?<![.!?:;。！？\n])\n(?=[^\W\d_A-Z•\n])", " ", text)


def _title(text: str) -> str:
    """Return a title that a document gives itself, if it is one and not a file's name."""
    text = " ".join(text.replace("\0", "").split()).strip("# ")
    is_name = re.search(
        r"\.(docx?|pdf|indd|tex|qxd|rtf|pptx?)$|^(untitled|microsoft word)"
        r"|^(?=.*\d)(?=.*[-_:.].*[-_:.])[!-~]+$",  # sag-39-3:sag-0
        text,
        re.I,
    )
    return "" if is_name or len(text) < 3 else text[:300]
