"""kill -9 in the middle of a long report: everything goes on, and nothing finished is bought twice.

Six sections are under way, four of them being written, as many as are written at a time.
"""

import asyncio
from pathlib import Path

import pytest
from support.llm import Latch
from support.llm_server import LLMServer, Request
from support.programs import until
from support.research import ByTask, section_text, task_of
from support.runs import start_run, status
from support.search_servers import SearchServer
from support.settings import API_KEY
from temporalio.client import Client

from .harness import Workers, overload
from .harness import settings as worker_settings

SECONDS = 12.0  # of a section
TWICE = 0.05  # of a text


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_kill_with_six_sections_under_way(
    client: Client, temporal_settings: dict[str, str], tmp_path: Path
) -> None:
    killed = Latch()
    by_task = ByTask(sections=6, characters=6000, latch=killed)
    by_task.pace = lambda task: SECONDS if task.startswith("section") else 0.0
    with LLMServer() as llm, SearchServer() as search:
        llm.key, llm.default = API_KEY, by_task
        address, namespace = temporal_settings.values()
        settings = worker_settings(
            address,
            namespace,
            tmp_path,
            llm,
            SEARCH_PROVIDER="searxng",
            SEARCH_API_BASE=search.base("searxng"),
        )
        settings.pop("TEMPORAL_API_KEY")
        async with Workers(tmp_path, settings) as workers:
            worker = await workers.start()
            handle = await start_run(client, deep=True, sections=6)

            async def four_have_checkpoints() -> bool:
                """And every search is recorded: one on its way at the kill is bought again."""
                if len(under_way(llm)) != 4 or (await status(handle)).searches != 6:
                    return False
                described = await handle.describe()
                activities = described.raw_description.pending_activities
                return sum(bool(each.heartbeat_details.payloads) for each in activities) == 4

            await until(four_have_checkpoints)
            worker.kill()
            killed.set()
            await workers.start()
            await asyncio.wait_for(handle.result(), 150)

    assert len(search.queries) == 6, "no search is bought twice"
    tasks = [task_of(request.messages) for request in llm.requests]
    assert tasks.count("outline") == 1 and tasks.count("lead") == 1
    twice = {}
    for number, name in enumerate(["Origins", "Methods", "Costs", "Risks", "Law", "Outlook"], 1):
        mine = [
            r for r, task in zip(llm.requests, tasks, strict=True) if task == f"section {number}"
        ]
        text = section_text(name, number, by_task.characters)
        twice[number] = sum(request.sent for request in mine) / len(text) - 1
        fresh = [request for request in mine if not request.prefix]
        assert len(fresh) == 1, f"section {number} was begun anew"
    print(f"\ngenerated twice: {twice}, overload {overload():.1f}")
    assert sum(twice.values()) / 6 <= TWICE * overload()


def under_way(llm: LLMServer) -> list[Request]:
    """The requests for sections of which something has been sent: none ends before the kill."""
    sections = [each for each in llm.requests if task_of(each.messages).startswith("section")]
    return [each for each in sections if each.sent > 500]
