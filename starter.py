"""The command line: ask for a topic, start a run, watch it, and report how it ended."""

if __name__ == "__main__":  # before the imports, which take their time
    from generator.running.stopping import stop_at_once

    stop_at_once()

import argparse
import asyncio
import contextlib
import logging
import re
import signal
import uuid
from pathlib import Path

from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from generator.received import MAX_TOPIC
from generator.running.log import start_logging
from generator.running.record import Handle
from generator.running.stopping import stop_by
from generator.running.streams import prepare_streams
from generator.running.temporal import connect, leave
from generator.settings import OVERRIDDEN, setting
from generator.terminal.prompts import InputEnded, Interrupted, ask_topic
from generator.terminal.screen import say, tell
from generator.terminal.usage import amount, whole_number, wrong_usage
from generator.wording import in_brief
from models import DEMO_TASK_QUEUE, TASK_QUEUE, TASK_TIMEOUT, GenerateReportInput

DEFAULT_TOPIC = "Give me 5 fun and fascinating facts about tardigrades."
WORKFLOW_ID = "generate-research-report-workflow-"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="starter.py",
        usage="starter.py [TOPIC | -] [options]   start a run\n"
        "       starter.py --attach ID [options]  join one that was started before\n"
        "       starter.py --list [N]             show the latest runs",
        description="Have an LLM research a topic and get the report as a PDF.",
        epilog="Exit codes: 0 report made, 1 the run failed or Temporal cannot be reached,"
        " 2 wrong usage or settings, 130 interrupted (the run goes on).",
    )
    add = parser.add_argument
    add("topic", nargs="?", help="what to research; asked for if left out, - reads all of stdin")
    add("--review", action="store_true", help="see the draft and decide on it before the PDF")
    add("--deep", action="store_true", help="a long report, by sections, from what a search finds")
    add("--sections", type=whole_number, metavar="N", help="with --deep: how many, 2 to 12")
    add("--sources", choices=("web", "documents"), help="with --deep: only these, and not both")
    add("--max-cost", type=amount, metavar="USD", help="spend no more, not the worker's MAX_COST")
    add("--model", metavar="PROVIDER/MODEL", help="ask this one, not LLM_MODEL")
    add(
        "--email",
        metavar="ADDRESS",
        help="mail the report here, not to EMAIL_TO; with --attach: again",
    )
    add("--output", metavar="PATH", help="put the PDF here too, and the Markdown beside it")
    add(
        "--local",
        action="store_true",
        help="run the worker in this process, and the Temporal dev server if none answers",
    )
    add("--demo", action="store_true", help="like --local, with a sample report and no LLM")
    add("--no-wait", action="store_true", help="start the run, or tell its status, and leave")
    add("--attach", metavar="ID", help="join a run: its ID, the beginning or end of it, or latest")
    add("--prompt", metavar="TOPIC", help="with --attach: research this instead, if not too late")
    add("--cancel", action="store_true", help="with --attach: cancel the run")
    add(
        "--list",
        metavar="N",
        type=whole_number,
        nargs="?",
        const=20,
        help="show the latest runs, 20 or N",
    )
    add("--json", action="store_true", help="print one JSON object on stdout and nothing else")
    add("--version", action="version", version=version())
    arguments = parser.parse_args()
    if wrong := wrong_usage(arguments):
        parser.error(wrong)
    arguments.local = arguments.local or arguments.demo
    return arguments


def version() -> str:
    project = Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8")
    return "starter.py {}".format(*re.findall('^version = "(.*)"', project, re.MULTILINE))


async def read_topic(given: str | None, json: bool) -> str:
    """Return the topic from the command line or the prompt, or the default if it is empty.

    Raises:
        ValueError: there is none, or it is too long.
        Interrupted: Ctrl-C at the prompt.
    """
    say_it = say if json else tell
    say_it("Welcome to the Research Report Generator!")
    try:
        if given is None or given == "-":
            question = "Enter your research topic or question: " if given is None else ""
            given = await ask_topic(question, on_stdout=not json)
    except InputEnded:
        raise ValueError(
            "No topic: the input ended before one was entered. Type one at the prompt,"
            ' or give it as an argument: uv run starter.py "Your topic"'
        ) from None
    topic = clean(given)
    if len(topic.encode()) > MAX_TOPIC:
        raise ValueError(f"The topic is too long: at most {MAX_TOPIC:,} bytes, please.")
    if not topic:
        topic = DEFAULT_TOPIC
        say_it(f"No prompt entered. Using default: {topic}")
    return topic


