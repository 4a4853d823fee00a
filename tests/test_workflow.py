"""`GenerateReportWorkflow`: the order of things, what the Web UI shows, and old runs that replay.

`uv run pytest tests/test_workflow.py tests/research/test_deep.py --record v4` adds the Event
Histories of today's Workflow to `tests/histories/`, under that name. Do it before a change of the
Workflow is released: runs that were started by then must replay for as long as any may be open.
"""

import asyncio
import base64
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from support.histories import HISTORIES, Record
from support.llm_server import Answer, Exchange, Fail, LLMServer, Stall
from support.mail import MailServer
from support.pdf import pdf_text
from support.programs import until
from support.runs import (
    activity_result,
    event_types,
    failed_attempt,
    history_bytes,
    reaches,
    scheduled,
    start_run,
)
from support.settings import API_KEY, ROOT, TOPIC
from support.stand_ins import StandIns
from support.temporal import running_worker
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHistory
from temporalio.exceptions import CancelledError
from temporalio.worker import Replayer

from models import (
    TASK_QUEUE,
    GenerateReportInput,
    LLMCallInput,
    PDFGenerationInput,
    SendEmailInput,
    Stage,
    UserDecision,
    UserDecisionSignal,
)
from workflow import GenerateReportWorkflow

SUCCESS = "Successfully created research report PDF: "
STEPS = ["ACTIVITY_TASK_SCHEDULED", "ACTIVITY_TASK_STARTED", "ACTIVITY_TASK_COMPLETED"]


async def test_three_activities_in_the_tutorials_order(
    client: Client, worker: None, model: LLMServer, reports: Path
) -> None:
    handle = await start_run(client, email="someone@example.com")
    result = await handle.result()
    path = Path(result.removeprefix(SUCCESS))
    assert result == f"{SUCCESS}{path}" and path.parent == reports

    assert await event_types(handle) == [
        "WORKFLOW_EXECUTION_STARTED",
        *STEPS * 3,
        "WORKFLOW_EXECUTION_COMPLETED",
    ]
    llm_call, create_pdf, send_email = await scheduled(handle)
    names = [step["name"] for step in (llm_call, create_pdf, send_email)]
    assert names == ["llm_call", "create_pdf", "send_email"]
    assert llm_call["input"]["prompt"] == TOPIC
    assert create_pdf["input"]["content"] == model.answer.strip()
    assert create_pdf["input"]["model"] == "test-model"
    assert send_email["input"]["recipient"] == "someone@example.com"
    assert send_email["input"]["pdf_path"] == str(path)
    assert "Research" in llm_call["summary"] and "Mail" in send_email["summary"]
    assert path.name in create_pdf["summary"]

    response = await activity_result(handle, "llm_call")
    assert response["choices"][0]["message"]["content"] == model.answer.strip()
    assert response["model"] == "test-model" and response["usage"]["total_tokens"] > 0
    text = pdf_text(path)
    assert TOPIC in text or "Findings, numbered" in text
    assert "Finding 1 holds" in text and "Finding 90 holds" in text
    assert API_KEY.encode() not in await history_bytes(handle)


async def test_runs_demo_without_a_model(
    client: Client, worker: None, settings: pytest.MonkeyPatch, record: Record
) -> None:
    settings.setattr("generator.llm.demo.DEMO_SECONDS", 0.2)
    handle = await start_run(client, demo=True)
    path = (await handle.result()).removeprefix(SUCCESS)
    text = pdf_text(path)
    assert "Why tardigrades are so tough" in text and "no LLM was asked" in text
    await record(handle, "demo")


async def test_recovers_from_a_failed_attempt(
    client: Client, worker: None, model: LLMServer, record: Record
) -> None:
    model.answer = "# Tardigrades\n\nThey are small."
    model.script(Fail(503, echo=True))
    handle = await start_run(client)
    await handle.result()
    assert len(model.requests) == 2
    await record(handle, "retried-llm-call")


