"""What is said of a run that does not move: no worker, other code, held; and of Temporal itself."""

import argparse
import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from support.llm_server import Answer, Fail, LLMServer
from support.programs import free_port, until
from support.runs import Handle, failed_attempt, start_run
from support.temporal import running_worker
from temporalio import activity, workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from generator.local import database_of, local_service
from generator.running.activity_log import how_much
from generator.running.log import OnceInAWhile
from generator.running.temporal import connect
from generator.terminal.attach import attach
from generator.terminal.lines import CODE_CHANGED, RunIsHeld
from generator.terminal.listing import runs
from generator.terminal.outcome import worded
from generator.terminal.status import Watch
from models import DEMO_TASK_QUEUE, TASK_QUEUE, GenerateReportInput
from workflow import GenerateReportWorkflow


@workflow.defn(name="GenerateReportWorkflow")
class OtherCode:
    """What a run that was started before must not meet."""

    @workflow.run
    async def run(self, input: GenerateReportInput) -> str:
        await workflow.sleep(timedelta(hours=1))
        return ""

    @workflow.query
    def get_status(self) -> str:
        return ""


@activity.defn(name="llm_call")
async def silent() -> None:
    await asyncio.sleep(30)


@workflow.defn(name="GenerateReportWorkflow")
class Silent:
    """Its Activity is as one whose worker was killed."""

    @workflow.run
    async def run(self, input: GenerateReportInput) -> str:
        await workflow.execute_activity(
            silent,
            heartbeat_timeout=timedelta(seconds=1),
            start_to_close_timeout=timedelta(minutes=1),
        )
        return ""


async def looks(watch: Watch, wanted: str) -> str:
    """Look until this is to be seen."""

    async def seen() -> str:
        lines = await watch.look()
        return next((line for line in lines or [] if wanted in line), "")

    return await until(seen)


async def in_review(client: Client) -> Handle:
    async with running_worker(client):
        handle = await start_run(client, review=True)
        await until(lambda: waits(handle))
    return handle


async def waits(handle: Handle) -> bool:
    return (await handle.query(GenerateReportWorkflow.get_status)).stage == "review"


@pytest.mark.slow
async def test_a_draft_that_waits_without_a_worker(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    watch = Watch(client, await in_review(client))
    line = await looks(watch, "The draft waits for your decision.")
    assert line.endswith("start one in another terminal: uv run worker.py")
    assert not watch.goes_on
    async with running_worker(client):

        async def there_is_something_to_decide() -> bool:
            return await watch.look() is None

        await until(there_is_something_to_decide)


async def test_a_demo_that_waits_without_its_own_worker(client: Client) -> None:
    """No other worker takes it, so that none is to be started."""
    handle = await client.start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput("Tough?", demo=True),
        id="demo",
        task_queue=DEMO_TASK_QUEUE,
    )
    line = await looks(Watch(client, handle), "No worker is polling")
    assert line.endswith("'research-demo': uv run starter.py --demo --attach demo")
    options = argparse.Namespace(attach="demo", local=True, demo=False, no_wait=False)
    with pytest.raises(ValueError, match=r"is a demo: uv run starter\.py --demo --attach demo"):
        await attach(client, options)


async def test_the_list_marks_what_is_held_and_what_keeps_failing(
    client: Client, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setattr("generator.running.runs.OFTEN", 1)
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    async with running_worker(client):
        failing = await start_run(client, "Fails?")
        await failed_attempt(failing, "send_email")
        model.script(Fail(401))
        held = await start_run(client, "Held?")
        await failed_attempt(held, "llm_call")

        wanted = {failing.id: "a step keeps failing", held.id: "held"}

        async def listed() -> bool:
            return {run["workflow_id"]: run["status"] for run in await runs(client, 2)} == wanted

        await until(listed)
        # The PDF is there long before the mail is through: so it is named.
        line = await looks(Watch(client, failing), "✓ create_pdf: ")
        assert Path(line.removeprefix("✓ create_pdf: ")).is_file()


async def test_a_run_whose_code_has_changed(client: Client, settings: pytest.MonkeyPatch) -> None:
    handle = await in_review(client)
    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[OtherCode],
        workflow_runner=UnsandboxedWorkflowRunner(),
        workflow_task_executor=ThreadPoolExecutor(2),
    ):
        assert await looks(Watch(client, handle), "code has changed") == CODE_CHANGED


