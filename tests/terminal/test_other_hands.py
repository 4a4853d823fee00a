"""What Temporal's own tools do to a run, and what is seen of it: paused, reset, ended, deleted."""

import asyncio
import re
import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from support.llm_server import LLMServer, Stall
from support.programs import Program, until
from support.runs import Handle, is_cancelled, kept, pending, reaches, start_run
from support.stand_ins import Held, StandIns
from support.temporal import running_worker, settings_of
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.deployment.v1 import WorkerDeploymentOptions, WorkerDeploymentVersion
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueResponse,
    PauseActivityRequest,
    PauseWorkflowExecutionRequest,
    ResetActivityRequest,
    ResetWorkflowExecutionRequest,
    UnpauseActivityRequest,
)
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue
from temporalio.worker import Worker

from generator.running.conversion import data_converter
from generator.running.encryption import ENCODING, KEY_ID
from generator.running.record import read_record
from generator.running.runs import (
    KEEPS_FAILING,
    LATER,
    STEP_PAUSED,
    Run,
    describe,
    find,
    status_of,
    topic_of,
)
from generator.terminal.lines import CODE_CHANGED, CODE_FAILS, LACKS_KEY
from generator.terminal.listing import runs
from generator.terminal.outcome import describe_failure, report_here, show_steps
from generator.terminal.review import as_printed, decide
from generator.terminal.screen import console
from generator.terminal.status import AWAY, DISK_FULL, Watch
from models import TASK_QUEUE, GenerateReportInput, Stage


def execution(handle: Handle) -> WorkflowExecution:
    return WorkflowExecution(workflow_id=handle.id)


async def pause(client: Client, handle: Handle, activity_id: str, reason: str = "") -> None:
    await client.workflow_service.pause_activity(
        PauseActivityRequest(
            namespace=client.namespace,
            execution=execution(handle),
            identity="ops@example.com",
            id=activity_id,
            reason=reason,
        )
    )


async def reset(client: Client, handle: Handle, event_id: int) -> None:
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=execution(handle),
            reason="again",
            workflow_task_finish_event_id=event_id,
            request_id=str(uuid.uuid4()),
        )
    )


async def sees(watch: Watch, wanted: str) -> str:
    async def line() -> str:
        return next((line for line in await watch.look() or [] if wanted in line), "")

    return await until(line)


async def test_a_paused_step_says_by_whom_why_and_how_it_goes_on_and_keeps_its_text(
    client: Client, model: LLMServer
) -> None:
    model.script(Stall(after=200))
    async with running_worker(client):
        handle = await start_run(client)
        await until(lambda: kept(handle))
        watch = Watch(client, handle)
        await pause(client, handle, "1", "budget; check")
        line = await sees(watch, "is paused")
        assert line.startswith(
            "! llm_call is paused by ops@example.com (budget; check). It goes on"
        )
        assert f"temporal activity unpause --workflow-id {handle.id} --activity-id 1" in line
        run = await find(client, handle.id)
        assert await status_of(client, run) == STEP_PAUSED
        await until(lambda: has_let_go(handle))
        await client.workflow_service.unpause_activity(
            UnpauseActivityRequest(namespace=client.namespace, execution=execution(handle), id="1")
        )
        await handle.result()
    # The second request shows the model what it had written before the pause.
    shown = str(model.requests[1].messages)
    assert "assistant" in shown and len(model.requests) == 2


async def has_let_go(handle: Handle) -> bool:
    """Has the worker ended the attempt that is to pause?"""
    activity = await pending(handle)
    return bool(activity and activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED)


@pytest.mark.parametrize("clear", [False, True])
async def test_a_reset_step_keeps_its_text_unless_that_is_cleared(
    client: Client, model: LLMServer, clear: bool
) -> None:
    model.script(Stall(after=200))
    async with running_worker(client):
        handle = await start_run(client)
        await until(lambda: model.requests and model.requests[0].sent == 200)
        await sees(Watch(client, handle), "characters written")
        await client.workflow_service.reset_activity(
            ResetActivityRequest(
                namespace=client.namespace,
                execution=execution(handle),
                id="1",
                reset_heartbeat=clear,
            )
        )
        await handle.result()
    roles = [message["role"] for message in model.requests[1].messages]
    assert ("assistant" in roles) != clear


