"""What goes wrong with a request to a model, and what a person can do about it."""

import email.utils
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.exceptions import ApplicationError

from generator.settings import public


def explain(error: Exception) -> ApplicationError:
    """Turn an error of LiteLLM into one that says what to do, and that holds nothing private.

    Providers echo keys, prompts and whole pages in their messages, and what is raised here stays
    in the Event History. Error classes vary by provider, so the HTTP status decides.
    """
    status = int(getattr(error, "status_code", None) or 500)
    body = getattr(error, "body", None)
    code = str(body.get("code") or "") if isinstance(body, dict) else ""
    kind = type(error).__name__
    remedy = {
        401: "correct LLM_API_KEY in .env",
        403: "use another LLM_API_KEY or LLM_MODEL in .env",
        404: "correct LLM_MODEL in .env, or LLM_API_BASE if it is set",
        413: "shorten the topic, or set LLM_MODEL in .env to a model with a larger context",
    }.get(status, "correct LLM_MODEL or LLM_API_BASE in .env")
    if kind == "ContextWindowExceededError":
        remedy = "shorten the topic, or set LLM_MODEL in .env to a model with a larger context"
    elif kind == "ContentPolicyViolationError":
        remedy = "ask in other words, or set LLM_MODEL in .env to another model"
    elif code == "insufficient_quota":
        remedy = "add to the quota of the account of LLM_API_KEY, which is used up"
    passing = status in (408, 409, 425, 429) and code != "insufficient_quota"
    final = 400 <= status < 500 and not passing
    said = public(str(error))
    message = f"The LLM request failed ({kind}, status {status}): {said}"
    return ApplicationError(
        f"{message.rstrip('.')}. To go on, {remedy}, restart the worker and start a new run."
        if final
        else message,
        type=kind,
        non_retryable=final,
        next_retry_delay=retry_after(getattr(error, "litellm_response_headers", None) or {}),
    )


def retry_after(headers: Any) -> timedelta | None:
    """Return how long the provider asks to wait (RFC 9110, section 10.2.3), None if it does not."""
    try:
        if "retry-after-ms" in headers:  # OpenAI's own, finer
            wait = timedelta(milliseconds=float(headers["retry-after-ms"]))
        elif re.fullmatch(r"\s*[\d.]+\s*", value := headers.get("retry-after", "")):
            wait = timedelta(seconds=float(value))
        else:
            wait = email.utils.parsedate_to_datetime(value) - datetime.now(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return wait if wait > timedelta(0) else None
