"""What a long report takes and holds: `uv run python tests/bench_deep.py`, half a minute.

A model whose answers take known times, a SearXNG, a Temporal server and a worker, all in this
process or on loopback. The same run with its sections in turn is the comparison.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

os.environ["PYTHON_DOTENV_DISABLED"] = "1"
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from support.llm_server import LLMServer  # noqa: E402
from support.research import ByTask  # noqa: E402
from support.runs import draft, history_bytes, start_run  # noqa: E402
from support.search_servers import SearchServer  # noqa: E402
from support.settings import llm_settings  # noqa: E402
from support.temporal import running_worker, temporal_command  # noqa: E402
from temporalio.testing import WorkflowEnvironment  # noqa: E402

import generator.research.deep  # noqa: E402
from generator.llm import import_litellm  # noqa: E402
from generator.local import DEV_SERVER_OPTIONS  # noqa: E402

SECONDS = {"outline": 1.0, "lead": 1.0}  # of an answer; of a section:
SECTION = 4.0


async def main() -> None:
    import_litellm()
    with (
        LLMServer() as llm,
        SearchServer(latency=0.2) as search,
        tempfile.TemporaryDirectory() as at,
    ):
        os.environ.update(llm_settings(llm), REPORTS_DIR=at)
        os.environ.update(SEARCH_PROVIDER="searxng", SEARCH_API_BASE=search.base("searxng"))
        async with (
            await WorkflowEnvironment.start_local(
                dev_server_existing_path=temporal_command(),
                dev_server_extra_args=DEV_SERVER_OPTIONS,
                dev_server_log_level="error",
            ) as temporal,
            running_worker(temporal.client),
        ):
            await (await start_run(temporal.client, demo=True)).result()  # what comes once only
            for sections, parallel in ((4, 4), (4, 1), (6, 4), (12, 4)):
                llm.requests.clear()
                search.queries.clear()
                llm.default = ByTask(
                    sections=sections,
                    queries=2,
                    characters=4000,
                    pace=lambda task: SECONDS.get(task, SECTION),
                )
                generator.research.deep.PARALLEL = parallel
                began = time.monotonic()
                handle = await start_run(temporal.client, deep=True, sections=sections)
                await handle.result()
                wall = time.monotonic() - began
                report = await draft(handle) or ""
                events = [event async for event in handle.fetch_history_events()]
                print(
                    f"{sections} sections, {parallel} at a time: {wall:.1f} s"
                    f" (outline + slowest section + lead: {SECTION + 2.0:.1f} s),"
                    f" {len(llm.requests)} LLM requests, {len(search.queries)} searches,"
                    f" {len(events)} events, {len(await history_bytes(handle)):,} bytes;"
                    f" {figures(report)}",
                    flush=True,
                )


def figures(report: str) -> str:
    """Return what can be counted of a report's quality."""
    body = report.partition("## References")[0]
    parts = re.split(r"^## .+$", body, flags=re.MULTILINE)[1:]
    paragraphs = [p for p in re.split(r"\n\s*\n", body) if len(p.split()) > 5]
    cited = sum(bool(re.search(r"\[\d", paragraph)) for paragraph in paragraphs)
    sites = {urlsplit(url).netloc for url in re.findall(r"<(https?://.+?)>", report)}
    grams: Counter[tuple[str, ...]] = Counter()
    for part in parts:
        words = re.findall(r"\w+", part.lower())
        grams.update({tuple(words[i : i + 8]) for i in range(len(words) - 7)})
    repeated = sum(count > 1 for count in grams.values())
    return (
        f"{cited} of {len(paragraphs)} paragraphs with a reference, {len(sites)} sites,"
        f" {repeated} of {len(grams)} 8-grams in more than one section"
    )


if __name__ == "__main__":
    asyncio.run(main())
    os._exit(0)
