"""A question in, a model's answer out: as many requests as it takes, each word paid for once.

It knows nothing of Temporal but how to fail: retries, heartbeats and cancellation are its caller's.
What a failure does to a run: where trying again costs nothing, a run waits for ever; where it costs
money and gets nowhere, it stops, and what has been written by then becomes the report. A report
that is known to be incomplete says so, and why.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError

from generator.failures import COST_LIMIT
from generator.llm.answer import Answer
from generator.llm.demo import ask_demo
from generator.llm.errors import BROKEN, NO_REASON, UNFINISHED
from generator.llm.joining.seam import split_at_seam
from generator.llm.letters import Skeleton
from generator.llm.prompts import INCOMPLETE_NOTE, messages
from generator.llm.remedies import OTHER_WORDS, SHORTEN, TOO_LONG
from generator.llm.request import ask_model
from generator.llm.text.apology import without_apology
from generator.llm.text.cited import merged, renumbered, sources_beside, with_references
from generator.llm.text.clean import report_alone, written
from generator.llm.text.loops import without_echo
from generator.llm.text.thoughts import report_in
from generator.llm.text.tokens import about_tokens
from generator.llm.text.tools import ends_in_tool_call
from generator.llm.text.whole import LAST_LINE, without_half_sentence
from generator.llm.usage import price_of
from generator.settings import public, setting
from generator.wording import literal
from models import LLMCallInput, Task

MAX_REQUESTS = 6  # for one answer: the first, and continuations at the model's output limit
MAX_FRUITLESS = 3  # answers in a row that were bought and brought nothing new
MAX_LOOPS = 2  # requests in which the model repeats itself
EMPTY = "EmptyAnswer"  # the type of a failure
STUB = 80  # characters: what is shorter is no report that had better be kept
SCRAP, HANDFUL = 80, 24  # characters and tokens of a continuation that brings next to nothing
A_SENTENCE = 20  # letters that nobody writes twice by chance
PAGE = 512  # tokens: contexts come in multiples of it, and answers hardly ever fill one to the last

BESIDE = {"citations", "search_results", "annotations"}  # of a response: what goes into the text
WHAT = {Task.REPORT: "report", Task.SECTION: "section", Task.LEAD: "part", Task.OUTLINE: "outline"}

# Why a report is incomplete.
TOO_LARGE = "it was longer than one report can hold"
NO_END = f"the model had not finished after {MAX_REQUESTS} requests"
FILTERED = "the provider's content filter stopped it"
LOOPED = "the model began to repeat itself"
CONTEXT_FULL = "the model's context was full"
NOT_GONE_ON = "the model did not go on"
LIMIT_REACHED = "the limit of cost was reached"


def write_answer(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Ask for the report, and for more of it while the model stops at its output limit.

    Returns and raises what `llm_call` does.
    """
    model = input.model or setting("LLM_MODEL")
    ask = ask_demo if input.demo or model == "demo" else ask_model
    count_unfinished(answer, model)
    answer.model = model
    try:
        for number in range(MAX_REQUESTS):
            asked = messages(input, split_at_seam(answer.draft)[0])
            answer.asked = sum(about_tokens(message["content"]) for message in asked)
            response = ask(input, answer)
            answer.count(response["usage"])
            missing = take(response, answer, was_cut=number == 0)
            if missing is not None:
                break
        else:
            missing = NO_END
    except Exception as error:
        missing = leave_to_next_attempt(as_failure(error), answer)
        response = {"object": "chat.completion", "model": model.partition("/")[2] or model}
    return report(input, response, answer, missing)


def as_failure(error: Exception) -> ApplicationError:
    """Return a failure that counts. What our own code, or a library's, raised over an answer would
    be retried without end otherwise, and each time the answer would be bought again."""
    if isinstance(error, ApplicationError):
        return error
    logging.getLogger(__name__).error("failed over an answer", exc_info=error)
    return ApplicationError(
        "This program failed over the answer: its log says why", type=UNFINISHED
    )


def stopped_answer(answer: Answer, model: str) -> dict[str, Any]:
    """Return an answer that nobody wants any more: no text, but what it has taken."""
    count_unfinished(answer, model)
    answer.replace("")
    response = {"object": "chat.completion", "model": model.partition("/")[2] or model}
    return report(LLMCallInput(""), response, answer, "")


def count_unfinished(answer: Answer, model: str) -> None:
    """Count what the attempt before this one had bought when it was killed, as far as is known."""
    if answer.written:
        usage: dict[str, Any] = {
            "prompt_tokens": answer.asked,
            "completion_tokens": answer.written,
            "total_tokens": answer.asked + answer.written,
        }
        answer.count(usage | {"cost": price_of(usage, [model]), "estimated": 1})


