"""What a long report is made from beyond the excerpts of a search: pages and documents, and what
was seen of each.

This is Workflow code, which Temporal replays: it asks for Activities through functions that it is
given, and does nothing else outside.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from temporalio.exceptions import ActivityError, ApplicationError

from generator.harmless import site_of
from generator.research.sources import merged, url_key
from generator.research.sources.evidence import Seen, Verdict, look_for, seen_of
from generator.research.sources.facts import unpack
from generator.research.sources.report import Report, counted
from generator.wording import literal
from models import DocumentsFound, DocumentsInput, PageRead, ReadInput, Reference, Source

MOST_PAGES = 6  # for a section
SAME = [
    (r"is not (?:a )?public(?: address)?$", "it is at, or leads to, what is not a public address"),
    (r"^there is no \S+$", "there is no such site"),
    (r"^\S+ is not known: |^\S+ has no address$", "its name could not be looked up"),
    (r"^port \d+ is not", "its port is not one of web pages"),
    (
        r"^\[Errno |^peer closed|^illegal |^Server disconnected",
        "its server did not answer in order",
    ),
]
Look = Callable[[DocumentsInput, str], Awaitable[DocumentsFound]]  # and its summary
Read = Callable[[ReadInput, str], Awaitable[PageRead]]  # the page and its summary


@dataclass
class Opened:
    """What came of opening a page."""

    page: PageRead | None
    problem: str = ""


class Evidence:
    """The pages of a run: which were opened, what was seen, and what of the report is on them."""

    def __init__(self, read: Read | None, demo: bool) -> None:
        self.read = read  # None: a run of an older program, which opened none
        self.demo = demo
        self.opened: dict[str, Opened] = {}  # by `url_key`
        self.given: dict[str, list[str]] = {}  # to writers: passages, by `url_key`
        self.checked: tuple[str, Verdict] | None = None

    async def open(self, ranked: list[list[Source]], question: str, label: str) -> list[Source]:
        """Open the best pages that a section's searches have found.

        Args:
            ranked: what each search has found, the best first.
            question: what the section is about; the passages that fit it are chosen.

        Returns:
            All that was found, with their passages where there are some.
        """
        sources = merged(ranked)
        if not self.read:
            return sources
        results = await asyncio.gather(
            *(self.open_one(source, question, label) for source in best(ranked)),
            return_exceptions=True,
        )
        read: dict[str, Source] = {}
        for source, result in zip(best(ranked), results, strict=True):
            key = url_key(source.url)
            if isinstance(result, ActivityError | ApplicationError):
                cause = getattr(result, "cause", None) or result
                why = str(getattr(cause, "message", None) or cause)
                problem = why.partition(" is not read: ")[2] or why
                self.opened.setdefault(key, Opened(None, problem))
            elif isinstance(result, BaseException):
                raise result
            else:
                self.opened[key] = Opened(result)
                self.give(key, result)
                read[key] = replace(
                    source,
                    title=result.title or source.title,
                    date=result.date or source.date,
                    passages=result.passages,
                )
        return [read.get(url_key(source.url), source) for source in sources]

    async def open_one(self, source: Source, question: str, label: str) -> PageRead:
        assert self.read
        page = ReadInput(source.url, question, self.demo)
        return await self.read(page, f"{label}: read {site_of(source.url)}")

    def take(self, documents: list[PageRead]) -> list[Source]:
        """Return documents as sources, with their passages."""
        sources = [Source(each.title, each.url, passages=each.passages) for each in documents]
        for source, document in zip(sources, documents, strict=True):
            key = url_key(source.url)
            self.opened[key] = Opened(document)
            self.give(key, document)
        return sources

    def give(self, key: str, page: PageRead) -> None:
        given = self.given.setdefault(key, [])
        if page.passages not in given:
            given.append(page.passages)

    # ---- What was seen -------------------------------------------------------------------------

    def page(self, source: Source) -> PageRead | None:
        opened = self.opened.get(url_key(source.url))
        return opened.page if opened else None

    def in_words(self, source: Source) -> str:
        """Return what was seen of a source, for the list of references; "" if nobody looked."""
        if not self.read:
            return ""
        opened = self.opened.get(url_key(source.url), Opened(None))
        if not opened.page:
            return "Excerpt only" + (f": {opened.problem}" if opened.problem else "")
        part = " in part" if opened.page.is_part else ""
        day = f" on {opened.page.read_at[:10]}" if opened.page.read_at else ""
        return f"Read{part}{day}"

    def verdict(self, report: Report) -> Verdict:
        """Look for the report's statements on the pages that it refers to."""
        if not self.checked or self.checked[0] != report.body:
            seen = [self.seen(source) for source in report.references]
            urls = [source.url for source in report.references]
            self.checked = report.body, look_for(report.body, urls, seen)
        return self.checked[1]

    def seen(self, source: Source) -> Seen:
        page = self.page(source)
        also = f"{source.title}\n{source.date}\n{source.snippet}"
        if not page:
            return seen_of(None, False, also)
        try:
            return seen_of(unpack(page.facts), not page.is_part, also)
        except ValueError:  # somebody has completed the Activity by hand
            return seen_of(None, False, also)

    def about(self, report: Report) -> list[str]:
        """Return what a reader is to know of the pages and of the figures."""
        if not self.read:
            return []
        pages = [opened.page for opened in self.opened.values() if opened.page]
        read = [page for page in pages if not page.url.startswith("document:")]
        parts = sum(page.is_part for page in read)
        line = f"{counted(len(read), 'page')} {'was' if len(read) == 1 else 'were'} read"
        line += f", {parts} of them in part" if parts else ""
        line += "; of the other sources the model saw the excerpt that the search returned."
        problems = Counter(in_general(o.problem) for o in self.opened.values() if not o.page)
        lines = [line] if read or problems else []
        if problems:
            why = [f"- {literal(problem)}: {number}" for problem, number in problems.most_common()]
            number = problems.total()
            verb = "was" if number == 1 else "were"
            lines.append(f"{counted(number, 'page')} {verb} not read:\n\n" + "\n".join(why))
        return lines + in_brief(self.verdict(report))

    def references(self, report: Report) -> list[Reference]:
        """Return the list of references with all that is known of each, to be kept as a file."""
        verdict = self.verdict(report) if self.read else Verdict()
        found = []
        for number, source in enumerate(report.references, 1):
            key = url_key(source.url)
            opened = self.opened.get(key, Opened(None))
            page, problem = opened.page, [opened.problem] * bool(opened.problem)
            seen = ("part" if page.is_part else "read") if page else "excerpt"
            if source.url.startswith("document:"):
                seen = "document"
            found.append(
                Reference(
                    number,
                    source.title,
                    source.url,
                    final_address=page.url if page else "",
                    date=source.date,
                    seen=seen,
                    read_at=page.read_at if page else "",
                    excerpt="" if page else source.snippet,
                    passages=self.given.get(key, []),
                    notes=list(dict.fromkeys(problem + verdict.by_source.get(number, []))),
                )
            )
        return found


