"""`--local` and `--demo`: the Temporal dev server and the worker, both in the starter's process."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from temporalio.client import Client

from activities import create_pdf, llm_call, send_email, web_search
from generator.llm import import_litellm as import_litellm
from generator.readiness import check_settings
from generator.settings import setting
from generator.temporal import MAX_ACTIVITIES, connect, new_worker
from models import DEMO_TASK_QUEUE, TASK_QUEUE
from workflow import GenerateReportWorkflow

DEV_SERVER_OPTIONS = [
    # A stock dev server lets 50 ms pass between any two steps of a run.
    *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000"),
    # A log ahead of the file spares SQLite a journal for each step, and is as safe if synchronous.
    *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL"),
]


@contextlib.asynccontextmanager
async def local_worker(demo: bool) -> AsyncIterator[Client]:
    """A worker in this process, and a Temporal dev server too where none answers.

    Raises:
        ValueError: a setting is wrong.
        ConnectionError: there is no Temporal Service, and none can be started.
    """
    if problems := check_settings(with_model=not demo):
        raise ValueError("\n".join(problems))
    async with contextlib.AsyncExitStack() as stack:
        try:
            client = await connect()
        except ConnectionError:
            client = await stack.enter_async_context(dev_server(demo))
        threads = stack.enter_context(ThreadPoolExecutor(MAX_ACTIVITIES))
        worker = new_worker(
            client,
            threads,
            task_queue=DEMO_TASK_QUEUE if demo else TASK_QUEUE,
            workflows=[GenerateReportWorkflow],
            activities=[llm_call, web_search, create_pdf, send_email],
        )
        await stack.enter_async_context(worker)
        yield client


@contextlib.asynccontextmanager
async def dev_server(demo: bool = False) -> AsyncIterator[Client]:
    """A Temporal dev server that ends when this process does, however that ends.

    It keeps its runs in a SQLite file in REPORTS_DIR: they go on when it is started again. Demos
    have a file of their own, so that one never goes on with a run that is none.
    """
    host, _, port = setting("TEMPORAL_ADDRESS").rpartition(":")
    if host not in ("localhost", "127.0.0.1"):
        await connect()  # raises, and says so: a server here would not be the one that was meant
    database = Path(setting("REPORTS_DIR"), ".temporal-demo.db" if demo else ".temporal.db")
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    temporal, shell = shutil.which("temporal", path=scripts), shutil.which("sh")
    if not temporal or not shell:  # Windows has no wheel of it: the SDK downloads the server
        from temporalio.testing import WorkflowEnvironment

        async with await WorkflowEnvironment.start_local(
            port=int(port),
            ui=True,
            dev_server_existing_path=temporal,
            dev_server_database_filename=str(database),
            dev_server_extra_args=DEV_SERVER_OPTIONS,
        ) as environment:
            yield environment.client
        return
    # The shell ends the server when its standard input closes, which happens even if this process
    # is killed. In a session of its own the server outlives a Ctrl-C until the worker is done.
    script = 'exec 3<&0; "$@" & server=$!; (cat <&3; kill $server) & wait $server'
    command = [shell, "-c", script, "sh", temporal, "server", "start-dev", "--log-level", "error"]
    command += ["--port", port, "--db-filename", str(database), *DEV_SERVER_OPTIONS]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        ) as server,
    ):
        yield await until_up(server, log)


async def until_up(server: subprocess.Popen[bytes], log: IO[bytes]) -> Client:
    """Connect as soon as the dev server answers.

    Raises:
        ConnectionError: it ended instead.
    """
    while True:
        try:
            return await connect()
        except ConnectionError:
            if server.poll() is not None:
                log.seek(0)
                reason = log.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise ConnectionError(f"The Temporal dev server did not start: {reason}") from None
            await asyncio.sleep(0.05)
