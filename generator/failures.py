"""Failures that a person can mend: the run is held until they have."""

import math
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

COST_LIMIT = "CostLimit"  # the type of a failure: what is left of the limit does not pay for it
HELD = "Held"  # the type of such a failure, by which the starter knows it
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
