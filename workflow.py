"""The Workflow: what happens in which order, how long it may take, and what follows a failure.

Workflow code is replayed to restore a run after a crash, so it must do the same thing each time:
no clock, no files, no network and no randomness but through `temporalio.workflow`.
"""

import asyncio
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

# The sandbox reloads the Workflow's modules for every run; these have no state to protect.
with workflow.unsafe.imports_passed_through():
    from activities import create_pdf, llm_call, send_email
    from models import (
        GenerateReportInput,
        LLMCallInput,
        PDFGenerationInput,
        ReportStatus,
        SendEmailInput,
        Stage,
        UserDecision,
        UserDecisionSignal,
    )

# A worker that dies is noticed when its heartbeats stop, so an attempt itself may take long: a
# slow model's answer must not be cut off and paid for again.
HEARTBEAT_TIMEOUT = timedelta(seconds=8)
LLM_TIMEOUT = timedelta(hours=2)
PDF_TIMEOUT = timedelta(minutes=10)
EMAIL_TIMEOUT = timedelta(minutes=5)

# None of them gives up: what a retry cannot mend, the Activities raise as non-retryable.
LLM_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)
)
PDF_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=2),
    backoff_coefficient=3.0,
    maximum_interval=timedelta(minutes=1),
)
EMAIL_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)
)


IN_WORDS = {
    Stage.RESEARCH: "The model is researching the topic.",
    Stage.REVIEW: "The draft waits for a person's decision.",
    Stage.REVISION: "The model is revising the draft.",
    Stage.PDF: "The PDF is being made.",
    Stage.EMAIL: "The report is being mailed.",
    Stage.DONE: "Done.",
    Stage.FAILED: "The run has failed or was cancelled.",
}