async def test_ends_well_though_the_mail_is_refused(
    client: Client, worker: None, model: LLMServer, mail: MailServer, record: Record
) -> None:
    model.answer = "# Tardigrades\n\nThey are small."
    mail.at_rcpt["reader@example.com"] = ["550 No such user"]
    handle = await start_run(client)
    assert (await handle.result()).startswith("The report was not mailed")
    await record(handle, "failed-email")


async def test_a_new_prompt_an_edit_and_a_decision_in_one_run(
    client: Client, worker: None, model: LLMServer, record: Record
) -> None:
    model.answer = "# Tardigrades\n\nThey are small."
    model.script(Stall())
    handle = await start_run(client, "What do they eat?", review=True)
    await until(lambda: model.requests)
    await handle.signal(GenerateReportWorkflow.update_prompt, TOPIC)
    for decision in (UserDecision.EDIT, UserDecision.KEEP):
        await reaches(handle, Stage.REVIEW)
        await handle.execute_update(
            GenerateReportWorkflow.review, UserDecisionSignal(decision, "Shorter, please.")
        )
    assert (await handle.result()).startswith(SUCCESS)
    assert len(model.requests) == 3
    await record(handle, "review")


async def test_can_be_cancelled_in_mid_answer(
    client: Client, worker: None, model: LLMServer, reports: Path, record: Record
) -> None:
    model.script(Stall(after=100))
    handle = await start_run(client)
    await until(lambda: model.requests and model.requests[0].sent == 100)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, CancelledError)
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED
    assert not reports.exists()
    await record(handle, "cancelled")