async def test_a_reset_run_is_followed_to_the_one_that_takes_its_place(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_ins = StandIns(Held("# Old"), "# New")
    async with stand_ins.working(client):
        handle = await start_run(client)
        watch = Watch(client, handle)
        followed = asyncio.ensure_future(watch.follow())
        await until(lambda: stand_ins.held)
        await reset(client, handle, 4)
        assert (await followed).startswith("Successfully")
    assert "The run was reset. The new one has the same ID" in capsys.readouterr().err
    assert stand_ins.printed[-1].content == "# New"
    assert watch.handle.run_id != handle.result_run_id


async def test_a_run_that_is_reset_while_a_person_decides_is_followed(client: Client) -> None:
    async with StandIns("# Draft").working(client):
        handle = await start_run(client, review=True)
        watch = Watch(client, handle)
        assert await watch.until_decision() is None
        await reset(client, handle, 10)
        await reaches(client.get_workflow_handle(handle.id), Stage.REVIEW)
        assert await asyncio.wait_for(watch.until_decision(), 100) is None
        assert watch.handle.run_id not in (None, handle.result_run_id)
        await watch.handle.execute_update("review", {"decision": "KEEP"})
        assert (await watch.follow()).startswith("Successfully")


async def test_a_run_that_was_reset_has_the_report_of_the_run_before(
    client: Client, settings: pytest.MonkeyPatch, reports: Path
) -> None:
    settings.setattr("generator.llm.demo.DEMO_SECONDS", 0.2)
    async with running_worker(client):
        handle = await start_run(client, demo=True)
        await handle.result()
        for _ in range(2):
            tasks = [
                event.event_id
                async for event in client.get_workflow_handle(handle.id).fetch_history_events()
                if event.HasField("workflow_task_completed_event_attributes")
            ]
            await reset(client, handle, tasks[-1])
            await client.get_workflow_handle(handle.id).result()
    record = await read_record(client, client.get_workflow_handle(handle.id))
    assert record.run_id == handle.result_run_id
    assert report_here(record) == (*sorted(reports.iterdir(), reverse=True),)


async def test_a_terminated_run_is_called_that(client: Client) -> None:
    stand_ins = StandIns("# Draft")
    stand_ins.mails = [Held("Email sent")]
    async with stand_ins.working(client):
        handle, cancelled = await start_run(client), await start_run(client)
        await until(lambda: len(stand_ins.held) == 2)
        await cancelled.cancel()
        await handle.terminate(reason="no longer needed")
        assert await Watch(client, handle).look() == []
        assert await is_cancelled(cancelled)
        for run in (handle, cancelled):
            taken = [(await read_record(client, run)).seconds("send_email") for _ in range(2)]
            assert taken[0] == taken[1], "nothing goes on in a run that is over"
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    assert describe_failure(caught.value, False) == "The run was terminated: no longer needed"


async def test_a_run_that_somebody_started_by_hand_shows_its_topic(client: Client) -> None:
    for workflow_id, given in {"one": {"prompt": "By\nhand?"}, "two": 7, "three": {}}.items():
        await client.start_workflow(
            "GenerateReportWorkflow", given, id=workflow_id, task_queue="nobody"
        )
    topics = [await topic_of(client, await find(client, each)) for each in ("one", "two", "three")]
    assert topics == ["By hand?", "", ""]


@pytest.mark.slow
async def test_a_run_by_cron_ends_with_its_report(client: Client) -> None:
    async with StandIns().working(client):
        for prompt in ("Each second?", " "):
            await client.start_workflow(
                "GenerateReportWorkflow",
                {"prompt": prompt},
                id=f"cron {prompt}",
                task_queue=TASK_QUEUE,
                cron_schedule="@every 1s",
            )
            run = await find(client, f"cron {prompt}")
            handle: Handle = client.get_workflow_handle(run.id, run_id=run.run_id)
            watching = asyncio.wait_for(Watch(client, handle).follow(), 100)
            if prompt.strip():
                assert (await watching).startswith("Successfully")
            else:
                with pytest.raises(WorkflowFailureError) as caught:
                    await watching
                assert "The topic is empty" in str(caught.value.cause)
            await client.get_workflow_handle(run.id).terminate()


async def test_a_run_that_is_to_start_later_waits_for_nobody(client: Client) -> None:
    handle = await client.start_workflow(
        "GenerateReportWorkflow",
        {"prompt": "Later?"},
        id="later",
        task_queue=TASK_QUEUE,
        start_delay=timedelta(hours=1),
    )
    [line] = await Watch(client, handle).look() or []
    assert re.fullmatch(r"▸ The run is to start in 3[56]\d\d s", line)
    assert await status_of(client, await find(client, handle.id)) == LATER


@pytest.mark.parametrize("status", [*WorkflowExecutionStatus.values(), 77])
def test_no_state_of_a_run_is_unknown(status: int) -> None:
    run = Run(WorkflowExecutionInfo(status=status))  # type: ignore[arg-type]
    assert run.state and run.state == run.state.lower()


def test_a_clock_that_is_behind_temporals_delays_no_run() -> None:
    info, hour = WorkflowExecutionInfo(), timedelta(hours=1)
    there = datetime.now(UTC) + hour
    info.start_time.FromDatetime(there)
    info.execution_time.FromDatetime(there)
    assert Run(info).seconds_to_start == 0
    info.execution_time.FromDatetime(there + hour)
    assert Run(info).seconds_to_start > 3600


def test_the_review_shows_all_of_a_draft() -> None:
    parts = ("<draft>", "# Title <x>", "<summary>", "[1]: https://e.com", "<!-- note -->")
    with console().capture() as shown:
        console().print(as_printed("\n\n".join(parts)))
    for part in parts:
        assert part.lstrip("# ") in shown.get(), part


def test_the_review_shows_where_links_lead_and_none_to_click() -> None:
    parts = ["[v](vscode://file/x)", "![p](https://e.com/p.png)", "<https://e.com/a>", "w" * 70]
    screen = Console(file=StringIO(), width=100, force_terminal=True)
    with screen.capture() as shown:
        screen.print(as_printed(" ".join(parts + [f"word{n}" for n in range(99)])))
        screen.print(as_printed(f"```hcl\n{'a' * 50_000}\n```"))  # its lexer takes minutes
    text = re.sub(r"\x1b\[[\d;]*m", "", shown.get())
    assert "\x1b]8" not in text and text.count("https://e.com/a") == 1 and text.count("a") > 50_000
    for part in (
        "v (vscode://file/x)",
        "p (https://e.com/p.png)",
        *(f"word{n}" for n in range(99)),
    ):
        assert part in " ".join(text.split()), part


async def test_one_paused_run_does_not_hide_the_others(client: Client) -> None:
    async with StandIns(Held("# Draft")).working(client):
        paused, other = await start_run(client), await start_run(client)
        await client.workflow_service.pause_workflow_execution(
            PauseWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_id=paused.id,
                reason="audit",
                identity="ops@example.com",
            )
        )
        line = await sees(Watch(client, paused), "The run is paused")
        assert line.startswith("! The run is paused by ops@example.com (audit). It goes on with:")

        async def listed() -> bool:
            found = {run["workflow_id"]: run["status"] for run in await runs(client, 5)}
            return found == {paused.id: "paused", other.id: "running"}

        await until(listed)


