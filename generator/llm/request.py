"""One request to a model: exactly one, because Temporal owns the retries."""

import asyncio
import concurrent.futures
import re
from collections.abc import Mapping
from typing import Any

from temporalio.exceptions import ApplicationError

from generator.failures import held
from generator.llm.answer import Answer
from generator.llm.client import import_litellm, run
from generator.llm.errors import UNFINISHED, explain
from generator.llm.joining.seam import split_at_seam
from generator.llm.prompts import messages
from generator.settings import setting
from models import LLMCallInput

FREE = {"mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
READ_TIMEOUT = 600.0  # seconds of silence; reasoning models think for minutes


class Request:
    """A request, and what is known of it so far."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments | {"logger_fn": self.note}
        self.sent = False
        self.bought = False  # the model has begun to write or to think
        self.finish_reason = ""  # the provider's; LiteLLM makes one up where a stream just ends
        self.stream: Any = None

    def note(self, details: Mapping[str, Any]) -> None:
        """Learn from LiteLLM that the request is complete and goes out now."""
        self.sent = self.sent or details.get("log_event_type") == "pre_api_call"

    async def receive(self, answer: Answer) -> None:
        """Add the model's words to `answer` as they come.

        To cancel this closes the connection at once, whoever the provider is: in mid-answer, in
        silence, and before the first byte.
        """
        answer.begin(asyncio.current_task())
        self.stream = stream = await import_litellm().acompletion(**self.arguments)
        self.sent = True
        if hasattr(stream.completion_stream, "__aiter__"):
            # LiteLLM asks for an iterator at each chunk. OpenAI's client would make a new one, and
            # leave a task behind to close it: a fifth of the time.
            stream.completion_stream = aiter(stream.completion_stream)
        opening: int | None = None
        async for chunk in stream:
            reason = stream.received_finish_reason or stream.intermittent_finish_reason
            self.finish_reason = reason or self.finish_reason
            delta = chunk.choices[0].delta if chunk.choices else None
            if not delta or not (delta.content or delta.get("reasoning_content")):
                continue
            self.bought = True
            if delta.content:
                answer.add(delta.content)
            # LiteLLM keeps every chunk, and puts all of them together at the end. Of those with
            # text, it needs the last two, to notice that a model repeats itself.
            if opening is None:
                opening = len(stream.chunks) - 1
            del stream.chunks[opening:-2]
            stream.response_uptil_now = ""
            await give_way()


async def give_way() -> None:
    """Let the other answers have their turn.

    A cancellation that comes now is put off to the read that waits for more: there it hangs up.
    What has been received is taken in on the way, and no more comes in meanwhile.
    """
    task = asyncio.current_task()
    if task and not task.cancelling():
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            task.cancel()


def ask_model(input: LLMCallInput, answer: Answer) -> dict[str, Any]:
    """Stream one completion into `answer`.

    Returns:
        LiteLLM's `ModelResponse` as a dict, with an empty content.

    Raises:
        ApplicationError: see `explain`; UNFINISHED if the answer ends without a finish reason, or
            the model repeats itself.
    """
    litellm, model = import_litellm(), input.model or setting("LLM_MODEL")
    # By the shorter name LiteLLM asks at an older address, and takes an output limit for the end.
    model = re.sub("^ollama/", "ollama_chat/", model)
    if model.startswith("ollama_chat/"):
        # LiteLLM asks Ollama itself about models that it does not know, and all answers would wait.
        litellm.model_cost.setdefault(model, FREE | {"litellm_provider": model.partition("/")[0]})
    request = Request(
        dict(
            model=model,
            api_key=setting("LLM_API_KEY") or None,
            api_base=setting("LLM_API_BASE") or None,
            messages=messages(input, split_at_seam(answer.draft)[0]),
            stream=True,
            stream_options={"include_usage": True},
            timeout=READ_TIMEOUT,
            num_retries=0,
            max_retries=0,
            drop_params=True,
        )
    )
    try:
        run(request.receive(answer)).result()
    except concurrent.futures.CancelledError:
        if not answer.is_full():
            raise ApplicationError("The answer was stopped", type="Stopped") from None
        request.finish_reason = "length"
    except Exception as error:
        if answer.forget_loop(litellm.REPEATED_STREAMING_CHUNK_LIMIT - 1):
            raise ApplicationError("The model repeated itself", type=UNFINISHED) from None
        hold_if_web_page(request.stream)
        raise explain(error, request.sent, request.bought) from None
    finally:
        answer.task = None
    if not request.finish_reason:
        hold_if_web_page(request.stream)
        raise ApplicationError("The answer ended without a finish reason", type=UNFINISHED)
    return response_of(request, answer)


def hold_if_web_page(stream: Any) -> None:
    """Raise the failure that a wrong address means, if that is what gave the answer."""
    headers = (stream and stream.hidden_params.get("additional_headers")) or {}
    kind = str(headers.get("llm_provider-content-type", ""))
    # Google's and the Responses API's headers LiteLLM does not pass on; they are at the source.
    source = getattr(stream, "completion_stream", None)
    within = getattr(source, "streaming_response", None)
    if response := getattr(source, "response", None) or getattr(within, "response", None):
        kind = kind or str(response.headers.get("content-type", ""))
    if "html" in kind:
        raise held(
            "What came back is a web page and not a model's answer. Correct LLM_API_BASE in"
            " .env, and restart the worker: the run goes on then"
        ) from None


def response_of(request: Request, answer: Answer) -> dict[str, Any]:
    """Return LiteLLM's `ModelResponse` without the text, which `answer` has, and without thoughts.

    `usage` has the `cost` in US dollars, where LiteLLM or the provider knows it.
    """
    litellm = import_litellm()
    chunks = request.stream.chunks
    built = litellm.stream_chunk_builder(chunks)
    usage = built.usage
    if answer.is_full() or not any(getattr(chunk, "usage", None) for chunk in chunks):
        # The provider has not counted, or not to the end.
        model, asked = request.arguments["model"], request.arguments["messages"]
        written = litellm.token_counter(model=model, text="".join(answer.pieces))
        read = usage.prompt_tokens or litellm.token_counter(model=model, messages=asked)
        usage = litellm.Usage(prompt_tokens=read, completion_tokens=written)
    choice = {
        "index": 0,
        "finish_reason": request.finish_reason,
        "message": {"role": "assistant", "content": ""},
    }
    response: dict[str, Any] = built.model_dump(exclude_none=True) | {"choices": [choice]}
    response["usage"] = usage.model_dump(exclude_none=True)
    response["usage"]["cost"] = cost_of(request, built, usage)
    return response


def cost_of(request: Request, built: Any, usage: Any) -> float | None:
    """Return what a response cost in US dollars, None if nobody knows."""
    litellm, model = import_litellm(), request.arguments["model"]
    if cost := getattr(usage, "cost", None):
        return float(cost)  # the provider says so
    for name in dict.fromkeys([model, built.model]):
        try:
            return float(sum(litellm.cost_per_token(model=name, usage_object=usage)))
        except Exception:
            continue  # LiteLLM's way to say that it knows no price
    return None
