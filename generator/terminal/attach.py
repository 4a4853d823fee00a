"""Joining a run that was started before: finding it, and steering it."""

import argparse

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from generator.running.record import Handle, topic_of
from generator.terminal.listing import find_run, status_in_words
from generator.terminal.screen import say
from models import DEMO_TASK_QUEUE


async def attach(client: Client, arguments: argparse.Namespace) -> Handle:
    """Return the run that --attach means, after doing to it what --prompt or --cancel say.

    Raises:
        LookupError: there is no such run, or more than one.
        ValueError: it belongs to a worker that this is not.
    """
    workflow_id = await find_run(client, arguments.attach)
    handle: Handle = client.get_workflow_handle(workflow_id, result_type=str)
    run = await handle.describe()
    if topic := await topic_of(client, run):
        say(f"Topic: {topic}")
    is_demo = run.task_queue == DEMO_TASK_QUEUE
    if arguments.local and arguments.demo != is_demo and not arguments.no_wait:
        kind, option = ("a demo", "--demo") if is_demo else ("no demo", "--local")
        raise ValueError(f"That run is {kind}: uv run starter.py {option} --attach {workflow_id}")
    over = run.status != WorkflowExecutionStatus.RUNNING
    if over and (arguments.cancel or arguments.prompt):
        what = "there is nothing to cancel" if arguments.cancel else "the new prompt has no effect"
        say(f"The run is over ({status_in_words(run.status)}): {what}.")
    elif arguments.cancel:
        await handle.cancel()
    elif arguments.prompt:
        await send_prompt(handle, arguments.prompt)
    return handle


async def send_prompt(handle: Handle, prompt: str) -> None:
    try:
        await handle.signal("update_prompt", prompt)
    except RPCError:
        await handle.describe()  # raises too if Temporal is away
        say("The run is over: the new prompt has no effect.")
