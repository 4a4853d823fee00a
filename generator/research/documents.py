"""The worker's own documents: found in a folder, kept in an index, searched for a section.

The index is a SQLite file in REPORTS_DIR (FTS5, ranked by bm25), brought up to date by the sizes
and times of the files. It can be deleted at any time.

In order: the work of the Activity, bringing the index up to date, and searching it.
"""

import contextlib
import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from generator.failures import held
from generator.packing import packed
from generator.research.pages.body import HTML, MARKDOWN, PDF, TEXT
from generator.research.pages.extract import DOCX, Text, Unreadable, extract
from generator.research.pages.guard import Limit
from generator.research.passages import choose
from generator.research.sources.facts import facts_of, pack
from generator.research.sources.words import words
from generator.settings import private_folder, setting
from models import DocumentsFound, DocumentsInput, PageRead

INDEX = ".documents.db"  # in REPORTS_DIR
KINDS = {".pdf": PDF, ".docx": DOCX, ".md": MARKDOWN, ".markdown": MARKDOWN, ".txt": TEXT}
KINDS |= {".html": HTML, ".htm": HTML, ".xhtml": HTML}
KINDS |= dict.fromkeys((".text", ".rst", ".csv", ".tsv"), TEXT)
# What people take for documents, too, and have to be told of.
OTHERS = {
    ".doc",
    ".odt",
    ".rtf",
    ".epub",
    ".ppt",
    ".pptx",
    ".odp",
    ".xls",
    ".xlsx",
    ".ods",
    ".pages",
}
NOT_READ = "files of this kind are not read: save it as PDF"
MAX_FILE = 100_000_000  # bytes
SECONDS = 120.0  # to take one file apart
PART = 3000  # characters of a document without pages that are one row of the index
MOST = 6  # sources for a section
LONGEST = 400_000  # characters of a document in which figures are looked for
MAX_PROBLEMS = 20  # to name
SCHEMA = """
create table if not exists files(
    id integer primary key, path text unique, size int, time int, title text, problem text);
create table if not exists parts(id integer primary key, file int, page int, text text);
create index if not exists parts_of_files on parts(file, page);
create virtual table if not exists words using fts5(said, detail=none);
"""

_one_at_a_time = threading.Lock()  # brings the index up to date


class _Hit(NamedTuple):
    file: int
    page: int  # of a PDF, from 1; 0: the document has none
    rank: float


def search_in_documents(input: DocumentsInput, limit: Limit) -> DocumentsFound:
    """Bring the index up to date, and find what fits the queries, if there are any.

    Raises:
        ApplicationError: held, as the folder is not there or is asked for and not set.
        Stopped
    """
    folder = setting("DOCUMENTS_DIR")
    if not folder:
        if input.required:
            raise held(
                "There are no documents to search: put DOCUMENTS_DIR=<a folder> in .env and restart"
                " the worker, or start a run without --sources documents"
            )
        return DocumentsFound()
    root = Path(folder).resolve()
    if not root.is_dir():
        raise held(
            f"DOCUMENTS_DIR={folder} is no folder: put DOCUMENTS_DIR=<a folder> in .env and restart"
            " the worker"
        )
    with _index() as index:
        if not input.queries:
            with _one_at_a_time:
                bring_up_to_date(index, root, limit)
        count = index.execute("select count(*) from files where problem = ''").fetchone()[0]
        rows = index.execute(
            "select path, problem from files where problem != '' order by problem = ?, path",
            [NOT_READ],
        )
        problems = [f"{os.path.relpath(path, root)}: {problem}" for path, problem in rows]
        if len(problems) > MAX_PROBLEMS:
            problems[MAX_PROBLEMS:] = [f"and {len(problems) - MAX_PROBLEMS} more"]
        with index:
            index.execute("begin")  # to see one state of it, whatever others write meanwhile
            pages = find(index, root, input)
        return DocumentsFound(pages, count, problems)


@contextlib.contextmanager
def _index() -> Iterator[sqlite3.Connection]:
    path = Path(setting("REPORTS_DIR"), INDEX)
    private_folder(path.parent)
    # It holds the documents' text: those of this machine who may not read them get none of it here.
    path.touch(mode=0o600)
    # Other workers may write to it at the same time.
    with contextlib.closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as index:
        index.execute("pragma journal_mode=wal")
        index.executescript(SCHEMA)
        yield index


# ---- Bringing it up to date ----------------------------------------------------------------------


def bring_up_to_date(index: sqlite3.Connection, root: Path, limit: Limit) -> None:
    """Read what is new or has changed, and forget what is gone."""
    there: dict[str, tuple[Path, os.stat_result]] = {}
    for path in files_in(root):
        with contextlib.suppress(FileNotFoundError):  # it has just been there
            # A name need not be text in any encoding, but SQLite and JSON take nothing else.
            there[str(path).encode(errors="replace").decode()] = (path, path.stat())
    known = {
        path: (id, size, time)
        for id, path, size, time in index.execute("select id, path, size, time from files")
    }
    for name, (id, size, time) in known.items():
        now = there[name][1] if name in there else None
        if now and (now.st_size, now.st_mtime_ns) == (size, time):
            del there[name]
        else:
            with index:
                index.execute("begin immediate")
                _forget(index, id)
    for name, (path, now) in there.items():
        limit.left()  # raises Stopped
        with contextlib.suppress(FileNotFoundError):
            text, problem = _text_of(path, now.st_size)
            with index:
                index.execute("begin immediate")
                _keep(index, name, now, text, problem)


