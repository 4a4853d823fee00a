"""A real model in a real server, and what breaks there: nothing of it was written for these tests.

The model is small. What it says is not judged: only that all of it, once, becomes the report.
"""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.real_model import RealModel
from support.temporal import DevServer

from models import TASK_QUEUE, GenerateReportInput
from workflow import GenerateReportWorkflow

from .harness import TEMPORAL_API_KEY, Run, Workers

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
TOPIC = "How do magnets work? Answer in two sentences."


@pytest.fixture
async def model(model_packages: Path, tmp_path: Path) -> AsyncIterator[RealModel]:
    with RealModel(model_packages, tmp_path / "model", limit=400) as model:
        yield model


@pytest.fixture
def variables(fault_server: DevServer, model: RealModel, tmp_path: Path) -> dict[str, str]:
    return model.settings() | {
        "TEMPORAL_ADDRESS": fault_server.address,
        "TEMPORAL_NAMESPACE": "real",
        "TEMPORAL_API_KEY": TEMPORAL_API_KEY,
        "TEMPORAL_TLS": "false",
        "REPORTS_DIR": str(tmp_path / "reports"),
    }


async def ask(server: DevServer, topic: str = TOPIC) -> Run:
    handle = await server.clients["real"].start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput(prompt=topic),
        id=f"run-{uuid.uuid4()}",
        task_queue=TASK_QUEUE,
    )
    return Run("a real model", handle, topic, "")


async def test_a_plain_report(
    fault_server: DevServer, model: RealModel, variables: dict[str, str], tmp_path: Path
) -> None:
    await model.start()
    async with Workers(tmp_path, variables) as workers:
        await workers.start()
        run = await (await ask(fault_server)).ends()
    assert not run.failure
    assert run.attempts["llm_call"] == 1
    assert len(run.report) > 40
    assert run.pdf.is_file()
