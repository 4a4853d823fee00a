"""A search provider in a test: its settings, and what a search there fails of."""

import dataclasses
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from generator.research.search import search
from models import SearchInput
from support.search_servers import SearchServer

KEY = "search-key-0123456789"


class Provider:
    """Sets SEARCH_* to one of the service's wires."""

    def __init__(self, service: SearchServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.service, self.monkeypatch = service, monkeypatch

    def use(self, wire: str, key: str = KEY) -> None:
        if wire == "dataforseo":
            key = f"{key}:{key}"
        self.monkeypatch.setenv("SEARCH_PROVIDER", wire)
        self.monkeypatch.setenv("SEARCH_API_BASE", self.service.base(wire))
        self.monkeypatch.setenv("GOOGLE_PSE_ENGINE_ID", "engine")
        self.monkeypatch.setenv("SEARCH_API_KEY", key)


def failure(query: str = "tardigrades", attempt: int = 1) -> ApplicationError:
    """Return what a search fails of in this attempt of its Activity."""
    environment = ActivityEnvironment()
    now = datetime.now(UTC)
    environment.info = dataclasses.replace(environment.info, attempt=attempt, scheduled_time=now)
    with pytest.raises(ApplicationError) as caught:
        environment.run(search, SearchInput(query))
    return caught.value