@workflow.defn
class GenerateReportWorkflow:
    """Research a topic, let a person review the draft, make a PDF of it, and mail it."""

    @workflow.init
    def __init__(self, input: GenerateReportInput) -> None:
        self.input = input
        self.prompt = input.prompt
        self.today = workflow.now().date().isoformat()
        self.model = ""
        self.draft: str | None = None
        self.call: workflow.ActivityHandle[dict[str, Any]] | None = None
        self.outdated = False  # the running call answers a prompt that has changed
        self.decision: UserDecisionSignal | None = None
        self.begun: Counter[Stage] = Counter()
        self.status = ReportStatus(stage=Stage.RESEARCH, since=workflow.now().isoformat())

    @workflow.run
    async def run(self, input: GenerateReportInput) -> str:
        try:
            return await self.make_report(input)
        except (Exception, asyncio.CancelledError):
            self.status.note = f"It ended at the stage {self.status.stage}."
            self.begin(Stage.FAILED)
            raise

    async def make_report(self, input: GenerateReportInput) -> str:
        self.draft = await self.research()
        if input.review:
            self.draft = await self.reviewed(self.draft)

        self.begin(Stage.PDF)
        report = PDFGenerationInput(
            content=self.draft,
            filename=pdf_name(self.prompt),
            topic=self.prompt,
            date=self.today,
            model=self.model,
        )
        pdf_filename = await workflow.execute_activity(
            create_pdf,
            report,
            summary=f"Write {report.filename}",
            start_to_close_timeout=PDF_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=PDF_RETRIES,
        )
        self.status.pdf_filename = pdf_filename

        self.begin(Stage.EMAIL)
        outcome = f"Successfully created research report PDF: {pdf_filename}"
        try:
            self.status.email = await workflow.execute_activity(
                send_email,
                SendEmailInput(report=report, pdf_path=pdf_filename, recipient=input.email),
                summary="Mail the PDF",
                start_to_close_timeout=EMAIL_TIMEOUT,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=EMAIL_RETRIES,
            )
        except ActivityError as error:
            if run_is_cancelled():
                raise
            # The report is made and paid for: a mail that cannot be sent does not undo that.
            self.status.email = f"The report was not mailed: {error.cause}"
            outcome = f"{self.status.email} {outcome}"
        self.begin(Stage.DONE)
        return outcome

    async def research(self) -> str:
        """Have the model write the report, anew each time that the prompt changes meanwhile."""
        while True:
            self.outdated = False
            self.begin(Stage.RESEARCH)
            question = LLMCallInput(prompt=self.prompt, date=self.today, demo=self.input.demo)
            try:
                draft = await self.ask_model(question, summary="Research the topic")
            except ActivityError:
                if not self.outdated:
                    raise
            else:
                if not self.outdated:
                    return draft

    async def reviewed(self, draft: str) -> str:
        """Wait for decisions on the draft, for days if need be, until one keeps it."""
        while True:
            self.begin(Stage.REVIEW)
            await workflow.wait_condition(lambda: self.decision is not None)
            decision, self.decision = self.decision, None
            assert decision
            if decision.decision == UserDecision.KEEP:
                return decision.draft or draft

            self.begin(Stage.REVISION)
            revision = LLMCallInput(
                prompt=self.prompt,
                date=self.today,
                demo=self.input.demo,
                draft=draft,
                changes=decision.additional_prompt,
            )
            try:
                draft = self.draft = await self.ask_model(revision, summary="Revise the draft")
                self.status.note = ""
            except ActivityError as error:
                self.status.note = f"The draft is as before, because this failed: {error.cause}"

    async def ask_model(self, question: LLMCallInput, summary: str) -> str:
        self.call = workflow.start_activity(
            llm_call,
            question,
            summary=summary,
            start_to_close_timeout=LLM_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=LLM_RETRIES,
            # Not cancelled before the stream is closed: no more tokens are bought by then.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        try:
            research_facts = await self.call
        except ActivityError:
            if run_is_cancelled():
                raise asyncio.CancelledError from None
            raise
        if run_is_cancelled():  # the call has ended just before
            raise asyncio.CancelledError
        self.model = research_facts.get("model") or ""
        content: str = research_facts["choices"][0]["message"]["content"]
        return content

    @workflow.signal
    def update_prompt(self, prompt: str) -> None:
        """Research this instead. Once the research is over, it comes too late."""
        if self.status.stage != Stage.RESEARCH:
            self.status.note = "A new prompt came too late: the research was over."
        elif not prompt.strip():
            self.status.note = "A new prompt was empty; the research goes on as it was."
        elif prompt != self.prompt:
            self.status.note = ""
            self.prompt = prompt
            self.outdated = True
            workflow.upsert_memo({"topic": in_brief(prompt)})
            if self.call:
                self.call.cancel()
        self.show()

    @workflow.update
    def review(self, decision: UserDecisionSignal) -> str:
        """Decide on the draft: KEEP makes the PDF of it, EDIT has the model revise it."""
        self.decision = decision
        return "Kept." if decision.decision == UserDecision.KEEP else "Being revised."

    @review.validator
    def check_review(self, decision: UserDecisionSignal) -> None:
        stage = self.status.stage
        if self.decision:
            raise ApplicationError("Too late: another decision on this draft came first.")
        if stage in (Stage.RESEARCH, Stage.REVISION):
            raise ApplicationError("Too early: the draft is still being written.")
        if stage != Stage.REVIEW:
            raise ApplicationError(f"Too late: the run is at the stage {stage} already.")
        if decision.decision == UserDecision.EDIT and not decision.additional_prompt.strip():
            raise ApplicationError("EDIT needs an additional_prompt that says what to change.")
        if decision.draft and not decision.draft.strip():
            raise ApplicationError("The draft to keep is empty.")
        if decision.is_too_long():
            raise ApplicationError("The decision is too long: at most a megabyte, please.")

    @workflow.query
    def get_status(self) -> ReportStatus:
        return self.status

    @workflow.query
    def get_research_result(self) -> str | None:
        return self.draft

    def begin(self, stage: Stage) -> None:
        self.begun[stage] += 1
        self.status = replace(
            self.status,
            stage=stage,
            since=workflow.now().isoformat(),
            attempt=self.begun[stage],
            characters=len(self.draft or ""),
        )
        self.show()

    def show(self) -> None:
        """Say on the run's page in the Web UI what `get_status` would answer."""
        status = self.status
        lines = [IN_WORDS[status.stage], status.note, status.email]
        if status.pdf_filename:
            lines.append(f"PDF: `{status.pdf_filename}`")
        if self.draft:
            lines.append(f"---\n\n{self.draft}")
        workflow.set_current_details("\n\n".join(filter(None, lines)))


def run_is_cancelled() -> bool:
    return workflow.cancellation_reason() is not None


def in_brief(topic: str) -> str:
    """Return the topic on one line of at most 200 bytes; Temporal limits summaries."""
    return " ".join(topic.split()).encode()[:200].decode(errors="ignore")


def pdf_name(topic: str) -> str:
    """Return a file name that tells a person the topic and belongs to this run alone."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", topic[:200]).lower()).strip("-_")
    slug = words.encode()[:100].decode(errors="ignore").rstrip("-")
    # The end of the run ID: its beginning is a clock, the same for runs started together.
    return f"{slug or 'report'}-{workflow.info().run_id[-8:]}.pdf"
