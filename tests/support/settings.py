"""Keys and topic of the tests, and the settings of a worker that is to ask a test's LLM."""

import sys
from pathlib import Path

from support.llm_server import LLMServer

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent

TOPIC = "Why are tardigrades so tough?"
API_KEY = "test-key-0123456789abcdef"  # no "sk-": it must be recognised as the key that it is
SMTP_USERNAME = "reports@example.com"
SMTP_PASSWORD = "correct-horse-battery"


def llm_settings(llm: LLMServer) -> dict[str, str]:
    return {
        "LLM_MODEL": "openai/test-model",
        "LLM_API_KEY": API_KEY,
        "LLM_API_BASE": llm.base_url,
    }