class Documents:
    """The worker's own documents, as a run sees them."""

    def __init__(self, look: Look | None, sources: str, demo: bool) -> None:
        self.look = None if demo or sources == "web" else look
        self.required = sources == "documents"
        self.count = 0
        self.problems: list[str] = []

    async def get_ready(self) -> None:
        """Have the index brought up to date, and see whether there are documents at all."""
        if not self.look:
            return
        try:
            found = await self.look(DocumentsInput(required=self.required), "Look for documents")
        except (ActivityError, ApplicationError) as error:
            if self.required:
                raise
            self.problems = [str(getattr(error.cause or error, "message", error))]
        else:
            self.count, self.problems = found.documents, found.problems

    async def find(self, queries: list[str], question: str, label: str) -> list[PageRead]:
        """Return what fits a section."""
        if not self.look or not self.count:
            return []
        input = DocumentsInput(queries, question, self.required)
        try:
            return (await self.look(input, f"{label}: search the documents")).pages
        except (ActivityError, ApplicationError):
            return []

    def about(self) -> list[str]:
        lines = []
        if self.count:
            lines.append(
                f"{counted(self.count, 'document')} in the worker's folder could be searched."
            )
        if self.problems:
            why = "\n".join(f"- {literal(problem)}" for problem in self.problems)
            lines.append(f"These could not be read:\n\n{why}")
        return lines


def in_general(problem: str) -> str:
    """Return why a page was not read without the names in it, so that the same is said once."""
    for pattern, general in SAME:
        if re.search(pattern, problem):
            return general
    return problem


def in_brief(verdict: Verdict) -> list[str]:
    """Return what came of looking for figures, for "How this report was made"."""
    if not verdict.figures and not verdict.unlike:
        return []
    figures = counted(verdict.figures, "figure")
    line = f"{figures} with a reference {'was' if verdict.figures == 1 else 'were'} looked for on"
    line += f" the cited pages: {verdict.found} found, {verdict.missing} not found"
    if verdict.unknown:
        line += f", {verdict.unknown} not checked, as not all of their pages could be read whole"
    if verdict.unlike:
        line += f". Of {counted(verdict.unlike, 'statement')} no passage there was like it"
    if verdict.notes:
        line += ". The text says so where that is: [...found on the cited pages]"
    return [f"{line}. Nothing else was checked: nobody verified what the report says."]


def best(ranked: list[list[Source]]) -> list[Source]:
    """Return the pages to open: by rank, one of each site before a second of any."""
    rows = [[found[rank] for found in ranked if rank < len(found)] for rank in range(100)]
    sources = merged(rows)
    of_site: Counter[str] = Counter()
    turns = []
    for source in sources:
        site = site_of(source.url)
        turns.append(of_site[site])
        of_site[site] += 1
    order = sorted(range(len(sources)), key=lambda place: turns[place])
    return [sources[place] for place in order[:MOST_PAGES]]
