"""When two addresses are the same page, and which pages a run has found."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from models import Source

# What is in an address to count visitors and not to name a page.
_TRACKING = re.compile(r"(utm_\w+|gclid|fbclid|msclkid|mc_cid|mc_eid|igshid|ref_src)$", re.I)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>\x00]+", re.I)


def url_key(url: str) -> str:
    """Return what two spellings of one page's address have in common."""
    if not re.match("https?://", url, re.I):
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # half an IPv6 address, a port that is no number
        return url.lower()
    host = re.sub(r"^(www|m)\.", "", (parts.hostname or "").rstrip("."))
    host = re.sub(r"^(\w+)\.m\.wikipedia\.org$", r"\1.wikipedia.org", host)
    asked = [pair for pair in parse_qsl(parts.query, True) if not _TRACKING.match(pair[0])]
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{host}{port}{unquote(parts.path).rstrip('/')}{query}"


def doi_of(text: str) -> str:
    """Return the DOI in a text, in lower case, without what a sentence puts after it."""
    match = _DOI.search(unquote(text))
    return trimmed(match[0]).lower() if match else ""


def trimmed(url: str) -> str:
    """Return an address found in a sentence without the marks of that sentence at its end."""
    while url:
        if url[-1] in ".,;:!?'\"*_~|…“”’\\" or any(
            url[-1] == closing and url.count(closing) > url.count(opening)
            for opening, closing in ("()", "[]", "{}")
        ):
            url = url[:-1]
        else:
            break
    return url


def merged(groups: Iterable[Iterable[Source]]) -> list[Source]:
    """Return the sources of all groups in order, each page once, as it was found first."""
    found: dict[str, Source] = {}
    for group in groups:
        for source in group:
            found.setdefault(url_key(source.url), source)
    return list(found.values())


class Known:
    """The sources that a text may refer to, by number as its writer saw them, and by address."""

    def __init__(self, urls: Iterable[str]) -> None:
        urls = tuple(urls)
        self.keys = [url_key(url) for url in urls]
        self.by_key = {key: number for number, key in reversed([*enumerate(self.keys, 1)])}
        self.by_doi = {
            doi: self.by_key[key]
            for url, key in zip(urls, self.keys, strict=True)
            if (doi := doi_of(url))
        }

    def number(self, address: str) -> int:
        """Return the number of the source at an address or DOI, 0 if none is."""
        doi = doi_of(address)
        return self.by_key.get(url_key(address), 0) or (self.by_doi.get(doi, 0) if doi else 0)
