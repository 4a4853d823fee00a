"""Joining a run that was started before: finding it, and steering it."""

import argparse

from temporalio.client import Client
from temporalio.service import RPCError

from generator.harmless import attach_command
from generator.running.record import Handle
from generator.running.runs import find, topic_of
from generator.terminal.listing import find_run
from generator.terminal.screen import say
from models import DEMO_TASK_QUEUE


async def attach(client: Client, arguments: argparse.Namespace) -> Handle:
    """Return the run that --attach means, after doing to it what --prompt or --cancel say.

    Raises:
        LookupError: there is no such run, or more than one.
        ValueError: it belongs to a worker that this is not.
    """
    workflow_id = await find_run(client, arguments.attach)
    run = await find(client, workflow_id)
    handle: Handle = client.get_workflow_handle(workflow_id, run_id=run.run_id, result_type=str)
    if topic := await topic_of(client, run):
        say(f"Topic: {topic}")
    is_demo = run.task_queue == DEMO_TASK_QUEUE
    if arguments.local and arguments.demo != is_demo and not arguments.no_wait:
        kind, option = ("a demo", "--demo") if is_demo else ("no demo", "--local")
        raise ValueError(f"That run is {kind}: {attach_command(workflow_id, option)}")
    if run.is_over and (arguments.cancel or arguments.prompt):
        what = "there is nothing to cancel" if arguments.cancel else "the new prompt has no effect"
        say(f"The run is over ({run.state}): {what}.")
    elif arguments.cancel:
        await handle.cancel()
    elif arguments.prompt:
        await send_prompt(client, handle, arguments.prompt)
    return handle


async def send_prompt(client: Client, handle: Handle, prompt: str) -> None:
    try:
        await handle.signal("update_prompt", prompt)
    except RPCError:
        await find(client, handle.id)  # raises too if Temporal is away
        say("The run is over: the new prompt has no effect.")
