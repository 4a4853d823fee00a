"""Fixtures of the tests that take every provider in turn."""

from pathlib import Path

import pytest
from support.families import FAMILIES, Family
from support.llm_server import (
    LLMServer,
)


@pytest.fixture(params=FAMILIES, ids=str)
def family(request: pytest.FixtureRequest) -> Family:
    chosen: Family = request.param
    return chosen


@pytest.fixture
def model(
    family: Family, llm: LLMServer, settings: pytest.MonkeyPatch, tmp_path: Path
) -> LLMServer:
    """The family's provider, entered in this process's settings."""
    for name, value in family.environment(llm, tmp_path).items():
        settings.setenv(name, value)
    return llm
