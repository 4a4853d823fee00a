"""A real LiteLLM proxy, as firms put it between their people and the providers.

It is a process with Python packages of its own (600 MB, for its version of `rich` is not ours),
and passes on what the server of these tests answers, or a text that it makes up itself.
"""

import asyncio
import importlib.metadata
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.families import KEY
from support.llm_server import Answer, Cut, Fault, Length, LLMServer, Stall
from support.programs import free_port, until
from support.runs import activity_result, start_run
from support.temporal import running_worker
from temporalio.client import Client

from generator.failures import HELD
from llm.providers.asking import call, content, failure_of_call

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MADE_UP = "# Tardigrades\n\nThey are small, and this text was made up by the proxy."


@pytest.fixture(scope="module")
def behind() -> Iterator[LLMServer]:
    """The provider behind the proxy."""
    with LLMServer() as llm:
        yield llm


@pytest.fixture(scope="module")
def url(behind: LLMServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The proxy's base URL."""
    uv = shutil.which("uv")
    if not uv:
        pytest.skip("needs uv, to install a LiteLLM proxy beside the program")
    folder = tmp_path_factory.mktemp("proxy")
    version = importlib.metadata.version("litellm")
    install: list[list[str | Path]] = [
        [uv, "venv", "--quiet", folder / "venv"],
        [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            folder / "venv",
            f"litellm[proxy]=={version}",
        ],
    ]
    for command in install:
        subprocess.run(command, check=True)
    models = [
        {"model_name": "made-up", "litellm_params": {"model": "gpt-4o", "mock_response": MADE_UP}},
        {
            "model_name": "gpt-4o",
            "litellm_params": {
                "model": "openai/gpt-4o",
                "api_base": behind.base_url,
                "api_key": "the key of the firm",
                "max_retries": 0,
            },
        },
    ]
    settings = {
        "model_list": models,
        "general_settings": {"master_key": KEY},
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
    }
    config, port = folder / "config.yaml", free_port()
    config.write_text(json.dumps(settings))  # JSON is YAML too
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [
                folder / "venv/bin/litellm",
                *("--config", config, "--host", "127.0.0.1", "--port", str(port)),
            ],
            cwd=folder,
            env={"HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/health/liveliness", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 300
    while True:
        try:
            if httpx.get(url, timeout=5).is_success:
                return
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


@pytest.fixture
def proxy(url: str, behind: LLMServer, settings: pytest.MonkeyPatch) -> LLMServer:
    """The provider behind the proxy, which is entered in this process's settings."""
    behind.script()
    behind.requests.clear()
    behind.delay = 0
    settings.setenv("LLM_MODEL", "litellm_proxy/gpt-4o")
    settings.setenv("LLM_API_KEY", KEY)
    settings.setenv("LLM_API_BASE", url)
    return behind


@pytest.mark.parametrize("prefix", ["litellm_proxy/", "openai/"])
async def test_a_text_that_the_proxy_makes_up(
    prefix: str, url: str, proxy: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_MODEL", f"{prefix}made-up")
    result = await call()
    assert content(result) == MADE_UP and result["choices"][0]["finish_reason"] == "stop"
    assert proxy.requests == []


async def test_a_report_in_parts_with_usage_and_cost(proxy: LLMServer) -> None:
    proxy.script(Length(after=1500), Answer(reasoning="So much for that."))
    result = await call()
    assert content(result) == proxy.answer and "So much for that" not in json.dumps(result)
    first, second = (request.usage for request in proxy.requests)
    assert first and second
    assert result["usage"]["prompt_tokens"] == first.prompt + second.prompt
    assert result["usage"]["completion_tokens"] == first.completion + second.completion
    assert result["response_cost"] > 0


async def test_a_cancelled_run_hangs_up_on_the_provider_too(
    proxy: LLMServer, client: Client
) -> None:
    proxy.script(Stall(after=1000))
    async with running_worker(client):
        handle = await start_run(client)
        await until(lambda: proxy.requests and proxy.requests[0].sent >= 1000)
        await handle.cancel()
        await until(lambda: proxy.requests[0].closed_by_client_at)
    assert len(proxy.requests) == 1


async def test_an_answer_that_is_cut_off_goes_on_where_it_stopped(
    proxy: LLMServer, client: Client
) -> None:
    proxy.script(Cut(after=2000, clean=False))
    async with running_worker(client):
        handle = await start_run(client)
        await asyncio.wait_for(handle.result(), 120)
    assert content(await activity_result(handle, "llm_call")) == proxy.answer


@pytest.mark.parametrize("wrong", ["key", "model", "key of the firm"])
async def test_a_run_is_held_for_what_a_person_can_mend(
    wrong: str, proxy: LLMServer, settings: pytest.MonkeyPatch
) -> None:
    match wrong:
        case "key":
            settings.setenv("LLM_API_KEY", "another key")
        case "model":
            settings.setenv("LLM_MODEL", "litellm_proxy/nil")
        case _:
            proxy.script(Fault("wrong key"))
    error = await failure_of_call()
    assert error.type == HELD and not error.non_retryable
    assert ("LLM_MODEL" if wrong == "model" else "LLM_API_KEY") in error.message
