"""The Activities of a research: how long each may take, what follows a failure, what it is called.

This is Workflow code, which Temporal replays. It names the Activities and does not import them, as
they stand above this room.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from generator.research.paid_calls import PaidCalls
from generator.results import documents_in, page_in
from generator.wording import in_brief
from models import (
    HEARTBEAT_TIMEOUT,
    DocumentsFound,
    DocumentsInput,
    PageRead,
    ReadInput,
    SearchInput,
    SearchResult,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Steps:
    """What a long research asks of the outside world, but for the model's answers."""

    def __init__(self, paid: PaidCalls) -> None:
        self.paid = paid

    def options(
        self, summary: str, at_most: timedelta, attempts: int = 0
    ) -> workflow.ActivityConfig:
        """Return the options of an Activity; without a number of attempts it is never given up.

        Raises:
            TopicChanged: no more of them, please.
        """
        return workflow.ActivityConfig(
            start_to_close_timeout=at_most,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=RetryPolicy(
                initial_interval=SECOND, maximum_interval=MINUTE, maximum_attempts=attempts
            ),
            # Cancelled only when the connection is closed: by then no more tokens are bought.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=in_brief(summary),
            activity_id=self.paid.next_id(summary),
        )

    async def search(self, query: SearchInput, summary: str) -> SearchResult:
        options = self.options(summary, at_most=2 * MINUTE)
        query = self.paid.for_search(query)
        return await self.paid.search(workflow.start_activity("web_search", query, **options))

    async def read(self, page: ReadInput, summary: str) -> PageRead:
        # Nothing is paid for, and the report can do without: a page that ends its worker is left.
        options = self.options(summary, at_most=MINUTE, attempts=4)
        call = workflow.start_activity("read_page", page, **options)
        return await self.paid.result(call, page_in)

    async def look(self, input: DocumentsInput, summary: str) -> DocumentsFound:
        options = self.options(summary, at_most=timedelta(hours=2))
        call = workflow.start_activity("search_documents", input, **options)
        return await self.paid.result(call, documents_in)
