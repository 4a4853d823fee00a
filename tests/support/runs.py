"""Runs of the Workflow: starting and steering them, and what their Event History says."""

import json
import uuid
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.exceptions import is_cancelled_exception

from models import TASK_QUEUE, GenerateReportInput, ReportStatus, Stage, UserDecisionSignal
from support.programs import until
from support.settings import TOPIC
from workflow import GenerateReportWorkflow

Handle = WorkflowHandle[Any, str]


async def start_run(client: Client, topic: str = TOPIC, **fields: Any) -> Handle:
    return await client.start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput(prompt=topic, **fields),
        id=f"run-{uuid.uuid4()}",
        task_queue=TASK_QUEUE,
    )


# --- Steering ------------------------------------------------------------------------------------


async def new_prompt(handle: Handle, prompt: str) -> None:
    await handle.signal(GenerateReportWorkflow.update_prompt, prompt)


async def decide(handle: Handle, decision: UserDecisionSignal) -> str:
    return await handle.execute_update(GenerateReportWorkflow.review, decision)


async def until_taken(handle: Handle) -> None:
    """Wait until the Workflow has seen all that was sent to it."""

    async def taken() -> bool:
        return not (await handle.describe()).raw_description.HasField("pending_workflow_task")

    await until(taken)


# --- What a run says of itself -------------------------------------------------------------------


async def status(handle: Handle) -> ReportStatus:
    return await handle.query(GenerateReportWorkflow.get_status)


async def draft(handle: Handle) -> str | None:
    return await handle.query(GenerateReportWorkflow.get_research_result)


async def details(handle: Handle) -> str:
    """What the Web UI shows as the current details of the run."""
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(metadata.current_details)


async def has_stage(handle: Handle, stage: Stage) -> bool:
    return (await status(handle)).stage == stage


async def reaches(handle: Handle, stage: Stage, attempt: int | None = None) -> ReportStatus:
    """Wait until the run is at this stage, for the so-manieth time."""

    async def there() -> ReportStatus | None:
        now = await status(handle)
        return now if now.stage == stage and attempt in (None, now.attempt) else None

    return await until(there, what=f"{stage}, attempt {attempt}")


async def is_cancelled(handle: Handle) -> bool:
    """Wait for the end of the run; is it recorded as cancelled?"""
    with pytest.raises(WorkflowFailureError) as error:
        await handle.result()
    recorded = (await handle.describe()).status
    return is_cancelled_exception(error.value.cause) and (
        recorded == WorkflowExecutionStatus.CANCELED
    )


# --- What Temporal says of it --------------------------------------------------------------------


async def pending(handle: Handle) -> PendingActivityInfo | None:
    """The Activity that the run is busy with, or waits to try again."""
    activities = (await handle.describe()).raw_description.pending_activities
    return activities[0] if activities else None


async def kept(handle: Handle) -> str:
    """The text that the next attempt would go on from: what Temporal knows of the one under way."""
    activity = await pending(handle)
    return text_kept(activity) if activity else ""


def text_kept(activity: PendingActivityInfo) -> str:
    details = activity.heartbeat_details.payloads
    return str(json.loads(details[0].data)) if details else ""


async def failed_attempt(handle: Handle, name: str, attempts: int = 1) -> str:
    """Wait until the named Activity has failed so many times, and return the last message."""

    async def message() -> str:
        activity = await pending(handle)
        if activity and activity.activity_type.name == name and activity.attempt > attempts:
            return activity.last_failure.message
        return ""

    return await until(message)


async def event_types(handle: Handle) -> list[str]:
    """The run's Event History: what happened to its Activities and itself, in order."""
    names = [EventType.Name(event.event_type) async for event in handle.fetch_history_events()]
    names = [name.removeprefix("EVENT_TYPE_") for name in names]
    return [name for name in names if not name.startswith("WORKFLOW_TASK")]


async def failures(handle: Handle) -> list[Failure]:
    """The failures of Activities that stand in the run's Event History."""
    found = []
    async for event in handle.fetch_history_events():
        started = event.activity_task_started_event_attributes
        failed = event.activity_task_failed_event_attributes
        found += [started.last_failure] if started.HasField("last_failure") else []
        found += [failed.failure] if failed.HasField("failure") else []
    return found


async def history_bytes(handle: Handle) -> bytes:
    """Everything in the run's Event History, payloads as they are and not in base64."""
    return b"".join([event.SerializeToString() async for event in handle.fetch_history_events()])


async def scheduled(handle: Handle) -> list[dict[str, Any]]:
    """Name, input and summary of each Activity of the run."""
    found = []
    async for event in handle.fetch_history_events():
        if event.HasField("activity_task_scheduled_event_attributes"):
            attributes = event.activity_task_scheduled_event_attributes
            found.append(
                {
                    "name": attributes.activity_type.name,
                    "input": json.loads(attributes.input.payloads[0].data),
                    "summary": json.loads(event.user_metadata.summary.data),
                }
            )
    return found


async def activity_result(handle: Handle, name: str) -> Any:
    """What the named Activity returned, as it stands in the Event History."""
    scheduled: dict[int, str] = {}
    async for event in handle.fetch_history_events():
        attributes = event.activity_task_scheduled_event_attributes
        scheduled[event.event_id] = attributes.activity_type.name
        completed = event.activity_task_completed_event_attributes
        if scheduled.get(completed.scheduled_event_id) == name:
            return json.loads(completed.result.payloads[0].data)
    return None


async def cancel_requested(handle: Handle) -> bool:
    """Has the Workflow asked for its Activity to be cancelled?"""
    return "ACTIVITY_TASK_CANCEL_REQUESTED" in await event_types(handle)
