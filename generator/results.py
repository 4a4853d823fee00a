"""What Activities bring and have got so far, taken apart in one place.

People complete an Activity by hand, or send a heartbeat for it, with anything; and workers of other
programs answer. What comes is taken as it is, as in `received`, and refused in one sentence.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar, cast

from temporalio import workflow
from temporalio.converter import value_to_type
from temporalio.exceptions import ApplicationError

from generator.packing import unpacked
from generator.received import all_whole, is_amount, whole
from models import DocumentsFound, PageRead, SearchResult

In = TypeVar("In")
Out = TypeVar("Out")


def start_activity(
    activity: Callable[[In], Out], input: In, **options: Any
) -> workflow.ActivityHandle[Any]:
    """Start an Activity as `workflow.start_activity` does, and take whatever will come back.

    What is no result of this Activity, since somebody has completed it by hand, would fail the
    Workflow Task for ever. By its name alone the SDK expects nothing of it.
    """
    return workflow.start_activity(activity.__name__, input, **options)


async def execute_activity(activity: Callable[[In], Out], input: In, **options: Any) -> Any:
    """Execute an Activity as `workflow.execute_activity` does, and return whatever comes back."""
    return await start_activity(activity, input, **options)


def answer_in(result: Any) -> dict[str, Any]:
    """Return the result of `llm_call`.

    Raises:
        ApplicationError: non-retryable, as somebody has completed it with something else.
    """
    try:
        content = result["choices"][0]["message"]["content"]
        usage = result.get("usage") or {}
        numbers = [usage.get("total_tokens"), result.get("response_cost"), result.get("max_cost")]
        models = result.get("also_by") or []
        fits = isinstance(content, str) and all(isinstance(model, str) for model in models)
        if fits and all(is_amount(number or 0) for number in numbers):
            return cast(dict[str, Any], result)
    except (AttributeError, IndexError, KeyError, TypeError):
        pass
    raise _wrong_result("llm_call", 'an answer {"choices": [{"message": {"content": "..."}}]}')


def models_in(answer: dict[str, Any]) -> list[str]:
    """Return the models that an answer is by: workers may have different ones."""
    return [*filter(None, [*(answer.get("also_by") or []), str(answer.get("model") or "")])]


def paid_in(detail: Any) -> dict[str, Any]:
    """Return what an answer used and cost before it failed for good, {} if nothing says so."""
    if isinstance(detail, dict):
        with contextlib.suppress(ApplicationError):
            return answer_in({**detail, "choices": [{"message": {"content": ""}}]})
    return {}


def found_in(result: Any) -> SearchResult:
    """Return the result of `web_search`; raises as `answer_in` does."""
    try:
        found: SearchResult = value_to_type(SearchResult, all_whole(result))
    except (TypeError, ValueError, RecursionError):
        found = SearchResult(cost=-1)
    if not is_amount(found.cost or 0):
        raise _wrong_result("web_search", 'what it finds {"sources": [...]}')
    return found


def page_in(result: Any) -> PageRead:
    """Return the result of `read_page`; raises as `answer_in` does."""
    try:
        page: PageRead = value_to_type(PageRead, all_whole(result))
        unpacked(page.passages), unpacked(page.facts)
    except (TypeError, ValueError, RecursionError):
        raise _wrong_result("read_page", 'what a page says {"url": "...", ...}') from None
    return page


def documents_in(result: Any) -> DocumentsFound:
    """Return the result of `search_documents`; raises as `answer_in` does."""
    try:
        found: DocumentsFound = value_to_type(DocumentsFound, all_whole(result))
        for page in found.pages:
            page_in(asdict(page))  # or it is refused
    except (TypeError, ValueError, RecursionError):
        raise _wrong_result("search_documents", 'what it finds {"pages": [...]}') from None
    return found


def checkpoint_in(details: Sequence[Any]) -> tuple[Any, ...]:
    """Return the checkpoint of an answer, () if it is none: anybody may send a heartbeat.

    What it says was spent counts for the limit of cost, and what is negative would raise that.
    """
    if not details:
        return ()
    draft, totals, *counts = [*details, {}] if len(details) < 2 else details
    models = counts.pop() if len(counts) == 4 else []
    numbers = [each for part in counts for each in (part if isinstance(part, list) else [part])]
    fits = len(counts) < 3 or (isinstance(counts[2], list) and len(counts[2]) == 2)
    fits &= isinstance(draft, str) and isinstance(totals, dict) and len(counts) <= 3
    fits &= isinstance(models, list) and all(isinstance(model, str) for model in models)
    fits = fits and all(is_amount(number) for number in [*totals.values(), *numbers])
    return (whole(draft), *details[1:]) if fits else ()


def mailed_in(details: Sequence[Any]) -> tuple[Any, ...]:
    """Return how far a mail is: a pair for each recipient that is done; () if it is not that."""
    pairs = details[0] if len(details) == 1 else None
    fits = isinstance(pairs, list) and all(
        isinstance(pair, list) and list(map(type, pair)) == [str, str] for pair in pairs
    )
    return (pairs,) if fits else ()


def text_in(result: Any, activity: str) -> str:
    """Return the result of an Activity that is a text; raises as `answer_in` does."""
    if not isinstance(result, str):
        raise _wrong_result(activity, "a text")
    return str(whole(result))


def _wrong_result(activity: str, wanted: str) -> ApplicationError:
    return ApplicationError(
        f"{activity} was completed by hand, and not with {wanted}",
        type="WrongResult",
        non_retryable=True,
    )
