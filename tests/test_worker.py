"""`worker.py` as a process: started, stopped, killed, and its runs finished by another."""

import asyncio
import gc
import re
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.llm_server import LLMServer, Stall, report
from support.programs import Program, catches, until
from support.runs import (
    Handle,
    activity_result,
    decide,
    draft,
    failed_attempt,
    failures,
    history_bytes,
    kept,
    pending,
    reaches,
    start_run,
)
from support.settings import API_KEY, ROOT, llm_settings
from support.temporal import DevServer, running_worker
from temporalio.client import Client

from models import Stage, UserDecision, UserDecisionSignal

SAMPLE = ROOT / "generator/demo/report.md"
POLLING = r"^Worker ready: "


async def who_has(handle: Handle, *workers: Program) -> tuple[Program, Program]:
    """Of two workers, the one that is busy with the run first."""
    activity = await pending(handle)
    assert activity
    pid = int(activity.last_worker_identity.partition("@")[0])
    first, second = sorted(workers, key=lambda worker: worker.process.pid != pid)
    assert first.process.pid == pid
    return first, second


@pytest.mark.parametrize(
    "stop",
    [
        signal.SIGINT,
        signal.SIGTERM,
        *(
            pytest.param(number, marks=pytest.mark.slow)
            for number in (signal.SIGHUP, signal.SIGQUIT)
        ),
    ],
)
async def test_an_idle_worker_stops(
    tmp_path: Path, temporal_settings: dict[str, str], stop: signal.Signals
) -> None:
    with Program(tmp_path, "worker.py", LLM_MODEL="demo", **temporal_settings) as worker:
        await worker.says(POLLING)
        assert "LLM_MODEL=demo" in worker.stdout
        for line in ("Temporal: ", "Model: demo", "Search: none", "Mail: simulated"):
            assert line in worker.stdout
        assert "Task Queue research" in worker.stdout
        worker.signal(stop)
        assert await worker.ends() == 0
        assert worker.stdout.endswith("Worker stopped.\n")
        assert "Traceback" not in worker.stderr
    assert (tmp_path / "reports").is_dir()


@pytest.mark.slow
async def test_a_worker_that_is_there_before_its_server(tmp_path: Path) -> None:
    """It says why it waits, begins when the server is there, and tells what it has done."""
    server = DevServer(tmp_path / "server")
    settings = {"LLM_MODEL": "demo", "TEMPORAL_ADDRESS": server.address}
    with Program(tmp_path, "worker.py", **settings) as worker:
        await worker.says("nothing listens there[^$]*uv run temporal server start-dev[^$]*waits")
        await server.start()
        try:
            await worker.says(POLLING)
            await (await start_run(server.client)).result()
            await worker.says(
                r"^[-\d]{10} .* INFO llm_call, attempt 1 of run-\S+: done in \d\.\d s"
            )
            await worker.says("create_pdf, attempt 1 of .*: done in .* s: reports/.*pdf$")
            assert worker.stderr.count("The worker waits for it.") == 1
            worker.signal(signal.SIGINT)
            assert await worker.ends() == 0
        finally:
            await server.program.stop()


@pytest.mark.slow
async def test_what_comes_before_polling(tmp_path: Path) -> None:
    with Program(tmp_path, "worker.py", "--help") as worker:
        assert await worker.ends() == 0
        assert "Task Queue `research`" in worker.stdout and "Ctrl-C" in worker.stdout
    with Program(tmp_path, "worker.py", LLM_MODEL="demo", TEMPORAL_ADDRESS="localhost") as worker:
        assert await worker.ends() == 2
        assert "put TEMPORAL_ADDRESS=host:port" in worker.stderr
    with Program(tmp_path, "worker.py", LLM_MODEL="openai/gpt-4o") as worker:
        await until(lambda: catches(worker.process.pid, signal.SIGTERM))
        await asyncio.sleep(1)  # while it imports, and waits for a Temporal
        worker.signal(signal.SIGINT)
        assert await worker.ends() == 130 and "Traceback" not in worker.stderr


