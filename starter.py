"""The command line: ask for a topic, start a run, watch it, and report how it ended."""

import argparse
import asyncio
import logging
import re
import signal
import sys
import threading
import uuid
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    FailureError,
    is_cancelled_exception,
)
from temporalio.service import RPCError, RPCStatusCode

from generator.names import in_brief
from generator.settings import setting, wrong_settings
from generator.temporal import connect, leave, start_logging
from generator.terminal import Handle, PersonLeft, follow, say, show_runs, web_ui_link
from models import (
    DEMO_TASK_QUEUE,
    TASK_QUEUE,
    TASK_TIMEOUT,
    GenerateReportInput,
    PDFGenerationInput,
)
from workflow import GenerateReportWorkflow

DEFAULT_TOPIC = "Give me 5 fun and fascinating facts about tardigrades."
WORKFLOW_ID = "generate-research-report-workflow-"
MAX_TOPIC = 200_000  # bytes; Temporal refuses an input over 2 MiB


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="starter.py",
        description="Have an LLM research a topic and get the report as a PDF.",
        epilog="Exit codes: 0 report made, 1 the run failed or Temporal cannot be reached,"
        " 2 wrong usage or settings, 130 interrupted (the run goes on).",
    )
    parser.add_argument("topic", nargs="?", help="what to research; asked for if left out")
    parser.add_argument(
        "--local",
        action="store_true",
        help="run the worker in this process, and the Temporal dev server if none answers",
    )
    parser.add_argument(
        "--demo", action="store_true", help="like --local, with a sample report and no LLM"
    )
    parser.add_argument(
        "--review", action="store_true", help="see the draft and decide on it before the PDF"
    )
    parser.add_argument(
        "--deep",
        action="store_true",
        help="a long report, section by section, from what a web search finds",
    )
    parser.add_argument(
        "--sections", type=int, metavar="N", help="with --deep: of so many sections, 2 to 12"
    )
    parser.add_argument(
        "--max-cost", type=float, metavar="USD", help="spend no more than this; else MAX_COST"
    )
    parser.add_argument("--email", metavar="ADDRESS", help="mail the report here, not to EMAIL_TO")
    parser.add_argument(
        "--no-wait", action="store_true", help="start the run and leave it to the worker"
    )
    parser.add_argument(
        "--attach", metavar="WORKFLOW_ID", help="join a run that was started before"
    )
    parser.add_argument(
        "--prompt", metavar="TOPIC", help="with --attach: research this instead, if not too late"
    )
    parser.add_argument("--cancel", action="store_true", help="with --attach: cancel the run")
    parser.add_argument("--list", action="store_true", help="show the most recent runs")
    arguments = parser.parse_args()
    arguments.local = arguments.local or arguments.demo
    if arguments.local and arguments.no_wait:
        parser.error("--no-wait leaves the run to a worker, but --local ends its worker on exit")
    new_run = (arguments.topic or arguments.email or arguments.no_wait or arguments.review) or (
        arguments.deep or arguments.max_cost is not None
    )
    if arguments.attach and new_run:
        parser.error("--attach joins a run that has its topic and options already")
    if arguments.sections is not None and not arguments.deep:
        parser.error("--sections needs --deep")
    if arguments.sections is not None and not 2 <= arguments.sections <= 12:
        parser.error("--sections is a number from 2 to 12")
    if arguments.max_cost is not None and not 0 < arguments.max_cost < float("inf"):
        parser.error("--max-cost is an amount of US dollars above 0")
    if (arguments.prompt is not None or arguments.cancel) and not arguments.attach:
        parser.error("--prompt and --cancel need --attach WORKFLOW_ID")
    if arguments.email and not re.fullmatch(r"[^\s@,<>]+@[^\s@,<>]+", arguments.email):
        parser.error(f"--email {arguments.email!r} is not an address like you@example.com")
    return arguments


def read_topic(given: str | None) -> str:
    """Return the topic from the command line or the prompt, or the default if it is empty.

    Raises:
        ValueError: there is none, or it is too long.
    """
    print("Welcome to the Research Report Generator!", flush=True)
    if given is None:
        # Here Ctrl-C must interrupt the reading, which asyncio's own handler would not do.
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            given = input("Enter your research topic or question: ")
        except EOFError:
            print()
            raise ValueError(
                "No topic: the input ended before one was entered. Type one at the prompt,"
                ' or give it as an argument: uv run starter.py "Your topic"'
            ) from None
        finally:
            signal.signal(signal.SIGINT, handler)
    topic = clean(given)
    if len(topic.encode()) > MAX_TOPIC:
        raise ValueError(f"The topic is too long: at most {MAX_TOPIC:,} bytes, please.")
    if not topic:
        topic = DEFAULT_TOPIC
        print(f"No prompt entered. Using default: {topic}", flush=True)
    return topic


