"""Stand-ins for the three Activities: each ends when and how a test says, in no time otherwise.

With them the Workflow runs on a real server, without a model, a disk or a mail server: for tests of
its order, its timeouts and its races.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from models import TASK_QUEUE, LLMCallInput, PDFGenerationInput, SendEmailInput
from workflow import GenerateReportWorkflow


@dataclass
class Held:
    """An attempt that ends in this way once the test lets it go, or sooner if it is cancelled.

    An obstinate one takes no notice of a cancellation. It stands for work that ends in the instant
    before the cancellation arrives.
    """

    ending: str | Exception
    obstinate: bool = False
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> str | Exception:
        while not self.let_go.is_set():
            activity.heartbeat()  # a cancellation comes with the reply
            try:
                await asyncio.wait_for(self.let_go.wait(), 0.05)
            except TimeoutError:
                pass
            except asyncio.CancelledError:
                if not self.obstinate:
                    raise
        return self.ending


Ending = str | Exception | Held


class StandIns:
    """What the attempts are to return, or raise, in order; the last one stays."""

    def __init__(self, *answers: Ending) -> None:
        self.answers: list[Ending] = list(answers) or ["# Draft"]
        self.pdfs: list[Ending] = ["reports/report.pdf"]
        self.mails: list[Ending] = ["Email sent"]
        self.asked: list[LLMCallInput] = []  # of each attempt
        self.printed: list[PDFGenerationInput] = []
        self.mailed: list[SendEmailInput] = []
        self.cancelled: list[str] = []  # the Activities that were, in order
        self.held: list[Held] = []  # attempts that were, or are

    async def end(self, endings: list[Ending]) -> str:
        ending = endings.pop(0) if len(endings) > 1 else endings[0]
        if isinstance(ending, Held):
            self.held.append(ending)
            try:
                ending = await ending.wait()
            except asyncio.CancelledError:
                self.cancelled.append(activity.info().activity_type)
                raise
        if isinstance(ending, Exception):
            raise ending
        return ending

    @activity.defn
    async def llm_call(self, input: LLMCallInput) -> dict[str, Any]:
        self.asked.append(input)
        content = await self.end(self.answers)
        return {"model": "stand-in", "choices": [{"message": {"content": content}}]}

    @activity.defn
    async def create_pdf(self, input: PDFGenerationInput) -> str:
        self.printed.append(input)
        return await self.end(self.pdfs)

    @activity.defn
    async def send_email(self, input: SendEmailInput) -> str:
        self.mailed.append(input)
        return await self.end(self.mails)

    def activities(self) -> list[Callable[..., Any]]:
        return [self.llm_call, self.create_pdf, self.send_email]

    @asynccontextmanager
    async def working(self, client: Client, **options: Any) -> AsyncIterator[Self]:
        """A Worker with these Activities; `options` are the Worker's."""
        async with Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[GenerateReportWorkflow],
            activities=self.activities(),
            max_heartbeat_throttle_interval=timedelta(milliseconds=20),
            # A named build spares the SDK hashing every loaded module, which takes seconds.
            deployment_config=WorkerDeploymentConfig(
                version=WorkerDeploymentVersion(deployment_name=TASK_QUEUE, build_id="1"),
                use_worker_versioning=False,
            ),
            **options,
        ):
            try:
                yield self
            finally:
                for held in self.held:
                    held.let_go.set()  # the Worker waits for its Activities
