"""Runs as the Temporal Service describes them, in whatever state they are.

The SDK raises over a state that it has no name for: temporalio 1.35 does so where a Workflow is
paused, for every run in the same list. So this reads what the Service answers itself.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.api.workflow.v1 import PendingActivityInfo, WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
    GetWorkflowExecutionHistoryRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client

from generator.failures import HELD
from generator.running.conversion import UNREADABLE, Unreadable
from generator.running.encryption import MissingKey
from generator.wording import in_brief

OURS = "WorkflowType = 'GenerateReportWorkflow'"
LATER = "is to start later"  # by a Schedule's or cron's time, or a delay
WAITS = "waits for your decision"
IS_HELD = "held"  # until a person has corrected something
STEP_PAUSED = "a step is paused"
KEEPS_FAILING = "a step keeps failing"
OFTEN = 3  # attempts that have failed
PAUSED_ACTIVITIES = (
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED,
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED,
)


@dataclass(frozen=True)
class Run:
    """One run, as it is in a list."""

    info: WorkflowExecutionInfo

    @property
    def id(self) -> str:
        return self.info.execution.workflow_id

    @property
    def run_id(self) -> str:
        return self.info.execution.run_id

    @property
    def task_queue(self) -> str:
        return self.info.task_queue

    @property
    def started(self) -> datetime:
        return self.info.start_time.ToDatetime(UTC)

    @property
    def seconds_to_start(self) -> float:
        """How long it is until the run does anything; 0 if it may do so already."""
        begins = self.info.execution_time.ToDatetime(UTC)
        if begins <= self.started:  # the clock here may be behind Temporal's
            return 0.0
        return max(0.0, (begins - datetime.now(UTC)).total_seconds())

    @property
    def state(self) -> str:
        """The state of the run in words, of a state that is newer than the SDK its number."""
        try:
            name = WorkflowExecutionStatus.Name(self.info.status)
        except ValueError:
            return f"state {self.info.status}"
        words = name.removeprefix("WORKFLOW_EXECUTION_STATUS_").lower().replace("_", " ")
        return words.replace("canceled", "cancelled")

    @property
    def is_over(self) -> bool:
        return self.info.HasField("close_time")


async def describe(
    client: Client, workflow_id: str, run_id: str = "", timeout: timedelta | None = None
) -> DescribeWorkflowExecutionResponse:
    """Return what the Service knows of a run, of the latest of its ID without a `run_id`.

    Raises:
        RPCError: there is no such run, or Temporal is away.
    """
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
    )
    return await client.workflow_service.describe_workflow_execution(
        request, retry=True, timeout=timeout
    )


async def find(client: Client, workflow_id: str, run_id: str = "") -> Run:
    """Return a run, the latest of its ID without a `run_id`; raises as `describe` does."""
    return Run((await describe(client, workflow_id, run_id)).workflow_execution_info)


async def all_runs(client: Client, query: str = OURS) -> AsyncIterator[Run]:
    """Yield the runs of this program: those that are on, then the others by when they ended."""
    page = b""
    while True:
        answer = await client.workflow_service.list_workflow_executions(
            ListWorkflowExecutionsRequest(
                namespace=client.namespace, query=query, page_size=1000, next_page_token=page
            ),
            retry=True,
        )
        for info in answer.executions:
            yield Run(info)
        page = answer.next_page_token
        if not page:
            return


async def latest_runs(client: Client, most: int) -> list[Run]:
    """Return the runs of this program that were started last, the latest first.

    Not every Service can sort by that. So all are read that were started in a time which has
    enough of them.
    """
    query = OURS
    for hours in (0.1, 1, 24, 24 * 30):
        begin = datetime.now(UTC) - timedelta(hours=hours)
        since = f"{OURS} AND StartTime > '{begin.isoformat()}'"
        if (await client.count_workflows(since)).count >= most:
            query = since
            break
    found = [run async for run in all_runs(client, query)]
    return sorted(found, key=lambda run: run.started, reverse=True)[:most]


async def status_of(client: Client, run: Run) -> str:
    """Return a run's status in words.

    A run that is on, but neither has an Activity under way nor waits for its Workflow Task, waits
    for a person: this needs no worker to answer for it.
    """
    if run.state != "running":
        return run.state
    described = await describe(client, run.id, run.run_id)
    run = Run(described.workflow_execution_info)
    if run.state != "running":
        return run.state
    if run.seconds_to_start:
        return LATER
    if described.pending_workflow_task.attempt > OFTEN:
        return KEEPS_FAILING
    activities = described.pending_activities
    if not activities and not described.HasField("pending_workflow_task"):
        return WAITS
    if any(map(is_paused, activities)):
        return STEP_PAUSED
    if any(map(is_held, activities)):
        return IS_HELD
    if any(each.attempt > OFTEN and each.HasField("last_failure") for each in activities):
        return KEEPS_FAILING
    return run.state


def is_paused(activity: PendingActivityInfo) -> bool:
    return activity.paused or activity.state in PAUSED_ACTIVITIES


def is_held(activity: PendingActivityInfo) -> bool:
    return activity.last_failure.application_failure_info.type == HELD


async def topic_of(client: Client, run: Run) -> str:
    """Return what a run is about: its memo says so, or else its input; "" if nothing does.

    Raises:
        RPCError: there is no such run, or Temporal is away.
    """
    if topic := await memo(client, run, "topic"):
        return topic
    # Whoever starts a run by hand or by a Schedule gives it no memo.
    answer = await client.workflow_service.get_workflow_execution_history(
        GetWorkflowExecutionHistoryRequest(
            namespace=client.namespace, execution=run.info.execution, maximum_page_size=1
        ),
        retry=True,
    )
    started = answer.history.events[0].workflow_execution_started_event_attributes
    try:
        input = (await values_in(client, started.input.payloads))[0]
    except MissingKey as error:
        return f"({error})"
    return in_brief(str(input.get("prompt") or "")) if isinstance(input, dict) else ""


async def gaps_of(client: Client, run: Run) -> str:
    """Return why a run's report is incomplete, "" if it is whole or there is none."""
    return await memo(client, run, "incomplete") if run.state == "completed" else ""


async def memo(client: Client, run: Run, name: str) -> str:
    """Return what a run's memo has under a name, whatever that is, on one line; "" if nothing."""
    payload = run.info.memo.fields.get(name)
    try:
        [value] = await values_in(client, [payload] if payload else [])
    except MissingKey as error:
        return f"({error})"
    return in_brief(str(value or ""))


# ---- What others may have put there -------------------------------------------------------------


async def values_in(client: Client, payloads: Sequence[Payload]) -> list[Any]:
    """Return what payloads hold, and None where they hold nothing that can be read here: any
    program may start a run of this name.

    Raises:
        MissingKey: that is for a person to mend.
    """
    try:
        values = await client.data_converter.decode(payloads)
        return [None if isinstance(each, Unreadable) else each for each in values] or [None]
    except MissingKey:
        raise
    except UNREADABLE:
        return [None]


@contextlib.contextmanager
def answers(what: str) -> Iterator[None]:
    """Raise in a sentence that the worker's answer is of another kind than this program's.

    Raises:
        LookupError
    """
    try:
        yield
    except MissingKey:
        raise
    except UNREADABLE:
        raise LookupError(
            f"The {what} of the run cannot be read: another program's worker has answered"
        ) from None
