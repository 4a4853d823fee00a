"""`--deep`: the order of its steps, its races and its failures, with stand-in Activities."""

import asyncio
import random
import re
from pathlib import Path

import pytest
from support.histories import Record
from support.programs import Program, free_port, until
from support.research import NAMES, ResearchStandIns, outline, page, page_read
from support.runs import (
    Handle,
    decide,
    details,
    draft,
    history_bytes,
    is_cancelled,
    new_prompt,
    pending,
    reaches,
    scheduled,
    start_run,
    status,
    until_taken,
)
from support.settings import ROOT
from support.stand_ins import Held, StandIns
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer

from generator.packing import unpacked
from generator.research.deep import PARALLEL
from generator.research.passages import BUDGET
from generator.research.reading import best, in_general
from generator.research.sources import check
from generator.running.record import read_record
from models import ReportStatus, SearchResult, Source, Stage, Task, UserDecision, UserDecisionSignal
from starter import parse_arguments
from workflow import GenerateReportWorkflow

REFUSED = ApplicationError("The model refused.", non_retryable=True)
KEEP = UserDecisionSignal(UserDecision.KEEP)
EDIT = UserDecisionSignal(UserDecision.EDIT, "Shorter.")


async def finished(handle: Handle) -> str:
    """Wait for the end of a run, and return its report."""
    await handle.result()
    return await draft(handle) or ""


async def outcome(handle: Handle) -> tuple[str, ReportStatus]:
    return await finished(handle), await status(handle)


async def let_go_until_the_end(stand_ins: ResearchStandIns, handle: Handle) -> None:
    ended = asyncio.ensure_future(handle.result())
    while not ended.done():
        for held in stand_ins.held:
            held.let_go.set()
        await asyncio.wait([ended], timeout=0.02)


async def failure(handle: Handle) -> ApplicationError:
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    cause: BaseException | None = caught.value.cause
    while cause and not isinstance(cause, ApplicationError):
        cause = cause.__cause__
    assert isinstance(cause, ApplicationError)
    return cause


# --- Order ---------------------------------------------------------------------------------------


async def test_outline_searches_sections_lead_and_pdf(client: Client, record: Record) -> None:
    async with ResearchStandIns(sections=6, queries=2).working(client) as stand_ins:
        handle = await start_run(client, deep=True)
        report, now = await outcome(handle)
        steps = await scheduled(handle)
        assert (await read_record(client, handle)).cost == pytest.approx(now.cost)
        history = await handle.fetch_history()
        await record(handle, "deep")
    await Replayer(workflows=[GenerateReportWorkflow]).replay_workflow(history)
    tasks = [input.task for input in stand_ins.asked]
    assert tasks == [Task.OUTLINE, *[Task.SECTION] * 6, Task.LEAD]
    assert len(stand_ins.searched) == 12
    summaries = [step["summary"] for step in steps]
    assert summaries[0] == "Outline" and summaries[-3] == "Summary and conclusions"
    assert "Section 3 of 6: Costs" in summaries
    assert "Section 3 of 6: Costs: search for costs facts 2" in summaries
    third = next(input for input in stand_ins.asked if input.section == 3)
    assert [source.title for source in third.sources] == [
        f"costs facts {query} {number}" for query in (1, 2) for number in (1, 2)
    ]
    assert "6. Outlook" in third.outline, "each writer sees the whole outline"

    headings = [line for line in report.split("\n") if line.startswith("## ")]
    assert headings == [
        "## Summary",
        *(f"## {name}" for name in NAMES[:6]),
        "## Conclusions",
        "## References",
        "## How this report was made",
    ]
    assert "[77]" not in report and "6 references in the text of the model" in report
    assert "with Stand-in Search, 12 times" in report
    listed = report.partition("## References")[2].partition("\n## ")[0].strip().split("\n")
    assert len(listed) == 12 and listed[0].startswith("1. origins facts 1 1. ")
    assert (now.tokens, now.searches, now.cost_is_known) == (800, 12, True)
    assert now.cost == pytest.approx(8 * 0.01 + 12 * 0.001)
    assert [part.state for part in now.sections] == ["done"] * 6
    [printed] = stand_ins.printed
    assert printed.content == report
    assert printed.made == "800 tokens, 12 searches, $0.0920"


