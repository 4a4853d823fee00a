"""The bytes of an answer, read here before LiteLLM or OpenAI's client see them.

LiteLLM writes requests, which it does well, for a hundred providers. It reads answers as
documentation says that they are; providers send others, and what they said of the end, of errors
and of tokens is then lost. In the order in which things happen: `transport` (where the bytes pass),
`events` (bytes into events), `wires` (which there are) and each of them (what an event says:
`openai`, `responses`, `anthropic`, `google`, `bedrock`, `ollama`, `cohere`), `exchange` (what is
known of one request), `reasons` (whether an answer is whole), `failure` (errors, with status 200,
too). `litellm` is for wires that are not known here.
"""

from generator.llm.wire.exchange import Exchange, current
from generator.llm.wire.failure import Reply
from generator.llm.wire.reasons import meaning

__all__ = ["Exchange", "Reply", "current", "meaning"]
