"""The Worker: polls the Task Queue `research` and runs the Workflow and its Activities.

Run as many as you like, on as many machines as you like: each run goes on where it stopped.
"""

import asyncio
import contextlib
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from activities import create_pdf, llm_call, send_email, web_search
from generator.readiness import check_settings
from generator.settings import setting
from generator.temporal import MAX_ACTIVITIES, connect, leave, new_worker, start_logging
from models import TASK_QUEUE
from workflow import GenerateReportWorkflow

STOP_SIGNALS = [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]


async def run_worker() -> None:
    """Poll until a signal says stop.

    Raises:
        ValueError: a setting is wrong.
        ConnectionError: the Temporal Service cannot be reached.
    """
    client = await connect()
    if problems := check_settings():
        raise ValueError("\n".join(problems))
    with ThreadPoolExecutor(max_workers=MAX_ACTIVITIES) as activity_executor:
        worker = new_worker(
            client,
            activity_executor,
            task_queue=TASK_QUEUE,
            workflows=[GenerateReportWorkflow],
            activities=[llm_call, web_search, create_pdf, send_email],
        )
        for stop in STOP_SIGNALS:
            with contextlib.suppress(NotImplementedError):  # on Windows Ctrl-C raises instead
                asyncio.get_running_loop().add_signal_handler(
                    stop, lambda: asyncio.ensure_future(worker.shutdown())
                )
        print("Starting the worker....", flush=True)
        if setting("LLM_MODEL") == "demo":
            print("LLM_MODEL=demo: every answer is the bundled sample report.", flush=True)
        await worker.run()
    print("Worker stopped.")


def main() -> int:
    try:
        start_logging(metrics_address=setting("METRICS_ADDRESS"))
        asyncio.run(run_worker())
    except KeyboardInterrupt:
        return 130
    except (ValueError, ConnectionError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    return 0


if __name__ == "__main__":
    leave(main())
