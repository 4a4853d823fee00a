"""Whether a server lets the model go on in its own message: then an interruption leaves no seam.

What a chat API makes of a message of the assistant at the end, nobody can see from outside: some
go on in it, some answer it, some refuse it. llama.cpp's server goes on (since its pull request
13174), unless it was started with --no-prefill-assistant, and not where the model's template has it
think. It can be asked, for nothing, what it would give the model: /apply-template. So what it does
is known before it is paid for, whatever its version, options and template.
"""

from collections.abc import Sequence

from generator.llm.choice import Access

TIMEOUT = 5.0  # seconds; it reads no prompt for this, and runs no model


def goes_on_in(asked: Sequence[dict[str, str]], model: str, access: Access) -> bool:
    """Tell whether the model would go on, to the letter, in the last of these messages."""
    import httpx

    if not model.startswith("openai/") or not access.api_base:
        return False
    base = access.api_base.rstrip("/")
    headers = {"Authorization": f"Bearer {access.api_key}"} if access.api_key else {}
    try:
        with httpx.Client(timeout=TIMEOUT, headers=headers) as client:
            models = client.get(f"{base}/models").json()["data"]
            if not any(listed.get("owned_by") == "llamacpp" for listed in models):
                return False
            question = {"model": model.partition("/")[2], "messages": list(asked)}
            url = f"{base.removesuffix('/v1')}/apply-template"
            prompt = client.post(url, json=question).json()["prompt"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError):
        return False  # it is another server, or is not there: the request itself will tell
    return isinstance(prompt, str) and prompt.endswith(asked[-1]["content"])
