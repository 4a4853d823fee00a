"""What there is to see of a run: a line for each Activity that is done or under way.

Asks Temporal and not the worker: Temporal knows of failed attempts before they are in the Event
History, and it answers while no worker is up.
"""

import re
import shlex
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.enums.v1 import (
    PendingActivityState,
    PendingWorkflowTaskState,
    TaskQueueType,
    TimeoutType,
    VersioningBehavior,
)
from temporalio.api.failure.v1 import Failure
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionResponse,
)
from temporalio.client import Client

from generator.harmless import attach_command
from generator.running.conversion import in_clear
from generator.running.record import Handle, read_record
from generator.running.runs import is_held, is_paused, values_in
from generator.settings import public, setting
from generator.terminal.outcome import worded
from generator.terminal.review import START_WORKER
from models import DEMO_TASK_QUEUE, TASK_QUEUE

STEPS = ("llm_call", "create_pdf", "send_email")
READ_PAGE = "read_page"
SOON = timedelta(seconds=3)  # for an answer of Temporal or of a worker
# A Temporal that was away does not know at once which workers there are: they ask it again, less
# often the longer it was away (the SDK's backoff).
BACK = timedelta(seconds=20)
LACKS_KEY = "! Temporal keeps the run, which goes on when its worker has the key"
CODE_FAILS = "! Temporal keeps the run, and tries again: mend the code and restart the worker"
CODE_CHANGED = (
    "! The code has changed since this run was started, so that no worker can go on with it:"
    " see docs/operating.md"
)


class RunIsHeld(Exception):
    """A person must correct something first, and the worker is this process."""


