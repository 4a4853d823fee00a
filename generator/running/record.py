"""What a run's Event History tells of it: what each step took, what it brought, what it cost."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent, WorkflowTaskFailedEventAttributes
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError

from generator.results import answer_in, documents_in, found_in, models_in, paid_in, text_in
from generator.running.conversion import UNREADABLE, in_clear
from generator.running.encryption import MissingKey
from generator.running.runs import find, values_in
from models import LLMCallInput, PDFGenerationInput

NONDETERMINISM = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
ENDED = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
)
Handle = WorkflowHandle[Any, str]


@dataclass
class Attempted:
    """One Activity of a run."""

    name: str
    scheduled: datetime
    closed: datetime | None = None
    attempts: int = 0
    failure: str = ""
    result: Any = None
    paid: Any = None  # what an answer used and cost, though it failed for good


@dataclass
class Record:
    """What a run has done so far."""

    run_id: str = ""  # of the run that made the report: of the one before, if that was reset
    activities: list[Attempted] = field(default_factory=list)
    report: PDFGenerationInput | None = None  # what the last create_pdf was given
    summaries: dict[str, str] = field(default_factory=dict)  # of Activities, by ID
    task_failure: str = ""  # why the latest Workflow Task failed
    code_changed: bool = False  # ... because the code does not fit the history
    lacks_key: bool = False  # ... because the worker's PAYLOAD_KEYS lacks one
    draft_before: str | None = None  # the draft that the last revision started from
    ended: datetime | None = None  # what was under way then, nobody waits for any more

    def results(self, name: str) -> list[Any]:
        return [done.result for done in self.activities if done.name == name and done.result]

    @property
    def model(self) -> str:
        models = [model for result in self.results("llm_call") for model in models_in(result)]
        return " and ".join(dict.fromkeys(models))

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What was paid for: the usage and price of each answer, of those that failed, too."""
        calls = [done for done in self.activities if done.name == "llm_call"]
        paid = [done.result or done.paid for done in calls]
        return [each for each in paid if isinstance(each, dict) and each.get("usage")]

    @property
    def tokens(self) -> int:
        return sum(int(answer["usage"].get("total_tokens") or 0) for answer in self.answers)

    @property
    def incomplete(self) -> str:
        """Why the report is incomplete, "" if it is whole as far as is known."""
        return self.report.incomplete if self.report else ""

    @property
    def is_estimated(self) -> bool:
        """Whether a provider has not counted all tokens."""
        return any(answer["usage"].get("estimated") for answer in self.answers)

    @property
    def cost(self) -> float | None:
        """US dollars for all answers and searches, None if the price of one is not known."""
        searches = [
            result
            for result in self.results("web_search")
            if result.get("provider") not in ("", "demo")
        ]
        prices = [
            answer.get("response_cost")
            for answer in self.answers
            if answer["usage"].get("total_tokens")
        ]
        prices += [search.get("cost") for search in searches]
        known = [float(price) for price in prices if price is not None]
        return sum(known) if known and len(known) == len(prices) else None

    @property
    def email(self) -> str:
        """What became of the mail, "" while that is open."""
        sent = [done for done in self.activities if done.name == "send_email"]
        if not sent:
            return ""
        return str(
            sent[-1].result or (f"Not mailed: {sent[-1].failure}" if sent[-1].closed else "")
        )

    def seconds(self, name: str) -> float:
        """Return how long a step took: moments in which several of it were under way count once."""
        now = self.ended or datetime.now(UTC)
        total, until = 0.0, datetime.min.replace(tzinfo=UTC)
        spans = [(a.scheduled, a.closed or now) for a in self.activities if a.name == name]
        for begin, end in sorted(spans):
            total += max(0.0, (end - max(begin, until)).total_seconds())
            until = max(until, end)
        return total


async def read_record(client: Client, handle: Handle) -> Record:
    """Read the run's Event History, which needs no worker.

    Raises:
        RPCError: there is no such run, or Temporal is away.
    """
    run = await find(client, handle.id, handle.run_id or "")
    reading = Reading(client, Record(run.run_id))
    async for event in handle.fetch_history_events():
        await reading.take(event)
    record = reading.record
    record.run_id = reading.made_before or record.run_id
    return record


