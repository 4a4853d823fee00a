"""The limit of cost for one answer: what it cannot pay for is not sent, and no longer than it pays.

A run's limit is kept before each request: what the question costs is known by then, and how many
tokens the rest is worth. The model is asked for no more, and hung up on should it not stop there.
"""

from temporalio.exceptions import ApplicationError

from generator.failures import COST_LIMIT
from generator.llm.answer import Answer
from generator.llm.client import import_litellm
from generator.llm.usage import price_of

FEWEST = 50  # tokens; for fewer of them it is not worth asking


def keep_limit(answer: Answer, model: str) -> dict[str, int]:
    """Have the next request cost no more than is left, and return what it is to be asked with.

    Raises:
        ApplicationError: non-retryable, as what is left does not pay for it.
    """
    if answer.may_cost is None:
        return {}
    left = answer.may_cost - answer.totals.get("cost", 0)
    read = price_of({"prompt_tokens": answer.asked, "completion_tokens": 0}, [model]) or 0
    thousand = {"prompt_tokens": answer.asked, "completion_tokens": 1000}
    written = ((price_of(thousand, [model]) or 0) - read) / 1000  # US dollars a token
    if left <= 0 or left < read + max(FEWEST, answer.least) * written:
        raise ApplicationError(
            f"The limit of cost was reached: ${max(left, 0):.6f} is left of it, which does not pay"
            " for this request, so it was not sent. Raise --max-cost, or the worker's MAX_COST",
            type=COST_LIMIT,
            non_retryable=True,
        )
    if not written:
        return {}
    answer.most = int((left - read) / written)
    return {"max_tokens": answer.most} if answer.most < _most_of(model) else {}


def _most_of(model: str) -> float:
    """Return how many tokens a model writes at most if it is not asked for fewer."""
    prices = import_litellm().model_cost
    info = prices.get(model) or prices.get(model.partition("/")[2]) or {}
    return float(info.get("max_output_tokens") or "inf")
