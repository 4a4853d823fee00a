"""The work of the Activity `read_page`: a page is fetched once, and its passages chosen anew for
each section that wants it."""

import json
import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpcore
import httpx
from temporalio import activity
from temporalio.exceptions import ApplicationError

from generator.harmless import site_of
from generator.packing import packed
from generator.research.pages.body import Status
from generator.research.pages.extract import Text, Unreadable, extract, get_ready
from generator.research.pages.fetch import fetch
from generator.research.pages.guard import Limit, Refused, Stopped, TooSlow, allowed_addresses
from generator.research.pages.once import Turns
from generator.research.pages.robots import keep_to_robots
from generator.research.passages import choose
from generator.research.sources.facts import facts_of, pack
from generator.research.sources.urls import url_key
from generator.settings import public
from models import PageRead, ReadInput

SECONDS = 20.0  # for a page in all
SOON = 8.0  # a failure that came so soon is worth a second attempt
LONGEST = 400_000  # characters of a page; what is beyond is not read
MAX_PAGES = 60  # to keep
DEMO_PAGES = Path(__file__).parents[2] / "demo" / "deep" / "pages.json"


class _Page(NamedTuple):
    url: str
    text: Text
    facts: str
    read_at: str


class NotRead(Exception):
    """Why a page is not read, and whether it may be worth another attempt, in how many seconds."""

    def __init__(self, reason: str, passing: bool = False, wait: float = 0) -> None:
        super().__init__(reason)
        self.passing, self.wait = passing and wait <= SECONDS, wait


class _Keeper:
    """The pages that this process has read lately: each is fetched once, by whoever comes first."""

    def __init__(self) -> None:
        self.pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()
        self.turns = Turns()
        self.lock = threading.Lock()

    def page(self, run_id: str, url: str, limit: Limit) -> _Page:
        key = run_id, url_key(url)
        with self.turns.of(key, limit):
            with self.lock:
                if run_id and (page := self.pages.get(key)):
                    return page
            page = _fetched(url, limit)
            with self.lock:
                self.pages[key] = page
                while len(self.pages) > MAX_PAGES:
                    self.pages.popitem(last=False)
            return page


_keeper = _Keeper()


def read(input: ReadInput, limit: Limit) -> PageRead:
    """Read a page and choose what a writer is given of it.

    Raises:
        ApplicationError: why it is not read; retryable if another attempt may read it.
    """
    run_id, attempt = "", 1
    if activity.in_activity():
        run_id, attempt = activity.info().workflow_run_id or "", activity.info().attempt
    begun = time.monotonic()
    try:
        try:
            page = _demo(input.url) if input.demo else _keeper.page(run_id, input.url, limit)
        except TooSlow:  # another section waits for the same page
            raise NotRead("it takes too long") from None
    except NotRead as error:
        again = error.passing and attempt == 1 and time.monotonic() - begun < SOON
        raise ApplicationError(
            f"{site_of(input.url) or public(input.url)} is not read: {error}",
            type="NotRead",
            non_retryable=not again,
            next_retry_delay=timedelta(seconds=error.wait) if error.wait else None,
        ) from None
    except Stopped:
        raise ApplicationError("Nobody wants this page any more", non_retryable=True) from None
    return PageRead(
        url=page.url,
        title=page.text.title[:300],
        date=page.text.date,
        read_at=page.read_at,
        characters=len(page.text.whole),
        is_part=page.text.is_cut,
        passages=packed(choose(page.text.main, input.question)),
        facts=page.facts,
    )


def _fetched(url: str, limit: Limit) -> _Page:
    """Fetch a page and take it apart.

    Raises:
        NotRead
        Stopped
    """
    allowed = allowed_addresses()
    get_ready()
    try:
        found = fetch(
            url, limit, allowed=allowed, before=lambda at, limit: keep_to_robots(at, limit, allowed)
        )
        seconds = max(1.0, limit.left())
        text = extract(found.body, found.kind, found.charset, found.url, seconds)
    except (Refused, Unreadable) as error:
        raise NotRead(str(error)) from None
    except Status as error:
        passing = error.status in (408, 425, 429) or error.status >= 500
        raise NotRead(str(error), passing, error.retry_after) from None
    except (TooSlow, httpcore.TimeoutException):
        raise NotRead("it takes too long") from None
    except httpcore.ProtocolError:
        raise NotRead("its server's answer is broken", passing=True) from None
    except (httpcore.NetworkError, httpcore.ProxyError) as error:
        raise NotRead(public(str(error) or type(error).__name__), passing=True) from None
    except (httpx.InvalidURL, UnicodeError):  # a name in Punycode that stands for none, too
        raise NotRead("it redirects to what is no address") from None
    except (httpx.HTTPError, OSError) as error:
        raise NotRead(public(str(error) or type(error).__name__)) from None
    is_long = max(len(text.main), len(text.whole)) > LONGEST
    text = text._replace(
        main=text.main[:LONGEST],
        whole=text.whole[:LONGEST],
        is_cut=text.is_cut or found.is_cut or is_long,
        pages=(),
    )
    # A page of scripts or drawings may have less as a whole than as an article.
    said = text.whole if len(text.whole) > len(text.main) / 2 else f"{text.whole}\n{text.main}"
    facts = pack(facts_of(f"{text.title}\n{text.date}\n{said}"))
    return _Page(found.url, text, facts, datetime.now(UTC).isoformat(timespec="seconds"))


def _demo(url: str) -> _Page:
    pages: dict[str, str] = json.loads(DEMO_PAGES.read_text(encoding="utf-8"))
    if url not in pages:
        raise NotRead("it does not come with the sample")
    text = Text(pages[url], pages[url])
    return _Page(url, text, pack(facts_of(text.whole)), "")
