"""What comes from outside, taken apart in one place, for Workflow code: inputs, signals, updates.

People start runs by hand or press a button of the Web UI; so do programs that are not ours.
Temporal's SDK tries a Workflow Task for ever whose input it cannot turn into the type that is
declared. So what comes is taken as it is, looked at here by pure functions, and answered: with a
note, a refusal, or a failure in one sentence. `results` does the same for what Activities bring.
"""

import functools
import inspect
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Any, TypeVar, cast

from temporalio.converter import value_to_type
from temporalio.exceptions import ApplicationError

from models import (
    FEWEST_SECTIONS,
    MOST_SECTIONS,
    GenerateReportInput,
    ReportStatus,
    Stage,
    UserDecisionSignal,
)

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

MAX_TOPIC = 200_000  # bytes; Temporal refuses an input over 2 MiB
KINDS: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


def takes_anything(
    run: Callable[[T, GenerateReportInput], Awaitable[str]],
) -> Callable[[T, GenerateReportInput], Awaitable[str]]:
    """Let a Workflow's run method be called with whatever a run was started with.

    For type checkers it stays what it is. The SDK sees that it takes any arguments, and decodes
    them without expecting a type.
    """

    async def taking_anything(self: T, *given: Any) -> str:
        return await run(self, report_input(given)[0])

    del taking_anything.__annotations__["self"]  # to be the same as those of __init__
    return _named_like(run, taking_anything)


def report_input(given: Sequence[Any]) -> tuple[GenerateReportInput, str]:
    """Return what a run was started with, and what is wrong with it, "" if nothing.

    What is wrong is no input: the run has nothing to go by but the sentence.
    """
    nothing = GenerateReportInput(prompt="")
    example = 'like {"prompt": "Your topic"}'
    found, problem = _object_in(given, GenerateReportInput, "The run", example)
    if problem:
        return nothing, problem
    input = GenerateReportInput(**found)
    return (nothing, problem) if (problem := problem_with(input)) else (input, "")


def takes_its_input(activity: F) -> F:
    """Let an Activity, which has one input, refuse in a sentence what is none.

    Anybody may start it by itself. The SDK tries it for ever where it cannot decode the input.
    """
    [parameter] = inspect.signature(activity).parameters.values()

    def taking_anything(*given: Any) -> Any:
        if not given and parameter.default is not parameter.empty:
            return activity()
        return activity(activity_input(given, activity.__name__, parameter.annotation))

    return cast(F, _named_like(activity, taking_anything))


def _named_like(known: Callable[..., Any], taking_anything: F) -> F:
    """Give a function the name of another, but not its annotations: the SDK would go by them."""
    names = ("__module__", "__name__", "__qualname__", "__doc__")
    functools.update_wrapper(taking_anything, known, assigned=names)
    del taking_anything.__wrapped__  # type: ignore[attr-defined]
    return taking_anything


def activity_input(given: Sequence[Any], name: str, kind: type[T]) -> T:
    """Return the input of an Activity, of this kind.

    Raises:
        ApplicationError: non-retryable, as it was given something else.
    """
    if len(given) == 1 and isinstance(given[0], kind):
        return given[0]
    reason = f"{len(given)} inputs were given"
    if len(given) == 1:
        try:
            return cast(T, value_to_type(kind, all_whole(given[0])))
        except (TypeError, ValueError, RecursionError) as error:
            reason = _why_not_converted(error)
    raise ApplicationError(
        f"{name} takes one {kind.__name__} (models.py), and not this: {reason}",
        type="WrongInput",
        non_retryable=True,
    )


def _why_not_converted(error: BaseException) -> str:
    """Return which part of a value the SDK could not convert, and why."""
    path: list[str] = []
    while error.__cause__:
        path += re.findall(r"(?:field|index) (\w+)", str(error))
        error = error.__cause__
    why = re.sub(r"<class '([\w.]+)'>", r"\1", str(error))[:200]
    return f"{'.'.join(path)}: {why}" if path else why


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


