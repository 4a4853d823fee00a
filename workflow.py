"""The Workflow: what happens in which order, how long it may take, and what follows a failure.

Workflow code is replayed to restore a run after a crash, so it must do the same thing each time:
no clock, no files, no network and no randomness but through `temporalio.workflow`.
"""

import re
import unicodedata
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

# The sandbox reloads the Workflow's modules for every run; these have no state to protect.
with workflow.unsafe.imports_passed_through():
    from activities import create_pdf, llm_call, send_email
    from models import (
        GenerateReportInput,
        LLMCallInput,
        PDFGenerationInput,
        SendEmailInput,
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
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)
)


@workflow.defn(failure_exception_types=[Exception])
class GenerateReportWorkflow:
    """Research a topic, make a PDF of the answer, and mail it."""

    @workflow.run
    async def run(self, input: GenerateReportInput) -> str:
        today = workflow.now().date().isoformat()

        workflow.set_current_details("The model is writing the report.")
        research_facts = await workflow.execute_activity(
            llm_call,
            LLMCallInput(prompt=input.prompt, date=today, demo=input.demo),
            summary="Research the topic",
            start_to_close_timeout=LLM_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=LLM_RETRIES,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

        workflow.set_current_details("The answer is there; the PDF is being made.")
        report = PDFGenerationInput(
            content=research_facts["choices"][0]["message"]["content"],
            filename=pdf_name(input.prompt),
            topic=input.prompt,
            date=today,
            model=research_facts.get("model", ""),
        )
        pdf_filename = await workflow.execute_activity(
            create_pdf,
            report,
            summary=f"Write {report.filename}",
            start_to_close_timeout=PDF_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=PDF_RETRIES,
        )

        workflow.set_current_details(f"The PDF is there: `{pdf_filename}`. It is being mailed.")
        outcome = f"Successfully created research report PDF: {pdf_filename}"
        try:
            email = await workflow.execute_activity(
                send_email,
                SendEmailInput(report=report, pdf_path=pdf_filename, recipient=input.email),
                summary="Mail the PDF",
                start_to_close_timeout=EMAIL_TIMEOUT,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=EMAIL_RETRIES,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # The report is made and paid for: a mail that cannot be sent does not undo that.
            email = f"The report was not mailed: {error.cause}"
            outcome = f"{email} {outcome}"
        workflow.set_current_details(f"Done: `{pdf_filename}`. {email}")
        return outcome


def pdf_name(topic: str) -> str:
    """Return a file name that tells a person the topic and belongs to this run alone."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", topic[:200]).lower()).strip("-_")
    slug = words.encode()[:100].decode(errors="ignore").rstrip("-")
    # The end of the run ID: its beginning is a clock, the same for runs started together.
    return f"{slug or 'report'}-{workflow.info().run_id[-8:]}.pdf"