async def test_a_bad_font_holds_the_run_until_it_is_corrected(
    client: Client, model: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setattr("generator.failures.SHORTEST", timedelta(seconds=0.2))
    settings.setenv("PDF_FONT", "/no/such/font.ttf")
    async with running_worker(client):
        handle = await start_run(client)
        assert "PDF_FONT=/no/such/font.ttf" in await failed_attempt(handle, "create_pdf")
    settings.delenv("PDF_FONT")
    async with running_worker(client):
        assert (await handle.result()).startswith(SUCCESS)
    assert len(model.requests) == 1


async def test_no_activity_gives_up(client: Client) -> None:
    """What a retry may mend is retried without a limit, and a dead worker is noticed in seconds."""
    async with StandIns().working(client):
        handle = await start_run(client)
        await handle.result()
    async for event in handle.fetch_history_events():
        if event.HasField("activity_task_scheduled_event_attributes"):
            attributes = event.activity_task_scheduled_event_attributes
            assert attributes.retry_policy.maximum_attempts == 0
            assert attributes.retry_policy.maximum_interval.seconds in (30, 60)
            assert not attributes.schedule_to_close_timeout.seconds
            assert 0 < attributes.heartbeat_timeout.seconds <= 10
            if attributes.activity_type.name == "create_pdf":
                assert attributes.retry_policy.initial_interval.seconds == 2
                assert attributes.retry_policy.backoff_coefficient == 3.0


TOPICS = {
    "Chinese": ("水熊虫为什么如此顽强？", "水熊虫为什么如此顽强-"),
    "path characters": ("../../etc/passwd\\..\\x?*:|<>\"'~$(id)`id`", "etc-passwd-x-id-id-"),
    "a hidden file": (".env", "env-"),
    "lines": ("Two\nlines,\r\n\ttabs", "two-lines-tabs-"),
    "NUL": ("to\x00ugh", "to-ugh-"),
    "marks only": ("?!… — ***", "report-"),
    "emoji": ("🐻🐻", "report-"),
    "markup": ("<b>[bold]*x*</b> & {x} %s {date}", "b-bold-x-b-x-s-date-"),
    "a long word": ("w" * 5000, "w" * 100 + "-"),
    "long Chinese": ("水" * 5000, "水" * 33 + "-"),
    "combining marks": ("Cafe\u0301 Mu\u0308nchen", "café-münchen-"),
    "100 kB": ("tough? " * 14_286, "tough-tough-"),
    "a device": ("CON", "con-"),
}


@pytest.mark.parametrize("name", TOPICS)
async def test_any_topic_makes_a_report(
    client: Client, worker: None, model: LLMServer, reports: Path, name: str
) -> None:
    topic, slug = TOPICS[name]
    model.answer = "They are small."
    handle = await start_run(client, topic)
    path = Path((await handle.result()).removeprefix(SUCCESS))
    assert model.requests[0].messages[1] == {"role": "user", "content": topic}
    assert {*reports.iterdir()} == {path, path.with_suffix(".md")}
    assert re.fullmatch(re.escape(slug) + r"[\w-]*[0-9a-f]{8}\.pdf", path.name)
    assert len(path.name.encode()) < 130
    assert "They are small." in pdf_text(path)


async def test_a_topic_for_a_format_string_is_none(
    client: Client, worker: None, model: LLMServer
) -> None:
    handle = await start_run(client, "{date} {0} %s")
    await handle.result()
    assert model.requests[0].prompt == "{date} {0} %s"


async def test_many_runs_at_once_do_not_mix(client: Client, worker: None, model: LLMServer) -> None:
    class Echo(Answer):
        async def play(self, exchange: Exchange) -> None:
            await exchange.say(f"They say that {exchange.request.prompt} it is.")
            await exchange.finish("stop")

    model.default = Echo()
    handles = {f"Topic {n}": await start_run(client, f"Topic {n}") for n in range(20)}
    for topic, handle in handles.items():
        path = (await handle.result()).removeprefix(SUCCESS)
        assert f"They say that {topic} it is." in pdf_text(path)
    assert len(model.requests) == 20


def test_the_tutorials_calls_still_work() -> None:
    assert TASK_QUEUE == "research"
    assert LLMCallInput("x") == LLMCallInput(prompt="x")
    assert PDFGenerationInput("x").filename == "research_pdf.pdf"
    assert PDFGenerationInput("x", "y.pdf") == PDFGenerationInput(content="x", filename="y.pdf")
    assert GenerateReportInput("x") == GenerateReportInput(prompt="x")
    assert SendEmailInput().report.filename == "research_pdf.pdf"


# --- Runs of earlier versions --------------------------------------------------------------------

RECORDED = sorted(HISTORIES.glob("*.json"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_a_recorded_run_replays(file: Path) -> None:
    history = WorkflowHistory.from_json(file.stem, file.read_text())
    replayer = Replayer(workflows=[GenerateReportWorkflow])
    # A history that does not replay can also make it hang.
    await asyncio.wait_for(replayer.replay_workflow(history), 120)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recorded_run_holds_no_secret(file: Path) -> None:
    text = file.read_text()
    payloads = re.findall(r'"data": "([A-Za-z0-9+/=]+)"', text)
    assert len(payloads) > 1
    everything = text + "".join(base64.b64decode(data).decode() for data in payloads)
    assert API_KEY not in everything and "sk-" not in everything
    assert TOPIC in everything  # or this looked into the wrong place


def test_a_replay_notices_a_change_of_order(tmp_path: Path) -> None:
    """The test above can fail: a history with another first Activity does not replay."""
    changed = tmp_path / "changed.json"
    changed.write_text((HISTORIES / "v1-demo.json").read_text().replace("llm_call", "create_pdf"))
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from temporalio.client import WorkflowHistory\n"
        "from temporalio.worker import Replayer\n"
        "from workflow import GenerateReportWorkflow\n"
        "history = WorkflowHistory.from_json('changed', Path(sys.argv[1]).read_text())\n"
        "replayer = Replayer(workflows=[GenerateReportWorkflow])\n"
        "asyncio.run(replayer.replay_workflow(history))\n"
    )
    # A process, because a replay that hangs cannot be ended otherwise.
    command = [sys.executable, "-c", program, str(changed)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode and "Nondeterminism" in run.stderr
