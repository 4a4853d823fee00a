"""Fixtures of the fault tests: one Temporal server, one folder of evidence, one table of results.

    WRITE_MATRIX=README.md uv run pytest tests/faults

writes that table between the markers of the named file.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

os.environ["PYTHON_DOTENV_DISABLED"] = "1"  # a developer's own settings have no part in the tests

import pytest

from .harness import Matrix, Program, TemporalServer, temporal_server

HERE = Path(__file__).parent
MATRIX = Matrix()
NAMESPACES = (
    *("kill-9", "kill-9-printing", "SIGTERM", "Ctrl-C"),
    *("starter", "llm", "mail", "dns", "suspended", "two-workers"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
    # Last, because it looks through what all the others have produced.
    items.sort(key=lambda item: item.path == HERE / "test_secrets.py")


def pytest_sessionfinish(exitstatus: int) -> None:
    for program in Program.started:  # those of a test that failed half way
        program.process.kill()
        program.process.wait()
    if exitstatus == pytest.ExitCode.OK and (readme := os.environ.get("WRITE_MATRIX")):
        MATRIX.write(Path(readme))


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return MATRIX


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that every scenario writes into, and nothing else."""
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="session")
async def fault_server(evidence: Path) -> AsyncIterator[TemporalServer]:
    """A Temporal server for all the scenarios that leave it alone, each in its own namespace."""
    async with temporal_server(evidence / "temporal", *NAMESPACES) as server:
        yield server
