"""The data that crosses a process boundary: what goes into a run, through it, and out of it.

Temporal stores each of them as JSON in the Event History. A new field goes to the end and has a
default, so that a run started by an older program still reads.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

TASK_QUEUE = "research"
DEMO_TASK_QUEUE = "research-demo"  # no worker but that of --demo polls it
# A Workflow Task takes milliseconds. One that was given to a worker as it stopped or died is given
# to another after this time; Temporal's default would leave the run waiting for ten seconds.
TASK_TIMEOUT = timedelta(seconds=5)
FEWEST_SECTIONS, MOST_SECTIONS = 2, 12  # of a long report
# A dead worker is noticed by its missing heartbeats. So an attempt itself may take long: a slow
# model's answer must not be cut off and paid for again.
HEARTBEAT_TIMEOUT = timedelta(seconds=8)
MAX_DECISION = 1_000_000  # bytes of JSON: a draft becomes part of inputs, which end at 2 MiB


@dataclass
class Source:
    """A page that a web search returned, or a document; all of it is text by strangers."""

    title: str
    url: str
    snippet: str = ""
    date: str = ""  # as the search service gives it, "" if it does not
    passages: str = ""  # of the page itself, where it could be read; `packed`


class Task(StrEnum):
    """What the model is to write. A long report takes many: its outline, sections and lead."""

    REPORT = "report"  # the whole report, or, with a draft, its revision
    OUTLINE = "outline"
    SECTION = "section"
    LEAD = "lead"  # summary and conclusions of the sections in the draft


@dataclass
class LLMCallInput:
    """What `llm_call` asks the model: a report on `prompt`, or a revision of `draft`."""

    prompt: str
    date: str = ""  # today as YYYY-MM-DD, from the Workflow's clock
    demo: bool = False  # answer with the bundled sample report, whatever the worker's LLM_MODEL
    draft: str = ""
    changes: str = ""  # what a person wants different in the draft
    model: str = ""  # as LiteLLM names it; empty: LLM_MODEL
    task: Task = Task.REPORT
    sections: int = 0  # how many the outline is to have; 0: as many as the topic needs
    outline: str = ""  # of the whole report, as Markdown
    section: int = 0  # the number of the one to write
    sources: list[Source] = field(default_factory=list)  # what `[1]`, `[2]`, ... stand for
    max_cost: float = 0.0  # with a limit, a model whose price nobody knows is not asked
    spent: float = 0.0  # US dollars of the limit that are not there for this answer
    least: int = 0  # tokens; an answer for which less is left is not asked for


@dataclass
class Reference:
    """An entry of a report's list of references, for the file that is kept beside the report."""

    number: int
    title: str
    address: str
    final_address: str = ""  # where redirects led to
    date: str = ""  # of the page
    seen: str = ""  # read, part, excerpt, or document
    read_at: str = ""  # ISO 8601, UTC
    excerpt: str = ""  # of the search, where the page was not read
    passages: list[str] = field(default_factory=list)  # that writers were given; each `packed`
    notes: list[str] = field(default_factory=list)  # what is not on it, or why it was not read


@dataclass
class PDFGenerationInput:
    """A report, and the name of the file that `create_pdf` makes of it in REPORTS_DIR."""

    content: str  # Markdown
    filename: str = "research_pdf.pdf"
    topic: str = ""
    date: str = ""
    model: str = ""
    made: str = ""  # what it took: tokens, searches, price
    incomplete: str = ""  # why it is, "" if it is whole
    references: list[Reference] = field(default_factory=list)  # of a long report


@dataclass
class SendEmailInput:
    """A report on its way to a mailbox."""

    # The report itself, and not only its path: the worker that mails it may be on another machine.
    report: PDFGenerationInput = field(default_factory=lambda: PDFGenerationInput(content=""))
    pdf_path: str = ""
    recipient: str = ""  # empty: EMAIL_TO


@dataclass
class GenerateReportInput:
    """What a person asks for when starting a run."""

    prompt: str
    email: str = ""  # mail the report here instead of to EMAIL_TO
    demo: bool = False  # make the sample report, call no LLM
    review: bool = False  # wait for a person's decision on the draft
    model: str = ""  # ask this one instead of the worker's LLM_MODEL
    deep: bool = False  # a long report, section by section, from what a web search finds
    sections: int = 0  # of a long report; 0: as many as the topic needs
    max_cost: float = 0.0  # US dollars to spend at most; 0: no limit
    sources: str = ""  # of a long report: web or documents; empty: both, as far as set up