def take(response: Mapping[str, Any], answer: Answer, was_cut: bool) -> str | None:
    """Make a request's text part of the draft, which `was_cut` and has not come to a limit.

    Returns:
        None if more is to be asked for; else why the answer is incomplete, "" if it is whole.

    Raises:
        ApplicationError: there is no text, or nothing to make do with.
    """
    choice = response["choices"][0]
    reason, message = choice["finish_reason"], choice["message"]
    received, before = answer.received(), answer.draft
    calls_tool = ends_in_tool_call(received)
    if reason == "stop" and not written(received, complete=True).strip():
        answer.pieces = [report_in(message.get("reasoning_content") or "")]
    if reason == "content_filter":
        answer.pieces = [without_apology(received)]
    if (cited := sources_beside(response)) and answer.pieces:
        answer.pieces = [renumbered("".join(answer.pieces), merged(answer.sources, cited))]
    if answer.looping and answer.has_ended_before_loop():
        answer.looping, reason = False, "stop"
    if answer.looping:
        return take_loop(answer)
    if answer.is_full():
        answer.end_request(complete=True)
        return TOO_LARGE
    text = written(answer.received(), complete=True).strip()
    if reason == "stop" and not calls_tool:
        if not message.get("refusal") and answer.is_confirmed(text, was_cut):
            answer.forget_request()
            return ""
        if another := answer.another(text):
            answer.replace(another)  # in other words, but as a whole
            answer.models = [answer.model]
            return ""
    gained = answer.end_request(complete=reason != "content_filter")
    if reason == "content_filter":
        return kept(
            answer, FILTERED, f"The provider's content filter blocked the answer. {OTHER_WORDS}"
        )
    if reason == "length" and context_is_full(response, before, received, text):
        if before:
            answer.replace(before)  # the handful of words would be a scrap
        return kept(
            answer, CONTEXT_FULL, f"The question leaves the model no room to answer. {SHORTEN}"
        )
    if not gained and answer.loops:
        return LOOPED  # it was asked on, and has no more to say
    if not gained:
        raise ApplicationError(why_nothing(reason, message, received, text), type=EMPTY)
    answer.fruitless = 0
    ended = reason == "stop" and not calls_tool
    # A model that was asked to go on may write a word or two, and stop: it is asked once more.
    scrap = before and len(text) < SCRAP and answer.ends_in_mid_sentence()
    return "" if ended and not scrap else None


def take_loop(answer: Answer) -> str | None:
    """Keep what an answer that went round in circles had before; ask on, the first time."""
    answer.loops += 1
    received = answer.received()
    answer.end_request(complete=True)
    answer.replace(without_echo(answer.draft, received))
    if answer.loops < MAX_LOOPS:
        return None
    return kept(answer, LOOPED, f"The model repeats itself without end. {OTHER_WORDS}")


def kept(answer: Answer, missing: str, failure: str) -> str:
    """Return what is missing from the draft; raise the failure if there is none worth keeping."""
    if len(answer.draft.strip()) < STUB:
        kind = "ContentFilter" if missing == FILTERED else EMPTY
        raise ApplicationError(f"{failure}, and start a new run", type=kind, non_retryable=True)
    return missing


def context_is_full(response: Mapping[str, Any], before: str, received: str, text: str) -> bool:
    """Tell whether an answer stopped because question and answer fill the model's context.

    Providers give that as the output limit's reason. It shows by the sum of the tokens, or by what
    a continuation brings: next to nothing, and no thoughts either.
    """
    thoughts = response["choices"][0]["message"].get("reasoning_content")
    only_thought = bool(thoughts or (received.strip() and not text))
    usage = response["usage"]
    total, new = usage.get("total_tokens") or 0, usage.get("completion_tokens") or 0
    handful = len(text) < SCRAP or (new <= HANDFUL and not usage.get("estimated"))
    if before and not only_thought and handful:
        return True
    return not usage.get("estimated") and total > 0 and total % PAGE == 0 and new % PAGE != 0


def why_nothing(reason: str, message: Mapping[str, Any], received: str, text: str) -> str:
    """Return why an answer brought nothing new."""
    if reason == "length":
        return "The model used up its output limit without writing anything new"
    if refusal := message.get("refusal"):
        return f"The model refused: {public(str(refusal))[:300].rstrip('. ')}"
    if ends_in_tool_call(received):
        return "The model called a tool, which nobody offered to it, and wrote no answer"
    if not text and (received.strip() or message.get("reasoning_content")):
        return "The model only thought, and wrote no answer"
    if text:
        return "The model wrote nothing new"
    return "The model answered nothing, or refused"