async def test_a_held_run(client: Client, model: LLMServer, worker: None) -> None:
    """It says what to correct; with --local it ends there, and is tried at once the next time."""
    model.script(Fail(401), Fail(401), Answer(text="# Mended"))
    handle = await start_run(client)
    await failed_attempt(handle, "llm_call")
    line = await looks(Watch(client, handle), "llm_call is held")
    assert line.startswith("! ") and "Correct LLM_API_KEY in .env" in line
    assert "next attempt in" in line
    with pytest.raises(RunIsHeld) as held:  # an attempt of this process's own
        await Watch(client, handle, local=True).follow()
    assert "worker" not in str(held.value)
    assert (await Watch(client, handle, local=True).follow()).startswith("Successfully created")
    assert len(model.requests) == 3


@pytest.mark.slow
async def test_a_worker_that_went_away(client: Client, model: LLMServer) -> None:
    """An attempt that Temporal misses heartbeats of: no jargon."""

    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Silent],
        activities=[silent],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await start_run(client)
        line = await looks(Watch(client, handle), "failed:")
    assert "attempt 1 failed: no heartbeat came" in line


async def test_a_failure_in_the_terms_of_local() -> None:
    failure = "Correct LLM_API_KEY in .env, and restart the worker: the run goes on then"
    assert "start this again" in worded(failure, local=True)
    assert worded(failure, local=False) == failure


# --- Temporal ------------------------------------------------------------------------------------


async def test_what_is_at_the_address(settings: pytest.MonkeyPatch, llm: LLMServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reasons = {
            f"127.0.0.1:{free_port()}": "nothing listens there",
            "temporal.invalid:7233": "there is no machine of this name",
            f"127.0.0.1:{llm.port}": "what listens there is not Temporal",
            f"127.0.0.1:{silent.getsockname()[1]}": "something listens there, but does not answer",
        }
        for address, reason in reasons.items():
            with pytest.raises(ConnectionError) as error:
                await connect(address)
            assert str(error.value).startswith(f"Cannot reach Temporal at {address}: {reason}")
            assert ("--local" in str(error.value)) == address.startswith("127")
            assert "tonic" not in str(error.value)
    for wrong in ("localhost", "localhost:99999", "http://localhost:7233"):
        settings.setenv("TEMPORAL_ADDRESS", wrong)
        with pytest.raises(ValueError, match="put TEMPORAL_ADDRESS=host:port"):
            await connect()


@pytest.fixture
async def local(settings: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A free port, set as Temporal's."""
    port = free_port(neighbour=1000)
    settings.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
    yield port


@pytest.mark.slow
async def test_the_dev_server_of_two_starters(local: int, reports: Path) -> None:
    """Whoever has started it may go first; the runs stay, and ended ones for 30 days."""
    first = local_service(demo=False, watched=False)
    client = await first.__aenter__()
    async with local_service(demo=False, watched=False) as other:
        assert other.service_client.config.target_host == f"127.0.0.1:{local}"
        assert await database_of(other) == str((reports / ".temporal.db").resolve())
        handle = await start_run(client)
        await first.__aexit__(None, None, None)

        async def is_there() -> bool:
            try:
                run = await other.get_workflow_handle(handle.id).describe(
                    rpc_timeout=timedelta(seconds=1)
                )
            except Exception:
                return False
            return run.id == handle.id

        await until(is_there)
        namespace = await other.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=other.namespace)
        )
        kept = namespace.config.workflow_execution_retention_ttl.ToTimedelta()
        assert kept == timedelta(days=30)


@pytest.mark.slow
async def test_a_demo_has_a_server_of_its_own(local: int, reports: Path) -> None:
    async with (
        local_service(demo=False, watched=False) as real,
        local_service(demo=True, watched=False) as demo,
    ):
        assert await database_of(real) == str((reports / ".temporal.db").resolve())
        assert await database_of(demo) == str((reports / ".temporal-demo.db").resolve())


# --- The log -------------------------------------------------------------------------------------


def test_what_repeats_itself_is_logged_once_and_in_words() -> None:
    once = OnceInAWhile()

    def logged(message: str) -> str:
        record = logging.LogRecord("temporalio", logging.WARNING, "", 0, message, None, None)
        return record.getMessage() if once.filter(record) else ""

    assert "code has changed" in logged("Failing legacy query request")
    assert logged("Failing legacy query request") == ""
    assert "does not answer" in logged("gRPC call poll_workflow_task_queue retried 7 times")
    assert logged("Something else") == "Something else" == logged("Something else")


def test_how_much_an_activity_has_brought() -> None:
    answer = {"model": "gpt", "usage": {"total_tokens": 1234}, "response_cost": 0.01234}
    assert how_much(answer) == "gpt, 1,234 tokens, $0.0123"
    assert how_much("reports/x.pdf") == "reports/x.pdf"
