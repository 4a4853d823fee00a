"""What a worker needs before it polls: its settings checked, each by the room that uses it; and
what it says of them."""

import contextlib
import io
import re

from generator import mail, pdf
from generator.llm import import_litellm
from generator.price import unknown_price
from generator.search import check_search
from generator.settings import SETTINGS, public, setting, wrong_settings


def check_settings(model: str = "") -> list[str]:
    """Return what is wrong with the worker's settings: a line each, with what to put in `.env`.

    Imports LiteLLM, unless the model, LLM_MODEL if none is given, is `demo`.
    """
    model = model or setting("LLM_MODEL")
    problems = wrong_settings(
        ["REPORTS_DIR", "SIMULATE_EMAIL_FAILURE", "METRICS_ADDRESS", "MAX_COST"]
    )
    if setting("PDF_FONT"):
        try:
            pdf.render("x", font=setting("PDF_FONT"))
        except pdf.UnprintableReport as error:
            problems.append(f"{error}: correct PDF_FONT in .env")
    problems += mail.check_mail()
    if model != "demo":
        problems += check_search()
        problems += check_model(model) or check_limit(model)
    return problems


def check_limit(model: str) -> list[str]:
    """Return why MAX_COST, if it is set, cannot be kept."""
    problem = unknown_price(model, searches=True) if setting("MAX_COST") else ""
    return [problem] if problem else []


def check_model(model: str) -> list[str]:
    api_base = setting("LLM_API_BASE")
    litellm = import_litellm()
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # LiteLLM prints a list of its providers
            _, provider, _, _ = litellm.get_llm_provider(model)
            missing = litellm.validate_environment(model)["missing_keys"]
    except litellm.BadRequestError:
        return [
            f"LLM_MODEL={model} names no provider that LiteLLM knows: put LLM_MODEL=provider/model"
            f" in .env, for example LLM_MODEL={SETTINGS['LLM_MODEL'].default}, or LLM_MODEL=demo"
        ]
    if api_base and not re.match("https?://.", api_base):
        return [f"LLM_API_BASE={api_base} is not a URL: put LLM_API_BASE=https://... in .env"]
    # Addresses have defaults, or LLM_API_BASE gives them; what must be there is a key.
    missing = [name for name in missing if not name.endswith("_API_BASE")]
    if missing and not setting("LLM_API_KEY"):
        return [
            f"No key for {provider}: put LLM_API_KEY=... (or {', '.join(missing)}) in .env, or"
            " LLM_MODEL=demo to try the program without one"
        ]
    return []


def what_is_set() -> list[str]:
    """Return what a worker is going to use: a line each for the model, the search and the mail."""
    lines = [f"Model: {setting('LLM_MODEL')}"]
    if api_base := setting("LLM_API_BASE"):
        lines[0] += f" at {public(api_base)}"
    lines.append(f"Search: {setting('SEARCH_PROVIDER') or 'none, SEARCH_PROVIDER is unset'}")
    host = setting("SMTP_HOST")
    recipient = setting("EMAIL_TO") or "whom --email names"
    lines.append(f"Mail: {f'{host}, to {recipient}' if host else 'simulated, SMTP_HOST is unset'}")
    return lines
