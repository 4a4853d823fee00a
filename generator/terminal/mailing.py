"""Mailing the report of a run once more: an Activity by itself, without a Workflow."""

import asyncio
import contextlib
import uuid
from dataclasses import replace
from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeActivityExecutionRequest
from temporalio.client import ActivityFailureError, ActivityHandle, Client
from temporalio.common import RetryPolicy
from temporalio.service import RPCError, RPCStatusCode

from generator.running.conversion import in_clear
from generator.running.record import Handle, read_record
from generator.running.runs import answers, find
from generator.terminal.outcome import worded
from generator.terminal.screen import say, tell
from models import HEARTBEAT_TIMEOUT, SendEmailInput


async def mail_again(client: Client, handle: Handle, address: str, local: bool) -> int:
    """Have a worker mail the report to this address; return the exit code.

    Raises:
        LookupError: the run has no report, or is not over yet.
    """
    run, record = await find(client, handle.id), await read_record(client, handle)
    paths = record.results("create_pdf")
    if not run.is_over or not record.report or not paths:
        raise LookupError(f"That run has no finished report to mail: it is {run.state}.")
    mail = SendEmailInput(replace(record.report, references=[]), str(paths[-1]), address)
    try:
        call = await client.start_activity(
            "send_email",
            mail,
            id=f"{handle.id}-mail-{uuid.uuid4().hex[:8]}",
            task_queue=run.task_queue,
            start_to_close_timeout=timedelta(hours=1),
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)
            ),
            summary=f"Mail the PDF to {address}",
            result_type=str,
        )
    except RPCError as error:
        if error.status != RPCStatusCode.UNIMPLEMENTED:
            raise
        raise LookupError(
            "This Temporal Service runs no Activity without a Workflow: it is too old."
        ) from None
    say(f"Mailing the report to {address}. Activity ID: {call.id}")
    return await tell_of(client, call, local)


async def tell_of(client: Client, call: ActivityHandle[str], local: bool) -> int:
    """Say why each attempt failed, and how the Activity ended; return the exit code."""
    result = asyncio.ensure_future(call.result())
    told = ""
    while not result.done():
        with contextlib.suppress(RPCError):
            described = await client.workflow_service.describe_activity_execution(
                DescribeActivityExecutionRequest(
                    namespace=client.namespace, activity_id=call.id, include_last_failure=True
                )
            )
            failure = await in_clear(client.data_converter, described.info.last_failure)
            if failure.message and failure.message != told:
                told = failure.message
                say(f"✗ send_email: {worded(told, local)}")
        await asyncio.wait([result], timeout=1)
    try:
        with answers("result"):
            tell(f"Result: {await result}")
    except ActivityFailureError as error:
        said = getattr(error.cause, "message", None) or error.cause
        say(f"The report was not mailed: {worded(str(said), local)}", "red")
        return 1
    return 0
