"""The Activities: everything that touches the outside world.

Each is also a plain function that can be called directly, without Temporal. Inside Temporal each
one heartbeats, so that a worker that dies is noticed within seconds. What a retry cannot change is
raised as non-retryable; what a person must correct first is held (`generator/failures.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError

from generator.delivery import mail
from generator.delivery.report import report_path, report_pdf, write_report
from generator.delivery.smtp import Delivery
from generator.llm import Answer, label, problem_with_choice, stopped_answer, write_answer
from generator.received import problem_with_topic, takes_its_input
from generator.research.documents import search_in_documents
from generator.research.pages.guard import Limit
from generator.research.pages.read import SECONDS, read
from generator.research.price import limit_of_cost, search_price, unknown_price
from generator.research.search import search
from generator.results import mailed_in
from generator.running.heartbeat import heartbeat_details, run_id, with_heartbeats, workflow_id
from generator.running.metrics import count_answer
from generator.settings import setting
from models import (
    DocumentsFound,
    DocumentsInput,
    LLMCallInput,
    PageRead,
    PDFGenerationInput,
    ReadInput,
    SearchInput,
    SearchResult,
    SendEmailInput,
    Task,
)

MOST_RESULTS = 20  # of a search; some providers want money for each


@activity.defn(no_thread_cancel_exception=True)
@takes_its_input
def llm_call(input: LLMCallInput) -> dict[str, Any]:
    """Have the model write the report on `input.prompt`, or a part of a long one.

    A later attempt goes on where the one before it stopped: the text so far is the heartbeat's
    detail. An answer that ends at the model's output limit is continued in the same way.

    Returns:
        LiteLLM's `ModelResponse` as a dict, with `usage` summed over the requests of this answer,
        and `response_cost` in US dollars where LiteLLM knows the price. `max_cost` is there if
        the run has a limit: its own, or else MAX_COST; `private` if what a run stores is encrypted.

    Raises:
        ApplicationError: see `generator/llm/errors.py`.
    """
    if problem := problem_with_topic(input.prompt):
        raise ApplicationError(problem, type="WrongInput", non_retryable=True)
    model = "demo" if input.demo else input.model or setting("LLM_MODEL")
    if problem := problem_with_choice(model):
        raise ApplicationError(problem, type="ModelRefused", non_retryable=True)

    # What this answer may cost: its own limit or the worker's, less what the run has spent.
    max_cost = limit_of_cost(input.max_cost)
    if max_cost and (problem := unknown_price(model, searches=input.task == Task.OUTLINE)):
        raise ApplicationError(problem, type="UnknownPrice", non_retryable=True)

    # What attempts before this one have got, and what is still to come.
    answer = Answer(*heartbeat_details())
    if answer.draft:
        activity.logger.info("writes on from character %d", len(answer.draft))
    answer.may_cost = max_cost - max(0.0, input.spent) if max_cost else None
    answer.least = input.least
    try:
        response = with_heartbeats(
            lambda: write_answer(input, answer), answer.checkpoint, answer.stop
        )
    except CancelledError:
        details = activity.cancellation_details()
        if not (max_cost and details and details.cancel_requested):
            raise
        # The run may go on, with another topic and with what is left of its limit.
        response = stopped_answer(answer, model)
    count_answer(response, label(model))
    if max_cost:
        response["max_cost"] = max_cost
    if setting("PAYLOAD_KEYS"):
        response["private"] = True
    return response


@activity.defn(no_thread_cancel_exception=True)
@takes_its_input
def web_search(input: SearchInput) -> SearchResult:
    """Search the web once; find nothing and name no provider without a SEARCH_PROVIDER, or where
    the limit of cost does not pay for a search.

    Raises:
        ApplicationError: see `generator/research/search.py`.
    """
    if not input.query.strip():
        raise ApplicationError("The query is empty", type="WrongInput", non_retryable=True)
    max_cost = limit_of_cost(input.max_cost)
    searches = max(0, input.beside) + 1
    if max_cost and max(0.0, input.spent) + searches * search_price() > max_cost:
        return SearchResult()
    few = replace(input, max_results=min(max(1, input.max_results), MOST_RESULTS))
    return with_heartbeats(lambda: search(few))


@activity.defn(no_thread_cancel_exception=True)
@takes_its_input
def read_page(input: ReadInput) -> PageRead:
    """Open a page that a search has found, and choose the passages that fit a question.

    Raises:
        ApplicationError: it cannot be read, and why; the search's excerpt has to do.
    """
    limit = Limit(SECONDS)
    return with_heartbeats(lambda: read(input, limit), stop=limit.stopped.set)


@activity.defn(no_thread_cancel_exception=True)
@takes_its_input
def search_documents(input: DocumentsInput) -> DocumentsFound:
    """Search the documents in DOCUMENTS_DIR; without that, find nothing.

    Raises:
        ApplicationError: held while the folder is not there, or is required and not set.
    """
    limit = Limit(float("inf"))
    return with_heartbeats(lambda: search_in_documents(input, limit), stop=limit.stopped.set)


@activity.defn(no_thread_cancel_exception=True)
@takes_its_input
def create_pdf(input: PDFGenerationInput) -> str:
    """Write the report to `input.filename` in REPORTS_DIR, replacing the file as a whole.

    The Markdown is written beside it, as `.md`. A run writes no other files than its own: a name
    without the end of the run's ID gets it.

    Returns:
        The path of the PDF, as REPORTS_DIR gives it: relative if that is.

    Raises:
        ApplicationError: non-retryable if the report cannot be printed or the name is no plain
            `*.pdf`; held if PDF_FONT cannot be used; retryable if the disk does not take it.
    """
    run = run_id()
    return str(with_heartbeats(lambda: write_report(input, run)))


@activity.defn(no_thread_cancel_exception=True)
@takes_its_input
def send_email(input: SendEmailInput = SendEmailInput()) -> str:
    """Mail the PDF; without SMTP_HOST, only say so.

    Returns:
        What happened, in one sentence.

    Raises:
        ApplicationError: retryable while the mail server is down or puts a recipient off; held
            while a setting is wrong; non-retryable if every recipient is refused for good, or if
            the run may not choose this one.
    """
    if setting("SIMULATE_EMAIL_FAILURE").lower() == "true":
        raise ApplicationError("Simulated failure: Email service temporarily unavailable")
    recipients = mail.recipients(input.recipient)
    if not setting("SMTP_HOST"):
        to = f" to {', '.join(map(str, recipients))}" if recipients else ""
        return f"Email simulated, none sent{to}: SMTP_HOST is unset"
    report, run = input.report, run_id()
    delivery = Delivery(recipients, run, done=dict(*heartbeat_details(mailed_in)))

    def send() -> str:
        # Whatever the path says, no other file than the report's own is read.
        file, content = report_path(report, run), report_pdf(report, input.pdf_path, run)
        lacks = report.incomplete
        return delivery.send(mail.Report(report.topic, report.date, file, content, lacks))

    same = (workflow_id(), report.content, *map(str, recipients))
    return with_heartbeats(send, delivery.progress, same=same)


ACTIVITIES: list[Callable[..., Any]] = [
    llm_call,
    web_search,
    read_page,
    search_documents,
    create_pdf,
    send_email,
]
