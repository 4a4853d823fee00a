"""When two addresses are the same page, and which pages a run has found."""

import base64
import re
from collections import Counter
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
    end, opened = len(url), {")": "(", "]": "[", "}": "{"}
    count = Counter(url)
    while end:
        last = url[end - 1]
        is_alone = last in opened and count[last] > count[opened[last]]
        if not (is_alone or last in ".,;:!?'\"*_~|…“”’\\"):
            break
        count[last] -= 1
        end -= 1
    return url[:end]


def merged(groups: Iterable[Iterable[Source]]) -> list[Source]:
    """Return the sources of all groups in order, each page once, as it was found first."""
    found: dict[str, Source] = {}
    for group in groups:
        for source in group:
            found.setdefault(url_key(source.url), source)
    return list(found.values())


class Known:
    """The sources that a text may refer to: by number as its writer saw them, address and name."""

    def __init__(self, sources: Iterable[Source]) -> None:
        sources = tuple(sources)
        self.keys = [url_key(source.url) for source in sources]
        self.by_key = {key: number for number, key in reversed([*enumerate(self.keys, 1)])}
        self.by_doi = {
            doi: self.by_key[key]
            for source, key in zip(sources, self.keys, strict=True)
            if (doi := doi_of(source.url))
        }
        # A title without words names nothing, and neither does a site with several pages.
        titles = [
            (source.title.casefold(), key) for source, key in zip(sources, self.keys, strict=True)
        ]
        sites = [(key.partition("/")[0], key) for key in self.by_key]
        hosts = Counter(host for host, _ in sites)
        names = titles + [(host, key) for host, key in sites if hosts[host] == 1]
        self.by_name = {
            name: self.by_key[key]
            for name, key in reversed(names)
            if re.search(r"[^\W\d_]{3}", name)
        }

    def number(self, address: str) -> int:
        """Return the number of the source at an address or DOI, 0 if none is."""
        doi = doi_of(address)
        return self.by_key.get(url_key(address), 0) or (self.by_doi.get(doi, 0) if doi else 0)
