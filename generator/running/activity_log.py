"""A line in the worker's log when an Activity ends: how long it took, and how much it brought."""

import time
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from generator.running.metrics import count_failure


class ActivityLog(Interceptor):
    """Says when an Activity has ended: how long it took, and how much that was."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _ActivityLog(next)


class _ActivityLog(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        started = time.monotonic()
        try:
            result = await super().execute_activity(input)
        except BaseException as error:
            count_failure(error)
            raise
        took = time.monotonic() - started
        activity.logger.info("done in %.1f s: %s", took, how_much(result))
        return result


def how_much(result: Any) -> str:
    """Return in a few words what an Activity has brought."""
    if not isinstance(result, dict) or "usage" not in result:
        return str(result)[:300] if isinstance(result, str) else type(result).__name__
    usage = result["usage"] or {}
    about = "about " * bool(usage.get("estimated"))
    tokens = f"{about}{usage.get('total_tokens') or 0:,} tokens"
    cost = result.get("response_cost")
    return f"{result.get('model')}, {tokens}" + (f", ${cost:.4f}" if cost else "")