def files_in(root: Path) -> Iterator[Path]:
    """Yield the documents in a folder and below: no hidden ones, and none outside of it."""
    reports = Path(setting("REPORTS_DIR")).resolve()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and Path(folder, name).resolve() != reports
        )
        for name in sorted(names):
            path = Path(folder, name)
            suffix = path.suffix.lower()
            if name.startswith((".", "~$")) or (suffix not in KINDS and suffix not in OTHERS):
                continue
            with contextlib.suppress(OSError, RuntimeError):  # a link may lead anywhere, or nowhere
                if path.resolve().is_relative_to(root) and path.is_file():
                    yield path


def _text_of(path: Path, size: int) -> tuple[Text, str]:
    """Return what a file says, or why that is nothing."""
    nothing = Text("", "")
    kind = KINDS.get(path.suffix.lower())
    if not kind:
        return nothing, NOT_READ
    if size > MAX_FILE:
        return nothing, f"it is larger than {MAX_FILE // 1_000_000} MB"
    try:
        return extract(path.read_bytes(), kind, seconds=SECONDS), ""
    except FileNotFoundError:
        raise  # it has just been there
    except (OSError, Unreadable) as error:
        return nothing, str(getattr(error, "strerror", None) or error)


def _forget(index: sqlite3.Connection, file: int) -> None:
    index.execute("delete from words where rowid in (select id from parts where file = ?)", [file])
    index.execute("delete from parts where file = ?", [file])
    index.execute("delete from files where id = ?", [file])


def _keep(
    index: sqlite3.Connection, path: str, stat: os.stat_result, text: Text, problem: str
) -> None:
    for (id,) in index.execute("select id from files where path = ?", [path]).fetchall():
        _forget(index, id)  # another worker was quicker
    title = "" if text.title == Path(path).stem else text.title
    file = index.execute(
        "insert into files(path, size, time, title, problem) values (?, ?, ?, ?, ?)",
        [path, stat.st_size, stat.st_mtime_ns, title, problem],
    ).lastrowid
    pages = list(enumerate(text.pages, 1)) or [
        (0, part) for part in re.findall(rf"[\s\S]{{1,{PART}}}(?:\s|\Z)|\S{{{PART}}}", text.main)
    ]
    for page, part in pages:
        row = index.execute(
            "insert into parts(file, page, text) values (?, ?, ?)", [file, page, part]
        ).lastrowid
        about = f"{title} {Path(path).stem} {part}"
        index.execute(
            "insert into words(rowid, said) values (?, ?)", [row, " ".join(_terms(about))]
        )


def _terms(text: str) -> list[str]:
    """Return the words of a text as FTS5 takes them in one piece, whatever their script."""
    return [
        word if word.isascii() and word.isalnum() else f"x{word.encode(errors='replace').hex()}"
        for word in words(text)
    ]


# ---- Searching it --------------------------------------------------------------------------------


def find(index: sqlite3.Connection, root: Path, input: DocumentsInput) -> list[PageRead]:
    """Return the pages and documents that fit the queries, the best first."""
    scores: dict[tuple[int, int], float] = {}
    for query in input.queries:
        terms = " OR ".join(f'"{term}"' for term in dict.fromkeys(_terms(query)))
        if not terms:
            continue
        rows = index.execute(
            "select file, page, bm25(words) from words join parts on parts.id = words.rowid"
            " where words match ? order by bm25(words) limit 30",
            [terms],
        )
        seen: set[tuple[int, int]] = set()
        for place, row in enumerate(map(_Hit._make, rows)):
            if (row.file, row.page) not in seen:  # ranks of several queries are added up
                seen.add((row.file, row.page))
                score = scores.get((row.file, row.page), 0.0)
                scores[row.file, row.page] = score + 1 / (10 + place)
    best = sorted(scores, key=lambda each: -scores[each])[:MOST]
    return [_page_read(index, root, file, page, input.question) for file, page in best]


def _page_read(
    index: sqlite3.Connection, root: Path, file: int, page: int, question: str
) -> PageRead:
    path, title = index.execute("select path, title from files where id = ?", [file]).fetchone()
    name = os.path.relpath(path, root).replace(os.sep, "/")
    # Of a PDF the page is given. A sentence may begin on the one before and end on the next.
    texts = index.execute(
        "select text from parts where file = ? and page between ? and ? order by id",
        [file, page - 1 if page else 0, page + 1 if page else 0],
    )
    whole = "\n\n".join(text for (text,) in texts)
    said = whole
    if page:
        row = index.execute("select text from parts where file = ? and page = ?", [file, page])
        said = str(row.fetchone()[0])
    return PageRead(
        url=f"document:///{quote(name)}{f'?page={page}' if page else ''}",
        title=title,
        read_at=datetime.now(UTC).isoformat(timespec="seconds"),
        characters=len(whole),
        is_part=len(whole) > LONGEST,
        passages=packed(choose(said[:LONGEST], question)),
        facts=pack(facts_of(f"{title}\n{name}\n{whole[:LONGEST]}")),
    )
