"""`--local` and `--demo`: the Temporal dev server and the worker, both in the starter's process.

A dev server of this program belongs to a database in REPORTS_DIR, which holds the runs. Several
starters may use one server; when the one that has started it ends, another starts it again.
"""

import argparse
import asyncio
import contextlib
import glob
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig, UpdateNamespaceInfo
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from generator.running.temporal import MAX_ACTIVITIES, configuration, connect, is_here, new_worker
from generator.running.threads import in_thread
from generator.settings import setting, wrong_settings
from generator.terminal.screen import say
from models import DEMO_TASK_QUEUE, TASK_QUEUE

DEV_SERVER_OPTIONS = [
    # A stock dev server lets 50 ms pass between any two steps of a run.
    *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000"),
    # A log ahead of the file spares SQLite a journal for each step, and is as safe if synchronous.
    *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL"),
]
RETENTION = Duration(seconds=30 * 86400)  # for which ended runs are kept; the stock one is a day
PORTS = 10  # to try, from the configured one on
WEB_UI = 1000  # above the port of the service


async def checked_settings(arguments: argparse.Namespace) -> None:
    """Check what the worker needs; this imports LiteLLM, unless for a demo.

    Raises:
        ValueError: a setting is wrong.
    """

    def check() -> list[str]:
        from generator.readiness import check_settings

        return check_settings("demo" if arguments.demo else arguments.model or "")

    if problems := await in_thread(check):
        raise ValueError("\n".join(problems))


@contextlib.asynccontextmanager
async def local_worker(client: Client, demo: bool) -> AsyncIterator[None]:
    """A worker in this process."""
    from activities import ACTIVITIES
    from workflow import GenerateReportWorkflow

    with ThreadPoolExecutor(MAX_ACTIVITIES) as threads:
        worker = new_worker(
            client,
            threads,
            task_queue=DEMO_TASK_QUEUE if demo else TASK_QUEUE,
            workflows=[GenerateReportWorkflow],
            activities=ACTIVITIES,
        )
        note = "A step under way is being finished. Ctrl-C ends this at once; the run is kept."
        async with worker:
            try:
                yield
            finally:
                slow = asyncio.get_running_loop().call_later(1.5, say, note)
        slow.cancel()


@contextlib.asynccontextmanager
async def local_service(demo: bool, watched: bool) -> AsyncIterator[Client]:
    """The Temporal Service at the configured address, or a dev server where none answers.

    Says at the end how to see a run in the Web UI again, if one was `watched` in ours.

    Where something else has the port, or a dev server with other runs, it takes the next one.

    Raises:
        ConnectionError: there is none, and none can be started.
        ValueError: a setting is wrong.
    """
    host, _, port = configuration()["target_host"].rpartition(":")
    if not is_here(f"{host}:{port}"):
        yield await connect()  # a server here would not be the one that was meant
        return
    database = Path(setting("REPORTS_DIR"), ".temporal-demo.db" if demo else ".temporal.db")
    if problems := wrong_settings(["REPORTS_DIR"]):
        raise ValueError(problems[0])
    async with contextlib.AsyncExitStack() as stack:
        for number in range(int(port), min(int(port) + PORTS, 65_536)):
            first, started_here = number == int(port), False
            try:
                client = await connect(f"{host}:{number}")
            except ConnectionError as error:
                away = error
                if not (is_free(number) and is_free(number + WEB_UI)):
                    continue
                client = await stack.enter_async_context(dev_server(host, number, database))
                started_here = True
            if await database_of(client) in [str(database.resolve())] + [""] * first:
                break
        else:
            raise away
        if not started_here:
            say(f"The Temporal server at {host}:{number} was there already: this program uses it.")
        keeper = asyncio.ensure_future(keep_up(stack, client, database))
        try:
            yield client
            if watched and await database_of(client):
                again = "uv run temporal server start-dev --db-filename "
                again += shlex.quote(str(database))
                say(f"The Web UI ends with this program. To look at the run there again: {again}")
        finally:
            keeper.cancel()
            await asyncio.wait([keeper])


