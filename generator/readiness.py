"""What a worker needs before it polls: its settings checked, each by the room that uses it."""

import contextlib
import io
import re

from generator import mail, pdf
from generator.llm import import_litellm
from generator.price import unknown_price
from generator.search import check_search
from generator.settings import SETTINGS, setting, wrong_settings


def check_settings(with_model: bool = True) -> list[str]:
    """Return what is wrong with the worker's settings: a line each, with what to put in `.env`.

    Imports LiteLLM, unless LLM_MODEL is `demo`.
    """
    problems = wrong_settings(
        ["REPORTS_DIR", "SIMULATE_EMAIL_FAILURE", "METRICS_ADDRESS", "MAX_COST"]
    )
    if setting("PDF_FONT"):
        try:
            pdf.render("x", font=setting("PDF_FONT"))
        except pdf.UnprintableReport as error:
            problems.append(f"{error}: correct PDF_FONT in .env")
    problems += mail.check_mail()
    if with_model and setting("LLM_MODEL") != "demo":
        problems += check_search()
        problems += check_model() or check_limit()
    return problems


def check_limit() -> list[str]:
    """Return why MAX_COST, if it is set, cannot be kept."""
    problem = unknown_price(setting("LLM_MODEL"), searches=True) if setting("MAX_COST") else ""
    return [f"{problem} in .env"] if problem else []


def check_model() -> list[str]:
    model, api_base = setting("LLM_MODEL"), setting("LLM_API_BASE")
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
