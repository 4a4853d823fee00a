"""`starter.py` in a script: JSON, files where they are wanted, options for one run, pipes."""

import asyncio
import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.programs import Program, command_line, environment, until
from support.runs import start_run
from support.settings import TOPIC
from support.temporal import running_worker, settings_of
from temporalio.client import Client

from generator.terminal.listing import find_run, runs
from models import GenerateReportInput


async def printed(folder: Path, client: Client, *options: str, code: int = 0) -> dict[str, Any]:
    """Run the starter with --json and return the object that is all it prints."""
    with Program(folder, "starter.py", *options, "--json", **settings_of(client)) as starter:
        assert await starter.ends() == code, starter
    [line] = starter.stdout.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


@pytest.mark.slow
async def test_json_at_every_moment_of_a_run(
    client: Client, settings: pytest.MonkeyPatch, worker: None, tmp_path: Path
) -> None:
    begun = await printed(tmp_path, client, TOPIC, "--no-wait")
    assert begun["status"] == "running" and begun["topic"] == TOPIC and begun["pdf"] is None
    workflow_id = begun["workflow_id"]
    await client.get_workflow_handle(workflow_id).result()

    target = tmp_path / "mine" / "report.pdf"
    target.parent.mkdir()
    ended = await printed(tmp_path, client, "--attach", workflow_id, "--output", str(target))
    assert ended["workflow_id"] == workflow_id and ended["run_id"] == begun["run_id"]
    assert ended["status"] == "completed" and ended["model"] == "demo"
    assert (ended["pdf"], ended["markdown"]) == (str(target), str(target.with_suffix(".md")))
    assert target.read_bytes().startswith(b"%PDF")
    assert target.with_suffix(".md").read_text().startswith("# Why tardigrades")
    assert ended["tokens"] == 0 and ended["cost"] is None
    assert ended["email"].startswith("Email simulated")

    listed = await printed(tmp_path, client, "--list", "1")
    assert listed["total"] == 1
    assert [run["workflow_id"] for run in listed["runs"]] == [workflow_id]
    assert listed["runs"][0]["status"] == "completed" and listed["runs"][0]["topic"] == TOPIC


@pytest.mark.slow
async def test_json_of_a_run_that_waits_for_a_decision(
    client: Client, settings: pytest.MonkeyPatch, worker: None, tmp_path: Path
) -> None:
    waits = await printed(tmp_path, client, TOPIC, "--review", code=130)  # nobody is there
    assert waits["status"] == "waits for your decision"
    with Program(
        tmp_path, "starter.py", "--attach", "latest", "--no-wait", **settings_of(client)
    ) as starter:
        assert await starter.ends() == 0
    assert starter.stdout == "Status: waits for your decision\n"
    assert f"Topic: {TOPIC}" in starter.stderr
    ended = await printed(tmp_path, client, "--attach", "latest", "--cancel")
    assert ended["status"] == "cancelled" and "cancelled" in ended["error"]
    with Program(
        tmp_path, "starter.py", "--attach", "latest", "--cancel", **settings_of(client)
    ) as starter:
        assert await starter.ends() == 0
    assert "The run is over (cancelled): there is nothing to cancel." in starter.stderr


async def test_a_model_for_one_run(client: Client, tmp_path: Path) -> None:
    begun = await printed(tmp_path, client, TOPIC, "--no-wait", "--model", "ollama/llama3")
    handle = client.get_workflow_handle(begun["workflow_id"])
    async for event in handle.fetch_history_events():
        payloads = event.workflow_execution_started_event_attributes.input.payloads
        [given] = await client.data_converter.decode(payloads, [GenerateReportInput])
        assert given == GenerateReportInput(prompt=TOPIC, model="ollama/llama3")
        return


def test_version(tmp_path: Path) -> None:
    command = command_line(("starter.py", "--version"))
    shown = subprocess.run(command, env=environment(tmp_path, {}), capture_output=True, text=True)
    assert shown.stdout == "starter.py 0.1.0\n" and not shown.stderr