async def keep_up(stack: contextlib.AsyncExitStack, client: Client, database: Path) -> None:
    """Start the dev server again when it has gone, with the starter that had started it."""
    host, _, port = client.service_client.config.target_host.rpartition(":")
    if await database_of(client) != str(database.resolve()):
        return  # somebody else's
    while True:
        await asyncio.sleep(1)
        if is_free(int(port)):
            with contextlib.suppress(ConnectionError):  # another starter was quicker
                await stack.enter_async_context(dev_server(host, int(port), database))


def is_free(port: int) -> bool:
    """Is there such a port, and nobody listens there?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return port <= 65_535 and probe.connect_ex(("127.0.0.1", port)) != 0


async def database_of(client: Client) -> str:
    """Return which database a dev server of this program has, "" if it is no such server."""
    try:
        described = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError:
        return ""
    return str(described.namespace_info.data.get("database", ""))


@contextlib.asynccontextmanager
async def dev_server(host: str, port: int, database: Path) -> AsyncIterator[Client]:
    """A Temporal dev server that ends when this process does, however that ends.

    It keeps its runs in a SQLite file: they go on when it is started again.

    Raises:
        ConnectionError: it does not start.
    """
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    temporal, shell = shutil.which("temporal", path=scripts), shutil.which("sh")
    if not temporal or not shell:  # Windows has no wheel of it: the SDK downloads the server
        from temporalio.testing import WorkflowEnvironment

        async with await WorkflowEnvironment.start_local(
            port=port,
            ui=True,
            ui_port=port + WEB_UI,
            dev_server_existing_path=temporal,
            dev_server_database_filename=str(database),
            dev_server_extra_args=DEV_SERVER_OPTIONS,
        ) as environment:
            await mark(environment.client, database)
            yield environment.client
        return
    # The shell ends the server when its standard input closes, which happens even if this process
    # is killed. In a session of its own the server outlives a Ctrl-C until the worker is done.
    script = 'exec 3<&0; "$@" & server=$!; (cat <&3; kill $server) & wait $server'
    command = [shell, "-c", script, "sh", temporal, "server", "start-dev", "--log-level", "error"]
    command += ["--port", str(port), "--ui-port", str(port + WEB_UI)]
    command += ["--db-filename", str(database), *DEV_SERVER_OPTIONS]
    if namespace := configuration().get("namespace"):
        command += ["--namespace", namespace]
    is_new = not database.exists()
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
        ) as server,
    ):
        try:
            client = await until_up(f"{host}:{port}", server, log)
        except ConnectionError:
            if is_new:  # what it has made of it, no server can start with
                for file in database.parent.glob(f"{glob.escape(database.name)}*"):
                    file.unlink()
            raise
        await mark(client, database)
        yield client


async def until_up(address: str, server: subprocess.Popen[bytes], log: IO[bytes]) -> Client:
    """Connect as soon as the dev server answers.

    Raises:
        ConnectionError: it ended instead.
        ValueError: the TEMPORAL_* settings do not fit it.
    """
    started = time.monotonic()
    while True:
        if server.poll() is not None:
            log.seek(0)
            reason = log.read().decode(errors="replace").strip().rpartition("\n")[2]
            if re.search("disk I/O error|disk is full|no space left", reason):  # SQLite's words
                reason = (
                    f"{setting('REPORTS_DIR')} is on a disk that is full. Make room there, or"
                    " set REPORTS_DIR in .env to a folder on another one"
                )
            raise ConnectionError(f"The Temporal dev server did not start: {reason}") from None
        try:
            return await connect(address)
        except ConnectionError:
            await asyncio.sleep(0.05)
        except ValueError:
            if time.monotonic() - started > 10:  # its namespace comes a moment later
                raise
            await asyncio.sleep(0.05)


async def mark(client: Client, database: Path) -> None:
    """Tell other starters which runs the server has, and have it keep the ended ones."""
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            update_info=UpdateNamespaceInfo(data={"database": str(database.resolve())}),
            config=NamespaceConfig(workflow_execution_retention_ttl=RETENTION),
        )
    )
