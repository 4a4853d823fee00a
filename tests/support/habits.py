"""A site of every habit that pages have, and a model that writes from what it is given of them."""

import io
import re
from typing import Any

from support.llm_server import Answer, Exchange
from support.research import ByTask, outline
from support.web import Drip, Page, Site, article, pdf

# By path: the figure that stands in the middle of a page, and nowhere else.
FACTS = {
    "/wind": "Facts: in 2023 the farms of the North Sea produced 117.4 terawatt hours of power.",
    "/costs": "Facts: a turbine of this kind costs 13.7 million euros, cable and all.",
    "/table": "Facts: of all these plants 4,816 megawatts were built in that decade.",
    "/report.pdf": "Facts: the agency counted 2,159 turbines in the water at the end of its year.",
}
UNREAD = {
    "/soft": "an error page that says 200",
    "/wall": "a wall before the page",
    "/away": "a redirect to a private address",
    "/app": "an empty app",
    "/drip": "a byte now and then",
    "/gone": "an error",
}
INVENTED = "9,731"  # a figure that the model makes up


def habits() -> Site:
    """Return the site; its pages come after 0.3 s, as pages do."""
    rows = "".join(f"<tr><td>Plant {n}</td><td>{n * 3}.5 MW</td></tr>" for n in range(150))
    table = article("plants", FACTS["/table"], 60)
    file = io.BytesIO()
    filler = ["Most lines of a report are about how it was made and who is to be thanked."] * 20
    pdf(file, [filler, filler, [*filler, FACTS["/report.pdf"]], filler], "Report of the agency")
    shell = "<!DOCTYPE html><html><head><title>{}</title></head><body>{}</body></html>"
    pages: dict[str, Page] = {
        "/wind": Page(article("wind power", FACTS["/wind"], 90), after=0.3),
        "/costs": Page(article("costs", FACTS["/costs"], 90), after=0.3),
        "/table": Page(table.replace("</article>", f"<table>{rows}</table></article>"), after=0.3),
        "/report.pdf": Page(file.getvalue(), "application/pdf", after=0.3),
        "/long": Page(
            "<p>A long page goes on and on, and never says anything new.</p>\n" * 680_000
        ),
        "/soft": Page(shell.format("Page not found", "<p>Sorry, there is no such page here.")),
        "/wall": Page(shell.format("Just a moment...", "<p>Verify you are human to go on.")),
        "/away": Page(status=302, headers={"Location": "http://169.254.169.254/latest/"}),
        "/app": Page(shell.format("App", "<div id='root'></div><script src='/app.js'></script>")),
        "/drip": Drip(every=1.0),
        "/gone": Page(status=404),
    }
    return Site(dict(pages))


def finds(site: Site, query: str) -> list[dict[str, Any]]:
    """Return the site's pages as a search would: an even half of them for each query."""
    paths = list(site.pages)
    mine = paths[::2] if query[0] in "oc" else paths[1::2]
    return [
        {
            "title": f"A page of the site: {path.strip('/')}",
            "url": f"{site.address}{path}",
            "snippet": f"What the search shows of {path.strip('/')}, in two lines.",
            "date": "2025-01-02",
        }
        for path in mine
    ]


class FromSources(ByTask):
    """A model that states each fact that it finds in its sources, and invents one figure."""

    async def play(self, exchange: Exchange) -> None:
        system, user = (str(message["content"]) for message in exchange.request.messages[:2])
        task, text = self.answer(system)
        if task == "outline":
            text = outline(self.sections, 1)
        elif task.startswith("section"):
            text = self.section(user)
        await Answer(text=text).play(exchange)

    def section(self, user: str) -> str:
        lines = []
        for number, said in re.findall(r"<source number=(\d+)>\n(.*?)</source>", user, re.S):
            lines += [f"{fact.rstrip('.')} [{number}]." for fact in FACTS.values() if fact in said]
            if not any(line.endswith(f"[{number}].") for line in lines):
                lines.append(f"It has its own view [{number}].")
        # One more figure, for a page that was read.
        stated = next((line for line in lines if not line.startswith("It has")), "[1].")
        lines.append(f"It kept {INVENTED} people awake {stated.rpartition(' ')[2]}")
        return "\n\n".join(lines)