class UserDecision(StrEnum):
    """What a person may decide on a draft."""

    KEEP = "KEEP"  # make the PDF of it
    EDIT = "EDIT"  # have the model revise it


@dataclass
class UserDecisionSignal:
    """A person's decision on the draft."""

    decision: UserDecision
    additional_prompt: str = ""  # with EDIT: what the model is to change
    draft: str = ""  # the person's own version, to be kept or edited instead of the draft
    seen: str = ""  # `since` of the status with the draft that they have seen; no other is meant

    def problem(self) -> str:
        """Return why no run can take this, "" if one can."""
        if self.decision == UserDecision.EDIT and not self.additional_prompt.strip():
            return "EDIT needs an additional_prompt that says what to change."
        if self.draft and not self.draft.strip():
            return "The draft to keep is empty."
        if len(json.dumps([self.additional_prompt, self.draft])) > MAX_DECISION:
            return "The decision is too long: at most a megabyte, please."
        return ""


class Stage(StrEnum):
    """Where a run is."""

    RESEARCH = "research"
    REVIEW = "review"
    REVISION = "revision"
    PDF = "pdf"
    EMAIL = "email"
    DONE = "done"
    FAILED = "failed"


@dataclass
class SectionStatus:
    """How far a section is: waiting, searching, reading, writing, done or missing."""

    title: str
    state: str = "waiting"


@dataclass
class ReportStatus:
    """What the query `get_status` answers."""

    stage: Stage
    since: str  # when the stage began, ISO 8601, UTC
    attempt: int = 1  # of this stage in this run: 2 for the second revision, or after a new prompt
    characters: int = 0  # of the draft, 0 until there is one
    pdf_filename: str = ""
    email: str = ""  # what became of the mail
    note: str = ""  # what the person should know
    tokens: int = 0  # of all answers so far
    cost: float = 0.0  # US dollars, of all answers and searches so far
    cost_is_known: bool = True  # False: some of it has no price that LiteLLM knows
    searches: int = 0
    sections: list[SectionStatus] = field(default_factory=list)  # of a long report
    estimated: bool = False  # a provider has not counted all tokens
    incomplete: str = ""  # why the report is, "" if it is whole as far as is known


@dataclass
class SearchInput:
    """What `web_search` looks for."""

    query: str
    max_results: int = 8
    demo: bool = False  # answer from the bundled sample, whatever the worker's SEARCH_PROVIDER
    max_cost: float = 0.0  # US dollars that the run may spend; 0: the worker's MAX_COST
    spent: float = 0.0  # of it, what is not there for searches
    beside: int = 0  # other searches under way, each of which costs as much as this one


@dataclass
class SearchResult:
    """What `web_search` found."""

    sources: list[Source] = field(default_factory=list)
    provider: str = ""
    cost: float | None = None  # US dollars; None: the price is not known


@dataclass
class ReadInput:
    """Which page `read_page` reads, and what for."""

    url: str
    question: str = ""  # which passages are wanted: those that fit this
    demo: bool = False  # read the bundled sample


@dataclass
class PageRead:
    """What was read of a page, or of a document."""

    url: str  # where redirects led to, or document:///file.pdf?page=12
    title: str = ""
    date: str = ""  # YYYY-MM-DD, as the page gives it
    read_at: str = ""  # ISO 8601, UTC
    characters: int = 0
    is_part: bool = False  # it was too long to be read to its end
    # Short for the Event History; `NAME.sources.json` beside the report has them as text.
    passages: str = ""  # what a writer is given; `packed`
    facts: str = ""  # the numbers and words of the whole page; `pack`


@dataclass
class DocumentsInput:
    """What `search_documents` looks for; without queries it makes the index ready for them."""

    queries: list[str] = field(default_factory=list)
    question: str = ""  # which passages are wanted: those that fit this
    required: bool = False  # the run is to use nothing else


@dataclass
class DocumentsFound:
    """What `search_documents` found."""

    pages: list[PageRead] = field(default_factory=list)  # the best first
    documents: int = 0  # that can be searched
    problems: list[str] = field(default_factory=list)  # which files cannot be read, and why