@dataclass
class Lines:
    """The lines on one run. With `local` the worker is this process."""

    client: Client
    handle: Handle
    local: bool = False
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    away: datetime | None = None  # when Temporal did not answer, the last time
    pdf: str = ""  # its path, once it is made
    summaries: dict[str, str] = field(default_factory=dict)  # of Activities, by ID
    pinned: WorkerDeploymentVersion | None = None  # whose workers alone may take the run

    async def progress(self, run: DescribeWorkflowExecutionResponse) -> list[str]:
        """Return a line for each Activity that is done or under way.

        Raises:
            RunIsHeld
        """
        task_queue = run.execution_config.task_queue.name
        versioning = run.workflow_execution_info.versioning_info
        is_pinned = versioning.behavior == VersioningBehavior.VERSIONING_BEHAVIOR_PINNED
        self.pinned = versioning.deployment_version if is_pinned else None
        if not run.pending_activities:
            task = run.pending_workflow_task
            if task.attempt > 2:  # Temporal keeps the run until it is mended
                record = await read_record(self.client, self.handle)
                failure = f"attempt {task.attempt}: {public(record.task_failure)}"
                if record.lacks_key:
                    return [f"✗ The worker cannot read the run, {failure}", LACKS_KEY]
                remedy = CODE_CHANGED if record.code_changed else CODE_FAILS
                return [f"✗ The Workflow's code fails, {failure}", remedy]
            scheduled = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
            waited = age(task.scheduled_time)
            if task.state == scheduled and waited > 1 and not self.local:
                return [await self.no_worker(task_queue, waited)]
            return []
        under_way = list(run.pending_activities)
        names = {activity.activity_type.name for activity in under_way}
        first = next((step for step in STEPS if step in names), STEPS[0])
        lines = [f"✓ {step}" for step in STEPS[: STEPS.index(first)]]
        if first == STEPS[-1]:
            lines[-1] += f": {await self.made()}"
        under_way.sort(key=lambda activity: in_order(activity.activity_id))
        reading = [
            each
            for each in under_way
            if each.activity_type.name == READ_PAGE and not is_paused(each)
        ]
        if any(each.HasField("last_started_time") for each in reading):  # else the first says why
            lines += pages_being_read([await self.part(each) for each in reading])
            under_way = [each for each in under_way if each not in reading]
        for activity in under_way:
            lines += await self.activity_lines(task_queue, activity)
        return lines

    async def made(self) -> str:
        """Return the path of the PDF, of which Temporal tells in the run's history alone."""
        if not self.pdf:
            record = await read_record(self.client, self.handle)
            self.pdf = str((record.results("create_pdf") or [""])[-1])
        return self.pdf

    async def part(self, activity: PendingActivityInfo) -> str:
        """Return which part of a long report an Activity is for, as its ID says.

        An ID is never encrypted. So in a run that is, its summary says so instead.
        """
        about = activity.activity_id.partition(". ")[2]
        if about or activity.activity_type.name in STEPS[1:]:
            return about
        if setting("PAYLOAD_KEYS") and activity.activity_id not in self.summaries:
            self.summaries = (await read_record(self.client, self.handle)).summaries
        is_long = "1. Outline" in self.summaries
        return self.summaries.get(activity.activity_id, "") * is_long

    async def activity_lines(self, task_queue: str, activity: PendingActivityInfo) -> list[str]:
        name = activity.activity_type.name
        if about := await self.part(activity):
            name += f", {about}"
        if is_paused(activity):
            return [self.paused(name, activity)]
        attempt = f"attempt {activity.attempt}, " if activity.attempt > 1 else ""
        if activity.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED:
            seconds = max(0.0, age(activity.last_started_time))  # the clock here may be behind
            line = f"▸ {name}: {attempt}running for {seconds:.0f} s"
            if activity.heartbeat_details.payloads:
                [draft, *_] = await values_in(self.client, activity.heartbeat_details.payloads)
                if draft and isinstance(draft, str):  # anybody may send a heartbeat
                    line += f", {len(draft):,} characters written"
            return [line]
        waited, failure = age(activity.scheduled_time), ""
        if activity.HasField("last_failure"):
            last = await in_clear(self.client.data_converter, activity.last_failure)
            failure = worded(reason(last), self.local)
            if activity.HasField("next_attempt_schedule_time"):  # unset again once it is due
                waited = age(activity.next_attempt_schedule_time)
            held = is_held(activity)
            if held and self.local and self.failed_here(activity):
                raise RunIsHeld(f"{name} is held: {failure}")
            failure = (
                f"! {name} is held: {failure}"
                if held
                else f"✗ {name}: attempt {activity.attempt - 1} failed: {failure}"
            )
            if waited < 0:
                return [f"{failure} (next attempt in {-waited:.0f} s)"]
        waiting = f"▸ {name}: {attempt}waiting"
        if waited > 1 and not self.local:
            moved_to = activity.activity_options.task_queue.name  # by hand, if another
            waiting = await self.no_worker(moved_to or task_queue, waited)
        return [line for line in (failure, waiting) if line]

    def paused(self, name: str, activity: PendingActivityInfo) -> str:
        """Say who has paused an Activity, why, and how it goes on."""
        manual = activity.pause_info.manual
        by = f" by {manual.identity}" if manual.identity else ""
        why = f" ({manual.reason})" if manual.reason else ""
        command = self.command("activity unpause", "--activity-id", activity.activity_id)
        return f"! {name} is paused{by}{why}. It goes on with: {command}"

    def paused_run(self, described: DescribeWorkflowExecutionResponse) -> str:
        pause = described.workflow_extended_info.pause_info
        by = f" by {pause.identity}" if pause.identity else ""
        why = f" ({pause.reason})" if pause.reason else ""
        command = self.command("workflow unpause")
        return f"! The run is paused{by}{why}. It goes on with: {command}"

    def command(self, what: str, *options: str) -> str:
        """Return a command of Temporal's own tool on this run, quoted for the shell."""
        words = ["--workflow-id", self.handle.id, *options]
        if self.client.namespace != "default":
            words += ["--namespace", self.client.namespace]
        if (address := self.client.service_client.config.target_host) != "localhost:7233":
            words += ["--address", address]
        return f"uv run temporal {what} {shlex.join(words)}"

    def failed_here(self, activity: PendingActivityInfo) -> bool:
        """Has it failed since this program watches, and not before the person has mended it?"""
        return activity.last_attempt_complete_time.ToDatetime(UTC) > self.began

    def is_just_back(self) -> bool:
        """Was Temporal away a moment ago?"""
        return self.away is not None and datetime.now(UTC) - self.away < BACK

    async def no_worker(self, task_queue: str, seconds: float = 0) -> str:
        """Return what to do when no worker has taken a task for so long."""
        start = START_WORKER
        if task_queue == DEMO_TASK_QUEUE:
            start = attach_command(self.handle.id, "--demo")
        elif task_queue != TASK_QUEUE:  # by somebody's hand
            start = f"start one of its own, as worker.py polls {TASK_QUEUE!r} alone"
        queue = await self.client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=self.client.namespace,
                task_queue=TaskQueue(name=task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            ),
            timeout=SOON,
        )
        pollers, worker, versioning = list(queue.pollers), "worker", queue.versioning_info
        version = self.pinned or versioning.current_deployment_version
        if version.build_id:  # no other may take the run
            pollers = [poller for poller in pollers if takes(poller, version)]
            worker += f" of version {version.build_id} of the Worker Deployment"
            worker += f" {version.deployment_name}"
            start = "see docs/operating.md"
        ramping, percent = (
            versioning.ramping_deployment_version,
            versioning.ramping_version_percentage,
        )
        if percent and not self.pinned and not any(takes(each, ramping) for each in queue.pollers):
            return (
                f"! {percent:.0f} % of the runs wait for a worker of version {ramping.build_id} of"
                f" the Worker Deployment {ramping.deployment_name}, and none of it is polling the"
                f" Task Queue {task_queue!r}: see docs/operating.md"
            )
        if not pollers and not self.is_just_back():
            return f"! No {worker} is polling the Task Queue {task_queue!r}: {start}"
        # A worker that was killed stays listed for minutes.
        waiting = f" for {seconds:.0f} s" if seconds else ""
        on = f" on {task_queue!r}" * (task_queue not in (TASK_QUEUE, DEMO_TASK_QUEUE))
        return f"▸ Waiting for a {worker}{on}{waiting}; if none is running, {start}"


def takes(poller: PollerInfo, version: WorkerDeploymentVersion) -> bool:
    """Tell whether a worker is of this version of a Worker Deployment."""
    its = poller.deployment_options
    return (its.deployment_name, its.build_id) == (version.deployment_name, version.build_id)


def pages_being_read(parts: list[str]) -> list[str]:
    """Return a line for each section whose pages are being read: there can be six of them."""
    sections = Counter(part.partition(": read ")[0] or READ_PAGE for part in parts)
    return [
        f"▸ {section}: {number} page{'s' * (number != 1)} being read"
        for section, number in sections.items()
    ]


def in_order(activity_id: str) -> tuple[int, str]:
    """Return what sorts Activities as they were started; those of another program come last."""
    number = activity_id.partition(".")[0]
    return (int(number) if re.fullmatch("[0-9]{1,9}", number) else 10**9, activity_id)


def reason(failure: Failure) -> str:
    """Return why an attempt failed, in a person's words."""
    if failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT:
        # Temporal tells only a first attempt that it was reset.
        return (
            "no heartbeat came: the worker went away or could not reach Temporal, or somebody has"
            " reset the attempt"
        )
    return failure.message


def age(moment: Timestamp) -> float:
    """Return the seconds since a moment, negative if it is to come."""
    return (datetime.now(UTC) - moment.ToDatetime(UTC)).total_seconds()
