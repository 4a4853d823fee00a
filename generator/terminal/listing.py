"""The runs: a list of the latest, and finding the one that a person means."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from rich.text import Text
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from generator.harmless import printable
from generator.running.runs import (
    IS_HELD,
    KEEPS_FAILING,
    LATER,
    OURS,
    STEP_PAUSED,
    WAITS,
    all_runs,
    describe,
    gaps_of,
    latest_runs,
    status_of,
    topic_of,
)
from generator.terminal.screen import new_console, print_object, tell
from generator.wording import in_brief

INCOMPLETE = "completed, incomplete"
MARKS = {"completed": "✓", "running": "▸", LATER: "▸"} | dict.fromkeys(
    (INCOMPLETE, WAITS, IS_HELD, STEP_PAUSED, KEEPS_FAILING, "paused"), "!"
)
STYLES = {"✓": "green", "▸": "cyan", "!": "bold yellow", "✗": "red"}


async def runs(client: Client, number: int) -> list[dict[str, Any]]:
    """Return the latest runs, newest first, as a script wants to have them."""
    listed = await latest_runs(client, number)
    statuses = await asyncio.gather(*(status_of(client, run) for run in listed))
    topics = await asyncio.gather(*(topic_of(client, run) for run in listed))
    gaps = await asyncio.gather(*(gaps_of(client, run) for run in listed))
    return [
        {
            "workflow_id": run.id,
            "run_id": run.run_id,
            "status": status,
            "topic": topic,
            "started": run.started.isoformat(),
            "incomplete": why or None,
        }
        for run, status, topic, why in zip(listed, statuses, topics, gaps, strict=True)
    ]


async def show_runs(client: Client, number: int, as_json: bool) -> None:
    """Print the latest runs: a part of each ID that --attach takes, the status, age and topic."""
    if as_json:
        total = (await client.count_workflows(OURS)).count
        print_object({"runs": await runs(client, number), "total": total})
        return
    console = new_console()
    width = console.width if console.is_terminal else 1000
    listed = await runs(client, number)
    for run in listed:
        status = INCOMPLETE if run["incomplete"] else run["status"]
        mark = MARKS.get(status, "✗")
        name = in_brief(printable(short(run["workflow_id"])))
        about = f"{mark} {name}  {status}, started {since(run['started'])} ago"
        topic = " ".join(printable(run["topic"]).split())
        # On a line of its own where the screen is narrow.
        line = Text(f"{about:56}  {topic}" if width >= 100 else f"{about}\n  {topic}")
        line.stylize(STYLES[mark], 0, 1)
        for part in line.split("\n"):
            part.truncate(width, overflow="ellipsis")
            console.print(part, soft_wrap=True)
    more = (await client.count_workflows(OURS)).count - len(listed)
    if not listed:
        tell("There are no runs yet.")
    elif more > 0:
        tell(f"{more} more: uv run starter.py --list {len(listed) + more}")


def short(workflow_id: str) -> str:
    """Return the beginning of what is an ID's own, enough to find the run by."""
    found = re.fullmatch(
        r"generate-research-report-workflow-([0-9a-f]{8})-[-0-9a-f]{27}", workflow_id
    )
    return found[1] if found else workflow_id


def since(started: str) -> str:
    seconds = int((datetime.now(UTC) - datetime.fromisoformat(started)).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} s"


async def find_run(client: Client, wanted: str) -> str:
    """Return the Workflow ID that is meant: by itself, by a beginning or end that no other has, or
    by `latest`.

    Raises:
        LookupError: there is none, or more than one.
    """
    if wanted == "latest":
        for run in await latest_runs(client, 1):
            return run.id
        raise LookupError("There are no runs yet.")
    try:
        await describe(client, wanted)
        return wanted
    except RPCError as error:
        if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
            raise
    found = [id async for id in matching(client, wanted)]
    if not found:
        raise LookupError(
            f"There is no run with the Workflow ID {wanted}. Is it misspelled, or gone? Ended runs"
            " are kept for a time (a dev server's for a day), and none over a restart without"
            " --db-filename. See what is there: uv run starter.py --list"
        )
    if len(found) > 1:
        some = "\n  ".join(found[:5])
        raise LookupError(f"{len(found)} runs fit {wanted}: give more of the ID.\n  {some}")
    return found[0]


async def matching(client: Client, wanted: str) -> AsyncIterator[str]:
    seen = set()
    async for run in all_runs(client):
        own = run.id.removeprefix("generate-research-report-workflow-")
        fits = own.startswith(wanted) or run.id.startswith(wanted) or run.id.endswith(wanted)
        if fits and run.id not in seen:
            seen.add(run.id)
            yield run.id
