"""The outline, the references and the assembly of a long report: pure functions on text."""

from generator.sources.citations import check as check
from generator.sources.outline import Outline as Outline
from generator.sources.outline import Section as Section
from generator.sources.outline import is_enough as is_enough
from generator.sources.outline import just_one as just_one
from generator.sources.outline import parse_outline as parse_outline
from generator.sources.report import Report as Report
from generator.sources.report import Written as Written
from generator.sources.report import about_sources as about_sources
from generator.sources.report import assemble as assemble
from generator.sources.report import revise as revise
from generator.sources.urls import merged as merged
from generator.sources.urls import url_key as url_key