@pytest.mark.slow
async def test_a_short_activity_is_finished_before_the_worker_stops(
    client: Client, tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    """It stops while a mail is under way: the mail server is slow to greet."""
    with socket.create_server(("127.0.0.1", 0)) as slow:
        mail = {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(slow.getsockname()[1]),
            "SMTP_SECURITY": "none",
            "EMAIL_FROM": "a@example.com",
            "EMAIL_TO": "b@example.com",
        }
        with Program(
            tmp_path, "worker.py", LLM_MODEL="demo", **mail, **temporal_settings
        ) as worker:
            handle = await start_run(client)
            loop = asyncio.get_running_loop()
            slow.setblocking(False)
            connection, _ = await loop.sock_accept(slow)
            worker.signal(signal.SIGTERM)
            await worker.says("Beginning worker shutdown")
            await asyncio.sleep(1)  # a server that takes its time, but comes back
            connection.setblocking(False)

            async def say(reply: bytes) -> None:
                await loop.sock_sendall(connection, reply + b"\r\n")

            await say(b"220 Hello")
            taken = b""
            for expected, reply in [
                (b"\r\n", b"250 Hello"),
                (b"mail from", b"250 OK"),
                (b"rcpt to", b"250 OK"),
                (b"data\r\n", b"354 Go on"),
                (b"\r\n.\r\n", b"250 Taken"),
            ]:
                while expected not in taken.lower():
                    part = await loop.sock_recv(connection, 65536)
                    assert part, taken[-200:]
                    taken += part
                await say(reply)
            connection.close()
            assert await worker.ends() == 0
        # Taken once and reported: nobody sends it again.
        assert await activity_result(handle, "send_email") == "Email sent to b@example.com"


async def test_a_worker_stops_in_mid_call_without_a_murmur(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    """Python reports what goes wrong in a coroutine that is thrown away."""
    reports: list[Any] = []
    settings.setattr(sys, "unraisablehook", reports.append)
    async with running_worker(client):
        for handle in [await start_run(client) for _ in range(5)]:
            await until(partial(has_written, handle))
    gc.collect()
    assert reports == []


async def has_written(handle: Handle) -> bool:
    """Are there words that the next attempt can go on from?"""
    call = await pending(handle)
    return bool(call and call.heartbeat_details.payloads)


@pytest.mark.slow
async def test_a_worker_killed_with_9_and_the_next_one_goes_on(
    client: Client, tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    """With the bundled sample, for a worker that asks no LLM starts at once."""
    with Program(tmp_path, "worker.py", LLM_MODEL="demo", **temporal_settings) as first:
        handle = await start_run(client)
        await until(lambda: has_written(handle))
        first.kill()
    with Program(tmp_path, "worker.py", LLM_MODEL="demo", **temporal_settings) as second:
        await second.says(r"writes on from character [1-9]")
        path = (await handle.result()).rpartition(": ")[2]
        assert (second.folder / path).is_file()
    response = await activity_result(handle, "llm_call")
    assert (
        response["choices"][0]["message"]["content"] == SAMPLE.read_text(encoding="utf-8").strip()
    )


@pytest.mark.slow
async def test_a_worker_killed_during_a_revision(
    client: Client, tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    """The next one goes on from the words that were there."""
    with Program(tmp_path, "worker.py", LLM_MODEL="demo", **temporal_settings) as first:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, UserDecisionSignal(UserDecision.EDIT, "Say more about moss."))
        await until(lambda: has_written(handle))
        first.kill()
    with Program(tmp_path, "worker.py", LLM_MODEL="demo", **temporal_settings) as second:
        await second.says(r"writes on from character [1-9]")
        await reaches(handle, Stage.REVIEW, 2)
        assert (await draft(handle) or "").count("Say more about moss.") == 1
        await decide(handle, UserDecisionSignal(UserDecision.KEEP))
        await handle.result()


async def has_half(handle: Handle) -> bool:
    """Does Temporal know of the 4,000 characters that were sent?"""
    return len(await kept(handle)) > 3900


@pytest.mark.slow
async def test_a_worker_killed_in_mid_answer(
    client: Client, llm: LLMServer, tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    """Two workers; the one that is busy is killed with -9, and the other goes on."""
    llm.answer = report(8000)
    llm.script(Stall(after=4000))
    settings = temporal_settings | llm_settings(llm)
    with (
        Program(tmp_path / "one", "worker.py", **settings) as one,
        Program(tmp_path / "two", "worker.py", **settings) as two,
    ):
        await one.says(POLLING)
        await two.says(POLLING)
        handle = await start_run(client)
        await until(partial(has_half, handle))
        killed, other = await who_has(handle, one, two)
        killed.kill()
        await until(lambda: len(llm.requests) == 2)
        path = (await handle.result()).rpartition(": ")[2]
        assert (other.folder / path).is_file()
    first, second = llm.requests
    response = await activity_result(handle, "llm_call")
    assert response["choices"][0]["message"]["content"] == llm.answer.strip()
    assert second.prefix and not second.mismatch
    assert first.sent + second.sent <= 1.1 * len(llm.answer), "too much was generated twice"
    assert API_KEY.encode() not in await history_bytes(handle)
    for program in (one, two):
        assert API_KEY not in program.stdout + program.stderr


@pytest.mark.slow
async def test_the_failure_exercise(
    client: Client, llm: LLMServer, tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    """The README's, with both kinds of trouble in one run and one finished answer in all.

    The worker is stopped in mid-answer; another goes on, and fails to mail on purpose; it is
    stopped too, and one with SIMULATE_EMAIL_FAILURE=false brings the run to its end.
    """
    llm.answer = report(8000)
    llm.script(Stall(after=4000))
    settings = temporal_settings | llm_settings(llm) | {"REPORTS_DIR": str(tmp_path / "reports")}
    failing = settings | {"SIMULATE_EMAIL_FAILURE": "true"}
    with (
        Program(tmp_path / "one", "worker.py", **failing) as one,
        Program(tmp_path / "two", "worker.py", **failing) as two,
    ):
        await one.says(POLLING)
        await two.says(POLLING)
        handle = await start_run(client)
        await until(partial(has_half, handle))
        stopped, other = await who_has(handle, one, two)
        stopped.signal(signal.SIGTERM)
        await until(lambda: len(llm.requests) == 2)
        first, second = llm.requests
        assert await stopped.ends() == 0
        assert "Worker stopped." in stopped.stdout and "Traceback" not in stopped.stderr
        llm.wait_for(lambda _: first.closed_by_client_at)
        assert llm.answer.startswith(second.prefix)
        with Program(tmp_path / "three", "worker.py", **settings) as three:
            message = await failed_attempt(handle, "send_email")
            assert message == "Simulated failure: Email service temporarily unavailable"
            other.signal(signal.SIGINT)
            assert await other.ends() == 0
            # An expected failure is a line in the log, and not a traceback.
            assert "Simulated failure" in other.stderr and "Traceback" not in other.stderr
            await three.says(POLLING)
            result = await handle.result()
    assert re.fullmatch("Successfully created research report PDF: .*[.]pdf", result)
    assert len(llm.requests) == 2
    # Handed on by the worker itself: nobody had to wait until its heartbeats were missed.
    assert "worker was stopped" in (await failures(handle))[0].message
    assert first.sent + second.sent <= 1.1 * len(llm.answer), "too much was generated twice"
    response = await activity_result(handle, "llm_call")
    assert response["choices"][0]["message"]["content"] == llm.answer.strip()
    assert "simulated" in await activity_result(handle, "send_email")
