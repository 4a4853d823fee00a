"""A report that is known to be incomplete says so wherever it is spoken of, and why."""

import json
import re
from pathlib import Path

import pytest
from support.llm_server import ContentFilter, Cut, Fail, Length, LLMServer
from support.pdf import pdf_text
from support.programs import Program
from support.runs import decide, details, reaches, start_run, status
from support.settings import TOPIC
from support.temporal import settings_of
from temporalio.client import Client, WorkflowFailureError

from generator.running.record import read_record
from generator.terminal.listing import runs
from models import Stage, UserDecision, UserDecisionSignal

FULL = "the model's context was full"
TOO_LONG = Fail(400, "context_length_exceeded", "This model's maximum context length is 8192.")


async def printed(folder: Path, client: Client, *arguments: str) -> Program:
    with Program(folder, "starter.py", *arguments, **settings_of(client)) as starter:
        assert await starter.ends() == 0, starter
    return starter


async def test_the_run_says_so(client: Client, worker: None, model: LLMServer) -> None:
    model.script(Length(after=1500), TOO_LONG)
    handle = await start_run(client)
    await handle.result()
    assert (await status(handle)).incomplete == FULL
    assert f"The report is incomplete: {FULL}." in await details(handle)
    assert (await read_record(client, handle)).incomplete == FULL
    assert [run["incomplete"] for run in await runs(client, 1)] == [FULL]


@pytest.mark.slow
async def test_an_incomplete_report(
    client: Client, worker: None, model: LLMServer, tmp_path: Path
) -> None:
    model.script(Length(after=1500), TOO_LONG)
    starter = await printed(tmp_path, client, TOPIC)
    assert starter.stderr.strip().endswith(f"! The report is incomplete: {FULL}")
    [path] = re.findall(r"PDF: (.*\.pdf)", starter.stdout)
    text = " ".join(pdf_text(path).split())
    byline, _, rest = text.partition("Finding 1 holds")
    assert f"incomplete: {FULL}" in byline
    assert f"This report is incomplete: {FULL}." in rest
    assert rest.count("is incomplete") == 1

    attached = await printed(tmp_path, client, "--attach", "latest", "--no-wait", "--json")
    told = json.loads(attached.stdout)
    assert told["incomplete"] == FULL and told["status"] == "completed"
    listed = await printed(tmp_path, client, "--list")
    assert re.search(r"^! \w{8}  completed, incomplete, started", listed.stdout, re.MULTILINE)
    [run] = json.loads((await printed(tmp_path, client, "--list", "--json")).stdout)["runs"]
    assert run["incomplete"] == FULL and run["status"] == "completed"


@pytest.mark.slow
async def test_a_whole_report_says_nothing(
    client: Client, worker: None, model: LLMServer, tmp_path: Path
) -> None:
    starter = await printed(tmp_path, client, TOPIC, "--json")
    assert json.loads(starter.stdout)["incomplete"] is None
    assert "incomplete" not in starter.stderr
    assert "incomplete" not in (await printed(tmp_path, client, "--list")).stdout


@pytest.mark.slow
async def test_what_was_cut_off_counts_and_is_said_to_be_an_estimate(
    client: Client, worker: None, model: LLMServer, tmp_path: Path
) -> None:
    model.script(Cut(after=1500))
    starter = await printed(tmp_path, client, TOPIC)
    [told] = re.findall(r"about ([\d,]+) tokens", starter.stderr)
    words = sum(len(m["content"].split()) for r in model.requests for m in r.messages)
    assert int(told.replace(",", "")) > words + len(model.answer.split())


@pytest.mark.slow
async def test_what_a_failure_has_cost_is_counted(
    client: Client, worker: None, model: LLMServer, tmp_path: Path
) -> None:
    model.default = ContentFilter(after=40)
    handle = await start_run(client)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert (tokens := (await status(handle)).tokens) > 100
    told = await printed(tmp_path, client, "--attach", handle.id, "--no-wait", "--json")
    assert json.loads(told.stdout)["tokens"] == tokens


async def test_a_persons_own_version_is_whole(
    client: Client, worker: None, model: LLMServer
) -> None:
    model.script(Length(after=1500), TOO_LONG)
    handle = await start_run(client, review=True)
    assert (await reaches(handle, Stage.REVIEW)).incomplete == FULL
    own = UserDecisionSignal(UserDecision.KEEP, draft="# My own\n\nIt is whole.")
    await decide(handle, own)
    await handle.result()
    assert (await status(handle)).incomplete == ""
    assert "incomplete" not in (await read_record(client, handle)).report.content  # type: ignore[union-attr]