def clean(topic: str) -> str:
    """Replace what means nothing in a topic: control characters, and bytes that are no text."""
    topic = re.sub(r"[^\S\n\t]|[\x00-\x08\x0b-\x1f\x7f]", " ", topic)
    return topic.encode(errors="replace").decode().strip()


async def start(client: Client, topic: str, arguments: argparse.Namespace) -> Handle:
    from workflow import GenerateReportWorkflow  # only now: it brings what Activities need

    title = in_brief(topic)
    return await client.start_workflow(
        GenerateReportWorkflow.run,
        GenerateReportInput(
            prompt=topic,
            email=arguments.email or "",
            demo=arguments.demo,
            review=arguments.review,
            model=arguments.model or "",
            deep=arguments.deep,
            sections=arguments.sections or 0,
            max_cost=arguments.max_cost or 0.0,
            sources=arguments.sources or "",
        ),
        id=f"{WORKFLOW_ID}{uuid.uuid4()}",
        task_queue=DEMO_TASK_QUEUE if arguments.demo else TASK_QUEUE,
        task_timeout=TASK_TIMEOUT,
        static_summary=title,
        static_details=f"Research report on:\n\n{topic[:2000]}",
        memo={"topic": title},
    )


async def run(arguments: argparse.Namespace) -> int:
    """Do what the command line says and return the exit code."""
    worker = arguments.local and arguments.list is None and not arguments.no_wait
    if not arguments.local:
        client = await connect()  # before the person types: they would type in vain
    if worker:
        from generator.local import checked_settings

        # LiteLLM takes seconds: while the person types.
        checked = asyncio.ensure_future(checked_settings(arguments))
    topic = ""
    if not arguments.attach and arguments.list is None:
        topic = await read_topic(arguments.topic, arguments.json)
        if re.fullmatch(rf"{WORKFLOW_ID}[-0-9a-f]{{36}}", topic):
            arguments.attach = topic  # the ID of a run, typed at the prompt
    async with contextlib.AsyncExitStack() as stack:
        if worker:
            await checked
        if arguments.local:
            from generator.local import local_service, local_worker

            client = await stack.enter_async_context(local_service(arguments.demo, worker))
        # Only now, as these bring what a prompt does without.
        if arguments.list is not None:
            from generator.terminal.listing import show_runs

            await show_runs(client, arguments.list, arguments.json)
            return 0
        if arguments.attach:
            from generator.terminal.attach import attach

            handle = await attach(client, arguments)
        else:
            if arguments.demo:
                say("Demo: the answer is a bundled sample report; no LLM is asked.")
            elif arguments.deep and not setting("SEARCH_PROVIDER"):
                say(
                    "SEARCH_PROVIDER is not set here: unless the worker has one, the report will be"
                    " what the model knows, without references."
                )
            handle = await start(client, topic, arguments)
            started = f"Started workflow. Workflow ID: {handle.id}, RunID {handle.result_run_id}"
            (say if arguments.json else tell)(started)
        if worker:
            await stack.enter_async_context(local_worker(client, arguments.demo))
        if arguments.attach and arguments.email:
            from generator.terminal.mailing import mail_again

            return await mail_again(client, handle, arguments.email, arguments.local)
        from generator.terminal.follow import see_to_the_end

        return await see_to_the_end(client, handle, arguments)


async def run_until_stopped(arguments: argparse.Namespace) -> int:
    signals: list[int] = []
    task = asyncio.current_task()
    assert task

    def stop(number: int) -> None:
        signals.append(number)
        task.cancel()

    stop_by(stop)
    try:
        return await run(arguments)
    except (asyncio.CancelledError, Interrupted):
        return 128 + (signals or [signal.SIGINT])[0]


def main() -> int:
    prepare_streams()
    arguments = parse_arguments()
    if OVERRIDDEN:
        say(f".env overrides the environment: {', '.join(OVERRIDDEN)}")
    try:
        start_logging(logging.ERROR)
        return asyncio.run(run_until_stopped(arguments))
    except BrokenPipeError:
        return 128 + 13  # SIGPIPE: nobody reads any more
    except ValueError as error:
        say(str(error))
        return 2
    except RPCError as error:
        say(f"Temporal refused: {error.message}")
        return 1
    except (ApplicationError, LookupError, OSError, RuntimeError) as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    leave(main())
