"""What a worker needs before it polls: its settings checked, each by the room that uses it; and
what it says of them."""

from generator import pdf
from generator.delivery import mail
from generator.llm import check_model, problem_with_choice
from generator.research.price import unknown_price
from generator.research.search_providers import check_search
from generator.running.encryption import check_keys
from generator.settings import public, setting, wrong_settings


def check_settings(model: str = "") -> list[str]:
    """Return what is wrong with the worker's settings: a line each, with what to put in `.env`.

    Imports LiteLLM, unless the model, LLM_MODEL if none is given, is `demo`.
    """
    model = model or setting("LLM_MODEL")
    names = "REPORTS_DIR SIMULATE_EMAIL_FAILURE METRICS_ADDRESS MAX_COST LLM_MODELS READ_ALLOW"
    problems = wrong_settings([*names.split(), "DOCUMENTS_DIR"])
    if setting("PDF_FONT"):
        try:
            pdf.check_font(setting("PDF_FONT"))
        except pdf.UnusableFont as error:
            problems.append(str(error))
    problems += mail.check_mail() + check_keys()
    if model != "demo":
        problems += check_search()
        if problem := problem_with_choice(model):
            problems.append(problem)
        problems += check_model(model).problems or check_limit(model)
    return problems


def check_limit(model: str) -> list[str]:
    """Return why MAX_COST, if it is set, cannot be kept."""
    problem = unknown_price(model, searches=True) if setting("MAX_COST") else ""
    return [problem] if problem else []


def what_is_set() -> list[str]:
    """Return what a worker is going to use: a line each for the model, the search and the mail."""
    lines = [f"Model: {setting('LLM_MODEL')}"]
    if api_base := setting("LLM_API_BASE"):
        lines[0] += f" at {public(api_base)}"
    lines.append(f"Search: {setting('SEARCH_PROVIDER') or 'none, SEARCH_PROVIDER is unset'}")
    if folder := setting("DOCUMENTS_DIR"):
        lines.append(f"Documents: {folder}")
    host = setting("SMTP_HOST")
    recipient = setting("EMAIL_TO") or "whom --email names"
    lines.append(f"Mail: {f'{host}, to {recipient}' if host else 'simulated, SMTP_HOST is unset'}")
    return lines + check_model().warnings
