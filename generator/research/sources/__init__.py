"""The outline, the references, the figures and the assembly of a long report: pure functions.

Read `outline` first, then `urls` (which addresses are one source), `spans` (what of a text is
prose), `forms` (what a reference looks like) with `named` (which sources its brackets name) and
`names`, `lists` (those that a writer made on its own), `citations` (references that were found,
numbered; all others gone, with what led to them: `removal`), `facts` and `figures` (what a page
has, what a sentence claims) with `numerals`, `shares` and `units`, `evidence` (claims looked for on
their pages) with `words`, and `report` (all of it put together).
"""

from generator.research.sources.citations import check as check
from generator.research.sources.outline import Outline as Outline
from generator.research.sources.outline import Section as Section
from generator.research.sources.outline import is_enough as is_enough
from generator.research.sources.outline import just_one as just_one
from generator.research.sources.outline import parse_outline as parse_outline
from generator.research.sources.report import Report as Report
from generator.research.sources.report import Written as Written
from generator.research.sources.report import about_sources as about_sources
from generator.research.sources.report import assemble as assemble
from generator.research.sources.report import revise as revise
from generator.research.sources.urls import merged as merged
from generator.research.sources.urls import url_key as url_key
