"""Failures that a person can mend: the run is held until then. What a server says to wait."""

import email.utils
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

COST_LIMIT = "CostLimit"  # the type of a failure: what is left of the limit does not pay for it
HELD = "Held"  # the type of such a failure, by which the starter knows it
LONGEST_WAIT = timedelta(days=1)  # for a limit that is a day's; no server may stop a run for years
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=10)


def held(message: str) -> ApplicationError:
    """Return a failure that is tried again until a person has corrected what `message` says.

    It waits as long as the Activity has been waiting already: a minute at first, growing to ten. So
    after the correction that `message` ends with, the run goes on within that time.
    """
    waited = SHORTEST
    if activity.in_activity():
        waited = datetime.now(UTC) - activity.info().scheduled_time
    delay = min(max(waited, SHORTEST), LONGEST)
    minutes = math.ceil(delay / timedelta(minutes=1))
    soon = "a minute" if minutes == 1 else f"{minutes} minutes"
    return ApplicationError(
        f"{message.rstrip('. ')}: the run goes on within {soon}", type=HELD, next_retry_delay=delay
    )


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a server asks to wait (RFC 9110, section 10.2.3), None if it does not."""
    try:
        if "retry-after-ms" in headers:  # OpenAI's own, finer
            wait = timedelta(milliseconds=float(headers["retry-after-ms"]))
        elif re.fullmatch(r"\s*[\d.]+\s*", value := headers.get("retry-after", "")):
            wait = timedelta(seconds=float(value))
        else:
            wait = email.utils.parsedate_to_datetime(value) - datetime.now(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None