@workflow.defn(name="GenerateReportWorkflow", sandboxed=False)
class Broken:
    @workflow.run
    async def run(self, input: GenerateReportInput) -> str:
        raise KeyError("no such step")


async def test_only_workers_of_a_version_may_take_the_run(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the Service said of a queue with a current version, and of one without any worker of it:
    in a new Namespace, as tests have, it takes minutes until it takes one."""
    wanted = WorkerDeploymentVersion(deployment_name="theirs", build_id="7")
    told = DescribeTaskQueueResponse(pollers=[PollerInfo(identity="worker.py")])
    told.versioning_info.current_deployment_version.CopyFrom(wanted)

    async def describe_task_queue(*_: object, **__: object) -> DescribeTaskQueueResponse:
        return told

    monkeypatch.setattr(client.workflow_service, "describe_task_queue", describe_task_queue)
    lines = Watch(client, client.get_workflow_handle("run", result_type=str)).lines
    version = "worker of version 7 of the Worker Deployment theirs"
    assert f"No {version}" in await lines.no_worker(TASK_QUEUE)
    options = WorkerDeploymentOptions(deployment_name="theirs", build_id="7")
    told.pollers.append(PollerInfo(identity="theirs", deployment_options=options))
    assert f"Waiting for a {version} for 5 s" in await lines.no_worker(TASK_QUEUE, 5)
    told.ClearField("versioning_info")
    line = await lines.no_worker("durable", 5)  # as one listing of the tutorial has it
    assert "worker on 'durable'" in line and "worker.py polls 'research' alone" in line
    assert "Waiting for a worker for 5 s" in await lines.no_worker(TASK_QUEUE, 5)
    told.versioning_info.ramping_deployment_version.CopyFrom(wanted)
    told.versioning_info.ramping_version_percentage = 20
    assert "Waiting for a worker for 5 s" in await lines.no_worker(TASK_QUEUE, 5)
    told.pollers.pop()  # the one of that version
    line = await lines.no_worker(TASK_QUEUE, 5)
    assert "20 % of the runs wait for a worker of version 7 of" in line and "theirs" in line


async def test_workers_are_given_time_to_come_back_with_temporal(
    client: Client, settings: pytest.MonkeyPatch, reports: Path
) -> None:
    reports.mkdir()
    watch = Watch(client, client.get_workflow_handle("run", result_type=str))
    assert "! No worker is polling" in await watch.lines.no_worker(TASK_QUEUE, 5)
    assert watch.no_answer() == [AWAY]
    assert "Waiting for a worker for 5 s" in await watch.lines.no_worker(TASK_QUEUE, 5)
    watch.local = True  # then its database is on the disk of the reports
    settings.setattr("generator.terminal.status.LITTLE", 10**20)
    assert watch.no_answer() == [DISK_FULL]
    settings.setattr("generator.terminal.lines.BACK", timedelta(0))
    assert "! No worker is polling" in await watch.lines.no_worker(TASK_QUEUE, 5)


async def test_a_topic_that_somebody_changes_is_told(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    async with StandIns(Held("# Draft")).working(client):
        handle = await start_run(client)
        watch = Watch(client, handle)
        await watch.look()
        await handle.signal("update_prompt", "Solar power")

        async def told() -> bool:
            await watch.look()
            return "The topic was changed: Solar power" in capsys.readouterr().err

        await until(told)


@pytest.mark.slow
async def test_code_that_fails_is_not_said_to_have_changed(client: Client) -> None:
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[Broken]):
        handle = await start_run(client)
        watch = Watch(client, handle)
        line = await sees(watch, "The Workflow's code fails")
        assert "no such step" in line
        lines = await watch.look() or []
        assert CODE_FAILS in lines and CODE_CHANGED not in lines


async def test_a_worker_without_the_key_is_said_to_lack_it(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    config = client.config() | {"data_converter": data_converter()}
    async with StandIns().working(Client(**config)):
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        sealed = Payload(metadata={"encoding": ENCODING, KEY_ID: b"abcd1234"}, data=b"x")
        await handle.signal("update_prompt", RawValue(sealed))

        async def failed() -> bool:
            return (await read_record(client, handle)).lacks_key

        await until(failed)
        described = await describe(client, handle.id)
        described.pending_workflow_task.attempt = 3  # for which Temporal takes its time
        line, remedy = await Watch(client, handle).lines.progress(described)
        assert line.startswith("✗ The worker cannot read the run, attempt 3: This run is encrypted")
        assert "the key abcd1234" in line and remedy == LACKS_KEY
        settings.setattr("generator.running.runs.OFTEN", 0)

        async def listed() -> bool:  # between two attempts, no task is under way
            return bool((await runs(client, 1))[0]["status"] == KEEPS_FAILING)

        await until(listed)


@pytest.mark.slow
async def test_a_run_that_is_deleted_while_it_is_watched(
    client: Client, settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest

    async with StandIns(Held("# Draft")).working(client):
        handle = await start_run(client)
        with Program(
            tmp_path, "starter.py", "--attach", handle.id, "--json", **settings_of(client)
        ) as starter:
            await starter.says("llm_call")
            await client.workflow_service.delete_workflow_execution(
                DeleteWorkflowExecutionRequest(
                    namespace=client.namespace, workflow_execution=execution(handle)
                )
            )
            assert await starter.ends() == 1
    assert '"status": "deleted"' in starter.stdout and "was deleted" in starter.stderr


@pytest.mark.slow
async def test_no_encoding_of_the_output_costs_a_report(
    client: Client, settings: pytest.MonkeyPatch, worker: None, tmp_path: Path
) -> None:
    options = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"} | settings_of(client)
    with Program(tmp_path, "starter.py", "Wie zäh sind Bärtierchen? 水熊", **options) as starter:
        assert await starter.ends() == 0
    assert "Result: Successfully" in starter.stdout


@workflow.defn(name="GenerateReportWorkflow", sandboxed=False)
class Impostor:
    """A worker of another program has taken the run: its answers are of other kinds."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        self.is_over = False

    @workflow.run
    async def run(self, *given: Any) -> Any:
        for result in ("text", [5]):
            await workflow.execute_activity(
                "search_documents", result, start_to_close_timeout=timedelta(seconds=60)
            )
        await workflow.wait_condition(lambda: self.is_over)
        return {"a": 1}

    @workflow.query
    def get_status(self) -> Any:
        return {"stage": 5}

    @workflow.query
    def get_research_result(self) -> Any:
        return [5]

    @workflow.signal
    def end(self) -> None:
        self.is_over = True


@activity.defn(name="search_documents")
async def of_theirs(result: Any) -> Any:
    return result


async def test_another_programs_answers_are_said_to_be_that(client: Client) -> None:
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[Impostor], activities=[of_theirs]):
        handle = await start_run(client)
        watch = Watch(client, handle)
        assert "another program" in await sees(watch, "! The run cannot tell how it is doing")
        with pytest.raises(LookupError, match="draft of the run cannot be read"):
            await decide(client, handle)
        await handle.signal("end")
        with pytest.raises(LookupError, match="result of the run cannot be read"):
            await watch.until_decision()
    record = await read_record(client, handle)
    assert record.results("search_documents") == []
    show_steps(record)