async def test_four_sections_are_written_at_a_time(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=9)
    for name in NAMES[:9]:
        stand_ins.parts[name] = [Held(f"On {name} [1].")]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=9)
        await until(lambda: len(stand_ins.held) == PARALLEL)
        assert len(stand_ins.sections()) == PARALLEL
        stand_ins.held[2].let_go.set()
        await until(lambda: len(stand_ins.held) == PARALLEL + 1)
        assert len(stand_ins.sections()) == PARALLEL + 1, "the next as soon as one is done"
        await let_go_until_the_end(stand_ins, handle)
    assert stand_ins.most == PARALLEL


async def test_what_is_done_can_be_seen_while_the_rest_is_written(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=3)
    stand_ins.parts["Methods"] = [Held("On methods [1].")]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=3)

        async def two_done() -> bool:
            states = [part.state for part in (await status(handle)).sections]
            return states == ["done", "writing", "done"]

        await until(two_done)
        so_far = await draft(handle) or ""
        assert "## Origins\n\nOn origins [1, 2]." in so_far and "## Costs" in so_far
        assert "Methods" not in so_far
        shown = await details(handle)
        assert "2. Methods: writing" in shown and "On costs [3, 4]." in shown
        [in_the_air] = (await handle.describe()).raw_description.pending_activities
        assert in_the_air.activity_id.endswith(". Section 2 of 3: Methods")


async def test_an_outline_with_too_few_sections_is_asked_for_once_more(client: Client) -> None:
    stand_ins = ResearchStandIns()
    stand_ins.outlines = [outline(2), outline(5)]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await handle.result()
    assert [input.task for input in stand_ins.asked][:3] == [
        Task.OUTLINE,
        Task.OUTLINE,
        Task.SECTION,
    ]
    assert sorted(stand_ins.sections()) == [1, 2, 3, 4, 5]


async def test_without_an_outline_there_is_one_section(client: Client) -> None:
    stand_ins = ResearchStandIns()
    stand_ins.outlines = ["I cannot plan that."]
    async with stand_ins.working(client):
        handle = await start_run(client, "Who are you?", deep=True)
        report = await finished(handle)
    assert stand_ins.sections() == [1] and "## Who are you?" in report
    assert [query.query for query in stand_ins.searched] == ["Who are you?"]


async def test_a_plain_run_does_none_of_it(client: Client) -> None:
    async with ResearchStandIns().working(client) as stand_ins:
        handle = await start_run(client)
        _, now = await outcome(handle)
        steps = await scheduled(handle)
    assert [step["name"] for step in steps] == ["llm_call", "create_pdf", "send_email"]
    assert (now.tokens, now.cost, now.searches, now.sections) == (100, 0.01, 0, [])
    assert stand_ins.printed[0].content == "# Draft"
    assert stand_ins.printed[0].made == "100 tokens, $0.0100"


# --- Nothing found, no search --------------------------------------------------------------------


