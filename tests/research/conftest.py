"""The search service of `search_servers`, with the settings for it."""

from collections.abc import Iterator

import pytest
from support.search_servers import SearchServer
from support.searching import Provider

from generator.research.search_wire import pace


@pytest.fixture(scope="package")
def one_service() -> Iterator[SearchServer]:
    with SearchServer() as server:
        yield server


@pytest.fixture
def service(one_service: SearchServer) -> SearchServer:
    one_service.forget()
    return one_service


@pytest.fixture
def provider(service: SearchServer, monkeypatch: pytest.MonkeyPatch) -> Provider:
    for name in ("SEARCH_PROVIDER", "SEARCH_API_KEY", "SEARCH_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    # What this process has learned of a provider.
    monkeypatch.setattr(pace, "slow_until", {})
    monkeypatch.setattr(pace, "next", {})
    monkeypatch.setattr("generator.research.search_errors._missed", {})
    return Provider(service, monkeypatch)
