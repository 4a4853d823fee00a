"""What comes from outside, taken apart in one place, for Workflow code: inputs, signals, results.

People start runs by hand, press a button of the Web UI, or complete an Activity themselves; so do
programs that are not ours. Temporal's SDK tries a Workflow Task for ever whose input it cannot
turn into the type that is declared. So what comes is taken as it is, looked at here by pure
functions, and answered: with a note, a refusal, or a failure in one sentence.
"""

import contextlib
import functools
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar, cast

from temporalio import workflow
from temporalio.converter import value_to_type
from temporalio.exceptions import ApplicationError

from generator.packing import unpacked
from models import (
    FEWEST_SECTIONS,
    MOST_SECTIONS,
    DocumentsFound,
    GenerateReportInput,
    PageRead,
    SearchResult,
    Source,
    Stage,
)

T = TypeVar("T")
D = TypeVar("D", SearchResult, PageRead, Source)
In = TypeVar("In")
Out = TypeVar("Out")

MAX_TOPIC = 200_000  # bytes; Temporal refuses an input over 2 MiB
KINDS: dict[type, str] = {str: "a text", bool: "true or false", int: "a whole number"}


def takes_anything(
    run: Callable[[T, GenerateReportInput], Awaitable[str]],
) -> Callable[[T, GenerateReportInput], Awaitable[str]]:
    """Let a Workflow's run method be called with whatever a run was started with.

    For type checkers it stays what it is. The SDK sees that it takes any arguments, and decodes
    them without expecting a type.
    """

    # Not the annotations: the SDK would go by them.
    @functools.wraps(run, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    async def taking_anything(self: T, *given: Any) -> str:
        return await run(self, report_input(given)[0])

    del taking_anything.__wrapped__
    del taking_anything.__annotations__["self"]  # to be the same as those of __init__
    return taking_anything


def report_input(given: Sequence[Any]) -> tuple[GenerateReportInput, str]:
    """Return what a run was started with, and what is wrong with it, "" if nothing.

    What is wrong is no input: the run has nothing to go by but the sentence.
    """
    nothing = GenerateReportInput(prompt="")
    example = 'like {"prompt": "Your topic"}'
    if len(given) != 1:
        return nothing, f"The run was started with {len(given)} inputs: it takes one, {example}"
    [value] = given
    if isinstance(value, GenerateReportInput):
        value = vars(value)
    if not isinstance(value, dict):
        return nothing, f"The run's input is {_kind(value)} and not an object {example}"
    known = {field.name: field.type for field in fields(GenerateReportInput)}
    for name, part in value.items():
        if name not in known:
            if part:  # an older program need not know a newer one's options while they are unset
                return nothing, f"The run's input has {name!r}, which is none of {', '.join(known)}"
        elif not _is(part, known[name]):
            wanted = KINDS.get(known[name], "a number")  # type: ignore[arg-type]
            return nothing, f"The run's {name} is {_kind(part)} and not {wanted}"
    if "prompt" not in value:
        return nothing, f"The run's input has no prompt: it is to be {example}"
    input = GenerateReportInput(
        **{name: whole(part) for name, part in value.items() if name in known}
    )
    return (nothing, problem) if (problem := problem_with(input)) else (input, "")


def problem_with(input: GenerateReportInput) -> str:
    """Return why no run can do what is asked for, "" if one can."""
    if problem := problem_with_topic(input.prompt):
        return problem
    if input.sections and not FEWEST_SECTIONS <= input.sections <= MOST_SECTIONS:
        return (
            f"A report of {input.sections} sections cannot be made: it can have"
            f" {FEWEST_SECTIONS} to {MOST_SECTIONS}"
        )
    if not 0 <= input.max_cost < math.inf:  # nor is NaN
        return f"The limit of cost, {input.max_cost}, is no amount of US dollars"
    if input.sources not in ("", "web", "documents"):
        return f"The sources can be web or documents, and not {input.sources[:100]!r}"
    if input.email and not is_one_address(input.email):
        return f"{input.email[:100]!r} is not one mail address like you@example.com"
    return problem_with_model(input.model)


def problem_with_topic(topic: str) -> str:
    if not topic.strip():
        return "The topic is empty"
    if len(topic.encode(errors="replace")) > MAX_TOPIC:
        return f"The topic is too long: at most {MAX_TOPIC:,} bytes, please"
    return ""


def problem_with_model(model: str) -> str:
    """Return why no run may ask for a model of this name, "" if it may be one.

    LiteLLM makes part of an address of many a name. So none may hold an address, or end it early.
    """
    plain = re.fullmatch(r"[\w@][\w@.:+-]*(?:/[\w@][\w@.:+-]*)*", model, re.ASCII)
    inner = re.search(r"\.\.|(?<![\w-])arn:|@[\w-]+(\.[\w-]+)+/|:\d+/", model)
    if model and (not plain or inner or len(model) > 200):
        return f"{model[:100]!r} is no name of a model that a run may choose"
    return ""


def is_one_address(text: str) -> bool:
    """Tell whether this is one mail address and nothing else: no name, no list, no group."""
    part = r"[^\s@,;:<>()\[\]\"\\]+"
    return len(text) <= 254 and bool(re.fullmatch(f"{part}@{part}", text))


def new_topic(given: Sequence[Any]) -> tuple[str, str]:
    """Return the topic that a signal brings, and why there is none."""
    if len(given) != 1 or not isinstance(given[0], str):
        return "", "A new prompt was not one text; the research goes on as it was."
    if not given[0].strip():
        return "", "A new prompt was empty; the research goes on as it was."
    if problem := problem_with_topic(given[0]):
        return "", f"A new prompt was not taken: {problem}; the research goes on as it was."
    return whole(given[0]), ""


def untimely_decision(stage: Stage, has_been_taken: bool) -> str:
    """Return why a decision on a draft comes too early or too late, "" if it does not."""
    if has_been_taken:
        return "Too late: another decision on this draft came first."
    if stage in (Stage.RESEARCH, Stage.REVISION):
        return "Too early: the draft is still being written."
    return "" if stage == Stage.REVIEW else f"Too late: the run is at the stage {stage} already."


# ---- Results of Activities ----------------------------------------------------------------------


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
        if fits and all(_is_amount(number or 0) for number in numbers):
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
        found: SearchResult = value_to_type(SearchResult, result)
    except (TypeError, ValueError):
        found = SearchResult(cost=-1)
    if not _is_amount(found.cost or 0):
        raise _wrong_result("web_search", 'what it finds {"sources": [...]}')
    return replace(_all_whole(found), sources=[*map(_all_whole, found.sources)])


def page_in(result: Any) -> PageRead:
    """Return the result of `read_page`; raises as `answer_in` does."""
    try:
        page: PageRead = value_to_type(PageRead, result)
        unpacked(page.passages), unpacked(page.facts)
    except (TypeError, ValueError):
        raise _wrong_result("read_page", 'what a page says {"url": "...", ...}') from None
    return _all_whole(page)


def documents_in(result: Any) -> DocumentsFound:
    """Return the result of `search_documents`; raises as `answer_in` does."""
    try:
        found: DocumentsFound = value_to_type(DocumentsFound, result)
        pages = [page_in(asdict(page)) for page in found.pages]
    except (TypeError, ValueError):
        raise _wrong_result("search_documents", 'what it finds {"pages": [...]}') from None
    return replace(found, pages=pages, problems=[*map(whole, found.problems)])


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
    fits = fits and all(_is_amount(number) for number in [*totals.values(), *numbers])
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


# ---- Values -------------------------------------------------------------------------------------


def whole(value: Any) -> Any:
    """Return a text without halves of characters, which no encoding takes; all else as it is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _all_whole(item: D) -> D:
    """Return a dataclass whose texts are `whole`."""
    return replace(item, **{part.name: whole(getattr(item, part.name)) for part in fields(item)})


def _is(value: Any, kind: Any) -> bool:
    if kind in (int, float) and isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if kind is float else kind)


def _is_amount(value: Any) -> bool:
    return _is(value, float) and 0 <= value < math.inf


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", type(None): "nothing", float: "a number"}
    return (KINDS | names).get(type(value), "something that cannot be read")
