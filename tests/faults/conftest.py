"""Fixtures of the fault tests: one Temporal server, one folder of evidence, one table of results.

    uv run pytest -n 0 -m slow tests/faults --write-matrix

writes that table to docs/reliability.md; in one process (`-n 0`), as each has a table of its own.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.programs import Program
from support.settings import ROOT
from support.temporal import (
    DevServer,
    dev_server,
)

from .matrix import Matrix

HERE = Path(__file__).parent
MATRIX = Matrix()
NAMESPACES = (
    *("kill-9", "kill-9-printing", "SIGTERM", "Ctrl-C"),
    *("starter", "llm", "mail", "dns", "suspended", "two-workers", "real"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
    # Last, because it looks through what all the others have produced.
    items.sort(key=lambda item: item.path == HERE / "test_secrets.py")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    for program in Program.started:  # those of a test that failed half way
        program.kill()
    if exitstatus == pytest.ExitCode.OK and session.config.getoption("--write-matrix"):
        MATRIX.write(ROOT / "docs/reliability.md")


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return MATRIX


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that every scenario writes into, and nothing else."""
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="session")
async def fault_server(evidence: Path) -> AsyncIterator[DevServer]:
    """A Temporal server for all the scenarios that leave it alone, each in its own namespace."""
    async with dev_server(evidence / "temporal", *NAMESPACES) as server:
        yield server
