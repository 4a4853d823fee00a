"""When two addresses are the same page, and which pages a run has found."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from models import Source

# What is in an address to count visitors and not to name a page.
_TRACKING = re.compile(
    r"(utm_\w+|[gmdy]clid|gclsrc|fbclid|msclkid|[gw]braid|gad_source|mc_[ce]id|igshid?|ref_(src|url)"
    r"|srsltid|_ga|_gl|_hs(enc|mi)|mkt_tok|s_cid|cmpid|wt_mc)$",
    re.I,
)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>\x00]+", re.I)
# A place whose only use is to lead elsewhere: /url?q=, /l/?uddg=, /l.php?u=, /redirect?to= ...
_REDIRECTS = re.compile(
    r"/(url|l|l\.php|link|out|away|redirect|redir|goto|jump|click|exit)/?$|safelinks", re.I
)
_LEADS_TO = ("q", "u", "url", "uddg", "to", "target", "dest", "destination", "redirect")
_IN_PATH = re.compile(r"/RU=([^/]{8,2000})/R[KS]=")  # Yahoo
MAX_REDIRECTS = 3  # one within another


def direct(url: str) -> str:
    """Return the address that a link leads to, without a redirector and without tracking."""
    for _ in range(MAX_REDIRECTS):
        further = _further(url)
        if not further:
            break
        url = further
    address, mark, rest = url.partition("?")
    query, hash, fragment = rest.partition("#")
    kept = "&".join(p for p in query.split("&") if not _TRACKING.match(p.partition("=")[0]))
    return address + (mark if kept else "") + kept + hash + fragment


def _further(url: str) -> str:
    """Return the address that stands within another one, if that one only redirects."""
    if not re.match("(https?:)?//", url, re.I):
        return ""
    try:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query))
    except ValueError:
        return ""
    if match := _IN_PATH.search(parts.path):
        found = unquote(match[1])
    elif parts.path == "/ck/a" and asked.get("u", "").startswith("a1"):  # Bing: Base64
        code = asked["u"][2:]
        try:
            found = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
        except ValueError:
            return ""
    elif _REDIRECTS.search(f"{parts.netloc}{parts.path}"):
        found = next((asked[n] for n in _LEADS_TO if is_address(asked.get(n, ""))), "")
    else:
        return ""
    return found if is_address(found) else ""


def is_address(text: str) -> bool:
    return bool(re.match(r"https?://[^\s/]", text, re.I))


def url_key(url: str) -> str:
    """Return what two spellings of one page's address have in common."""
    if not re.match("(https?:)?//", url, re.I):
        url = f"//{url}"
    url = direct(url)
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # half an IPv6 address, a port that is no number
        return url.lower()
    host = re.sub(r"^(?:(?:www|m|amp|mobile)\.)+", "", (parts.hostname or "").rstrip("."))
    host = re.sub(r"^(\w+)\.m\.wikipedia\.org$", r"\1.wikipedia.org", host)
    path = re.sub(r"/{2,}", "/", unquote(parts.path)).rstrip("/")
    path = re.sub(r"/(?:index\.(?:html?|php)|amp)$", "", path, flags=re.I)
    query = urlencode(sorted(parse_qsl(parts.query, True)))
    return f"{host}{port}{path.rstrip('/')}{f'?{query}' if query else ''}"


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