async def test_nothing_found_at_all_fails_before_more_is_paid(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    for name in NAMES:
        stand_ins.found[f"{name.lower()} facts 1"] = SearchResult([], "Stand-in Search", 0.0)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        error = await failure(handle)
    assert error.type == "NothingFound" and "SEARCH_PROVIDER" in error.message
    assert stand_ins.sections() == []


async def test_a_section_for_which_nothing_is_found_says_so(client: Client, record: Record) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.found["methods facts 1"] = SearchResult([], "Stand-in Search", 0.0)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        report = await finished(handle)
        await record(handle, "deep-nothing-found")
    assert "## Methods\n\n*The web search found nothing for this section" in report
    assert "On methods, and." in report or "On methods." in report
    assert sorted(stand_ins.sections()) == [1, 2, 3, 4]


async def test_without_a_provider_the_report_says_so_and_lists_nothing(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.provider = ""
    async with stand_ins.working(client):
        report, now = await outcome(await start_run(client, deep=True))
    assert "No web search was set up" in report and "## References" not in report
    assert "[1]" not in report
    assert stand_ins.printed[0].model == "stand-in, without a web search"
    assert "No web search is set up" in now.note and now.searches == 0


async def test_a_search_that_fails_for_good_leaves_its_section(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.found["costs facts 1"] = ApplicationError("Bad query.", non_retryable=True)
    async with stand_ins.working(client):
        report = await finished(await start_run(client, deep=True))
    assert "## Costs\n\n*The web search for this section failed: Bad query.*" in report
    assert sorted(stand_ins.sections()) == [1, 2, 3, 4]


# --- What fails ----------------------------------------------------------------------------------


async def test_one_section_that_fails_leaves_the_others_and_a_note(
    client: Client, record: Record
) -> None:
    stand_ins = ResearchStandIns(sections=6)
    stand_ins.parts["Risks"] = [REFUSED]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        report, now = await outcome(handle)
        await record(handle, "deep-section-missing")
    assert "## Risks\n\n*This section is missing: The model refused.*" in report
    assert "What is missing:\n\n- Risks: The model refused." in report
    assert report.count("\nOn ") == 5
    assert now.sections[3].state == "missing"


async def test_no_section_at_all_fails_the_run(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.parts = {name: [REFUSED] for name in NAMES}
    async with stand_ins.working(client):
        error = await failure(await start_run(client, deep=True))
    assert error.type == "NoSection" and "The model refused." in error.message
    assert Task.LEAD not in [input.task for input in stand_ins.asked]


async def test_a_lead_that_fails_leaves_the_sections(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.leads = [REFUSED]
    async with stand_ins.working(client):
        report = await finished(await start_run(client, deep=True))
    assert "- Summary and conclusions: The model refused." in report
    assert report.startswith("# The great report\n\n## Origins")


async def test_a_section_is_tried_again_without_the_others(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.parts["Costs"] = [ApplicationError("Reset."), "On costs [2]."]
    async with stand_ins.working(client):
        report = await finished(await start_run(client, deep=True))
    assert sorted(stand_ins.sections()) == [1, 2, 3, 3, 4]
    assert "On costs [" in report and len(stand_ins.searched) == 4


# --- A new prompt, and cancelling ----------------------------------------------------------------


def held_research(sections: int) -> ResearchStandIns:
    stand_ins = ResearchStandIns(sections=sections)
    for name in NAMES[:sections]:
        stand_ins.parts[name] = [Held(f"On {name} [1]."), f"Anew on {name} [1]."]
    return stand_ins


async def test_cancelling_reaches_every_call_in_the_air(client: Client, record: Record) -> None:
    stand_ins = held_research(6)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await until(lambda: stand_ins.under_way == PARALLEL)
        await handle.cancel()
        assert await is_cancelled(handle)
        await record(handle, "deep-cancelled")
        assert stand_ins.cancelled == ["llm_call"] * PARALLEL
    assert len(stand_ins.sections()) == PARALLEL, "nothing was started any more"


async def test_cancelling_while_a_call_ends(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    for name in NAMES[:4]:
        stand_ins.parts[name] = [Held(f"On {name} [1].", obstinate=True)]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await until(lambda: stand_ins.under_way == 4)
        await handle.cancel()
        for held in stand_ins.held:
            held.let_go.set()
        assert await is_cancelled(handle)
    assert Task.LEAD not in [input.task for input in stand_ins.asked]


async def test_a_new_prompt_stops_every_call_and_starts_the_research_anew(
    client: Client, record: Record
) -> None:
    stand_ins = held_research(6)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await until(lambda: stand_ins.under_way == PARALLEL)
        while (await status(handle)).searches < 6:  # the sections that wait are searched for too
            await asyncio.sleep(0.02)
        await new_prompt(handle, "What do water bears eat?")
        await until(lambda: len(stand_ins.cancelled) == PARALLEL)
        await let_go_until_the_end(stand_ins, handle)  # of the sections that had not begun
        report, now = await outcome(handle)
        await record(handle, "deep-new-prompt")
        assert stand_ins.cancelled == ["llm_call"] * PARALLEL
    prompts = [input.prompt for input in stand_ins.asked]
    assert prompts[:5] != prompts[5:10] and set(prompts[5:]) == {"What do water bears eat?"}
    assert len(stand_ins.sections()) == PARALLEL + 6
    assert len(stand_ins.searched) == 12 and "with Stand-in Search, 6 times" in report
    assert now.searches == 12, "what was bought for the old topic counts"
    assert "Anew on Origins [1]." in report


async def test_a_new_prompt_while_one_section_waits_for_what_others_find(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    later = ApplicationError("Later.")
    for name in NAMES[1:4]:
        stand_ins.found[f"{name.lower()} facts 1"] = later
    stand_ins.found["origins facts 1"] = SearchResult([], "Stand-in Search", 0.0)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await until(lambda: len(stand_ins.searched) >= 6)
        await new_prompt(handle, "What do water bears eat?")
        await until_taken(handle)  # else a search of the old topic might find something after all
        stand_ins.found.clear()
        await handle.result()
    assert {input.prompt for input in stand_ins.asked if input.section} == {
        "What do water bears eat?"
    }


async def test_a_new_prompt_during_the_outline(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.outlines = [Held("# Old"), outline(4)]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await until(lambda: stand_ins.held)
        await new_prompt(handle, "What do water bears eat?")
        assert "## Origins" in await finished(handle)


# --- Money ---------------------------------------------------------------------------------------


async def test_the_limit_is_looked_at_before_each_paid_step(client: Client, record: Record) -> None:
    stand_ins = ResearchStandIns(sections=6)
    stand_ins.price, stand_ins.search_price = 0.10, 0.0
    for name in NAMES[:6]:
        stand_ins.parts[name] = [Held(f"On {name} [1].")]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, max_cost=0.15)
        await until(lambda: stand_ins.under_way == 4)
        await let_go_until_the_end(stand_ins, handle)
        report, now = await outcome(handle)
        await record(handle, "deep-limit")
    assert [input.max_cost for input in stand_ins.asked] == [0.15] * len(stand_ins.asked)
    assert 0.15 <= now.cost <= 0.15 + 0.10 * PARALLEL
    assert len(stand_ins.sections()) == PARALLEL, "the first of them used up what was left"
    assert "the limit of cost was reached before it was written" in report
    assert "- Summary and conclusions: the limit of cost was reached before" in report
    assert Task.LEAD not in [input.task for input in stand_ins.asked]
    assert [part.state for part in now.sections].count("missing") == 6 - len(stand_ins.sections())


async def test_no_revision_is_bought_beyond_the_limit(client: Client) -> None:
    stand_ins = ResearchStandIns()
    async with stand_ins.working(client):
        handle = await start_run(client, review=True, max_cost=0.005)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, EDIT)
        now = await reaches(handle, Stage.REVIEW, 2)
        assert "limit of cost" in now.note and len(stand_ins.asked) == 1
        await decide(handle, KEEP)
        await handle.result()


async def test_an_unknown_price_is_said(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.price = None
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        _, now = await outcome(handle)
    assert (await read_record(client, handle)).cost is None, "not that of the searches alone"
    assert not now.cost_is_known
    assert "not all prices are known" in stand_ins.printed[0].made


# --- Review --------------------------------------------------------------------------------------


async def test_a_revision_keeps_the_sources_and_is_checked_again(
    client: Client, record: Record
) -> None:
    stand_ins = ResearchStandIns(sections=4)
    stand_ins.revisions = ["# Shorter\n\nOn costs [5], law [88] and https://bad.org."]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, review=True)
        await reaches(handle, Stage.REVIEW)
        before = await draft(handle) or ""
        await decide(handle, EDIT)
        await reaches(handle, Stage.REVIEW, 2)
        after = await draft(handle) or ""
        await decide(handle, KEEP)
        await handle.result()
        await record(handle, "deep-review")
    question = stand_ins.asked[-1]
    assert "## References" in before and "## References" not in question.draft
    assert question.changes == "Shorter." and len(question.sources) == 8
    assert after.startswith("# Shorter\n\nOn costs [1], law.")
    assert "1. costs facts 1 1." in after and "\n2. " not in after
    assert "6 references in the text of the model" in after
    assert stand_ins.printed[0].content == after


async def test_a_persons_own_version_is_printed_as_it_is(client: Client) -> None:
    own = "# Mine\n\nAs I know [9], https://mine.example.org."
    async with ResearchStandIns(sections=4).working(client) as stand_ins:
        handle = await start_run(client, deep=True, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, UserDecisionSignal(UserDecision.KEEP, draft=own))
        await handle.result()
    assert stand_ins.printed[0].content == own


# --- Size ----------------------------------------------------------------------------------------


SENTENCES = [
    line
    for path in sorted((ROOT / "tests" / "corpus" / "sections").glob("*.md"))
    for line in re.split(r"(?<=[.!?])\s+", path.read_text(encoding="utf-8"))
    if 40 < len(line) < 400
]


@pytest.mark.slow
async def test_twelve_sections_stay_within_what_a_history_can_hold(client: Client) -> None:
    """With six long pages for each, and texts of 800 words."""
    chosen = random.Random(1)
    stand_ins = ResearchStandIns(sections=12, queries=2)
    text = "A sentence on the subject with a reference, as there are many here [3]. " * 80
    for name in NAMES:
        stand_ins.parts[name] = [text]
        for query in (1, 2):
            pages = [page(f"{name.lower()} facts {query}", n) for n in range(8)]
            full = [Source(each.title, each.url, "x" * 300, "2025-01-01") for each in pages]
            stand_ins.found[f"{name.lower()} facts {query}"] = SearchResult(full, "Search", 0.001)
            for each in pages:
                article = "\n\n".join(chosen.choices(SENTENCES, k=160))
                stand_ins.pages[each.url] = page_read(each.url, article, passages=article[:BUDGET])
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=12)
        report = await finished(handle)
        size = len(await history_bytes(handle))
        events = [event async for event in handle.fetch_history_events()]
    assert len(report) > 12 * 5000 and len(stand_ins.read) == 72
    print(f"\n12 sections: {len(events)} events, {size:,} bytes")
    assert len(events) < 1000 and size < 1_500_000


async def test_the_report_that_is_printed_is_the_report_that_was_checked(client: Client) -> None:
    async with ResearchStandIns(sections=5).working(client) as stand_ins:
        await finished(await start_run(client, deep=True))
    content = stand_ins.printed[0].content.partition("## References")[0]
    found = [page(query.query, number) for query in stand_ins.searched for number in (1, 2)]
    numbers: dict[str, int] = {}
    assert check(content, found, numbers).removed == 0 and len(numbers) == 10


# --- Pages ----------------------------------------------------------------------------------------


async def test_the_best_pages_are_read_and_figures_looked_for_on_them(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2, queries=2)
    first = page("origins facts 1", 1).url
    stand_ins.pages = {
        first: "Origins have been dated to the year 1815 by those who look into such things.",
        page("origins facts 1", 2).url: ApplicationError(
            "origins is not read: the server answered with status 403", non_retryable=True
        ),
        page("methods facts 1", 1).url: page_read("https://moved.example.org/", "Long.", True),
    }
    stand_ins.parts["Origins"] = ["It began in 1815 [1]. In 1977 it ended [1]. Then 88 % [2]."]
    stand_ins.parts["Methods"] = ["There are 4,711 of them [1]."]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=2, review=True)
        await reaches(handle, Stage.REVIEW)
        report = await draft(handle) or ""
        steps = await scheduled(handle)
        await decide(handle, KEEP)
        await handle.result()
    summaries = [step["summary"] for step in steps if step["name"] == "read_page"]
    assert "Section 1 of 2: Origins: read origins-facts-1.example.org" in summaries
    assert len(summaries) == len(stand_ins.read) == 8
    asked = next(read.question for read in stand_ins.read if read.url == first)
    assert asked.startswith("Origins Covers: all of origins.")
    written = next(input for input in stand_ins.asked if input.section == 1)
    assert unpacked(written.sources[0].passages).decode() == stand_ins.pages[first]
    assert not written.sources[0].snippet and written.sources[1].snippet.startswith("On ")

    assert "It began in 1815 [1]. In 1977 it ended [1] [1977: not found on the cited" in report
    assert "There are 4,711 of them [3]." in report, "a page that was read in part"
    assert "1. origins facts 1 1. origins-facts-1.example.org. Read on 2026-01-02. <" in report
    assert "Excerpt only: the server answered with status 403. <" in report
    assert "Read in part on 2026-01-02. <" in report
    made = report.partition("## How this report was made")[2]
    assert "7 pages were read, 1 of them in part" in made
    assert "1 page was not read:\n\n- the server answered with status 403: 1" in made
    assert "4 figures with a reference were looked for" in made
    assert "1 found, 1 not found, 2 not checked" in made
    [printed] = stand_ins.printed
    assert printed.content == report and not stand_ins.mailed[0].report.references
    one, two, three = printed.references
    assert (one.seen, two.seen, three.seen) == ("read", "excerpt", "part")
    assert one.notes == ["1977: not found on the cited pages"]
    assert three.final_address == "https://moved.example.org/"


async def test_six_pages_one_of_each_site_first() -> None:
    def found(*urls: str) -> list[Source]:
        return [Source(url, f"https://{url}") for url in urls]

    ranked = [
        found("a.org/1", "a.org/2", "b.org/1", "c.org/1"),
        found("d.org/1", "www.a.org/1", "a.org/3", "e.org/1", "f.org/1"),
    ]
    assert [source.title for source in best(ranked)] == [
        "a.org/1", "d.org/1", "b.org/1", "c.org/1", "e.org/1", "f.org/1"
    ]  # fmt: skip
    assert [source.title for source in best([found("a.org/1", "a.org/2")])] == [
        "a.org/1",
        "a.org/2",
    ]


async def test_a_new_prompt_stops_the_reading(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2)
    url = page("origins facts 1", 1).url
    stand_ins.pages[url] = Held("On origins.")
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=2)
        await until(lambda: stand_ins.held)
        await new_prompt(handle, "Something else")
        await until(lambda: "read_page" in stand_ins.cancelled)
        stand_ins.pages.clear()
        await handle.result()


# --- The command line ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--deep"], ""),
        (["--deep", "--sections", "12", "--max-cost", "0.5"], ""),
        (["--max-cost", "0.5"], ""),
        (["--sections", "5"], "--sections needs --deep"),
        (["--deep", "--sections", "1"], "from 2 to 12"),
        (["--deep", "--sections", "13"], "from 2 to 12"),
        (["--max-cost", "0"], "above 0"),
        (["--max-cost", "inf"], "above 0"),
        (["--max-cost", "nan"], "above 0"),
        (["--attach", "latest", "--deep"], "--deep is too late"),
        (["--attach", "latest", "--max-cost", "1"], "--max-cost is too late"),
        (["--list", "--deep"], "does nothing with it"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: list[str],
    wrong: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["starter.py", *options])
    if wrong:
        with pytest.raises(SystemExit):
            parse_arguments()
        assert wrong in capsys.readouterr().err
    else:
        assert parse_arguments().deep == ("--deep" in options)


@pytest.mark.slow
async def test_the_demo_needs_neither_key_nor_network(tmp_path: Path) -> None:
    port = free_port(1000)
    with Program(
        tmp_path,
        *("starter.py", "--demo", "--deep", "Water bears"),
        TEMPORAL_ADDRESS=f"127.0.0.1:{port}",
        REPORTS_DIR=str(tmp_path),
    ) as it:
        assert await it.ends() == 0, it
        report = next(tmp_path.glob("*.md")).read_text()
    assert "This is a sample" in report and "10. The Resilience of Life" in report
    assert "bundled sample" in it.stderr


async def test_a_report_by_two_models_names_both(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2)
    stand_ins.models = ["one", "two"]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await handle.result()
        record = await read_record(client, handle)
    assert stand_ins.printed[0].model == "one and two" and record.model == "one and two"


async def test_fewer_sections_than_wanted_are_said(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=1)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=3)
        report, now = await outcome(handle)
    assert "2 of 3 sections: the model planned no more" in now.incomplete
    assert "2 of 3 sections: the model planned no more" in report


def test_the_same_reason_is_said_once_whatever_the_site() -> None:
    hosts = [
        "a.example is 10.0.0.1, which is not a public address",
        "10.0.0.2 is not a public address",
    ]
    assert len({in_general(problem) for problem in hosts}) == 1
    assert in_general("there is no b.example") == in_general("there is no c.example")
    assert in_general("it is a scan, without any text") == "it is a scan, without any text"


async def test_a_section_that_somebody_completes_with_something_else_is_missing(
    client: Client,
) -> None:
    stand_ins = ResearchStandIns(sections=3)
    stand_ins.parts["Costs"] = [Held("On costs.")]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True)
        await until(lambda: stand_ins.held)

        async def left() -> PendingActivityInfo | None:
            activities = (await handle.describe()).raw_description.pending_activities
            return activities[0] if len(activities) == 1 else None

        activity = await until(left)
        by_hand = client.get_async_activity_handle(
            workflow_id=handle.id, run_id=handle.result_run_id, activity_id=activity.activity_id
        )
        await by_hand.complete({"a": 1})
        await handle.result()
    assert "Costs: llm_call was completed by hand" in stand_ins.printed[0].incomplete
    assert "On origins" in stand_ins.printed[0].content


async def test_a_revision_that_somebody_completes_with_something_else_leaves_the_draft(
    client: Client,
) -> None:
    async with StandIns("# Draft", Held("# Revised")).working(client) as stand_ins:
        handle = await start_run(client, review=True)
        await reaches(handle, Stage.REVIEW)
        await decide(handle, EDIT)
        activity = await until(lambda: pending(handle))
        await until(lambda: stand_ins.held)
        by_hand = client.get_async_activity_handle(
            workflow_id=handle.id, run_id=handle.result_run_id, activity_id=activity.activity_id
        )
        await by_hand.complete({"a": 1})
        await reaches(handle, Stage.REVIEW)
        note = "The draft is as before, because this failed: llm_call was completed by hand"
        assert (await status(handle)).note.startswith(note)
        await decide(handle, KEEP)
        await handle.result()
    assert stand_ins.printed[0].content == "# Draft"
