"""Every provider: an answer that is stopped, by whom and however it may be, is paid for once."""

import asyncio
import signal
import ssl
from pathlib import Path

import pytest
import trustme
from support.families import KEY, Family
from support.llm import short_report
from support.llm_server import (
    Answer,
    LLMServer,
    Stall,
    report,
)
from support.programs import Program, until
from support.proxy import ConnectProxy
from support.runs import Handle, activity_result, kept, start_run
from support.temporal import running_worker, settings_of
from temporalio.client import Client

from llm.providers.asking import TWICE, content, sent_twice
from workflow import GenerateReportWorkflow


async def asked(client: Client, model: LLMServer) -> list[Handle]:
    """Start three runs, whose answers stand before the headers, in mid-answer and in silence.

    None of them would end by itself while the test runs.
    """
    model.chunk_size, model.delay = 20, 0.05
    model.script(Stall(headers=False), Answer(text=report(40_000)), Stall(after=40))
    handles = []
    for _ in range(3):
        handles.append(await start_run(client))
        await until(lambda: len(model.requests) == len(handles))
    _, writing, silent = model.requests
    await until(lambda: writing.sent >= 100 and silent.sent >= 40)
    return handles


async def hung_up_on(model: LLMServer) -> None:
    """Wait for the ends of the three connections."""
    requests = model.requests[:3]
    await until(lambda: all(request.closed_by_client_at for request in requests))
    assert not any(request.finished for request in requests)


@pytest.mark.slow
async def test_a_cancelled_run_hangs_up(family: Family, model: LLMServer, client: Client) -> None:
    async with running_worker(client):
        handles = await asked(client, model)
        for handle in handles:
            await handle.cancel()
        await hung_up_on(model)
    assert len(model.requests) == 3


@pytest.mark.slow
async def test_a_new_prompt_hangs_up(family: Family, model: LLMServer, client: Client) -> None:
    async with running_worker(client):
        handles = await asked(client, model)
        model.delay = 0
        for handle in handles:
            await handle.signal(GenerateReportWorkflow.update_prompt, "And why so small?")
        await hung_up_on(model)
        await asyncio.gather(*(asyncio.wait_for(handle.result(), 120) for handle in handles))
    assert [request.prompt for request in model.requests[3:]] == ["And why so small?"] * 3


@pytest.mark.slow
async def test_a_worker_that_stops_hangs_up_and_the_next_one_goes_on(
    family: Family, model: LLMServer, client: Client
) -> None:
    model.answer = short_report(16_000)
    async with running_worker(client):
        handles = await asked(client, model)
        await until(lambda: kept(handles[1]))
        texts = [await kept(handle) for handle in handles]
    await hung_up_on(model)
    model.delay = 0
    async with running_worker(client):
        await asyncio.gather(*(asyncio.wait_for(handle.result(), 120) for handle in handles))
    for handle in handles:
        assert content(await activity_result(handle, "llm_call")) == model.answer
    assert len(model.requests) == 6
    brought = sum(len(request.prefix) for request in model.requests[3:])
    assert brought >= sum(len(text) - 40 for text in texts)  # no more than the last words again


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A CA of the tests' own, and the file that makes a client trust it."""
    ca, file = trustme.CA(), tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return ca, file


@pytest.mark.slow
async def test_a_cancelled_run_hangs_up_through_an_https_proxy(
    family: Family,
    authority: tuple[trustme.CA, Path],
    client: Client,
    tmp_path: Path,
) -> None:
    ca, file = authority
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)
    with LLMServer(tls=tls) as model, ConnectProxy() as proxy:
        model.key = KEY
        settings = family.environment(model, tmp_path) | settings_of(client)
        # LiteLLM reads such settings once in a process. Google's log-in has a client of its own.
        network = {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(file)}
        network["REQUESTS_CA_BUNDLE"] = str(file)
        with Program(tmp_path, "worker.py", stdin=b"", **settings, **network):
            handles = await asked(client, model)
            assert len(proxy.connected) >= 3
            for handle in handles:
                await handle.cancel()
            await hung_up_on(model)
    assert len(model.requests) == 3


@pytest.mark.slow
async def test_an_answer_is_resumed_after_kill_9(
    family: Family, llm: LLMServer, client: Client, tmp_path: Path
) -> None:
    settings = family.environment(llm, tmp_path) | settings_of(client)
    llm.answer = short_report(8000)
    llm.script(Stall(after=4000))
    handle = await start_run(client)

    async def has_half() -> bool:
        return len(await kept(handle)) > 3900

    with Program(tmp_path, "worker.py", stdin=b"", **settings) as worker:
        await until(has_half)
        worker.signal(signal.SIGKILL)
        await worker.ends()
    with Program(tmp_path, "worker.py", stdin=b"", **settings):
        await asyncio.wait_for(handle.result(), 120)
    assert content(await activity_result(handle, "llm_call")) == llm.answer
    assert len(llm.requests) == 2 and llm.requests[1].prefix
    assert sent_twice(llm) <= TWICE
