"""The Workflow: which steps a report takes, how long each may take, and what follows a failure.

Temporal replays this code to restore a run after a crash. So it must do the same thing each time:
no clock, no files, no network and no randomness but through `temporalio.workflow`.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

# The sandbox loads modules anew for every run, so that runs cannot share state by accident. These
# pass through it: the Workflow uses only names and pure functions of theirs, never their state.
with workflow.unsafe.imports_passed_through():
    from activities import create_pdf, llm_call, send_email
    from generator import received, results
    from generator.research.deep import NO_SEARCH, PARALLEL, DeepResearch
    from generator.research.paid_calls import PaidCalls, TopicChanged, run_is_cancelled
    from generator.research.progress import ReportInProgress
    from generator.research.steps import Steps
    from generator.wording import in_brief
    from models import (
        HEARTBEAT_TIMEOUT,
        GenerateReportInput,
        LLMCallInput,
        ReportStatus,
        SendEmailInput,
        Stage,
        Task,
        UserDecision,
        UserDecisionSignal,
    )

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@workflow.defn
class GenerateReportWorkflow:
    """Research a topic, let a person review the draft, make a PDF of it, and mail it."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        input, self.problem = received.report_input(given)
        self.question = LLMCallInput(  # a person may change its prompt while the research is on
            prompt=input.prompt,
            date=workflow.now().date().isoformat(),
            demo=input.demo,
            max_cost=input.max_cost,
            model=input.model,
        )
        self.input = input
        self.report = ReportInProgress()
        self.status = self.report.status
        self.decision: UserDecisionSignal | None = None
        self.paid = PaidCalls(self.status, input.max_cost, numbered=input.deep)
        self.steps = Steps(self.paid)

    @workflow.run
    @received.takes_anything
    async def run(self, input: GenerateReportInput) -> str:
        try:
            if self.problem:
                raise ApplicationError(self.problem, type="WrongInput", non_retryable=True)

            # 1. Have the model research the topic.
            self.report.draft = await self.research()

            # 2. Let a person decide on the draft, as often as they want it changed.
            if input.review:
                while (decision := await self.next_decision()).decision == UserDecision.EDIT:
                    self.report.draft = await self.revise(decision.additional_prompt)
                self.report.gaps.settle(decision.draft)

            # 3. Make a PDF of it.
            self.report.enter(Stage.PDF)
            # Runs of an older program have no such memo.
            if self.status.incomplete and workflow.patched("incomplete"):
                workflow.upsert_memo({"incomplete": in_brief(self.status.incomplete)})
            report = self.report.to_print(self.question, self.paid.by_whom())
            # As `workflow.execute_activity`, but whoever completes it by hand stalls no run.
            made_pdf = await results.execute_activity(
                create_pdf,
                report,
                start_to_close_timeout=10 * MINUTE,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=RetryPolicy(
                    initial_interval=2 * SECOND, backoff_coefficient=3.0, maximum_interval=MINUTE
                ),
                summary=f"Write {report.filename}",
            )
            self.status.pdf_filename = pdf_filename = results.text_in(made_pdf, "create_pdf")

            # 4. Mail the PDF.
            self.report.enter(Stage.EMAIL)
            result = f"Successfully created research report PDF: {pdf_filename}"
            try:
                mailed = await results.execute_activity(
                    send_email,
                    SendEmailInput(replace(report, references=[]), pdf_filename, input.email),
                    start_to_close_timeout=60 * MINUTE,
                    heartbeat_timeout=HEARTBEAT_TIMEOUT,
                    retry_policy=RetryPolicy(initial_interval=SECOND, maximum_interval=MINUTE / 2),
                    summary="Mail the PDF",
                )
                self.status.email = results.text_in(mailed, "send_email")
            except (ActivityError, ApplicationError) as error:
                if run_is_cancelled():
                    raise
                # The report is made and paid for: a mail that cannot be sent does not undo that.
                self.status.email = f"The report was not mailed: {error.cause or error.message}"
                result = f"{self.status.email} {result}"

            self.report.enter(Stage.DONE)
            return result
        except (Exception, asyncio.CancelledError):
            self.status.note = f"It ended at the stage {self.status.stage}."
            self.report.enter(Stage.FAILED)
            raise

    async def research(self) -> str:
        """Have the report written; anew if the topic changes before it is there."""
        while True:
            self.paid.start_over()
            self.report.start_over()
            try:
                if self.input.deep:
                    return await self.research_deeply(self.question)
                return await self.call_model(self.question, summary="Research the topic")
            except (FailureError, TopicChanged):
                if not self.paid.topic_changed:
                    raise

    async def research_deeply(self, question: LLMCallInput) -> str:
        """Have a long report written, section by section, from what a web search finds."""
        opens_pages = workflow.patched("pages-are-read")
        self.report.deep = deep = DeepResearch(
            question,
            self.input.sections,
            ask=self.call_model,
            search=self.steps.search,
            may_spend=self.paid.may_spend,
            tell=self.report.show,
            read=self.steps.read if opens_pages else None,
            look=self.steps.look if opens_pages else None,
            sources=self.input.sources,
        )
        await deep.run()
        if not deep.searched:
            self.status.note = NO_SEARCH
        return deep.markdown()

    async def next_decision(self) -> UserDecisionSignal:
        """Wait until a person decides on the draft, for days if need be."""
        self.report.enter(Stage.REVIEW)
        await workflow.wait_condition(lambda: self.decision is not None)
        decision, self.decision = self.decision, None
        assert decision
        self.report.draft = decision.draft or self.report.draft  # the person's own version, if any
        return decision

    async def revise(self, changes: str) -> str:
        """Have the model change the draft; if it fails, the draft stays and the status says why."""
        self.report.enter(Stage.REVISION)
        draft = self.report.draft or ""
        if not self.paid.may_spend():
            self.status.note = "The draft is as before: the limit of cost is reached"
            return draft
        question = replace(self.question, draft=draft, changes=changes)
        try:
            if self.report.deep:
                revised = await self.report.deep.revise(question)
            else:
                revised = await self.call_model(question, summary="Revise the draft")
        except (ActivityError, ApplicationError) as error:
            why = error.cause or error.message
            self.status.note = f"The draft is as before, because this failed: {why}"
            return draft
        self.status.note = ""
        return revised

    async def call_model(self, question: LLMCallInput, summary: str) -> str:
        """Have the model write one text: the report, a part of it, or a revision."""

        def ask(question: LLMCallInput) -> workflow.ActivityHandle[Any]:
            options = self.steps.options(summary, at_most=timedelta(hours=2))
            return results.start_activity(llm_call, question, **options)

        # Sections are written side by side, and others searched for meanwhile.
        beside = PARALLEL if question.task == Task.SECTION else 0
        research_facts = await self.paid.answer(ask, question, beside)
        self.report.gaps.take(question.task, summary, research_facts)
        return str(received.whole(research_facts["choices"][0]["message"]["content"]))

    @workflow.signal(description='Research this instead, like "Your topic"')
    def update_prompt(self, *given: Any) -> None:
        """Research this prompt instead. Once the research is over, it comes too late."""
        prompt, problem = received.new_topic(given, self.status.stage)
        if problem:
            self.status.note = problem
        elif prompt != self.question.prompt:
            self.status.note = ""
            self.question = replace(self.question, prompt=prompt)
            workflow.upsert_memo({"topic": in_brief(prompt)})
            self.paid.stop_for_new_topic()
        self.report.show()

    @workflow.update(description='{"decision": "KEEP"}, or "EDIT" with an "additional_prompt"')
    def review(self, *given: Any) -> str:
        """Decide on the draft: KEEP makes the PDF of it, EDIT has the model revise it."""
        self.decision = received.decision_in(given)
        return "Kept." if self.decision.decision == UserDecision.KEEP else "Being revised."

    @review.validator
    def check_review(self, *given: Any) -> None:
        seen = received.decision_in(given).seen  # or it is refused
        if untimely := received.untimely_decision(self.status, self.decision is not None, seen):
            raise ApplicationError(untimely)

    @workflow.query(description="Where the run is, and what it has used")
    def get_status(self) -> ReportStatus:
        return self.status

    @workflow.query(description="The draft, as Markdown")
    def get_research_result(self) -> str | None:
        return self.report.text()
