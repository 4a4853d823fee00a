"""The Event Histories of runs by released versions, which today's Workflow must replay."""

import json
import re
from collections.abc import Awaitable, Callable

from support.runs import Handle
from support.settings import ROOT

HISTORIES = ROOT / "tests" / "histories"

Record = Callable[[Handle, str], Awaitable[None]]


def recorder(name: str | None) -> Record:
    """Return what keeps the Event History of a run as `NAME-SHAPE.json`; without a name nothing."""

    async def record(handle: Handle, shape: str) -> None:
        if name:
            history = await handle.fetch_history()
            text = json.dumps(json.loads(history.to_json()), indent=1)
            # Stack traces name the files of the machine that this is recorded on.
            text = re.sub(r'File \\"/[^"]*/', r'File \\"', text)
            (HISTORIES / f"{name}-{shape}.json").write_text(text + "\n")

    return record
