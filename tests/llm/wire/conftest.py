"""The server of the scenarios, which each module gives its own."""

from collections.abc import Iterator

import pytest

from llm.wire.scenarios import ScenarioServer


@pytest.fixture(scope="module")
def server() -> Iterator[ScenarioServer]:
    with ScenarioServer() as server:
        yield server
