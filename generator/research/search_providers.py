"""The search providers that LiteLLM knows, what each needs, and the check of SEARCH_*."""

import os
from typing import NamedTuple

from generator.settings import setting, wrong_settings


class Provider(NamedTuple):
    """What a search provider needs, beside SEARCH_API_KEY and SEARCH_API_BASE."""

    name: str  # as a reader knows it
    keys: tuple[str, ...] = ()  # the provider's own variables: one of them is enough
    needs_key: bool = True
    needs_base: bool = False
    base: str = ""  # the provider's own variable for its address


# LiteLLM's names. Those that are left out, agentcore and bing_grounding, need a cloud account.
PROVIDERS = {
    "tavily": Provider("Tavily", ("TAVILY_API_KEY",)),
    "brave": Provider("Brave Search", ("BRAVE_API_KEY",)),
    "exa_ai": Provider("Exa", ("EXA_API_KEY",)),
    "serper": Provider("Serper (Google)", ("SERPER_API_KEY",)),
    "searchapi": Provider("SearchAPI (Google)", ("SEARCHAPI_API_KEY",)),
    "perplexity": Provider("Perplexity", ("PERPLEXITYAI_API_KEY",)),
    "parallel_ai": Provider("Parallel", ("PARALLEL_AI_API_KEY", "PARALLEL_API_KEY")),
    "google_pse": Provider("Google Programmable Search", ("GOOGLE_PSE_API_KEY",)),
    "dataforseo": Provider("DataForSEO", ()),
    "firecrawl": Provider("Firecrawl", ("FIRECRAWL_API_KEY",)),
    "fastcrw": Provider("fastCRW", ("CRW_API_KEY",)),
    "linkup": Provider("Linkup", ("LINKUP_API_KEY",)),
    "apiserpent": Provider("APISerpent", ("APISERPENT_API_KEY",)),
    "tinyfish": Provider("TinyFish", ("TINYFISH_API_KEY",)),
    "nimble": Provider("Nimble", ("NIMBLE_API_KEY",)),
    "you_com": Provider("You.com", ("YOUCOM_API_KEY",), needs_key=False),
    "searxng": Provider(
        "SearXNG", ("SEARXNG_API_KEY",), needs_key=False, needs_base=True, base="SEARXNG_API_BASE"
    ),
    "duckduckgo": Provider("DuckDuckGo instant answers", needs_key=False),
}


def check_search() -> list[str]:
    """Return what is wrong with the SEARCH_* settings: a line each, with what to put in .env."""
    name, base = setting("SEARCH_PROVIDER"), setting("SEARCH_API_BASE")
    if not name:
        without = [other for other in ("SEARCH_API_KEY", "SEARCH_API_BASE") if setting(other)]
        return [
            f"{other} is set without a SEARCH_PROVIDER: put SEARCH_PROVIDER=tavily, or another of"
            f" {', '.join(PROVIDERS)}, in .env"
            for other in without
        ]
    provider = PROVIDERS.get(name)
    if not provider:
        return [
            f"SEARCH_PROVIDER={name} is not known: put SEARCH_PROVIDER=tavily, or another of"
            f" {', '.join(PROVIDERS)}, in .env"
        ]
    problems = wrong_settings(["SEARCH_API_KEY", "SEARCH_API_BASE"])
    if provider.needs_base and not (base or _own(provider.base)):
        problems.append(
            f"{provider.name} has no address: put SEARCH_API_BASE=http://localhost:8080, or where"
            " yours is, in .env"
        )
    key = key_of(name)
    if name == "dataforseo" and ":" not in key:
        problems.append("No log-in for DataForSEO: put SEARCH_API_KEY=login:password in .env")
    elif provider.needs_key and not key:
        own = f" (or {', '.join(provider.keys)})" if provider.keys else ""
        problems.append(f"No key for {provider.name}: put SEARCH_API_KEY=...{own} in .env")
    if name == "google_pse" and not _own("GOOGLE_PSE_ENGINE_ID"):
        problems.append(
            "Google Programmable Search has no engine: put GOOGLE_PSE_ENGINE_ID=... in .env"
        )
    return problems


def key_of(name: str) -> str:
    """Return the key of a provider, "" if there is none. It is sent to this provider alone."""
    if given := setting("SEARCH_API_KEY"):
        return given
    if name == "dataforseo":
        login, password = _own("DATAFORSEO_LOGIN"), _own("DATAFORSEO_PASSWORD")
        return f"{login}:{password}" if login and password else ""
    return next(filter(None, map(_own, PROVIDERS[name].keys)), "")


def _own(variable: str) -> str:
    """Return a variable that is the provider's and not a setting of this program."""
    return os.environ.get(variable, "").strip()