def new_topic(given: Sequence[Any], stage: Stage) -> tuple[str, str]:
    """Return the topic that a signal brings, and why there is none."""
    if stage != Stage.RESEARCH:
        return "", "A new prompt came too late: the research was over."
    if len(given) != 1 or not isinstance(given[0], str):
        return "", "A new prompt was not one text; the research goes on as it was."
    if not given[0].strip():
        return "", "A new prompt was empty; the research goes on as it was."
    if problem := problem_with_topic(given[0]):
        return "", f"A new prompt was not taken: {problem}; the research goes on as it was."
    return whole(given[0]), ""


def untimely_decision(status: ReportStatus, has_been_taken: bool, seen: str) -> str:
    """Return why a decision on a draft comes too early or too late, "" if it does not."""
    stage = status.stage
    if has_been_taken:
        return "Too late: another decision on this draft came first."
    if stage == Stage.REVIEW and seen not in ("", status.since):
        return "Too late: another decision came first, and the draft is another one now."
    if stage in (Stage.RESEARCH, Stage.REVISION):
        return "Too early: the draft is still being written."
    return "" if stage == Stage.REVIEW else f"Too late: the run is at the stage {stage} already."


def decision_in(given: Sequence[Any]) -> UserDecisionSignal:
    """Return the decision on a draft that an update brings.

    Raises:
        ApplicationError: it brings none, or one that no run can take.
    """
    found, problem = _object_in(
        given, UserDecisionSignal, "The review", 'like {"decision": "KEEP"}'
    )
    if not problem:
        decision = UserDecisionSignal(**found)
        problem = decision.problem()
    if problem:
        raise ApplicationError(problem)
    return decision


def _object_in(
    given: Sequence[Any], kind: type, whose: str, example: str
) -> tuple[dict[str, Any], str]:
    """Return the fields of the one object that was given, and what is wrong with it."""
    if len(given) != 1:
        return {}, f"{whose} has {len(given)} inputs: it takes one, {example}"
    [value] = given
    if isinstance(value, kind):
        value = vars(value)
    if not isinstance(value, dict):
        return {}, f"{whose}'s input is {_kind(value)} and not an object {example}"
    known = {field.name: field for field in fields(kind)}
    for name, part in value.items():
        if name not in known:
            if part:  # an older program need not know a newer one's options while they are unset
                return {}, f"{whose}'s input has {name!r}, which is none of {', '.join(known)}"
        elif not _is(part, wanted := known[name].type):
            return {}, f"{whose}'s {name} is {_not(part, wanted)}"
    for name, field in known.items():
        if field.default is MISSING and name not in value:
            return {}, f"{whose}'s input has no {name}: it is to be {example}"
    return {name: whole(part) for name, part in value.items() if name in known}, ""


# ---- Values -------------------------------------------------------------------------------------


def whole(value: Any) -> Any:
    """Return a text without halves of characters, which no encoding takes; all else as it is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def all_whole(value: Any) -> Any:
    """Return what JSON may hold, with all of its texts `whole`."""
    if isinstance(value, dict):
        return {whole(name): all_whole(part) for name, part in value.items()}
    return [*map(all_whole, value)] if isinstance(value, list) else whole(value)


def is_amount(value: Any) -> bool:
    return _is(value, float) and 0 <= value < math.inf


def _is(value: Any, kind: Any) -> bool:
    if issubclass(kind, StrEnum):
        return value in list(kind)
    if kind in (int, float) and isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if kind is float else kind)


def _not(value: Any, wanted: Any) -> str:
    """Return in words what a value is, and what it was to be."""
    if not issubclass(wanted, StrEnum):
        return f"{_kind(value)} and not {KINDS[wanted]}"
    found = repr(value[:100]) if isinstance(value, str) else _kind(value)
    return f"{found} and not {' or '.join(wanted)}"


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", type(None): "nothing"}
    return (KINDS | names).get(type(value), "something that cannot be read")
