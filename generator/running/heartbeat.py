"""An attempt's work, with heartbeats while it goes on, and the ways in which it can end.

It finishes or fails by itself; it is cancelled; its worker stops; or Temporal, having missed its
heartbeats, has given it up and started another attempt, which takes over what this one has got.
"""

import contextvars
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast

from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError

from generator.results import checkpoint_in

T = TypeVar("T")

HEARTBEAT_THROTTLE = 0.1  # seconds; the SDK passes on the last of the heartbeats within them
A_SECOND = 120  # heartbeats with text that a process makes: sixty answers beat each half second
MAX_LATEST = 200  # attempts to remember


class Work(Generic[T]):
    """What an attempt of an Activity does, in a thread of its own."""

    def __init__(
        self,
        work: Callable[[], T],
        details: Callable[[], tuple[Any, ...]] = tuple,
        stop: Callable[[], None] | None = None,
        same: object = None,
    ) -> None:
        self.work, self.details, self.stop, self.same = work, details, stop, same
        self.attempt = activity.info().attempt
        self.was_reset = False  # by hand: it is to begin with what Temporal has, and no more
        self.result: T | None = None
        self.error: Exception | None = None
        self.finished = False
        # A daemon, because nothing can interrupt a read from a silent connection: the attempt ends
        # without this thread, and so may the process.
        # In the Activity's context, so that the work may ask which attempt it belongs to.
        context = contextvars.copy_context()
        self.thread = threading.Thread(target=context.run, args=(self.run,), daemon=True)

    def run(self) -> None:
        at_work.add(self)
        try:
            self.result, self.finished = self.work(), True
        except Exception as error:
            self.error = error
        finally:
            at_work.discard(self)

    def is_under_way(self, seconds: float) -> bool:
        """Wait so long for the end; tell whether it is still to come."""
        self.thread.join(seconds)
        return self.thread.is_alive()

    def end(self) -> None:
        """Have it stop, if it can, and wait a moment for what has been received already."""
        if self.stop:
            self.stop()
            self.thread.join(1.0)


at_work: set[Work[Any]] = set()  # in this process, now
# The latest attempts in this process, by run and Activity. When Temporal is away for long it gives
# attempts up whose heartbeats it misses; the next ones find here what those have got meanwhile.
latest: OrderedDict[tuple[str, str], Work[Any]] = OrderedDict()


def run_id() -> str:
    """Return the ID of the run that this Activity belongs to, or its own if it was started without
    a Workflow; "" outside of Temporal."""
    if not activity.in_activity():
        return ""
    info = activity.info()
    return info.workflow_run_id or info.activity_run_id or info.activity_id


def workflow_id() -> str:
    """Return the ID of the Workflow, which a reset leaves as it is; else as `run_id`."""
    return (activity.in_activity() and activity.info().workflow_id) or run_id()


def attempt_before() -> Work[Any] | None:
    """Return what the attempt before this one did, if that was in this process."""
    info = activity.info()
    before = latest.get((run_id(), info.activity_id))
    if before and info.attempt <= before.attempt:  # the attempts are counted anew after a reset
        before.was_reset = True
    return before


def under_way(same: object) -> Work[Any] | None:
    """Return the same work of a run before this one that goes on all the same: that was reset."""
    return next((work for work in list(at_work) if same and work.same == same), None)


def heartbeat_details(
    read: Callable[[Sequence[Any]], tuple[Any, ...]] = checkpoint_in,
) -> tuple[Any, ...]:
    """Return the furthest that attempts before this one have come, () if there were none.

    `read` takes apart what Temporal has kept of them, as anybody may send a heartbeat.

    An attempt in this process that Temporal has given up, but which goes on, is stopped here.
    """
    if not activity.in_activity():
        return ()
    kept = read(activity.info().heartbeat_details)
    if before := attempt_before():
        if before.stop and before.thread.is_alive():
            before.stop()
            before.thread.join(5)  # for what had been received; much, if it was suspended
        if kept or not before.was_reset:  # a reset may clear what Temporal has
            furthest = (kept, before.details())
            kept = max(furthest, key=lambda details: len(details[0]) if details else -1)
    return kept


def cancelled(work: Work[Any]) -> Exception:
    """End the work of an attempt that Temporal has cancelled; return what it ends with: that the
    run was cancelled, or that somebody's hand, or Temporal's silence, has ended this attempt."""
    work.end()
    why = activity.cancellation_details()
    if not why or why.cancel_requested:
        return CancelledError("Cancelled")
    if why.reset:
        work.was_reset = True
        return ApplicationError("The Activity was reset", type="Reset")
    activity.heartbeat(*work.details())
    if why.paused:
        return ApplicationError("The Activity was paused", type="Paused")
    return ApplicationError(
        "Temporal waits for this attempt no more: its run is over, or was reset, or nothing was"
        " heard of it for too long",
        type="NotHeard",
        next_retry_delay=timedelta(seconds=1),
    )


def with_heartbeats(
    function: Callable[[], T],
    details: Callable[[], tuple[Any, ...]] = tuple,
    stop: Callable[[], None] | None = None,
    same: object = None,
) -> T:
    """Call `function` and heartbeat until it returns.

    The beats come from a clock and not from progress: a model may think for minutes before its
    first word. Temporal keeps `details` for the next attempt. `stop` ends `function` early;
    without it, a worker that shuts down lets `function` finish. What is `same` is not done beside
    itself: where it goes on for another run, this one waits for it and has its result.

    Raises:
        CancelledError: the run was cancelled.
        ApplicationError: the attempt was paused, reset or given up, or the worker is shutting down
            and `function` could be stopped. The details go to the next attempt.
    """
    if not activity.in_activity():
        return function()
    before = attempt_before() or under_way(same)
    if before and before.finished and not before.was_reset:
        return cast(T, before.result)
    work = Work(function, details, stop, same)
    if before and not before.stop and before.thread.is_alive():
        work = before  # not overtaken: the server may have the mail already
    info = activity.info()
    latest[run_id(), info.activity_id] = work
    if len(latest) > MAX_LATEST:
        latest.popitem(last=False)
    if work is not before:
        work.thread.start()
    started = beaten = time.monotonic()
    weight, spacing = 0, HEARTBEAT_THROTTLE
    # Half a beat at a time: a hundred Activities that look up more often keep a core busy with it.
    while work.is_under_way(spacing / 2):
        if activity.is_cancelled():
            raise cancelled(work)
        if work.stop and activity.is_worker_shutdown():
            work.end()
            if work.finished:
                break
            activity.heartbeat(*work.details())
            raise ApplicationError(
                "The worker was stopped; another one goes on from here",
                type="WorkerShutdown",
                next_retry_delay=timedelta(seconds=1),
            )
        # Every second, because a cancellation arrives with the reply to a heartbeat; more often at
        # first, so that a crash costs less than a twentieth of a short answer; less often when the
        # text is long or many are written at once, so that it does not fill the network.
        now = time.monotonic()
        spacing = max(HEARTBEAT_THROTTLE, 0.03 * (now - started), len(at_work) / A_SECOND)
        spacing = min(1.0, spacing)
        if now - beaten >= spacing + weight / 200_000:
            kept = work.details()
            weight = len(kept[0]) if kept else 0
            activity.heartbeat(*kept)
            beaten = now
    if work.error:
        activity.heartbeat(*work.details())  # the last one before a failure still reaches Temporal
        raise work.error from None
    return cast(T, work.result)
