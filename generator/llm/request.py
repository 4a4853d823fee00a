"""One request to a model: exactly one, because Temporal owns the retries.

LiteLLM writes it and sends it, whoever the provider is. What comes back is read in
`generator/llm/wire`, from the bytes.
"""

import asyncio
import concurrent.futures
import re
import weakref
from typing import Any

from temporalio.exceptions import ApplicationError

from generator.failures import held
from generator.llm.answer import Answer
from generator.llm.choice import access_to, key_of
from generator.llm.client import import_litellm, run
from generator.llm.errors import NO_REASON, UNFINISHED, explain
from generator.llm.extras import learn_refused, without_refused
from generator.llm.joining.seam import split_at_seam
from generator.llm.prefill import goes_on_in
from generator.llm.prompts import messages
from generator.llm.remedies import is_blocked
from generator.llm.spending import keep_limit
from generator.llm.usage import counted, price_of
from generator.llm.wire import Exchange, current, meaning
from generator.llm.wire.litellm import read_as_litellm_does
from generator.settings import public, setting
from models import LLMCallInput

FREE = {"mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
READ_TIMEOUT = 600.0  # seconds of silence; reasoning models think for minutes


class Request:
    """A request, and what has come of it so far."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments | {"logger_fn": self.note}
        self.sent = False
        self.thoughts = 0  # how many of them the answer knows
        self.exchange = Exchange()

    def note(self, details: dict[str, Any]) -> None:
        """Learn from LiteLLM that the request is complete and goes out now."""
        self.sent = self.sent or details.get("log_event_type") == "pre_api_call"
        # LiteLLM would price the stream before its first word, and load 42 MB of tokens for that.
        # What comes from a cache it does not price.
        details["cache_hit"] = True

    @property
    def finish_reason(self) -> str:
        """The provider's own word for why the answer ended, "" if it has not said."""
        return self.exchange.reason

    def run(self, answer: Answer) -> Exception | None:
        """Ask, and wait for the end; return what was raised meanwhile.

        Raises:
            ApplicationError: it was stopped.
        """
        try:
            run(self.receive(answer)).result()
        except concurrent.futures.CancelledError:
            if not answer.has_enough():
                count_what_came(self, answer)
                raise ApplicationError("The answer was stopped", type="Stopped") from None
            self.exchange.reason = "length"
        except Exception as error:
            return error
        finally:
            answer.task = None
        return None

    def is_blocked(self) -> bool:
        """Tell whether a filter cut the answer, and said so as an error."""
        reply = self.exchange.failure()
        return bool(self.exchange.has_text and reply and is_blocked(reply))

    def refuses_extras(self) -> bool:
        """Tell whether the server is to be asked once more, without what it refuses."""
        reply = self.exchange.failure()
        said = self.exchange.raw.decode(errors="replace")
        asked = self.exchange.asked.decode(errors="replace")
        return bool(reply and learn_refused(self.arguments, reply.status, said, asked))

    async def receive(self, answer: Answer) -> None:
        """Add the model's words to `answer` as they come.

        To cancel this closes the connection at once, whoever the provider is: in mid-answer, in
        silence, and before the first byte.
        """
        answer.begin(asyncio.current_task())
        self.answer, exchange = answer, self.exchange
        current.set(weakref.ref(exchange))
        try:
            stream = await import_litellm().acompletion(**self.arguments)
            if hasattr(stream, "fetch_stream"):
                await stream.fetch_stream()  # some requests go out no earlier
        except Exception:
            self.add(exchange.take(last=True))
            if exchange.reason or (exchange.wire and exchange.ended):
                return  # all that there is of the answer is here: LiteLLM could not read it
            raise
        finally:
            self.sent = self.sent or exchange.status > 0
        self.sent = True
        if exchange.body and await exchange.body.is_understood():
            try:
                await exchange.body.read(self.add)
            except asyncio.CancelledError:
                if not exchange.reason or answer.has_enough():
                    raise  # else its end was here already
        else:
            await read_as_litellm_does(stream, exchange, self.add)

    def add(self, text: str) -> None:
        """Take what has come."""
        new, self.thoughts = self.exchange.thoughts[self.thoughts :], len(self.exchange.thoughts)
        if new:
            self.answer.think("".join(new))
        if text:
            self.answer.add(text)


def ask_model(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Stream one completion into `answer`.

    Returns:
        LiteLLM's `ModelResponse` as a dict, with an empty content. Its finish reason is `stop`,
        `length` or `content_filter`; beside it, `native_finish_reason` has the provider's own word.
        The message has `reasoning_content` and `refusal` where there were such, and the response
        `citations`, `search_results` and `annotations`.

    Raises:
        ApplicationError: see `explain`; UNFINISHED if the answer ends without a finish reason, or
            with one that does not mean that it is whole.
    """
    arguments = arguments_of(input, answer)
    while True:
        request = Request(without_refused(arguments))
        error = request.run(answer)
        if request.is_blocked():
            request.exchange.end("content_filter")
        if meaning(request.finish_reason) != "cut":
            return response_of(request, answer)
        if not request.refuses_extras():
            count_what_came(request, answer)
            raise why_cut(request, error) from None


def arguments_of(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Return what LiteLLM is to ask, and of whom: for a report, or for the rest of one.

    Raises:
        ApplicationError: the limit of cost does not pay for it.
    """
    litellm, model = import_litellm(), input.model or setting("LLM_MODEL")
    # By the shorter name LiteLLM asks at an older address, and takes an output limit for the end.
    model = re.sub("^ollama/", "ollama_chat/", model)
    if model.startswith("ollama_chat/"):
        # LiteLLM asks Ollama itself about models that it does not know, and all answers would wait.
        litellm.model_cost.setdefault(model, FREE | {"litellm_provider": model.partition("/")[0]})
    head, _ = split_at_seam(answer.draft)
    asked, access = messages(input, head), access_to(model)
    answer.prefilled = head != "" and goes_on_in(asked[:-1], model, access)
    return dict(
        model=model,
        **access._asdict(),
        **address_of_endpoint(model, access.api_base),
        **keep_limit(answer, model),
        messages=asked[:-1] if answer.prefilled else asked,
        stream=True,
        stream_options={"include_usage": True},
        timeout=READ_TIMEOUT,
        num_retries=0,
        max_retries=0,
        drop_params=True,
    )


def address_of_endpoint(model: str, base: str | None) -> dict[str, str]:
    """SageMaker's address, for which LiteLLM takes another argument, and a whole one: that of a VPC
    endpoint, say."""
    provider, _, name = model.partition("/")
    if not (base and provider.startswith("sagemaker")):
        return {}
    path = f"/endpoints/{name.rpartition('/')[2]}/invocations-response-stream"
    return {"sagemaker_base_url": base.rstrip("/").removesuffix(path) + path}


def why_cut(request: Request, error: Exception | None) -> ApplicationError:
    """Return what became of a request that brought no whole answer."""
    exchange = request.exchange
    if exchange.misled_to:
        return held(
            f"{exchange.address} redirects to {public(exchange.misled_to)}, which does not"
            " get the key. Correct LLM_API_BASE in .env, and restart the worker"
        )
    if exchange.is_web_page() and exchange.status < 400:
        return held(
            "What came back is a web page and not a model's answer. Correct LLM_API_BASE in"
            " .env, and restart the worker"
        )
    if (reply := exchange.failure()) or error:
        model = request.arguments["model"]
        return explain(
            error, request.sent, exchange.bought, reply, exchange.address, model, key_of(model)
        )
    if exchange.is_put_off():
        return ApplicationError(
            "The provider has put the answer off, and this program does not ask for it later. Set"
            " LLM_MODEL in .env to a model that answers at once, and start a new run",
            type="PutOff",
            non_retryable=True,
        )
    if not exchange.heard:
        server = exchange.address or "the server"
        said = f"There was no answer: {server} hung up before it began"
    elif exchange.reason:
        said = f"The answer ended with the finish reason {public(exchange.reason)!r}"
    else:
        said = NO_REASON
    return ApplicationError(said, type=UNFINISHED)


def response_of(request: Request, answer: Answer) -> dict[str, Any]:
    """Return LiteLLM's `ModelResponse` without the text, which `answer` has.

    `usage` has the `cost` in US dollars, where LiteLLM or the provider knows it.
    """
    exchange, model = request.exchange, request.arguments["model"]
    message = {"role": "assistant", "content": ""}
    if exchange.thoughts:
        message["reasoning_content"] = "".join(exchange.thoughts)
    if exchange.refusal:
        message["refusal"] = exchange.refusal
    choice = {
        "index": 0,
        "finish_reason": meaning(request.finish_reason),
        "native_finish_reason": request.finish_reason,
        "message": message,
    }
    name = exchange.model or model.partition("/")[2]
    built = import_litellm().ModelResponse(id=exchange.id or None, model=name)
    response: dict[str, Any] = built.model_dump(exclude_none=True)
    response |= {"choices": [choice], **exchange.beside}
    return response | {"usage": usage_of(request, answer)}


def count_what_came(request: Request, answer: Answer) -> None:
    """Count an answer that was cut: its provider wants money for what there is of it."""
    if request.exchange.bought:
        answer.count(usage_of(request, answer))


def usage_of(request: Request, answer: Answer) -> dict[str, Any]:
    """Return the tokens and the `cost` in US dollars, estimated where nobody has counted them."""
    exchange, arguments = request.exchange, request.arguments
    text = "".join([*answer.pieces, *exchange.thoughts])
    usage = counted(exchange.usage, arguments["model"], arguments["messages"], text)
    name = exchange.model or arguments["model"].partition("/")[2]
    return usage | {"cost": price_of(usage, [arguments["model"], name])}
