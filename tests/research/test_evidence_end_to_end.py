"""A long report from a site of every habit: what is read, what is marked, and what is kept."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.harness import Workers
from faults.harness import settings as worker_settings
from support.habits import FACTS, INVENTED, UNREAD, FromSources, finds, habits
from support.llm_server import LLMServer
from support.pdf import pdf_text
from support.programs import until
from support.runs import draft, is_cancelled, new_prompt, pending, scheduled, start_run, status
from support.search_servers import SearchServer
from support.settings import API_KEY
from support.web import Drip, Page, Site, article
from temporalio.client import Client

from generator.research.pages import read as reading

SUCCESS = "Successfully created research report PDF: "


@pytest.fixture
def site(settings: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site of every habit, which the search finds, entered in this process's settings."""
    with habits() as server, SearchServer() as search:
        search.find = lambda query: finds(server, query)
        settings.setenv("SEARCH_PROVIDER", "searxng")
        settings.setenv("SEARCH_API_BASE", search.base("searxng"))
        settings.setenv("READ_ALLOW", server.allow)
        settings.setattr(reading, "SECONDS", 30.0)
        settings.setattr("activities.SECONDS", 30.0)
        yield server


@pytest.mark.slow
async def test_what_is_on_the_pages_reaches_the_report_and_what_is_not_is_marked(
    client: Client,
    worker: None,
    model: LLMServer,
    site: Site,
    settings: pytest.MonkeyPatch,
) -> None:
    settings.setattr("activities.SECONDS", 30.0)  # a busy machine needs more than ten for a page
    model.default = FromSources(sections=4)
    handle = await start_run(client, deep=True)
    path = Path((await handle.result()).removeprefix(SUCCESS))
    report = await draft(handle) or ""
    body, _, rest = report.partition("## References")
    for fact in FACTS.values():
        assert fact.rstrip(".") in body, "facts from the middle of a page reach the writer"
    assert body.count(f"[{INVENTED}: not found on the cited pages]") == body.count(INVENTED) / 2 > 0
    assert body.count("not found on the cited") == body.count(f"[{INVENTED}: not found"), body
    assert "is not a public address" in rest and "Read in part on" in rest
    assert "it is an error page, or a wall before the page" in rest
    assert not [asked for asked in site.asked if asked.path.startswith("/latest")]
    read = Counter(site.paths())
    assert all(read[path] == 1 for path in FACTS if read[path]), "a page is fetched once a run"
    assert [step for step in await scheduled(handle) if ": read 127.0.0.1" in step["summary"]]

    printed = " ".join(pdf_text(path).split())
    assert f"[{INVENTED}: not found on the cited pages]" in printed
    kept = json.loads(path.with_suffix(".sources.json").read_text())
    references = {each["address"].removeprefix(site.address): each for each in kept["references"]}
    assert references["/away"]["seen"] == "excerpt" and references["/long"]["seen"] == "part"
    assert FACTS["/wind"] in "".join(references["/wind"]["passages"])
    assert references["/wind"]["read_at"].startswith("20")
    marked = [note for each in references.values() for note in each["notes"]]
    assert f"{INVENTED}: not found on the cited pages" in marked
    assert all(references[path]["excerpt"] for path in UNREAD if path in references)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["cancel", "new prompt"])
async def test_reading_stops_at_once(
    client: Client,
    worker: None,
    model: LLMServer,
    site: Site,
    settings: pytest.MonkeyPatch,
    ending: str,
) -> None:
    settings.setattr(reading, "SECONDS", 300.0)  # long after this test has given up
    settings.setattr("activities.SECONDS", 300.0)
    site.pages = {f"/{n}": Drip(every=0.1) for n in range(8)}
    model.default = FromSources(sections=2)
    handle = await start_run(client, deep=True, sections=2)
    await until(lambda: len(site.paths()) >= 4)
    under_way = list(site.asked)
    if ending == "cancel":
        await handle.cancel()
        assert await is_cancelled(handle)
    else:
        site.pages = {path: Page(article(path)) for path in site.pages}
        await new_prompt(handle, "Something else")
        await handle.result()
    await until(lambda: all(each.ended for each in under_way))


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_kill_while_pages_are_read(
    client: Client, temporal_settings: dict[str, str], tmp_path: Path
) -> None:
    with LLMServer() as llm, SearchServer() as search, habits() as site:
        llm.key, llm.default = API_KEY, FromSources(sections=6)
        search.find = lambda query: finds(site, query)
        address, namespace = temporal_settings.values()
        settings = worker_settings(
            address,
            namespace,
            tmp_path,
            llm,
            SEARCH_PROVIDER="searxng",
            SEARCH_API_BASE=search.base("searxng"),
            READ_ALLOW=site.allow,
        )
        settings.pop("TEMPORAL_API_KEY")
        async with Workers(tmp_path, settings) as workers:
            worker = await workers.start()
            handle = await start_run(client, deep=True, sections=6)

            async def recorded() -> set[str]:
                """The pages whose reading is in the run's history."""
                pages = set()
                async for event in handle.fetch_history_events():
                    if event.HasField("activity_task_completed_event_attributes"):
                        result = event.activity_task_completed_event_attributes.result
                        data = json.loads(result.payloads[0].data)
                        pages |= {data["url"]} if "facts" in data else set()
                # A search that is on its way at the kill is bought again.
                searched = (await status(handle)).searches == 6
                return pages if searched and len(pages) > 1 else set()

            before = await until(recorded)
            worker.kill()
            begun = len(site.asked)
            await workers.start()
            await asyncio.wait_for(handle.result(), 150)
        again = Counter(asked.path for asked in site.asked[begun:])
        steps = await scheduled(handle)
    print(f"\nrecorded before the kill: {len(before)}")
    for url in before:
        # Other sections may want the page: it is fetched once more by a process that is new.
        assert again[url.removeprefix(site.address)] <= 1
    pages = Counter(step["summary"] for step in steps if step["name"] == "read_page")
    assert len(pages) and await pending(handle) is None
    assert len(search.queries) == 6
