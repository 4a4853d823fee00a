"""The families of providers: which model asks whom, and with which settings.

The models are real ones where LiteLLM knows the price.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import trustme

from support.llm_server import LLMServer

KEY = "test-key-0123456789abcdef"  # no "sk-": it must be recognised as the key that it is

Settings = dict[str, str]


@dataclass(frozen=True)
class Family:
    """A provider, or a way to reach one."""

    name: str
    model: str
    wire: str  # its `Wire.name`
    settings: Callable[[LLMServer, Path], Settings]

    def __str__(self) -> str:
        return self.name

    def environment(self, llm: LLMServer, folder: Path) -> Settings:
        """Return the settings for this family, LLM_MODEL among them; `folder` is for files."""
        return {"LLM_MODEL": self.model} | self.settings(llm, folder)


def at(path: str) -> Callable[[LLMServer, Path], Settings]:
    """Reach the server at this path, with a key."""
    return lambda llm, _: {"LLM_API_KEY": KEY, "LLM_API_BASE": llm.url + path}


def azure(llm: LLMServer, _: Path) -> Settings:
    return {"LLM_API_KEY": KEY, "LLM_API_BASE": llm.url, "AZURE_API_VERSION": "2024-10-21"}


def vertex(llm: LLMServer, folder: Path) -> Settings:
    """Sign in as a service account, whose file names the server to ask for a token."""
    ca = trustme.CA(key_type=trustme.KeyType.RSA)  # the key of any certificate will do
    account = {
        "type": "service_account",
        "project_id": "tests",
        "private_key_id": "1",
        "private_key": ca.private_key_pem.bytes().decode(),
        "client_email": "tests@tests.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{llm.url}/token",
    }
    file = folder / "service-account.json"
    file.write_text(json.dumps(account))
    return {
        "LLM_API_BASE": llm.url,
        "GOOGLE_APPLICATION_CREDENTIALS": str(file),
        "VERTEXAI_PROJECT": "tests",
        "VERTEXAI_LOCATION": "us-central1",
    }


def bedrock(llm: LLMServer, _: Path) -> Settings:
    """Sign with an access key, as a role or a profile would."""
    return {
        "LLM_API_BASE": llm.url,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": "secret-0123456789abcdef",
        "AWS_REGION_NAME": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def local(llm: LLMServer, _: Path) -> Settings:
    return {"LLM_API_BASE": llm.url}


FAMILIES = [
    Family("openai", "openai/gpt-4o", "openai", at("/v1")),
    Family("responses", "openai/o3-pro", "responses", at("/v1")),
    Family("azure", "azure/gpt-4o", "azure", azure),
    Family("anthropic", "anthropic/claude-sonnet-4-5", "anthropic", at("")),
    Family("gemini", "gemini/gemini-2.5-flash", "gemini", at("/v1beta")),
    Family("vertex", "vertex_ai/gemini-2.5-flash", "vertex_ai", vertex),
    Family("bedrock", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock", bedrock),
    Family("ollama", "ollama_chat/llama3.1", "ollama", local),
    Family("compatible", "hosted_vllm/test-model", "openai", at("/v1")),
]