@pytest.mark.slow
async def test_a_reader_that_reads_one_line(client: Client, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with subprocess.Popen(
        command_line(("starter.py", TOPIC, "--no-wait")),
        env=environment(tmp_path, settings_of(client)),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    ) as starter:
        os.close(writing)
        with os.fdopen(reading) as lines:
            assert lines.readline().startswith("Welcome")
        assert starter.stderr
        said = starter.stderr.read()
    assert starter.returncode in (0, 141) and "Traceback" not in said and "Broken" not in said


# How a script or a service may leave the standard streams, and the exit code then.
STREAMS = {
    "starter.py <&-": 2,  # no topic
    f"starter.py '{TOPIC}' --no-wait >&-": 0,
    f"starter.py '{TOPIC}' --no-wait <&- >&- 2>&-": 0,
    f"starter.py '{TOPIC}' --no-wait 2>/dev/full": 0,
    "(sleep 0.2; starter.py --list --json) | true": 141,
    f"(sleep 0.2; starter.py '{TOPIC}' --no-wait 2>&1 >/dev/null) | true": 141,
    "worker.py --new-key >/dev/full": 1,
}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
async def test_streams_that_are_closed_or_full(client: Client, tmp_path: Path) -> None:
    async def exit_code(line: str) -> int | None:
        for name in ("starter.py", "worker.py"):
            line = line.replace(name, shlex.join(command_line((name,))))
        process = await asyncio.create_subprocess_exec(
            *("bash", "-o", "pipefail", "-c", line),
            env=environment(tmp_path, settings_of(client)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, said = await process.communicate()
        assert b"Traceback" not in said, said
        return process.returncode

    codes = await asyncio.gather(*map(exit_code, STREAMS))
    assert dict(zip(STREAMS, codes, strict=True)) == STREAMS


async def test_the_topic_from_stdin(client: Client, tmp_path: Path) -> None:
    with Program(
        tmp_path, "starter.py", "-", "--no-wait", stdin="One\nTwo\n", **settings_of(client)
    ) as starter:
        assert await starter.ends() == 0
    assert starter.stdout.splitlines()[0] == "Welcome to the Research Report Generator!"
    assert "Enter your" not in starter.stdout

    async def topics() -> list[str]:
        return [await run.memo_value("topic") async for run in client.list_workflows()]

    assert await until(topics) == ["One Two"]  # the list is a moment behind


async def test_a_run_is_found_by_a_part_of_its_id(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    ids = []
    for _ in range(2):
        handle = await start_run(client)
        ids.append(handle.id)

    async def both_are_listed() -> bool:
        return (await client.count_workflows()).count == 2

    await until(both_are_listed)  # the list is a moment behind
    assert await find_run(client, ids[0]) == ids[0]
    assert await find_run(client, ids[0][:20]) == ids[0]
    assert await find_run(client, ids[1][-12:]) == ids[1]
    assert await find_run(client, "latest") == ids[1]
    await client.get_workflow_handle(ids[1]).terminate()

    async def one_is_over() -> bool:
        return (await client.count_workflows("ExecutionStatus = 'Terminated'")).count == 1

    await until(one_is_over)
    # Temporal's own list begins with those that are on.
    assert await find_run(client, "latest") == ids[1]
    assert [run["workflow_id"] for run in await runs(client, 5)] == [ids[1], ids[0]]
    for wanted, why in (("run-", "2 runs fit run-"), ("nothing", "There is no run")):
        with pytest.raises(LookupError, match=why):
            await find_run(client, wanted)


@pytest.mark.slow
async def test_the_list_says_how_many_more_there_are(client: Client, tmp_path: Path) -> None:
    for topic in ("First?", "Second?", "Third?"):
        await printed(tmp_path, client, topic, "--no-wait")

    async def are_listed() -> bool:
        return (await client.count_workflows()).count == 3

    await until(are_listed)
    with Program(tmp_path, "starter.py", "--list", "2", **settings_of(client)) as starter:
        assert await starter.ends() == 0
    third, second, more = starter.stdout.splitlines()
    assert "Third?" in third and "Second?" in second and "running" in third
    assert more == "1 more: uv run starter.py --list 3"
    async with running_worker(client):
        pass
