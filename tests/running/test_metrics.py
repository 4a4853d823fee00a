"""What a worker counts, as Prometheus reads it."""

import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest
from support.llm_server import LLMServer
from support.programs import Program, free_port
from support.runs import start_run
from support.settings import llm_settings
from temporalio.client import Client

from generator.llm import label


def scraped(port: int) -> dict[str, float]:
    """The sum of each metric over its labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
        lines = page.read().decode()
    sums: dict[str, float] = {}
    for name, value in re.findall(r"^(\w+)\{.*\} ([\d.]+)$", lines, re.MULTILINE):
        sums[name] = sums.get(name, 0) + float(value)
    return sums


def test_only_known_models_are_labels(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("LLM_MODEL", "openai/mine")
    settings.setenv("LLM_MODELS", "anthropic/theirs")
    names = ["openai/mine", "anthropic/theirs", "openai/gpt-4o", "demo", "openai/made-up-17"]
    assert [label(name) for name in names] == [*names[:4], "other"]


async def test_tokens_and_failed_attempts_are_counted(
    client: Client, llm: LLMServer, tmp_path: Path, temporal_settings: dict[str, str]
) -> None:
    port = free_port()
    address = {"METRICS_ADDRESS": f"localhost:{port}"}
    with Program(
        tmp_path, "worker.py", **temporal_settings, **llm_settings(llm), **address
    ) as worker:
        await worker.says("Starting the worker")
        handle = await start_run(client)
        await handle.result()
        counted = scraped(port)
        if shutil.which("promtool"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
                checked = subprocess.run(
                    ["promtool", "check", "metrics"], input=page.read(), capture_output=True
                )
            ours = [line for line in checked.stderr.decode().splitlines() if "research_" in line]
            assert ours == [], ours
        assert counted["research_completion_tokens_total"] > 100
        assert counted["research_prompt_tokens_total"] > 0
        with Program(
            tmp_path, "worker.py", LLM_MODEL="demo", **temporal_settings, **address
        ) as second:
            assert await second.ends() == 2
            assert "METRICS_ADDRESS" in second.stderr and "Traceback" not in second.stderr
