"""Temporal servers, namespaces in them, and a Worker in this process."""

import contextlib
import shutil
import uuid
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities import ACTIVITIES
from generator.local import DEV_SERVER_OPTIONS
from generator.running.temporal import MAX_ACTIVITIES, new_worker
from models import TASK_QUEUE
from support.programs import Program, free_port, until
from support.settings import SCRIPTS
from workflow import GenerateReportWorkflow


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
        activities=ACTIVITIES,
    )
    async with worker:
        yield
    threads.shutdown(wait=False)
