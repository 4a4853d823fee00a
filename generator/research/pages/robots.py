"""robots.txt (RFC 9309): what the owner of a site does not want read by programs is not read."""

import codecs
import socket
import time
from typing import NamedTuple

import httpcore
import httpx
from protego import Protego

from generator.research.pages.body import CutOff, Status
from generator.research.pages.fetch import PROGRAM, fetch
from generator.research.pages.guard import Allowed, Limit, Refused, Resolve
from generator.research.pages.once import Turns

KEPT_FOR = 3600.0  # seconds; RFC 9309 2.4 allows a day
MAX_KEPT = 500  # sites


class _Kept(NamedTuple):
    rules: Protego | None  # None: nothing may be read
    until: float


_kept: dict[str, _Kept] = {}
_turns = Turns()


def keep_to_robots(
    url: str, limit: Limit, allowed: Allowed, resolve: Resolve = socket.getaddrinfo
) -> None:
    """Ask the site of this address whether it may be read.

    Raises:
        Refused: it may not, or the site cannot say.
        Exception: as `fetch` does, if the site cannot be reached at all.
    """
    site = str(httpx.URL(url).copy_with(raw_path=b"/robots.txt", fragment=None))
    with _turns.of(site, limit):
        kept = _kept.get(site)
        if not kept or kept.until < time.monotonic():
            kept = _Kept(_rules(site, limit, allowed, resolve), time.monotonic() + KEPT_FOR)
            _kept[site] = kept
            while len(_kept) > MAX_KEPT:
                _kept.pop(next(iter(_kept)), None)
    if kept.rules is None:
        raise Refused("the site's robots.txt cannot be read, so nothing is")
    if not kept.rules.can_fetch(url, PROGRAM):
        raise Refused("the site's robots.txt does not want it read by programs")


def _rules(site: str, limit: Limit, allowed: Allowed, resolve: Resolve) -> Protego | None:
    try:
        text = fetch(site, limit, allowed=allowed, resolve=resolve, robots=True).body
    except Status as error:
        # RFC 9309 2.3.1.3 and 2.3.1.4: none, or out of order.
        return Protego.parse("") if error.status < 500 else None
    except Refused:
        return Protego.parse("")  # it leads elsewhere, or is compressed in a strange way
    except (CutOff, httpcore.ProtocolError):
        return None
    # A mark of the encoding before the first line would hide that line.
    is_wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return Protego.parse(text.decode("utf-16" if is_wide else "utf-8-sig", "replace"))
