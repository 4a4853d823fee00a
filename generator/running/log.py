"""What a process says in its log, and what it leaves out: Python's own log and the SDK's."""

import logging
import time
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from generator.harmless import printable
from generator.running.metrics import served_at

AWAY = "Temporal does not answer; trying again"
CODE_CHANGED = (
    "A run cannot tell how it is doing: this worker's code has changed since it was started."
    " See docs/operating.md"
)


class WorkerLog(logging.Formatter):
    """Says which Activity speaks, and shows an expected failure as a line: a traceback is a bug."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        if about := getattr(record, "temporal_activity", None):
            record.message = "{activity_type}, attempt {attempt} of {workflow_id}: {}".format(
                record.message, **about
            ).replace("\n", " ")  # or an ID could write lines of its own
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))

    def formatException(self, info: Any) -> str:
        if isinstance(info[1], ApplicationError | CancelledError):
            return f"    {info[1]}"
        return super().formatException(info)


IN_WORDS = {
    "gRPC call": AWAY,
    "Error when recording heartbeat": AWAY,
    "Failing legacy query request": CODE_CHANGED,
    "Query not found when attempting to respond": "",  # whoever asked has gone
}


class OnceInAWhile(logging.Filter):
    """Lets a line that the SDK repeats pass every 20 s, in words that say what is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        line = next((words for start, words in IN_WORDS.items() if said.startswith(start)), said)
        if line in (said, ""):
            return line == said
        record.msg, record.args = line, ()
        if time.monotonic() - self.told.get(line, -20.0) < 20:
            return False
        self.told[line] = time.monotonic()
        return True


def start_logging(level: int = logging.INFO, metrics_address: str = "") -> None:
    """Send Python's log and the SDK's to stderr, and serve metrics at the address, if any.

    Raises:
        ValueError: the metrics cannot be served there.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(WorkerLog("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    activity.logger.activity_info_on_message = False
    core = logging.getLogger("temporalio.core")
    core.addFilter(OnceInAWhile())
    forwarding = LogForwardingConfig(
        core, prepend_target_on_message=False, append_log_fields_to_message=False
    )
    filter = TelemetryFilter(core_level="WARN", other_level="ERROR")
    try:
        telemetry = TelemetryConfig(
            logging=LoggingConfig(filter, forwarding=forwarding),
            metrics=served_at(metrics_address) if metrics_address else None,
        )
        Runtime.set_default(Runtime(telemetry=telemetry))
    except ValueError as error:
        raise ValueError(
            f"Metrics cannot be served on METRICS_ADDRESS={metrics_address} ({error}): put a free"
            " host:port in .env, another one for each worker on a machine"
        ) from None
