"""The formats in which the providers of models speak: one module for each, all for one server.

A wire reads a request, and says each part of an answer in its provider's words: what opens it, a
piece of text, how it ends, and what went wrong. How the answer is given (how fast, how far, or not
at all) is the business of `support.behaviours`.
"""

from support.wires.anthropic import Anthropic
from support.wires.bedrock import Bedrock
from support.wires.google import Gemini, Vertex
from support.wires.ollama import Ollama
from support.wires.openai import Azure, Chat
from support.wires.responses import Responses
from support.wires.wire import CAUSES, Failure, Usage, Wire

WIRES: list[type[Wire]] = [Chat, Responses, Azure, Anthropic, Gemini, Vertex, Bedrock, Ollama]

__all__ = ["CAUSES", "WIRES", "Chat", "Failure", "Usage", "Wire"]