def clean(topic: str) -> str:
    """Replace what means nothing in a topic: control characters, and bytes that are no text."""
    topic = re.sub(r"[^\S\n\t]|[\x00-\x08\x0b-\x1f\x7f]", " ", topic)
    return topic.encode(errors="replace").decode().strip()


async def start(client: Client, arguments: argparse.Namespace) -> Handle:
    topic: str = arguments.topic
    title = in_brief(topic)
    handle = await client.start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput(
            prompt=topic,
            email=arguments.email or "",
            demo=arguments.demo,
            review=arguments.review,
            deep=arguments.deep,
            sections=arguments.sections or 0,
            max_cost=arguments.max_cost or float(setting("MAX_COST") or 0),
        ),
        id=f"{WORKFLOW_ID}{uuid.uuid4()}",
        task_queue=DEMO_TASK_QUEUE if arguments.demo else TASK_QUEUE,
        task_timeout=TASK_TIMEOUT,
        static_summary=title,
        static_details=f"Research report on:\n\n{topic[:2000]}",
        memo={"topic": title},
    )
    print(f"Started workflow. Workflow ID: {handle.id}, RunID {handle.result_run_id}", flush=True)
    return handle


async def run(arguments: argparse.Namespace) -> int:
    """Do what the command line says and return the exit code."""
    if arguments.local:
        # Only now, as it brings the worker's libraries.
        from generator.local import import_litellm, local_worker

        if not arguments.demo:  # LiteLLM takes seconds: while the person types
            threading.Thread(target=import_litellm, daemon=True).start()
        service: AbstractAsyncContextManager[Client] = local_worker(arguments.demo)
    else:
        service = nullcontext(await connect())
    if not arguments.attach and not arguments.list:
        arguments.topic = read_topic(arguments.topic)
        if re.fullmatch(rf"{WORKFLOW_ID}[-0-9a-f]{{36}}", arguments.topic):
            arguments.attach = arguments.topic  # the ID of a run, typed at the prompt
    if arguments.demo and not (arguments.attach or arguments.list):
        say("Demo: the answer is a bundled sample report; no LLM is asked.")
    async with service as client:
        if arguments.list:
            await show_runs(client)
            return 0
        if arguments.attach:
            handle = client.get_workflow_handle_for(GenerateReportWorkflow.run, arguments.attach)
        else:
            handle = await start(client, arguments)
        if link := web_ui_link(client, handle):
            say(f"Web UI: {link}")
        if arguments.prompt is not None:
            await send_prompt(handle, clean(arguments.prompt))
        if arguments.cancel:
            await handle.cancel()
        if arguments.no_wait:
            return 0
        try:
            result = await follow(client, handle)
        except WorkflowFailureError as error:
            say(describe_failure(error))
            return 0 if arguments.cancel and is_cancelled_exception(error.cause) else 1
        except (PersonLeft, asyncio.CancelledError) as leaving:
            mode = f" --{'demo' if arguments.demo else 'local'}" if arguments.local else ""
            say(
                f"The run is kept{'' if mode else ' and goes on'}. To see it again:"
                f" uv run starter.py{mode} --attach {handle.id}"
            )
            if isinstance(leaving, asyncio.CancelledError):
                raise
            return 130
        print(f"Result: {result}", flush=True)
        await bring_report(client, handle, result)
        return 0


async def send_prompt(handle: Handle, prompt: str) -> None:
    try:
        await handle.signal(GenerateReportWorkflow.update_prompt, prompt)
    except RPCError:
        await handle.describe()  # raises too if there is no such run
        say("The run is over: the new prompt has no effect.")


async def bring_report(client: Client, handle: Handle, result: str) -> None:
    """Make the PDF here too, from the run's own data, if a worker elsewhere has made it."""
    if Path(result.rpartition("PDF: ")[2]).is_file():
        return
    async for event in handle.fetch_history_events():
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == "create_pdf":
            [report] = await client.data_converter.decode(
                scheduled.input.payloads, [PDFGenerationInput]
            )
            from activities import create_pdf

            path = create_pdf(report)
            say(f"That file is not on this machine. The same report, made here: {path}")


def describe_failure(error: WorkflowFailureError) -> str:
    cause: BaseException = error
    while isinstance(cause, WorkflowFailureError | FailureError) and cause.cause:
        cause = cause.cause
    if isinstance(cause, CancelledError):
        return "The run was cancelled."
    return f"The run failed: {getattr(cause, 'message', cause)}"


def main() -> int:
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    arguments = parse_arguments()
    if problems := wrong_settings(["MAX_COST"]):
        say("\n".join(problems))
        return 2
    start_logging(logging.ERROR)
    try:
        return asyncio.run(run(arguments))
    except KeyboardInterrupt:
        return 130
    except ValueError as error:
        say(str(error))
        return 2
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND and arguments.attach:
            say(f"There is no run with the Workflow ID {arguments.attach}. Is it misspelled?")
        else:
            say(f"Temporal refused: {error.message}")
        return 1
    except (ApplicationError, ConnectionError, RuntimeError) as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    leave(main())