def leave_to_next_attempt(error: ApplicationError, answer: Answer) -> str:
    """Raise the failure, unless no attempt can change it and there is a draft to make do with.

    Returns:
        Why the draft is incomplete, "" if it is whole after all.
    """
    missing = NOT_GONE_ON
    if error.message == NO_REASON and has_ended_there_again(answer):
        answer.forget_request()
        return ""
    if error.type in (BROKEN, UNFINISHED, EMPTY) and not error.non_retryable:
        gained = answer.end_request(complete=False)
        answer.fruitless = 0 if gained and error.type == BROKEN else answer.fruitless + 1
        if answer.fruitless < MAX_FRUITLESS:
            if gained and not error.next_retry_delay:  # the outage is over: no longer backoff
                raise ApplicationError(
                    error.message, type=error.type, next_retry_delay=timedelta(seconds=1)
                )
            raise error
        missing = f"{NOT_GONE_ON}: {error.message[:200].rstrip('. ')}"
        error = ApplicationError(
            f"{error.message.rstrip('.')}. It was asked {MAX_FRUITLESS} times. {OTHER_WORDS},"
            " and start a new run",
            type=error.type,
            non_retryable=True,
        )
    elif TOO_LONG.search(error.message):
        missing = CONTEXT_FULL
    elif error.type == COST_LIMIT:
        missing = LIMIT_REACHED
    if not error.non_retryable:
        raise error
    if answer.pieces:
        answer.end_request(complete=False)
    if len(answer.draft.strip()) < STUB:
        raise with_totals(error, answer)
    return missing


def has_ended_there_again(answer: Answer) -> bool:
    """Tell whether an answer that ended without a reason, but after a sentence, a row or an item,
    ended there the second time, too: some servers never say that an answer has ended."""
    whole = LAST_LINE.search(answer.draft.rstrip().rpartition("\n")[2])
    said = written(answer.received(), complete=True).strip()
    again = Skeleton(said).letters
    if not whole or not again:
        return False
    same = len(again) >= A_SENTENCE and Skeleton(answer.draft).letters.endswith(again)
    return same or answer.is_confirmed(said, was_cut=True)


def with_totals(error: ApplicationError, answer: Answer) -> ApplicationError:
    """Return a failure that says what was paid before it: the sums of the run need that."""
    if not answer.totals.get("total_tokens"):
        return error
    usage = dict(answer.totals)
    cost = usage.pop("cost", 0)
    return ApplicationError(
        error.message,
        {"usage": usage, "response_cost": cost or None},
        type=error.type,
        non_retryable=error.non_retryable,
        next_retry_delay=error.next_retry_delay,
    )


def finished(input: LLMCallInput, answer: Answer, missing: str) -> str:
    """Return the draft as a report: without what is around it, and with its references.

    Where something is `missing`, it ends with a whole sentence before the note that says so.
    """
    text = report_alone(answer.draft)
    text = (without_half_sentence(text) if missing else text).strip()
    if input.task == Task.REPORT:
        return with_references(text, answer.sources)
    # Its numbers are not those of the sources that the report has.
    return renumbered(text, {}) if answer.sources else text


def report(
    input: LLMCallInput, response: dict[str, Any], answer: Answer, missing: str
) -> dict[str, Any]:
    """Return the response with the whole text, and what all requests have used and cost."""
    try:
        text = finished(input, answer, missing)
    except Exception as error:  # it is paid for: better as it came than asked for again
        as_failure(error)
        text = answer.draft.strip()
    if missing and input.task != Task.OUTLINE:
        text += INCOMPLETE_NOTE.format(what=WHAT[input.task], reason=literal(missing))
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "length" if missing else "stop", "message": message}
    usage = response.get("usage", {}) | answer.totals
    cost, estimated = usage.pop("cost", 0), usage.pop("estimated", 0)
    usage |= {"estimated": True} if estimated else {}
    response = {name: part for name, part in response.items() if name not in BESIDE}
    response |= {"choices": [choice], "usage": usage}
    response |= {"incomplete": missing} if missing else {}
    # An earlier attempt's worker may have asked another model: the report is by both.
    others = [name.partition("/")[2] or name for name in answer.models if name != answer.model]
    response |= {"also_by": others} if others else {}
    return response | ({"response_cost": cost} if cost else {})
