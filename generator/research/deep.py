"""A long report, step by step: outline, searches, sections side by side, lead, assembly.

This is Workflow code, which Temporal replays: it does nothing but decide. What it needs from the
outside world it asks for through functions that the Workflow gives it, each call of which is one
Activity. Whatever they raise other than that a step has failed for good ends the research.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from temporalio.exceptions import ActivityError, ApplicationError

from generator.research.reading import Documents, Evidence, Look, Read
from generator.research.sources import (
    Outline,
    Report,
    Section,
    Written,
    about_sources,
    assemble,
    is_enough,
    just_one,
    merged,
    parse_outline,
    revise,
)
from models import LLMCallInput, Reference, SearchInput, SearchResult, SectionStatus, Source, Task

PARALLEL = 4  # sections that are searched for, and that are written, at a time
FAILED = (ActivityError, ApplicationError)  # for good; or somebody has completed it by hand
MAX_SECTION = 60_000  # characters, ten times what a section is asked to have
NO_SEARCH = (
    "No web search is set up (SEARCH_PROVIDER in .env): the report is what the model knows, and has"
    " no references"
)

Ask = Callable[[LLMCallInput, str], Awaitable[str]]  # the question and its summary; the answer
Search = Callable[[SearchInput, str], Awaitable[SearchResult]]


@dataclass
class Part:
    """A section as far as it is."""

    plan: Section
    number: int
    status: SectionStatus
    found: list[list[Source]] = field(default_factory=list)  # by each search, the best first
    own: list[Source] = field(default_factory=list)  # documents
    sources: list[Source] = field(default_factory=list)
    text: str = ""
    note: str = ""  # what its reader must know

    def question(self) -> str:
        """Return what the section is about, to choose passages by."""
        return " ".join([self.plan.title, self.plan.brief, *self.plan.queries])

    def written(self) -> Written:
        return Written(self.plan.title, self.text, self.sources, self.note)


class DeepResearch:
    """The research for one long report, and the report as far as it is."""

    def __init__(
        self,
        question: LLMCallInput,
        sections: int,
        ask: Ask,
        search: Search,
        may_spend: Callable[[], bool],
        tell: Callable[[], None],
        read: Read | None = None,
        look: Look | None = None,
        sources: str = "",
    ) -> None:
        self.question, self.wanted = question, sections
        self.ask, self.search = ask, search
        self.may_spend = may_spend  # whether the limit of cost leaves room for another step
        self.tell = tell  # that there is something new to show
        self.outline = Outline("", [])
        self.parts: list[Part] = []
        self.report = Report("", "", [])
        self.provider = ""
        self.searches = 0
        self.missing: list[str] = []  # what is missing from the report, and why
        self.evidence = Evidence(read, question.demo)
        self.documents = Documents(look, sources, question.demo)
        self.uses_web = sources != "documents"
        self.is_complete = False

    async def run(self) -> None:
        """Do the research; `report` is then complete.

        Raises:
            ApplicationError: no search has found anything, or no section could be written.
        """
        # The index of the documents is brought up to date while the outline is written.
        outline, *others = await asyncio.gather(
            self.make_outline(), self.documents.get_ready(), return_exceptions=True
        )
        for result in (outline, *others):
            if isinstance(result, BaseException):
                raise result
        self.outline = cast(Outline, outline)
        self.parts = [
            Part(plan, number, SectionStatus(plan.title))
            for number, plan in enumerate(self.outline.sections, 1)
        ]
        self.tell()
        await self.research_and_write()
        self.report = assemble(self.outline.title, [part.written() for part in self.parts])
        await self.add_lead()
        self.is_complete = True

    async def make_outline(self) -> Outline:
        """Ask for an outline, a second time if too few sections can be made out in it."""
        question = replace(self.question, task=Task.OUTLINE, sections=self.wanted)
        topic = self.question.prompt
        outline = parse_outline(await self.ask(question, "Outline"), topic, self.wanted)
        if not is_enough(outline, self.wanted) and self.may_spend():
            try:
                answer = await self.ask(question, "Outline, once more: too few sections")
            except FAILED:
                answer = ""
            second = parse_outline(answer, topic, self.wanted)
            outline = max(outline, second, key=lambda each: len(each.sections))
        outline = outline if outline.sections else just_one(topic)
        if (planned := len(outline.sections)) < self.wanted:
            self.missing.append(
                f"{self.wanted - planned} of {self.wanted} sections: the model planned no more"
            )
        return outline

    async def research_and_write(self) -> None:
        """Search for each section, open pages and write it, some sections at a time.

        A section whose searches find nothing waits until it is known that others find something:
        for a topic on which there is nothing at all, no section is paid for.
        """
        searching, reading, writing = (asyncio.Semaphore(PARALLEL) for _ in range(3))
        searched: asyncio.Event = asyncio.Event()
        still = len(self.parts)

        async def work_on(part: Part) -> None:
            nonlocal still
            try:
                async with searching:
                    await self.search_for(part)
            finally:
                still -= 1
                if part.sources or not still:
                    searched.set()  # there is something, or no more to wait for
            await searched.wait()
            if not any(each.sources for each in self.parts) and self.searched:
                return
            async with reading:
                await self.open_pages(part)
            async with writing:
                await self.write(part)

        results = await asyncio.gather(*map(work_on, self.parts), return_exceptions=True)
        for error in results:  # all of them have ended by now
            if isinstance(error, BaseException):
                raise error
        if not any(part.text for part in self.parts):
            raise self.failure()

    async def search_for(self, part: Part) -> None:
        self.progress(part, "searching")
        title = f"{self.label(part)}: search for "
        queries = [SearchInput(query, demo=self.question.demo) for query in part.plan.queries]
        results: list[Any] = await asyncio.gather(
            self.documents.find(part.plan.queries, part.question(), self.label(part)),
            *(self.search_once(query, title + query.query) for query in queries if self.uses_web),
            return_exceptions=True,
        )
        failures = []
        if isinstance(own := results.pop(0), BaseException):
            raise own
        part.own = self.evidence.take(own)
        part.sources = part.own
        for result in results:
            if isinstance(result, FAILED):
                failures.append(reason(result))
            elif isinstance(result, BaseException):
                raise result
            else:
                part.found.append(result.sources)
                part.sources = merged([part.own, *part.found])
        if failures and not part.sources:
            part.note = f"The web search for this section failed: {failures[0]}"
        elif not part.sources and self.searched:
            where = "The web search" if self.uses_web else "The search of the documents"
            part.note = f"{where} found nothing for this section: the model knows what it says."
        self.progress(part, "waiting")

    async def search_once(self, query: SearchInput, summary: str) -> SearchResult:
        if not self.may_spend():
            return SearchResult()
        try:
            result = await self.search(query, summary)
        except FAILED:
            self.provider = self.provider or "a search service that failed"
            raise
        if result.provider:
            self.provider = result.provider
            self.searches += 1
        return result

    async def open_pages(self, part: Part) -> None:
        if part.found and self.may_spend():  # else nobody writes from them
            self.progress(part, "reading")
            pages = await self.evidence.open(part.found, part.question(), self.label(part))
            part.sources = [*part.own, *pages]
            self.progress(part, "waiting")

    async def write(self, part: Part) -> None:
        if not self.may_spend():
            self.lacks(part, "the limit of cost was reached before it was written")
            return
        self.progress(part, "writing")
        question = replace(
            self.question,
            task=Task.SECTION,
            outline=str(self.outline),
            section=part.number,
            sources=[
                replace(source, snippet="") if source.passages else source
                for source in part.sources
            ],
        )
        try:
            part.text = cut(await self.ask(question, self.label(part)))
        except FAILED as error:
            self.lacks(part, reason(error))
        else:
            done = [part.written() for part in self.parts if part.text]
            self.report = assemble(self.outline.title, done)
            self.progress(part, "done")

    async def add_lead(self) -> None:
        """Have summary and conclusions written over the sections that there are."""
        body = self.report
        if not self.may_spend():
            self.missing.append("Summary and conclusions: the limit of cost was reached before")
            return
        question = replace(self.question, task=Task.LEAD, draft=body.draft())
        try:
            lead = cut(await self.ask(question, "Summary and conclusions"), what="lead")
        except FAILED as error:
            self.missing.append(f"Summary and conclusions: {reason(error)}")
            return
        parts = [part.written() for part in self.parts]
        self.report = assemble(body.title, parts, lead, body.references)

    async def revise(self, question: LLMCallInput) -> str:
        """Have the draft in `question` changed; its sources are kept, and it is checked again.

        A person's own version has no sources that are known here: it is revised as a plain report.
        """
        if question.draft != self.markdown():
            return await self.ask(question, "Revise the draft")
        # Without the excerpts of the sources: the draft has what they say.
        sources = [replace(each, snippet="", passages="") for each in self.report.references]
        question = replace(question, draft=self.report.draft(), sources=sources)
        size = max(MAX_SECTION, 2 * len(question.draft))  # a report may be longer than a section
        text = await self.ask(question, "Revise the draft")
        self.report = revise(self.report, cut(text, size, "revision"))
        return self.markdown()

    def references(self) -> list[Reference]:
        return self.evidence.references(self.report)

    def lacks(self, part: Part, reason: str) -> None:
        part.note = f"This section is missing: {reason}"
        self.missing.append(f"{part.plan.title}: {reason}")
        self.progress(part, "missing")

    def failure(self) -> ApplicationError:
        """Return why there is no section at all."""
        if any(part.status.state == "missing" for part in self.parts):
            return ApplicationError(
                f"No section could be written. {self.missing[-1]}",
                type="NoSection",
                non_retryable=True,
            )
        failed = [part.note for part in self.parts if "failed" in part.note]
        where = "The web search" if self.uses_web else "The search of the documents"
        why = failed[0] if failed else f"{where} found nothing on this topic"
        return ApplicationError(
            f"{why.rstrip('.')}. So no section was paid for. Ask in other words, or set another"
            f" {'SEARCH_PROVIDER' if self.uses_web else 'DOCUMENTS_DIR'} in .env",
            type="NothingFound",
            non_retryable=True,
        )

    def label(self, part: Part) -> str:
        return f"Section {part.number} of {len(self.parts)}: {part.plan.title}"

    def progress(self, part: Part, state: str) -> None:
        part.status.state = state
        self.tell()

    @property
    def searched(self) -> bool:
        """Whether there is anything that could be searched."""
        return bool(self.provider or self.documents.count)

    def without_search(self) -> str:
        """Return what the byline says after the model, if it could search nowhere."""
        return "" if self.searched else ", without a web search"

    def markdown(self) -> str:
        """Return the report as far as it is."""
        if not self.report.body:
            return ""
        body, opened = "", None
        if self.is_complete and self.evidence.read:
            body = self.evidence.verdict(self.report).noted(self.report.body)
            opened = self.documents.about() + self.evidence.about(self.report)
        about = about_sources(
            self.question.date,
            self.provider if self.provider or not self.documents.count else None,
            self.searches,
            self.report,
            self.missing,
            opened,
        )
        return self.report.markdown(about, self.evidence.in_words, body)


def cut(text: str, size: int = MAX_SECTION, what: str = "section") -> str:
    """Return a section's text, without what no section needs and a replay would take long over."""
    if len(text) <= size:
        return text
    head = text[:size].rpartition("\n\n")[0] or text[:size]
    return f"{head}\n\n*This {what} was cut here: it was longer than a {what} can be.*"


def reason(error: ActivityError | ApplicationError) -> str:
    """Return in words what an Activity has failed of."""
    cause = error.cause or error
    return str(getattr(cause, "message", None) or cause)
