"""A long report without and with a model: stand-in Activities, and a model that answers by task."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from temporalio import activity

from generator.packing import packed
from generator.research.sources.facts import facts_of, pack
from models import (
    DocumentsFound,
    DocumentsInput,
    LLMCallInput,
    PageRead,
    ReadInput,
    SearchInput,
    SearchResult,
    Source,
    Task,
)
from support.llm import Latch, Paced
from support.llm_server import Answer, Behaviour, Exchange
from support.stand_ins import Ending, StandIns

NAMES = ["Origins", "Methods", "Costs", "Risks", "Law", "Outlook", "Ports", "Ships", "Crews"]
NAMES += ["Cargo", "Weather", "Maps"]


def outline(sections: int, queries: int = 1) -> str:
    text = "# The great report\n"
    for name in NAMES[:sections]:
        text += f"\n## {name}\nCovers: all of {name.lower()}.\nLeaves out: the rest.\n"
        text += "".join(f"Search: {name.lower()} facts {n}\n" for n in range(1, queries + 1))
    return text


def page(query: str, number: int) -> Source:
    slug = re.sub(r"\W+", "-", query)
    return Source(f"{query} {number}", f"https://{slug}.example.org/{number}", f"On {query}.")


def page_read(url: str, text: str, is_part: bool = False, passages: str = "") -> PageRead:
    """What `read_page` returns of a page with this text."""
    return PageRead(
        url,
        read_at="2026-01-02T03:04:05+00:00",
        characters=len(text),
        is_part=is_part,
        passages=packed(passages or text),
        facts=pack(facts_of(text)),
    )


class ResearchStandIns(StandIns):
    """What each task and each query is to bring; `parts` and `found` may be filled by a test."""

    def __init__(self, sections: int = 6, queries: int = 1) -> None:
        super().__init__()
        self.outlines: list[Ending] = [outline(sections, queries)]
        self.parts: dict[str, list[Ending]] = {}  # by the title of the section
        self.leads: list[Ending] = ["## Summary\n\nIn brief [1].\n\n## Conclusions\n\nSo it is."]
        self.revisions: list[Ending] = ["# The great report\n\nRevised [1] and [9]."]
        self.found: dict[str, SearchResult | Exception] = {}  # by query
        self.provider = "Stand-in Search"
        self.price: float | None = 0.01  # of an answer
        self.search_price: float | None = 0.001
        self.models = ["stand-in"]  # that answer, in turn
        self.private = False  # is what the run stores encrypted?
        self.searched: list[SearchInput] = []
        self.pages: dict[str, Ending | PageRead] = {}  # what a page says, by its address
        self.read: list[ReadInput] = []
        self.documents: DocumentsFound | Exception = DocumentsFound()
        self.looked: list[DocumentsInput] = []
        self.under_way = self.most = 0  # sections being written, and the most at a time

    @activity.defn(name="llm_call")
    async def llm_call(self, input: LLMCallInput) -> dict[str, Any]:
        self.asked.append(input)
        if input.task == Task.SECTION:
            title = re.findall(rf"^{input.section}\. (.+)$", input.outline, re.M)[0]
            ending = self.parts.get(title) or [f"On {title.lower()} [1], [2] and [77]."]
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            try:
                content = await self.end(ending)
            finally:
                self.under_way -= 1
        elif input.task == Task.REPORT:
            content = await self.end(self.revisions if input.draft else self.answers)
        else:
            content = await self.end(self.outlines if input.task == Task.OUTLINE else self.leads)
        response: dict[str, Any] = {
            "model": self.models[(len(self.asked) - 1) % len(self.models)],
            "usage": {"total_tokens": 100},
        }
        if self.price is not None:
            response["response_cost"] = self.price
        if self.private:
            response["private"] = True
        return response | {"choices": [{"message": {"content": content}}]}

    @activity.defn(name="web_search")
    async def web_search(self, input: SearchInput) -> SearchResult:
        self.searched.append(input)
        if not self.provider:
            return SearchResult()
        result = self.found.get(input.query)
        if isinstance(result, Exception):
            raise result
        pages = [page(input.query, number) for number in (1, 2)]
        return result or SearchResult(pages, self.provider, self.search_price)

    @activity.defn(name="read_page")
    async def read_page(self, input: ReadInput) -> PageRead:
        self.read.append(input)
        ending = self.pages.get(input.url, f"On {input.url}.")
        if isinstance(ending, PageRead):
            return ending
        return page_read(input.url, await self.end([ending]))

    @activity.defn(name="search_documents")
    async def search_documents(self, input: DocumentsInput) -> DocumentsFound:
        self.looked.append(input)
        if isinstance(self.documents, Exception):
            raise self.documents
        pages = self.documents.pages if input.queries else []
        return replace(self.documents, pages=pages)

    def activities(self) -> list[Callable[..., Any]]:
        mine: list[Callable[..., Any]] = [self.web_search, self.read_page, self.search_documents]
        return [*super().activities(), *mine]

    def sections(self) -> list[int]:
        """The sections that were asked for, in order."""
        return [input.section for input in self.asked if input.task == Task.SECTION]


def section_text(title: str, number: int, characters: int = 1500) -> str:
    """A section as a model writes it, with its references and an invention now and then."""
    text = f"### Findings on {title.lower()}\n"
    sentence = 0
    while len(text) < characters:
        sentence += 1
        text += (
            f"\nFinding {number}.{sentence} on {title.lower()} was measured [{sentence % 6 + 1}]"
        )
        text += ", and again [42](https://invented.example.net/)." if sentence % 9 == 5 else "."
        text += "\n" * (sentence % 4 == 0)
    return text


@dataclass
class ByTask:
    """A model that answers each task of a long report; `pace` gives the seconds of an answer, and
    no paced one ends before the latch is set."""

    sections: int = 6
    queries: int = 1
    characters: int = 1500  # of a section
    pace: Callable[[str], float] = lambda task: 0.0
    latch: Latch | None = None
    failing: dict[str, Behaviour] = field(default_factory=dict)  # by task: once

    async def play(self, exchange: Exchange) -> None:
        instructions = str(exchange.request.messages[0]["content"])
        task, text = self.answer(instructions)
        behaviour = self.failing.pop(task, None) or (
            Paced(text=text, seconds=self.pace(task), latch=self.latch)
            if self.pace(task)
            else Answer(text=text)
        )
        await behaviour.play(exchange)

    def answer(self, instructions: str) -> tuple[str, str]:
        if found := re.search(r'You write section\s+(\d+), "(.+?)"', instructions):
            return f"section {found[1]}", section_text(found[2], int(found[1]), self.characters)
        if "Plan a research report" in instructions:
            return "outline", outline(self.sections, self.queries)
        return "lead", "## Summary\n\nIt was measured [1].\n\n## Conclusions\n\nMeasure more [2]."


def task_of(messages: list[dict[str, Any]]) -> str:
    """The task of a request, as `ByTask` names it."""
    return ByTask().answer(str(messages[0]["content"]))[0]
