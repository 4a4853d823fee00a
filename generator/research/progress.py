"""A report in the making: its draft, what that lacks, and where the run is, as people are told.

This is Workflow code, which Temporal replays: it does nothing but tell.
"""

from collections import Counter

from temporalio import workflow

from generator.research.deep import DeepResearch
from generator.research.gaps import Gaps, with_note
from generator.wording import pdf_name, spent_in_words, status_in_words
from models import LLMCallInput, PDFGenerationInput, ReportStatus, Stage


class ReportInProgress:
    """What there is of a run's report, and what `get_status` and the Web UI say of it."""

    def __init__(self) -> None:
        self.draft: str | None = None
        self.deep: DeepResearch | None = None  # of a long report
        self.gaps = Gaps()
        self.times_entered: Counter[Stage] = Counter()
        self.status = ReportStatus(stage=Stage.RESEARCH, since=workflow.now().isoformat())

    def start_over(self) -> None:
        """Begin the research, or begin it anew with another topic."""
        self.gaps = Gaps()
        self.enter(Stage.RESEARCH)

    def enter(self, stage: Stage) -> None:
        """Say that the run is at this stage from now on."""
        self.times_entered[stage] += 1
        self.status.stage = stage
        self.status.since = workflow.now().isoformat()
        self.status.attempt = self.times_entered[stage]
        self.status.characters = len(self.draft or "")
        self.show()

    def show(self) -> None:
        """Say on the run's page in the Web UI what `get_status` would answer."""
        if self.deep:
            self.status.sections = [part.status for part in self.deep.parts]
        if self.draft is not None:
            self.status.incomplete = self.gaps.in_words(self.deep.missing if self.deep else None)
        workflow.set_current_details(status_in_words(self.status, self.text() or ""))

    def text(self) -> str | None:
        """Return the draft, of a long report what there is of it; None before there is anything."""
        return self.draft or (self.deep.markdown() if self.deep else "") or None

    def to_print(self, question: LLMCallInput, by_whom: str) -> PDFGenerationInput:
        """Return the report as `create_pdf` takes it, with a note if it is incomplete."""
        return PDFGenerationInput(
            content=with_note(self.draft or "", self.status.incomplete),
            filename=pdf_name(question.prompt, workflow.info().run_id),
            topic=question.prompt,
            date=question.date,
            model=by_whom + (self.deep.without_search() if self.deep else ""),
            made=spent_in_words(self.status),
            incomplete=self.status.incomplete,
            references=self.deep.references() if self.deep else [],
        )
