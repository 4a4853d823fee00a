"""A question in, a model's answer out: as many requests as it takes, each word paid for once.

It knows nothing of Temporal but how to fail: retries, heartbeats and cancellation are its caller's.
What a failure does to a run: where trying again costs nothing, a run waits for ever; where it costs
money and gets nowhere, it stops, and what has been written by then becomes the report.
"""

from typing import Any

from temporalio.exceptions import ApplicationError

from generator.llm.answer import Answer
from generator.llm.demo import ask_demo
from generator.llm.errors import BROKEN, OTHER_WORDS, UNFINISHED
from generator.llm.prompts import BROKEN_NOTE, CUT_NOTE
from generator.llm.request import ask_model
from generator.settings import setting
from models import LLMCallInput

MAX_REQUESTS = 6  # for one answer: the first, and continuations at the model's output limit
MAX_FRUITLESS = 3  # answers in a row that were bought and brought nothing new
EMPTY = "EmptyAnswer"


def write_answer(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Ask for the report, and for more of it while the model stops at its output limit.

    Returns and raises what `llm_call` does.
    """
    model = input.model or setting("LLM_MODEL")
    ask = ask_demo if input.demo or model == "demo" else ask_model
    try:
        for _ in range(MAX_REQUESTS):
            response = ask(input, answer)
            reason = response["choices"][0]["finish_reason"]
            answer.count(response["usage"])
            if reason == "stop" and answer.is_confirmed():
                answer.forget_request()
                break
            take(reason, answer)
            if reason != "length" or answer.is_full():
                break
    except ApplicationError as error:
        leave_to_next_attempt(error, answer)
        blocked = error.type == "ContentFilter"
        reason = (
            "the provider's content filter stopped it" if blocked else "the model did not go on"
        )
        response = {"object": "chat.completion", "model": model.partition("/")[2] or model}
        return report(response, answer, BROKEN_NOTE.format(reason=reason))
    return report(response, answer, CUT_NOTE if reason == "length" else "")


def take(reason: str, answer: Answer) -> None:
    """Make a request's text part of the draft.

    Raises:
        ApplicationError: there is none, or it was blocked.
    """
    if reason == "content_filter":
        answer.forget_request()
        raise ApplicationError(
            f"The provider's content filter blocked the answer. {OTHER_WORDS}, and start a new run",
            type="ContentFilter",
            non_retryable=True,
        )
    if not answer.end_request(complete=True):
        limit = reason == "length"
        raise ApplicationError(
            "The model used up its output limit without writing anything new"
            if limit
            else "The model answered nothing, or refused",
            type=EMPTY,
        )
    answer.fruitless = 0


def leave_to_next_attempt(error: ApplicationError, answer: Answer) -> None:
    """Raise the failure, unless no attempt can change it and there is a draft to make do with."""
    if error.type in (BROKEN, UNFINISHED, EMPTY):
        gained = answer.end_request(complete=False)
        answer.fruitless = 0 if gained and error.type == BROKEN else answer.fruitless + 1
        if answer.fruitless < MAX_FRUITLESS:
            raise error
        error = ApplicationError(
            f"{error.message.rstrip('.')}. It was asked {MAX_FRUITLESS} times. {OTHER_WORDS},"
            " and start a new run",
            type=error.type,
            non_retryable=True,
        )
    if not error.non_retryable or not answer.draft.strip():
        raise error


def report(response: dict[str, Any], answer: Answer, note: str) -> dict[str, Any]:
    """Return the response with the whole text, and what all requests have used and cost."""
    message = {"role": "assistant", "content": answer.draft.strip() + note}
    finish_reason = "length" if note else "stop"
    choice = {"index": 0, "finish_reason": finish_reason, "message": message}
    usage = response.get("usage", {}) | answer.totals
    cost = usage.pop("cost", 0)
    response = response | {"choices": [choice], "usage": usage}
    return response | ({"response_cost": cost} if cost else {})
