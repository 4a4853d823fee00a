"""The settings: the environment, and the `.env` file beside this one.

Secrets are among them, so what is read here is told to nobody, and `public` takes it out of texts.
"""

import os
import re

from dotenv import load_dotenv

load_dotenv(override=True)


def setting(name: str, default: str = "") -> str:
    """Return a setting from the environment; an empty one counts as unset."""
    return os.environ.get(name, "").strip() or default


def smtp_settings() -> tuple[str, int, str]:
    """Return host, port and security (`starttls`, `tls` or `none`) of the mail server."""
    security = setting("SMTP_SECURITY", "starttls").lower()
    default_port = {"starttls": 587, "tls": 465, "none": 25}[security]
    return setting("SMTP_HOST"), int(setting("SMTP_PORT") or default_port), security


def public(text: str, topic: str = "") -> str:
    """Return `text` fit for the Event History: short, without secrets or the person's words."""
    for name, value in os.environ.items():
        if len(value) >= 6 and re.search(r"(KEY|PASSWORD|TOKEN|SECRET)", name):
            text = text.replace(value, "***")
    quoted = [topic[i : i + 20] for i in range(0, len(topic) - 19, 20)]
    if len(topic) < 20:
        quoted = re.findall(rf"(?<!\w){re.escape(topic)}(?!\w)", text) if topic else []
    if any(piece in text for piece in quoted):
        return "(its message quoted the topic)"
    text = re.sub(r"\bsk-[\w*-]+", "***", " ".join(text[:5000].split()))
    # LiteLLM puts the names of its error classes first, and says it all again at the end.
    text = re.sub(r"\b(litellm\.)?\w+(Error|Exception)(:| -) ", "", text)
    text = text.partition(" Original exception")[0]
    return text if len(text) <= 300 else text[:300] + "…"
