"""`read_page` against a site of every habit."""

import io
import threading
import time
from collections.abc import Iterator

import pytest
from support.web import Drip, Page, Site, article, pdf
from temporalio.exceptions import ApplicationError

from activities import read_page
from generator.packing import unpacked
from generator.research.pages import read as reading
from generator.research.pages.guard import Limit
from generator.research.sources.facts import unpack
from models import PageRead, ReadInput

FACT = "The rotor of the largest turbine measures 236 metres across, its makers say."


@pytest.fixture
def site(settings: pytest.MonkeyPatch) -> Iterator[Site]:
    with Site() as server:
        settings.setenv("READ_ALLOW", server.allow)
        settings.setattr("generator.research.pages.robots._kept", {})
        yield server


def get(site: Site, path: str, question: str = "rotor of the turbine") -> PageRead:
    return read_page(ReadInput(site.address + path, question))


def why_not(site: Site, path: str, seconds: float = 20.0) -> str:
    with pytest.raises(ApplicationError) as caught:
        reading.read(ReadInput(site.address + path), Limit(seconds))
    return f"{caught.value.message}{'' if caught.value.non_retryable else ' (again)'}"


def test_a_fact_in_the_middle_reaches_the_writer(site: Site) -> None:
    site.pages["/wind"] = Page(article("wind", FACT, paragraphs=120))
    page = get(site, "/wind")
    given = unpacked(page.passages).decode()
    assert FACT in given and len(given) < 6300 < page.characters
    assert page.title == "wind" and page.read_at.startswith("20") and not page.is_part
    assert 236.0 in unpack(page.facts).numbers
    site.pages["/moved"] = Page(status=301, headers={"Location": "/wind"})
    assert get(site, "/moved").url == f"{site.address}/wind"


def test_a_pdf_a_note_and_a_table(site: Site) -> None:
    file = io.BytesIO()
    lines = ["And more of the kind, so that nobody takes these pages for scans of others."] * 2
    pdf(file, [lines, [FACT, *lines]])
    rows = "".join(f"<tr><td>Plant {n}</td><td>{n}.5 MW</td></tr>" for n in range(300))
    site.pages = {
        "/report": Page(file.getvalue(), "application/pdf"),
        "/note.md": Page(f"# Note\n\n{FACT}", "text/markdown"),
        "/table": Page(article("plants").replace("</article>", f"<table>{rows}</table></article>")),
    }
    assert "236 metres" in unpacked(get(site, "/report").passages).decode()
    assert get(site, "/note.md").title == "Note"
    table = get(site, "/table", "Plant 211")
    assert "211.5 MW" in unpacked(table.passages).decode()
    assert 299.5 in unpack(table.facts).numbers, "also what the writer was not given"


def test_why_a_page_is_not_read(site: Site) -> None:
    site.pages = {
        "/soft": Page("<html><title>Page not found</title><body><p>Sorry, no such page."),
        "/wall": Page("<html><title>Just a moment...</title><body>Verify you are human."),
        "/app": Page("<html><title>App</title><body><div id=root></div><script>x</script>"),
        "/private": Page(status=302, headers={"Location": "http://10.0.0.1/"}),
        "/nowhere": Page(status=302, headers={"Location": "http://xn--zz-/"}),
        "/gone": Page(status=404),
        "/busy": Page(status=503),
        "/slow": Drip(every=0.05),
        "/zip": Page(b"PK", "application/zip"),
    }
    reasons = {path: why_not(site, path, 2.0 if path == "/slow" else 20) for path in site.pages}
    name = site.address.removeprefix("http://")
    assert reasons == {
        "/soft": f"{name} is not read: it is an error page, or a wall before the page",
        "/wall": f"{name} is not read: it is an error page, or a wall before the page",
        "/app": f"{name} is not read: it has almost no text: a script may make it",
        "/private": f"{name} is not read: 10.0.0.1 is not a public address",
        "/nowhere": f"{name} is not read: it redirects to what is no address",
        "/gone": f"{name} is not read: the server answered with status 404",
        "/busy": f"{name} is not read: the server answered with status 503 (again)",
        "/slow": f"{name} is not read: it takes too long",
        "/zip": f"{name} is not read: it is no text: application/zip",
    }


@pytest.mark.parametrize("url", ["http://[::1", "http://[x]/", "http://xn--zz-/", "http://a℀b/"])
def test_what_is_no_address_is_not_read(url: str, settings: pytest.MonkeyPatch) -> None:
    with pytest.raises(ApplicationError, match="is not read: its address is wrong") as caught:
        reading.read(ReadInput(url), Limit(20))
    assert caught.value.non_retryable


@pytest.mark.slow
def test_forty_megabytes_are_read_in_part(site: Site) -> None:
    site.pages["/long"] = Page(
        "<p>" + "<p>Words, and more of them, again and again.</p>\n" * 850_000
    )
    page = reading.read(ReadInput(f"{site.address}/long"), Limit(300))  # on a busy machine
    assert page.is_part and page.characters <= reading.LONGEST


def test_two_sections_that_want_a_page_at_once_fetch_it_once(site: Site) -> None:
    site.pages["/wind"] = Page(article("wind", FACT, paragraphs=80), after=0.3)
    found: list[reading._Page] = []

    def ask() -> None:
        found.append(reading._keeper.page("a run", f"{site.address}/wind", Limit(20)))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5 and site.paths() == ["/wind"]
    assert len(site.asked) == 2, "nor does each of them ask for robots.txt"
    reading._keeper.page("another run", f"{site.address}/wind", Limit(20))
    assert len(site.paths()) == 2


@pytest.mark.slow
def test_a_page_that_another_section_waits_for_too_long(site: Site) -> None:
    site.pages["/slow"] = Drip(every=0.1)
    ask = threading.Thread(target=lambda: why_not(site, "/slow", 3.0))
    ask.start()
    time.sleep(0.5)
    assert why_not(site, "/slow", 0.5).endswith("it takes too long")
    ask.join()


def test_the_sample_has_its_own_pages(site: Site) -> None:
    page = read_page(ReadInput("https://en.wikipedia.org/wiki/Tardigrade", demo=True))
    assert "called a tun" in unpacked(page.passages).decode()
    with pytest.raises(ApplicationError, match="does not come with the sample"):
        read_page(ReadInput(f"{site.address}/wind", demo=True))
    assert not site.asked
