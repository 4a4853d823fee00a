"""A run from here to its end, what came of it, and the exit code that says so."""

import argparse
import asyncio
import contextlib
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import is_cancelled_exception
from temporalio.service import RPCError, RPCStatusCode

from generator.delivery.report import SOURCES
from generator.harmless import attach_command
from generator.running.record import Handle, Record, read_record
from generator.running.runs import WAITS, find, status_of, topic_of
from generator.terminal.lines import RunIsHeld
from generator.terminal.outcome import bring_report, describe_failure, report_here, show_steps
from generator.terminal.review import PersonLeft
from generator.terminal.screen import print_object, say, tell
from generator.terminal.status import Watch, web_ui_link
from generator.wording import is_incomplete


async def see_to_the_end(client: Client, handle: Handle, arguments: argparse.Namespace) -> int:
    """Watch the run, tell how it ends, and return the exit code; with --no-wait, its status now."""
    if link := web_ui_link(client, handle):
        say(f"Web UI: {link}")
    watch = Watch(client, handle, arguments.local)
    if arguments.no_wait:
        if not arguments.attach:
            return await tell_json(client, handle, arguments, 0)
        return await tell_status(watch, arguments)
    try:
        result = await watch.follow()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        failure = (
            "The run was deleted at the Temporal Service, and with it what it had there; or a dev"
            " server without --db-filename was restarted, which forgets all runs."
        )
        say(failure, "red")
        if arguments.json:
            told = {"workflow_id": handle.id, "status": "deleted", "error": failure}
            print_object(told)
        return 1
    except WorkflowFailureError as error:
        cancelled = is_cancelled_exception(error.cause)
        await show_record(client, watch.handle)
        failure = describe_failure(error, arguments.local)
        say(failure, "" if cancelled else "red")
        code = 0 if arguments.cancel and cancelled else 1
        return await tell_json(client, handle, arguments, code, error=failure)
    except RunIsHeld as held:
        say(f"! {held}")
        say(f"The run is kept, with all it has. When that is mended: {again(arguments, handle)}")
        return await tell_json(client, handle, arguments, 1, status="held", error=str(held))
    except PersonLeft:
        say(f"The run waits for your decision. To see it again: {again(arguments, handle)}")
        return await tell_json(client, handle, arguments, 130, status=WAITS)
    except asyncio.CancelledError:
        goes_on = watch.goes_on and not arguments.local
        kept = "The run goes on" if goes_on else "The run is kept"
        with contextlib.suppress(OSError):  # the terminal itself may be gone
            say(f"{kept}. To see it again: {again(arguments, handle)}")
        raise
    handle = watch.handle  # a reset has given the run another
    record = await show_record(client, handle)
    if not arguments.json:
        tell(f"Result: {result}")
    files = await bring_report(record, Path(arguments.output) if arguments.output else None)
    if record.incomplete:
        say(f"! {is_incomplete(record.incomplete)}")
    code = 1 if arguments.cancel else 0  # it was too late to cancel it
    return await tell_json(client, handle, arguments, code, files=files)


def again(arguments: argparse.Namespace, handle: Handle) -> str:
    """Return the command that joins the run again."""
    mode = f"--{'demo' if arguments.demo else 'local'}" if arguments.local else ""
    return attach_command(handle.id, mode)


async def show_record(client: Client, handle: Handle) -> Record:
    record = await read_record(client, handle)
    show_steps(record)
    return record


async def tell_status(watch: Watch, arguments: argparse.Namespace) -> int:
    """Say how the run is doing now."""
    client, handle = watch.client, watch.handle
    run = await find(client, handle.id)
    status = await status_of(client, run)
    if run.is_over:
        record = await show_record(client, handle)
        if not arguments.json and (made := record.results("create_pdf")):
            say(f"PDF: {(report_here(record) or made[-1:])[0]}")
        if record.incomplete:
            say(f"! {is_incomplete(record.incomplete)}")
    else:
        for line in await watch.look() or []:
            say(line)
    if not arguments.json:
        tell(f"Status: {status}")
    return await tell_json(client, handle, arguments, 0, status=status)


async def tell_json(
    client: Client,
    handle: Handle,
    arguments: argparse.Namespace,
    code: int,
    *,
    status: str = "",
    error: str = "",
    files: tuple[Path, Path] | None = None,
) -> int:
    """Print the run as one JSON object if that is wanted; return the exit code as it is."""
    if not arguments.json:
        return code
    run = await find(client, handle.id)
    record = await read_record(client, handle)
    files = files or report_here(record)
    sources = files[0].with_suffix(SOURCES) if files and record.report else None
    sources = sources if sources and sources.is_file() else None
    told: dict[str, Any] = {
        "workflow_id": handle.id,
        "run_id": run.run_id,
        "status": status or run.state,
        "topic": await topic_of(client, run),
        "pdf": str(files[0]) if files else None,
        "markdown": str(files[1]) if files else None,
        "sources": str(sources) if sources else None,
        "model": record.model or None,
        "tokens": record.tokens,
        "estimated": record.is_estimated,
        "cost": record.cost,
        "incomplete": record.incomplete or None,
        "email": record.email or None,
    }
    print_object(told | ({"error": error} if error else {}))
    return code
