"""The wires whose answers are read here. What none of them knows is left to LiteLLM."""

from generator.llm.wire import openai
from generator.llm.wire.exchange import Wire

WIRES: tuple[Wire, ...] = (openai.read,)
