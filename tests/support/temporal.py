"""Temporal servers, runs of the Workflow in them, and what has become of those."""

import contextlib
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities import create_pdf, llm_call, send_email
from generator.local import DEV_SERVER_OPTIONS
from generator.temporal import MAX_ACTIVITIES, new_worker
from models import TASK_QUEUE, GenerateReportInput
from support.programs import Program, free_port, until
from support.settings import SCRIPTS, TOPIC
from workflow import GenerateReportWorkflow

Handle = WorkflowHandle[Any, str]


# --- Servers -------------------------------------------------------------------------------------


def temporal_command() -> str:
    command = shutil.which("temporal", path=SCRIPTS) or shutil.which("temporal")
    assert command, "there is no temporal command: uv sync installs it"
    return command


class DevServer:
    """A Temporal server as a process with a SQLite file of its own: killed and started again, it
    is as it was. Without `database` it is in memory."""

    def __init__(
        self,
        folder: Path,
        *namespaces: str,
        database: str = "temporal.db",
        options: Sequence[str] = DEV_SERVER_OPTIONS,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.namespaces = ("default", *namespaces)
        self.clients: dict[str, Client] = {}
        self.command = [temporal_command(), "server", "start-dev", "--headless"]
        self.command += ["--log-level", "error", "--ip", "127.0.0.1", "--port", str(self.port)]
        self.command += ["--db-filename", str(folder / database)] if database else []
        self.command += options
        for namespace in namespaces:
            self.command += ["--namespace", namespace]

    @property
    def client(self) -> Client:
        return self.clients["default"]

    async def start(self) -> None:
        self.program = Program(self.folder, *self.command)
        await until(self._answers, 20, "Temporal server")

    async def _answers(self) -> bool:
        assert self.program.process.poll() is None, self.program
        try:
            for namespace in self.namespaces:
                if namespace not in self.clients:
                    self.clients[namespace] = await Client.connect(
                        self.address, namespace=namespace
                    )
            return await self.client.service_client.check_health()
        except (RuntimeError, RPCError):
            return False

    async def save_histories(self) -> None:
        """Put the Event History of each run into the folder, as bytes."""
        for namespace, client in self.clients.items():
            async for run in client.list_workflows():
                handle = client.get_workflow_handle(run.id, run_id=run.run_id)
                history = (await handle.fetch_history()).events
                file = self.folder / f"{namespace}-{run.id}.history"
                file.write_bytes(b"".join(event.SerializeToString() for event in history))


@contextlib.asynccontextmanager
async def dev_server(
    folder: Path, *namespaces: str, database: str = "temporal.db"
) -> AsyncIterator[DevServer]:
    server = DevServer(folder, *namespaces, database=database)
    await server.start()
    try:
        yield server
        await server.save_histories()
    finally:
        await server.program.stop()


async def new_namespace(temporal: WorkflowEnvironment) -> Client:
    """Connect to a namespace that nobody else uses."""
    client, namespace = temporal.client, f"test-{uuid.uuid4()}"
    retention = Duration()
    retention.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=retention)
    )
    return await Client.connect(address(client), namespace=namespace, identity="tests")


def address(client: Client) -> str:
    return client.service_client.config.target_host


def settings_of(client: Client) -> dict[str, str]:
    """The settings of a program that is to work where this Client does."""
    return {"TEMPORAL_ADDRESS": address(client), "TEMPORAL_NAMESPACE": client.namespace}


@contextlib.asynccontextmanager
async def running_worker(client: Client) -> AsyncIterator[None]:
    """A Worker in this process; leaving the block stops it, in mid-work if need be."""
    threads = ThreadPoolExecutor(MAX_ACTIVITIES)
    worker = new_worker(
        client,
        threads,
        task_queue=TASK_QUEUE,
        workflows=[GenerateReportWorkflow],
        activities=[llm_call, create_pdf, send_email],
    )
    async with worker:
        yield
    threads.shutdown(wait=False)


# --- Runs ----------------------------------------------------------------------------------------


async def start_run(client: Client, topic: str = TOPIC, **fields: Any) -> Handle:
    return await client.start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput(prompt=topic, **fields),
        id=f"run-{uuid.uuid4()}",
        task_queue=TASK_QUEUE,
    )


async def pending(handle: Handle) -> PendingActivityInfo | None:
    """The Activity that the run is busy with, or waits to try again."""
    activities = (await handle.describe()).raw_description.pending_activities
    return activities[0] if activities else None


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