class Reading:
    """An Event History that is being read, event by event."""

    def __init__(self, client: Client, record: Record) -> None:
        self.client, self.record = client, record
        self.by_event: dict[int, Attempted] = {}  # by the number of the event that scheduled it
        self.made_before = ""  # the run in which all this took place, where this one is its reset

    async def take(self, event: HistoryEvent) -> None:
        match event.WhichOneof("attributes"):
            case "activity_task_scheduled_event_attributes":
                await self.scheduled(event)
            case "activity_task_started_event_attributes":
                started = event.activity_task_started_event_attributes
                self.by_event[started.scheduled_event_id].attempts = started.attempt
            case "activity_task_completed_event_attributes":
                await self.completed(event)
            case "activity_task_canceled_event_attributes":
                self.closed(event, event.activity_task_canceled_event_attributes.scheduled_event_id)
            case "activity_task_failed_event_attributes":
                failed = event.activity_task_failed_event_attributes
                await self.failed(self.closed(event, failed.scheduled_event_id), failed.failure)
            case "activity_task_timed_out_event_attributes":
                late = event.activity_task_timed_out_event_attributes
                await self.failed(self.closed(event, late.scheduled_event_id), late.failure)
            case "workflow_task_failed_event_attributes":
                await self.task_failed(event.workflow_task_failed_event_attributes)
        if event.event_type in ENDED:
            self.record.ended = moment(event)

    async def scheduled(self, event: HistoryEvent) -> None:
        scheduled = event.activity_task_scheduled_event_attributes
        activity = Attempted(scheduled.activity_type.name, moment(event))
        self.by_event[event.event_id] = activity
        self.record.activities.append(activity)
        if event.user_metadata.HasField("summary"):
            [summary] = await values_in(self.client, [event.user_metadata.summary])
            self.record.summaries[scheduled.activity_id] = str(summary or "")
        decode, payloads = self.client.data_converter.decode, scheduled.input.payloads
        # A run that is not of this program may give its Activities anything.
        try:
            if activity.name == "create_pdf":
                [self.record.report] = await decode(payloads, [PDFGenerationInput])
            if activity.name == "llm_call":
                [question] = await decode(payloads, [LLMCallInput])
                if question.changes:
                    self.record.draft_before = question.draft
        except MissingKey:
            raise
        except UNREADABLE:
            pass

    def closed(self, event: HistoryEvent, scheduled_event_id: int) -> Attempted:
        activity = self.by_event[scheduled_event_id]
        activity.closed = moment(event)
        return activity

    async def completed(self, event: HistoryEvent) -> None:
        completed = event.activity_task_completed_event_attributes
        activity = self.closed(event, completed.scheduled_event_id)
        [result, *_] = await values_in(self.client, completed.result.payloads)
        activity.result = readable(activity.name, result)
        if activity.name == "create_pdf":
            self.made_before = ""

    async def failed(self, activity: Attempted, encoded: Failure) -> None:
        failure = await in_clear(self.client.data_converter, encoded)
        activity.failure = failure.message
        details = failure.application_failure_info.details.payloads
        [paid, *_] = await values_in(self.client, details)
        activity.paid = paid_in(paid)

    async def task_failed(self, failed: WorkflowTaskFailedEventAttributes) -> None:
        """Note why a Workflow Task failed; a reset is recorded as such a failure, too."""
        failure = await in_clear(self.client.data_converter, failed.failure)
        self.record.task_failure = failure.message
        self.record.code_changed = failed.cause == NONDETERMINISM
        kind = failed.failure.application_failure_info.type
        self.record.lacks_key = kind == MissingKey.__name__
        self.made_before = self.made_before or failed.base_run_id


def readable(name: str, result: Any) -> Any:
    """Return the result of an Activity, None if somebody has completed it with something else."""
    try:
        if name == "llm_call":
            return answer_in(result)
        if name == "web_search":
            found_in(result)
            return result
        if name == "search_documents":
            documents_in(result)
            return result
        return text_in(result, name) if name in ("create_pdf", "send_email") else result
    except ApplicationError:
        return None


def moment(event: HistoryEvent) -> datetime:
    return event.event_time.ToDatetime(UTC)


async def draft_before(client: Client, handle: Handle) -> str | None:
    return (await read_record(client, handle)).draft_before
