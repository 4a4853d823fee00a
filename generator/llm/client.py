"""LiteLLM, and the event loop on which all answers of this process are received."""

import asyncio
import contextvars
import functools
import gc
import logging
import os
import threading
import warnings
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from generator.collector import collector_paused

T = TypeVar("T")

MAX_PREPARED = 32  # requests that are put together at a time; some log in first, and take seconds


@functools.cache
def import_litellm() -> Any:
    """Import LiteLLM, which takes seconds, and leave retries, logs and settings to this program."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no price list from the network
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # .env has been read
    # LiteLLM writes OpenAI's requests by itself, as those of others. OpenAI's client takes 20 MB.
    os.environ["EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"] = "True"
    with collector_paused():
        import litellm

        # What is here by now stays. To walk it was half the time of many a call.
        gc.freeze()

    # The bridge to OpenAI's Responses puts a plain dict where a model of its own is expected.
    warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)  # failures are told once, as such
    litellm.suppress_debug_info = True
    litellm.disable_streaming_logging = True  # half the time spent on each chunk
    litellm.disable_hf_tokenizer_download = True
    litellm.main._encoding_cache = TokensWhenNeeded()
    from generator.llm.wire.transport import watch

    watch()
    return litellm


class TokensWhenNeeded:
    """LiteLLM's table of tokens. It takes 42 MB, and LiteLLM loads it with the first request."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_litellm().main.encoding, name)


def run(coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """Start a coroutine on the event loop, from any thread."""
    # In a context of its own: connections are kept, and would keep the Activity's.
    context = contextvars.Context()
    return context.run(asyncio.run_coroutine_threadsafe, coroutine, event_loop())


def event_loop() -> asyncio.AbstractEventLoop:
    """Return the event loop, which runs in a thread of its own until the process ends.

    A hundred answers share it. Heartbeats come from the threads of the Activities, so a loop that
    is busy delays none of them.
    """
    with _starting:
        return _start_event_loop()


_starting = threading.Lock()


@functools.cache
def _start_event_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(MAX_PREPARED, thread_name_prefix="llm-prepare"))
    threading.Thread(target=loop.run_forever, name="llm", daemon=True).start()
    return loop
