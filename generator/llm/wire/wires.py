"""The wires whose answers are read here. What none of them knows is left to LiteLLM.

A wire is a function that takes an event and an exchange. It tells whether the event is one of its
own, and if so calls `exchange.add` with text, `think`, `end` with the provider's own end reason,
`count` with the usage in OpenAI's words, and `begin_block` where another block of text begins. The
first wire that knows an event reads all the rest of that answer; errors are found before
(`failure.error_in`), in the same way on all wires.
"""

from collections.abc import Mapping

from generator.llm.wire import anthropic, bedrock, cohere, google, ollama, openai, responses
from generator.llm.wire.events import Events
from generator.llm.wire.exchange import Wire

WIRES: tuple[Wire, ...] = (
    openai.read,
    anthropic.read,
    google.read,
    ollama.read,
    responses.read,
    bedrock.read,
    cohere.read,
)


def events_of(headers: Mapping[str, str]) -> Events:
    """Return what takes a body with these headers apart."""
    aws = "vnd.amazon.eventstream" in headers.get("content-type", "")
    return bedrock.Frames() if aws else Events()
